import type { Account, PeopleSystem } from './account.ts'
import { emailOf, type TenantPeople } from './module-admin/people.ts'

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
  const groups = system === 'kaseyaone' || system === 'scim' ? tenant.groups[system] : null
  const seen = (account: Account, deleted: boolean): SeenPerson => {
    const email = emailOf(account)
    return {
      id: account.employeeId === null ? account.id : String(account.employeeId),
      login: system === 'bms' ? (email.split('@', 1)[0] ?? email) : account.userName,
      email,
      aliases: account.emails.map(({ value }) => value).filter(value => value !== email),
      name: account.displayName,
      active: account.active && !deleted,
      deleted,
      roles: deleted ? [] : account.roleIds,
      groups: groups?.of(account.id).map(group => group.name) ?? [],
    }
  }
  return [
    ...[...tenant.accounts[system].values()].map(account => seen(account, false)),
    ...[...tenant.deleted[system].values()].map(account => seen(account, true)),
  ]
}
