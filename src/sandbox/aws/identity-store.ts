import { AwsError } from './aws-error.ts'
import { uuid } from './seed.ts'
import type { AwsState, CenterUser } from './state.ts'

type Input = Readonly<Record<string, unknown>>

/** One operation of the identity store. @throws AwsError */
export function identityStoreAction({ center }: AwsState, action: string, input: Input): object {
  if (input.IdentityStoreId !== center.storeId) throw gone('IDENTITY_STORE', String(input.IdentityStoreId))
  const user = (id: unknown) => {
    const found = center.users.find(one => one.id === id)
    if (found === undefined) throw gone('USER', String(id))
    return found
  }
  const member = () => {
    const { MemberId: id } = input
    return user(typeof id === 'object' && id !== null && 'UserId' in id ? id.UserId : undefined)
  }
  const store = { IdentityStoreId: center.storeId }
  switch (action) {
    case 'DescribeUser':
      return { ...store, ...showUser(user(input.UserId)) }
    case 'ListUsers':
      return { paged: 'Users', items: center.users.map(one => ({ ...store, ...showUser(one) })) }
    case 'GetUserId': {
      const { path, value } = uniqueAttribute(input)
      if (path !== 'userName' && path !== 'emails.value') throw invalid(`${path} is not a unique attribute`)
      const found = center.users.find(one => (path === 'userName' ? one.userName : one.email) === value)
      if (found === undefined) throw gone('USER', String(value))
      return { ...store, UserId: found.id }
    }
    case 'DeleteUser': {
      // Nobody looks whether something is assigned to the user: that is how assignments are orphaned.
      const leaving = user(input.UserId)
      center.users = center.users.filter(one => one !== leaving)
      center.memberships = center.memberships.filter(one => one.user !== leaving.id)
      return {}
    }
    case 'DescribeGroup': {
      const group = center.groups.find(({ id }) => id === input.GroupId)
      if (group === undefined) throw gone('GROUP', String(input.GroupId))
      return { ...store, GroupId: group.id, DisplayName: group.name, Description: '' }
    }
    case 'ListGroupMembershipsForMember': {
      const { id } = member()
      const items = center.memberships
        .filter(one => one.user === id)
        .map(one => ({ ...store, MembershipId: one.id, GroupId: one.group, MemberId: { UserId: one.user } }))
      return { paged: 'GroupMemberships', items }
    }
    case 'DeleteGroupMembership': {
      const membership = center.memberships.find(({ id }) => id === input.MembershipId)
      if (membership === undefined) throw gone('GROUP_MEMBERSHIP', String(input.MembershipId))
      center.memberships = center.memberships.filter(one => one !== membership)
      return {}
    }
    case 'CreateGroupMembership': {
      const { id } = member()
      const group = center.groups.find(one => one.id === input.GroupId)
      if (group === undefined) throw gone('GROUP', String(input.GroupId))
      if (center.memberships.some(one => one.user === id && one.group === group.id)) {
        throw new AwsError(
          'ConflictException',
          'Member and Group relationship already exists.',
          undefined,
          'UNIQUENESS_CONSTRAINT_VIOLATION',
        )
      }
      const membership = { id: uuid(`${group.id} ${id}`), group: group.id, user: id }
      center.memberships.push(membership)
      return { ...store, MembershipId: membership.id }
    }
    default:
      throw new AwsError('UnknownOperationException', `${action} is not an operation of the identity store`)
  }
}

function showUser(user: CenterUser) {
  return {
    UserId: user.id,
    UserName: user.userName,
    DisplayName: user.displayName,
    Name: { GivenName: user.givenName, FamilyName: user.familyName },
    Emails: [{ Value: user.email, Type: 'work', Primary: true }],
    UserStatus: 'ENABLED',
    CreatedAt: 1_767_603_600,
    CreatedBy: 'arn:aws:iam::111122223333:user/k1ctl',
    ...(user.externalId === undefined
      ? {}
      : { ExternalIds: [{ Issuer: 'https://scim.aws.com/issuer/example', Id: user.externalId }] }),
  }
}

function uniqueAttribute({ AlternateIdentifier: id }: Input): { path: unknown; value: unknown } {
  if (typeof id !== 'object' || id === null || !('UniqueAttribute' in id)) throw invalid('AlternateIdentifier')
  const { UniqueAttribute: attribute } = id
  if (typeof attribute !== 'object' || attribute === null) throw invalid('UniqueAttribute')
  return {
    path: 'AttributePath' in attribute ? attribute.AttributePath : undefined,
    value: 'AttributeValue' in attribute ? attribute.AttributeValue : undefined,
  }
}

export function gone(what: string, id: string): AwsError {
  return new AwsError('ResourceNotFoundException', `${what} not found: ${id}`)
}

export function invalid(what: string): AwsError {
  return new AwsError('ValidationException', `1 validation error detected: ${what}`)
}
