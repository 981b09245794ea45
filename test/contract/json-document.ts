export type Json = null | boolean | number | string | Json[] | { [member: string]: Json }

/** What a JSON pointer (RFC 6901) points at. */
export function at(document: Json, pointer: string): Json | undefined {
  let here: Json | undefined = document
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof here !== 'object' || here === null) return undefined
    here = Array.isArray(here) ? here[Number(name)] : here[name]
  }
  return here
}

export function membersOf(value: Json | undefined): [string, Json][] {
  return typeof value === 'object' && value !== null ? Object.entries<Json>(value) : []
}

/** Every object of the document, with where it is. */
export function* objectsOf(value: Json, where = '#'): Generator<{ where: string; here: { [member: string]: Json } }> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield { where, here: value }
  for (const [name, below] of Object.entries(value)) {
    yield* objectsOf(below, `${where}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`)
  }
}
