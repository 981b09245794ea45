import { hasAddress, isBlocked } from './read-account.ts'
import type { GoogleUser } from './schemas.ts'
import type { UserClient } from './user-client.ts'
import type { UserReader } from './user-reader.ts'

/** Who of the administrators may not be touched. */
export interface Administrators {
  /** Only then is `untouchable` worth its calls. */
  mayMatter(user: GoogleUser): boolean
  /** Why nobody may touch this account. */
  untouchable(user: GoogleUser): Promise<string | undefined>
}

export interface AdministratorsOptions {
  users: UserClient
  reader: UserReader
  adminEmail: string
  /** The id of whom k1ctl acts as, asked of Google: a typed address may be any of theirs. */
  actingId(): Promise<string>
}

export function createAdministrators({ users, reader, adminEmail, actingId }: AdministratorsOptions): Administrators {
  const isAdministrator = (user: GoogleUser) => user.isAdmin || user.isDelegatedAdmin === true

  async function isActing(user: GoogleUser): Promise<boolean> {
    return hasAddress(user, adminEmail) || (isAdministrator(user) && user.id === (await actingId()))
  }

  /** What a search finds may be a day old, so each one is read again until there is one. */
  async function isLastSuperAdmin({ id }: GoogleUser): Promise<boolean> {
    for await (const found of users.list('isAdmin=true', 100)) {
      const other = found.id === id ? null : await reader.byId(found.id)
      if (other?.isAdmin && !isBlocked(other)) return false
    }
    return true
  }

  return {
    mayMatter: user => isAdministrator(user) || hasAddress(user, adminEmail),
    async untouchable(user) {
      if (await isActing(user)) return 'k1ctl itself signs in as this administrator'
      if (user.isAdmin && (await isLastSuperAdmin(user))) return 'the last active super administrator'
      return undefined
    },
  }
}
