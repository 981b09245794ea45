import { z } from 'zod'
import type { Moment } from '../../core/moment.ts'
import { readAssignments } from './assignments.ts'
import { gather, type Partial } from './gather.ts'
import { directoryOf, type GoalGround, type Holder } from './ground.ts'
import { type Looks, looksAt } from './looks.ts'
import { isProvisioned, keptByIn } from './return-warnings.ts'

const gone = z.object({ gone: z.literal(true) })
const key = z.object({ id: z.string(), active: z.boolean() })
/** What is absent could not be seen. */
const iamShape = z.object({
  user: z.string(),
  userId: z.string(),
  deniedBy: z.string().nullable().optional(),
  consolePassword: z.boolean().optional(),
  accessKeys: z.array(key).optional(),
  /** The tool that makes the user anew. */
  keptBy: z.string().optional(),
})
const assignment = z.object({
  account: z.string(),
  permissionSet: z.string(),
  permissionSetArn: z.string(),
  group: z.object({ id: z.string(), name: z.string() }).optional(),
  /** Of a group's: the membership that gives it; null where there is none, absent where it could not be seen. */
  membershipId: z.string().nullable().optional(),
  /** Why AWS gave up on what was asked of it. */
  gaveUp: z.string().optional(),
  /** How long its sessions may go on, ISO 8601. */
  session: z.string().optional(),
})
const centerShape = z.object({
  userId: z.string(),
  status: z.string(),
  assignments: z.array(assignment).optional(),
  provisioned: z.boolean().optional(),
})
export const signInShape = z.object({
  iam: z.union([gone, iamShape]).optional(),
  identityCenter: z.union([gone, centerShape]).optional(),
})

/** What keeps somebody in: each part by itself, so that one that is refused hides no other. */
export type SignInReading = z.infer<typeof signInShape> & Partial

export async function readSignIn(ground: GoalGround, subject: Holder, moment: Moment): Promise<SignInReading> {
  const looks = looksAt(ground, subject.parts, moment)
  const seen = gather()
  const [iam, identityCenter] = await Promise.all([
    subject.parts.iam ? readIam(looks, seen) : undefined,
    readCenter(ground, subject, looks, seen),
  ])
  return { iam, identityCenter, ...seen.left() }
}

async function readIam(looks: Looks, seen: ReturnType<typeof gather>): Promise<SignInReading['iam']> {
  const user = await seen.of('the IAM user', looks.user())
  if (user === undefined) return undefined
  if (user === null) return { gone: true }
  const name = user.UserName
  const [deniedBy, consolePassword, accessKeys] = await Promise.all([
    seen.of('the policies', looks.deniedBy(name)),
    seen.of('the console password', looks.password(name)),
    seen.of('the access keys', looks.credentials(name, 'accessKeys')),
  ])
  return { user: name, userId: user.UserId, ...keptByIn(user), deniedBy, consolePassword, accessKeys }
}

async function readCenter(
  ground: GoalGround,
  { parts, requests }: Holder,
  looks: Looks,
  seen: ReturnType<typeof gather>,
): Promise<SignInReading['identityCenter']> {
  const { center: person } = parts
  if (person === undefined) return undefined
  // What is open is told by the assignments alone; the user tells only whether there is one, and a word on it.
  const user = await seen.of('the Identity Center user', looks.centerUser())
  if (user === null) return { gone: true }
  const all = await seen.of('the account assignments', looks.assignments())
  const given = all && (await readAssignments(await directoryOf(ground, person), all, requests))
  const byGroup = given?.some(({ group }) => group !== undefined)
  const memberships = byGroup ? await seen.of('the group memberships', looks.memberships()) : []
  const assignments = given?.map(one => {
    if (one.group === undefined || memberships === undefined) return one
    return { ...one, membershipId: memberships.find(({ groupId }) => groupId === one.group?.id)?.id ?? null }
  })
  return {
    userId: person.userId,
    status: user?.UserStatus ?? 'not said',
    ...(user && isProvisioned(user) ? { provisioned: true } : {}),
    assignments,
  }
}

/** Undefined where there is none, or none was seen. */
export function iamIn({ iam }: SignInReading): z.infer<typeof iamShape> | undefined {
  return iam && 'user' in iam ? iam : undefined
}

/** Undefined where there is none, or none was seen. */
export function centerIn({ identityCenter }: SignInReading): z.infer<typeof centerShape> | undefined {
  return identityCenter && 'userId' in identityCenter ? identityCenter : undefined
}

/** What is open, each in a few words; none when nothing is. */
export function openIn(reading: SignInReading): string[] {
  const words: string[] = []
  const iam = iamIn(reading)
  if (iam) {
    const keys = (iam.accessKeys ?? []).filter(({ active }) => active).length
    if (iam.deniedBy === null) words.push('IAM user not denied')
    if (iam.consolePassword) words.push('console password')
    if (keys > 0) words.push(keys === 1 ? '1 active access key' : `${keys} active access keys`)
  }
  for (const { account, permissionSet } of centerIn(reading)?.assignments ?? []) {
    words.push(`${permissionSet} in ${account}`)
  }
  return [...new Set(words)]
}
