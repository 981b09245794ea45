import { K1Error } from '../../core/errors.ts'
import type { Endpoint, PatchOperation } from './client.ts'
import { isInDoubt, isMethodMissing, isNotFound, isPathRefused, isStale } from './error.ts'
import type { ScimResource } from './schemas.ts'
import type { ScimServer } from './server.ts'

export interface ResourceChange {
  /** For a server that takes PATCH. */
  operations: readonly PatchOperation[]
  /** For one that does not: the whole resource as it shall be. Undefined: it is so already. */
  edit(resource: ScimResource): ScimResource | undefined
  /** True where an operation has a filter in its path, which some servers do not understand. */
  filtersInPath?: true
}

/** So often a PUT is tried again on what somebody else has just changed. */
const mostTries = 3

/**
 * Changes one resource: by PATCH, else by reading it, editing it and putting it back under the version that was read.
 * @throws K1Error `conflict` when others keep changing it
 */
export async function changeResource(
  server: ScimServer,
  endpoint: Endpoint,
  id: string,
  change: ResourceChange,
): Promise<void> {
  if ((await server.patches()) && (await patch(server, endpoint, id, change))) return
  for (let attempt = 1; ; attempt++) {
    const { resource, version } = await server.client.whole(endpoint, id)
    const edited = change.edit(resource)
    if (edited === undefined) return
    try {
      await server.client.put(endpoint, id, { resource: edited, version })
      return
    } catch (error) {
      if (!isStale(error)) throw error
      if (attempt === mostTries) throw busy(server, endpoint, id, error)
    }
  }
}

/** False when the server has no PATCH, or none that can do this. */
async function patch(server: ScimServer, endpoint: Endpoint, id: string, change: ResourceChange): Promise<boolean> {
  try {
    await server.client.patch(endpoint, id, change.operations)
    return true
  } catch (error) {
    if (change.filtersInPath && isPathRefused(error)) return false
    // A web framework answers 404 for a method that nobody wrote; then the resource itself is still there.
    const missing = isMethodMissing(error) || (isNotFound(error) && (await exists(server, endpoint, id)))
    if (!missing) throw error
    server.notePatchMissing()
    return false
  }
}

async function exists({ client }: ScimServer, endpoint: Endpoint, id: string): Promise<boolean> {
  try {
    await client.whole(endpoint, id)
    return true
  } catch (error) {
    if (isNotFound(error)) return false
    throw error
  }
}

/** When an answer does not tell whether a write took effect, a look tells; only when it did not, the error stands. */
export async function settle(write: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!isInDoubt(error)) throw error
    // If even the look fails, the first failure says more.
    if (!(await isDone().catch(() => false))) throw error
  }
}

function busy({ title }: ScimServer, endpoint: Endpoint, id: string, cause: unknown): K1Error {
  return new K1Error('conflict', `Others keep changing ${endpoint}/${id} in ${title}; nothing was written.`, {
    cause,
    hint: 'Run the same command again: it looks first.',
    facts: { path: `/${endpoint}/${id}` },
  })
}
