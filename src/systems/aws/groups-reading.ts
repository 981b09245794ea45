import { z } from 'zod'
import type { Reading } from '../../core/reading.ts'
import { gather, type Partial, seenInParts } from './gather.ts'
import { directoryOf, type GoalGround, type Holder } from './ground.ts'
import type { Looks } from './looks.ts'

const gone = z.object({ gone: z.literal(true) })
/** What is absent could not be seen. */
export const groupsShape = z.object({
  iam: z.union([gone, z.object({ user: z.string(), groups: z.array(z.string()) })]).optional(),
  identityCenter: z
    .union([
      gone,
      z.object({
        userId: z.string(),
        groups: z.array(z.object({ id: z.string(), name: z.string(), membershipId: z.string().optional() })),
      }),
    ])
    .optional(),
})
export type GroupsHad = z.infer<typeof groupsShape>
export interface GroupsReading extends GroupsHad, Partial {
  /** ARNs of the applications of Identity Center that are given to the user: evidence, and no more. */
  applications?: string[]
}

export async function readGroups(ground: GoalGround, { parts }: Holder, looks: Looks): Promise<Reading<GroupsReading>> {
  const all = gather()
  const [user, person] = await Promise.all([
    parts.iam ? all.of('the IAM user', looks.user()) : undefined,
    parts.center ? all.of('the Identity Center user', looks.centerUser()) : undefined,
  ])
  const value: GroupsReading = {}
  if (user === null) value.iam = { gone: true }
  else if (user !== undefined) {
    const groups = await all.of('the IAM groups', looks.groups(user.UserName))
    if (groups !== undefined) value.iam = { user: user.UserName, groups }
  }
  if (person === null) value.identityCenter = { gone: true }
  else if (person !== undefined && parts.center) {
    const { userId } = parts.center
    const center = await directoryOf(ground, parts.center)
    const [memberships, applications] = await Promise.all([
      all.of('the Identity Center groups', looks.memberships()),
      gather().of('the applications', looks.applications()),
    ])
    if (memberships !== undefined) {
      const groups = memberships.map(async ({ id, groupId }) => ({
        id: groupId,
        // Only for a person: whoever may not read it sees the id.
        name: await center.groupName(groupId),
        membershipId: id,
      }))
      value.identityCenter = { userId, groups: await Promise.all(groups) }
    }
    if (applications !== undefined) value.applications = applications
  }
  return seenInParts({ ...value, ...all.left() })
}

export function iamGroups({ iam }: GroupsHad): string[] {
  return iam && 'groups' in iam ? iam.groups : []
}

export function centerGroups({ identityCenter }: GroupsHad) {
  return identityCenter && 'groups' in identityCenter ? identityCenter.groups : []
}

export function wasIn(had: GroupsHad): boolean {
  return iamGroups(had).length > 0 || centerGroups(had).length > 0
}
