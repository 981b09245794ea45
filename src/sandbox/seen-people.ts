import type { Account, PeopleSystem } from './account.ts'
import { emailOf } from './module-admin/people.ts'
import type { TenantPeople } from './module-admin/tenant-people.ts'

/** One account as `GET state` shows it: enough to judge from outside what became of a person. */
export interface SeenPerson {
  /** As the system's own interface has it; in BMS the number of the employee. */
  id: string
  login: string
  /** The primary one. */
  email: string
  aliases: string[]
  name: string
  /** False too for one that was deleted. */
  active: boolean
  deleted: boolean
  roles: string[]
  /** Names of the groups of this system that the account is in. */
  groups: string[]
}

/** Everybody with an account in this system, and after them those whose account was deleted. */
export function seenPeople(tenant: TenantPeople, system: PeopleSystem): SeenPerson[] {
  const { accounts, groups, deleted } = tenant.in(system)
  const seen = (account: Account, isDeleted: boolean): SeenPerson => {
    const email = emailOf(account)
    return {
      id: account.employeeId === null ? account.id : String(account.employeeId),
      login: system === 'bms' ? (email.split('@', 1)[0] ?? email) : account.userName,
      email,
      aliases: account.emails.map(({ value }) => value).filter(value => value !== email),
      name: account.displayName,
      active: account.active && !isDeleted,
      deleted: isDeleted,
      roles: isDeleted ? [] : account.roleIds,
      groups: groups.of(account.id).map(group => group.name),
    }
  }
  return [
    ...[...accounts.values()].map(account => seen(account, false)),
    ...[...deleted.values()].map(account => seen(account, true)),
  ]
}
