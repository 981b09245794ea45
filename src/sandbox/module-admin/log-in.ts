import type { SimulatedRequest, SimulatedResponse } from '../simulator.ts'
import type { Operator, World } from '../world.ts'
import { jsonObject, stringMember } from './json.ts'
import { Problem } from './problem.ts'
import { type ModuleId, moduleRole, profiles } from './profile.ts'

interface Challenge {
  operator: Operator
  kind: 'two-factor' | 'push'
  startedAt: number
  wrongCodes: number
  state: 'waiting' | 'approved' | 'denied' | 'over'
  /** Kept once issued: asking again about an approved push answers the same, for an answer can be lost. */
  tokens?: Tokens
}

interface Tokens {
  accessToken: string
  refreshToken: string
  expiresInSeconds: number
}

/** A push as the control call shows it. */
export interface Push {
  challenge: string
  username: string
  state: Challenge['state']
}

const challengeSeconds = 120
const accessSeconds = 1800
const maxWrongCodes = 3

/** Who is logged in to one module: passwords, challenges, tokens. Times follow the sandbox's clock. */
export class LogIn {
  readonly #system: ModuleId
  readonly #world: World
  readonly #deps: { now: () => Date; token: () => string }
  readonly #challenges = new Map<string, Challenge>()
  readonly #access = new Map<string, { refreshToken: string; expiresAt: number }>()
  readonly #refresh = new Map<string, Operator>()
  #approveAfterMs: number | null = null

  constructor(system: ModuleId, world: World, deps: { now: () => Date; token: () => string }) {
    this.#system = system
    this.#world = world
    this.#deps = deps
  }

  /** Answers everything below `/log-in`; null for what is not one of its calls. */
  handle(request: SimulatedRequest, rest: readonly string[]): SimulatedResponse | null {
    const [first] = rest
    if (rest.length === 0) return request.method === 'POST' ? this.#start(request) : null
    if (rest.length > 1 || first === undefined) return null
    if (first === 'refresh') return request.method === 'POST' ? this.#renew(request) : null
    if (request.method === 'POST') return this.#answerCode(first, request)
    if (request.method === 'GET') return this.#poll(first)
    if (request.method === 'DELETE') return this.#cancel(first)
    return null
  }

  /** The person that the bearer token stands for. @throws Problem `token-expired` */
  operator(request: SimulatedRequest): Operator {
    const session = this.#access.get(bearerOf(request))
    const operator = session && session.expiresAt > this.#now() ? this.#refresh.get(session.refreshToken) : undefined
    if (!operator) throw new Problem('token-expired', 'Log in first: the access token is missing, unknown or expired.')
    return operator
  }

  /** Revokes the refresh token and every access token that came from it. */
  logOut(request: SimulatedRequest): void {
    this.operator(request)
    const refreshToken = this.#access.get(bearerOf(request))?.refreshToken
    if (refreshToken !== undefined) this.#refresh.delete(refreshToken)
  }

  pushes(): Push[] {
    const pushes = [...this.#challenges].filter(([, challenge]) => challenge.kind === 'push')
    return pushes.map(([id, challenge]) => {
      this.#age(challenge)
      return { challenge: id, username: challenge.operator.username, state: challenge.state }
    })
  }

  /** False when no push of that id is waiting. */
  decidePush(id: string, approve: boolean): boolean {
    const challenge = this.#challenges.get(id)
    if (challenge) this.#age(challenge)
    if (challenge?.kind !== 'push' || challenge.state !== 'waiting') return false
    challenge.state = approve ? 'approved' : 'denied'
    return true
  }

  /** From now on pushes are approved by themselves, this long after they were sent; null: never. */
  approvePushesAfter(ms: number | null): void {
    this.#approveAfterMs = ms
  }

  /** `withRefresh`: nobody can renew either, all must log in again. */
  expireTokens(withRefresh: boolean): void {
    this.#access.clear()
    if (withRefresh) this.#refresh.clear()
  }

  reset(): void {
    this.expireTokens(true)
    this.#challenges.clear()
    this.#approveAfterMs = null
  }

  /** Counts only: a token is nobody's business. */
  state(): unknown {
    return { accessTokens: this.#access.size, refreshTokens: this.#refresh.size, pushes: this.pushes() }
  }

  #start(request: SimulatedRequest): SimulatedResponse {
    const body = jsonObject(request)
    const username = stringMember(body, 'username').toLowerCase()
    const company = stringMember(body, 'company').toLowerCase()
    const password = stringMember(body, 'password')
    const operator = this.#world.operators.find(one => one.username.toLowerCase() === username)
    const isRight = operator?.password === password && this.#world.organization.name.toLowerCase() === company
    if (!operator || !isRight) {
      throw new Problem('wrong-credentials', 'No account of this company has this username and password.')
    }
    if (operator.challenge === 'none') return { status: 200, body: this.#issue(operator) }
    const kind = chosenKind(operator, body.method)
    const id = this.#deps.token()
    this.#challenges.set(id, { operator, kind, startedAt: this.#now(), wrongCodes: 0, state: 'waiting' })
    return { status: 202, body: { challenge: { id, kind, expiresInSeconds: challengeSeconds } } }
  }

  #answerCode(id: string, request: SimulatedRequest): SimulatedResponse {
    const challenge = this.#open(id)
    if (challenge.kind !== 'two-factor') {
      throw new Problem('invalid', 'This challenge waits for the push, not for a code.', { field: 'code' })
    }
    if (stringMember(jsonObject(request), 'code') !== challenge.operator.code) {
      challenge.wrongCodes += 1
      if (challenge.wrongCodes >= maxWrongCodes) challenge.state = 'over'
      throw new Problem('wrong-code', 'The code is not right.')
    }
    challenge.state = 'over'
    return { status: 200, body: this.#issue(challenge.operator) }
  }

  #poll(id: string): SimulatedResponse {
    const challenge = this.#open(id)
    if (challenge.kind !== 'push') {
      throw new Problem('invalid', 'This challenge waits for a code.', { field: 'code' })
    }
    if (challenge.state === 'denied') throw new Problem('push-denied', 'The log-in was denied on the phone.')
    if (challenge.state === 'waiting') return { status: 202, body: { state: 'waiting', pollAfterSeconds: 1 } }
    challenge.tokens ??= this.#issue(challenge.operator)
    return { status: 200, body: challenge.tokens }
  }

  #cancel(id: string): SimulatedResponse {
    const challenge = this.#challenges.get(id)
    if (!challenge) throw new Problem('not-found', 'There is no such challenge.')
    challenge.state = 'over'
    return { status: 204 }
  }

  #renew(request: SimulatedRequest): SimulatedResponse {
    const refreshToken = stringMember(jsonObject(request), 'refreshToken')
    if (!this.#refresh.has(refreshToken)) throw new Problem('token-expired', 'The refresh token is no longer valid.')
    return { status: 200, body: this.#grant(refreshToken) }
  }

  #open(id: string): Challenge {
    const challenge = this.#challenges.get(id)
    if (!challenge) throw new Problem('not-found', 'There is no such challenge.')
    this.#age(challenge)
    if (challenge.state === 'over') throw new Problem('challenge-expired', 'The challenge is over; log in again.')
    return challenge
  }

  #age(challenge: Challenge): void {
    const age = this.#now() - challenge.startedAt
    const isApproved = challenge.kind === 'push' && this.#approveAfterMs !== null && age >= this.#approveAfterMs
    if (challenge.state === 'waiting' && isApproved) challenge.state = 'approved'
    if (age >= challengeSeconds * 1000) challenge.state = 'over'
  }

  /** Only here is the module asked whether it lets the person in: before, KaseyaOne has not said who it is. */
  #issue(operator: Operator): Tokens {
    if (moduleRole(operator, this.#system) === null) {
      const sentence = `You have no account in ${profiles[this.#system].title}.`
      throw new Problem('forbidden', sentence, { missing: [sentence] })
    }
    const refreshToken = this.#deps.token()
    this.#refresh.set(refreshToken, operator)
    return this.#grant(refreshToken)
  }

  #grant(refreshToken: string): Tokens {
    const accessToken = this.#deps.token()
    this.#access.set(accessToken, { refreshToken, expiresAt: this.#now() + accessSeconds * 1000 })
    return { accessToken, refreshToken, expiresInSeconds: accessSeconds }
  }

  #now(): number {
    return this.#deps.now().getTime()
  }
}

function bearerOf(request: SimulatedRequest): string {
  return /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? ''
}

/** A push account may ask for a code instead, when it has one. */
function chosenKind(operator: Operator, method: unknown): Challenge['kind'] {
  const can = (kind: unknown): kind is Challenge['kind'] =>
    kind === operator.challenge || (kind === 'two-factor' && operator.code !== undefined)
  const kind = method ?? operator.challenge
  if (!can(kind)) throw new Problem('invalid', 'This account has no such method.', { field: 'method' })
  return kind
}
