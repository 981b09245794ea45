import type { QuirkName } from './known-quirks.ts'

export interface GoogleUserState {
  id: string
  primaryEmail: string
  aliases: string[]
  givenName: string
  familyName: string
  suspended: boolean
  archived: boolean
  isAdmin: boolean
  orgUnitPath: string
  includeInGlobalAddressList: boolean
  recoveryEmail: string
  recoveryPhone: string
  lastLoginTime: string
  /** How often the password was set, and whether the sessions were ended since: never shown over the API. */
  passwordChanges: number
  signOuts: number
  /** ISO; null while it is there. */
  deletedAt: string | null
  codes: string[]
  asps: { codeId: number; name: string }[]
  tokens: { clientId: string; displayText: string; scopes: string[] }[]
  /** `Google-Apps/1010020028` */
  licences: string[]
}

export interface GoogleGroupState {
  id: string
  email: string
  name: string
  /** Follows a rule: nobody can be taken out. */
  dynamic: boolean
  /** Everybody is in it, without being listed. */
  wholeCustomer: boolean
  /** By user id. `leftAt`, in milliseconds: the list may still show them for a while. */
  members: Map<string, { role: string; leftAt: number | null }>
}

export interface RoleAssignmentState {
  roleAssignmentId: string
  roleId: string
  /** A user's or a group's id. */
  assignedTo: string
  assigneeType: 'user' | 'group'
  scopeType: 'CUSTOMER' | 'ORG_UNIT'
  orgUnitId?: string
}

export interface PhoneState {
  resourceId: string
  email: string
  name: string
  model: string
  os: string
  type: 'ANDROID' | 'IOS_SYNC'
  serialNumber: string
  status: string
  lastSync: string
  online: boolean
  /** When it does what it was asked, in milliseconds; null when nothing is asked. */
  dueAt: number | null
}

export interface ChromebookState {
  deviceId: string
  serialNumber: string
  annotatedUser: string
  status: string
  lastSync: string
  online: boolean
  commands: { commandId: string; dueAt: number; done: boolean; issueTime: string }[]
}

export interface TransferState {
  id: string
  oldOwnerUserId: string
  newOwnerUserId: string
  applicationIds: string[]
  requestTime: string
  dueAt: number
  failed: boolean
}

/** How this Google misbehaves: beside what has a name in quirks.ts, what tests set to a value. */
export interface Quirks extends Record<QuirkName, boolean> {
  /** The list of groups shows a member so much longer, in milliseconds. */
  groupLagMs: number
  /** Pages are never larger. */
  pageSize: number
  /** What is asked of a device that is online is done so much later. */
  deviceMs: number
  transferMs: number
  /** Scopes that are not delegated; the last part: `admin.datatransfer`. */
  withoutScopes: string[]
  /** Scopes that a token turns out not to have although it was given. */
  tokenLacks: string[]
}

export interface GoogleState {
  customerId: string
  domain: string
  users: Map<string, GoogleUserState>
  groups: Map<string, GoogleGroupState>
  roles: { roleId: string; roleName: string; isSuperAdminRole: boolean; isSystemRole: boolean }[]
  assignments: RoleAssignmentState[]
  orgUnits: string[]
  phones: PhoneState[]
  chromebooks: ChromebookState[]
  transfers: TransferState[]
  tokens: Map<string, { scopes: string[]; sub: string; until: number }>
  quirks: Quirks
  /** So many came in, and so many of them were to change a user. */
  requests: number
  changes: number
  /** What was there before each change, where reads lag; oldest first. */
  before: { at: number; users: GoogleState['users']; groups: GoogleState['groups'] }[]
  /** For ids of what is made. */
  count: number
}

export const superAdminRoleId = '13801188331880449'
export const driveId = '55656082996'
export const calendarId = '435070579839'
