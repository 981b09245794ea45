import type { MailContact, SimulatedMailbox } from './exchange/mailbox-state.ts'

/** What one Microsoft 365 tenant keeps, as plain data: it is cloned whole to show old readings. */

export interface TenantState {
  id: string
  displayName: string
  domain: string
  users: User[]
  deletedUsers: User[]
  groups: Group[]
  roleDefinitions: { id: string; displayName: string }[]
  roleAssignments: RoleAssignment[]
  /** Privileged Identity Management: may become, is not. */
  roleEligibilities: RoleAssignment[]
  groupEligibilities: GroupEligibility[]
  applications: Application[]
  appRoleAssignments: AppRoleAssignment[]
  permissionGrants: PermissionGrant[]
  managedDevices: ManagedDevice[]
  devices: Device[]
  mailboxes: SimulatedMailbox[]
  mailContacts: MailContact[]
  /** Holds over all mailboxes, by their ids: `mbx…`. */
  organizationHolds: string[]
  drives: Drive[]
  meetings: Meeting[]
  /** Whom whose calendar is shared with, besides the organization. */
  calendarShares: CalendarShare[]
  recoveryKeys: RecoveryKey[]
  autopilot: AutopilotIdentity[]
  /** Ids, by the ids of those whose manager they are. */
  managers: Record<string, string>
  numbers: TeamsNumber[]
}

export interface User {
  id: string
  displayName: string
  givenName: string
  surname: string
  userPrincipalName: string
  mail: string | null
  proxyAddresses: string[]
  accountEnabled: boolean
  userType: 'Member' | 'Guest'
  onPremisesSyncEnabled: true | null
  onPremisesImmutableId: string | null
  /** Whole seconds, as Graph gives them. */
  lastPasswordChangeDateTime: string
  signInSessionsValidFromDateTime: string
  licenseAssignmentStates: { skuId: string; assignedByGroup: string | null; disabledPlans: string[]; state: 'Active' }[]
  /** Null: no mailbox. */
  automaticReply: { status: string; internalReplyMessage: string; externalReplyMessage: string } | null
  methods: Method[]
  defaultMethod: string | null
}

export interface Method {
  id: string
  /** `phone` of `#microsoft.graph.phoneAuthenticationMethod`. */
  type: string
  displayName: string
}

export interface Group {
  id: string
  displayName: string
  groupTypes: string[]
  mailEnabled: boolean
  securityEnabled: boolean
  membershipRule: string | null
  onPremisesSyncEnabled: true | null
  isAssignableToRole: boolean | null
  visibility: 'Public' | 'Private' | 'HiddenMembership' | null
  assignedLicenses: { skuId: string; disabledPlans: string[] }[]
  members: string[]
  owners: string[]
}

export interface RoleAssignment {
  id: string
  principalId: string
  roleDefinitionId: string
  directoryScopeId: string
}

export interface GroupEligibility {
  id: string
  principalId: string
  groupId: string
  accessId: 'member' | 'owner'
}

export interface Application {
  id: string
  displayName: string
  kind: 'application' | 'servicePrincipal'
  owners: string[]
}

export interface AppRoleAssignment {
  id: string
  appRoleId: string
  principalId: string
  principalType: 'User' | 'Group'
  resourceId: string
  resourceDisplayName: string
}

export interface PermissionGrant {
  id: string
  clientId: string
  consentType: 'Principal' | 'AllPrincipals'
  principalId: string | null
  resourceId: string
  scope: string
}

export interface ManagedDevice {
  id: string
  deviceName: string
  userId: string
  operatingSystem: string
  managedDeviceOwnerType: 'company' | 'personal'
  managementState: string
  lastSyncDateTime: string
  enrolledDateTime: string
  azureADDeviceId: string
  serialNumber: string
  deviceActionResults: { actionName: string; actionState: string; startDateTime: string; lastUpdatedDateTime: string }[]
  /** Does it check in by itself? */
  online: boolean
}

export interface Device {
  id: string
  deviceId: string
  displayName: string
  accountEnabled: boolean
  operatingSystem: string
  onPremisesSyncEnabled: true | null
  registeredTo: string
}

/** Something in a calendar. */
export interface Meeting {
  id: string
  /** The id of whoever called it. */
  organizer: string
  subject: string
  /** ISO, UTC. */
  start: string
  /** Days between two of a series; null: once. */
  every: number | null
  attendees: string[]
}

export interface CalendarShare {
  id: string
  /** The id of whose calendar it is. */
  owner: string
  /** An address. */
  with: string
  role: string
}

/** Of BitLocker. */
export interface RecoveryKey {
  id: string
  deviceId: string
  createdDateTime: string
}

export interface AutopilotIdentity {
  id: string
  serialNumber: string
  managedDeviceId: string
  azureActiveDirectoryDeviceId: string
  /** Empty: it is nobody's beforehand. */
  userPrincipalName: string
}

/** A OneDrive. */
export interface Drive {
  id: string
  owner: string
  webUrl: string
  permissions: { id: string; user: string; roles: string[] }[]
}

/** A telephone number in Teams; without a holder it is free. */
export interface TeamsNumber {
  id: string
  telephoneNumber: string
  numberType: 'directRouting' | 'callingPlan' | 'operatorConnect'
  holder: string | null
}
