import { goneFor } from '../../core/absence.ts'
import { partOf } from '../../core/parts.ts'
import type { ScimClient } from './client.ts'
import { isFilterRefused, isNotFound } from './error.ts'
import { comparison } from './filter.ts'
import type { ScimUser, ServiceProviderConfig } from './schemas.ts'

/** One SCIM server in one session: its client, and what it turned out to be able to do. */
export interface ScimServer {
  client: ScimClient
  title: string
  /** Does it take PATCH? As its configuration says, until an answer says otherwise. */
  patches(): Promise<boolean>
  notePatchMissing(): void
  /** Does it take this filter? As its configuration says, until an answer says otherwise. */
  filters(use: FilterUse): Promise<boolean>
  noteFilterRefused(use: FilterUse): void
  /**
   * The user with this id; null when there is none any more. A 404 alone is not believed: a wrong URL gives it, too, so
   * the list of users has to answer.
   */
  user(id: string): Promise<ScimUser | null>
}

export type FilterUse = 'word-anywhere' | 'userName' | 'emails' | 'members'

export function createScimServer(client: ScimClient, title: string): ScimServer {
  const refused = new Set<FilterUse>()
  let patchMissing = false
  let told: Promise<ServiceProviderConfig | null> | undefined

  /** Null where the server shows no configuration, for whatever reason: then its answers are all there is. Asked once. */
  function config(): Promise<ServiceProviderConfig | null> {
    told ??= partOf(client.config()).then(({ value }) => value ?? null)
    return told
  }

  /** A second opinion on a 404, over another path: a proxy that lost its way answers 404 as well. */
  async function listed(id: string, notFound: unknown): Promise<ScimUser | null> {
    try {
      const { users, isWhole } = await client.findUsers(comparison('id', 'eq', id))
      const found = users.find(user => user.id === id)
      if (found === undefined && !isWhole) throw notFound
      return found ?? null
    } catch (error) {
      if (!isFilterRefused(error)) throw error
      return null
    }
  }

  return {
    client,
    title,
    patches: async () => !patchMissing && ((await config())?.patch.supported ?? true),
    notePatchMissing() {
      patchMissing = true
    },
    filters: async use => !refused.has(use) && ((await config())?.filter.supported ?? true),
    noteFilterRefused(use) {
      refused.add(use)
    },
    async user(id) {
      try {
        return await client.user(id)
      } catch (error) {
        if (!isNotFound(error)) throw error
        return goneFor(error, {
          otherwise: () => listed(id, error),
          showsAnybody: async () => (await client.totalUsers(1)) > 0,
        })
      }
    },
  }
}
