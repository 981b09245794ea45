import type { Goal } from '../core/goal.ts'
import { lookAt } from '../engine/look.ts'
import type { Planned, Planner } from '../engine/plan.ts'
import { reverse } from '../engine/reverse.ts'
import type { KeptGoal, UnitRecord } from '../engine/run-record.ts'

/** Plans the way back of the settings that a run changed in one module: last changed, first given back. */
export function planSettingsBack(record: UnitRecord, rebuild: (goal: KeptGoal) => Promise<Goal>): Planner {
  const { tenant, name: system } = record.subject
  const changed = record.entry.goals.filter(({ id }) => {
    const end = record.results.find(r => r.goal === id)?.end ?? (record.open.has(id) ? 'unknown' : 'already')
    return (end === 'changed' || end === 'unknown' || end === 'failed') && record.before.get(id) != null
  })
  return {
    tenant,
    system,
    reach: changed[0]?.reach ?? 'api',
    async make() {
      const planned: Planned[] = []
      for (const kept of changed.toReversed()) {
        const goal = await rebuild(kept)
        const undone = settingsUndone(goal, record.before.get(kept.id))
        const before = planned.at(-1)?.goal
        // One module is looked at once: what the first gives back, the next one sees.
        const inTurn = before === undefined ? undone : { ...undone, behind: [before.id], moment: before.moment }
        planned.push({ goal: inTurn, standing: await lookAt(inTurn) })
      }
      return planned
    },
  }
}

/** A goal of settings turned round. @throws K1Error `storage` when what was kept is no snapshot of them */
export function settingsUndone(goal: Goal, before: unknown): Goal {
  const { tenant, system, feature, id, moment, spec } = goal
  const way = reverse(goal, before, { login: 'The settings', title: system })
  if (way === undefined) return { ...goal, refusal: { why: 'Only a person can give this back, in the console.' } }
  return {
    ...way,
    id: `${id}/undo`,
    tenant,
    system,
    ...(feature ? { feature } : {}),
    moment,
    spec: typeof spec === 'object' ? { ...spec, back: before } : spec,
  }
}
