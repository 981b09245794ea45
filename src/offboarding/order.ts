import { offboardingSteps, phaseOf, phases } from '../core/account-kinds.ts'
import type { Goal } from '../core/goal.ts'
import type { Reachable } from './unit.ts'

/** A goal with what decides its place in the order. */
export interface OrderedGoal {
  goal: Goal
  reachable: Reachable
  /** The system that is expected to bring it about. */
  follows?: string
  /** The system that the account is synced from. */
  masteredIn?: string
}

/**
 * The order across systems. The person is kept out everywhere before the first thing is taken away, devices come after
 * that, and what is deleted is deleted last, once sign-in is blocked everywhere. Keeping out goes in the four steps: a
 * step begins once the sign-in blocks of the steps before it are sent (that one of them takes a minute to show keeps no
 * other door open), and within the directories the one that others are synced from is the first. What follows another
 * system begins behind it.
 *
 * Where a block that k1ctl sends itself fails, nothing is taken away: it waits, for somebody to go on, unless the rest is
 * wanted all the same. Blocks that a person, a device or another system has yet to bring about hold nothing up.
 */
export function inSteps(goals: readonly OrderedGoal[], { restAnyway = false } = {}): Goal[] {
  const rank = ({ goal, reachable }: OrderedGoal) => {
    const source = goals.some(g => g.masteredIn === reachable.id) ? 0 : 1
    const step = offboardingSteps.indexOf(reachable.about.step ?? 'applications')
    return phases.indexOf(phaseOf(goal.kind)) * 100 + step * 10 + source
  }
  const sorted = goals.map(own => ({ own, at: rank(own) })).sort((one, other) => one.at - other.at)
  const known = new Set(goals.map(({ goal }) => goal.id))
  return sorted.map(({ own }) => {
    const { after, behind, past } = predecessorsOf(own, goals, restAnyway)
    const ids = (list: readonly string[]) => idsIn(known, own, list)
    return { ...own.goal, after: ids(after), behind: ids(behind), past: ids(past) }
  })
}

function predecessorsOf(
  own: OrderedGoal,
  goals: readonly OrderedGoal[],
  restAnyway: boolean,
): { after: string[]; behind: string[]; past: string[] } {
  const { goal, reachable, follows, masteredIn } = own
  const phase = phaseOf(goal.kind)
  const others = goals.filter(g => g.goal.system !== goal.system)
  const ids = (list: readonly OrderedGoal[]) => list.map(g => g.goal.id)
  const before = (wanted: readonly OrderedGoal[]) =>
    wanted.filter(g => phases.indexOf(phaseOf(g.goal.kind)) < phases.indexOf(phase))
  const blocks = others.filter(g => g.goal.kind === 'sign-in-blocked')
  const isKeptOut = phase === 'keep out'
  const earlier = isKeptOut ? blocks.filter(b => stepOf(b.reachable) < stepOf(reachable)) : []
  const source = others.filter(g => g.goal.system === masteredIn && phaseOf(g.goal.kind) === 'keep out')
  // A deletion over there comes last of all, and waits for this block.
  const followed = others.filter(g => g.goal.system === follows && phaseOf(g.goal.kind) === phase)
  const kept = isKeptOut || restAnyway ? [] : goals.filter(isOwnBlock)
  // What was never sent there will never arrive here.
  const sent = others.filter(
    g =>
      g.goal.system === follows &&
      (g.goal.kind === 'sign-in-blocked' || (phase === 'delete' && g.goal.kind === 'deleted')),
  )
  return {
    after: [...goal.after, ...ids(phase === 'delete' ? blocks : []), ...ids(kept), ...ids(sent)],
    behind: [...(goal.behind ?? []), ...ids([...(isKeptOut ? [] : before(goals)), ...source, ...followed])],
    past: ids(earlier),
  }
}

/** A block that k1ctl sends, and that holds at once. */
function isOwnBlock({ goal, follows }: OrderedGoal): boolean {
  return (
    goal.kind === 'sign-in-blocked' && follows === undefined && goal.byHand === undefined && goal.later === undefined
  )
}

function stepOf({ about }: Reachable): number {
  return offboardingSteps.indexOf(about.step ?? 'applications')
}

/** Each id once, of goals that are there. */
function idsIn(known: ReadonlySet<string>, own: OrderedGoal, ids: readonly string[]): string[] {
  return [...new Set(ids)].filter(id => id !== own.goal.id && known.has(id))
}
