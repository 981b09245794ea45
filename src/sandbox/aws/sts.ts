import { AwsError } from './aws-error.ts'
import type { Principal, RoleSession } from './principals.ts'
import { type AwsState, managementAccount } from './state.ts'

type Input = (name: string) => string

/** One action of STS. @throws AwsError */
export function stsAction(
  state: AwsState,
  principal: Principal,
  action: string,
  input: Input,
  open: (session: Omit<RoleSession, 'keyId' | 'secret' | 'token'>) => RoleSession,
  now: Date,
): object {
  if (action === 'GetCallerIdentity') {
    return { UserId: principal.userId, Account: principal.account.id, Arn: principal.arn }
  }
  if (action !== 'AssumeRole') throw new AwsError('InvalidAction', `Could not find operation ${action}`)
  const arn = input('RoleArn')
  const [, accountId, path, name] = /^arn:aws:iam::(\d{12}):role(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? []
  const role = state.accounts
    .find(({ id }) => id === accountId)
    ?.roles.find(one => one.name === name && one.path === path)
  const trusted = principal.account.id === managementAccount && (role?.externalId ?? '') === input('ExternalId')
  if (role === undefined || !trusted || accountId === undefined) {
    const message = `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${arn}`
    throw new AwsError('AccessDenied', message)
  }
  const seconds = Number(input('DurationSeconds') || '3600')
  if (!(seconds >= 900 && seconds <= 43_200)) throw new AwsError('ValidationError', 'DurationSeconds')
  const ends = now.getTime() + seconds * 1000
  const session = open({ account: accountId, role: role.name, name: input('RoleSessionName'), ends })
  return {
    Credentials: {
      AccessKeyId: session.keyId,
      SecretAccessKey: session.secret,
      SessionToken: session.token,
      Expiration: new Date(ends).toISOString(),
    },
    AssumedRoleUser: {
      AssumedRoleId: `AROASANDBOXROLE00001:${session.name}`,
      Arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${session.name}`,
    },
  }
}
