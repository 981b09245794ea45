/**
 * The seed: who exists where. Simulators copy from it on start and on reset; nobody writes into it. A seed file has
 * exactly this shape, as JSON.
 */

export interface World {
  organization: { id: string; name: string }
  operators: Operator[]
  tenants: WorldTenant[]
}

/** Somebody who signs in to administer: at the contract endpoints with username, company (= organization name) and password. */
export interface Operator {
  username: string
  email: string
  displayName: string
  password: string
  /** What the log-in asks for after the password. */
  challenge: 'none' | 'two-factor' | 'push'
  /** The code that is right, for two-factor (and for a push account that asks for a code instead). */
  code?: string
  kaseyaOneRole: 'Admin' | 'Root Admin' | 'User'
  /** Roles per module; a module that is absent is one that this person cannot enter. */
  moduleRoles: {
    graphus?: 'Partner Administrator' | 'Admin' | 'Analyst'
    'datto-partner-portal'?: string
    kaseyaone?: string
  }
  /** Tenant ids that this person sees; absent: all. */
  tenantIds?: string[]
}

export interface WorldTenant {
  /** `t-001`; also the tenant id at the contract endpoints. */
  id: string
  name: string
  domains: string[]
  people: WorldPerson[]
  bms: BmsCompany | null
  graphus: ModuleSeed | null
  'datto-partner-portal': ModuleSeed | null
  /** Systems (of Huddle: `scim:huddle`) that `--connect` must leave unconnected, so that the fleet has some work `by hand`. */
  unconnected: string[]
}

export interface WorldPerson {
  /** `p-000123`, unique in the world. */
  id: string
  givenName: string
  familyName: string
  email: string
  active: boolean
  /** Where a module differs from `active`, which is KaseyaOne's: an orphan is inactive there and active here. */
  activeIn?: { graphus?: boolean; 'datto-partner-portal'?: boolean; bms?: boolean }
  /** KaseyaOne role. */
  kaseyaOneRole: 'User' | 'Admin' | 'Root Admin' | 'Billing'
  kaseyaOneGroups: string[]
  /** Module roles; absent where the person has no account there. */
  graphusRole?: 'Admin' | 'Analyst'
  partnerPortalRole?: 'Administrator' | 'Security Admin' | 'Business' | 'Tech' | 'Sales & Marketing'
  partnerPortalPrimary?: boolean
  /** True for a person whose one e-mail serves several resellers. */
  severalResellers?: boolean
  /** Log-in name in Huddle, where it is not the e-mail. With an `@` in it the e-mail is only an alias there. */
  huddleLogin?: string
  /** Number of the BMS employee; absent where there is none. */
  bmsEmployeeId?: number
  bmsSecurityRoleId?: number
}

/** One company in BMS, and the API account that signs in to it. */
export interface BmsCompany {
  /** "Company" at sign-in. */
  company: string
  account: {
    username: string
    password: string
    employeeId: number
    mfaCode?: string
    admin: boolean
    apiAccess: boolean
  }
  /** Departments of its own (two may share a name); absent: the ones that every company has. */
  departments?: { id: number; name: string }[]
  /** Linked to KaseyaOne? */
  linked: boolean
  /** True: settings were never saved, all defaults read back null and the first write is a POST. */
  neverConfigured: boolean
  settings: {
    userCreation: boolean
    requireLogIn: boolean
    deprovisioning: boolean
    accessGroups: boolean
    defaults: {
      department: number
      location: number
      manager: number
      jobTitle: number
      employmentType: number
      employeeRole: number
      securityRole: number
    } | null
    userExceptionIds: number[]
    roleExceptionIds: number[]
    mappings: { groupId: string; groupName: string; roleIds: number[]; order: number }[]
  }
}

export interface ModuleSeed {
  linked: boolean
  logIn: boolean
  requireLogIn: boolean
  userCreation: boolean
  deprovisioning: boolean
  defaultRoleId: string | null
  /** Person ids. */
  userExceptionIds: string[]
}
