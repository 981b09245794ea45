import { AwsError, noSuch } from './aws-error.ts'
import { credentialAction, mfaAction } from './iam-credentials.ts'
import type { IamAccount, IamUser } from './state.ts'

type Input = (name: string) => string

const inlineQuota = 2048
const attachedQuota = 10
const created = '2026-01-05T09:00:00Z'

/**
 * One action of IAM on one account: the answer's result, with `paged` and `items` where it comes in pages.
 * @throws AwsError
 */
export function iamAction(account: IamAccount, action: string, input: Input): object {
  const user = () => userOf(account, input('UserName'))
  const own =
    userAction(account, action, input, user) ??
    policyAction(action, input, user) ??
    groupAction(account, action, input, user) ??
    mfaAction(action, account, user, input) ??
    credentialAction(action, user, input)
  if (own === undefined)
    throw new AwsError('InvalidAction', `Could not find operation ${action} for version 2010-05-08`)
  return own
}

function userOf(account: IamAccount, name: string): IamUser {
  const found = account.users.find(one => one.name === name)
  if (found === undefined) throw noSuch('user', name)
  return found
}

function showUser(account: IamAccount, { id, name, passwordUsed }: IamUser) {
  const Arn = `arn:aws:iam::${account.id}:user/${name}`
  const used = passwordUsed === undefined ? {} : { PasswordLastUsed: passwordUsed }
  return { Path: '/', UserName: name, UserId: id, Arn, CreateDate: created, ...used }
}

function userAction(account: IamAccount, action: string, input: Input, user: () => IamUser): object | undefined {
  switch (action) {
    case 'GetUser':
      // Only here are the tags.
      return { User: { ...showUser(account, user()), Tags: user().tags } }
    case 'ListUsers':
      return { paged: 'Users', items: account.users.map(one => showUser(account, one)) }
    case 'GetLoginProfile':
      if (!user().password) throw noSuch('Login Profile', `for User ${user().name}`)
      return { LoginProfile: { UserName: user().name, CreateDate: created, PasswordResetRequired: false } }
    case 'DeleteLoginProfile':
      if (!user().password) throw noSuch('Login Profile', `for User ${user().name}`)
      user().password = false
      return {}
    case 'DeleteUser': {
      const leaving = user()
      const conflict = firstConflict(leaving)
      if (conflict !== undefined) {
        throw new AwsError('DeleteConflict', `Cannot delete entity, must ${conflict} first.`)
      }
      account.users = account.users.filter(one => one !== leaving)
      return {}
    }
    case 'GetRole': {
      const role = account.roles.find(one => one.name === input('RoleName'))
      if (role === undefined) throw noSuch('role', input('RoleName'))
      const Arn = `arn:aws:iam::${account.id}:role${role.path}${role.name}`
      return {
        Role: { Path: role.path, RoleName: role.name, RoleId: 'AROASANDBOXROLE00001', Arn, CreateDate: created },
      }
    }
    default:
      return undefined
  }
}

/** AWS names what is in the way one at a time. */
function firstConflict(user: IamUser): string | undefined {
  const conflicts: [boolean, string][] = [
    [user.password, 'delete login profile'],
    [user.accessKeys.length > 0, 'delete access keys'],
    [user.certificates.length > 0, 'delete signing certificates'],
    [user.mfaDevices.length > 0, 'delete MFA device'],
    [user.sshKeys.length > 0, 'delete SSH public keys'],
    [user.serviceCredentials.length > 0, 'delete service specific credentials'],
    [user.groups.length > 0, 'remove users from group'],
    [Object.keys(user.inline).length > 0, 'delete policies'],
    [user.attached.length > 0, 'detach all policies'],
  ]
  return conflicts.find(([isThere]) => isThere)?.[1]
}

function policyAction(action: string, input: Input, user: () => IamUser): object | undefined {
  const name = input('PolicyName')
  const arn = input('PolicyArn')
  switch (action) {
    case 'ListAttachedUserPolicies':
      return { paged: 'AttachedPolicies', items: user().attached.map(showPolicy) }
    case 'AttachUserPolicy': {
      const { attached } = user()
      if (!/^arn:aws:iam::(aws|\d{12}):policy\/\S+$/.test(arn)) throw noSuch('Policy', arn)
      if (!attached.includes(arn) && attached.length >= attachedQuota) {
        throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerUser: ${attachedQuota}`)
      }
      if (!attached.includes(arn)) attached.push(arn)
      return {}
    }
    case 'DetachUserPolicy':
      if (!user().attached.includes(arn)) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`)
      user().attached = user().attached.filter(one => one !== arn)
      return {}
    case 'ListUserPolicies':
      return { paged: 'PolicyNames', items: Object.keys(user().inline) }
    case 'GetUserPolicy': {
      const document = user().inline[name]
      if (document === undefined) throw noSuch('user policy', name)
      return { UserName: user().name, PolicyName: name, PolicyDocument: encodeURIComponent(document) }
    }
    case 'PutUserPolicy': {
      const others = Object.entries(user().inline).filter(([one]) => one !== name)
      const size = [...others.map(([, text]) => text), input('PolicyDocument')].join('').replace(/\s/g, '').length
      if (size > inlineQuota) {
        throw new AwsError(
          'LimitExceeded',
          `Maximum policy size of ${inlineQuota} bytes exceeded for user ${user().name}`,
        )
      }
      try {
        JSON.parse(input('PolicyDocument'))
      } catch {
        throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.')
      }
      user().inline[name] = input('PolicyDocument')
      return {}
    }
    case 'DeleteUserPolicy':
      if (user().inline[name] === undefined) throw noSuch('user policy', name)
      delete user().inline[name]
      return {}
    default:
      return undefined
  }
}

function showPolicy(arn: string) {
  return { PolicyName: arn.split('/').at(-1), PolicyArn: arn }
}

function groupAction(account: IamAccount, action: string, input: Input, user: () => IamUser): object | undefined {
  if (!/Group/.test(action)) return undefined
  const group = () => {
    const found = account.groups.find(({ name }) => name === input('GroupName'))
    if (found === undefined) throw noSuch('group', input('GroupName'))
    return found
  }
  switch (action) {
    case 'ListGroupsForUser': {
      const show = (name: string) => ({
        Path: '/',
        GroupName: name,
        GroupId: `AGPASANDBOX${name.toUpperCase()}`,
        Arn: `arn:aws:iam::${account.id}:group/${name}`,
        CreateDate: created,
      })
      return { paged: 'Groups', items: user().groups.map(show) }
    }
    case 'ListAttachedGroupPolicies':
      return { paged: 'AttachedPolicies', items: group().attached.map(showPolicy) }
    case 'AddUserToGroup':
      if (!user().groups.includes(group().name)) user().groups.push(group().name)
      return {}
    case 'RemoveUserFromGroup':
      user().groups = user().groups.filter(one => one !== group().name)
      return {}
    default:
      return undefined
  }
}
