import { isK1Error } from '../../core/errors.ts'
import { hasStatus, isDeletedUser } from './google-error.ts'
import { hasAddress } from './read-account.ts'
import type { GoogleUser } from './schemas.ts'
import type { UserClient } from './user-client.ts'

/** Reads one user, and believes that there is none only when the list of users answers. */
export interface UserReader {
  byId(id: string): Promise<GoogleUser | null>
  /** Exactly this e-mail or alias, ignoring case. */
  byAddress(word: string): Promise<GoogleUser | null>
}

export function createUserReader(users: UserClient): UserReader {
  /** A wrong URL and a lost proxy answer 404 as well. @throws what made us doubt, when the list is empty */
  async function confirmGone(error: unknown): Promise<null> {
    if ((await users.some()).length === 0) throw error
    return null
  }

  /**
   * Google answers 403 for an address outside its domains, and also for an administrator whom ours may not see. Only
   * when a search does not know the address either, it is nobody's.
   */
  async function confirmForeign(word: string, error: unknown): Promise<null> {
    const quoted = `email='${word.replace(/['\\]/g, '\\$&')}'`
    for await (const user of users.list(quoted)) if (hasAddress(user, word)) throw error
    return confirmGone(error)
  }

  return {
    async byId(id) {
      try {
        return await users.get(id)
      } catch (error) {
        if (isDeletedUser(error)) return null
        if (!hasStatus(error, 404)) throw error
        return confirmGone(error)
      }
    },
    async byAddress(text) {
      const word = text.trim()
      // Without these it is no address, and Google would take it for an id.
      if (!/^[^@\s]+@[^@\s]+$/.test(word)) return null
      try {
        const user = await users.get(word)
        return hasAddress(user, word) ? user : null
      } catch (error) {
        if (isDeletedUser(error)) return null
        if (isK1Error(error) && error.facts.status === 403 && error.facts.reason === 'forbidden') {
          return confirmForeign(word, error)
        }
        if (!hasStatus(error, 404) && !hasStatus(error, 400)) throw error
        return confirmGone(error)
      }
    },
  }
}
