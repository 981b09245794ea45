import type { AccountGoal } from '../../../core/account.ts'
import { takeOne } from '../../../core/change.ts'
import { goneReading, type Reading, seen } from '../../../core/reading.ts'
import { type Act, act, overApi } from '../../../core/things.ts'
import { askFor, gaveUpOn, ownAssignment } from '../assignments.ts'
import { deny, denyById } from '../denial.ts'
import { notShown, unseenChanges } from '../gather.ts'
import { directoryOf, type GoalGround, type Holder, settleMs, taken } from '../ground.ts'
import { signInNeeds } from '../looks.ts'
import { residualOf } from '../residual.ts'
import { returnWarnings } from '../return-warnings.ts'
import { openIn, readSignIn, type SignInReading } from '../sign-in-reading.ts'
import { signInBack } from './sign-in-allowed.ts'

/**
 * The IAM user is denied everything, has no password and no active key; the Identity Center user may open no account.
 * An Identity Center user cannot be disabled over the API (`UserStatus` is read only), and disabling alone would let an
 * open session of the portal go on (AWS, "Revoke active IAM role sessions"): what keeps them out is that nothing is
 * assigned to them, nor to a group of theirs.
 */
export function signInBlocked(ground: GoalGround, subject: Holder): AccountGoal<SignInReading, Act> {
  const { parts } = subject
  /** Then the deny by the id is still to be sent. */
  const isNameless = ({ iam }: SignInReading) => parts.iam !== undefined && iam === undefined
  return {
    ...overApi,
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    needs: [...signInNeeds, 'memberships'],
    touches: changes => [...new Set(changes.flatMap(touchedBy))],
    async read(moment): Promise<Reading<SignInReading>> {
      const value = await readSignIn(ground, subject, moment)
      const { iam, identityCenter, unseen } = value
      const parts = [iam, identityCenter].filter(part => part !== undefined)
      return unseen === undefined && parts.every(part => 'gone' in part) ? goneReading : seen(value)
    },
    holds: value => value.unseen === undefined && openIn(value).length === 0,
    unobservable: value => notShown(value, openIn(value).length > 0 || isNameless(value)),
    waitsFor: ({ identityCenter }) => {
      const all = identityCenter && 'userId' in identityCenter ? (identityCenter.assignments ?? []) : []
      const why = all.find(({ gaveUp }) => gaveUp !== undefined)?.gaveUp
      return why === undefined ? undefined : gaveUpOn('deletion', why)
    },
    changes: value => blocking(ground, subject, value),
    warnings: ({ iam, identityCenter }) => [
      ...returnWarnings(
        iam && 'user' in iam ? iam : undefined,
        identityCenter && 'userId' in identityCenter ? identityCenter : undefined,
      ),
      ...(iam && 'user' in iam && iam.consolePassword
        ? ['The console password is deleted; to come back, the IAM user needs a new one.']
        : []),
    ],
    residual: residualOf,
    take: act,
    ...(parts.iam
      ? {
          anyway: async () => {
            const { iam: ref } = parts
            if (ref === undefined) return []
            const whole = { id: 'deny', what: 'Sign-in', before: 'not seen', after: 'blocked' }
            return [await takeOne(whole, () => denyById(ground.iam, ref))]
          },
        }
      : {}),
    settlesWithin: parts.center ? Math.max(settleMs, ground.waitMs) : settleMs,
    back: signInBack(ground, subject),
  }
}

/** Where a change shows; what was not seen may be anywhere. */
function touchedBy({ id }: Act): readonly string[] {
  if (id === 'password') return ['iam user', 'console password']
  if (id.startsWith('key ')) return ['iam user', 'accessKeys']
  if (id.startsWith('group ') || id.startsWith('assignment ')) return ['assignments', 'memberships']
  return id === 'deny' ? ['iam user', ...policies] : [...signInNeeds, 'memberships']
}

const policies = ['attached policies', 'inline policies', 'deny document']

/** The deny comes first: it holds against what the rest of it may miss. */
function blocking(ground: GoalGround, subject: Holder, value: SignInReading): Act[] {
  return [...iamChanges(ground, subject, value), ...centerChanges(ground, subject, value), ...unseenChanges(value)]
}

const change = (id: string, before: string, act: () => Promise<unknown>): Act => ({
  id,
  what: 'Sign-in',
  before,
  after: 'blocked',
  act,
})

function iamChanges({ iam }: GoalGround, { parts }: Holder, value: SignInReading): Act[] {
  const { iam: ref } = parts
  if (ref === undefined) return []
  const now = value.iam
  // Nobody knows who has the name by now: then only the one with this id is denied.
  if (now === undefined) return [change('deny', 'IAM user not seen', () => denyById(iam, ref))]
  if ('gone' in now) return []
  const keys = (now.accessKeys ?? []).filter(({ active }) => active)
  return [
    ...(now.deniedBy ? [] : [change('deny', 'IAM user not denied', () => deny(iam, now.user))]),
    ...keys.map(({ id }) =>
      change(`key ${id}`, `access key ${id}`, () => taken(iam.switchCredential(now.user, 'accessKeys', id, false))),
    ),
    // One that could not be seen may be there; that there is none is no refusal.
    ...(now.consolePassword === false
      ? []
      : [change('password', 'console password', () => taken(iam.deletePassword(now.user)))]),
  ]
}

/** Groups first: that takes effect at once. */
function centerChanges(ground: GoalGround, { parts, requests }: Holder, value: SignInReading): Act[] {
  const { center: person } = parts
  const { identityCenter: now } = value
  if (person === undefined || now === undefined || 'gone' in now) return []
  const all = now.assignments ?? []
  const nameOf = (one: (typeof all)[number]) => `${one.permissionSet} in ${one.account}`
  const groups = new Map(all.flatMap(({ group }) => (group ? [[group.id, group] as const] : [])))
  return [
    ...[...groups.values()].map(({ id }) =>
      change(`group ${id}`, [...new Set(all.filter(one => one.group?.id === id).map(nameOf))].join(', '), async () => {
        const membership = all.find(one => one.group?.id === id && one.membershipId)?.membershipId
        // Who left meanwhile has no membership; that the assignment is still shown then is for the next look.
        if (membership !== undefined) await taken((await directoryOf(ground, person)).leaveGroup(membership))
      }),
    ),
    ...all
      .filter(({ group }) => group === undefined)
      .map(one =>
        change(`assignment ${one.account} ${one.permissionSetArn}`, nameOf(one), async () =>
          askFor('deletion', ownAssignment(person.userId, one), await directoryOf(ground, person), requests),
        ),
      ),
  ]
}
