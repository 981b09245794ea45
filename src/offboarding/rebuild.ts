import { K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { openMoment } from '../core/moment.ts'
import type { Clock } from '../core/ports.ts'
import { quoted } from '../core/shell.ts'
import type { KeptGoal } from '../engine/run-record.ts'
import { type AccountSpec, byHandGoal, earlierIn, engineGoal, type SentBefore } from './account-goals.ts'
import { askedOf, type OffboardOptions } from './options.ts'
import { undoGoal, wayBack } from './undo.ts'
import type { Reachable } from './unit.ts'

export function isAccountSpec(spec: unknown): spec is AccountSpec {
  return typeof spec === 'object' && spec !== null && 'kind' in spec && spec.kind === 'offboarding' && 'account' in spec
}

/** An account's goal again from what the ledger kept of it, to be looked at in another process. */
export async function rebuildAccountGoal(
  kept: KeptGoal,
  spec: AccountSpec,
  reachable: Reachable | undefined,
  options: OffboardOptions,
  clock: Clock,
  earlier: SentBefore = {},
): Promise<Goal> {
  const unit = { tenant: kept.tenant, person: kept.person ?? '' }
  if (reachable && spec.account === null) return byHandGoal(unit, reachable)
  const session = await reachable?.open?.()
  const moment = openMoment({ now: () => clock.now().getTime() })
  if (!reachable || !spec.account || !session?.people) {
    throw new K1Error('not-set-up', `${kept.system} is not connected for ${kept.tenant} any more.`, {
      hint: `k1ctl connect ${kept.system} --tenant ${quoted(kept.tenant)}`,
    })
  }
  // Whom it followed when it was planned makes no difference to a look.
  const goals = await session.people.goals(spec.account, {
    ...askedOf(options),
    present: new Set(),
    ...earlierIn(unit, kept.system, earlier),
  })
  const goal = goals.find(g => g.kind === spec.goal)
  if (goal && 'back' in spec) {
    const way = wayBack(goal, spec.back, { login: spec.account.login, title: reachable.title })
    if (way) return { ...undoGoal(engineGoal(unit, reachable, spec.account, way, moment), spec.back), id: kept.id }
  }
  if (goal) return engineGoal(unit, reachable, spec.account, goal, moment, options)
  throw new K1Error('internal', `${reachable.title} no longer knows the goal ${spec.goal}.`)
}
