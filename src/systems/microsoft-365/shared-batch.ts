import type { Clock } from '../../core/ports.ts'
import type { HttpClient } from '../../http/client.ts'
import { type BatchPart, mostParts, type PartAnswer, postBatch } from './batch.ts'
import { type Company, createCompany } from './company.ts'

/** A leaver, and who gets what they had, are few: what is asked for of them is asked for at once. */
const manyPeople = 3
const briefMs = 25
const shortestMs = 100
const longestMs = 400

/**
 * Readings that are asked for together, in one request; each has its own failure, and none was tried twice. Where many
 * people are looked at, what is asked for waits for company about as long as the last answer took, so that slow answers,
 * which leave more to ask for, are fewer.
 */
export function createSharedBatch(http: HttpClient, clock: Clock): Company<BatchPart, PartAnswer> {
  const people = new Set<string>()
  let pauseMs = shortestMs

  const company = createCompany<BatchPart, PartAnswer>(clock, {
    most: mostParts,
    pauseMs: () => (people.size < manyPeople ? briefMs : pauseMs),
    async send(parts) {
      const begun = clock.now().getTime()
      try {
        return [...(await postBatch(http, clock, parts, [...parts.keys()])).values()]
      } finally {
        pauseMs = Math.min(Math.max(shortestMs, clock.now().getTime() - begun), longestMs)
      }
    },
  })

  /** What is asked of several people at once is a search, and none of them leaves. */
  function note(parts: readonly BatchPart[]): void {
    const [id, ...others] = new Set(parts.flatMap(({ url }) => /^\/users\/([^/?]+)/.exec(url)?.[1] ?? []))
    if (id !== undefined && others.length === 0 && people.size < manyPeople) people.add(id)
  }

  return {
    join(parts) {
      note(parts)
      return company.join(parts)
    },
  }
}
