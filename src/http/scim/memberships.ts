import { isK1Error, K1Error } from '../../core/errors.ts'
import { changeResource, settle } from './change.ts'
import { isFilterRefused, isMethodMissing, isNotFound } from './error.ts'
import { compare } from './filter.ts'
import type { ScimGroup, ScimResource, ScimUser } from './schemas.ts'
import type { ScimServer } from './server.ts'

export interface Membership {
  id: string
  name: string
}

/** Which groups a user is a direct member of, and leaving and joining them. */
export interface Memberships {
  /** `user` as it was just read. */
  of(user: ScimUser): Promise<Membership[]>
  /**
   * Does nothing where the user is no member (any more).
   * @throws K1Error `contract` when the server took the other members out of the group as well
   */
  leave(userId: string, group: Membership): Promise<void>
  /** @throws K1Error `rejected` when the group is gone */
  join(userId: string, group: Membership): Promise<void>
}

export function createMemberships(server: ScimServer): Memberships {
  const { client } = server
  /** Whom this session takes out of which group, so that leavers of one run are not mistaken for lost members. */
  const leavers = new Map<string, Set<string>>()

  async function group(id: string): Promise<ScimGroup | null> {
    try {
      return await client.group(id)
    } catch (error) {
      if (isNotFound(error)) return null
      throw error
    }
  }

  /** Undefined when the server does not take the filter, or has no groups at all. */
  async function byFilter(userId: string): Promise<ScimGroup[] | undefined> {
    if (!(await server.filters('members'))) return undefined
    try {
      return await collect(client.groups(compare('members.value', 'eq', userId)))
    } catch (error) {
      if (isFilterRefused(error)) server.noteFilterRefused('members')
      else if (!isNotFound(error)) throw error
      return undefined
    }
  }

  /** Those in which the user turns out to be, among groups of which somebody says so: what is shown is believed. */
  async function confirm(
    userId: string,
    candidates: readonly ScimGroup[],
    unlessShown: boolean,
  ): Promise<Membership[]> {
    const found: Membership[] = []
    for (const candidate of candidates) {
      // Lists may leave the members out.
      const shown = candidate.members ? candidate : await group(candidate.id)
      if (shown === null) continue
      if (shown.members ? has(shown, userId) : unlessShown) found.push(toMembership(shown))
    }
    return found
  }

  /** Undefined when the server has no groups to read: the user came from the same place, so the URL is right. */
  async function walk(userId: string): Promise<Membership[] | undefined> {
    try {
      return await confirm(userId, await collect(client.groups()), false)
    } catch (error) {
      if (isNotFound(error) || isMethodMissing(error)) return undefined
      throw error
    }
  }

  return {
    async of(user) {
      const filtered = await byFilter(user.id)
      const listed = (user.groups ?? []).flatMap(({ value, display, type }) =>
        value && type?.toLowerCase() !== 'indirect' ? [{ id: value, displayName: display }] : [],
      )
      const more = listed.filter(one => !filtered?.some(({ id }) => id === one.id))
      const confirmed = await confirm(user.id, [...(filtered ?? []), ...more], true)
      if (filtered !== undefined || confirmed.length > 0) return confirmed
      // An attribute that is empty, or that the server does not have, proves nothing.
      return (await walk(user.id)) ?? listed.map(toMembership)
    },

    async leave(userId, { id, name }) {
      const before = await group(id)
      if (before === null || (before.members && !has(before, userId))) return
      const leaving = leavers.get(id) ?? new Set()
      leavers.set(id, leaving.add(userId))
      const operation = { op: 'remove', path: `members[value eq ${JSON.stringify(userId)}]` } as const
      const edit = (resource: ScimResource) => without(server, resource, userId, name)
      await settle(
        () => changeResource(server, 'Groups', id, { operations: [operation], edit, filtersInPath: true }),
        async () => !has(await group(id), userId),
      )
      const after = await group(id)
      const others = (before.members ?? []).flatMap(({ value }) => (value && !leaving.has(value) ? [value] : []))
      if (others.length > 0 && others.every(other => !has(after, other))) throw cleared(server, id, name, others)
    },

    async join(userId, { id, name }) {
      const before = await group(id)
      if (before === null) {
        throw new K1Error('rejected', `The group ${name} is no longer there in ${server.title}.`, {
          facts: { group: id },
        })
      }
      if (has(before, userId)) return
      leavers.get(id)?.delete(userId)
      const operation = { op: 'add', path: 'members', value: [{ value: userId }] } as const
      const edit = (resource: ScimResource) => ({
        ...resource,
        members: [...membersIn(resource), { value: userId }],
      })
      await settle(
        () => changeResource(server, 'Groups', id, { operations: [operation], edit }),
        async () => has(await group(id), userId),
      )
    },
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

function toMembership({ id, displayName }: ScimGroup): Membership {
  return { id, name: displayName || id }
}

function has(group: ScimGroup | null, userId: string): boolean {
  return group?.members?.some(({ value }) => value === userId) ?? false
}

function membersIn(resource: ScimResource): unknown[] {
  return Array.isArray(resource.members) ? resource.members : []
}

/** @throws K1Error `contract` where the members are not shown: putting the group back would throw everybody out */
function without({ title }: ScimServer, resource: ScimResource, userId: string, name: string): ScimResource {
  const members = membersIn(resource)
  const left = members.filter(member => member !== userId && memberValue(member) !== userId)
  if (left.length < members.length) return { ...resource, members: left }
  throw new K1Error(
    'contract',
    `${title} does not show the members of the group ${name}, so nobody can be taken out.`,
    {
      hint: 'Take the person out of this group in its console.',
      facts: { group: resource.id, field: 'members' },
    },
  )
}

function memberValue(member: unknown): unknown {
  return typeof member === 'object' && member !== null && 'value' in member ? member.value : undefined
}

function cleared({ title }: ScimServer, id: string, name: string, lost: readonly string[]): K1Error {
  const many = lost.length === 1 ? '1 other member' : `${lost.length} other members`
  return new K1Error('contract', `${title} took everybody out of the group ${name}: ${many} had to stay.`, {
    hint: `Put them back in its console, and leave groups there by hand: this server does not remove one member.`,
    facts: { group: id, name, lost },
  })
}

/** True for a refusal that says nothing about other groups: they are left all the same. */
export function isAboutOneGroup(error: unknown): boolean {
  return isK1Error(error) && ['rejected', 'forbidden', 'conflict'].includes(error.kind)
}
