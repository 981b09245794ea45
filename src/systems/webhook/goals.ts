import { K1Error } from '../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../core/old-goal.ts'
import type { WebhookKind } from './about.ts'
import { cannotTell, detailsOf, type GoalGround, holdsIn, outlineOf, settle } from './ground.ts'
import type { SeenPerson } from './messages.ts'
import { undoneGoal } from './undo.ts'
import { detailText, wordings } from './wording.ts'

/** What deleting or destroying took, and sessions, nobody gives back. */
const undoable: ReadonlySet<WebhookKind> = new Set([
  'admin-roles-dropped',
  'sign-in-blocked',
  'groups-left',
  'access-freed',
  'devices-released',
])

/** @param now how the person stood when the goal was made; null when there was nobody any more */
export function personGoal(ground: GoalGround, kind: WebhookKind, now: SeenPerson | null): AccountGoal {
  const { summary, what, before, after } = wordings[kind]
  const holding = now === null || holdsIn(now, kind)
  const there = holding === null ? 'unknown' : detailText(now?.details?.[kind]) || before
  return {
    ...outlineOf(kind),
    summary,
    later: 'The receiver took it, and carries it out in its own time.',
    differences: holding === true ? [] : [{ what, before: there, after }],
    warnings: kind === 'deleted' && now !== null ? ['A deleted account cannot be brought back.'] : [],
    look: () => lookAt(ground, kind),
    bring: () => bringAbout(ground, kind),
    ...(undoable.has(kind) ? { undo: (reading: unknown) => undoneGoal(ground, kind, reading) } : {}),
  }
}

async function lookAt({ receiver, account }: GoalGround, kind: WebhookKind): Promise<Standing> {
  return standingOf(receiver.title, kind, await receiver.person(account.id))
}

function standingOf(title: string, kind: WebhookKind, person: SeenPerson | null): Standing {
  if (person === null) return { state: 'holds', reading: kind === 'deleted' ? { deleted: true } : { gone: true } }
  const { id, login, active } = person
  if (kind === 'deleted') return { state: 'not-yet', reading: { deleted: false, id, login } }
  const holds = holdsIn(person, kind)
  if (holds === null) return cannotTell(title, kind)
  return { state: holds ? 'holds' : 'not-yet', reading: { id, login, active, holds, ...detailsOf(person, kind) } }
}

async function bringAbout(ground: GoalGround, kind: WebhookKind): Promise<'nothing' | undefined> {
  const { receiver, account, occasion } = ground
  const person = await receiver.person(account.id)
  const { state } = standingOf(receiver.title, kind, person)
  if (person === null || state === 'holds') return undefined
  // Where nobody can tell, an account that was blocked when it was found is one that an earlier run has been at.
  if (state === 'unobservable' && !account.active) return 'nothing'
  if (person.untouchable) {
    throw new K1Error('refused', `${person.login} at ${receiver.title} is not touched: ${person.untouchable}.`)
  }
  const outcome = await receiver.ensure({ person: account, goal: kind, hold: true, occasion })
  if (state === 'not-yet') await settle(ground, outcome, () => lookAt(ground, kind))
  return undefined
}
