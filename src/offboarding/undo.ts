import type { AccountGoal } from '../core/account.ts'
import { K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import type { Planned, Planner } from '../engine/plan.ts'
import type { GoalResult } from '../engine/verdict.ts'
import { engineGoal } from './account-goals.ts'
import type { PersonRecord } from './ledger-entries.ts'
import type { OffboardOptions } from './options.ts'
import type { Reachable } from './unit.ts'

/** What an offboarding changed and what cannot be given back. */
export interface UndoPlan {
  planners: Planner[]
  /** Goals that were brought about and that nobody can undo. */
  lost: { goal: string; summary: string; why: string }[]
}

/**
 * Plans the way back from the snapshot that a run took: for each goal that it changed, what was there before. Groups
 * and roles come back after sign-in.
 */
export function planUndo(
  people: readonly PersonRecord[],
  reachables: (tenant: string) => Promise<readonly Reachable[]>,
  options: OffboardOptions,
): UndoPlan {
  const undo: UndoPlan = { planners: [], lost: [] }
  for (const record of people) {
    const changed = record.results.filter(r => r.end === 'changed')
    for (const result of changed.filter(r => !isReversible(r, record))) {
      undo.lost.push({ goal: result.goal, summary: result.summary, why: 'It cannot be undone here.' })
    }
    const back = changed.filter(r => isReversible(r, record))
    for (const system of new Set(back.map(r => r.system))) {
      undo.planners.push(plannerFor(record, system, back, reachables, options))
    }
  }
  return undo
}

function isReversible({ goal, kind }: GoalResult, record: PersonRecord): boolean {
  return kind !== 'deleted' && record.before.get(goal) != null
}

function plannerFor(
  record: PersonRecord,
  system: string,
  back: readonly GoalResult[],
  reachables: (tenant: string) => Promise<readonly Reachable[]>,
  options: OffboardOptions,
): Planner {
  const { tenant, person } = record
  return {
    tenant,
    system,
    reach: back.find(r => r.system === system)?.reach ?? 'api',
    async make() {
      const reachable = (await reachables(tenant)).find(r => r.id === system)
      const account = record.entry.accounts.find(a => a.system === system)?.account
      const session = await reachable?.open?.()
      if (!reachable || !account || !session?.people) {
        throw new K1Error('not-set-up', `${system} is not connected for ${tenant} any more.`, {
          hint: `k1ctl connect ${system}`,
        })
      }
      const goals = await session.people.goals(account, {
        delete: false,
        waitMs: options.waitMs,
        present: new Set(),
      })
      const undone = goals.flatMap(goal => {
        const result = back.find(r => r.system === system && r.kind === goal.kind)
        const reverse = result && goal.undo?.(record.before.get(result.goal))
        return reverse ? [reverse] : []
      })
      return Promise.all(
        undone.map(goal => plannedUndo(engineGoal({ tenant, person }, reachable, account, goal), goal)),
      )
    },
  }
}

async function plannedUndo(goal: Goal, undo: AccountGoal): Promise<Planned> {
  const named = {
    ...goal,
    id: `${goal.id}/undo`,
    summary: goal.summary,
    after: undo.after.map(kind => `${goal.id.replace(/[^/]+$/, kind)}/undo`),
  }
  return { goal: named, standing: await undo.look() }
}
