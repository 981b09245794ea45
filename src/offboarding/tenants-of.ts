import { distance } from 'fastest-levenshtein'
import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { TenantRecord } from '../core/stores.ts'

/**
 * The tenant of this call that a list names for a person; all of them where it names none.
 * @throws K1Error `refused` when it is not among them
 */
export function tenantsNamed(name: string | undefined, tenants: readonly TenantRecord[]): readonly TenantRecord[] {
  if (name === undefined) return tenants
  const found = tenants.filter(t => t.name.toLowerCase() === name.toLowerCase())
  if (found.length > 0) return found
  const [only] = tenants
  const called = only && tenants.length === 1 ? `This call is about ${only.name} alone` : 'No tenant is called that'
  throw new K1Error('refused', `The list says tenant ${name}. ${called}.`, {
    hint: tenants.length === 1 ? 'For several tenants: --all-tenants' : 'See k1ctl tenant list.',
  })
}

/**
 * Among the tenants of this call, those that a person belongs to: by the domain of the e-mail. A log-in without a
 * domain may be somebody else in each tenant, so it is taken only where there is one.
 * @throws K1Error `refused` when the e-mail's domain belongs to none of them, or nobody can tell whose log-in it is
 */
export function tenantsOf(person: string, tenants: readonly TenantRecord[]): TenantRecord[] {
  const [only] = tenants
  const at = person.lastIndexOf('@')
  if (at < 0) {
    if (tenants.length <= 1) return [...tenants]
    throw new K1Error('refused', `${person} may be somebody else in each of the ${tenants.length} tenants.`, {
      hint: 'Name the e-mail, or the tenant: --tenant NAME, or a column "tenant" in the list.',
    })
  }
  const domain = person.slice(at + 1).toLowerCase()
  const owners = tenants.filter(t => t.domains.includes(domain))
  if (owners.length > 0) return owners
  if (only && tenants.length === 1) {
    const known = only.domains.length > 0 ? `its domains are ${only.domains.join(', ')}` : 'it has no mail domain yet'
    throw new K1Error('refused', `${domain} does not belong to ${only.name}: ${known}.`, {
      hint: `${meant(person, domain, tenants) ?? 'If it does, say so once'}: k1ctl tenant domains add ${quoted(only.name)} ${quoted(domain)}`,
    })
  }
  throw new K1Error('refused', `${domain} belongs to none of the ${tenants.length} tenants.`, {
    hint: `${meant(person, domain, tenants) ?? 'Say whose it is'}: k1ctl tenant domains add TENANT ${quoted(domain)}`,
  })
}

/**
 * Most domains that nobody knows are mistyped: whoever is told to add one adds the mistake, and offboards a stranger.
 * A question with the nearest known one.
 */
function meant(person: string, domain: string, tenants: readonly TenantRecord[]): string | undefined {
  const [near] = tenants
    .flatMap(t => t.domains)
    .map(known => ({ known, far: distance(domain, known) }))
    .filter(({ known, far }) => far <= Math.max(2, Math.floor(known.length / 5)))
    .sort((a, b) => a.far - b.far)
  if (!near) return undefined
  return `Did you mean ${person.slice(0, person.lastIndexOf('@'))}@${near.known}? If the domain is right, say so once`
}
