import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../core/old-goal.ts'
import type { WebhookKind } from './about.ts'
import { cannotTell, detailsOf, type GoalGround, holdsIn, outlineOf, settle } from './ground.ts'
import { type Details, details, type SeenPerson } from './messages.ts'
import { detailText, wordings } from './wording.ts'

const snapshot = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({ holds: z.boolean(), details: details.optional() }),
])

/**
 * Gives back what a reading before the change shows.
 * @throws K1Error `storage` when it is no such reading
 */
export function undoneGoal(ground: GoalGround, kind: WebhookKind, reading: unknown): AccountGoal {
  const { account, receiver } = ground
  const { back, what, before: was, after } = wordings[kind]
  const kept = snapshot.safeParse(reading)
  if (!kept.success) {
    throw new K1Error('storage', `What the run kept does not say how this was for ${account.login}: ${what}.`, {
      hint: `Give it back in ${receiver.title} by hand.`,
    })
  }
  const outline = { ...outlineOf(kind), behind: [], warnings: [] }
  if ('gone' in kept.data || kept.data.holds) {
    const standing: Standing = { state: 'holds', reading: kept.data }
    return {
      ...outline,
      summary: `${what}: stays as it was`,
      differences: [],
      look: async () => standing,
      async bring() {},
    }
  }
  const before = kept.data.details
  const look = async () => standingOf(ground, kind, before, await receiver.person(account.id))
  return {
    ...outline,
    summary: back,
    later: 'The receiver took it, and carries it out in its own time.',
    differences: [{ what, before: after, after: detailText(before) || was }],
    look,
    async bring() {
      const person = await receiver.person(account.id)
      if (person === null) {
        throw new K1Error(
          'refused',
          `${account.login} is no longer there at ${receiver.title}: a deleted account cannot be given back.`,
        )
      }
      if (standingOf(ground, kind, before, person).state === 'holds') return
      const { occasion } = ground
      await settle(ground, await receiver.ensure({ person: account, goal: kind, hold: false, before, occasion }), look)
    },
  }
}

function standingOf(
  { receiver }: GoalGround,
  kind: WebhookKind,
  before: Details | undefined,
  person: SeenPerson | null,
): Standing {
  if (person === null) return { state: 'not-yet', reading: { gone: true } }
  const holds = holdsIn(person, kind)
  if (holds === null) return cannotTell(receiver.title, kind)
  const { id, login, active } = person
  const now = detailsOf(person, kind)
  const back = !holds && hasAgain(now.details ?? {}, before ?? {})
  return { state: back ? 'holds' : 'not-yet', reading: { id, login, active, holds, ...now } }
}

/** Every entry of each list is there again. What is no list (a date, a count) may have changed since. */
function hasAgain(now: Details, before: Details): boolean {
  return Object.entries(before).every(([name, was]) => {
    const is = now[name]
    return !Array.isArray(was) || (Array.isArray(is) && was.every(one => is.includes(one)))
  })
}
