import { disabledBit, normalAccountBit, passwordNeverExpiresBit, serverBit } from './account-control.ts'
import { type DomainName, operatorLogin, operatorPassword } from './domain.ts'
import { Nursery } from './nursery.ts'
import type { Entry, Tree } from './tree.ts'

/** Global group with rights; local one of the domain; made by the system itself (MS-ADTS 2.2.12). */
const globalGroup = '-2147483646'
const localGroup = '-2147483644'
const builtinGroup = '-2147483643'

/** The folders that people of a company and their groups are in, and the groups that every domain has. */
export interface Grounds {
  people: Entry
  groups: Entry
  leavers: Entry
  domainUsers: Entry
  domainAdmins: Entry
  computers: Entry
}

/** The name of the group whose members have the rights of an offboarding. */
export const delegatesName = 'Offboarding Delegates'

/** What a new domain has, and the folders of the company. People come after. */
export function seedDomain(tree: Tree, domain: DomainName, now: Date): { nursery: Nursery; grounds: Grounds } {
  const nursery = new Nursery(tree, domain, now)
  const root = nursery.root()
  const system = { isCriticalSystemObject: 'TRUE' }
  const users = nursery.folder(root, 'CN', 'Users', 'container', system)
  const computers = nursery.folder(root, 'CN', 'Computers', 'container', system)
  const builtin = nursery.folder(root, 'CN', 'Builtin', 'container', system)
  const controllers = nursery.folder(root, 'OU', 'Domain Controllers', 'organizationalUnit', system)
  nursery.folder(root, 'CN', 'Deleted Objects', 'container', { ...system, isDeleted: 'TRUE' })
  const people = nursery.folder(root, 'OU', 'People', 'organizationalUnit')
  const groups = nursery.folder(root, 'OU', 'Groups', 'organizationalUnit')
  const leavers = nursery.folder(root, 'OU', 'Leavers', 'organizationalUnit')
  const services = nursery.folder(root, 'OU', 'Service Accounts', 'organizationalUnit')

  const guarded = { ...system, adminCount: '1' }
  const wellKnown = (name: string, rid: number, more: Record<string, string> = system) =>
    nursery.group(users, name, { rid, groupType: globalGroup, ...more })
  const domainAdmins = wellKnown('Domain Admins', 512, guarded)
  const domainUsers = wellKnown('Domain Users', 513)
  wellKnown('Domain Guests', 514)
  wellKnown('Domain Computers', 515)
  wellKnown('Domain Controllers', 516, guarded)
  wellKnown('Protected Users', 525)
  const schemaAdmins = wellKnown('Schema Admins', 518, guarded)
  const enterpriseAdmins = wellKnown('Enterprise Admins', 519, guarded)
  const builtins = [
    ['Administrators', 544, guarded],
    ['Users', 545, system],
    ['Account Operators', 548, guarded],
    ['Server Operators', 549, guarded],
    ['Backup Operators', 551, guarded],
  ] as const
  const [administrators, allUsers] = builtins.map(([name, rid, more]) =>
    nursery.group(builtin, name, { sid: `S-1-5-32-${rid}`, groupType: builtinGroup, ...more }),
  )

  const enabled = String(normalAccountBit | passwordNeverExpiresBit)
  const disabled = String(normalAccountBit | disabledBit)
  const administrator = nursery.user(users, 'Administrator', {
    sAMAccountName: 'Administrator',
    rid: 500,
    userAccountControl: enabled,
    description: 'Built-in account for administering the computer/domain',
    password: operatorPassword,
    ...guarded,
  })
  nursery.user(users, 'Guest', { sAMAccountName: 'Guest', rid: 501, userAccountControl: disabled, ...system })
  nursery.user(users, 'krbtgt', { sAMAccountName: 'krbtgt', rid: 502, userAccountControl: disabled, ...guarded })
  nursery.computer(controllers, 'DC1', String(serverBit | 0x8_0000), 516)

  const operator = nursery.user(services, 'k1ctl offboarding', {
    sAMAccountName: operatorLogin,
    userPrincipalName: `${operatorLogin}@${domain.dns}`,
    userAccountControl: enabled,
    description: 'Signs in for k1ctl',
    password: operatorPassword,
  })
  nursery.user(users, 'MSOL_7f3e253aadf7', {
    sAMAccountName: 'MSOL_7f3e253aadf7',
    userAccountControl: enabled,
    description: 'Account that Microsoft Entra Connect synchronizes with',
  })
  const delegates = nursery.group(services, delegatesName, {
    sAMAccountName: 'offboarding-delegates',
    groupType: localGroup,
  })

  nursery.join(delegates, operator)
  for (const group of [domainAdmins, schemaAdmins, enterpriseAdmins]) nursery.join(group, administrator)
  for (const member of [administrator, domainAdmins, enterpriseAdmins]) nursery.join(administrators, member)
  nursery.join(allUsers, domainUsers)
  // Where a domain's short name stands (MS-ADTS 6.1.1.2.1): CORP of CORP\amy.
  const configuration = nursery.folder(root, 'CN', 'Configuration', 'container', system)
  const partitions = nursery.folder(configuration, 'CN', 'Partitions', 'container', system)
  nursery.folder(partitions, 'CN', domain.netbios, 'crossRef', {
    ...system,
    nCName: domain.dn,
    nETBIOSName: domain.netbios,
    dnsRoot: domain.dns,
  })
  return { nursery, grounds: { people, groups, leavers, domainUsers, domainAdmins, computers } }
}
