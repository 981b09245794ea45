import type { Moment } from '../../core/moment.ts'
import { partOf } from '../../core/parts.ts'
import type { JumpcloudClient } from './client.ts'
import { hasForeignPassword } from './read-account.ts'
import type { User } from './schemas.ts'

export type HeldCredentials = Awaited<ReturnType<typeof credentialsOf>>

/** `totp` and `passwordExpired`: undefined where JumpCloud does not say; null where the password is not its to expire. */
export async function credentialsOf(client: JumpcloudClient, moment: Moment, user: User) {
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
