import type { Moment } from '../../core/moment.ts'
import { type Part, partOf } from '../../core/parts.ts'
import type { JumpcloudClient } from './client.ts'
import { hasForeignPassword } from './read-account.ts'
import type { User } from './schemas.ts'

export interface HeldCredentials {
  user: User
  sshKeys: Part<readonly { id: string; name: string }[]>
  pushEndpoints: Part<readonly { id: string; name: string }[]>
  /** Undefined where JumpCloud does not say. */
  totp: boolean | undefined
  /** Null where the password is not JumpCloud's to expire. */
  passwordExpired: boolean | null | undefined
}

export async function credentialsOf(client: JumpcloudClient, moment: Moment, user: User): Promise<HeldCredentials> {
  const { _id: id } = user
  const [sshKeys, pushEndpoints] = await Promise.all([
    partOf(moment.read('ssh keys', () => client.sshKeys(id))),
    partOf(moment.read('push endpoints', () => client.pushEndpoints(id))),
  ])
  const status = user.mfaEnrollment?.totpStatus ?? undefined
  const totp = user.totp_enabled ?? (status === undefined ? undefined : status === 'ENROLLED')
  // An account that was never activated has no password yet.
  const isForeign = hasForeignPassword(user) || user.activated === false
  const passwordExpired = isForeign ? null : (user.password_expired ?? undefined)
  return { user, sshKeys, pushEndpoints, totp, passwordExpired }
}
