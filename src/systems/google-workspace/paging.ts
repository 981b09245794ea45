import { guardPages } from '../../http/page-guard.ts'

interface Page<T> {
  items: readonly T[]
  next: string | undefined
}

/** Every item of a list that comes in pages. @throws K1Error `contract` when a page leads back to itself */
export async function* allPages<T>(fetch: (pageToken: string | undefined) => Promise<Page<T>>): AsyncGenerator<T> {
  const guard = guardPages('Google Workspace', 'a list', 'nextPageToken')
  for (let token: string | undefined; ; ) {
    const { items, next } = await fetch(token)
    yield* items
    if (next === undefined || next === '') return
    guard.goOn({ next })
    token = next
  }
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
