import { goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { joinGroup } from '../assignments.ts'
import { unlessGone } from '../error.ts'
import { notShown, unseenChanges } from '../gather.ts'
import { directoryOf, type GoalGround, type Holder, settleMs } from '../ground.ts'
import {
  centerGroups,
  type GroupsHad,
  type GroupsReading,
  groupsShape,
  iamGroups,
  readGroups,
  wasIn,
} from '../groups-reading.ts'
import { looksAt } from '../looks.ts'

const inIam = ['iam user', 'iam groups']
const inCenter = ['identity center user', 'memberships']

/** The IAM user is in no IAM group, the Identity Center user in none of its directory. */
export function groupsLeft(ground: GoalGround, subject: Holder): ThingsGoal<GroupsReading> {
  const { parts } = subject
  return goalOfThings<GroupsReading, GroupsHad>({
    kind: 'groups-left',
    summary: 'All groups are left',
    needs: [...inIam, ...inCenter, 'applications'],
    // Leaving a group changes nothing of the applications.
    shows: [...inIam, ...inCenter],
    read: moment => readGroups(ground, subject, looksAt(ground, parts, moment)),
    unobservable: now => notShown(now, wasIn(now)),
    things: (had, now) => [...iamThings(ground, had, now), ...centerThings(ground, subject, had, now)],
    unseen: unseenChanges,
    residual: ({ applications, identityCenter }) => {
      const named = applications?.join(', ')
      if (named !== undefined) return named === '' ? [] : [`Applications of Identity Center stay assigned: ${named}.`]
      const isThere = identityCenter !== undefined && 'userId' in identityCenter
      return isThere ? ['Whether applications of Identity Center are assigned could not be seen.'] : []
    },
    settlesWithin: settleMs,
    back: {
      shape: groupsShape,
      what: `which groups ${subject.login} was in`,
      place: 'the console',
      summary: had => (wasIn(had) ? 'Groups are joined again' : 'Groups stay as they were'),
    },
  })
}

/** Of a user who is gone, or was not seen, nothing can be given back. */
function iamThings({ iam }: GoalGround, had: GroupsHad, now: GroupsReading): Thing[] {
  const user = now.iam && 'user' in now.iam ? now.iam.user : undefined
  return iamGroups(had).map(group => ({
    id: `iam ${group}`,
    what: 'Groups',
    name: group,
    shows: inIam,
    take: async () => user === undefined || unlessGone(iam.leaveGroup(user, group)),
    give: user === undefined ? undefined : () => iam.joinGroup(user, group),
  }))
}

function centerThings(ground: GoalGround, { parts: { center } }: Holder, had: GroupsHad, now: GroupsReading): Thing[] {
  if (!center) return []
  const isThere = now.identityCenter !== undefined && 'userId' in now.identityCenter
  return centerGroups(had).map(({ id, name, membershipId = '' }) => ({
    id: `center ${id}`,
    what: 'Groups',
    name,
    shows: inCenter,
    take: async () => unlessGone((await directoryOf(ground, center)).leaveGroup(membershipId)),
    give: isThere ? async () => joinGroup(await directoryOf(ground, center), id, center.userId) : undefined,
  }))
}
