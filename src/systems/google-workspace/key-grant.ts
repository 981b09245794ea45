import { createExchange, type Grant, type GrantDeps } from './grant.ts'
import { claimsFor, type ServiceAccountKey, signClaims } from './service-account-key.ts'

/** The service account signs with its own key, and stands for the administrator. */
export function createKeyGrant(key: ServiceAccountKey, adminEmail: string, deps: GrantDeps): Grant {
  const { exchange, close } = createExchange(key.tokenUri, deps)
  return {
    issuer: key.email,
    clientId: key.clientId,
    fetch(scopes) {
      const claims = claimsFor(key.email, { adminEmail, scopes, audience: key.tokenUri }, deps.clock.now())
      return exchange(signClaims(key, claims))
    },
    close,
  }
}
