import { path } from '../../http/client.ts'
import { pushEndpointsSchema, sshKeysSchema } from './schemas.ts'
import type { Transport } from './transport.ts'

export interface NamedCredential {
  id: string
  name: string
}

/** What somebody signs in with, besides the password. */
export interface Credentials {
  sshKeys(userId: string): Promise<NamedCredential[]>
  deleteSshKey(userId: string, id: string): Promise<void>
  pushEndpoints(userId: string): Promise<NamedCredential[]>
  deletePushEndpoint(userId: string, id: string): Promise<void>
  /** A new TOTP key, unknown to anybody. Opens an enrolment, so only for accounts that cannot sign in. */
  resetMfa(userId: string): Promise<void>
  expirePassword(userId: string): Promise<void>
}

export function createCredentialsClient({ get, send }: Transport): Credentials {
  return {
    async sshKeys(userId) {
      const keys = await get(path`/systemusers/${userId}/sshkeys`, sshKeysSchema)
      return keys.map(({ _id, name }) => ({ id: _id, name: name ?? '' }))
    },
    deleteSshKey: (userId, id) =>
      send({ method: 'DELETE', path: path`/systemusers/${userId}/sshkeys/${id}`, fine: [404] }),
    async pushEndpoints(userId) {
      const endpoints = await get(path`/v2/users/${userId}/pushendpoints`, pushEndpointsSchema)
      return endpoints.map(({ id, name }) => ({ id, name: name ?? '' }))
    },
    deletePushEndpoint: (userId, id) =>
      send({ method: 'DELETE', path: path`/v2/users/${userId}/pushendpoints/${id}`, fine: [404] }),
    resetMfa: userId =>
      send({ method: 'POST', path: path`/systemusers/${userId}/resetmfa`, json: { exclusion: false } }),
    expirePassword: userId => send({ method: 'POST', path: path`/systemusers/${userId}/expire` }),
  }
}
