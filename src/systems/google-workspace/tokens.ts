import { isK1Error } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import type { Grant } from './grant.ts'

/** One token for all requests of a session. */
export interface Tokens {
  get(): Promise<string>
  /** After a 401: false when there is nothing else to sign with. `refused` is the header that was sent. */
  renew(refused: string | undefined): Promise<boolean>
  /** Scopes that are not delegated to the service account; known after the first `get`. */
  lacking(): readonly string[]
}

/** So long before its end a token is replaced. */
const marginMs = 60_000

/**
 * Google gives no token at all when one of the scopes is not delegated. Then each is tried alone, once, so that the rest
 * works and the missing ones can be named.
 */
export function createTokens(grant: Grant, scopes: readonly string[], clock: Clock): Tokens {
  let wanted = scopes
  let current: { token: string; until: number } | undefined
  let fetching: Promise<string> | undefined

  async function fetchToken(): Promise<string> {
    const begun = clock.now().getTime()
    const { token, seconds } = await grant.fetch(wanted).catch(async (error: unknown) => {
      if (!isNotDelegated(error) || wanted.length < 2) throw error
      const delegated = await onlyDelegated()
      if (delegated.length === 0) throw error
      wanted = delegated
      return grant.fetch(wanted)
    })
    current = { token, until: begun + seconds * 1000 - marginMs }
    return token
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

  function get(): Promise<string> {
    if (current !== undefined && clock.now().getTime() < current.until) return Promise.resolve(current.token)
    fetching ??= fetchToken().finally(() => {
      fetching = undefined
    })
    return fetching
  }

  return {
    get,
    async renew(refused) {
      if (current !== undefined && `Bearer ${current.token}` === refused) current = undefined
      await get()
      return true
    },
    lacking: () => scopes.filter(scope => !wanted.includes(scope)),
  }
}

function isNotDelegated(error: unknown): boolean {
  return isK1Error(error) && error.facts.error === 'unauthorized_client'
}
