/** What AWS keeps of two accounts of one organization, and of its Identity Center. */

export type Status = 'Active' | 'Inactive'

export interface Credential {
  id: string
  status: Status
}

export interface AccessKey extends Credential {
  secret: string
}

export interface IamUser {
  id: string
  name: string
  tags: { Key: string; Value: string }[]
  password: boolean
  /** When it was last used, ISO; also of one that is gone. */
  passwordUsed?: string
  accessKeys: AccessKey[]
  /** Serial numbers. */
  mfaDevices: string[]
  sshKeys: Credential[]
  certificates: Credential[]
  serviceCredentials: Credential[]
  groups: string[]
  attached: string[]
  /** Documents by name. */
  inline: Record<string, string>
}

export interface IamAccount {
  /** 12 digits. */
  id: string
  users: IamUser[]
  groups: { name: string; attached: string[] }[]
  /** ARNs of virtual devices, also of those that nobody uses. */
  virtualMfaDevices: string[]
  roles: { name: string; path: string; externalId?: string }[]
}

export interface CenterUser {
  id: string
  userName: string
  displayName: string
  givenName: string
  familyName: string
  email: string
  externalId?: string
}

export interface Assignment {
  account: string
  permissionSet: string
  type: 'USER' | 'GROUP'
  principal: string
}

/** Something that was asked for, and is done when its time has come. */
export interface AssignmentRequest {
  id: string
  what: 'create' | 'delete'
  assignment: Assignment
  due: number
  state: 'IN_PROGRESS' | 'FAILED' | 'SUCCEEDED'
  why?: string
}

export interface Center {
  region: string
  instanceArn: string
  storeId: string
  owner: string
  users: CenterUser[]
  groups: { id: string; name: string }[]
  memberships: { id: string; group: string; user: string }[]
  permissionSets: { arn: string; name: string; session: string }[]
  assignments: Assignment[]
  requests: AssignmentRequest[]
  /** Given to users directly. */
  applications: { arn: string; principal: string }[]
}

export interface AwsState {
  accounts: IamAccount[]
  center: Center
}

/** The number of an account of AWS's own examples. */
export const managementAccount = '111122223333'
export const memberAccount = '444455556666'
/** What the member's role wants to hear of whoever assumes it. */
export const memberExternalId = 'ironbridge-k1ctl'

export function policyArn(name: string): string {
  return `arn:aws:iam::aws:policy/${name}`
}
