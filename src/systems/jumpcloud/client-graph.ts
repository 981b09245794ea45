import { path } from '../../http/client.ts'
import { isAboutOne } from './error.ts'
import { associationsSchema, directoriesSchema, graphObjectsSchema, groupSchema, namedSchema } from './schemas.ts'
import type { Transport } from './transport.ts'

/** What a user can be bound to directly, besides groups of users. Devices are `system`. */
export const bindables = [
  'active_directory',
  'application',
  'g_suite',
  'ldap_server',
  'office_365',
  'radius_server',
  'system',
  'system_group',
] as const
export type Bindable = (typeof bindables)[number]

export interface Sudo {
  enabled: boolean
  withoutPassword: boolean
}

export interface Association {
  type: Bindable
  id: string
  /** Administrator's rights that go with it. */
  sudo?: Sudo
}

export interface UserGroup {
  id: string
  name: string
  /** A rule decides who is in it; nobody can be taken out. */
  dynamic: boolean
}

/** Groups and bindings. */
export interface Graph {
  groupsOf(userId: string): Promise<string[]>
  /** Kept for the session: neither its name nor its kind is what changes here. */
  group(id: string): Promise<UserGroup>
  changeMember(groupId: string, userId: string, op: 'add' | 'remove'): Promise<void>
  /** Direct ones only: what a group grants is not in it. */
  associations(userId: string, target: Bindable): Promise<Association[]>
  changeAssociation(userId: string, association: Association, op: 'add' | 'remove'): Promise<void>
  /** Everybody who may log in to the device, directly or through groups. */
  usersOfDevice(deviceId: string): Promise<string[]>
  /** As people know it; its id where JumpCloud does not tell. */
  nameOf(association: Association): Promise<string>
}

/** Not a member any more; a member already. */
const fineFor = (op: 'add' | 'remove') => [op === 'remove' ? 404 : 409]

export function createGraphClient({ get, send, pages2 }: Transport): Graph {
  const groups = new Map<string, Promise<UserGroup>>()
  const names = new Map<string, Promise<string>>()
  let directories: Promise<{ id: string; name: string }[]> | undefined

  async function readGroup(id: string): Promise<UserGroup> {
    const { name, membershipMethod, membershipAutomated } = await get(path`/v2/usergroups/${id}`, groupSchema)
    // With "review required" a person decides, and may take people out.
    return { id, name, dynamic: membershipMethod === 'DYNAMIC_AUTOMATED' || membershipAutomated === true }
  }

  async function readName({ type, id }: Association): Promise<string> {
    if (type === 'application' || type === 'radius_server' || type === 'system_group' || type === 'system') {
      const where = {
        application: path`/applications/${id}`,
        radius_server: path`/radiusservers/${id}`,
        system_group: path`/v2/systemgroups/${id}`,
        system: path`/systems/${id}`,
      }[type]
      const { displayLabel, displayName, name } = await get(where, namedSchema)
      return displayLabel || displayName || name || id
    }
    directories ??= pages2(path`/v2/directories`, directoriesSchema, { sort: '_id' })
    return (await directories).find(one => one.id === id)?.name ?? id
  }

  return {
    async groupsOf(userId) {
      const rows = await pages2(path`/v2/users/${userId}/memberof`, graphObjectsSchema, { sort: '_id' })
      return [...new Set(rows.filter(({ type }) => type === 'user_group').map(({ id }) => id))]
    },

    group(id) {
      const known = groups.get(id) ?? readGroup(id)
      groups.set(id, known)
      known.catch(() => groups.delete(id))
      return known
    },

    changeMember: (groupId, userId, op) =>
      send({
        method: 'POST',
        path: path`/v2/usergroups/${groupId}/members`,
        json: { op, type: 'user', id: userId },
        fine: fineFor(op),
      }),

    async associations(userId, target) {
      const rows = await pages2(path`/v2/users/${userId}/associations`, associationsSchema, { targets: target })
      const found = rows.map(({ to, attributes }) => ({
        type: target,
        id: to.id,
        ...(attributes?.sudo ? { sudo: attributes.sudo } : {}),
      }))
      return [...new Map(found.map(one => [one.id, one])).values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    },

    changeAssociation: (userId, { type, id, sudo }, op) =>
      send({
        method: 'POST',
        path: path`/v2/users/${userId}/associations`,
        json: { op, type, id, ...(op === 'add' && sudo ? { attributes: { sudo } } : {}) },
        fine: fineFor(op),
      }),

    async usersOfDevice(deviceId) {
      const rows = await pages2(path`/v2/systems/${deviceId}/users`, graphObjectsSchema)
      return [...new Set(rows.map(({ id }) => id))]
    },

    nameOf(association) {
      const key = `${association.type} ${association.id}`
      const known =
        names.get(key) ??
        readName(association).catch((error: unknown) => {
          // A right to read the names of applications may be missing; that must not stop anybody from leaving.
          if (isAboutOne(error)) return association.id
          names.delete(key)
          throw error
        })
      names.set(key, known)
      return known
    },
  }
}
