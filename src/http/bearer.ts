import type { Clock } from '../core/ports.ts'

/** One access token for all requests of a session. */
export interface Bearer {
  /** The token, fetched or renewed as needed; side by side, callers share one fetch. */
  token(): Promise<string>
  authorize(headers: Record<string, string>): Promise<void>
  /** After a 401, with the headers that were refused: gets another token, unless somebody else already has. */
  renew(refused: Readonly<Record<string, string>>): Promise<boolean>
}

/** A token is replaced this long before it ends, so that it does not end on its way. */
const marginMs = 60_000

/** @param fetch asks for a token; `seconds` is how long it lasts from when it was asked for */
export function createBearer(clock: Clock, fetch: () => Promise<{ token: string; seconds: number }>): Bearer {
  let current: { token: string; endsAt: number } | undefined
  let fetching: Promise<string> | undefined

  async function fetchToken(): Promise<string> {
    const asked = clock.now().getTime()
    const { token, seconds } = await fetch()
    current = { token, endsAt: asked + seconds * 1000 - marginMs }
    return token
  }

  async function token(): Promise<string> {
    if (current !== undefined && clock.now().getTime() < current.endsAt) return current.token
    fetching ??= fetchToken().finally(() => {
      fetching = undefined
    })
    return fetching
  }

  return {
    token,
    async authorize(headers) {
      headers.authorization = `Bearer ${await token()}`
    },
    async renew(refused) {
      if (current !== undefined && refused.authorization === `Bearer ${current.token}`) current = undefined
      await token()
      return true
    },
  }
}
