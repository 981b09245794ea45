import type { HttpClient } from '../../http/client.ts'
import { path } from '../../http/client.ts'
import { isDeletedUser } from './google-error.ts'
import { allPages } from './paging.ts'
import { appPasswordsSchema, codesSchema, type GoogleUser, tokensSchema, userSchema, usersSchema } from './schemas.ts'

/** Google takes this word for the account that the administrator belongs to. */
export const customer = 'my_customer'

export interface UserChange {
  password?: string
  changePasswordAtNextLogin?: boolean
  recoveryEmail?: string
  recoveryPhone?: string
  suspended?: boolean
  archived?: boolean
  orgUnitPath?: string
  includeInGlobalAddressList?: boolean
}

export type UserClient = ReturnType<typeof createUserClient>

/** `users` and what hangs on one user: one method a call. */
export function createUserClient(http: HttpClient) {
  const post = (where: ReturnType<typeof path>, json?: unknown) =>
    http.request({ method: 'POST', path: where, repeatable: true, ...(json === undefined ? {} : { json }) })
  const remove = (where: ReturnType<typeof path>, accept: readonly number[] = []) =>
    http.request({ method: 'DELETE', path: where, repeatable: true, accept })
  // Of a suspended user Google may refuse to show these, with 401 (cartography #2724): null then.
  const accept = (suspended: boolean) => (suspended ? { accept: [401] } : {})

  return {
    /** @param key id, primary e-mail or alias */
    async get(key: string): Promise<GoogleUser> {
      const where = path`/admin/directory/v1/users/${key}`
      return (await http.request({ method: 'GET', path: where, answer: userSchema })).body
    },
    /** @param query as in "Search for users"; what it finds may be 36 hours old */
    list(query?: string, maxResults = 500): AsyncGenerator<GoogleUser> {
      return allPages(async pageToken => {
        const { body } = await http.request({
          method: 'GET',
          path: path`/admin/directory/v1/users`,
          query: { customer, maxResults, pageToken, query },
          answer: usersSchema,
        })
        return { items: body.users ?? [], next: body.nextPageToken }
      })
    },
    /** The first page alone, of one: does the list answer at all? */
    async some(): Promise<readonly GoogleUser[]> {
      const query = { customer, maxResults: 1 }
      const where = path`/admin/directory/v1/users`
      return (await http.request({ method: 'GET', path: where, query, answer: usersSchema })).body.users ?? []
    },
    /** PUT leaves alone what is not sent. */
    async update(id: string, json: UserChange): Promise<void> {
      await http.request({ method: 'PUT', path: path`/admin/directory/v1/users/${id}`, json, repeatable: true })
    },
    /** Being deleted already is fine: a look shows it. */
    async remove(id: string): Promise<void> {
      try {
        await remove(path`/admin/directory/v1/users/${id}`)
      } catch (error) {
        if (!isDeletedUser(error)) throw error
      }
    },
    makeAdmin: (id: string, status: boolean) => post(path`/admin/directory/v1/users/${id}/makeAdmin`, { status }),
    async signOut(id: string): Promise<void> {
      await post(path`/admin/directory/v1/users/${id}/signOut`)
    },

    async countCodes(id: string, suspended: boolean): Promise<number | null> {
      const where = path`/admin/directory/v1/users/${id}/verificationCodes`
      const answer = await http.request({ method: 'GET', path: where, answer: codesSchema, ...accept(suspended) })
      return answer.status === 401 ? null : (answer.body.items ?? []).length
    },
    invalidateCodes: (id: string) => post(path`/admin/directory/v1/users/${id}/verificationCodes/invalidate`),
    async appPasswords(id: string, suspended: boolean) {
      const where = path`/admin/directory/v1/users/${id}/asps`
      const answer = await http.request({
        method: 'GET',
        path: where,
        answer: appPasswordsSchema,
        ...accept(suspended),
      })
      return answer.status === 401 ? null : (answer.body.items ?? [])
    },
    removeAppPassword: (id: string, codeId: number) =>
      remove(path`/admin/directory/v1/users/${id}/asps/${codeId}`, [404]),
    async tokens(id: string, suspended: boolean) {
      const where = path`/admin/directory/v1/users/${id}/tokens`
      const answer = await http.request({ method: 'GET', path: where, answer: tokensSchema, ...accept(suspended) })
      return answer.status === 401 ? null : (answer.body.items ?? [])
    },
    removeToken: (id: string, clientId: string) =>
      remove(path`/admin/directory/v1/users/${id}/tokens/${clientId}`, [404]),
  }
}
