import type { SimulatedRequest } from '../simulator.ts'
import { AwsError, type Protocol } from './aws-error.ts'
import { isSigned, readScope, type Scope, signedAt } from './signature.ts'
import type { AwsState, IamAccount, IamUser } from './state.ts'

/** Whoever signed. */
export interface Principal {
  account: IamAccount
  arn: string
  userId: string
  user?: IamUser
}

/** Keys of a role that somebody assumed. */
export interface RoleSession {
  keyId: string
  secret: string
  token: string
  account: string
  role: string
  name: string
  ends: number
}

const skewMs = 5 * 60_000

/** The key's owner, if the signature is theirs. @throws AwsError as AWS says it in this protocol */
export function authenticate(
  request: SimulatedRequest,
  state: AwsState,
  sessions: readonly RoleSession[],
  now: Date,
  protocol: Protocol,
): { principal: Principal; scope: Scope } {
  const refuse = (query: string, json: string, message: string) =>
    new AwsError(protocol === 'query' ? query : json, message, protocol === 'query' ? 403 : 400)
  const scope = readScope(request)
  if (scope === null) {
    const missing = 'Request is missing Authentication Token'
    throw refuse('MissingAuthenticationToken', 'MissingAuthenticationTokenException', missing)
  }
  const invalid = refuse(
    'InvalidClientTokenId',
    'UnrecognizedClientException',
    'The security token included in the request is invalid.',
  )
  const session = sessions.find(one => one.keyId === scope.keyId)
  const token = request.headers['x-amz-security-token']
  const owner = findOwner(state, scope.keyId)
  if (session ? token !== session.token : owner === undefined || token !== undefined) throw invalid
  const secret = session?.secret ?? owner?.secret ?? ''
  if (!isSigned(request, scope, secret, '/aws')) {
    const message =
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.'
    throw refuse('SignatureDoesNotMatch', 'InvalidSignatureException', message)
  }
  const at = signedAt(request)
  if (at === null || Math.abs(at.getTime() - now.getTime()) > skewMs) {
    const message = `Signature expired: ${request.headers['x-amz-date']} is now earlier than ${now.toISOString()} - 5 min.`
    throw refuse('SignatureDoesNotMatch', 'InvalidSignatureException', message)
  }
  if (session) {
    if (session.ends < now.getTime()) {
      throw refuse('ExpiredToken', 'ExpiredTokenException', 'The security token included in the request is expired')
    }
    const account = state.accounts.find(({ id }) => id === session.account)
    if (!account) throw invalid
    const arn = `arn:aws:sts::${account.id}:assumed-role/${session.role}/${session.name}`
    return { principal: { account, arn, userId: `AROASANDBOXROLE00001:${session.name}` }, scope }
  }
  if (owner === undefined) throw invalid
  const { account, user } = owner
  const arn = `arn:aws:iam::${account.id}:user/${user.name}`
  return { principal: { account, arn, userId: user.id, user }, scope }
}

function findOwner(state: AwsState, keyId: string) {
  for (const account of state.accounts) {
    for (const user of account.users) {
      const key = user.accessKeys.find(one => one.id === keyId && one.status === 'Active')
      if (key) return { account, user, secret: key.secret }
    }
  }
  return undefined
}

/** A deny outweighs all; without AdministratorAccess an IAM user may do nothing here; a role may do everything. */
export function mayAct({ user }: Principal): boolean {
  if (user === undefined) return true
  const denied = Object.values(user.inline).some(text => /"Effect":"Deny","Action":"\*","Resource":"\*"/.test(text))
  if (denied || user.attached.some(arn => arn.endsWith('/AWSDenyAll'))) return false
  return user.attached.some(arn => arn.endsWith('/AdministratorAccess'))
}
