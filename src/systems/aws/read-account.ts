import type { Account } from '../../core/account.ts'
import { formatId } from './account-id.ts'
import { readAssignments, type SeenAssignment } from './assignments.ts'
import { readDenial } from './denial.ts'
import type { Found } from './finder.ts'
import type { Iam } from './iam.ts'
import type { IdentityCenter } from './identity-center.ts'
import { centerEmails, centerName, fold, iamEmail } from './names.ts'
import type { Caller } from './sts.ts'

interface Sources {
  iam: Iam
  center: IdentityCenter | null
  caller: Caller
}

/** Policies and permission sets whose names say that they are an administrator's. */
function isAdminName(name: string): boolean {
  return /admin|power-?user|iamfullaccess|root/i.test(name)
}

/** One person's part in AWS, with the roles that IAM policies, IAM groups and permission sets give. */
export async function readAccount(found: Found, sources: Sources): Promise<Account> {
  const { iam: user, center: person } = found
  const { iam, center } = sources
  const [denial, policies, groups, assignments] = await Promise.all([
    user ? readDenial(iam, user) : null,
    user ? iam.attachedPolicies(user.UserName) : [],
    user ? iam.groups(user.UserName) : [],
    person && center ? readAssignments(center, person.UserId) : [],
  ])
  const given = await Promise.all(groups.map(group => iam.attachedGroupPolicies(group)))
  const names = new Set([
    ...policies.map(({ name }) => name).filter(name => name !== denial),
    ...given.flat(),
    ...assignments.map(nameOf),
  ])
  return {
    ...readWho(found, center?.storeId ?? ''),
    active: (user !== undefined && denial === null) || assignments.length > 0,
    roles: [...names].sort().map(name => ({ name, admin: isAdminName(name) })),
    ...(isCaller(found, sources.caller) ? { untouchable: 'the identity that k1ctl itself signs in with' } : {}),
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
  return session !== undefined && person?.UserName !== undefined && fold(person.UserName) === fold(session)
}
