import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { goneReading, type Reading, seen } from '../../../core/reading.ts'
import { type Act, goalOfThings, type Thing } from '../../../core/things.ts'
import { joinGroup } from '../assignments.ts'
import { gather, notShown, type Partial, unseenChanges } from '../gather.ts'
import { directoryOf, type GoalGround, type Holder, settleMs, taken } from '../ground.ts'
import { looksAt } from '../looks.ts'

const gone = z.object({ gone: z.literal(true) })
/** What is absent could not be seen. */
const shape = z.object({
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
type Had = z.infer<typeof shape>
type GroupsReading = Had &
  Partial & {
    /** ARNs of the applications of Identity Center that are given to the user: evidence, and no more. */
    applications?: string[]
  }

function stay(applications: readonly string[]): string {
  return `Applications of Identity Center stay assigned: ${applications.join(', ')}.`
}

/** The IAM user is in no IAM group, the Identity Center user in none of its directory. */
export function groupsLeft(ground: GoalGround, subject: Holder): AccountGoal<GroupsReading, Act> {
  const { parts } = subject
  return goalOfThings<GroupsReading, Had>({
    kind: 'groups-left',
    summary: 'All groups are left',
    needs: [
      ...(parts.iam ? ['iam user', 'iam groups'] : []),
      ...(parts.center ? ['identity center user', 'memberships', 'applications'] : []),
    ],
    touches: changes => [...new Set(changes.flatMap(({ id }) => touchedBy(id)))],
    read: moment => readGroups(ground, subject, looksAt(ground, parts, moment)),
    unobservable: now => notShown(now, wasIn(now)),
    things: (had, now) => [...iamThings(ground, had, now), ...centerThings(ground, subject, had, now)],
    unseen: unseenChanges,
    residual: ({ applications, identityCenter }) => {
      if (applications !== undefined) return applications.length === 0 ? [] : [stay(applications)]
      const isThere = identityCenter !== undefined && 'userId' in identityCenter
      return isThere ? ['Whether applications of Identity Center are assigned could not be seen.'] : []
    },
    settlesWithin: settleMs,
    back: {
      shape,
      what: `which groups ${subject.login} was in`,
      place: 'the console',
      summary: had => (wasIn(had) ? 'Groups are joined again' : 'Groups stay as they were'),
    },
  })
}

/** Leaving a group changes nothing of the applications. */
function touchedBy(id: string): readonly string[] {
  if (id.startsWith('iam ')) return ['iam user', 'iam groups']
  return [...(id.startsWith('center ') ? [] : ['iam user', 'iam groups']), 'identity center user', 'memberships']
}

async function readGroups(
  ground: GoalGround,
  { parts }: Holder,
  looks: ReturnType<typeof looksAt>,
): Promise<Reading<GroupsReading>> {
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
  const { unseen } = all.left()
  const every = [value.iam, value.identityCenter].filter(part => part !== undefined)
  if (unseen === undefined && every.every(part => 'gone' in part)) return goneReading
  return seen({ ...value, ...(unseen ? { unseen } : {}) })
}

function iamGroups({ iam }: Had): string[] {
  return iam && 'groups' in iam ? iam.groups : []
}

function centerGroups({ identityCenter }: Had) {
  return identityCenter && 'groups' in identityCenter ? identityCenter.groups : []
}

function wasIn(had: Had): boolean {
  return iamGroups(had).length > 0 || centerGroups(had).length > 0
}

/** Of a user who is gone, or was not seen, nothing can be given back. */
function iamThings({ iam }: GoalGround, had: Had, now: GroupsReading): Thing[] {
  const user = now.iam && 'user' in now.iam ? now.iam.user : undefined
  return iamGroups(had).map(group => ({
    id: `iam ${group}`,
    what: 'Groups',
    name: group,
    take: async () => user === undefined || taken(iam.leaveGroup(user, group)),
    ...(user === undefined ? {} : { give: () => iam.joinGroup(user, group) }),
  }))
}

function centerThings(ground: GoalGround, { parts: { center } }: Holder, had: Had, now: GroupsReading): Thing[] {
  if (!center) return []
  const isThere = now.identityCenter !== undefined && 'userId' in now.identityCenter
  return centerGroups(had).map(({ id, name, membershipId = '' }) => ({
    id: `center ${id}`,
    what: 'Groups',
    name,
    take: async () => taken((await directoryOf(ground, center)).leaveGroup(membershipId)),
    ...(isThere ? { give: async () => joinGroup(await directoryOf(ground, center), id, center.userId) } : {}),
  }))
}
