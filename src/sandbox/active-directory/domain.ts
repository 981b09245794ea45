import { createHash } from 'node:crypto'
import { estateTenant } from '../estate.ts'
import type { World } from '../world.ts'
import type { Rdn } from './dn.ts'

/** What the domain is called in all the ways that there are. */
export interface DomainName {
  /** `ironbridge.example` */
  dns: string
  /** `IRONBRIDGE`, before the backslash. */
  netbios: string
  parts: Rdn[]
  /** `DC=ironbridge,DC=example` */
  dn: string
  /** `S-1-5-21-…` */
  sid: string
}

/** Of the estate's tenant; a world without one has an empty domain. */
export function domainOf(world: World): DomainName {
  const dns = estateTenant(world)?.domains[0] ?? 'nobody.example'
  const parts = dns.split('.').map(value => ({ type: 'DC', value }))
  const digest = createHash('sha256').update(dns).digest()
  return {
    dns,
    netbios: (dns.split('.')[0] ?? dns).toUpperCase().slice(0, 15),
    parts,
    dn: parts.map(({ type, value }) => `${type}=${value}`).join(','),
    sid: `S-1-5-21-${digest.readUInt32LE(0)}-${digest.readUInt32LE(4)}-${digest.readUInt32LE(8)}`,
  }
}

/** The account that the connection signs in with, as it was delegated the rights of an offboarding. */
export const operatorLogin = 'svc-k1ctl'

/** Of the operator, and of Administrator too, who may do everything; the same in every sandbox. */
export const operatorPassword = `Aa1-${createHash('sha256').update('sandbox Active Directory').digest('base64url')}`

/** What a person of the seed signs in with. @param login without the domain */
export function passwordOf(login: string): string {
  return `Anvil-${login}-1911`
}

export function passwordDigest(password: string): string {
  return createHash('sha256').update(password).digest('hex')
}
