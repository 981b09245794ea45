import type { DomainController } from './controller.ts'
import { supportedControls } from './controls.ts'
import { startTls, whoAmI } from './extended.ts'
import { generalizedTime } from './time.ts'

/** What Active Directory offers; all of them need tickets or keys that nobody gets here. */
export const mechanisms = ['GSSAPI', 'GSS-SPNEGO', 'EXTERNAL', 'DIGEST-MD5']

/** The entry without a name, which everybody may read before signing in: what this server is. */
export function rootDse({ domain: { dn, dns }, deps, usn }: DomainController): Record<string, string[]> {
  const configuration = `CN=Configuration,${dn}`
  const schema = `CN=Schema,${configuration}`
  const server = `CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,${configuration}`
  return {
    configurationNamingContext: [configuration],
    currentTime: [generalizedTime(deps.now())],
    defaultNamingContext: [dn],
    dnsHostName: [`dc1.${dns}`],
    domainControllerFunctionality: ['7'],
    domainFunctionality: ['7'],
    dsServiceName: [`CN=NTDS Settings,${server}`],
    forestFunctionality: ['7'],
    highestCommittedUSN: [String(usn)],
    isGlobalCatalogReady: ['TRUE'],
    isSynchronized: ['TRUE'],
    ldapServiceName: [`${dns}:dc1$@${dns.toUpperCase()}`],
    namingContexts: [dn, configuration, schema],
    rootDomainNamingContext: [dn],
    schemaNamingContext: [schema],
    serverName: [server],
    subschemaSubentry: [`CN=Aggregate,${schema}`],
    supportedCapabilities: ['800', '1670', '1791', '1935', '2080', '2237'].map(one => `1.2.840.113556.1.4.${one}`),
    supportedControl: supportedControls,
    supportedExtension: [startTls, whoAmI],
    supportedLDAPVersion: ['3', '2'],
    supportedSASLMechanisms: mechanisms,
  }
}
