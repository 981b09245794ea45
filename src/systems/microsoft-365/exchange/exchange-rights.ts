import type { TokenClaims } from '../token-claims.ts'

/** What the application needs in "Office 365 Exchange Online" (00000002-0000-0ff1-ce00-000000000000). */
export const exchangePermission = {
  name: 'Exchange.ManageAsApp',
  id: 'dc50a0fb-09a3-484d-be87-e023b12c6440',
  /** The same for a person who signs in. */
  delegated: 'Exchange.Manage',
} as const

/** Entra roles by template id, the least first: one of them has to be assigned to the application itself. */
const roles = new Map([
  ['31392ffb-586c-42d1-9346-e59415a2cc4e', 'Exchange Recipient Administrator'],
  ['29232cdf-9323-42fd-ade2-1d097af3e4de', 'Exchange Administrator'],
  ['62e90394-69f5-4237-9190-012177145e10', 'Global Administrator'],
])

const where = 'in the Microsoft Entra admin center'

/** What a token for Exchange lacks by its own words, as sentences; one that says nothing lacks nothing. */
export function missingInExchange(claims: TokenClaims | null): string[] {
  if (claims === null) return []
  const isPerson = claims.scp !== undefined
  const granted = isPerson ? (claims.scp ?? '').split(' ') : (claims.roles ?? [])
  const permission = isPerson ? exchangePermission.delegated : exchangePermission.name
  // A person may have their right from a role group of Exchange itself, which no token tells.
  const lacksRole = !isPerson && claims.wids !== undefined && !claims.wids.some(id => roles.has(id))
  return [
    ...(granted.includes(permission)
      ? []
      : [
          `${permission} (of "Office 365 Exchange Online") is missing, to change mailboxes and distribution lists. Grant it ${where}: App registrations, API permissions, then "Grant admin consent".`,
        ]),
    ...(lacksRole
      ? [
          `The app has neither the role Exchange Recipient Administrator nor Exchange Administrator, to change mailboxes and distribution lists. Assign one ${where}: Roles and administrators.`,
        ]
      : []),
  ]
}

/** Of these, one shows the configuration of the organization: Exchange Administrator, Global Administrator, Global Reader. */
const readers = [
  '29232cdf-9323-42fd-ade2-1d097af3e4de',
  '62e90394-69f5-4237-9190-012177145e10',
  'f2ef992c-3afb-46b9-b7cf-a126ee74c451',
]

/** What is not shown to that token, and is looked at before a licence goes. */
export function hiddenInExchange(claims: TokenClaims | null): string[] {
  const { scp, wids } = claims ?? {}
  if (scp !== undefined || wids === undefined || wids.some(id => readers.includes(id))) return []
  return [
    `The app has not the role Global Reader, to see holds over all mailboxes before a licence goes: licences with a mailbox are kept. Assign it ${where}: Roles and administrators.`,
  ]
}
