import { badRequest, type GraphRequest, isObject } from './answers.ts'

/** The members that `$select` names; all where there is no `$select`. Annotations always stay. */
export function select(item: object, query: URLSearchParams): Record<string, unknown> {
  const wanted = query.get('$select')?.split(',')
  return Object.fromEntries(
    Object.entries(item).filter(([name]) => name.startsWith('@') || wanted === undefined || wanted.includes(name)),
  )
}

/**
 * A collection, filtered, cut into pages and reduced to what `$select` names.
 * @param most the largest page that is given, whatever `$top` says
 */
export function page(items: readonly object[], { query, base, segments }: GraphRequest, most: number): object {
  const found = items.filter(item => matches(item, query.get('$filter')))
  const top = Math.min(Number(query.get('$top') ?? most), most)
  if (!Number.isInteger(top) || top < 1) throw badRequest('Invalid page size specified.')
  const from = Number(query.get('$skiptoken') ?? 0)
  const value = found.slice(from, from + top).map(item => select(item, query))
  const count = query.get('$count') === 'true' ? { '@odata.count': found.length } : {}
  if (from + top >= found.length) return { '@odata.context': `${base}/$metadata`, ...count, value }
  const next = new URLSearchParams(query)
  next.set('$skiptoken', String(from + top))
  const link = `${base}/${segments.map(encodeURIComponent).join('/')}?${next}`
  return { '@odata.context': `${base}/$metadata`, ...count, '@odata.nextLink': link, value }
}

function matches(item: object, filter: string | null): boolean {
  if (filter === null) return true
  return split(filter, ' or ').some(either => split(either, ' and ').every(part => holds(item, part.trim())))
}

/** Cuts at a word that stands outside of quotation marks. */
function split(text: string, word: string): string[] {
  const parts: string[] = []
  let quoted = false
  let from = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "'") quoted = !quoted
    if (quoted || !text.startsWith(word, at)) continue
    parts.push(text.slice(from, at))
    from = at + word.length
  }
  return [...parts, text.slice(from)]
}

const comparison = /^([\w/]+) (eq|ne) (?:'((?:[^']|'')*)'|(true|false|null))$/
const startsWith = /^startswith\((\w+),'((?:[^']|'')*)'\)$/
const anyOf = /^(\w+)\/any\((\w+):\2 eq '((?:[^']|'')*)'\)$/

function holds(item: object, part: string): boolean {
  const any = anyOf.exec(part)
  if (any !== null) {
    const values: unknown = memberOf(item, any[1] ?? '')
    return Array.isArray(values) && values.some(value => same(value, unquoted(any[3])))
  }
  const start = startsWith.exec(part)
  if (start !== null) {
    const value = memberOf(item, start[1] ?? '')
    return typeof value === 'string' && value.toLowerCase().startsWith(unquoted(start[2]).toLowerCase())
  }
  const one = comparison.exec(part)
  if (one === null) throw badRequest(`Invalid filter clause: ${part}`, 'BadRequest')
  const value = memberOf(item, one[1] ?? '')
  const equal = one[4] === undefined ? same(value, unquoted(one[3])) : String(value) === one[4]
  return one[2] === 'eq' ? equal : !equal
}

function unquoted(text = ''): string {
  return text.replaceAll("''", "'")
}

function same(value: unknown, wanted: string): boolean {
  return typeof value === 'string' && value.toLowerCase() === wanted.toLowerCase()
}

function memberOf(item: object, path: string): unknown {
  let value: unknown = item
  for (const name of path.split('/')) value = isObject(value) ? value[name] : undefined
  return value
}
