import type { Account, NoteReading } from '../../core/account.ts'
import { type Moment, openMoment } from '../../core/moment.ts'
import type { Clock } from '../../core/ports.ts'
import { formatId, partsOf } from './account-id.ts'
import { readAssignments, type SeenAssignment } from './assignments.ts'
import type { Found } from './finder.ts'
import { gather } from './gather.ts'
import type { GoalGround } from './ground.ts'
import type { IdentityCenter } from './identity-center.ts'
import { looksAt } from './looks.ts'
import { centerEmails, centerName, foldName, iamEmail } from './names.ts'
import type { Caller } from './sts.ts'

interface Sources {
  ground: GoalGround
  directory: IdentityCenter | null
  callers: readonly Caller[]
  clock: Clock
  note?: NoteReading
}

/** Policies and permission sets whose names say that they are an administrator's. */
function isAdminName(name: string): boolean {
  return /admin|power-?user|iamfullaccess|root/i.test(name)
}

/**
 * One person's part in AWS, with the roles that IAM policies, IAM groups and permission sets give. A role that nobody
 * may read hides nobody: what could not be seen is open, until a goal says otherwise.
 */
export async function readAccount(found: Found, sources: Sources): Promise<Account> {
  const { iam: user, center: person } = found
  const { ground, directory, callers, clock, note } = sources
  const who = readWho(found, directory?.storeId ?? '')
  const moment = noted(openMoment({ now: () => clock.now().getTime() }), (name, value) => note?.(who.id, name, value))
  const looks = looksAt(ground, partsOf(who.id), moment)
  if (user) note?.(who.id, 'iam user', user)
  if (person) note?.(who.id, 'identity center user', person)
  const all = gather()
  const name = user?.UserName
  const [denial, policies = [], groups = [], given = []] = await Promise.all([
    name === undefined ? null : all.of('the deny', looks.deniedBy(name)),
    name === undefined ? [] : all.of('the policies', looks.attached(name)),
    name === undefined ? [] : all.of('the groups', looks.groups(name)),
    person && directory ? all.of('the assignments', looks.assignments()) : [],
  ])
  const [ofGroups, assignments] = await Promise.all([
    Promise.all(groups.map(group => all.of(group, ground.iam.attachedGroupPolicies(group)))),
    person && directory ? readAssignments(directory, given) : [],
  ])
  const names = new Set([
    ...policies.map(one => one.name).filter(one => one !== denial),
    ...ofGroups.flatMap(one => one ?? []),
    ...assignments.map(nameOf),
  ])
  const unsure = person !== undefined && all.unseen.some(({ what }) => what === 'the assignments')
  return {
    ...who,
    active: (user !== undefined && (denial === null || denial === undefined)) || assignments.length > 0 || unsure,
    roles: [...names].sort().map(one => ({ name: one, admin: isAdminName(one) })),
    ...(callers.some(caller => isCaller(found, caller))
      ? { untouchable: 'the identity that k1ctl itself signs in with' }
      : {}),
  }
}

/** Tells each answer, so that a plan does not ask twice. */
function noted(moment: Moment, tell: (name: string, value: unknown) => void): Moment {
  return {
    read(name, ask) {
      return moment.read(name, async () => {
        const value = await ask()
        tell(name, value)
        return value
      })
    },
  }
}

function nameOf({ permissionSet, account }: SeenAssignment): string {
  return `${permissionSet} in ${account}`
}

/** What lists show, without asking for anything more. */
export function readWho({ iam: user, center: person }: Found, storeId: string): Omit<Account, 'active' | 'roles'> {
  const emails = person ? centerEmails(person) : []
  return {
    id: formatId({
      ...(user ? { iam: { id: user.UserId, name: user.UserName } } : {}),
      ...(person ? { center: { storeId, userId: person.UserId } } : {}),
    }),
    login: user?.UserName ?? person?.UserName ?? '',
    email: emails[0] ?? (user ? iamEmail(user) : ''),
    name: person ? centerName(person) : (user?.UserName ?? ''),
  }
}

/** By the id of an IAM user; of Identity Center by the session's name, which is the user name. */
function isCaller({ iam: user, center: person }: Found, caller: Caller): boolean {
  if (user?.UserId === caller.userId) return true
  const session = /:assumed-role\/AWSReservedSSO_[^/]+\/(.+)$/.exec(caller.arn)?.[1]
  return session !== undefined && person?.UserName !== undefined && foldName(person.UserName) === foldName(session)
}
