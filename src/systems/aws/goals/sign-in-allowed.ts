import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { giveAssignments, joinGroup, ownAssignment, readAssignments, type SeenAssignment } from '../assignments.ts'
import {
  deadlineOf,
  directoryOf,
  eachOf,
  findCenterUser,
  findIamUser,
  type GoalGround,
  goneForGood,
  notASnapshot,
  type Subject,
  settle,
} from '../ground.ts'
import { describeSignIn, readSignIn, type SignInReading, signInShape } from '../sign-in-reading.ts'
import { undeny } from './sessions.ts'

/** Keys, assignments and groups come back; the password cannot. */
export function signInAllowed(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const snapshot = signInShape.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`how ${subject.login} could sign in`)
  const { iam: hadIam, identityCenter: hadCenter } = snapshot.data
  const was = describeSignIn(snapshot.data)
  const iamBefore = hadIam && 'user' in hadIam ? hadIam : undefined
  const centerBefore = hadCenter && 'assignments' in hadCenter ? hadCenter : undefined

  const look = async (): Promise<Standing> => {
    if (was === '') return { state: 'holds', reading: snapshot.data }
    const reading = await readSignIn(ground, subject)
    return { state: isBack(reading) ? 'holds' : 'not-yet', reading }
  }

  function isBack({ iam, identityCenter }: SignInReading): boolean {
    if (iamBefore) {
      if (iam === undefined || 'gone' in iam) return false
      if (iamBefore.deniedBy === null && iam.deniedBy !== null) return false
      const lost = iamBefore.accessKeys.some(
        had => had.active && !iam.accessKeys.some(k => k.id === had.id && k.active),
      )
      if (lost) return false
    }
    if (centerBefore) {
      if (identityCenter === undefined || 'gone' in identityCenter) return false
      const has = new Set(identityCenter.assignments.map(keyOf))
      if (centerBefore.assignments.some(had => !has.has(keyOf(had)))) return false
    }
    return true
  }

  return {
    kind: 'sign-in-blocked',
    reach: 'api',
    summary: was === '' ? 'Sign-in stays as it was' : 'Sign-in is allowed again',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences:
      was === ''
        ? []
        : [{ what: 'Sign-in', before: 'blocked', after: was.replace('IAM user not ', 'IAM user no longer ') }],
    warnings: iamBefore?.consolePassword
      ? ['The console password does not come back: give a new one in IAM > Users.']
      : [],
    look,
    async bring() {
      await eachOf([() => allowIam(), () => allowCenter()])
      await settle(ground, look)
    },
  }

  async function allowIam(): Promise<void> {
    if (!iamBefore || !subject.parts.iam) return
    const user = await findIamUser(ground.iam, subject.parts.iam)
    if (user === null) throw goneForGood(subject.login)
    const keys = await ground.iam.credentials(user.UserName, 'accessKeys')
    for (const { id, active } of iamBefore.accessKeys) {
      if (active && keys.some(key => key.id === id && !key.active)) {
        await ground.iam.switchCredential(user.UserName, 'accessKeys', id, true)
      }
    }
    if (iamBefore.deniedBy === null) await undeny(ground, user)
  }

  async function allowCenter(): Promise<void> {
    if (!centerBefore || !subject.parts.center) return
    const center = await directoryOf(ground, subject.parts.center)
    const { userId } = subject.parts.center
    if ((await findCenterUser(center, subject.parts.center)) === null) throw goneForGood(subject.login)
    const has = new Set((await readAssignments(center, userId)).map(keyOf))
    const missing = centerBefore.assignments.filter(one => !has.has(keyOf(one)))
    for (const id of new Set(missing.flatMap(({ group }) => (group ? [group.id] : [])))) {
      await joinGroup(center, id, userId)
    }
    const own = missing.filter(({ group }) => group === undefined).map(one => ownAssignment(userId, one))
    await giveAssignments(ground, center, own, deadlineOf(ground))
  }
}

function keyOf({
  account,
  permissionSetArn,
  group,
}: Pick<SeenAssignment, 'account' | 'permissionSetArn'> & { group?: { id: string } | undefined }): string {
  return `${account} ${permissionSetArn} ${group?.id ?? ''}`
}
