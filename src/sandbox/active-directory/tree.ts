import { dnKey, formatDn, parseDn, type Rdn } from './dn.ts'
import { parseGuid, parseSid, sidText } from './identifiers.ts'
import { LdapFault } from './ldap-fault.ts'

export interface Entry {
  readonly guid: string
  /** GUID of the entry above; null for the domain itself. */
  parent: string | null
  rdn: Rdn
  /** By the schema's spelling. Values are as on the wire, except of links: there they are GUIDs as text. */
  attributes: Map<string, Buffer[]>
  /** SHA-256 of the password; absent where nobody can sign in. */
  password?: string
  /** "Protect object from accidental deletion". */
  protectedFromDeletion?: boolean
}

/** All entries of one domain. */
export class Tree {
  /** Of the domain: `DC=ironbridge,DC=example`. */
  readonly base: readonly Rdn[]
  readonly #entries = new Map<string, Entry>()

  constructor(base: readonly Rdn[]) {
    this.base = base
  }

  /** The same entries, apart: what is changed here afterwards is not changed there. */
  copy(): Tree {
    const other = new Tree(this.base)
    for (const entry of this.#entries.values()) other.put({ ...entry, attributes: new Map(entry.attributes) })
    return other
  }

  put(entry: Entry): void {
    this.#entries.set(entry.guid, entry)
  }

  get(guid: string): Entry | undefined {
    return this.#entries.get(guid)
  }

  all(): Entry[] {
    return [...this.#entries.values()]
  }

  children(entry: Entry): Entry[] {
    return this.all().filter(({ parent }) => parent === entry.guid)
  }

  /** The entry and all below it, itself first. */
  below(entry: Entry): Entry[] {
    return [entry, ...this.children(entry).flatMap(child => this.below(child))]
  }

  partsOf(entry: Entry): Rdn[] {
    const above = entry.parent === null ? undefined : this.get(entry.parent)
    return above === undefined ? [...this.base] : [entry.rdn, ...this.partsOf(above)]
  }

  dnOf(entry: Entry): string {
    return formatDn(this.partsOf(entry))
  }

  isBelow(entry: Entry, folder: Entry): boolean {
    for (let at: Entry | undefined = entry; at; at = at.parent === null ? undefined : this.get(at.parent)) {
      if (at.guid === folder.guid) return true
    }
    return false
  }

  /**
   * By distinguished name, `<GUID=…>` (hex of the bytes, or with dashes) or `<SID=…>`. What is deleted is found only
   * when `deleted` says so. @throws LdapFault 34 for what is no name
   */
  find(name: string, deleted = false): Entry | undefined {
    const found = this.#find(name)
    return found !== undefined && (deleted || !isDeleted(found)) ? found : undefined
  }

  /** @throws LdapFault 32 with the nearest entry above that does exist, 34 */
  need(name: string, deleted = false): Entry {
    const found = this.find(name, deleted)
    if (found) return found
    const best = this.#nearest(name)
    throw new LdapFault('noSuchObject', `0000208D: NameErr: problem 2001 (NO_OBJECT), best match of: '${best}'`, best)
  }

  bySid(sid: string): Entry | undefined {
    return this.all().find(entry => sidOf(entry) === sid)
  }

  #find(name: string): Entry | undefined {
    const [, kind, value] = /^\s*<\s*(GUID|SID)\s*=\s*([^>]*?)\s*>\s*$/i.exec(name) ?? []
    if (kind !== undefined && value !== undefined) {
      const id = kind.toUpperCase() === 'GUID' ? parseGuid(value) : parseSid(value)
      if (id === null) throw badName(name)
      return kind.toUpperCase() === 'GUID' ? this.get(id) : this.bySid(id)
    }
    const parts = parseDn(name)
    if (parts === null) throw badName(name)
    const key = dnKey(parts)
    return this.all().find(entry => dnKey(this.partsOf(entry)) === key)
  }

  #nearest(name: string): string {
    const parts = parseDn(name) ?? []
    for (let from = 1; from < parts.length; from += 1) {
      const above = this.find(formatDn(parts.slice(from)))
      if (above) return this.dnOf(above)
    }
    return ''
  }
}

function badName(name: string): LdapFault {
  return new LdapFault('invalidDnSyntax', `0000208F: NameErr: problem 2006 (BAD_NAME), best match of: '${name}'`)
}

export function isDeleted(entry: Entry): boolean {
  return textOf(entry, 'isDeleted') === 'TRUE'
}

/** The first value as text. */
export function textOf(entry: Entry, name: string): string | undefined {
  return entry.attributes.get(name)?.[0]?.toString('utf8')
}

export function textsOf(entry: Entry, name: string): string[] {
  return (entry.attributes.get(name) ?? []).map(value => value.toString('utf8'))
}

/** No value takes the attribute away. */
export function setTexts(entry: Entry, name: string, ...values: readonly string[]): void {
  if (values.length === 0) entry.attributes.delete(name)
  else
    entry.attributes.set(
      name,
      values.map(value => Buffer.from(value, 'utf8')),
    )
}

export function sidOf(entry: Entry): string | undefined {
  const bytes = entry.attributes.get('objectSid')?.[0]
  return bytes === undefined ? undefined : (sidText(bytes) ?? undefined)
}

export function hasClass(entry: Entry, name: string): boolean {
  return textsOf(entry, 'objectClass').includes(name)
}
