import { isK1Error } from '../../core/errors.ts'
import { rememberSecret } from '../../core/redact.ts'
import type { Identity, OpenDeps, Session } from '../../core/system.ts'
import { createHttpClient } from '../../http/client.ts'
import { createJumpcloudClient, type JumpcloudClient } from './client.ts'
import { createCredential } from './credentials.ts'
import { readJumpcloudError } from './error.ts'
import { createPeople } from './people.ts'
import { readSettings, type Settings } from './settings.ts'
import { createTransport } from './transport.ts'

/**
 * Nothing is asked yet: a key goes with every request, and a service account gets its token with the first.
 * @throws K1Error `not-set-up`, `usage`
 */
export async function openSession(given: Readonly<Record<string, string>>, deps: OpenDeps): Promise<Session> {
  const settings = readSettings.from(given)
  if (settings.applePin !== undefined) rememberSecret(settings.applePin)
  const credential = createCredential(settings, deps)
  const http = createHttpClient({
    baseUrl: `${settings.url}/api`,
    system: 'JumpCloud',
    http: deps.http,
    clock: deps.clock,
    authorize: headers => credential.authorize(headers),
    onUnauthorized: refused => credential.renew(refused),
    readError: readJumpcloudError,
  })
  const client = createJumpcloudClient(createTransport(http, settings.orgId))
  const { providerId } = settings

  return {
    check: () => check(client, settings, credential.name),
    tenants: () => (providerId === undefined ? client.organizations() : client.organizationsOf(providerId)),
    tenantSetting: 'orgId',
    people: createPeople({ client, settings, clock: deps.clock, signal: deps.http.signal }),
    async close() {
      await Promise.all([http.close(), credential.close()])
    },
  }
}

type Probe = readonly [ask: () => Promise<unknown>, right: string]

function probesOf(client: JumpcloudClient, { orgId, providerId }: Settings): Probe[] {
  const probes: Probe[] = [
    [() => client.probe('users'), 'read users (role Administrator, or one with Users)'],
    [() => client.probe('groups'), 'read user groups (role Administrator, or one with Groups)'],
    [() => client.probe('devices'), 'read devices (role Administrator, or one with Systems)'],
    [() => client.probe('mdm'), 'read Apple MDM, which --devices lock and erase need for Macs (role Administrator)'],
  ]
  if (orgId !== undefined) {
    probes.push([() => client.administratorsOf(orgId), 'read who administers the organization (role Administrator)'])
  }
  if (providerId !== undefined) {
    probes.push([() => client.administratorsBy(providerId, ''), 'read the administrators of the provider'])
  }
  return probes
}

/**
 * The contract has no "who am I": the way of signing in stands for it. Rights to write show only by writing, so what
 * can be read is tried.
 */
async function check(client: JumpcloudClient, settings: Settings, name: string): Promise<Identity> {
  const { orgId } = settings
  const seen = orgId === undefined ? await client.organizations() : [await client.organization(orgId)]
  const [first] = seen
  const identity = { name, email: '', tenant: first?.name ?? '', missing: [] }
  if (orgId === undefined && seen.length > 1) {
    const hint = 'set orgId, or run k1ctl tenant import jumpcloud'
    const missing = [`The ${name} sees ${seen.length} organizations, and the connection names none: ${hint}.`]
    return { ...identity, tenant: `${seen.length} organizations`, missing }
  }
  const answers = await Promise.all(
    probesOf(client, settings).map(async ([ask, right]) => {
      try {
        await ask()
        return []
      } catch (error) {
        if (!isK1Error(error) || error.kind !== 'forbidden') throw error
        return [`The ${name} may not ${right}: grant it in the Admin Portal under Settings > Administrators.`]
      }
    }),
  )
  return { ...identity, missing: answers.flat() }
}
