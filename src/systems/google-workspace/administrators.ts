import { K1Error } from '../../core/errors.ts'
import { partOf } from '../../core/parts.ts'
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
  /**
   * The same of somebody who was a super administrator, and who cannot be read now.
   * @throws K1Error `unreachable` where there may be no other
   */
  untouchableUnseen(id: string): Promise<string | undefined>
}

const actingText = 'k1ctl itself signs in as this administrator'

export interface AdministratorsOptions {
  users: UserClient
  reader: UserReader
  adminEmail: string
  /** Whom k1ctl acts as, asked of Google: a typed address may be any of theirs. */
  acting(): Promise<GoogleUser>
}

export function createAdministrators({ users, reader, adminEmail, acting }: AdministratorsOptions): Administrators {
  const isAdministrator = (user: GoogleUser) => user.isAdmin || user.isDelegatedAdmin === true

  async function isActing(user: GoogleUser): Promise<boolean> {
    return hasAddress(user, adminEmail) || (isAdministrator(user) && user.id === (await acting()).id)
  }

  /**
   * Whom k1ctl acts as is another one, where they are one themselves: then nothing else is asked that might fail. What a
   * search finds may be a day old, so each one is read again until there is one.
   */
  async function isLastSuperAdmin({ id }: GoogleUser): Promise<boolean> {
    if (isAnother((await partOf(actingNow())).value, id)) return false
    for await (const found of users.list('isAdmin=true', 100)) {
      const other = found.id === id ? null : await reader.byId(found.id)
      if (isAnother(other, id)) return false
    }
    return true
  }

  /** Read anew: they may be none any more. */
  async function actingNow(): Promise<GoogleUser | null> {
    return reader.byId((await acting()).id)
  }

  function isAnother(one: GoogleUser | null | undefined, id: string): boolean {
    return one?.isAdmin === true && one.id !== id && !isBlocked(one)
  }

  return {
    mayMatter: user => isAdministrator(user) || hasAddress(user, adminEmail),
    async untouchable(user) {
      if (await isActing(user)) return actingText
      if (user.isAdmin && (await isLastSuperAdmin(user))) return 'the last active super administrator'
      return undefined
    },

    async untouchableUnseen(id) {
      const me = await actingNow()
      if (me?.id === id) return actingText
      if (isAnother(me, id)) return undefined
      throw new K1Error('unreachable', 'Google Workspace did not show the account, which was a super administrator.')
    },
  }
}
