import { z } from 'zod'
import { goneFor } from '../../core/absence.ts'
import type { Account } from '../../core/account.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { isNotFound } from './graph-error.ts'

/** What is used of a user (learn.microsoft.com/graph/api/resources/user). */
export const userSchema = z.object({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  userPrincipalName: z.string().min(1),
  mail: z.string().nullish(),
  /** `SMTP:` before the first address, `smtp:` before the others. */
  proxyAddresses: z.array(z.string()).nullish(),
  accountEnabled: z.boolean(),
  userType: z.string().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  /** What ties it to an account in Active Directory. */
  onPremisesImmutableId: z.string().nullish(),
  lastPasswordChangeDateTime: z.string().nullish(),
  signInSessionsValidFromDateTime: z.string().nullish(),
  licenseAssignmentStates: z
    .array(
      z.object({
        skuId: z.string(),
        assignedByGroup: z.string().nullish(),
        disabledPlans: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
})

export type GraphUser = z.infer<typeof userSchema>

/** Most of these are given only when they are asked for by name. */
const selected = { $select: Object.keys(userSchema.shape).join(',') }

export interface Users {
  /**
   * The user with this id; null when there is none any more. A 404 alone is not believed: a wrong address gives it, too,
   * so the list of users has to answer.
   */
  user(id: string): Promise<GraphUser | null>
  find(word: string): Promise<GraphUser[]>
  all(): AsyncGenerator<GraphUser>
}

const anybody = z.object({ value: z.array(z.unknown()) })

export function createUsers(graph: Graph): Users {
  const filtered = (filter: string) => graph.list(path`/users`, userSchema, { $filter: filter, ...selected })

  return {
    async user(id) {
      try {
        return await graph.get(path`/users/${id}`, userSchema, selected)
      } catch (error) {
        if (!isNotFound(error)) throw error
        return goneFor(error, {
          otherwise: async () => (await filtered(`id eq ${odataQuoted(id)}`)).find(user => user.id === id) ?? null,
          showsAnybody: async () =>
            (await graph.get(path`/users`, anybody, { $select: 'id', $top: 1 })).value.length > 0,
        })
      }
    },

    async find(word) {
      const wanted = word.trim().toLowerCase()
      if (wanted === '') return []
      const value = odataQuoted(wanted)
      const alias = odataQuoted(`smtp:${wanted}`)
      // A guest is named after the address at home, also where that is not given as their mail.
      const guest = odataQuoted(`${wanted.replace('@', '_')}#ext#`)
      const named = await Promise.all([
        filtered(`userPrincipalName eq ${value} or mail eq ${value} or startswith(userPrincipalName,${guest})`),
        filtered(`proxyAddresses/any(p:p eq ${alias})`),
      ])
      const found = new Map(named.flat().map(user => [user.id, user]))
      return [...found.values()].filter(user => namesOf(user).includes(wanted))
    },

    all: () => graph.pages(path`/users`, userSchema, { $top: 100, ...selected }),
  }
}

/** A string of an OData filter: an apostrophe is doubled, and nothing else means anything. */
export function odataQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`
}

function namesOf({ userPrincipalName, mail, proxyAddresses }: GraphUser): string[] {
  const aliases = (proxyAddresses ?? []).flatMap(one => (/^smtp:/i.test(one) ? [one.slice('smtp:'.length)] : []))
  return [userPrincipalName, mail ?? '', homeAddress(userPrincipalName) ?? '', ...aliases].map(name =>
    name.toLowerCase(),
  )
}

/** `gus@supplier.example` of `gus_supplier.example#EXT#@contoso.com`: a domain has no underscore. */
export function homeAddress(userPrincipalName: string): string | undefined {
  const [, name, domain] = /^(.+)_([^_]+)#EXT#@/i.exec(userPrincipalName) ?? []
  return name === undefined ? undefined : `${name}@${domain}`
}

/** Whose sessions and password belong to another tenant. */
export function isGuest({ login, asFound }: Account): boolean {
  return asFound?.userType === 'Guest' || /#EXT#@/i.test(login)
}

/** The account in our words, without what only roles tell. */
export function readAccount(user: GraphUser): Account {
  return {
    id: user.id,
    login: user.userPrincipalName,
    email: user.mail || homeAddress(user.userPrincipalName) || user.userPrincipalName,
    name: user.displayName || user.userPrincipalName,
    active: user.accountEnabled,
    roles: [],
    ...(user.onPremisesSyncEnabled ? { masteredIn: 'active-directory' } : {}),
    asFound: {
      active: String(user.accountEnabled),
      passwordChangedAt: user.lastPasswordChangeDateTime ?? '',
      sessionsValidFrom: user.signInSessionsValidFromDateTime ?? '',
      ...(user.userType === 'Guest' ? { userType: 'Guest' } : {}),
    },
  }
}

/** When each was last made anew, as it is noted of whoever is found. */
const renewed = {
  passwordChangedAt: 'lastPasswordChangeDateTime',
  sessionsValidFrom: 'signInSessionsValidFromDateTime',
} as const

/** Made anew since the account was found; or nobody could use it since, as they were blocked already. */
export function isNewer(user: GraphUser, { asFound = {} }: Account, what: keyof typeof renewed): boolean {
  if (asFound.active === 'false' && !user.accountEnabled) return true
  return isLater(user[renewed[what]], asFound[what])
}

/** ISO times; what was never set is earlier than everything. */
function isLater(time: string | null | undefined, than: string | undefined): boolean {
  const [one, other] = [Date.parse(time ?? ''), Date.parse(than ?? '')]
  return !Number.isNaN(one) && (Number.isNaN(other) || one > other)
}
