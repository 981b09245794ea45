import type { Back } from '../../../core/goal.ts'
import { type Act, act } from '../../../core/things.ts'
import { askFor, joinGroup, ownAssignment, type SeenAssignment } from '../assignments.ts'
import { undeny } from '../denial.ts'
import { unseenChanges } from '../gather.ts'
import { directoryOf, type GoalGround, type Holder } from '../ground.ts'
import { openIn, type SignInReading, signInShape } from '../sign-in-reading.ts'

/** Keys, assignments and groups come back; the password cannot. */
export function signInBack(ground: GoalGround, subject: Holder): Back<SignInReading, Act, SignInReading> {
  const changes = (had: SignInReading, now: SignInReading) => [
    ...iamChanges(ground, had, now),
    ...centerChanges(ground, subject, had, now),
    ...(openIn(had).length === 0 ? [] : unseenChanges(now)),
  ]
  return {
    shape: signInShape,
    what: `how ${subject.login} could sign in`,
    place: 'the console',
    summary: had => (openIn(had).length === 0 ? 'Sign-in stays as it was' : 'Sign-in is allowed again'),
    isBack: (had, now) => changes(had, now).length === 0,
    changes,
    give: act,
    warnings: ({ iam }) =>
      iam && 'user' in iam && iam.consolePassword
        ? ['The console password does not come back: give a new one in IAM > Users.']
        : [],
  }
}

const change = (id: string, after: string, act: () => Promise<unknown>): Act => ({
  id,
  what: 'Sign-in',
  before: 'blocked',
  after,
  act,
})

/** Keys first, and the deny last: until then they open nothing. */
function iamChanges({ iam }: GoalGround, { iam: had }: SignInReading, { iam: now }: SignInReading): Act[] {
  if (!had || !('user' in had) || !now || !('user' in now)) return []
  const off = (now.accessKeys ?? []).filter(({ id, active }) => !active && isActive(had.accessKeys, id))
  return [
    ...off.map(({ id }) =>
      change(`key ${id}`, `access key ${id} active`, () => iam.switchCredential(now.user, 'accessKeys', id, true)),
    ),
    ...(had.deniedBy === null && now.deniedBy
      ? [change('deny', 'IAM user no longer denied', () => undeny(iam, now.user))]
      : []),
  ]
}

function isActive(keys: readonly { id: string; active: boolean }[] = [], id: string): boolean {
  return keys.some(key => key.id === id && key.active)
}

function centerChanges(
  ground: GoalGround,
  { parts, requests }: Holder,
  { identityCenter: had }: SignInReading,
  { identityCenter: now }: SignInReading,
): Act[] {
  const { center: person } = parts
  if (!person || !had || !('userId' in had) || !now || !('userId' in now) || now.assignments === undefined) return []
  const has = new Set(now.assignments.map(keyOf))
  const missing = (had.assignments ?? []).filter(one => !has.has(keyOf(one)))
  const nameOf = (one: SeenAssignment) => `${one.permissionSet} in ${one.account}`
  const groups = new Map(missing.flatMap(one => (one.group ? [[one.group.id, one] as const] : [])))
  return [
    ...[...groups].map(([id, one]) =>
      change(`group ${id}`, nameOf(one), async () => joinGroup(await directoryOf(ground, person), id, person.userId)),
    ),
    ...missing
      .filter(({ group }) => group === undefined)
      .map(one =>
        change(`assignment ${one.account} ${one.permissionSetArn}`, nameOf(one), async () =>
          askFor('creation', ownAssignment(person.userId, one), await directoryOf(ground, person), requests),
        ),
      ),
  ]
}

function keyOf({ account, permissionSetArn, group }: SeenAssignment): string {
  return `${account} ${permissionSetArn} ${group?.id ?? ''}`
}
