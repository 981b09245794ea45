import type { BmsCompany, ModuleSeed } from './world.ts'

/** `all`: every feature on; `half`: log-in and user creation; `log-in`: linked, nothing else; `off`: not linked. */
export type Level = 'all' | 'half' | 'log-in' | 'off'

export interface BmsFacts {
  neverConfigured?: boolean
  notLinked?: boolean
  notAdmin?: boolean
  ambiguousDepartments?: boolean
}

interface BmsSeed {
  number: number
  name: string
  level: Level
  /** Names of the tenant's KaseyaOne groups, sorted. */
  groups: string[]
  facts: BmsFacts
}

/**
 * BMS has no switch for log-in: a company is linked or not, and is so at every level here. Where Require Log In is on,
 * the API account is excepted, by name or by its role, as an operator who reads warnings would have it.
 */
export function seedBms({ number, name, level, groups, facts }: BmsSeed): BmsCompany {
  const account = number * 1000
  const isOn = !facts.neverConfigured && !facts.notLinked
  const all = isOn && level === 'all'
  const byRole = number % 2 === 0
  const password = `Tide&Pine+${number}%`
  const mappings = all ? groups.slice(0, 2) : []
  return {
    company: name,
    account: {
      username: 'k1ctl-api',
      password,
      employeeId: account,
      admin: !facts.notAdmin,
      apiAccess: true,
    },
    ...(facts.ambiguousDepartments ? { departments: ambiguousDepartments() } : {}),
    linked: !facts.notLinked,
    neverConfigured: facts.neverConfigured === true,
    settings: {
      userCreation: isOn && (level === 'all' || level === 'half'),
      requireLogIn: all,
      deprovisioning: all,
      accessGroups: all,
      defaults: facts.neverConfigured ? null : defaults(account + 1),
      userExceptionIds: all && !byRole ? [account] : [],
      roleExceptionIds: all && byRole ? [6] : [],
      mappings: mappings.map((groupName, index) => ({
        groupId: `k1-group-${number}-${index + 1}`,
        groupName,
        roleIds: index === 0 ? [8] : [3, 8],
        order: index + 1,
      })),
    },
  }
}

/** @param excepted the person, if any, who may log in with a password where Require Log In is on */
export function seedModule(level: Level, defaultRoleId?: string, excepted?: string): ModuleSeed {
  const creates = level === 'all' || level === 'half'
  return {
    linked: level !== 'off',
    logIn: level !== 'off',
    requireLogIn: excepted !== undefined && level === 'all',
    userCreation: creates && defaultRoleId !== undefined,
    deprovisioning: level === 'all',
    defaultRoleId: creates ? (defaultRoleId ?? null) : null,
    userExceptionIds: excepted !== undefined && level === 'all' ? [excepted] : [],
  }
}

function defaults(manager: number): NonNullable<BmsCompany['settings']['defaults']> {
  return { department: 2, location: 1, manager, jobTitle: 1, employmentType: 1, employeeRole: 1, securityRole: 8 }
}

function ambiguousDepartments(): { id: number; name: string }[] {
  return [
    { id: 1, name: 'Administration' },
    { id: 2, name: 'Service Desk' },
    { id: 3, name: 'Projects' },
    { id: 7, name: 'Service Desk' },
  ]
}
