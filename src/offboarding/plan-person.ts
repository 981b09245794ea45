import type { Account, NoteReading } from '../core/account.ts'
import { asK1Error, K1Error } from '../core/errors.ts'
import type { Refusal } from '../core/goal.ts'
import { openMoment } from '../core/moment.ts'
import type { Clock } from '../core/ports.ts'
import { quoted } from '../core/shell.ts'
import type { ProtectedPerson } from '../core/stores.ts'
import type { Identity, Session } from '../core/system.ts'
import { lookAt } from '../engine/look.ts'
import type { Planned, Unreached } from '../engine/plan.ts'
import { byHandGoal, engineGoal, refusedIn, sentIn, unmetIn, waitingFor } from './account-goals.ts'
import type { Beside } from './beside.ts'
import { accountRefusalFor, refuseSeveral, refuseTwoPeople } from './guard.ts'
import type { OffboardOptions } from './options.ts'
import { inSteps, type OrderedGoal } from './order.ts'
import { searchedIn } from './searched.ts'
import type { FoundAccount, PersonPlan, Reachable, Unit } from './unit.ts'

export interface PlanPersonFacts {
  unit: Unit
  reachables: readonly Reachable[]
  options: OffboardOptions
  /** Asked once everybody was looked for, right before anything is planned. */
  protectedPeople(): Promise<readonly ProtectedPerson[]>
  /** Systems that are connected and left out; absent where none is. */
  beside?: Beside
  clock: Clock
  /** Accounts that an earlier process found: they are looked at by id, also when they are gone by now. */
  known?: readonly { system: string; account: Account }[]
  /** When the request of a goal was accepted by an earlier process, ISO, by goal. */
  sentAt?: ReadonlyMap<string, string>
  /** Of such a goal, ids of the things that were refused. */
  refusedThings?: ReadonlyMap<string, ReadonlySet<string>>
  asking?: Asking
}

/** Told of each system that is asked; what it answers is called once the system has answered. */
export type Asking = (system: string) => () => void

interface Search {
  reachable: Reachable
  session: Session
  identity: Identity
  accounts: Account[]
  /** What was asked for; empty where an earlier process had found the account. */
  words: readonly string[]
  /** What finding them has read, by account and name. */
  known: Map<string, Record<string, unknown>>
  /** How they were looked for, as the system tells it. */
  steps: Set<string>
}

/** Finds a person in every system, side by side, and plans what should hold there. Writes nothing. */
export async function planPerson(facts: PlanPersonFacts): Promise<PersonPlan> {
  const { unit, reachables } = facts
  const searches = await everywhere(facts)
  const reached = searches.filter((s): s is Search => !isUnreached(s))
  const unreached = [...searches.filter(isUnreached), ...disconnected(facts)]
  const searched = reached.map(searchedIn)
  const everything = reached.flatMap(({ reachable, accounts }) =>
    accounts.map((account): FoundAccount => ({ system: reachable.id, title: reachable.title, account })),
  )
  // Where somebody was looked for and nobody found, systems that cannot look are not told of a person who may not exist.
  const isKnown = everything.some(f => !f.account.assumed) || reached.every(r => r.accounts.some(a => a.assumed))
  const found = isKnown ? everything : []
  const plan: PersonPlan = {
    ...unit,
    name: found.find(f => f.account.name !== '')?.account.name ?? '',
    accounts: found,
    planned: [],
    unreached,
    searched,
    residual: reached
      .filter(r => r.accounts.length > 0)
      .flatMap(({ reachable }) => (reachable.about.residual ?? []).map(note => ({ system: reachable.id, note }))),
    notConnected: reachables.filter(r => !r.open && !byHandHere(r)).map(r => r.id),
  }

  const several = reached.find(r => r.accounts.length > 1)
  if (several) return { ...plan, refusal: refuseSeveral(unit.person, several.reachable.title, several.accounts) }
  const refusal = refuseTwoPeople(unit.person, found) ?? (await guarded(facts, reached, found))
  if (refusal) return { ...plan, refusal }

  const byHand = reachables.filter(r => !r.open && byHandHere(r) && (found.length > 0 || facts.known))
  // An account that is inactive already will not be deactivated again, so nothing can follow it.
  const active = [...found, ...(facts.known ?? [])].filter(f => f.account.active)
  const present = new Set([...active.map(f => f.system), ...byHand.map(r => r.id)])
  const known = isKnown ? reached : []
  const answers = await Promise.all(known.map(r => goalsIn(facts, r, present)))
  const goals = answers.flatMap(answer => (isUnreached(answer) ? [] : answer))
  const all = [...goals, ...byHand.map(r => ({ goal: byHandGoal(unit, r), reachable: r }))]
  const ordered = inSteps(all, { restAnyway: facts.options.restAnyway === true })
  plan.planned = await Promise.all(
    ordered.map(async (goal): Promise<Planned> => {
      const answered = facts.asking?.(goal.system)
      try {
        return { goal, standing: await lookAt(goal) }
      } finally {
        answered?.()
      }
    }),
  )
  plan.unreached = onceEach([...unreached, ...answers.filter(isUnreached)])
  const silent = unmetIn(
    unit,
    plan.unreached.map(u => u.system),
  )
  plan.unmet = silent
  plan.planned = plan.planned.map(({ goal, standing }) => ({ goal: waitingFor(silent, goal), standing }))
  const seenToStay = plan.planned.flatMap(({ goal, standing }) =>
    standing.residual.map(note => ({ system: goal.system, note })),
  )
  const remains = [...plan.residual, ...seenToStay]
  plan.residual = reached.flatMap(r => remains.filter(one => one.system === r.reachable.id))
  return plan
}

/** Why this person may not be touched, by who they are in each system that is connected. */
async function guarded(
  { unit, beside, protectedPeople }: PlanPersonFacts,
  reached: readonly Search[],
  found: readonly FoundAccount[],
): Promise<Refusal | undefined> {
  const words = new Set([unit.person, ...found.map(f => f.account.email)].map(word => word.trim().toLowerCase()))
  words.delete('')
  const sightings = (await beside?.look([...words])) ?? []
  const operators = new Map([
    ...reached.map(r => [r.reachable.id, r.identity] as const),
    ...sightings.map(s => [s.system, s.identity] as const),
  ])
  const others = sightings.flatMap(({ system, title, accounts }) =>
    accounts.map((account): FoundAccount => ({ system, title, account })),
  )
  try {
    return accountRefusalFor(unit.person, found, operators, await protectedPeople(), others)
  } catch (error) {
    const { message, hint } = asK1Error(error)
    return { why: `Nobody can tell whether ${unit.person} is protected: ${message}`, ...(hint ? { hint } : {}) }
  }
}

/**
 * Looks by the word that was given. A log-in is often another one in each system, so systems that know nobody by it are
 * asked for the e-mail that goes with it elsewhere. An e-mail is not followed to another one: it may be a shared one.
 */
async function everywhere(facts: PlanPersonFacts): Promise<(Search | Unreached)[]> {
  const open = facts.reachables.filter(r => r.open)
  const searches = await Promise.all(open.map(r => search(facts, r)))
  if (facts.unit.person.includes('@')) return searches
  const found = searches.flatMap(s => (isUnreached(s) ? [] : s.accounts))
  const words = new Set(found.map(account => account.email.trim().toLowerCase()))
  words.delete('')
  if (words.size === 0) return searches
  return Promise.all(
    searches.map(one => (isUnreached(one) || one.accounts.length > 0 ? one : searchMore(one, [...words]))),
  )
}

async function searchMore(before: Search, words: readonly string[]): Promise<Search | Unreached> {
  const { reachable, session, known, steps } = before
  try {
    const found = await Promise.all(
      words.map(word => session.people?.find(word, noteIn(known), step => steps.add(step)) ?? []),
    )
    const accounts = [...new Map(found.flat().map(account => [account.id, account])).values()]
    return { ...before, accounts, words: [...before.words, ...words] }
  } catch (error) {
    return unreachedBy(reachable, error)
  }
}

/** Systems where an earlier process found an account, and that nobody is connected to any more. */
function disconnected({ known = [], unit, reachables }: PlanPersonFacts): Unreached[] {
  const gone = known.map(k => k.system).filter(system => !reachables.some(r => r.id === system && r.open))
  return gone.map(system => {
    const { tenant } = unit
    const error = new K1Error('not-set-up', `${system} is not connected for ${tenant} any more.`, {
      hint: `k1ctl connect ${system} --tenant ${quoted(tenant)}`,
    })
    return { tenant, system, reach: 'by-hand', error }
  })
}

/** One system may fail at each of its goals, for the same reason. */
function onceEach(unreached: readonly Unreached[]): Unreached[] {
  return [...new Map(unreached.map(u => [`${u.system}\n${u.error.message}`, u])).values()]
}

/** Without an endpoint KaseyaOne is still everybody's: its part is done by hand. Other systems may not be in use. */
function byHandHere({ about }: Reachable): boolean {
  return about.isEverybodys === true && (about.accountSteps ?? []).length > 0
}

async function search({ unit, known, asking }: PlanPersonFacts, reachable: Reachable): Promise<Search | Unreached> {
  const answered = asking?.(reachable.id)
  try {
    const session = await reachable.open?.()
    if (!session?.people) throw new K1Error('internal', `${reachable.title} cannot look up people.`)
    const kept = known?.filter(k => k.system === reachable.id)
    const readings: Search['known'] = new Map()
    const steps = new Set<string>()
    const isKept = kept !== undefined && kept.length > 0
    const [identity, accounts] = await Promise.all([
      session.check(),
      isKept ? kept.map(k => k.account) : session.people.find(unit.person, noteIn(readings), step => steps.add(step)),
    ])
    return { reachable, session, identity, accounts, words: isKept ? [] : [unit.person], known: readings, steps }
  } catch (error) {
    return unreachedBy(reachable, error)
  } finally {
    answered?.()
  }
}

async function goalsIn(
  { unit, options, sentAt, refusedThings, clock }: PlanPersonFacts,
  { reachable, session, accounts, known }: Search,
  present: ReadonlySet<string>,
): Promise<OrderedGoal[] | Unreached> {
  const { people } = session
  const [account] = accounts
  if (!people || !account) return []
  try {
    const moment = openMoment({ now: () => clock.now().getTime(), known: known.get(account.id) ?? {} })
    const goals = await people.goals(account, {
      delete: options.delete,
      waitMs: options.waitMs,
      devices: options.devices,
      present,
      sentAt: sentIn(unit, reachable.id, sentAt),
      refusedThen: refusedIn(unit, reachable.id, refusedThings),
      ...(options.successor === null ? {} : { successor: options.successor }),
    })
    return goals.map(goal => ({
      goal: engineGoal(unit, reachable, account, goal, moment),
      reachable,
      ...(goal.follows ? { follows: goal.follows.system } : {}),
      ...(account.masteredIn === undefined ? {} : { masteredIn: account.masteredIn }),
    }))
  } catch (error) {
    return unreachedBy(reachable, error)
  }
}

function noteIn(known: Search['known']): NoteReading {
  return (account, name, value) => known.set(account, { ...known.get(account), [name]: value })
}

function unreachedBy({ tenant, id, about }: Reachable, error: unknown): Unreached {
  return { tenant, system: id, reach: about.reach, error: asK1Error(error) }
}

function isUnreached<T extends object>(value: T | Unreached): value is Unreached {
  return 'error' in value
}
