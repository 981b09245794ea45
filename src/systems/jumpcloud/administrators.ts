import { once } from '../../core/once.ts'
import type { JumpcloudClient } from './client.ts'
import type { Administrator } from './client-provider.ts'
import type { User } from './schemas.ts'

/** Who of the users is an administrator of the console as well: another account, with a log-in of its own. */
export interface Administrators {
  /** Ids of their administrator accounts; none for most. */
  of(user: User): Promise<string[]>
  /** All of the provider, asked once a session; none where there is no provider. */
  ofProvider(): Promise<readonly Administrator[]>
  /** Is it the person whose API key it is? False where JumpCloud does not tell. */
  isSelf(user: User): Promise<boolean>
  /** Why nobody may take this away. */
  untouchable(ids: readonly string[]): Promise<string | undefined>
}

export interface AdministratorFacts {
  client: JumpcloudClient
  providerId: string | undefined
  orgId: string | undefined
  /** Whose API key it is; undefined for a service account. */
  self(): Promise<Administrator | undefined>
}

export function createAdministrators({ client, providerId, orgId, self }: AdministratorFacts): Administrators {
  const ofProvider = once(async () =>
    providerId === undefined ? [] : await client.administratorsOfProvider(providerId),
  )
  const here = once(client.administratorsHere)

  return {
    ofProvider,

    async of(user) {
      const known = [...(await ofProvider())]
      // The published contract has no `admin`: that it is absent says nothing of who administers.
      if (user.admin === undefined) known.push(...(await here()))
      return [...new Set([...(user.admin ? [user.admin.id] : []), ...idsOf(user, known)])]
    },

    async isSelf(user) {
      const me = await self()
      return me !== undefined && (user.admin?.id === me.id || idsOf(user, [me]).length > 0)
    },

    async untouchable(ids) {
      if (orgId === undefined || ids.length === 0) return undefined
      const linked = await client.administratorsOf(orgId)
      const isLast = linked.length > 0 && linked.every(id => ids.includes(id))
      return isLast ? 'the last administrator of the organization' : undefined
    },
  }
}

/** An administrator has no other mark of the user that they are than the e-mail. */
function idsOf(user: User, administrators: readonly Administrator[]): string[] {
  const own = [user.email, user.alternateEmail].flatMap(email => email?.toLowerCase() ?? [])
  return administrators.filter(({ email }) => own.includes(email.toLowerCase())).map(({ id }) => id)
}
