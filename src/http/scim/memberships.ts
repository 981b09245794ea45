import { K1Error } from '../../core/errors.ts'
import { partOf } from '../../core/parts.ts'
import { type Reading, seen, unseen } from '../../core/reading.ts'
import { changeResource } from './change.ts'
import { isFilterRefused, isMethodMissing, isNotFound } from './error.ts'
import { comparison } from './filter.ts'
import type { ScimGroup, ScimResource, ScimUser } from './schemas.ts'
import type { ScimServer } from './server.ts'

export interface Membership {
  id: string
  name: string
  /** Who else was seen in the group; undefined where its members were not seen. */
  others?: readonly string[]
}

/** Which groups a user is a direct member of, and leaving and joining them. */
export interface Memberships {
  /**
   * `user` as it was just read. `unseen` where the server shows members to nobody: an empty list then says nothing
   * (RFC 7644, 3.9: what is returned is the server's choice).
   */
  of(user: ScimUser): Promise<Reading<readonly Membership[]>>
  /** @throws K1Error `contract` when the server took other members out of the group as well */
  leave(userId: string, group: Membership): Promise<void>
  /** @throws K1Error `rejected` when the group is gone */
  join(userId: string, group: Membership): Promise<void>
}

/** Groups that are read at once, by their ids. */
const atOnce = 8

/** @param trustsFilter the server is known to filter by members: what it does not find is not there */
export function createMemberships(server: ScimServer, trustsFilter: boolean): Memberships {
  const { client } = server
  /** Whom this session takes out of which group, so that leavers of one run are not mistaken for lost members. */
  const leavers = new Map<string, Set<string>>()
  /** Was the filter seen to find somebody? Until then, nothing found by it is no answer. */
  let filterFinds = trustsFilter
  /** Did it show any group, or a list of them? */
  let hasGroups = false
  /** Was any member of any group seen? */
  let showsMembers = false

  const note = (group: ScimGroup): ScimGroup => {
    hasGroups = true
    if ((group.members ?? []).length > 0) showsMembers = true
    return group
  }

  /** Null where there is no such group any more: a 404 of one that the list still shows says nothing. */
  async function group(id: string): Promise<ScimGroup | null> {
    try {
      return note(await client.group(id))
    } catch (error) {
      if (!isNotFound(error) || (await everyGroup())?.some(one => one.id === id)) throw error
      return null
    }
  }

  /**
   * Null when the server has no groups to read: the user came from the same place, so the URL is right. Not where it
   * showed its groups before.
   */
  async function everyGroup(): Promise<ScimGroup[] | null> {
    try {
      const all = (await collect(client.groups())).map(note)
      hasGroups = true
      return all
    } catch (error) {
      if (!hasGroups && (isNotFound(error) || isMethodMissing(error))) return null
      throw error
    }
  }

  /** Undefined when the server does not take the filter, or has no groups at all. */
  async function byFilter(userId: string): Promise<ScimGroup[] | undefined> {
    if (!(await server.filters('members'))) return undefined
    try {
      return (await collect(client.groups(comparison('members.value', 'eq', userId)))).map(note)
    } catch (error) {
      if (isFilterRefused(error)) server.noteFilterRefused('members')
      else if (!isNotFound(error)) throw error
      return undefined
    }
  }

  /** Those in which the user turns out to be, among groups of which somebody says so: what is shown is believed. */
  async function confirm(userId: string, candidates: readonly ScimGroup[]): Promise<Membership[]> {
    const found: Membership[] = []
    for (const candidate of candidates) {
      // Lists may leave the members out, or show none of them.
      const shown = has(candidate, userId) ? candidate : await group(candidate.id)
      if (shown === null) continue
      if ((shown.members ?? []).length === 0 || has(shown, userId)) found.push(toMembership(shown, userId))
    }
    return found
  }

  /** All groups, one by one where the list shows no members. Null when the server has no groups to read. */
  async function walk(userId: string): Promise<Reading<readonly Membership[]> | null> {
    const listed = await everyGroup()
    if (listed === null) return null
    if (listed.length === 0) return seen([])
    const listShows = listed.some(({ members }) => (members ?? []).length > 0)
    const open = listed.filter(({ members }) => (listShows ? members == null : true))
    const read: (ScimGroup | null)[] = []
    for (let at = 0; at < open.length; at += atOnce) {
      read.push(...(await Promise.all(open.slice(at, at + atOnce).map(({ id }) => group(id)))))
    }
    if (!showsMembers) {
      return unseen(
        'not-shown',
        `${server.title} shows no member of any group, neither in its list nor group by group: nobody knows who is in them.`,
        'Look in its console which groups the person is in, and take them out there.',
      )
    }
    const all = [...listed, ...read.filter(one => one !== null)].filter(one => has(one, userId))
    return seen([...new Map(all.map(one => [one.id, toMembership(one, userId)])).values()])
  }

  /** Whoever cannot sign in any more leaves as well: another run, of another machine maybe, took them out. */
  async function someStay(gone: readonly string[]): Promise<boolean> {
    for (let at = 0; at < gone.length; at += atOnce) {
      const users = await Promise.all(gone.slice(at, at + atOnce).map(id => partOf(client.user(id))))
      if (users.some(({ value, error }) => (error ? !isNotFound(error) : value?.active !== false))) return true
    }
    return false
  }

  return {
    async of(user) {
      const filtered = await byFilter(user.id)
      const listed = (user.groups ?? []).flatMap(({ value, display, type }): ScimGroup[] =>
        value && type?.toLowerCase() !== 'indirect' ? [{ id: value, displayName: display }] : [],
      )
      const more = listed.filter(one => !filtered?.some(({ id }) => id === one.id))
      const confirmed = await confirm(user.id, [...(filtered ?? []), ...more])
      if (filtered?.some(one => confirmed.some(({ id }) => id === one.id))) filterFinds = true
      if (confirmed.length > 0 || (filtered && filterFinds)) return seen(confirmed)
      // An attribute that is empty, a filter that has never found anybody, prove nothing.
      return (await walk(user.id)) ?? seen(listed.map(one => toMembership(one, user.id)))
    },

    async leave(userId, { id, name, others = [] }) {
      const leaving = leavers.get(id) ?? new Set()
      leavers.set(id, leaving.add(userId))
      const operation = { op: 'remove', path: `members[value eq ${JSON.stringify(userId)}]` } as const
      const edit = (resource: ScimResource) => without(server, resource, userId, name)
      const sent = await partOf(
        changeResource(server, 'Groups', id, { operations: [operation], edit, filtersInPath: true }),
      )
      const had = others.filter(other => !leaving.has(other))
      // Whatever was answered may have been done: who else was in it is looked at in any case.
      const after = had.length === 0 ? undefined : await partOf(group(id))
      if (after?.error) throw unsure(server, id, name, after.error)
      const gone = after ? had.filter(other => !has(after.value, other) && !leaving.has(other)) : []
      const lost = (await someStay(gone)) ? gone : []
      // A group that shows nobody any more may only show nobody: what it shows of one is enough.
      if (lost.length > 0) throw cleared(server, id, name, lost)
      if (sent.error) throw sent.error
    },

    async join(userId, { id, name }) {
      leavers.get(id)?.delete(userId)
      const operation = { op: 'add', path: 'members', value: [{ value: userId }] } as const
      const edit = (resource: ScimResource) => withMember(server, resource, userId, name, showsMembers)
      try {
        await changeResource(server, 'Groups', id, { operations: [operation], edit })
      } catch (error) {
        if (!isNotFound(error) || (await group(id)) !== null) throw error
        throw new K1Error('rejected', `The group ${name} is no longer there in ${server.title}.`, {
          facts: { group: id },
        })
      }
    },
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

function toMembership({ id, displayName, members }: ScimGroup, userId: string): Membership {
  const others = (members ?? []).flatMap(({ value }) => (value && value !== userId ? [value] : []))
  return { id, name: displayName || id, ...(members ? { others } : {}) }
}

function has(group: ScimGroup | null, userId: string): boolean {
  return group?.members?.some(({ value }) => value === userId) ?? false
}

/** @throws K1Error `contract` where the members are not shown: putting the group back would throw everybody out */
function without({ title }: ScimServer, resource: ScimResource, userId: string, name: string): ScimResource {
  const members = Array.isArray(resource.members) ? resource.members : []
  const left = members.filter(member => member !== userId && memberValue(member) !== userId)
  if (left.length < members.length) return { ...resource, members: left }
  throw hidden(title, resource, name, 'taken out', 'Take the person out of this group in its console.')
}

/** @throws K1Error `contract` where nobody knows who is in it: putting it back with one member would lose all others */
function withMember(
  { title }: ScimServer,
  resource: ScimResource,
  userId: string,
  name: string,
  showsMembers: boolean,
): ScimResource {
  const members = Array.isArray(resource.members) ? resource.members : undefined
  if (members === undefined || (members.length === 0 && !showsMembers)) {
    throw hidden(title, resource, name, 'put in', 'Put the person into this group in its console.')
  }
  return { ...resource, members: [...members, { value: userId }] }
}

function hidden(title: string, { id }: ScimResource, name: string, what: string, hint: string): K1Error {
  return new K1Error('contract', `${title} does not show the members of the group ${name}, so nobody can be ${what}.`, {
    hint,
    facts: { group: id, field: 'members' },
  })
}

function memberValue(member: unknown): unknown {
  return typeof member === 'object' && member !== null && 'value' in member ? member.value : undefined
}

/** Nobody could see who is left in it: some servers empty a group when one member leaves. */
function unsure({ title }: ScimServer, id: string, name: string, cause: K1Error): K1Error {
  return new K1Error(
    'contract',
    `Whether ${title} left the other members of the group ${name} in it could not be seen: ${cause.message}`,
    { hint: 'Look at the group in its console.', facts: { group: id, name, harm: 'unseen' }, cause },
  )
}

function cleared({ title }: ScimServer, id: string, name: string, lost: readonly string[]): K1Error {
  const many = lost.length === 1 ? '1 other member' : `${lost.length} other members`
  return new K1Error('contract', `${title} took others out of the group ${name} as well: ${many} had to stay.`, {
    hint: `Put them back in its console, and leave groups there by hand: this server does not remove one member.`,
    facts: { group: id, name, lost, harm: true },
  })
}
