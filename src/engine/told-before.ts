import { type Change, differencesOf } from '../core/change.ts'
import type { Goal } from '../core/goal.ts'
import { changeName, type Ending } from './end-of.ts'
import type { ExecuteOptions } from './execute-options.ts'
import { changesIn, type Look } from './look.ts'

/** What the ledger tells of what earlier processes sent, and what follows from that. */
export type ToldBefore = Pick<ExecuteOptions, 'resend' | 'takenBefore' | 'refusedBefore' | 'inDoubt' | 'doubtful'>

/** What is still to be asked for: of a queued goal nothing that an earlier process had taken. */
export function thingsLeft(
  { id: goal, queued }: Goal,
  changes: readonly Change[],
  { resend, takenBefore, refusedBefore }: ToldBefore,
): readonly Change[] {
  const taken = takenBefore?.get(goal)
  const refused = refusedBefore?.get(goal)
  if (!queued) return changes
  // What was taken and does not show may be sent again, where that does no harm, or somebody asks for it.
  if (taken) return changes.filter(({ id, again, once }) => again || !taken.has(id) || (resend && !once))
  if (resend) return changes
  return refused?.size ? changes.filter(({ id, of = id }) => refused.has(id) || refused.has(of)) : changes
}

/** Whatever of it was to be sent was accepted by an earlier process. */
export function isAskedFor(goal: Goal, changes: readonly Change[], options: ExecuteOptions): boolean {
  if (!goal.queued || !options.sentBefore?.has(goal.id)) return false
  // Somebody who asks for more waits for what was taken.
  if (options.resend && changes.length === 0) return false
  if (options.takenBefore?.has(goal.id)) return thingsLeft(goal, changes, options).length === 0
  return !options.resend && (options.refusedBefore?.get(goal.id)?.size ?? 0) === 0
}

/**
 * Of what a look lists: what an earlier process was about to send, so that nobody knows whether it has been taken, and
 * what must not be sent twice. It stays as it is, and all else is sent.
 */
export function inDoubtIn(
  { id: goal, queued, repeatable }: Goal,
  look: Look,
  { inDoubt, doubtful, resend }: ToldBefore,
): readonly Change[] {
  if (!queued || repeatable || resend || !inDoubt?.has(goal)) return []
  const things = doubtful?.get(goal)
  return changesIn(look).filter(({ id, again }) => !again && things?.has(id))
}

/** Where things are in doubt, that is how it ends, whatever came of the others. */
export function withDoubt(ending: Ending, { later }: Goal, things: readonly Change[], run: string): Ending {
  if (things.length === 0) return ending
  const told = doubt(run, later, things)
  const more = ending.end === 'pending' || ending.why === undefined ? '' : ` ${ending.why}`
  return { ...ending, ...told, why: `${told.why}${more}` }
}

/** @param because why nobody can read it back */
export function doubt(run: string, because = '', things: readonly Change[] = []) {
  const names = things.map(changeName).join(', ')
  return {
    end: 'unknown' as const,
    why: `It was sent once and nobody can read back whether it was taken${names && ` (${names})`}: ${because}`,
    hint: `Check in the console. To send it again: k1ctl runs resume ${run} --resend`,
  }
}

/**
 * What holds by a step that shows, and lacks those that show nowhere: no process of this run had them taken, as far as
 * the ledger tells. A look that holds proves only what it shows.
 */
export function withUnshown({ id: goal }: Goal, look: Look, options: ExecuteOptions): Look {
  if (look.state !== 'holds' || look.unshown === undefined || !options.begunBefore?.has(goal)) return look
  const { unshown, ...rest } = look
  const taken = options.takenBefore?.get(goal)
  const refused = options.refusedBefore?.get(goal)
  const all = options.sentBefore?.has(goal) === true && taken === undefined
  const changes = unshown.changes.filter(({ id }) => (all ? refused?.has(id) : !taken?.has(id)))
  if (changes.length === 0) return look
  return { ...rest, state: 'not-yet', value: unshown.value, changes, differences: differencesOf(changes) }
}
