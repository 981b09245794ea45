import * as z from 'zod/mini'
import { K1Error } from '../core/errors.ts'
import type { Signed } from '../core/team.ts'
import { canonical, isSealed, withHash } from '../engine/seal.ts'
import { comparePlans, type PlanFile } from '../offboarding/plan-file.ts'
import { planFileSchema } from '../offboarding/plan-schema.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import { type PosturePlanFile, posturePlanSchema } from '../posture/plan-schema.ts'
import { toApproveWords } from './to-approve.ts'

/**
 * `to-approve` by somebody else; `waiting` for its time; `on-hold` until somebody lets it go; `begun`: its run has an id,
 * and is in the ledger from its first entry on; `ended` with the verdict of its run; `stopped` since what was agreed to is
 * no longer as it was; `cancelled`.
 */
export const datedStates = ['to-approve', 'waiting', 'on-hold', 'begun', 'ended', 'stopped', 'cancelled'] as const
export type DatedState = (typeof datedStates)[number]

/** What was agreed to now and is done at its time, or once somebody else approved it. Kept whole, under one hash. */
interface DatedWork {
  version: 1
  /** ISO time, UTC. */
  due: string
  /** The zone in which it was said, as IANA names it. */
  zone: string
  /** Whoever agreed. */
  operator: string
  /** The call, as it was typed; moved since, with the time that it has by now. */
  command: string
  consent: 'flag' | 'terminal'
  /** What to do when what is found then is not what was shown. */
  ifChanged: 'stop' | 'go'
  /** What to do when its time is past by more than a quarter of an hour. */
  ifLate: 'go' | 'hold'
  state: DatedState
  /** Of the run, once it began. */
  run: string | null
  verdict: string | null
  /** Why it is on hold, stopped, or still waiting after its time. */
  why: string | null
  history: { at: string; operator: string; what: string }[]
  /** ISO time at which a run that waits, for a device say, was last gone on with. */
  looked?: string
  /** Where somebody else has to approve it. */
  approval?: Approval
  /** Where a team has keys: whoever agreed to it as it is, or gave it another time, over `agreementText`. */
  agreed?: Signed
  hash: string
}

/** `plan`: what was shown, and agreed to. */
export interface DatedOffboarding extends DatedWork {
  limits: { most: number; mostShare: number }
  plan: PlanFile
}

/** Settings of modules of one tenant. */
export interface DatedSettings extends DatedWork {
  /** Kept with its run. */
  options?: { ticket: string; noteIn?: string }
  plan: PosturePlanFile
}

export type Dated = DatedOffboarding | DatedSettings

export interface Approval {
  /** What of it needs one, sentences. */
  why: string[]
  /** `user@host`, and ISO time; null while nobody did. */
  by: string | null
  at: string | null
  /** It has no date of its own: it is done when it is approved. */
  atOnce: boolean
  /** Not before then: for when it was approved. Absent where it is done at once, and of an older k1ctl. */
  due?: string
  /** Where a team has keys: whoever approved it, over `approvedText`. */
  signed?: Signed
}

/** Whether this machine knows it: else its times cannot be told. */
function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const textOrNull = z.nullable(z.string())
const signed = z.exactOptional(z.strictObject({ key: z.string(), sig: z.string() }))

const work = {
  version: z.literal(1),
  due: z.iso.datetime(),
  zone: z.string().check(z.refine(isZone)),
  operator: z.string(),
  command: z.string(),
  consent: z.enum(['flag', 'terminal']),
  ifChanged: z.enum(['stop', 'go']),
  ifLate: z.enum(['go', 'hold']),
  state: z.enum(datedStates),
  run: textOrNull,
  verdict: textOrNull,
  why: textOrNull,
  history: z.array(z.strictObject({ at: z.string(), operator: z.string(), what: z.string() })),
  looked: z.exactOptional(z.string()),
  approval: z.exactOptional(
    z.strictObject({
      why: z.array(z.string()),
      by: textOrNull,
      at: textOrNull,
      atOnce: z.boolean(),
      due: z.exactOptional(z.string()),
      signed,
    }),
  ),
  agreed: signed,
  hash: z.string(),
}

const schema = z.union([
  z.strictObject({
    ...work,
    limits: z.strictObject({ most: z.number(), mostShare: z.number() }),
    plan: planFileSchema,
  }),
  z.strictObject({
    ...work,
    options: z.exactOptional(z.strictObject({ ticket: z.string(), noteIn: z.exactOptional(z.string()) })),
    plan: posturePlanSchema,
  }),
])

export function isOffboardingDate(dated: Dated): dated is DatedOffboarding {
  return 'people' in dated.plan
}

/** @throws K1Error `storage` when it is not as k1ctl wrote it: nothing is done on its word */
export function readDated(id: string, value: unknown): Dated {
  const { data } = schema.safeParse(value)
  if (data && isSealed(data) && isSealed(data.plan)) return data
  throw new K1Error('storage', `What is kept as ${id} is not as k1ctl wrote it. Nothing is done with it.`, {
    hint: `Put it away, then give the command again that it was made with: k1ctl schedule cancel ${id}`,
    facts: { id },
  })
}

export function isSound(id: string, value: unknown): boolean {
  try {
    return readDated(id, value) !== undefined
  } catch {
    return false
  }
}

type MadeHere = 'version' | 'state' | 'run' | 'verdict' | 'why' | 'history' | 'hash'

export function makeDated(what: Omit<DatedOffboarding, MadeHere> | Omit<DatedSettings, MadeHere>, now: Date): Dated {
  const history = [{ at: now.toISOString(), operator: what.operator, what: 'agreed to' }]
  const state = what.approval ? 'to-approve' : 'waiting'
  const why = what.approval ? toApproveWords(what.approval.why) : null
  return withHash({ ...what, version: 1, state, run: null, verdict: null, why, history })
}

export type DatedChange = Partial<
  Pick<Dated, 'due' | 'zone' | 'command' | 'state' | 'run' | 'verdict' | 'why' | 'looked' | 'approval' | 'agreed'>
>

/** Whether it was approved for a later time than it has now. */
export function isBeforeApproved({ due, approval }: Pick<Dated, 'due' | 'approval'>): boolean {
  return approval?.due !== undefined && Date.parse(due) < Date.parse(approval.due)
}

/** What somebody agrees to: all but when, where it is done as soon as somebody else approves it. */
export function agreementText(dated: AgreedWork): string {
  const { due, zone, operator, command, consent, ifChanged, approval, plan } = dated
  const when = approval?.atOnce ? null : { due, zone }
  const how = 'limits' in dated ? { limits: dated.limits } : { options: dated.options ?? null }
  return canonical({ when, operator, command, consent, ...how, ifChanged, plan: plan.hash })
}

type AgreedMember = 'due' | 'zone' | 'operator' | 'command' | 'consent' | 'ifChanged' | 'approval' | 'plan'
export type AgreedWork = Pick<DatedOffboarding, AgreedMember | 'limits'> | Pick<DatedSettings, AgreedMember | 'options'>

/** What somebody else approves: what is done, by whose word, not before when, and why that needs one. */
export function approvedText({ operator, command, approval, plan }: AgreedWork): string {
  const { why = [], due = null } = approval ?? {}
  return canonical({ operator, command, why, due, plan: plan.hash })
}

/** The same with a change, and a line of who made it. */
export function changeDated(
  dated: Dated,
  change: DatedChange,
  note: { at: Date; operator: string; what: string },
): Dated {
  const { hash, ...rest } = dated
  const line = { at: note.at.toISOString(), operator: note.operator, what: note.what }
  const last = rest.history.at(-1)
  // A worker that looks every five minutes says the same thing once.
  const history = last?.what === line.what && last.operator === line.operator ? rest.history : [...rest.history, line]
  return withHash({ ...rest, ...change, history })
}

/** So much later than its time is worth a word, in milliseconds. */
export const lateAfter = 15 * 60_000

export function latenessOf({ due }: Pick<Dated, 'due'>, now: Date): number {
  return now.getTime() - Date.parse(due)
}

/** A run that waits is looked at once an hour, for a month: by then a laptop is in somebody's drawer. */
const lookEvery = 60 * 60_000
const lookFor = 31 * 24 * lookEvery

function isToBeLookedAt({ state, verdict, due, looked, history }: Dated, now: Date): boolean {
  if (state !== 'ended' || verdict !== 'pending' || now.getTime() - Date.parse(due) > lookFor) return false
  return now.getTime() - Date.parse(looked ?? history.at(-1)?.at ?? due) >= lookEvery
}

/** What a worker does with it now. */
export function nextStep(dated: Dated, now: Date): 'nothing' | 'carry out' | 'hold' | 'go on' {
  if (dated.state === 'begun' || isToBeLookedAt(dated, now)) return 'go on'
  const late = latenessOf(dated, now)
  if (dated.state !== 'waiting' || late < 0) return 'nothing'
  return late > lateAfter && dated.ifLate === 'hold' ? 'hold' : 'carry out'
}

/** What differs now from what was agreed to, and the systems that do not answer, which is no difference. */
export function differencesNow(
  { plan }: Pick<DatedOffboarding, 'plan'>,
  plans: readonly PersonPlan[],
): { changed: string[]; silent: string[] } {
  const meant = plan.people.filter(p => p.refused === null)
  const silent = plans.flatMap(({ person, unreached }) => {
    const before = meant.find(p => p.person === person)?.unreached ?? []
    return unreached.filter(({ system }) => !before.includes(system)).map(({ system }) => system)
  })
  if (silent.length > 0) return { changed: [], silent: [...new Set(silent)] }
  return { changed: comparePlans({ people: meant }, plans), silent: [] }
}
