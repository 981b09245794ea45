import type { FeatureKey } from './profile.ts'

/** One tenant's settings, as kept; what is computed from people is not in here. */
export interface Features {
  /** Mapped to the KaseyaOne organization? */
  isMapped: boolean
  /** KaseyaOne can suspend an organization; the mapping stays then, and is not active. */
  isOrganizationActive: boolean
  on: Record<FeatureKey, boolean>
  defaultRoleId: string | null
  userExceptionIds: string[]
  accessGroups: { groupId: string; roleIds: string[] }[]
}

export const fields: Record<FeatureKey, string> = {
  'log-in': 'isLogInWithKaseyaOneEnabled',
  'require-log-in': 'isRequireLogInWithKaseyaOneEnabled',
  'user-creation': 'isAutomaticUserProvisioningEnabled',
  deprovisioning: 'isAutomaticUserDeprovisioningEnabled',
  'access-groups': 'isAccessGroupsEnabled',
}
