import { K1Error } from '../core/errors.ts'
import type { TenantRecord } from '../core/ports.ts'

/**
 * Among the tenants of this call, those that a person belongs to: by the domain of the e-mail. A log-in without a
 * domain is looked for in all of them.
 * @throws K1Error `refused` when the e-mail's domain belongs to none of them
 */
export function tenantsOf(person: string, tenants: readonly TenantRecord[]): TenantRecord[] {
  const at = person.lastIndexOf('@')
  if (at < 0) return [...tenants]
  const domain = person.slice(at + 1).toLowerCase()
  const owners = tenants.filter(t => t.domains.includes(domain))
  if (owners.length > 0) return owners
  const [only] = tenants
  if (only && tenants.length === 1) {
    const known = only.domains.length > 0 ? `its domains are ${only.domains.join(', ')}` : 'it has no mail domain yet'
    throw new K1Error('refused', `${domain} does not belong to ${only.name}: ${known}.`, {
      hint: `If it does, say so once: k1ctl tenant domains add '${only.name}' ${domain}`,
    })
  }
  throw new K1Error('refused', `${domain} belongs to none of the ${tenants.length} tenants.`, {
    hint: `Say whose it is: k1ctl tenant domains add TENANT ${domain}`,
  })
}
