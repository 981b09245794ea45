import type { Account } from '../../core/account.ts'
import type { AccountGoalKind } from '../../core/account-kinds.ts'
import { K1Error } from '../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../core/old-goal.ts'
import type { Clock } from '../../core/ports.ts'
import { waitFor } from '../../http/wait-for.ts'
import type { WebhookKind } from './about.ts'
import type { Details, SeenPerson } from './messages.ts'
import type { Receiver } from './receiver.ts'
import { wordings } from './wording.ts'

/** All that the goals of one account stand on. */
export interface GoalGround {
  receiver: Receiver
  clock: Clock
  signal: AbortSignal | undefined
  account: Account
  /** See `Wish.occasion`. */
  occasion: string
  waitMs: number
}

const lost: ReadonlySet<WebhookKind> = new Set(['credentials-revoked', 'deleted'])

/** What every goal of this kind is, whether or not the receiver can tell how it stands. */
export function outlineOf(kind: WebhookKind): Pick<
  AccountGoal,
  'kind' | 'reach' | 'effect' | 'repeatable' | 'after'
> & {
  behind?: readonly AccountGoalKind[]
} {
  return {
    kind,
    reach: 'contract',
    effect: lost.has(kind) ? 'irreversible' : 'reversible',
    repeatable: true,
    after: kind === 'deleted' ? ['sign-in-blocked'] : [],
    // Whoever may still sign in would open the next session.
    ...(kind === 'sessions-ended' || kind === 'credentials-revoked' ? { behind: ['sign-in-blocked'] } : {}),
  }
}

/** Does it hold? Null where the receiver cannot tell. */
export function holdsIn(person: SeenPerson, kind: WebhookKind): boolean | null {
  if (kind === 'deleted') return false
  if (kind === 'sign-in-blocked') return person.active === null ? null : !person.active
  return person.holds?.[kind] ?? null
}

export function detailsOf(person: SeenPerson, kind: WebhookKind): { details?: Details } {
  const details = person.details?.[kind]
  return details === undefined ? {} : { details }
}

export function cannotTell(title: string, kind: WebhookKind): Standing {
  return { state: 'unobservable', why: `${title} says that it cannot tell: ${wordings[kind].what.toLowerCase()}.` }
}

/**
 * After 200 it has to hold at once; after 202 it may take its time, and is waited for while that is worth it.
 * @throws K1Error `rejected` when the receiver says done, and then that it is not
 */
export async function settle(
  { receiver, clock, signal, waitMs }: GoalGround,
  outcome: Awaited<ReturnType<Receiver['ensure']>>,
  look: () => Promise<Standing>,
): Promise<void> {
  if (outcome.later) {
    const leftMs = waitMs - outcome.afterMs
    if (leftMs < 0) return
    await clock.sleep(outcome.afterMs, signal)
    return waitFor(look, { clock, waitMs: leftMs, signal })
  }
  if ((await look()).state !== 'not-yet') return
  throw new K1Error(
    'rejected',
    `${receiver.title} answered that it is done, and reading it back shows that it is not.`,
    {
      hint: 'A receiver that does it later answers 202. One that has seen this message before may have left it out: start a new run.',
    },
  )
}
