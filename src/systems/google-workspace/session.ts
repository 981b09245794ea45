import { K1Error } from '../../core/errors.ts'
import { once } from '../../core/once.ts'
import type { OpenDeps, Session } from '../../core/system.ts'
import { checkRights } from './check.ts'
import { createDeviceClient } from './device-client.ts'
import { endpointsAt } from './endpoints.ts'
import { createGoogleApi } from './google-api.ts'
import type { Grant } from './grant.ts'
import type { GoogleClients } from './ground.ts'
import { createGroupClient } from './group-client.ts'
import { createHeldLicences } from './held-licences.ts'
import { createKeyGrant } from './key-grant.ts'
import { createLicenceClient } from './licence-client.ts'
import { createGooglePeople } from './people.ts'
import { scopesFor } from './scopes.ts'
import { parseServiceAccountKey } from './service-account-key.ts'
import { type GoogleSettings, readSettings } from './settings.ts'
import { createTokens } from './tokens.ts'
import { createTransferClient } from './transfer-client.ts'
import { createUserClient } from './user-client.ts'

/**
 * Nothing is sent before the first request needs a token.
 * @throws K1Error `not-set-up`, `usage`, `sign-in` (no application default credentials)
 */
export async function openSession(given: Readonly<Record<string, string>>, deps: OpenDeps): Promise<Session> {
  const settings = readSettings(given)
  const { clock, http } = deps
  const endpoints = endpointsAt(settings.url)
  const grant = await openGrant(settings, deps)
  const tokens = createTokens(grant, scopesFor(settings.licenceMode), clock)
  const api = (baseUrl: string) => createGoogleApi({ baseUrl, user: settings.adminEmail, tokens, clock, http })
  const [admin, licensing] = [api(endpoints.admin), api(endpoints.licensing)]
  const clients: GoogleClients = {
    users: createUserClient(admin),
    groups: createGroupClient(admin),
    devices: createDeviceClient(admin),
    transfers: createTransferClient(admin),
    licences: createLicenceClient(licensing),
  }
  const acting = once(() => clients.users.get(settings.adminEmail))
  const customerId = async () => {
    const { customerId: id } = await acting()
    if (id === undefined) throw new K1Error('contract', 'Google Workspace does not tell the id of the customer.')
    return id
  }
  const heldLicences = createHeldLicences(clients.licences, settings.licences, customerId)
  return {
    check: () => checkRights({ clients, settings, tokens, grant, acting, heldLicences }),
    people: createGooglePeople({ clients, settings, acting, heldLicences, customerId }),
    async close() {
      await Promise.all([admin.close(), licensing.close(), grant.close()])
    },
  }
}

async function openGrant(settings: GoogleSettings, deps: OpenDeps): Promise<Grant> {
  if (settings.serviceAccountKey !== undefined && settings.auth === 'service-account') {
    return createKeyGrant(parseServiceAccountKey(settings.serviceAccountKey), settings.adminEmail, deps)
  }
  if (settings.auth !== 'adc') throw new K1Error('internal', 'The settings of Google Workspace were not checked.')
  const { createDefaultGrant } = await import('./default-credentials.ts')
  return createDefaultGrant(settings, endpointsAt(settings.url), deps)
}
