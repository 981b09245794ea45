import { isK1Error } from '../../core/errors.ts'
import type { JumpcloudClient } from './client.ts'
import type { User } from './schemas.ts'

/** Who of the users is an administrator of the console as well: another account, with a log-in of its own. */
export interface Administrators {
  /** Ids of their administrator accounts; none for most. */
  of(user: User): Promise<string[]>
  /** Why nobody may take this away. */
  untouchable(ids: readonly string[]): Promise<string | undefined>
}

/** For showing only: a missing right must not keep anybody from being found; the goal itself tells of it. */
export async function unlessForbidden<T>(asked: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (isK1Error(error) && error.kind === 'forbidden') return otherwise
    throw error
  }
}

export interface AdministratorFacts {
  client: JumpcloudClient
  providerId: string | undefined
  orgId: string | undefined
}

export function createAdministrators({ client, providerId, orgId }: AdministratorFacts): Administrators {
  return {
    async of(user) {
      const ids = user.admin ? [user.admin.id] : []
      if (providerId !== undefined) ids.push(...(await client.administratorsBy(providerId, user.email)))
      return [...new Set(ids)]
    },

    async untouchable(ids) {
      if (orgId === undefined || ids.length === 0) return undefined
      const linked = await client.administratorsOf(orgId)
      const isLast = linked.length > 0 && linked.every(id => ids.includes(id))
      return isLast ? 'the last administrator of the organization' : undefined
    },
  }
}
