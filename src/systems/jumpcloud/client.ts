import { goneFor } from '../../core/absence.ts'
import { path } from '../../http/client.ts'
import { type Credentials, createCredentialsClient } from './client-credentials.ts'
import { createDevicesClient, type Devices } from './client-devices.ts'
import { createGraphClient, type Graph } from './client-graph.ts'
import { createProviderClient, type Provider } from './client-provider.ts'
import { createScheduleClient, type Schedule } from './client-schedule.ts'
import { isNotFound } from './error.ts'
import { type User, userNamesSchema, userSchema, usersSchema } from './schemas.ts'
import type { Transport } from './transport.ts'

/** Fields of an account that a look-up compares with. */
export const loginFields = ['email', 'username', 'alternateEmail'] as const

/** Every request that k1ctl sends to JumpCloud once it is signed in: one method each, and no decisions. */
export interface JumpcloudClient extends Users, Credentials, Devices, Graph, Provider, Schedule {}

interface Users {
  /** Null when it is gone, and the list of users, which works, does not have it either. */
  user(id: string): Promise<User | null>
  /** Those whose field has exactly this value; upper and lower case make a difference. */
  usersBy(field: (typeof loginFields)[number] | 'manager', value: string): Promise<User[]>
  users(): AsyncGenerator<User>
  /** Ids and log-in names of everybody. */
  userNames(): AsyncGenerator<(typeof userNamesSchema)['_output']['results'][number]>
  countUsers(): Promise<number>
  /** Both fields, and always the same in both: JumpCloud refuses a contradiction. */
  setSuspended(id: string, suspended: boolean): Promise<void>
  /** @param manager who manages those that were managed by the deleted; null: nobody */
  deleteUser(id: string, manager: string | null): Promise<void>
}

export function createJumpcloudClient(transport: Transport): JumpcloudClient {
  return {
    ...createUsersClient(transport),
    ...createCredentialsClient(transport),
    ...createDevicesClient(transport),
    ...createGraphClient(transport),
    ...createProviderClient(transport),
    ...createScheduleClient(transport),
  }
}

const users = path`/systemusers`

function createUsersClient({ get, send, pages1 }: Transport): Users {
  return {
    async user(id) {
      try {
        return await get(path`/systemusers/${id}`, userSchema)
      } catch (error) {
        if (!isNotFound(error)) throw error
        return goneFor(error, {
          async otherwise() {
            const { totalCount } = await get(users, userNamesSchema, { filter: `_id:$eq:${id}`, limit: 1 })
            if (totalCount > 0) throw error
            return null
          },
          showsAnybody: async () =>
            (await get(users, userNamesSchema, { limit: 1, fields: 'username' })).totalCount > 0,
        })
      }
    },

    async usersBy(field, value) {
      const found: User[] = []
      const query = { filter: `${field}:$eq:${value}`, sort: '_id' }
      for await (const user of pages1(users, usersSchema, query)) found.push(user)
      return found
    },

    users: () => pages1(users, usersSchema, { sort: '_id' }),
    userNames: () => pages1(users, userNamesSchema, { sort: '_id', fields: loginFields.join(' ') }),
    countUsers: async () => (await get(users, userNamesSchema, { limit: 1, fields: 'username' })).totalCount,

    setSuspended: (id, suspended) =>
      send({
        method: 'PUT',
        path: path`/systemusers/${id}`,
        json: { state: suspended ? 'SUSPENDED' : 'ACTIVATED', suspended },
      }),

    deleteUser: (id, manager) =>
      send({
        method: 'DELETE',
        path: path`/systemusers/${id}`,
        query: { cascade_manager: manager ?? 'null' },
        fine: [404],
      }),
  }
}
