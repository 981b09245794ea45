import type { Account } from '../core/account.ts'
import { asK1Error } from '../core/errors.ts'
import { inLanes } from '../engine/lanes.ts'
import { foldWord } from '../offboarding/guard.ts'
import type { Reachable } from '../offboarding/unit.ts'
import { concurrency } from './change.ts'

/** Somebody's account that a search came upon. */
export interface Hit {
  tenant: string
  system: string
  account: Account
}

export interface SearchResult {
  hits: Hit[]
  /** Where nobody could be looked for, and why. */
  failures: { tenant: string; title: string; why: string }[]
}

/** So many are shown for each system: who searches for "a" wants to know that it is too short. */
const mostEach = 50

/** Every account of these systems whose name, e-mail or log-in holds all words. Reads only; a system that fails is told. */
export async function searchPeople(
  places: readonly Reachable[],
  fits: (account: Account) => boolean,
  asking: (title: string) => () => void = () => () => undefined,
): Promise<SearchResult> {
  const result: SearchResult = { hits: [], failures: [] }
  const found = await inLanes(
    places.filter(place => place.open),
    place => `${place.tenant}/${place.id}`,
    concurrency,
    async ({ tenant, id, title, open }) => {
      const answered = asking(title)
      const hits: Hit[] = []
      try {
        const session = await open?.()
        for await (const account of session?.people?.list() ?? []) {
          if (fits(account)) hits.push({ tenant, system: id, account })
          if (hits.length >= mostEach) break
        }
      } catch (error) {
        result.failures.push({ tenant, title, why: asK1Error(error).message })
      } finally {
        answered()
      }
      return hits
    },
  )
  return { ...result, hits: found.flat() }
}

/** Does somebody have all of these words in name, e-mail or log-in? Case and invisible letters make no difference. */
export function havingWords(text: string): (account: Account) => boolean {
  const words = foldWord(text).split(/\s+/).filter(Boolean)
  return ({ name, email, login }) => {
    const all = foldWord(`${name} ${email} ${login}`)
    return words.every(word => all.includes(word))
  }
}
