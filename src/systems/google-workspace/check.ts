import { asK1Error, type ErrorKind } from '../../core/errors.ts'
import type { Identity } from '../../core/system.ts'
import { isApiDisabled, lacksScope } from './google-error.ts'
import type { Grant } from './grant.ts'
import type { GoogleClients } from './ground.ts'
import type { HeldLicences } from './held-licences.ts'
import { neededRights, type ScopeRight } from './needed-rights.ts'
import type { GoogleUser } from './schemas.ts'
import { directoryScopes, licensingScope } from './scopes.ts'
import type { GoogleSettings } from './settings.ts'
import type { Tokens } from './tokens.ts'

export interface CheckOptions {
  clients: GoogleClients
  settings: GoogleSettings
  tokens: Tokens
  grant: Grant
  /** Whom k1ctl acts as, asked of Google: what was typed may be any of their addresses. */
  acting(): Promise<GoogleUser>
  heldLicences: HeldLicences
}

interface Probe {
  right: ScopeRight
  run(): Promise<unknown>
}

/**
 * Who signs for whom, and what is missing: scopes that are not delegated, APIs that are off, and privileges that the
 * administrator lacks. All of it by reading. What could not be checked is said, and keeps nobody from working with the rest.
 * @throws K1Error `sign-in`, `unreachable`
 */
export async function checkRights(options: CheckOptions): Promise<Identity> {
  const { settings, tokens, grant, acting } = options
  const { adminEmail } = settings
  await tokens.token()
  const lacking = new Set(tokens.lacking())
  const missing = [...lacking].map(scope => scopeSentence(scope, grant))
  const identity = { name: adminEmail, email: adminEmail, tenant: adminEmail.split('@')[1] ?? adminEmail, missing }
  if (lacking.has(directoryScopes.users)) return identity

  const admin = await acting().catch((error: unknown) => {
    missing.push(sentenceOf(error, neededRights.users, grant))
    return null
  })
  if (admin === null) return identity
  if (!admin.isAdmin) {
    missing.push(
      `${adminEmail} is no super administrator: grant it under Directory > Users > ${adminEmail} > Admin roles and privileges, or leave out what it may not do (other administrators, roles, OAuth tokens).`,
    )
  }
  const probes = probesOf(options, admin.id).filter(({ right }) => !lacking.has(right.scope))
  const answers = await Promise.all(probes.map(probe => failureOf(probe, grant)))
  missing.push(...answers.flat())
  return { ...identity, name: admin.primaryEmail, email: admin.primaryEmail, missing: [...new Set(missing)] }
}

/** One cheap reading for each right that a reading tells of. */
function probesOf({ clients, settings, heldLicences }: CheckOptions, adminId: string): Probe[] {
  const { users, groups, devices, transfers } = clients
  const { security, roles, mobile, chromeos, transfer, licences } = neededRights
  return [
    { right: security, run: () => users.tokens(adminId, false) },
    { right: neededRights.groups, run: () => groups.someGroup() },
    { right: roles, run: () => firstOf(groups.roles()) },
    { right: mobile, run: () => devices.somePhones() },
    { right: chromeos, run: () => devices.someChromebooks() },
    { right: transfer, run: () => firstOf(transfers.applications()) },
    ...(settings.licenceMode === 'remove' ? [{ right: licences, run: heldLicences.probe }] : []),
  ]
}

async function firstOf(items: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of items) return
}

async function failureOf({ right, run }: Probe, grant: Grant): Promise<string[]> {
  try {
    await run()
    return []
  } catch (error) {
    return [sentenceOf(error, right, grant)]
  }
}

/** Of these kinds the next call fails in the same way. */
const lasting = new Set<ErrorKind>(['cancelled', 'sign-in', 'not-set-up', 'unreachable', 'internal'])

/** @throws K1Error what is not about this one right */
function sentenceOf(thrown: unknown, right: ScopeRight, grant: Grant): string {
  const error = asK1Error(thrown)
  if (lasting.has(error.kind)) throw error
  if (error.kind === 'forbidden') return sentenceFor(error, right, grant)
  return `Whether the administrator may ${right.what} could not be checked: ${error.message}`
}

function sentenceFor(
  error: Parameters<typeof lacksScope>[0],
  { scope, what, privilege }: ScopeRight,
  grant: Grant,
): string {
  if (lacksScope(error)) return scopeSentence(scope, grant)
  if (isApiDisabled(error)) {
    const api = scope === licensingScope ? 'Enterprise License Manager API' : 'Admin SDK API'
    return `The ${api} is off: enable it in the Cloud project of ${grant.issuer}, under APIs & Services > Library.`
  }
  return `The administrator may not ${what}: grant the privilege "${privilege}" in the Admin console, under Account > Admin roles.`
}

function scopeSentence(scope: string, { issuer, clientId }: Grant): string {
  const client = clientId === undefined ? issuer : `${issuer} (client id ${clientId})`
  return `The scope ${scope} is not delegated to ${client}: add it in the Admin console, under Security > Access and data control > API controls > Domain-wide delegation.`
}
