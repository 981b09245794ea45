import { K1Error } from '../../../core/errors.ts'
import { goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { type GoalGround, type Holder, readAtUser } from '../ground.ts'
import { credentialsOf, type HeldCredentials } from '../held-credentials.ts'
import { hasForeignPassword, isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'

/**
 * SSH keys, push endpoints and the TOTP key are gone, and the password has expired. It is not replaced by a random one:
 * JumpCloud would bring that to bound Macs, where FileVault keeps asking for the old one.
 */
export function credentialsRevoked(tools: GoalGround, subject: Holder): ThingsGoal<HeldCredentials> {
  const { client } = tools
  return goalOfThings<HeldCredentials>({
    kind: 'credentials-revoked',
    summary: 'SSH keys, push endpoints, TOTP and password are revoked',
    // A reset of MFA lets whoever signs in next enrol, so it must not meet an account that can.
    after: ['sign-in-blocked'],
    needs: ['user', 'ssh keys', 'push endpoints'],
    shows: ['user'],
    read: moment => readAtUser(tools, subject, moment, user => credentialsOf(client, moment, user)),
    things: held => thingsIn(tools, held),
    unobservable(held) {
      if (thingsIn(tools, held).length > 0) return undefined
      if (held.totp === undefined) return 'JumpCloud does not say whether a TOTP key is set.'
      return held.passwordExpired === undefined ? 'JumpCloud does not say whether the password has expired.' : undefined
    },
    parts: ({ sshKeys, pushEndpoints }) => ({ 'SSH keys': sshKeys, 'Push endpoints': pushEndpoints }),
    residual: ({ user }) => residualOf(user),
    shown: ({ sshKeys, pushEndpoints, totp, passwordExpired }) => ({
      sshKeys: sshKeys.value ?? null,
      pushEndpoints: pushEndpoints.value ?? null,
      totp,
      passwordExpired,
    }),
  })
}

function thingsIn({ client }: GoalGround, held: HeldCredentials): Thing[] {
  const { user, sshKeys, pushEndpoints, totp, passwordExpired } = held
  const { _id: id } = user
  const unlessActive = ({ take, ...told }: Thing) => ({
    ...told,
    async take() {
      if (!isActive(user)) return take()
      throw new K1Error(
        'refused',
        `${told.what} of an account that can sign in is left: whoever comes next would enrol.`,
      )
    },
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
