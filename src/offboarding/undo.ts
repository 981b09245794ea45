import type { AccountGoal } from '../core/account.ts'
import { type AccountGoalKind, accountGoalKinds } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { openMoment } from '../core/moment.ts'
import type { Clock } from '../core/ports.ts'
import { quoted } from '../core/shell.ts'
import { lookAt } from '../engine/look.ts'
import type { Planned, Planner } from '../engine/plan.ts'
import { reverse } from '../engine/reverse.ts'
import type { Lost } from '../engine/run-record.ts'
import type { End, GoalResult } from '../engine/verdict.ts'
import { engineGoal } from './account-goals.ts'
import type { PersonRecord } from './ledger-entries.ts'
import { askedOf, type OffboardOptions } from './options.ts'
import type { Reachable } from './unit.ts'

/** What an offboarding changed and what cannot be given back. */
export interface UndoPlan {
  planners: Planner[]
  /** Goals that were brought about and that nobody can undo; the planners add what only the systems know. */
  lost: Lost[]
}

/**
 * Plans the way back from the snapshot that a run took: for each goal that it changed, what was there before. Groups
 * and roles come back after sign-in.
 * @param reaches can k1ctl bring about goals of this kind in that system?
 */
export function planUndo(
  people: readonly PersonRecord[],
  reachables: (tenant: string) => Promise<readonly Reachable[]>,
  options: OffboardOptions,
  reaches: (system: string, kind: AccountGoalKind) => boolean,
  clock: Clock,
): UndoPlan {
  const undo: UndoPlan = { planners: [], lost: [] }
  for (const record of people) {
    const taken = takenIn(record)
    const deleted = new Set(record.results.filter(isDeletion).map(r => r.system))
    const back = taken.filter(t => !deleted.has(t.system) && canComeBack(t, record, reaches))
    for (const { goal, system, summary, end } of taken.filter(t => !back.includes(t))) {
      // What did not take effect for certain is not lost for certain either.
      if (end !== 'changed') continue
      const why = deleted.has(system)
        ? 'the account was deleted, and stays deleted'
        : 'only a person can give it back, in the console'
      undo.lost.push({ goal, system, summary, why })
    }
    for (const system of new Set(back.map(r => r.system))) {
      undo.planners.push(plannerFor(record, system, back, reachables, options, undo.lost, clock))
    }
  }
  return undo
}

/** What a run took from somebody, or may have taken: nobody knows of a change that it was killed in. */
type Taken = Pick<GoalResult, 'goal' | 'system' | 'kind' | 'summary' | 'reach'> & { end: End }

function takenIn({ entry, results, open }: PersonRecord): Taken[] {
  return entry.goals.flatMap(({ id, system, kind, summary, reach = 'api' }) => {
    const end = results.find(r => r.goal === id)?.end ?? (open.has(id) ? 'unknown' : 'already')
    if (end === 'already' || end === 'refused' || end === 'by-hand') return []
    return [{ goal: id, system, summary, reach, end, ...(kind ? { kind } : {}) }]
  })
}

function isDeletion({ kind, end }: GoalResult): boolean {
  return kind === 'deleted' && (end === 'changed' || end === 'already')
}

/** Its snapshot is there, and k1ctl can write it. */
function canComeBack(
  { goal, kind, system }: Taken,
  record: PersonRecord,
  reaches: (system: string, kind: AccountGoalKind) => boolean,
): boolean {
  return kind !== undefined && kind !== 'deleted' && reaches(system, kind) && record.before.get(goal) != null
}

function plannerFor(
  record: PersonRecord,
  system: string,
  back: readonly Taken[],
  reachables: (tenant: string) => Promise<readonly Reachable[]>,
  options: OffboardOptions,
  lost: UndoPlan['lost'],
  clock: Clock,
): Planner {
  const { tenant, person } = record.entry
  return {
    tenant,
    system,
    person,
    asks: { kind: 'undo', system, person } satisfies UndoAsk,
    reach: back.find(r => r.system === system)?.reach ?? 'api',
    async make() {
      const reachable = (await reachables(tenant)).find(r => r.id === system)
      const account = record.entry.accounts.find(a => a.system === system)?.account
      const session = await reachable?.open?.()
      if (!reachable || !account || !session?.people) {
        throw new K1Error('not-set-up', `${system} is not connected for ${tenant} any more.`, {
          hint: `k1ctl connect ${system} --tenant ${quoted(tenant)}`,
        })
      }
      const successor = record.entry.successor ?? options.successor
      const goals = await session.people.goals(account, {
        ...askedOf({ ...options, delete: false, successor }),
        present: new Set(),
      })
      const undone = goals.flatMap(goal => {
        const result = back.find(r => r.system === system && r.kind === goal.kind)
        if (!result) return []
        const before = record.before.get(result.goal)
        const way = wayBack(goal, before, { login: account.login, title: reachable.title })
        if (way) return [{ way, before }]
        if (result.end === 'changed') {
          const { goal: id, summary } = result
          lost.push({ goal: id, system, summary, why: 'it cannot be undone' })
        }
        return []
      })
      const moment = openMoment({ now: () => clock.now().getTime() })
      return Promise.all(
        afterWhatTheyWaitFor(undone).map(async ({ way, before }): Promise<Planned> => {
          const goal = undoGoal(engineGoal({ tenant, person }, reachable, account, way, moment), before)
          return { goal, standing: await lookAt(goal) }
        }),
      )
    },
  }
}

/** Goals of one system go in turn: what another one waits for has to come before it. */
function afterWhatTheyWaitFor<T extends { way: AccountGoal }>(ways: readonly T[]): T[] {
  const left = [...ways]
  const sorted: T[] = []
  while (left.length > 0) {
    const isFree = ({ way }: T) => !way.after.some(kind => left.some(other => other.way.kind === kind))
    sorted.push(...left.splice(Math.max(0, left.findIndex(isFree)), 1))
  }
  return sorted
}

/** What the ledger keeps of a way back that could not even be planned. */
export interface UndoAsk {
  kind: 'undo'
  system: string
  person: string
}

export function isUndoAsk(asks: unknown): asks is UndoAsk {
  return typeof asks === 'object' && asks !== null && 'kind' in asks && asks.kind === 'undo' && 'person' in asks
}

/** The account's own goal turned round; undefined where it cannot be. @throws K1Error `storage`: no snapshot of it */
export function wayBack(
  goal: AccountGoal,
  before: unknown,
  who: { login: string; title: string },
): AccountGoal | undefined {
  const way = reverse(goal, before, who)
  const after = accountGoalKinds.filter(kind => way?.after.includes(kind))
  return way && { ...way, behind: [], kind: goal.kind, after }
}

/** As a goal of an undo run: what was there goes with it, so that another process can build it again. */
export function undoGoal(goal: Goal, before: unknown): Goal {
  const spec = typeof goal.spec === 'object' ? { ...goal.spec, back: before } : goal.spec
  return { ...goal, id: `${goal.id}/undo`, after: goal.after.map(id => `${id}/undo`), spec }
}
