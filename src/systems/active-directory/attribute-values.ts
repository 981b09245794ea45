import { z } from 'zod'
import type { Directory } from './directory.ts'
import { guidBase, guidText } from './ids.ts'
import { isSameDn } from './names.ts'

/** Attributes whose value is another entry's name, which changes when that one is moved (MS-ADA1 to 3, syntax 2.5.5.1). */
const naming: ReadonlySet<string> = new Set(['manager', 'secretary', 'assistant', 'seealso', 'managedby', 'owner'])

/** Text where it is text; a name of an entry with the id that stays; otherwise (a photo) base64. */
export const valueShape = z.union([
  z.string(),
  z.object({ dn: z.string(), id: z.string() }),
  z.object({ base64: z.string() }),
])

export type Value = z.infer<typeof valueShape>

/** Of these attributes those that have a value, by name. */
export async function readAttributes(
  directory: Directory,
  target: string,
  names: readonly string[],
): Promise<Record<string, Value[]>> {
  const entry = names.length === 0 ? null : await directory.read(target, { attributes: names, binary: names })
  const read = names.map(async name => [name, await readValues(directory, name, entry?.allBytes(name) ?? [])] as const)
  return Object.fromEntries((await Promise.all(read)).filter(([, values]) => values.length > 0))
}

/** Values as they can be given back, also after the entry that one names was moved. */
function readValues(directory: Directory, name: string, values: readonly Buffer[]): Promise<Value[]> {
  return Promise.all(values.map(bytes => readValue(directory, name, bytes)))
}

async function readValue(directory: Directory, name: string, bytes: Buffer): Promise<Value> {
  const text = bytes.toString('utf8')
  if (!Buffer.from(text).equals(bytes)) return { base64: bytes.toString('base64') }
  if (!naming.has(name.toLowerCase())) return text
  const entry = await directory.read(text, { attributes: ['objectGUID'] })
  const id = entry?.bytes('objectGUID')
  return id === undefined ? text : { dn: text, id: guidText(id) }
}

/** As it is written: by its id where it has one (MS-ADTS 3.1.1.3.1.2.4). */
export function writtenValue(value: Value): Buffer {
  if (typeof value === 'string') return Buffer.from(value)
  return 'id' in value ? Buffer.from(guidBase(value.id) ?? value.dn) : Buffer.from(value.base64, 'base64')
}

/** Of a name, the id decides: it may have been moved meanwhile. Earlier versions kept the name alone. */
export function areSameValues(some: readonly Value[] | undefined, others: readonly Value[]): boolean {
  const open = [...(some ?? [])]
  for (const other of others) {
    const at = open.findIndex(one => isSame(one, other))
    if (at < 0) return false
    open.splice(at, 1)
  }
  return open.length === 0
}

function isSame(one: Value, other: Value): boolean {
  if (typeof one === 'string') return typeof other === 'string' ? one === other : isSame(other, one)
  if ('base64' in one) return typeof other === 'object' && 'base64' in other && other.base64 === one.base64
  if (typeof other === 'string') return isSameDn(one.dn, other)
  return 'id' in other && other.id === one.id
}
