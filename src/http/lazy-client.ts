import type { HttpClient } from './request.ts'

/** A client that is made for its first request: a session of a thousand has several that are never asked. */
export function lazyClient(make: () => HttpClient): HttpClient {
  let made: HttpClient | undefined
  return {
    request(spec) {
      made ??= make()
      return made.request(spec)
    },
    close: async () => made?.close(),
  }
}
