import { isK1Error, K1Error } from '../../core/errors.ts'

export interface Page<T> {
  totalResults: number
  Resources?: T[] | null | undefined
}

/** A server that never stops sending what is new would be read for ever. */
const mostOfAll = 10_000

/**
 * All resources of a list, each once, page by page (RFC 7644, 3.4.2.4). A server may send fewer than asked for: it goes
 * on behind what came.
 * @param fetch the page from this index on, 1 for the first
 * @param isSure the server is known to tell the whole total; else the end is asked for once more
 * @throws K1Error `contract` when the server ends before the total that it announced: an incomplete list proves nothing
 */
export async function* readPages<T extends { id: string }>(
  fetch: (startIndex: number) => Promise<Page<T>>,
  title: string,
  path: string,
  { isSure, mostPages = mostOfAll }: { isSure: boolean; mostPages?: number },
): AsyncGenerator<T> {
  const seen = new Set<string>()
  const fresh = (resources: readonly T[]): T[] => {
    const some = [...new Map(resources.map(one => [one.id, one])).values()].filter(({ id }) => !seen.has(id))
    for (const { id } of some) seen.add(id)
    return some
  }
  let startIndex = 1
  for (let page = 0; page < mostPages; page++) {
    const { totalResults, Resources } = await fetch(startIndex)
    const resources = Resources ?? []
    const found = fresh(resources)
    yield* found
    startIndex += resources.length
    if (startIndex <= totalResults) {
      if (found.length === 0) throw incomplete(title, path, totalResults, seen.size)
      continue
    }
    if (isSure || seen.size === 0) return
    // A server that cuts its lists, and calls what it sent the total, is found out by asking from the last one on: one
    // that pages sends that one alone.
    const rest = (await fetch(startIndex - 1)).Resources ?? []
    const more = fresh(rest)
    yield* more
    if (rest.length <= 1 && more.length === 0) return
    if (more.length === 0) throw incomplete(title, path, totalResults, seen.size)
    startIndex += rest.length - 1
  }
  throw incomplete(title, path, Number.POSITIVE_INFINITY, seen.size)
}

/** Is that what `readPages` says of a list that is not whole? */
export function isIncomplete(error: unknown): boolean {
  return isK1Error(error) && incompletes.has(error)
}

const incompletes = new WeakSet<K1Error>()

function incomplete(title: string, path: string, total: number, got: number): K1Error {
  const told =
    total <= got
      ? `sends the same ${got} entries again when it is asked for more`
      : Number.isFinite(total)
        ? `announced ${total} entries`
        : 'never came to the end'
  const sentence = `${title} ${told} at ${path}, ${total <= got ? 'so nobody knows whether that is all' : `but sent only ${got} different ones`}.`
  const error = new K1Error('contract', sentence, {
    hint: 'Its SCIM endpoint does not page as RFC 7644 says. Tell whoever runs it; nothing was concluded from the list.',
    facts: { method: 'GET', path, got, ...(Number.isFinite(total) ? { total } : {}) },
  })
  incompletes.add(error)
  return error
}
