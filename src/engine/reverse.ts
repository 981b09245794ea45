import type { Change } from '../core/change.ts'
import { K1Error } from '../core/errors.ts'
import type { GoalSpec } from '../core/goal.ts'
import { type Reading, seen } from '../core/reading.ts'

/**
 * The goal that gives back what `before` shows, as a ledger kept it; undefined where that cannot be. An account that was
 * gone had nothing, and one that is gone now cannot get it back.
 * @throws K1Error `storage` when what was kept is no snapshot of it
 */
export function reverse(goal: GoalSpec, before: unknown, who: { login: string; title: string }): GoalSpec | undefined {
  const { back, needs, reach, unobservable, shown, settlesWithin, touches } = goal
  if (back === undefined) return undefined
  const base = {
    reach: back.byHand ? ('by-hand' as const) : reach,
    effect: 'reversible' as const,
    repeatable: true,
    after: back.after ?? [],
    needs,
    ...(back.byHand ? { byHand: back.byHand } : {}),
    ...(goal.later === undefined ? {} : { later: goal.later }),
    ...(settlesWithin === undefined ? {} : { settlesWithin }),
    ...(touches ? { touches: (changes: readonly Change[]) => touches(changes) } : {}),
  }
  if (isGone(before)) {
    return {
      ...base,
      summary: 'All stays as it was: the account was gone already',
      read: async () => seen(before),
      holds: () => true,
      changes: () => [],
      take: async () => [],
    }
  }
  const kept = back.shape.safeParse(before)
  if (!kept.success) throw unreadable(back.what, back.place)
  const had: unknown = kept.data
  return {
    ...base,
    summary: back.summary(had),
    async read(moment): Promise<Reading<unknown>> {
      const now = await goal.read(moment)
      if (now.state !== 'gone') return now
      throw new K1Error(
        'refused',
        `${who.login} is no longer there in ${who.title}: a deleted account cannot be given back.`,
      )
    },
    ...(unobservable ? { unobservable: value => unobservable(value) } : {}),
    holds: now => back.isBack(had, now),
    changes: now => back.changes(had, now),
    warnings: () => back.warnings?.(had) ?? [],
    take: (changes, now) => back.give(changes, now, had),
    ...(shown ? { shown: value => shown(value) } : {}),
  }
}

function isGone(before: unknown): boolean {
  return typeof before === 'object' && before !== null && 'gone' in before && before.gone === true
}

function unreadable(what: string, place: string): K1Error {
  return new K1Error('storage', `What the run kept does not say ${what}, so it cannot be given back.`, {
    hint: `Give it back in ${place}.`,
  })
}
