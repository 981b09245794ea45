import { type Document, isCollection, isMap, isScalar, isSeq, stringify } from 'yaml'

/**
 * The text with one more item in the list under a path, put in as lines of its own below what is there; undefined where
 * that cannot be (what is there is written on one line, or is no map).
 */
export function insertInto(
  text: string,
  document: Document.Parsed,
  path: readonly string[],
  item: unknown,
): string | undefined {
  let node: unknown = document.contents
  let left = [...path]
  for (const key of path) {
    if (!isMap(node)) break
    const pair = node.items.find(one => isScalar(one.key) && String(one.key.value).toLowerCase() === key.toLowerCase())
    if (!pair) break
    // Of a key without a value nothing can be said to be below it.
    if (!isCollection(pair.value)) return undefined
    node = pair.value
    left = left.slice(1)
  }
  const isList = isSeq(node)
  if (!isCollection(node) || node.flow || isList !== (left.length === 0)) return undefined
  const offset = isList ? dashBefore(text, node.range?.[0] ?? 0) : (node.range?.[0] ?? 0)
  const indent = offset - (text.lastIndexOf('\n', offset - 1) + 1)
  if (text.slice(offset - indent, offset).trim() !== '') return undefined
  const nested = left.reduceRight<unknown>((inner, key) => ({ [key]: inner }), [item])
  const lines = stringify(nested, { lineWidth: 0, version: '1.2' })
    .trimEnd()
    .split('\n')
    .map(line => `${' '.repeat(indent)}${line}\n`)
  const end = lineAfter(text, endOf(node))
  const before = text.slice(0, end)
  return `${before}${before.endsWith('\n') ? '' : '\n'}${lines.join('')}${text.slice(end)}`
}

/** Where the dash of a list's first item stands. */
function dashBefore(text: string, offset: number): number {
  return text[offset] === '-' ? offset : text.lastIndexOf('-', offset)
}

/** Where the last thing that is written in a node ends. */
function endOf(node: unknown): number {
  if (isCollection(node) && !node.flow) {
    const last: unknown = node.items.at(-1)
    if (last !== undefined && isPair(last)) return endOf(last.value ?? last.key)
    if (last !== undefined) return endOf(last)
  }
  return typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range)
    ? Number(node.range[1])
    : 0
}

function isPair(value: unknown): value is { key: unknown; value: unknown } {
  return typeof value === 'object' && value !== null && 'key' in value && 'value' in value
}

/** The beginning of the line after the one in which `offset` ends. */
function lineAfter(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset
  const end = text.indexOf('\n', offset)
  return end === -1 ? text.length : end + 1
}
