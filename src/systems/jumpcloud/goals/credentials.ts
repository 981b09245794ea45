import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { notSeen, type Part, partOf } from '../../../core/parts.ts'
import { hasForeignPassword, isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'
import { common, type OrganizationTools, readAtUser, type Subject, unlessHidden } from './ground.ts'

interface Held {
  user: User
  sshKeys: Part<readonly { id: string; name: string }[]>
  pushEndpoints: Part<readonly { id: string; name: string }[]>
  /** Undefined where JumpCloud does not say. */
  totp: boolean | undefined
  /** Null where the password is not JumpCloud's to expire. */
  passwordExpired: boolean | null | undefined
}

/**
 * SSH keys, push endpoints and the TOTP key are gone, and the password has expired. It is not replaced by a random one:
 * JumpCloud would bring that to bound Macs, where FileVault keeps asking for the old one.
 */
export function credentialsRevoked(tools: OrganizationTools, subject: Subject): AccountGoal<Held> {
  const { client } = tools
  const { id } = subject
  return {
    ...common,
    kind: 'credentials-revoked',
    summary: 'SSH keys, push endpoints, TOTP and password are revoked',
    effect: 'irreversible',
    // A reset of MFA lets whoever signs in next enrol, so it must not meet an account that can.
    after: ['sign-in-blocked'],
    needs: ['user', 'ssh keys', 'push endpoints'],
    touches: changes => [
      'user',
      ...(changes.some(({ id: one }) => one.startsWith('ssh ')) ? ['ssh keys'] : []),
      ...(changes.some(({ id: one }) => one.startsWith('push ')) ? ['push endpoints'] : []),
    ],
    read: moment =>
      readAtUser(tools, subject, moment, async user => {
        const parts = await Promise.all([
          partOf(moment.read('ssh keys', () => client.sshKeys(id))),
          partOf(moment.read('push endpoints', () => client.pushEndpoints(id))),
        ])
        const [sshKeys, pushEndpoints] = parts
        const held = { user, sshKeys, pushEndpoints, ...statesOf(user) }
        unlessHidden(changesOf(held).length === 0, parts)
        return held
      }),
    holds: held => held.totp === false && held.passwordExpired !== undefined && changesOf(held).length === 0,
    unobservable(held) {
      if (changesOf(held).length > 0) return undefined
      if (held.totp === undefined) return 'JumpCloud does not say whether a TOTP key is set.'
      return held.passwordExpired === undefined ? 'JumpCloud does not say whether the password has expired.' : undefined
    },
    changes: changesOf,
    warnings: ({ sshKeys, pushEndpoints }) => notSeen({ 'SSH keys': sshKeys, 'Push endpoints': pushEndpoints }),
    residual: ({ user }) => residualOf(user),
    shown: ({ sshKeys, pushEndpoints, totp, passwordExpired }) => ({
      sshKeys: sshKeys.value ?? null,
      pushEndpoints: pushEndpoints.value ?? null,
      totp,
      passwordExpired,
    }),
    take: (changes, { user, sshKeys, pushEndpoints }) =>
      oneByOne(async change => {
        if (sshKeys.value?.some(key => `ssh ${key.id}` === change.id))
          return client.deleteSshKey(id, change.id.slice(4))
        if (pushEndpoints.value?.some(one => `push ${one.id}` === change.id)) {
          return client.deletePushEndpoint(id, change.id.slice(5))
        }
        // Not of an account that can still sign in: whoever comes next would enrol.
        if (isActive(user)) return undefined
        return change.id === 'totp' ? client.resetMfa(id) : client.expirePassword(id)
      })(changes),
  }
}

function statesOf(user: User): Pick<Held, 'totp' | 'passwordExpired'> {
  const status = user.mfaEnrollment?.totpStatus ?? undefined
  const totp = user.totp_enabled ?? (status === undefined ? undefined : status === 'ENROLLED')
  // An account that was never activated has no password yet.
  const isForeign = hasForeignPassword(user) || user.activated === false
  return { totp, passwordExpired: isForeign ? null : (user.password_expired ?? undefined) }
}

function changesOf({ sshKeys, pushEndpoints, totp, passwordExpired }: Held): Change[] {
  const named = (name: string) => name || 'without a name'
  return [
    ...(sshKeys.value ?? []).map(({ id, name }) => ({
      id: `ssh ${id}`,
      what: 'SSH keys',
      before: named(name),
      after: 'none',
    })),
    ...(pushEndpoints.value ?? []).map(({ id, name }) => ({
      id: `push ${id}`,
      what: 'Push endpoints',
      before: named(name),
      after: 'none',
    })),
    ...(totp === true ? [{ id: 'totp', what: 'TOTP', before: 'set', after: 'reset' }] : []),
    ...(passwordExpired === false ? [{ id: 'password', what: 'Password', before: 'valid', after: 'expired' }] : []),
  ]
}

function residualOf(user: User): string[] {
  return [
    ...(user.mfaEnrollment?.webAuthnStatus === 'ENROLLED'
      ? ['Security keys (WebAuthn) stay enrolled: the API cannot remove them. They are of no use while suspended.']
      : []),
    ...(hasForeignPassword(user) ? ['The password is kept elsewhere, and is not touched here.'] : []),
  ]
}
