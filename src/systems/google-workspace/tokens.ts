import { isK1Error } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { type Bearer, createBearer } from '../../http/bearer.ts'
import type { Grant } from './grant.ts'

/** One token for all requests of a session. */
export interface Tokens extends Bearer {
  /** Scopes that are not delegated to the service account; known after the first `token`. */
  lacking(): readonly string[]
}

/**
 * Google gives no token at all when one of the scopes is not delegated. Then each is tried alone, once, so that the rest
 * works and the missing ones can be named.
 */
export function createTokens(grant: Grant, scopes: readonly string[], clock: Clock): Tokens {
  let wanted = scopes

  function fetchToken() {
    return grant.fetch(wanted).catch(async (error: unknown) => {
      if (!isNotDelegated(error) || wanted.length < 2) throw error
      const delegated = await onlyDelegated()
      if (delegated.length === 0) throw error
      wanted = delegated
      return grant.fetch(wanted)
    })
  }

  async function onlyDelegated(): Promise<string[]> {
    const delegated: string[] = []
    for (const scope of wanted) {
      try {
        await grant.fetch([scope])
        delegated.push(scope)
      } catch (error) {
        if (!isNotDelegated(error)) throw error
      }
    }
    return delegated
  }

  return {
    ...createBearer(clock, fetchToken),
    lacking: () => scopes.filter(scope => !wanted.includes(scope)),
  }
}

function isNotDelegated(error: unknown): boolean {
  return isK1Error(error) && error.facts.error === 'unauthorized_client'
}
