import type { Account } from '../account.ts'
import type { Operator } from '../world.ts'

export type ModuleId = 'graphus' | 'datto-partner-portal' | 'kaseyaone'

export type FeatureKey = 'log-in' | 'require-log-in' | 'user-creation' | 'deprovisioning' | 'access-groups'

export interface Role {
  id: string
  name: string
  isAdministrator: boolean
}

/** What distinguishes the modules that speak the contract: the rest is the same code. */
export interface Profile {
  title: string
  /** Empty: there is no unified-login resource. */
  features: readonly FeatureKey[]
  roles: readonly Role[]
  /** What a person created without a role becomes. */
  lowestRoleId: string
  /** The module role that may change settings; null where the KaseyaOne role alone decides. */
  settingsRole: string | null
  /** Why this person is never held to Require Log In; empty when they are. */
  exemptions(account: Account): string[]
}

export const profiles: Record<ModuleId, Profile> = {
  graphus: {
    title: 'Graphus',
    features: ['log-in', 'user-creation', 'deprovisioning'],
    roles: [
      { id: 'admin', name: 'Admin', isAdministrator: true },
      { id: 'analyst', name: 'Analyst', isAdministrator: false },
    ],
    lowestRoleId: 'analyst',
    settingsRole: 'Partner Administrator',
    exemptions: () => [],
  },
  'datto-partner-portal': {
    title: 'Datto Partner Portal',
    features: ['log-in', 'require-log-in', 'user-creation', 'deprovisioning'],
    roles: [
      { id: 'administrator', name: 'Administrator', isAdministrator: true },
      { id: 'security-admin', name: 'Security Admin', isAdministrator: true },
      { id: 'business', name: 'Business', isAdministrator: false },
      { id: 'tech', name: 'Tech', isAdministrator: false },
      { id: 'sales-marketing', name: 'Sales & Marketing', isAdministrator: false },
    ],
    lowestRoleId: 'sales-marketing',
    settingsRole: 'Security Admin',
    exemptions: account => [
      ...(account.roleIds.includes('security-admin') ? ['Security Admin'] : []),
      ...(account.primaryUser ? ['Primary user'] : []),
      ...(account.severalResellers ? ['One e-mail address serves several resellers'] : []),
    ],
  },
  kaseyaone: {
    title: 'KaseyaOne',
    features: [],
    roles: [
      { id: 'root-admin', name: 'Root Admin', isAdministrator: true },
      { id: 'admin', name: 'Admin', isAdministrator: true },
      { id: 'billing', name: 'Billing', isAdministrator: false },
      { id: 'user', name: 'User', isAdministrator: false },
    ],
    lowestRoleId: 'user',
    settingsRole: null,
    exemptions: () => [],
  },
}

/** The role that the operator has in the module; null for somebody who cannot enter it. */
export function moduleRole(operator: Operator, system: ModuleId): string | null {
  const role = operator.moduleRoles[system]
  return role ?? (system === 'kaseyaone' ? operator.kaseyaOneRole : null)
}

/** Sentences: the rights that the operator lacks to change anything here. Both sides must agree (domain, 2). */
export function missingRights(operator: Operator, system: ModuleId): string[] {
  const { title, settingsRole } = profiles[system]
  const missing: string[] = []
  if (operator.kaseyaOneRole === 'User') {
    missing.push(`Your KaseyaOne role is ${operator.kaseyaOneRole}; changing settings takes Admin or Root Admin.`)
  }
  const role = moduleRole(operator, system)
  if (settingsRole && role !== settingsRole) {
    missing.push(`Your ${title} role is ${role ?? 'none'}; changing settings takes ${settingsRole}.`)
  }
  return missing
}
