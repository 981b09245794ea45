import type { Difference } from '../../../core/change.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { hasForeignPassword, isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'
import { common, forEach, type GoalGround, gone, type Subject } from './ground.ts'

interface Held {
  sshKeys: { id: string; name: string }[]
  pushEndpoints: { id: string; name: string }[]
  /** Undefined where JumpCloud does not say. */
  totp: boolean | undefined
  /** Null where the password is not JumpCloud's to expire. */
  passwordExpired: boolean | null | undefined
}

/**
 * SSH keys, push endpoints and the TOTP key are gone, and the password has expired. It is not replaced by a random one:
 * JumpCloud would bring that to bound Macs, where FileVault keeps asking for the old one.
 */
export async function credentialsRevoked(ground: GoalGround, { id, now }: Subject): Promise<AccountGoal> {
  const { client } = ground
  const held = now === null ? undefined : await read(ground, now)

  async function look(): Promise<Standing> {
    const user = await client.user(id)
    if (user === null) return gone
    const { sshKeys, pushEndpoints, totp, passwordExpired } = await read(ground, user)
    if (totp === undefined) return { state: 'unobservable', why: 'JumpCloud does not say whether a TOTP key is set.' }
    if (passwordExpired === undefined) {
      return { state: 'unobservable', why: 'JumpCloud does not say whether the password has expired.' }
    }
    const holds = sshKeys.length + pushEndpoints.length === 0 && !totp && passwordExpired !== false
    return { state: holds ? 'holds' : 'not-yet', reading: { sshKeys, pushEndpoints, totp, passwordExpired } }
  }

  return {
    ...common,
    kind: 'credentials-revoked',
    summary: 'SSH keys, push endpoints, TOTP and password are revoked',
    effect: 'irreversible',
    // A reset of MFA lets whoever signs in next enrol, so it must not meet an account that can.
    after: ['sign-in-blocked'],
    residual: residualOf(now),
    differences: held === undefined ? [] : differencesOf(held),
    look,
    async bring() {
      const user = await client.user(id)
      if (user === null) return
      const { sshKeys, pushEndpoints, totp, passwordExpired } = await read(ground, user)
      await forEach(
        sshKeys,
        key => key.name,
        key => client.deleteSshKey(id, key.id),
      )
      await forEach(
        pushEndpoints,
        one => one.name,
        one => client.deletePushEndpoint(id, one.id),
      )
      if (isActive(user)) return
      if (totp === true) await client.resetMfa(id)
      if (passwordExpired === false) await client.expirePassword(id)
    },
  }
}

async function read({ client }: GoalGround, user: User): Promise<Held> {
  const [sshKeys, pushEndpoints] = await Promise.all([client.sshKeys(user._id), client.pushEndpoints(user._id)])
  const status = user.mfaEnrollment?.totpStatus ?? undefined
  const totp = user.totp_enabled ?? (status === undefined ? undefined : status === 'ENROLLED')
  // An account that was never activated has no password yet.
  const isForeign = hasForeignPassword(user) || user.activated === false
  return { sshKeys, pushEndpoints, totp, passwordExpired: isForeign ? null : (user.password_expired ?? undefined) }
}

function differencesOf({ sshKeys, pushEndpoints, totp, passwordExpired }: Held): Difference[] {
  const names = (things: readonly { name: string }[]) => things.map(({ name }) => name || 'without a name').join(', ')
  return [
    ...(sshKeys.length > 0 ? [{ what: 'SSH keys', before: names(sshKeys), after: 'none' }] : []),
    ...(pushEndpoints.length > 0 ? [{ what: 'Push endpoints', before: names(pushEndpoints), after: 'none' }] : []),
    ...(totp === true ? [{ what: 'TOTP', before: 'set', after: 'reset' }] : []),
    ...(passwordExpired === false ? [{ what: 'Password', before: 'valid', after: 'expired' }] : []),
  ]
}

function residualOf(user: User | null): string[] {
  if (user === null) return []
  return [
    ...(user.mfaEnrollment?.webAuthnStatus === 'ENROLLED'
      ? ['Security keys (WebAuthn) stay enrolled: the API cannot remove them. They are of no use while suspended.']
      : []),
    ...(hasForeignPassword(user) ? ['The password is kept elsewhere, and is not touched here.'] : []),
  ]
}
