import type { Access } from './access.ts'
import { isEnabled } from './account-control.ts'
import type { SeenEntry } from './answer.ts'
import { sidBytes } from './identifiers.ts'
import { LdapFault } from './ldap-fault.ts'
import { groupsNaming, linkedFrom, tokenGroups } from './memberships.ts'
import { type AttributeAbout, attributeAbout } from './schema.ts'
import { type Entry, isDeleted, sidOf, type Tree, textOf } from './tree.ts'

export interface Reader {
  tree: Tree
  access: Access
  who: Entry
  /** How many values of one attribute are given at once. */
  valueLimit: number
  /** `tokenGroups` can only be asked of one entry. */
  isBase: boolean
}

/** What is kept, or follows from links: everything but what only exists for whoever asks. */
export function readValues(tree: Tree, entry: Entry, { name, syntax, writing }: AttributeAbout): Buffer[] {
  const dns = (entries: readonly Entry[]) => entries.map(one => Buffer.from(tree.dnOf(one), 'utf8'))
  if (writing === 'secret' || writing === 'constructed') return []
  if (name === 'distinguishedName') return dns([entry])
  if (writing === 'back-link') {
    if (isDeleted(entry)) return []
    if (name === 'memberOf') return dns(groupsNaming(tree, entry))
    return dns(linkedFrom(tree, entry, name === 'directReports' ? 'manager' : 'managedBy'))
  }
  const kept = entry.attributes.get(name) ?? []
  return syntax === 'link' ? dns(kept.flatMap(guid => tree.get(guid.toString('utf8')) ?? [])) : kept
}

/** The entry with the attributes that were asked for: none or `*` is all that is kept, `1.1` is none. */
export function readEntry(reader: Reader, entry: Entry, asked: readonly string[], typesOnly: boolean): SeenEntry {
  const named = asked.filter(name => name !== '*' && name !== '+' && name !== '1.1')
  const everything = asked.length === 0 || asked.includes('*')
  const names = everything ? [...keptNames(entry), ...named] : named
  const attributes = new Map<string, { name: string; values: Buffer[] }>()
  for (const name of names) {
    const read = readAttribute(reader, entry, name)
    if (read) attributes.set(read.name.toLowerCase(), typesOnly ? { ...read, values: [] } : read)
  }
  return { dn: reader.tree.dnOf(entry), attributes: [...attributes.values()] }
}

function keptNames(entry: Entry): string[] {
  return [...entry.attributes.keys(), 'memberOf', 'directReports', 'managedObjects', 'distinguishedName']
}

/** Null where there is no value: such an attribute is not in the answer at all. */
function readAttribute(reader: Reader, entry: Entry, asked: string): { name: string; values: Buffer[] } | null {
  const [, bare = asked, from = '0', to = '*'] = /^([^;]+);range=(\d+)-(\d+|\*)$/i.exec(asked) ?? []
  const about = attributeAbout(bare.replace(/;binary$/i, ''))
  if (about === undefined) return null
  const values =
    about.writing === 'constructed' ? constructed(reader, entry, about.name) : readValues(reader.tree, entry, about)
  if (values.length === 0) return null
  if (bare === asked && values.length <= reader.valueLimit) return { name: about.name, values }
  // More values than the server gives at once come in portions, under a name that says which (MS-ADTS 3.1.1.3.1.3.3).
  const end = Math.min(Number(from) + reader.valueLimit, to === '*' ? values.length : Number(to) + 1, values.length)
  const last = end >= values.length ? '*' : String(end - 1)
  return { name: `${about.name};range=${from}-${last}`, values: values.slice(Number(from), end) }
}

function constructed({ tree, access, who, isBase }: Reader, entry: Entry, name: string): Buffer[] {
  const texts = (values: readonly string[]) => values.map(value => Buffer.from(value, 'utf8'))
  switch (name) {
    case 'tokenGroups':
      if (!isBase)
        throw new LdapFault('operationsError', '00002020: tokenGroups is only given in a search of one entry.')
      return tokenGroups(tree, entry)
        .flatMap(group => sidOf(group) ?? [])
        .map(sidBytes)
    case 'allowedAttributesEffective':
      return texts(access.writableBy(who, entry))
    case 'allowedChildClassesEffective':
      return texts(access.childrenBy(who, entry))
    case 'sDRightsEffective':
      return texts([access.isAdministrator(who) ? '15' : '0'])
    case 'msDS-User-Account-Control-Computed':
      return textOf(entry, 'userAccountControl') === undefined ? [] : texts([computedControl(entry)])
    case 'canonicalName':
      return texts([canonicalName(tree, entry)])
    default:
      return []
  }
}

/** Only the bits that the other attribute does not have: here, that the password has to be changed. */
function computedControl(entry: Entry): string {
  const enabled = isEnabled(textOf(entry, 'userAccountControl'))
  return enabled && textOf(entry, 'pwdLastSet') === '0' ? String(0x80_0000) : '0'
}

function canonicalName(tree: Tree, entry: Entry): string {
  const above = tree.partsOf(entry).slice(0, -tree.base.length)
  const domain = tree.base.map(({ value }) => value).join('.')
  return [domain, ...above.map(({ value }) => value.replaceAll('/', '\\/')).reverse()].join('/')
}
