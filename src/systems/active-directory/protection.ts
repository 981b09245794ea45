import type { Account } from '../../core/account.ts'
import type { K1Error } from '../../core/errors.ts'
import { partOf } from '../../core/parts.ts'
import type { Directory } from './directory.ts'
import type { Domain } from './domain.ts'
import type { Groups } from './groups.ts'
import { domainOf, ridOf } from './ids.ts'
import { filter } from './names.ts'
import { interdomainTrust, readAccount, type User } from './user.ts'

/**
 * Groups that AdminSDHolder protects, by the last number of their SID (Microsoft, "Protected accounts and groups in
 * Active Directory"; Key Admins since 2016). `adminCount` does not tell: it stays 1 after somebody left such a group.
 */
const ofDomain: Record<number, string> = {
  512: 'Domain Admins',
  516: 'Domain Controllers',
  518: 'Schema Admins',
  519: 'Enterprise Admins',
  521: 'Read-only Domain Controllers',
  526: 'Key Admins',
  527: 'Enterprise Key Admins',
}
const builtIn: Record<number, string> = {
  544: 'Administrators',
  548: 'Account Operators',
  549: 'Server Operators',
  550: 'Print Operators',
  551: 'Backup Operators',
  552: 'Replicator',
}
const domainAdmins = 512
const notDisabled = '(!(userAccountControl:1.2.840.113556.1.4.803:=2))'

export interface AccountStanding {
  /** Protected groups that it is in, by name. */
  names: readonly string[]
  /** Why it may not be touched. */
  untouchable?: string
  /** Why nobody can tell which groups it is in. */
  unread?: K1Error
}

export interface Protection {
  standing(user: User): Promise<AccountStanding>
  /** The account with its protected groups as roles, and why it may not be touched: found, also where groups are unread. */
  guarded(user: User): Promise<Account>
}

export function createProtection(
  { directory, domain, groups }: { directory: Directory; domain: Domain; groups: Groups },
  self: () => Promise<string | undefined>,
): Protection {
  async function isLastDomainAdmin(user: User): Promise<boolean> {
    const group = await groups.byRid(domainAdmins)
    if (group === null) return false
    const through = filter`(|(primaryGroupID=512)(memberOf:1.2.840.113556.1.4.1941:=${group.dn}))`
    const admins = await directory.search(domain.base, {
      filter: `(&(objectCategory=person)(objectClass=user)${notDisabled}${through})`,
      attributes: ['objectSid'],
    })
    return user.active && admins.every(({ dn }) => dn === user.dn)
  }

  async function why(user: User, names: readonly string[]): Promise<string | undefined> {
    if (user.id === (await self())) return 'the account that k1ctl itself signs in with'
    if (user.rid === 502 || /^krbtgt(_\d+)?$/i.test(user.login)) return 'the key of all tickets of the domain'
    if (user.rid === 500) return 'the built-in Administrator'
    if (user.isCritical) return 'a critical system object of the domain'
    if (((user.control ?? 0) & interdomainTrust) !== 0) return 'the account of a trust between domains'
    if (/^MSOL_[0-9a-f]{8,}$/i.test(user.login)) return 'the account that syncs the directory to Microsoft 365'
    if (names.includes('Domain Admins') && (await partOf(isLastDomainAdmin(user))).value)
      return 'the last member of Domain Admins that is not disabled'
    if (names.length === 0) return undefined
    const them = names.length === 1 ? 'it' : 'them'
    return `in ${names.join(', ')}, which AdminSDHolder protects (take the account out of ${them} by hand first)`
  }

  async function standing(user: User): Promise<AccountStanding> {
    const { value: sids, error } = await partOf(groups.sids(user))
    const names = [...(sids ?? [])].flatMap(sid => protectedName(sid) ?? []).sort()
    const untouchable = await why(user, names)
    return { names, ...(untouchable === undefined ? {} : { untouchable }), ...(error ? { unread: error } : {}) }
  }

  return {
    standing,
    async guarded(user) {
      const { names, untouchable } = await standing(user)
      return {
        ...readAccount(user),
        roles: names.map(name => ({ name, admin: true })),
        ...(untouchable === undefined ? {} : { untouchable }),
      }
    },
  }
}

/** Of a group that is protected, its name as Microsoft calls it; groups of other domains of the forest count, too. */
export function protectedName(sid: string): string | undefined {
  const names = domainOf(sid) === 'S-1-5-32' ? builtIn : sid.startsWith('S-1-5-21-') ? ofDomain : {}
  return names[ridOf(sid)]
}
