import { K1Error } from '../../core/errors.ts'

export interface Page<T> {
  totalResults: number
  Resources?: T[] | null | undefined
}

/** A server that never stops sending what is new would be read for ever. */
const mostPages = 10_000

/**
 * All resources of a list, each once, page by page (RFC 7644, 3.4.2.4). A server may send fewer than asked for: it goes
 * on behind what came.
 * @param fetch the page from this index on, 1 for the first
 * @throws K1Error `contract` when the server ends before the total that it announced: an incomplete list proves nothing
 */
export async function* readPages<T extends { id: string }>(
  fetch: (startIndex: number) => Promise<Page<T>>,
  title: string,
  path: string,
): AsyncGenerator<T> {
  const seen = new Set<string>()
  let startIndex = 1
  for (let page = 0; page < mostPages; page++) {
    const { totalResults, Resources } = await fetch(startIndex)
    const resources = Resources ?? []
    const before = seen.size
    for (const resource of resources) {
      if (seen.has(resource.id)) continue
      seen.add(resource.id)
      yield resource
    }
    startIndex += resources.length
    if (startIndex > totalResults) return
    if (seen.size === before) throw incomplete(title, path, totalResults, seen.size)
  }
  throw incomplete(title, path, Number.POSITIVE_INFINITY, seen.size)
}

function incomplete(title: string, path: string, total: number, got: number): K1Error {
  const told = Number.isFinite(total) ? `announced ${total} entries` : 'never came to the end'
  return new K1Error('contract', `${title} ${told} at ${path}, but sent only ${got} different ones.`, {
    hint: 'Its SCIM endpoint does not page as RFC 7644 says. Tell whoever runs it; nothing was concluded from the list.',
    facts: { method: 'GET', path, got, ...(Number.isFinite(total) ? { total } : {}) },
  })
}
