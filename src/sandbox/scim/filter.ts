import { type Attribute, attributeNamed } from './schema.ts'
import { ScimError } from './scim-error.ts'

export type Resource = Record<string, unknown>

/** A value that a filter asks for at a path (`emails.value`); in lower case where case does not count. */
export interface Key {
  path: string
  value: string
}

export interface Filter {
  (resource: Resource): boolean
  /** What fits has at least one of them; absent where anything may fit. */
  keys?: readonly Key[]
}

/** An attribute, and below it a sub-attribute: `name.givenName`. */
export interface AttributePath {
  attribute: Attribute
  sub?: Attribute
}

type Value = string | boolean | null

const tokenPattern = /\s*(?:("(?:[^"\\]|\\.)*")|([A-Za-z$][\w:.$-]*)|([()[\]]))/y

const comparisons: Record<string, (actual: string, wanted: string) => boolean> = {
  eq: (actual, wanted) => actual === wanted,
  co: (actual, wanted) => actual.includes(wanted),
  sw: (actual, wanted) => actual.startsWith(wanted),
  ew: (actual, wanted) => actual.endsWith(wanted),
}

/** @throws ScimError 400 invalidFilter, also for an attribute that the resource cannot have */
export function parseFilter(text: string, attributes: readonly Attribute[], urn: string): Filter {
  const tokens = tokensOf(text)
  let at = 0
  const peek = () => tokens[at]?.toLowerCase()
  const take = (): string => {
    const token = tokens[at++]
    if (token === undefined) throw broken('it ends too early')
    return token
  }
  const expect = (token: string) => {
    const found = take()
    if (found !== token) throw broken(`${token} expected instead of ${found}`)
  }

  const either = (): Filter => {
    let left = both()
    while (peek() === 'or') {
      take()
      left = anyOf(left, both())
    }
    return left
  }
  const both = (): Filter => {
    let left = term()
    while (peek() === 'and') {
      take()
      left = allOf(left, term())
    }
    return left
  }
  const term = (): Filter => {
    if (peek() === 'not') {
      take()
      const inner = group()
      return resource => !inner(resource)
    }
    return peek() === '(' ? group() : comparison()
  }
  const group = (): Filter => {
    expect('(')
    const inner = either()
    expect(')')
    return inner
  }
  const comparison = (): Filter => {
    const name = take()
    const path = resolvePath(name, attributes, urn)
    if (!path) throw broken(`there is no attribute ${name}`)
    if (peek() === '[') return some(path)
    const operator = take().toLowerCase()
    if (operator === 'pr') return resource => valuesAt(resource, path).some(value => value !== '')
    return compare(path, operator, literalOf(take()))
  }
  /** `emails[type eq "work" and value co "@"]`: one and the same element must fit. */
  const some = ({ attribute, sub }: AttributePath): Filter => {
    if (attribute.type !== 'complex' || sub) throw broken(`${attribute.name} takes no [ ]`)
    take()
    const start = at
    let depth = 1
    while (depth > 0) {
      const token = take()
      if (token === '[') depth += 1
      if (token === ']') depth -= 1
    }
    const inner = parseFilter(tokens.slice(start, at - 1).join(' '), attribute.attributes ?? [], urn)
    return resource => elementsOf(resource[attribute.name]).some(inner)
  }

  const filter = either()
  if (at < tokens.length) throw broken(`${tokens[at] ?? ''} is too much`)
  return filter
}

/** Null when there is no such attribute. The schema's URN may stand before the name. */
export function resolvePath(text: string, attributes: readonly Attribute[], urn: string): AttributePath | null {
  const prefix = `${urn}:`.toLowerCase()
  const name = text.toLowerCase().startsWith(prefix) ? text.slice(prefix.length) : text
  const [first = '', second, ...rest] = name.split('.')
  const attribute = attributeNamed(attributes, first)
  if (!attribute || rest.length > 0) return null
  if (second === undefined) return { attribute }
  const sub = attributeNamed(attribute.attributes ?? [], second)
  return sub ? { attribute, sub } : null
}

export function elementsOf(value: unknown): Resource[] {
  const isResource = (one: unknown): one is Resource => typeof one === 'object' && one !== null
  return (Array.isArray(value) ? value : [value]).filter(isResource)
}

function compare(path: AttributePath, operator: string, wanted: Value): Filter {
  const leaf = leafOf(path)
  if (operator === 'ne') {
    const same = compare(path, 'eq', wanted)
    return resource => !same(resource)
  }
  const test = comparisons[operator]
  if (!test) throw broken(`${operator} is not supported`)
  if (wanted === null) {
    if (operator !== 'eq') throw broken(`${operator} cannot compare with null`)
    return resource => valuesAt(resource, path).length === 0
  }
  if (typeof wanted !== leaf.type) throw broken(`${leaf.name} is a ${leaf.type}`)
  if (typeof wanted === 'boolean') {
    if (operator !== 'eq') throw broken(`${operator} cannot compare true or false`)
    return resource => valuesAt(resource, path).includes(wanted)
  }
  const fold = (text: string) => (leaf.isCaseExact ? text : text.toLowerCase())
  const folded = fold(wanted)
  const isWanted = (value: unknown) => typeof value === 'string' && test(fold(value), folded)
  const filter: Filter =
    path.attribute.type === 'string' && !path.attribute.isMulti
      ? resource => isWanted(resource[path.attribute.name])
      : resource => valuesAt(resource, path).some(isWanted)
  const { attribute } = path
  const name = attribute === leaf ? attribute.name : `${attribute.name}.${leaf.name}`
  return operator === 'eq' ? Object.assign(filter, { keys: [{ path: name, value: folded }] }) : filter
}

/** `emails co "x"` means `emails.value co "x"`. */
function leafOf({ attribute, sub }: AttributePath): Attribute {
  if (attribute.type !== 'complex') return attribute
  const leaf = sub ?? attributeNamed(attribute.attributes ?? [], 'value')
  if (!leaf) throw broken(`${attribute.name} cannot be compared as a whole`)
  return leaf
}

function valuesAt(resource: Resource, { attribute, sub }: AttributePath): unknown[] {
  const value = resource[attribute.name]
  const isPlain = attribute.type !== 'complex'
  const name = sub?.name ?? (attribute.isMulti ? 'value' : null)
  const values = isPlain ? [value].flat() : elementsOf(value).map(element => (name === null ? element : element[name]))
  return values.filter(one => one !== undefined && one !== null)
}

function anyOf(left: Filter, right: Filter): Filter {
  const either: Filter = resource => left(resource) || right(resource)
  return left.keys && right.keys ? Object.assign(either, { keys: [...left.keys, ...right.keys] }) : either
}

function allOf(left: Filter, right: Filter): Filter {
  const both: Filter = resource => left(resource) && right(resource)
  const keys = left.keys ?? right.keys
  return keys ? Object.assign(both, { keys }) : both
}

function literalOf(token: string): Value {
  if (token === 'true' || token === 'false') return token === 'true'
  if (token === 'null') return null
  try {
    const value: unknown = JSON.parse(token)
    if (typeof value === 'string') return value
  } catch {}
  throw broken(`${token} is no value`)
}

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  const pattern = new RegExp(tokenPattern)
  const end = text.trimEnd().length
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex
    const match = pattern.exec(text)
    if (!match) throw broken(`it cannot be read from character ${from + 1} on`)
    tokens.push(match[1] ?? match[2] ?? match[3] ?? '')
  }
  return tokens
}

function broken(why: string): ScimError {
  return new ScimError(400, `The filter is not valid: ${why}.`, 'invalidFilter')
}
