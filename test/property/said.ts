import { z } from 'zod'
import { accountGoalKinds } from '../../src/core/account-kinds.ts'
import { harmToOthers, stillOpen, type Truth, untold } from '../systems/simulated-truth.ts'

/** What `offboard --output ndjson` says, and whether it is so by the simulators' own state and log. */

/** Of the product's own list: a kind that came later is judged, too. */
const kind = z.enum(accountGoalKinds)
const planLine = z.object({
  type: z.literal('plan'),
  person: z.string(),
  accounts: z.array(z.object({ system: z.string(), id: z.string(), active: z.boolean() })),
  refusal: z.unknown().optional(),
  unreached: z.array(z.object({ system: z.string() })),
})
const endLine = z.object({
  type: z.enum(['proof', 'outcome']),
  goal: z.string(),
  system: z.string(),
  person: z.string(),
  kind,
  end: z.string(),
  proved: z.boolean(),
  why: z.string().optional(),
  steps: z.array(z.string()).optional(),
})
const intentLine = z.object({ type: z.literal('intent'), person: z.string(), system: z.string(), kind })

export interface SeenCall {
  system: string
  method: string
  path: string
  status: number | null
  digest?: string
}

export interface Said {
  plans: z.infer<typeof planLine>[]
  /** How each goal ended, as it was told last. */
  ends: z.infer<typeof endLine>[]
  intents: z.infer<typeof intentLine>[]
}

export function readSaid(stdout: string): Said {
  const lines = stdout.split('\n').flatMap(line => (line.startsWith('{') ? [JSON.parse(line) as unknown] : []))
  const of = <T>(schema: z.ZodType<T>) => lines.flatMap(line => schema.safeParse(line).data ?? [])
  return {
    plans: of(planLine),
    ends: [...new Map(of(endLine).map(end => [end.goal, end])).values()],
    intents: of(intentLine),
  }
}

export interface Ground {
  /** Of each simulator, before and now. */
  was: Readonly<Record<string, unknown>>
  now: Readonly<Record<string, unknown>>
  calls: readonly SeenCall[]
}

/** Sentences that are not true, or that are missing; none is right. */
export function untruthsIn({ plans, ends, intents }: Said, { was, now, calls }: Ground): string[] {
  const truths = new Map<string, Truth>()
  const truthOf = (system: string, person: string): Truth => {
    const id = simulatorOf(system)
    const known = truths.get(`${id} ${person}`) ?? stillOpen(id, now[id], was[id], person)
    truths.set(`${id} ${person}`, known)
    return known
  }
  const wrong = ends.flatMap(({ system, person, kind, end, proved, why, steps }) => {
    if (!proved) return why || (steps ?? []).length > 0 ? [] : [`${system}, ${kind}: ${end}, and no reason`]
    if (untold[simulatorOf(system)]?.[kind]) return []
    return (truthOf(system, person)[kind] ?? []).map(what => `${system}, ${kind}: proved; but there is ${what}`)
  })
  const open = plans.flatMap(({ person, accounts, refusal, unreached }) => {
    // Nothing would be sent to one that follows KaseyaOne; that it could not be looked at, is said.
    const isTold = (system: string) => followers.has(system) && unreached.some(one => one.system === system)
    const theirs = refusal ? [] : accounts.filter(({ system }) => !isTold(system) && !isKeptOut(system, person))
    return theirs.map(({ system }) => `${person} in ${system}`)
  })
  return [...wrong, ...open.map(who => `${who} is not kept out, and nothing was sent that failed`)]

  /** By the state; or the block was sent, and did not get through; or it is not k1ctl's to send. */
  function isKeptOut(system: string, person: string): boolean {
    if ((truthOf(system, person)['sign-in-blocked'] ?? []).length === 0) return true
    const block = ends.find(one => one.system === system && one.person === person && one.kind === 'sign-in-blocked')
    if (block === undefined) return false
    if (block.end === 'by-hand' || block.end === 'refused' || followers.has(system)) return true
    const isBegun = intents.some(
      one => one.system === system && one.person === person && one.kind === 'sign-in-blocked',
    )
    const sent = calls.filter(call => call.system === simulatorOf(system))
    return isBegun ? sent.some(({ digest }) => digest !== undefined) || sent.some(failed) : sent.some(failed)
  }
}

/** What others lost, in the systems that tell. */
export function harmIn(people: readonly string[], { was, now }: Ground): string[] {
  const [one = ''] = people
  return Object.keys(now)
    .flatMap(system => harmToOthers(now[system], was[system], one).map(what => `${system}: ${what}`))
    .filter(what => !people.some(person => what.includes(person)))
}

/** They follow KaseyaOne: nothing is sent there. */
const followers = new Set(['graphus', 'bms'])

function failed({ status }: SeenCall): boolean {
  return status === null || status >= 400
}

function simulatorOf(system: string): string {
  return system.split(':', 1)[0] ?? system
}
