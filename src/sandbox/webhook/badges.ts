import { createHash } from 'node:crypto'
import { estateTenantId, hasEstate } from '../estate.ts'
import { QuirkSwitches } from '../quirk-switches.ts'
import type { Exhibit, SimulatedRequest, SimulatedResponse, Simulator, SimulatorDeps } from '../simulator.ts'
import type { World } from '../world.ts'
import { badgeGoals } from './goals.ts'
import { badgeHolders, type Holder } from './holder.ts'
import { receiverQuirks } from './quirks.ts'
import { complaintAbout } from './signature.ts'

/** The signing secret; the same in every sandbox, for a reset must not end connections. */
export const badgeSecret = `whsec_${createHash('sha256').update('sandbox badges').digest('base64')}`

const pageSize = 10
const kinds = [...Object.keys(badgeGoals), 'deleted']

export const webhookExhibit: Exhibit = {
  quirks: receiverQuirks,
  connectionId: 'webhook:badges',
  create: createBadges,
  connect: (tenant, _world, url) =>
    hasEstate(tenant)
      ? {
          settings: { url: `${url}/${encodeURIComponent(tenant.id)}`, kinds: kinds.join(','), reads: 'yes' },
          secrets: { secret: badgeSecret },
        }
      : null,
}

/**
 * The badge system of the estate's building, doors, lockers and alarm codes, behind a receiver that its operator wrote.
 * Control: `POST handed-in` (all garage openers that were asked for are handed in), `POST secrets` with a JSON array (the
 * receiver knows these signing secrets from now on).
 */
function createBadges(world: World, deps: SimulatorDeps): Simulator {
  let holders = badgeHolders(world)
  let secrets: string[] = [badgeSecret]
  /** Messages that took effect, and how they were answered. */
  let done = new Map<string, 'now' | 'later'>()
  /** What the receiver took, and does later. */
  let queue: { at: number; run: () => void }[] = []
  const quirks = new QuirkSwitches(receiverQuirks)

  function work(): void {
    const now = deps.now().getTime()
    const due = queue.filter(({ at }) => at <= now)
    queue = queue.filter(({ at }) => at > now)
    for (const { run } of due) run()
  }

  /** As the quirks that are on have it. */
  function taking(message: Record<string, unknown>, messageId: string): SimulatedResponse {
    const accepted = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Accepted' }
    if (quirks.has('plainText')) return accepted
    const laterMs = quirks.has('saysDoneFirst') ? 300_000 : quirks.has('doneLater') ? 10_000 : 0
    if (laterMs > 0) {
      queue.push({ at: deps.now().getTime() + laterMs, run: () => void ensure(message, messageId) })
      return { status: quirks.has('saysDoneFirst') ? 200 : 202, body: {} }
    }
    const answer = ensure(message, messageId)
    if (!quirks.has('gatewayTimesOut')) return answer
    return {
      status: 504,
      headers: { 'content-type': 'application/json' },
      body: { message: 'Endpoint request timed out' },
    }
  }

  function look(message: Record<string, unknown>): SimulatedResponse {
    const { id, word } = message
    if (typeof id === 'string') return people(holders.filter(one => one.id === id))
    if (typeof word !== 'string') return refuse(422, 'A look takes a word or an id.')
    const wanted = word.toLowerCase()
    return people(
      holders.filter(({ email, login, aliases }) =>
        [email, login, ...aliases].some(name => name.toLowerCase() === wanted),
      ),
    )
  }

  function people(found: readonly Holder[]): SimulatedResponse {
    return { status: 200, body: { people: found.map(holder => seen(holder, holders)) } }
  }

  function list({ after }: Record<string, unknown>): SimulatedResponse {
    const start = typeof after === 'string' ? holders.findIndex(({ id }) => id > after) : 0
    const page = start < 0 ? [] : holders.slice(start, start + pageSize)
    const last = page.at(-1)
    const more = last !== undefined && last !== holders.at(-1)
    const listed = page.map(holder => person(holder, holders))
    return { status: 200, body: { people: listed, total: holders.length, ...(more ? { next: last.id } : {}) } }
  }

  function ensure(message: Record<string, unknown>, messageId: string): SimulatedResponse {
    const { person: who, goal, hold, before } = message
    const holder = holders.find(({ id }) => isRecord(who) && who.id === id)
    if (typeof goal !== 'string' || !kinds.includes(goal)) return refuse(422, `The badge system does not do ${goal}.`)
    if (typeof hold !== 'boolean') return refuse(422, 'hold must be true or false.')
    if (holder === undefined) return hold ? { status: 200, body: {} } : refuse(409, 'Nobody has that badge any more.')
    const earlier = done.get(messageId)
    if (earlier !== undefined) return taken(earlier)
    const why = hold ? untouchable(holder, holders) : null
    if (why !== null) return refuse(409, `${holder.name} is ${why}.`)
    const outcome = act(holder, goal, hold, isRecord(before) ? before : {})
    if (outcome === 'refused') return refuse(422, `${goal} cannot be undone.`)
    done.set(messageId, outcome)
    return taken(outcome)
  }

  function act(holder: Holder, name: string, hold: boolean, before: Record<string, unknown>) {
    const goal = badgeGoals[name]
    if (goal === undefined) {
      if (!hold) return 'refused'
      holders = holders.filter(one => one !== holder)
      return 'now'
    }
    if (hold) return goal.bring(holder)
    if (goal.undo === undefined) return 'refused'
    goal.undo(holder, before)
    return 'now'
  }

  function handle(request: SimulatedRequest): SimulatedResponse {
    if (request.path !== `/${estateTenantId}`) return refuse(404, 'There is no receiver here.')
    if (request.method !== 'POST') return { ...refuse(405, 'Messages are posted.'), headers: { allow: 'POST' } }
    const complaint = complaintAbout(request.headers, request.body, secrets, deps.now())
    if (complaint !== null) return refuse(401, complaint)
    if (quirks.strikes('ratesRefused', 3)) return refuse(429, 'Too many messages.')
    work()
    const message = parse(request.body)
    switch (message?.type) {
      case 'ping':
        return { status: 200, body: { name: 'Badge system', goals: kinds, missing: [] } }
      case 'person.look':
        return look(message)
      case 'people.list':
        return list(message)
      case 'person.ensure':
        return taking(message, request.headers['webhook-id'] ?? '')
      default:
        return refuse(422, 'This is no message that the badge system knows.')
    }
  }

  function control(request: SimulatedRequest): SimulatedResponse | null {
    const { method, path, body } = request
    const switched = quirks.control(request)
    if (switched) return switched
    if (method !== 'POST') return null
    if (path === '/handed-in') {
      for (const holder of holders) holder.items = holder.items.filter(({ askedFor }) => !askedFor)
      return { status: 204 }
    }
    if (path !== '/secrets') return null
    const given: unknown = JSON.parse(body.toString('utf8'))
    if (!Array.isArray(given)) return { status: 400, body: 'An array of secrets is needed.' }
    secrets = given.map(String)
    return { status: 204 }
  }

  return {
    handle,
    control,
    state() {
      work()
      return { holders }
    },
    reset() {
      holders = badgeHolders(world)
      secrets = [badgeSecret]
      done = new Map()
      queue = []
      quirks.clear()
    },
    failure: (_code, message) => refuse(422, message),
    changes: ({ body }) => parse(body)?.type === 'person.ensure',
  }
}

function person(holder: Holder, all: readonly Holder[]) {
  const { id, login, email, name, aliases, active } = holder
  const why = untouchable(holder, all)
  return {
    id,
    login,
    email,
    name,
    aliases,
    active,
    roles: holder.guard ? [{ name: 'Guard desk', admin: true }] : [],
    ...(why === null ? {} : { untouchable: why }),
  }
}

function seen(holder: Holder, all: readonly Holder[]) {
  const goals = Object.entries(badgeGoals)
  return {
    ...person(holder, all),
    holds: Object.fromEntries(goals.map(([name, goal]) => [name, goal.holds(holder)])),
    details: Object.fromEntries(goals.map(([name, goal]) => [name, goal.details(holder)])),
  }
}

/** Somebody has to be able to open the doors. */
function untouchable(holder: Holder, all: readonly Holder[]): string | null {
  const guards = all.filter(one => one.guard && one.active)
  return guards.length === 1 && guards[0] === holder ? 'the last one at the guard desk' : null
}

function taken(when: 'now' | 'later'): SimulatedResponse {
  return when === 'now' ? { status: 200, body: {} } : { status: 202, headers: { 'retry-after': '86400' }, body: {} }
}

function refuse(status: number, error: string): SimulatedResponse {
  return { status, body: { error } }
}

function parse(body: Buffer): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
