import type { Entry as LdapEntry } from 'ldapts'
import { K1Error } from '../../core/errors.ts'
import { Entry } from './entry.ts'

type Values = readonly (string | Buffer)[]

/** Reads attributes of one entry, by exactly these names. `binary`: names whose values are bytes. */
type ReadOne = (dn: string, attributes: readonly string[], binary: readonly string[]) => Promise<LdapEntry | undefined>

const first = /^(.+);range=0-(\d+|\*)$/i
/** A controller that never comes to an end is not read for ever. */
const mostPortions = 10_000

/**
 * An entry with all values of its attributes. Of many values a controller gives the first portion only, under a name that
 * says so (`memberOf;range=0-1499`, MS-ADTS 3.1.1.3.1.3.3): the others are asked for, so that no list is taken for whole
 * that was cut.
 * @throws K1Error `contract` where the rest does not come
 */
export async function wholeEntry(found: LdapEntry, isBinary: (name: string) => boolean, read: ReadOne): Promise<Entry> {
  const cut = Object.keys(found).filter(key => first.test(key))
  if (cut.length === 0) return new Entry(found)
  const attributes = new Map(Object.entries(found))
  for (const key of cut) {
    const [, name = key, last = '*'] = first.exec(key) ?? []
    const size = last === '*' ? Number.POSITIVE_INFINITY : Number(last) + 1
    attributes.delete(key)
    const values = await allValues(found.dn, name, size, isBinary(name), read)
    for (const plain of [...attributes.keys()].filter(one => one.toLowerCase() === name.toLowerCase())) {
      attributes.delete(plain)
    }
    attributes.set(name, [...values] as string[] | Buffer[])
  }
  return new Entry({ ...Object.fromEntries(attributes), dn: found.dn })
}

async function allValues(dn: string, name: string, size: number, isBytes: boolean, read: ReadOne): Promise<Values> {
  const values: (string | Buffer)[] = []
  for (let portion = 0; portion < mostPortions; portion++) {
    const from = values.length
    const to = Number.isFinite(size) ? String(from + size - 1) : '*'
    // The last portion comes under a name of its own.
    const names = [`${name};range=${from}-${to}`, `${name};range=${from}-*`]
    const entry = await read(dn, names.slice(0, 1), isBytes ? names : [])
    const [key, answer] = Object.entries(entry ?? {}).find(([one, value]) => isPortion(one, value, name, from)) ?? []
    if (key === undefined || answer === undefined) break
    values.push(...(Array.isArray(answer) ? answer : [answer]))
    if (key.endsWith('-*')) return values
  }
  throw new K1Error('contract', `Active Directory shows only the first ${values.length} values of ${name} of ${dn}.`, {
    hint: 'Nothing was concluded from them. Try again; where it stays so, the controller does not give ranges of values.',
    facts: { system: 'Active Directory', method: 'SEARCH', path: dn, field: name },
  })
}

function isPortion(key: string, value: LdapEntry[string], name: string, from: number): boolean {
  const isNamed = key.toLowerCase().startsWith(`${name.toLowerCase()};range=${from}-`)
  return isNamed && !(Array.isArray(value) && value.length === 0)
}
