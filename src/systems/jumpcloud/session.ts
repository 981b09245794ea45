import { once } from '../../core/once.ts'
import { rememberSecret } from '../../core/redact.ts'
import type { OpenDeps, Session } from '../../core/system.ts'
import { createHttpClient } from '../../http/client.ts'
import { createAdministrators } from './administrators.ts'
import { checkRights } from './check-rights.ts'
import { createJumpcloudClient } from './client.ts'
import { createCredential } from './credentials.ts'
import { readJumpcloudError } from './error.ts'
import { createPeople } from './people.ts'
import { readSettings } from './settings.ts'
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
  const { providerId, orgId } = settings
  // A service account is nobody's.
  const self = once(async () => (settings.auth === 'service-account' ? undefined : await client.self()))
  const administrators = createAdministrators({ client, providerId, orgId, self })

  return {
    check: () => checkRights({ client, administrators, settings, self, name: credential.name }),
    tenants: () => (providerId === undefined ? client.organizations() : client.organizationsOf(providerId)),
    tenantSetting: 'orgId',
    people: createPeople({ client, administrators, settings, clock: deps.clock }),
    async close() {
      await Promise.all([http.close(), credential.close()])
    },
  }
}
