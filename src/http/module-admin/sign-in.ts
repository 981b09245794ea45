import { isK1Error, K1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'
import { environmentName } from '../../core/system.ts'
import { path } from '../client.ts'
import type { Endpoint } from './problem.ts'
import { waitForPush } from './push.ts'
import { type Challenge, logInSchema, type Tokens, tokensSchema } from './schemas.ts'
import type { SignInOptions } from './sign-in-options.ts'

/** Who is signed in at one endpoint. The same tokens serve all its clients. */
export interface SignIn {
  /** Signs in: with the kept refresh token, else with the password and what it asks for. */
  start(): Promise<void>
  /** Gets new tokens after a 401. Calls at the same time share one attempt. */
  renew(): Promise<void>
  /** The access token; empty before `start`. */
  accessToken(): string
  refreshToken(): string
}

/** A two-factor challenge takes so many codes (the contract's rule). */
const mostCodes = 3

/** The log-in of KaseyaOne: username and company name, then the password, then a two-factor code or a push. */
export function createSignIn(options: SignInOptions): SignIn {
  const { endpoint, credentials, http } = options
  let tokens: Tokens = { accessToken: '', refreshToken: credentials.refreshToken ?? '' }
  let renewal: Promise<void> | undefined
  for (const secret of [credentials.password, credentials.refreshToken]) if (secret) rememberSecret(secret)

  async function signIn(): Promise<void> {
    tokens = remember((await refresh()) ?? (await logIn(options)))
  }

  /** Undefined when there is no refresh token, or it no longer counts and a password can take its place. */
  async function refresh(): Promise<Tokens | undefined> {
    if (tokens.refreshToken === '') return undefined
    try {
      const answer = await http.request({
        method: 'POST',
        path: path`/log-in/refresh`,
        json: { refreshToken: tokens.refreshToken },
        answer: tokensSchema,
        anonymous: true,
        write: false,
        // The refresh token is not rotated, so asking twice does no harm.
        repeatable: true,
      })
      return answer.body
    } catch (error) {
      if (!isK1Error(error) || error.kind !== 'sign-in' || !credentials.password) throw error
      return undefined
    }
  }

  return {
    start: signIn,
    renew() {
      renewal ??= signIn().finally(() => {
        renewal = undefined
      })
      return renewal
    },
    accessToken: () => tokens.accessToken,
    refreshToken: () => tokens.refreshToken,
  }

  function remember(fresh: Tokens): Tokens {
    rememberSecret(fresh.accessToken)
    rememberSecret(fresh.refreshToken)
    return fresh
  }

  async function logIn({ http, deps }: SignInOptions): Promise<Tokens> {
    const { username, company, password } = credentials
    if (!password) {
      throw new K1Error('not-set-up', `There is no KaseyaOne password and no kept sign-in for ${endpoint.title}.`, {
        hint: `Run k1ctl connect ${endpoint.id}, or set ${environmentName(endpoint.id, 'password')}.`,
      })
    }
    const { body } = await http.request({
      method: 'POST',
      path: path`/log-in`,
      json: { username, company, password },
      answer: logInSchema,
      anonymous: true,
      write: false,
    })
    if (!('challenge' in body)) return body
    if (deps.prompt === undefined) throw nobodyToAsk(endpoint, body.challenge)
    if (body.challenge.kind === 'push') return await waitForPush({ ...options, prompt: deps.prompt }, body.challenge)
    return await askForCode(deps.prompt.code, body.challenge)
  }

  async function askForCode(ask: (attempt: number) => Promise<string>, challenge: Challenge): Promise<Tokens> {
    for (let attempt = 1; ; attempt++) {
      const code = (await ask(attempt)).replace(/\s/g, '')
      rememberSecret(code)
      try {
        const answer = await http.request({
          method: 'POST',
          path: path`/log-in/${challenge.id}`,
          json: { code },
          answer: tokensSchema,
          anonymous: true,
          write: false,
        })
        return answer.body
      } catch (error) {
        if (!isK1Error(error) || error.facts.code !== 'wrong-code') throw error
        if (attempt < mostCodes) continue
        throw new K1Error('sign-in', `${endpoint.title} did not accept the two-factor code, ${mostCodes} times.`, {
          hint: `Check the clock of the phone or computer that shows the code, then: k1ctl connect ${endpoint.id}`,
          facts: error.facts,
        })
      }
    }
  }
}

function nobodyToAsk({ id, title }: Endpoint, challenge: Challenge): K1Error {
  const what = challenge.kind === 'push' ? 'a push to be approved' : 'a two-factor code'
  return new K1Error('sign-in', `The sign-in at ${title} asks for ${what}, and nobody can be asked.`, {
    hint: `Run k1ctl connect ${id} at a terminal once, or set ${environmentName(id, 'refreshToken')} from such a sign-in.`,
    facts: { challenge: challenge.kind },
  })
}
