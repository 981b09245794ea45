import { type Document, isMap, isScalar, isSeq, type ParsedNode, parseDocument, type YAMLMap } from 'yaml'
import { insertInto } from './insert.ts'
import type { AcceptedEntry } from './schema.ts'

/**
 * The text of a posture file with an acceptance in it, beside the rules of its module and tenant; one that was there for
 * the same deviation is replaced. The text has been read without a complaint. Where lines can be put in, every other
 * line stays as it is; else the file is laid out anew, with its comments.
 */
export function withAcceptance(
  text: string,
  { tenant, system }: { tenant: string; system: string },
  entry: AcceptedEntry,
): string {
  const document = parse(text)
  const inserted = insertInto(text, document, ['tenants', tenant, system, 'accepted'], entry)
  put(document, tenant, system, entry)
  if (inserted !== undefined && isSame(parse(inserted), document)) return inserted
  return document.toString({ lineWidth: 0, ...styleOf(text) })
}

function parse(text: string): Document.Parsed {
  return parseDocument(text, { version: '1.2', logLevel: 'silent' })
}

function isSame(one: Document.Parsed, other: Document.Parsed): boolean {
  return one.errors.length === 0 && JSON.stringify(one.toJS()) === JSON.stringify(other.toJS())
}

function put(document: Document<ParsedNode>, tenant: string, system: string, entry: AcceptedEntry): void {
  const tenants = mapAt(document, document.contents, 'tenants')
  const module = mapAt(document, mapAt(document, tenants, tenant), system)
  const list = module.get('accepted', true)
  if (!isSeq(list)) {
    module.set('accepted', document.createNode([entry]))
    return
  }
  const at = list.items.findIndex(item => isMap(item) && item.get('deviation') === entry.deviation)
  const node = document.createNode(entry)
  if (at === -1) list.items.push(node)
  else list.items[at] = node
}

/** The map under a key, in whatever case the key is written; made where there is none. */
function mapAt(document: Document<ParsedNode>, parent: unknown, key: string): YAMLMap {
  if (!isMap(parent)) {
    const top = document.createNode({})
    document.contents = top as unknown as ParsedNode
    return mapAt(document, top, key)
  }
  const pair = parent.items.find(item => isScalar(item.key) && isKey(item.key.value, key))
  if (pair && isMap(pair.value)) return pair.value
  const made = document.createNode({}) as YAMLMap
  if (pair) pair.value = made
  else parent.set(key, made)
  return made
}

function isKey(value: unknown, key: string): boolean {
  return String(value).toLowerCase() === key.toLowerCase()
}

/** As the file was written: how far it indents, and whether lists are, too. */
function styleOf(text: string): { indent: number; indentSeq: boolean; flowCollectionPadding: boolean } {
  const indent = /^( +)\S/m.exec(text)?.[1]?.length ?? 2
  const list = /^( *)[^\s#-][^\n]*:[ \t]*\n( *)- /m.exec(text)
  return {
    indent: indent >= 1 && indent <= 8 ? indent : 2,
    indentSeq: list ? (list[2]?.length ?? 0) > (list[1]?.length ?? 0) : true,
    flowCollectionPadding: !/[:-] \{\S/.test(text),
  }
}
