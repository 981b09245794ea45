import { z } from 'zod'
import type { Account, AccountGoal } from '../../core/account.ts'
import type { AccountGoalKind } from '../../core/account-kinds.ts'
import type { Change, Taken } from '../../core/change.ts'
import { K1Error } from '../../core/errors.ts'
import { goneReading, seen } from '../../core/reading.ts'
import type { WebhookKind } from './about.ts'
import { type Details, details, type SeenPerson } from './messages.ts'
import type { Receiver } from './receiver.ts'
import { detailText, wordings } from './wording.ts'

/** Whose goals, and how they are told to the receiver. */
export interface Telling {
  receiver: Receiver
  account: Account
  /** See `Wish.occasion`. */
  occasion: string
  waitMs: number
}

const lost: ReadonlySet<WebhookKind> = new Set(['credentials-revoked', 'deleted'])

/** What deleting or destroying took, and sessions, nobody gives back. */
const undoable: ReadonlySet<WebhookKind> = new Set([
  'admin-roles-dropped',
  'sign-in-blocked',
  'groups-left',
  'access-freed',
  'devices-released',
])

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

const snapshot = z.object({ holds: z.boolean(), details: details.optional() })

/** Null when there is nobody any more: of a deletion that is what should be. */
type Seen = SeenPerson | null

export function personGoal(telling: Telling, kind: WebhookKind): AccountGoal<Seen> {
  const { receiver, account, occasion, waitMs } = telling
  const { summary, back, what, before, after } = wordings[kind]
  const wish = { person: account, goal: kind, occasion }
  return {
    ...outlineOf(kind),
    summary,
    later: 'The receiver took it, and carries it out in its own time.',
    settlesWithin: waitMs,
    needs: ['person'],
    async read(moment) {
      const person = await moment.read('person', () => receiver.person(account.id))
      return person === null && kind !== 'deleted' ? goneReading : seen(person)
    },
    holds: person => person === null || holdsIn(person, kind) === true,
    unobservable: person => (person && holdsIn(person, kind) === null ? cannotTell(receiver.title, kind) : undefined),
    changes(person) {
      if (person === null || holdsIn(person, kind) === true) return []
      const there = holdsIn(person, kind) === null ? 'unknown' : detailText(person.details?.[kind]) || before
      return [{ id: kind, what, before: there, after }]
    },
    warnings: () => (kind === 'deleted' ? ['A deleted account cannot be brought back.'] : []),
    shown: person => shownOf(person, kind),
    guard:
      (person = null) =>
      () =>
        untouchable(receiver, person),
    async take(changes, person) {
      // Where nobody can tell, an account that was blocked when it was found is one that an earlier run has been at.
      const isUntold = person !== null && holdsIn(person, kind) === null && !account.active
      if (isUntold) return changes.map(({ id }) => ({ id, skipped: true as const }))
      return told(receiver, changes, await receiver.ensure({ ...wish, hold: true }))
    },
    ...(kind === 'sign-in-blocked'
      ? {
          anyway: async () => {
            await receiver.ensure({ ...wish, hold: true })
            return [{ id: kind }]
          },
        }
      : {}),
    ...(undoable.has(kind)
      ? {
          back: {
            shape: snapshot,
            what: `how this was for ${account.login}: ${what}`,
            place: `${receiver.title} by hand`,
            summary: had => (had.holds ? `${what}: stays as it was` : back),
            isBack: (had, now) => had.holds || (now !== null && isAgain(now, kind, had.details)),
            changes: had => [{ id: kind, what, before: after, after: detailText(had.details) || before }],
            give: async (changes, _, had) =>
              told(receiver, changes, await receiver.ensure({ ...wish, hold: false, before: had.details })),
          } satisfies AccountGoal<Seen>['back'],
        }
      : {}),
  }
}

/** Does it hold? Null where the receiver cannot tell. */
function holdsIn(person: SeenPerson, kind: WebhookKind): boolean | null {
  if (kind === 'deleted') return false
  if (kind === 'sign-in-blocked') return person.active === null ? null : !person.active
  return person.holds?.[kind] ?? null
}

export function cannotTell(title: string, kind: WebhookKind): string {
  return `${title} says that it cannot tell: ${wordings[kind].what.toLowerCase()}.`
}

function shownOf(person: Seen, kind: WebhookKind): unknown {
  if (person === null) return { deleted: true }
  const { id, login, active } = person
  if (kind === 'deleted') return { deleted: false, id, login }
  const found = person.details?.[kind]
  return { id, login, active, holds: holdsIn(person, kind), ...(found === undefined ? {} : { details: found }) }
}

async function untouchable({ title }: Receiver, person: Seen): Promise<string | undefined> {
  return person?.untouchable ? `${person.login} at ${title} is not touched: ${person.untouchable}.` : undefined
}

/** After 200 it has to hold at once; after 202 it may take its time. */
function told(
  { title }: Receiver,
  changes: readonly Change[],
  outcome: Awaited<ReturnType<Receiver['ensure']>>,
): Taken[] {
  if (outcome.later) return changes.map(({ id }) => ({ id, afterMs: outcome.afterMs }))
  const doneNow = new K1Error(
    'rejected',
    `${title} answered that it is done, and reading it back shows that it is not.`,
    {
      hint: 'A receiver that does it later answers 202. One that has seen this message before may have left it out: start a new run.',
    },
  )
  return changes.map(({ id }) => ({ id, doneNow }))
}

/** It holds no more, and every entry of each list is there again. What is no list may have changed since. */
function isAgain(person: SeenPerson, kind: WebhookKind, before: Details = {}): boolean {
  const now = person.details?.[kind] ?? {}
  const isThere = Object.entries(before).every(([name, was]) => {
    const is = now[name]
    return !Array.isArray(was) || (Array.isArray(is) && was.every(one => is.includes(one)))
  })
  return holdsIn(person, kind) === false && isThere
}
