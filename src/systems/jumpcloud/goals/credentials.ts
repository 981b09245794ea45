import { notSeen, type Part, partOf, unlessHidden } from '../../../core/parts.ts'
import { goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { hasForeignPassword, isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'
import { type GoalGround, type Holder, readAtUser } from './ground.ts'

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
export function credentialsRevoked(tools: GoalGround, subject: Holder): ThingsGoal<Held> {
  const { client } = tools
  const { id } = subject
  return goalOfThings<Held>({
    kind: 'credentials-revoked',
    summary: 'SSH keys, push endpoints, TOTP and password are revoked',
    // A reset of MFA lets whoever signs in next enrol, so it must not meet an account that can.
    after: ['sign-in-blocked'],
    needs: ['user', 'ssh keys', 'push endpoints'],
    shows: ['user'],
    read: moment =>
      readAtUser(tools, subject, moment, async user => {
        const parts = await Promise.all([
          partOf(moment.read('ssh keys', () => client.sshKeys(id))),
          partOf(moment.read('push endpoints', () => client.pushEndpoints(id))),
        ])
        const [sshKeys, pushEndpoints] = parts
        const held = { user, sshKeys, pushEndpoints, ...statesOf(user) }
        unlessHidden(thingsIn(tools, held).length === 0, parts)
        return held
      }),
    things: held => thingsIn(tools, held),
    holds: held => held.totp === false && held.passwordExpired !== undefined && thingsIn(tools, held).length === 0,
    unobservable(held) {
      if (thingsIn(tools, held).length > 0) return undefined
      if (held.totp === undefined) return 'JumpCloud does not say whether a TOTP key is set.'
      return held.passwordExpired === undefined ? 'JumpCloud does not say whether the password has expired.' : undefined
    },
    warnings: ({ sshKeys, pushEndpoints }) => notSeen({ 'SSH keys': sshKeys, 'Push endpoints': pushEndpoints }),
    residual: ({ user }) => residualOf(user),
    shown: ({ sshKeys, pushEndpoints, totp, passwordExpired }) => ({
      sshKeys: sshKeys.value ?? null,
      pushEndpoints: pushEndpoints.value ?? null,
      totp,
      passwordExpired,
    }),
  })
}

function statesOf(user: User): Pick<Held, 'totp' | 'passwordExpired'> {
  const status = user.mfaEnrollment?.totpStatus ?? undefined
  const totp = user.totp_enabled ?? (status === undefined ? undefined : status === 'ENROLLED')
  // An account that was never activated has no password yet.
  const isForeign = hasForeignPassword(user) || user.activated === false
  return { totp, passwordExpired: isForeign ? null : (user.password_expired ?? undefined) }
}

function thingsIn({ client }: GoalGround, held: Held): Thing[] {
  const { user, sshKeys, pushEndpoints, totp, passwordExpired } = held
  const { _id: id } = user
  // Not of an account that can still sign in: whoever comes next would enrol.
  const unlessActive = ({ take, ...told }: Thing) => ({
    ...told,
    take: async () => (isActive(user) ? undefined : take()),
  })
  const mfa = { id: 'totp', what: 'TOTP', name: 'set', without: 'reset', take: () => client.resetMfa(id) }
  const expire = () => client.expirePassword(id)
  const password = { id: 'password', what: 'Password', name: 'valid', without: 'expired', take: expire }
  return [
    ...(sshKeys.value ?? []).map(key => ({
      id: `ssh ${key.id}`,
      what: 'SSH keys',
      name: key.name || 'without a name',
      shows: ['user', 'ssh keys'],
      take: () => client.deleteSshKey(id, key.id),
    })),
    ...(pushEndpoints.value ?? []).map(one => ({
      id: `push ${one.id}`,
      what: 'Push endpoints',
      name: one.name || 'without a name',
      shows: ['user', 'push endpoints'],
      take: () => client.deletePushEndpoint(id, one.id),
    })),
    ...(totp === true ? [unlessActive(mfa)] : []),
    ...(passwordExpired === false ? [unlessActive(password)] : []),
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
