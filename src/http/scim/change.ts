import { K1Error } from '../../core/errors.ts'
import type { Endpoint, PatchOperation } from './client.ts'
import { isMethodMissing, isNotFound, isPatchRefused, isStaleVersion, isTypeRefused } from './error.ts'
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
 * Changes one resource by PATCH, as the server takes it: with a path, else as attributes without one, in JSON's own
 * type where it wants that; else by reading it, editing it and putting it back under the version that was read.
 * @throws K1Error `conflict` when others keep changing it
 */
export async function changeResource(
  server: ScimServer,
  endpoint: Endpoint,
  id: string,
  change: ResourceChange,
): Promise<void> {
  let refusal: unknown
  if (await server.patches()) {
    refusal = await patch(server, endpoint, id, change)
    if (refusal === undefined) return
  }
  for (let attempt = 1; ; attempt++) {
    const { resource, version } = await server.client.whole(endpoint, id)
    const edited = change.edit(resource)
    if (edited === undefined) return
    try {
      await server.client.put(endpoint, id, { resource: edited, version })
      return
    } catch (error) {
      // A server that has no PUT either has said all that it has to say before.
      if (refusal !== undefined && (isMethodMissing(error) || isNotFound(error))) throw refusal
      if (!isStaleVersion(error)) throw error
      if (attempt === mostTries) throw busy(server, endpoint, id, error)
    }
  }
}

/** Undefined when it was taken; else why not, where a PUT may still do it. */
async function patch(server: ScimServer, endpoint: Endpoint, id: string, change: ResourceChange): Promise<unknown> {
  const forms = [change.operations, ...(change.filtersInPath ? [] : [withoutPath(change.operations)])]
  let refusal: unknown
  for (const operations of forms) {
    try {
      await send(server, endpoint, id, operations)
      return undefined
    } catch (error) {
      // A web framework answers 404 for a method that nobody wrote; then the resource itself is still there.
      if (isMethodMissing(error) || (isNotFound(error) && (await exists(server, endpoint, id)))) {
        server.notePatchMissing()
        return error
      }
      if (!isPatchRefused(error)) throw error
      refusal ??= error
    }
  }
  return refusal
}

async function send(
  { client }: ScimServer,
  endpoint: Endpoint,
  id: string,
  operations: readonly PatchOperation[],
): Promise<void> {
  try {
    await client.patch(endpoint, id, operations)
  } catch (error) {
    if (!isTypeRefused(error)) throw error
    await client.patch(endpoint, id, operations, 'application/json')
  }
}

/** `{"op":"replace","value":{"active":false}}`, which RFC 7644 allows as well (3.5.2.3), and some take only. */
function withoutPath(operations: readonly PatchOperation[]): PatchOperation[] {
  return operations.map(({ op, path, value }) =>
    path === undefined || op === 'remove'
      ? { op, ...(path === undefined ? {} : { path }), ...(value === undefined ? {} : { value }) }
      : { op, value: { [path]: value } },
  )
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

function busy({ title }: ScimServer, endpoint: Endpoint, id: string, cause: unknown): K1Error {
  return new K1Error('conflict', `Others keep changing ${endpoint}/${id} in ${title}; nothing was written.`, {
    cause,
    hint: 'Run the same command again: it looks first.',
    facts: { path: `/${endpoint}/${id}` },
  })
}
