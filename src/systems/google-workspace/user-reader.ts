import { goneFor } from '../../core/absence.ts'
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
  /**
   * Whoever was deleted within 20 days is told by 412 (firezone#15169), so a plain 404 of an id that was there is odd: no
   * search goes by id, and everybody is looked through.
   */
  async function confirmPurged(id: string, error: unknown): Promise<GoogleUser | null> {
    let seen = 0
    return goneFor<GoogleUser>(error, {
      async otherwise() {
        for await (const user of users.list()) {
          seen += 1
          if (user.id === id) throw error
        }
        return null
      },
      showsAnybody: async () => seen > 0,
    })
  }

  /**
   * Google answers 403 for an address outside its domains, and also for an administrator whom ours may not see; 404 is
   * also what a proxy answers that lost its way. Only when a search does not know the address either, and does show
   * somebody else, it is nobody's.
   */
  async function confirmNobodys(word: string, error: unknown): Promise<null> {
    const quoted = `email='${word.replace(/['\\]/g, '\\$&')}'`
    return goneFor<never>(error, {
      async otherwise() {
        for await (const user of users.list(quoted)) if (hasAddress(user, word)) throw error
        return null
      },
      showsAnybody: async () => (await users.some()).length > 0,
    })
  }

  return {
    async byId(id) {
      try {
        return await users.get(id)
      } catch (error) {
        if (isDeletedUser(error)) return null
        if (!hasStatus(error, 404)) throw error
        return confirmPurged(id, error)
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
        const isForeign = hasStatus(error, 403) && error.facts.reason === 'forbidden'
        if (!isForeign && !hasStatus(error, 404) && !hasStatus(error, 400)) throw error
        return confirmNobodys(word, error)
      }
    },
  }
}
