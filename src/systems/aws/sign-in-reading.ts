import { z } from 'zod'
import type { OldStanding as Standing } from '../../core/old-goal.ts'
import type { CenterRef, IamRef } from './account-id.ts'
import { readAssignments } from './assignments.ts'
import { readDenial } from './denial.ts'
import { directoryOf, findCenterUser, findIamUser, type GoalGround, type Subject } from './ground.ts'

const gone = z.object({ gone: z.literal(true) })
const iamShape = z.object({
  user: z.string(),
  userId: z.string(),
  deniedBy: z.string().nullable(),
  consolePassword: z.boolean(),
  accessKeys: z.array(z.object({ id: z.string(), active: z.boolean() })),
})
const assignment = z.object({
  account: z.string(),
  permissionSet: z.string(),
  permissionSetArn: z.string(),
  group: z.object({ id: z.string(), name: z.string() }).optional(),
})
const centerShape = z.object({ userId: z.string(), status: z.string(), assignments: z.array(assignment) })
export const signInShape = z.object({
  iam: z.union([gone, iamShape]).optional(),
  identityCenter: z.union([gone, centerShape]).optional(),
})

/** What keeps somebody in: read anew each time. */
export type SignInReading = z.infer<typeof signInShape>

export async function readSignIn(ground: GoalGround, { parts }: Subject): Promise<SignInReading> {
  const [iam, identityCenter] = await Promise.all([
    parts.iam ? readIam(ground, parts.iam) : undefined,
    parts.center ? readCenter(ground, parts.center) : undefined,
  ])
  return { ...(iam ? { iam } : {}), ...(identityCenter ? { identityCenter } : {}) }
}

async function readIam({ iam }: GoalGround, ref: IamRef): Promise<SignInReading['iam']> {
  const user = await findIamUser(iam, ref)
  if (user === null) return { gone: true }
  const [deniedBy, consolePassword, accessKeys] = await Promise.all([
    readDenial(iam, user),
    iam.hasPassword(user.UserName),
    iam.credentials(user.UserName, 'accessKeys'),
  ])
  return { user: user.UserName, userId: user.UserId, deniedBy, consolePassword, accessKeys }
}

async function readCenter(ground: GoalGround, ref: CenterRef): Promise<SignInReading['identityCenter']> {
  const center = await directoryOf(ground, ref)
  const user = await findCenterUser(center, ref)
  if (user === null) return { gone: true }
  const assignments = await readAssignments(center, ref.userId)
  return { userId: ref.userId, status: user.UserStatus ?? 'not said', assignments }
}

export function signInStanding(reading: SignInReading): Standing {
  return { state: describeSignIn(reading) === '' ? 'holds' : 'not-yet', reading }
}

/** What is open, in a few words; '' when nothing is. */
export function describeSignIn({ iam, identityCenter }: SignInReading): string {
  const words: string[] = []
  if (iam && 'user' in iam) {
    const keys = iam.accessKeys.filter(({ active }) => active).length
    if (iam.deniedBy === null) words.push('IAM user not denied')
    if (iam.consolePassword) words.push('console password')
    if (keys > 0) words.push(keys === 1 ? '1 active access key' : `${keys} active access keys`)
  }
  if (identityCenter && 'assignments' in identityCenter) {
    const names = identityCenter.assignments.map(({ account, permissionSet }) => `${permissionSet} in ${account}`)
    if (names.length > 0) words.push([...new Set(names)].join(', '))
  }
  return words.join('; ')
}
