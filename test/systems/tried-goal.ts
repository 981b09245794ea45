import type { Account, AccountGoal, AccountGoalOptions, PeopleAccess } from '../../src/core/account.ts'
import { accountGoalKinds } from '../../src/core/account-kinds.ts'
import { type Change, type Difference, didHarm, type Taken } from '../../src/core/change.ts'
import { type ErrorKind, K1Error } from '../../src/core/errors.ts'
import type { Goal } from '../../src/core/goal.ts'
import { type OpenMoment, openMoment } from '../../src/core/moment.ts'
import type { Clock } from '../../src/core/ports.ts'
import type { UnseenCause } from '../../src/core/reading.ts'
import type { OpenDeps, Session, System } from '../../src/core/system.ts'
import { lookAt } from '../../src/engine/look.ts'
import { reverse } from '../../src/engine/reverse.ts'
import { dueIn, mostRounds } from '../../src/engine/rounds.ts'
import { settle } from '../../src/engine/settle.ts'
import { createTurns } from '../../src/engine/turns.ts'

/** What a look at a goal shows. */
export type Standing =
  | { state: 'holds'; reading: unknown }
  | { state: 'not-yet'; reading: unknown; waitsFor?: string }
  | { state: 'unobservable'; why: string }

/** A goal that a test can look at, bring about and take back by itself, each time anew, as the engine would. */
export interface TriedGoal extends Omit<AccountGoal, 'warnings' | 'residual'> {
  differences: readonly Difference[]
  warnings: readonly string[]
  residual: readonly string[]
  look(): Promise<Standing>
  bring?(): Promise<void>
  undo?(before: unknown): TriedGoal
}

export interface TriedPeople extends Omit<PeopleAccess, 'goals'> {
  goals(account: Account, options: AccountGoalOptions): Promise<TriedGoal[]>
}

export type TriedSession = Omit<Session, 'people'> & { people?: TriedPeople }

/** Opens a session whose goals can be tried by themselves. */
export async function openTried(
  system: System,
  settings: Readonly<Record<string, string>>,
  deps: OpenDeps,
): Promise<TriedSession> {
  return triedSession(await system.open(settings, deps), deps.clock)
}

export function triedSession(session: Session, clock: Clock): TriedSession {
  const { people, ...rest } = session
  return people === undefined ? rest : { ...rest, people: triedPeople(people, clock) }
}

export function triedPeople(people: PeopleAccess, clock: Clock): TriedPeople {
  return {
    find: word => people.find(word),
    account: id => people.account(id),
    list: () => people.list(),
    count: () => people.count(),
    async goals(account, options) {
      const moment = openMoment({ now: () => clock.now().getTime() })
      const goals = await people.goals(account, options)
      const tried: TriedGoal[] = []
      for (const goal of goals) tried.push(await shownGoal(triedGoal(goal, account.login, clock), goal, moment))
      return tried
    },
  }
}

/** As the engine's: two last administrators do not both leave because the other one was still there. */
const turns = createTurns()

/** With what a plan shows of it. */
async function shownGoal(tried: TriedGoal, goal: AccountGoal, moment: OpenMoment): Promise<TriedGoal> {
  const { differences, warnings, residual } = await lookAt(placed(goal, moment))
  return { ...tried, differences, warnings, residual }
}

export function triedGoal(goal: AccountGoal, login: string, clock: Clock): TriedGoal {
  const moment = openMoment({ now: () => clock.now().getTime() })
  const { warnings: _, residual: __, ...spec } = goal

  async function read() {
    moment.forget()
    const found = await goal.read(moment.only(goal.needs))
    if (found.state !== 'unseen') return found
    if (found.cause === 'not-shown') return { ...found, state: 'not-shown' as const }
    throw new K1Error(kindsOf[found.cause], found.why, found.hint === undefined ? {} : { hint: found.hint })
  }

  async function look(): Promise<Standing> {
    const found = await read()
    if (found.state === 'gone') return { state: 'holds', reading: { gone: true } }
    if (found.state === 'not-shown') return { state: 'unobservable', why: found.why }
    const { value } = found
    const why = goal.unobservable?.(value)
    if (why !== undefined) return { state: 'unobservable', why }
    const reading = goal.shown ? goal.shown(value) : value
    if (goal.holds(value)) return { state: 'holds', reading }
    const waitsFor = goal.waitsFor?.(value)
    return { state: 'not-yet', reading, ...(waitsFor === undefined ? {} : { waitsFor }) }
  }

  function bring(): Promise<void> {
    return turns.inTurn({ tenant: 't', system: 's' }, bringNow)
  }

  async function bringNow(): Promise<void> {
    const found = await read()
    if (found.state !== 'seen') return
    const { value } = found
    if (goal.unobservable?.(value) === undefined && goal.holds(value)) return
    const why = await goal.guard?.(value)?.()
    if (why !== undefined) throw new K1Error('refused', why)
    const changes: Change[] = []
    const taken: Taken[] = []
    const at = placed(goal, moment)
    let look = await lookAt(at)
    for (let round = 1; round <= mostRounds; round++) {
      if (look.state !== 'not-yet' && look.state !== 'unobservable') break
      const fresh = dueIn(at, look, round, changes, {})
      if (round > 1 && fresh.length === 0) break
      changes.push(...fresh)
      const isEarly = fresh.length === 0 && look.changes.length > 0
      if (!goal.follows && !isEarly) taken.push(...(await goal.take(fresh, look.value)))
      look = await settle(at, taken, changes, { clock })
    }
    const after = look
    const open = after.state === 'not-yet' ? new Set(after.changes.map(({ id }) => id)) : undefined
    const failed = taken.filter(
      one => one.error && (!open || open.has(one.id) || !changes.some(({ id }) => id === one.id)),
    )
    const blind = failed.filter(
      one => changes.find(({ id }) => id === one.id)?.blind || (one.error && didHarm(one.error)),
    )
    const claimed = after.state === 'not-yet' ? taken.find(one => one.doneNow)?.doneNow : undefined
    if (claimed) throw claimed
    const [first] = after.state === 'holds' ? blind : failed
    if (first?.error === undefined) return
    const others = failed.flatMap(({ error }) => (error && error !== first.error ? [error.message] : []))
    if (others.length > 0 && first.error.facts.others === undefined) first.error.facts.others = others
    throw first.error
  }

  const undo = (before: unknown): TriedGoal => {
    const way = reverse(goal, before, { login, title: 'the system' })
    if (way === undefined) throw new Error('no way back')
    const { behind: _, ...back } = way
    const after = accountGoalKinds.filter(kind => way.after.includes(kind))
    return triedGoal({ ...back, kind: goal.kind, after }, login, clock)
  }

  return {
    ...spec,
    differences: [],
    warnings: [],
    residual: [],
    look,
    ...(goal.byHand ? {} : { bring }),
    ...(goal.back ? { undo } : {}),
  }
}

const kindsOf: Record<UnseenCause, ErrorKind> = {
  forbidden: 'forbidden',
  'not-shown': 'contract',
  unreachable: 'unreachable',
  incomplete: 'contract',
}

function placed(goal: AccountGoal, moment: OpenMoment): Goal {
  const { follows, ...rest } = goal
  return { ...rest, id: goal.kind, tenant: 't', system: 's', spec: null, moment, ...(follows ? { follows: true } : {}) }
}
