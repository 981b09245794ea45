import type { Moment } from '../../core/moment.ts'
import { readPart, type Unread } from '../../core/unread.ts'
import { isBlocked } from './read-account.ts'
import type { GoogleUser } from './schemas.ts'
import type { UserClient } from './user-client.ts'

export type HeldCredentials = Awaited<ReturnType<typeof credentialsOf>>

/** Names of the readings that `credentialsOf` makes. */
export const credentialLists = ['backup codes', 'app passwords', 'OAuth tokens'] as const

/** Null is a list that was not shown; then it is `hidden`, as Google may for a suspended account, or `unread`. */
export async function credentialsOf(moment: Moment, users: UserClient, user: GoogleUser) {
  const blocked = isBlocked(user)
  const unread: Unread[] = []
  const part = <T>(what: string, name: string, ask: () => Promise<T>) =>
    readPart(unread, what, undefined, () => moment.read(name, ask))
  const [codes, passwords, tokens] = await Promise.all([
    part('Backup codes', 'backup codes', () => users.countCodes(user.id, blocked)),
    part('App passwords', 'app passwords', () => users.appPasswords(user.id, blocked)),
    part('OAuth tokens', 'OAuth tokens', () => users.tokens(user.id, blocked)),
  ])
  return {
    user,
    backupCodes: codes ?? null,
    appPasswords: passwords?.map(({ codeId, name }) => ({ id: String(codeId), name: name ?? '' })) ?? null,
    tokens: tokens?.map(({ clientId, displayText }) => ({ id: clientId, name: displayText ?? clientId })) ?? null,
    hidden: codes === null || passwords === null || tokens === null,
    unread,
  }
}
