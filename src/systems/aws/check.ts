import { isK1Error } from '../../core/errors.ts'
import type { Identity } from '../../core/system.ts'
import type { Iam } from './iam.ts'
import type { IdentityCenter } from './identity-center.ts'
import { centerActions, furtherActions, groupActions, listActions, userActions } from './rights.ts'
import type { Caller } from './sts.ts'

interface Checked {
  iam: Iam
  caller: Caller
  center: 'off' | (() => Promise<IdentityCenter | null>)
}

/**
 * Who the credentials are (`sts:GetCallerIdentity` needs no right), and what they may not. IAM's own simulator tells
 * that without doing anything; where that is not allowed, harmless reads are tried, and what they cannot tell is said.
 */
export async function check({ iam, caller, center }: Checked): Promise<Identity> {
  const [denied, instance] = await Promise.all([
    deniedTo(iam, caller, center !== 'off'),
    center === 'off' ? undefined : lookForCenter(center),
  ])
  const missing = [...new Set([...(instance ?? []), ...denied])]
  return { ...who(caller), tenant: caller.account, missing }
}

/** Name and e-mail of the identity, so that nobody is asked to offboard themselves. */
function who({ arn }: Caller): { name: string; email: string } {
  const last = arn.split('/').at(-1) ?? arn
  return { name: arn.endsWith(':root') ? 'root' : last, email: last.includes('@') ? last : '' }
}

async function lookForCenter(center: () => Promise<IdentityCenter | null>): Promise<string[]> {
  try {
    await center()
    return []
  } catch (error) {
    if (!isK1Error(error)) throw error
    if (error.kind === 'forbidden') return [sentence('sso:ListInstances')]
    if (error.kind === 'not-set-up') return [[error.message, error.hint].filter(Boolean).join(' ')]
    throw error
  }
}

function sentence(action: string): string {
  return `${action}: allow it in the policy of the identity that k1ctl uses (IAM > Policies).`
}

const onlyFor = 'It is needed only to delete, and to give back.'

function isFurther(action: string): boolean {
  return furtherActions.some(one => one === action)
}

async function deniedTo(iam: Iam, caller: Caller, withCenter: boolean): Promise<string[]> {
  // The root user of an account may do everything, and cannot be simulated.
  if (caller.arn.endsWith(':root')) return []
  try {
    const principal = await principalOf(iam, caller)
    const own = principal.split(':').slice(0, 5).join(':')
    // What only deleting and giving back need is asked for with the rest, and named for what it is. A virtual MFA
    // device has a resource of its own, which no made-up name stands for: that right cannot be told beforehand.
    const further = furtherActions.filter(action => action !== 'iam:DeleteVirtualMFADevice')
    const onUsers = further.filter(action => action.startsWith('iam:') && !/Group/.test(action))
    const onGroups = further.filter(action => action.startsWith('iam:') && /Group/.test(action))
    const onCenter = further.filter(action => !action.startsWith('iam:'))
    const asked: [readonly string[], string][] = [
      [[...userActions, ...onUsers], `${own}:user/k1ctl-asks-for-a-user`],
      [[...groupActions, ...onGroups], `${own}:group/k1ctl-asks-for-a-group`],
      [withCenter ? [...listActions, ...centerActions, ...onCenter] : listActions, '*'],
    ]
    const answers = await Promise.all(asked.map(([actions, resource]) => iam.denied(principal, actions, resource)))
    return answers.flat().map(action => (isFurther(action) ? `${sentence(action)} ${onlyFor}` : sentence(action)))
  } catch (error) {
    if (!isK1Error(error) || (error.kind !== 'forbidden' && error.kind !== 'rejected')) throw error
    return [
      'iam:SimulatePrincipalPolicy (and iam:GetRole, for a role) on itself: without it k1ctl cannot tell beforehand whether the rights to change users are there.',
      ...(await probe(iam)),
    ]
  }
}

/** A session of a role stands for the role. */
async function principalOf(iam: Iam, { arn }: Caller): Promise<string> {
  const role = /:assumed-role\/([^/]+)\//.exec(arn)?.[1]
  return role === undefined ? arn : iam.roleArn(role)
}

/** Reads that any user will do for. */
async function probe(iam: Iam): Promise<string[]> {
  const missing: string[] = []
  async function attempt<T>(action: string, read: () => Promise<T>): Promise<T | undefined> {
    try {
      return await read()
    } catch (error) {
      if (!isK1Error(error) || error.kind !== 'forbidden') throw error
      missing.push(sentence(action))
      return undefined
    }
  }
  const name = (await attempt('iam:ListUsers', () => iam.users()))?.[0]?.UserName
  if (name === undefined) return missing
  await attempt('iam:GetUser', () => iam.user(name))
  await attempt('iam:GetLoginProfile', () => iam.hasPassword(name))
  await attempt('iam:ListAccessKeys', () => iam.credentials(name, 'accessKeys'))
  await attempt('iam:ListSSHPublicKeys', () => iam.credentials(name, 'sshKeys'))
  await attempt('iam:ListSigningCertificates', () => iam.credentials(name, 'certificates'))
  await attempt('iam:ListServiceSpecificCredentials', () => iam.credentials(name, 'serviceCredentials'))
  await attempt('iam:ListMFADevices', () => iam.mfaDevices(name))
  await attempt('iam:ListGroupsForUser', () => iam.groups(name))
  await attempt('iam:ListAttachedUserPolicies', () => iam.attachedPolicies(name))
  await attempt('iam:ListUserPolicies', () => iam.inlinePolicies(name))
  return missing
}
