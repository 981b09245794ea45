import { K1Error } from '../../core/errors.ts'
import type { Directory } from './directory.ts'
import type { Domain } from './domain.ts'
import type { Entry } from './entry.ts'
import { resultOf, results } from './failure.ts'
import { guidBase, guidText, sidText } from './ids.ts'
import { filter, isBelow, isSameDn, rdnValue, splitDn } from './names.ts'
import type { User } from './user.ts'

export interface Group {
  id: string
  name: string
  dn: string
  sid: string
}

export interface Groups {
  /**
   * Those that the person is a member of by name; not the primary one. By name. A search leaves out a group whose members
   * may not be read (MS-ADTS, 3.1.1.4.3); the account's own `memberOf` still tells of it.
   */
  direct(user: User): Promise<Group[]>
  /** All that they are in through other groups; not those of `direct`, nor the primary one. */
  nested(user: User, direct: readonly Group[], primary: Group | null): Promise<Group[]>
  /** A group of this domain by the last number of its SID. */
  byRid(rid: number): Promise<Group | null>
  byId(id: string): Promise<Group | null>
  /** SIDs of all groups, also those through others and through the primary one. */
  sids(user: User): Promise<ReadonlySet<string>>
  /** Names of groups in other domains of the forest, which this controller cannot change. */
  elsewhere(user: User): string[]
  /** By the group's id. */
  join(id: string, user: User): Promise<void>
  leave(id: string, user: User): Promise<void>
  /** @throws K1Error `rejected` where no group has this number */
  makePrimary(rid: number, user: User): Promise<void>
}

/** Follows members of members (MS-ADTS, LDAP_MATCHING_RULE_TRANSITIVE_EVAL). */
const inChain = (dn: string) => filter`(member:1.2.840.113556.1.4.1941:=${dn})`
const attributes = ['objectGUID', 'objectSid', 'name']
const needs = 'Write Members on groups'

export function createGroups(directory: Directory, domain: Domain): Groups {
  async function search(condition: string): Promise<Group[]> {
    const found = await directory.search(domain.base, { filter: `(&(objectClass=group)${condition})`, attributes })
    return found.map(readGroup).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Which group a number stands for never changes; one that is not shown is asked for again. */
  const ofRid = new Map<number, Group>()

  async function byRid(rid: number): Promise<Group | null> {
    const known = ofRid.get(rid) ?? (await readByRid(rid))
    if (known) ofRid.set(rid, known)
    return known
  }

  async function readByRid(rid: number): Promise<Group | null> {
    const sid = `${domain.sid}-${rid}`
    const [group] = await search(filter`(objectSid=${sid})`)
    return group ?? null
  }

  /** Having it already is no refusal; what else is refused, and holds all the same, a look tells. */
  async function change(operation: 'add' | 'delete', id: string, user: User): Promise<void> {
    try {
      // One of which nothing but the name is shown has that as its id.
      const target = guidBase(id) ?? id
      await directory.modify(target, [{ operation, attribute: 'member', values: [user.dn] }], needs)
    } catch (error) {
      const { noSuchAttribute, attributeOrValueExists, entryAlreadyExists } = results
      const already = operation === 'add' ? [attributeOrValueExists, entryAlreadyExists] : [noSuchAttribute]
      if (!already.some(code => code === resultOf(error))) throw error
    }
  }

  /** One of which nothing but the name is shown is known by that name. */
  async function named(dn: string): Promise<Group> {
    const entry = await directory.read(dn, { attributes })
    return entry ? readGroup(entry) : { id: dn, name: rdnValue(splitDn(dn).rdn), dn, sid: '' }
  }

  return {
    async direct(user) {
      const found = await search(filter`(member=${user.dn})`)
      const others = user.entry
        .texts('memberOf')
        .filter(dn => isBelow(dn, domain.base) && !found.some(group => isSameDn(group.dn, dn)))
      return [...found, ...(await Promise.all(others.map(named)))]
    },

    async nested(user, direct, primary) {
      const through = await search(primary === null ? inChain(user.dn) : `(|${inChain(user.dn)}${inChain(primary.dn)})`)
      const known = new Set([...direct.map(({ id }) => id), primary?.id])
      return through.filter(({ id }) => !known.has(id))
    },

    byRid,

    async byId(id) {
      const base = guidBase(id)
      if (base === undefined) return named(id)
      const entry = await directory.read(base, { attributes })
      return entry && readGroup(entry)
    },

    async sids(user) {
      const entry = await directory.read(user.target, { attributes: ['tokenGroups'] })
      const token = entry?.allBytes('tokenGroups').flatMap(bytes => sidText(bytes) ?? []) ?? []
      const primary = user.primaryGroup === undefined ? [] : [`${domain.sid}-${user.primaryGroup}`]
      if (token.length > 0) return new Set([...token, ...primary])
      // Without a global catalog there is no token; then what this domain knows has to do.
      const direct = await this.direct(user)
      const group = await byRid(user.entry.neededNumber('primaryGroupID'))
      const known = [...direct, ...(await this.nested(user, direct, group))]
      return new Set([...known.map(({ sid }) => sid), ...primary])
    },

    elsewhere: user => user.entry.texts('memberOf').filter(dn => !isBelow(dn, domain.base)),

    join: (id, user) => change('add', id, user),
    leave: (id, user) => change('delete', id, user),

    /** One has to be a member of the new primary group first; the old one then is a group like any other. */
    async makePrimary(rid, user) {
      const group = await byRid(rid)
      if (group === null) {
        throw new K1Error('rejected', `Active Directory shows no group with the number ${rid} for the primary one.`)
      }
      await change('add', group.id, user)
      const values = [String(rid)]
      const primary = { operation: 'replace', attribute: 'primaryGroupID', values } as const
      await directory.modify(user.target, [primary], 'Write primaryGroupID on users')
    },
  }
}

function readGroup(entry: Entry): Group {
  return {
    id: guidText(entry.neededBytes('objectGUID')),
    name: entry.text('name') ?? entry.dn,
    dn: entry.dn,
    sid: sidText(entry.bytes('objectSid') ?? Buffer.alloc(0)) ?? '',
  }
}
