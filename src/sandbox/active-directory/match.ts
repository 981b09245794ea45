import { dnKey, fold, parseDn } from './dn.ts'
import type { Filter } from './filter.ts'
import { guidBytes, parseGuid, parseSid, sidBytes } from './identifiers.ts'
import { LdapFault } from './ldap-fault.ts'
import { groupsInChain, membersInChain } from './memberships.ts'
import { readValues } from './read-entry.ts'
import { type AttributeAbout, attributeAbout, categories } from './schema.ts'
import type { Entry, Tree } from './tree.ts'

const bitAnd = '1.2.840.113556.1.4.803'
const bitOr = '1.2.840.113556.1.4.804'
const inChain = '1.2.840.113556.1.4.1941'

/** True, false, or null for undefined: what the directory cannot tell (RFC 4511, 4.5.1.7). Only true matches. */
export function matches(tree: Tree, entry: Entry, filter: Filter): boolean | null {
  switch (filter.kind) {
    case 'and':
      return all(filter.parts.map(part => matches(tree, entry, part)))
    case 'or':
      return negate(all(filter.parts.map(part => negate(matches(tree, entry, part)))))
    case 'not':
      return negate(matches(tree, entry, filter.part))
    case 'present':
      return withAttribute(filter.attribute, about => readValues(tree, entry, about).length > 0)
    case 'equal':
    case 'about':
      return withAttribute(filter.attribute, about => equals(tree, entry, about, filter.value))
    case 'at-least':
    case 'at-most':
      return withAttribute(filter.attribute, about =>
        readValues(tree, entry, about).some(value => {
          const order = compare(about, value, filter.value)
          return filter.kind === 'at-least' ? order >= 0 : order <= 0
        }),
      )
    case 'substrings':
      return withAttribute(filter.attribute, about =>
        about.syntax !== 'text' ? null : readValues(tree, entry, about).some(value => isSubstring(value, filter)),
      )
    case 'extensible':
      return matchesExtensible(tree, entry, filter)
  }
}

/** @throws LdapFault 18 for what is only worked out when it is asked for by name (MS-ADTS 3.1.1.3.1.3.1) */
function withAttribute(name: string, judge: (about: AttributeAbout) => boolean | null): boolean | null {
  const about = attributeAbout(name)
  if (about?.writing === 'constructed') {
    throw new LdapFault('inappropriateMatching', `00000057: LdapErr: '${name}' cannot be in a filter`)
  }
  return about === undefined || about.writing === 'secret' ? null : judge(about)
}

/** Also what a modification compares values by. */
export function keyOf(tree: Tree, { name, syntax }: AttributeAbout, value: Buffer): string | null {
  const text = value.toString('utf8')
  switch (syntax) {
    case 'text':
    case 'oid':
      return fold(text)
    case 'integer':
      return isInteger(text) ? String(BigInt(text)) : null
    case 'boolean':
    case 'time':
      return text.toUpperCase()
    case 'dn':
    case 'link':
      return dnKeyOf(tree, name, text)
    case 'guid':
    case 'sid':
      return identifierBytes(syntax, text, value).toString('hex')
    case 'bytes':
      return value.toString('hex')
  }
}

/** Filters may also give the two as people write them: a GUID with dashes, a SID that begins with `S-`. */
function identifierBytes(syntax: 'guid' | 'sid', text: string, value: Buffer): Buffer {
  const guid = syntax === 'guid' && text.includes('-') ? parseGuid(text) : null
  const sid = syntax === 'sid' && /^S-/i.test(text) ? parseSid(text) : null
  return guid === null ? (sid === null ? value : sidBytes(sid)) : guidBytes(guid)
}

function equals(tree: Tree, entry: Entry, about: AttributeAbout, value: Buffer): boolean | null {
  const wanted = keyOf(tree, about, value)
  if (wanted === null) return null
  return readValues(tree, entry, about).some(one => keyOf(tree, about, one) === wanted)
}

function compare({ syntax }: AttributeAbout, left: Buffer, right: Buffer): number {
  const [one, two] = [left.toString('utf8'), right.toString('utf8')]
  if (syntax === 'integer') {
    if (!isInteger(two)) return Number.NaN
    return BigInt(one) < BigInt(two) ? -1 : BigInt(one) > BigInt(two) ? 1 : 0
  }
  return fold(one) < fold(two) ? -1 : fold(one) > fold(two) ? 1 : 0
}

function isSubstring(value: Buffer, { start, middle, end }: Extract<Filter, { kind: 'substrings' }>): boolean {
  const text = fold(value.toString('utf8'))
  const first = start === null ? '' : fold(start.toString('utf8'))
  const last = end === null ? '' : fold(end.toString('utf8'))
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of middle) {
    const wanted = fold(part.toString('utf8'))
    const found = text.indexOf(wanted, at)
    if (found < 0) return false
    at = found + wanted.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

function matchesExtensible(tree: Tree, entry: Entry, filter: Extract<Filter, { kind: 'extensible' }>): boolean | null {
  const { rule, attribute, value } = filter
  if (attribute === null) return null
  return withAttribute(attribute, about => {
    if (rule === null) return equals(tree, entry, about, value)
    if (rule === inChain) return isInChain(tree, entry, about, value.toString('utf8'))
    const text = value.toString('utf8')
    if ((rule !== bitAnd && rule !== bitOr) || about.syntax !== 'integer' || !isInteger(text)) return null
    const mask = BigInt(text)
    return readValues(tree, entry, about).some(one => {
      const bits = BigInt(one.toString('utf8')) & mask
      return rule === bitAnd ? bits === mask : bits !== 0n
    })
  })
}

function isInChain(tree: Tree, entry: Entry, { name }: AttributeAbout, dn: string): boolean | null {
  const parts = parseDn(dn)
  const other = parts === null ? undefined : tree.find(dn)
  if (other === undefined) return parts === null ? null : false
  if (name === 'member') return membersInChain(tree, entry).includes(other)
  return name === 'memberOf' ? groupsInChain(tree, entry).includes(other) : null
}

function dnKeyOf(tree: Tree, attribute: string, text: string): string | null {
  const category = attribute === 'objectCategory' ? categories[text.toLowerCase()] : undefined
  if (category !== undefined) return categoryKey(tree, category)
  const parts = parseDn(text)
  return parts === null ? null : dnKey(parts)
}

function categoryKey(tree: Tree, name: string): string {
  const above = ['Schema', 'Configuration'].map(value => ({ type: 'CN', value }))
  return dnKey([{ type: 'CN', value: name }, ...above, ...tree.base])
}

function isInteger(text: string): boolean {
  return /^-?\d{1,19}$/.test(text)
}

function all(parts: readonly (boolean | null)[]): boolean | null {
  if (parts.includes(false)) return false
  return parts.includes(null) ? null : true
}

function negate(value: boolean | null): boolean | null {
  return value === null ? null : !value
}
