import { normalAccountBit } from './account-control.ts'
import { type DomainName, passwordDigest } from './domain.ts'
import { guidBytes, guidOf, sidBytes } from './identifiers.ts'
import { categories } from './schema.ts'
import { fileTime, generalizedTime, never } from './time.ts'
import { type Entry, setTexts, type Tree, textsOf } from './tree.ts'

/** Attributes of a new entry; `rid`, `sid` and `password` are not kept as such. */
type Given = Record<string, string | number | readonly string[]>

const classes: Record<string, readonly string[]> = {
  user: ['top', 'person', 'organizationalPerson', 'user'],
  computer: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
  contact: ['top', 'person', 'organizationalPerson', 'contact'],
  group: ['top', 'group'],
  container: ['top', 'container'],
  organizationalUnit: ['top', 'organizationalUnit'],
  domainDNS: ['top', 'domain', 'domainDNS'],
  crossRef: ['top', 'crossRef'],
  msExchActiveSyncDevices: ['top', 'container', 'msExchActiveSyncDevices'],
}

/** Where entries of the seed come from, with all that the server itself would give them. */
export class Nursery {
  readonly #tree: Tree
  readonly #domain: DomainName
  readonly #now: Date
  #rid = 1102
  #usn = 12_000

  constructor(tree: Tree, domain: DomainName, now: Date) {
    this.#tree = tree
    this.#domain = domain
    this.#now = now
  }

  /** The number that the last entry got. */
  get usn(): number {
    return this.#usn
  }

  root(): Entry {
    const [first = { type: 'DC', value: this.#domain.dns }] = this.#domain.parts
    return this.#make(null, first.type, first.value, 'domainDNS', {
      sid: this.#domain.sid,
      isCriticalSystemObject: 'TRUE',
      minPwdLength: '7',
      pwdProperties: '1',
      lockoutThreshold: '0',
      maxPwdAge: '-36288000000000',
      'msDS-Behavior-Version': '7',
    })
  }

  folder(parent: Entry, type: string, name: string, kind: string, given: Given = {}): Entry {
    return this.#make(parent, type, name, kind, given)
  }

  group(parent: Entry, name: string, given: Given): Entry {
    const sAMAccountType = String(given.groupType).startsWith('-') ? '268435456' : '268435457'
    return this.#make(parent, 'CN', name, 'group', { sAMAccountName: name, sAMAccountType, ...this.#identity(given) })
  }

  user(parent: Entry, name: string, given: Given): Entry {
    return this.#make(parent, 'CN', name, 'user', {
      userAccountControl: String(normalAccountBit),
      primaryGroupID: '513',
      sAMAccountType: '805306368',
      // The password is older than the sandbox.
      pwdLastSet: fileTime(new Date(this.#now.getTime() - 40 * 24 * 3_600_000)),
      lastLogonTimestamp: fileTime(new Date(this.#now.getTime() - 3 * 24 * 3_600_000)),
      ...zeros,
      ...this.#identity(given),
    })
  }

  computer(parent: Entry, name: string, userAccountControl: string, primaryGroup: number): Entry {
    return this.#make(parent, 'CN', name, 'computer', {
      sAMAccountName: `${name}$`,
      sAMAccountType: '805306369',
      userAccountControl,
      primaryGroupID: String(primaryGroup),
      ...zeros,
      ...this.#identity({}),
    })
  }

  contact(parent: Entry, name: string, given: Given): Entry {
    return this.#make(parent, 'CN', name, 'contact', given)
  }

  join(group: Entry | undefined, member: Entry): void {
    if (group) setTexts(group, 'member', ...textsOf(group, 'member'), member.guid)
  }

  #identity(given: Given): Given {
    if (given.sid !== undefined) return given
    this.#rid += 1
    return { ...given, sid: `${this.#domain.sid}-${given.rid ?? this.#rid}` }
  }

  #make(parent: Entry | null, type: string, name: string, kind: string, given: Given): Entry {
    this.#usn += 1
    const { sid, rid: _, password, ...plain } = given
    const guid = guidOf(`${this.#domain.dns} ${parent?.guid ?? ''} ${name}`)
    const entry: Entry = { guid, parent: parent?.guid ?? null, rdn: { type, value: name }, attributes: new Map() }
    if (password !== undefined) entry.password = passwordDigest(String(password))
    const category = categories[kind.toLowerCase()] ?? 'Container'
    const made: Given = {
      objectClass: classes[kind] ?? ['top', kind],
      [type.toLowerCase()]: name,
      name,
      instanceType: parent === null ? '5' : '4',
      objectCategory: `CN=${category},CN=Schema,CN=Configuration,${this.#domain.dn}`,
      whenCreated: generalizedTime(this.#now),
      whenChanged: generalizedTime(this.#now),
      uSNCreated: this.#usn,
      uSNChanged: this.#usn,
      ...plain,
    }
    for (const [attribute, value] of Object.entries(made)) {
      setTexts(entry, attribute, ...(typeof value === 'object' ? value : [String(value)]))
    }
    entry.attributes.set('objectGUID', [guidBytes(guid)])
    if (sid !== undefined) entry.attributes.set('objectSid', [sidBytes(String(sid))])
    this.#tree.put(entry)
    return entry
  }
}

const zeros = {
  accountExpires: never,
  badPwdCount: '0',
  badPasswordTime: '0',
  codePage: '0',
  countryCode: '0',
  lastLogon: '0',
  lastLogoff: '0',
  logonCount: '0',
}
