import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { joinGroup } from '../assignments.ts'
import {
  deadlineOf,
  directoryOf,
  eachOf,
  findCenterUser,
  findIamUser,
  type GoalGround,
  goneForGood,
  insist,
  notASnapshot,
  type Subject,
  settle,
} from '../ground.ts'

const gone = z.object({ gone: z.literal(true) })
const shape = z.object({
  iam: z.union([gone, z.object({ user: z.string(), groups: z.array(z.string()) })]).optional(),
  identityCenter: z
    .union([gone, z.object({ userId: z.string(), groups: z.array(z.object({ id: z.string(), name: z.string() })) })])
    .optional(),
})

export type GroupsReading = z.infer<typeof shape>

/** The IAM user is in no IAM group, the Identity Center user in none of its directory. */
export function groupsLeft(
  ground: GoalGround,
  subject: Subject,
  now: GroupsReading,
  warnings: readonly string[],
): AccountGoal {
  const names = namesIn(now)
  const look = async () => standing(await readGroups(ground, subject))
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: 'All groups are left',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: names.length === 0 ? [] : [{ what: 'Groups', before: names.join(', '), after: 'none' }],
    warnings,
    look,
    async bring() {
      await eachOf([() => leaveIam(ground, subject), () => leaveCenter(ground, subject)])
      await settle(ground, look)
    },
    undo: before => groupsJoined(ground, subject, before),
  }
}

export async function readGroups(ground: GoalGround, { parts }: Subject): Promise<GroupsReading> {
  const reading: GroupsReading = {}
  if (parts.iam) {
    const user = await findIamUser(ground.iam, parts.iam)
    reading.iam =
      user === null ? { gone: true } : { user: user.UserName, groups: await ground.iam.groups(user.UserName) }
  }
  if (parts.center) {
    const { userId } = parts.center
    const center = await directoryOf(ground, parts.center)
    if ((await findCenterUser(center, parts.center)) === null) return { ...reading, identityCenter: { gone: true } }
    const memberships = await center.memberships(userId)
    const groups = memberships.map(async ({ groupId }) => ({ id: groupId, name: await center.groupName(groupId) }))
    reading.identityCenter = { userId, groups: await Promise.all(groups) }
  }
  return reading
}

function namesIn({ iam, identityCenter }: GroupsReading): string[] {
  const center = identityCenter && 'groups' in identityCenter ? identityCenter.groups.map(({ name }) => name) : []
  return [...(iam && 'groups' in iam ? iam.groups : []), ...center]
}

function standing(reading: GroupsReading): Standing {
  return { state: namesIn(reading).length === 0 ? 'holds' : 'not-yet', reading }
}

async function leaveIam(ground: GoalGround, { parts }: Subject): Promise<void> {
  const { iam } = ground
  const user = parts.iam ? await findIamUser(iam, parts.iam) : null
  if (user === null) return
  const end = deadlineOf(ground)
  const groups = await iam.groups(user.UserName)
  await eachOf(groups.map(group => () => insist(ground, end, () => iam.leaveGroup(user.UserName, group))))
}

async function leaveCenter(ground: GoalGround, { parts }: Subject): Promise<void> {
  if (parts.center === undefined) return
  const center = await directoryOf(ground, parts.center)
  if ((await findCenterUser(center, parts.center)) === null) return
  const end = deadlineOf(ground)
  const memberships = await center.memberships(parts.center.userId)
  await eachOf(
    memberships.map(
      ({ id }) =>
        () =>
          insist(ground, end, () => center.leaveGroup(id)),
    ),
  )
}

function groupsJoined(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const snapshot = shape.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which groups ${subject.login} was in`)
  const { iam, identityCenter } = snapshot.data
  const names = namesIn(snapshot.data)
  const iamGroups = iam && 'groups' in iam ? iam.groups : []
  const centerGroups = identityCenter && 'groups' in identityCenter ? identityCenter.groups.map(({ id }) => id) : []
  const look = async (): Promise<Standing> => {
    if (names.length === 0) return { state: 'holds', reading: snapshot.data }
    const reading = await readGroups(ground, subject)
    const inIam = reading.iam && 'groups' in reading.iam ? reading.iam.groups : []
    const { identityCenter: center } = reading
    const inCenter = center && 'groups' in center ? center.groups.map(({ id }) => id) : []
    const back = iamGroups.every(one => inIam.includes(one)) && centerGroups.every(one => inCenter.includes(one))
    return { state: back ? 'holds' : 'not-yet', reading }
  }
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: names.length === 0 ? 'Groups stay as they were' : 'Groups are joined again',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: names.length === 0 ? [] : [{ what: 'Groups', before: 'none', after: names.join(', ') }],
    warnings: [],
    look,
    async bring() {
      const { parts } = subject
      if (iamGroups.length > 0 && parts.iam) {
        const user = await findIamUser(ground.iam, parts.iam)
        if (user === null) throw goneForGood(subject.login)
        for (const group of iamGroups) await ground.iam.joinGroup(user.UserName, group)
      }
      if (centerGroups.length > 0 && parts.center) {
        const center = await directoryOf(ground, parts.center)
        if ((await findCenterUser(center, parts.center)) === null) throw goneForGood(subject.login)
        for (const group of centerGroups) await joinGroup(center, group, parts.center.userId)
      }
      await settle(ground, look)
    },
  }
}
