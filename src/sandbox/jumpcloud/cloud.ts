import type { QuirkName } from './known-quirks.ts'

/** What JumpCloud keeps: plain data, of all organizations behind one provider. */

export interface Cloud {
  provider: string
  organizations: Organization[]
  administrators: Administrator[]
  /** Whose API key it is. */
  self: Administrator
  quirks: Set<QuirkName>
  links: { administrator: string; organization: string }[]
}

export interface Organization {
  id: string
  name: string
  users: CloudUser[]
  groups: CloudGroup[]
  systems: CloudSystem[]
  resources: Resource[]
  /** Members of groups of users. */
  members: { group: string; user: string }[]
  /** Direct ones of users, and those of groups of users with systems. */
  associations: Edge[]
  jobs: Job[]
  mdm: string
}

export interface Administrator {
  id: string
  email: string
  roleName: string
}

export interface CloudUser {
  _id: string
  username: string
  email: string
  alternateEmail?: string
  firstname: string
  lastname: string
  state: 'STAGED' | 'ACTIVATED' | 'SUSPENDED'
  suspended: boolean
  activated: boolean
  password_expired: boolean
  password_date: string
  totp_enabled: boolean
  webAuthn: boolean
  manager?: string
  externally_managed: boolean
  restrictedFields: { field: string; type: string; id: string }[]
  sshKeys: { _id: string; name: string; public_key: string; create_date: string }[]
  pushEndpoints: { id: string; name: string; enrollmentDate: string }[]
}

export interface CloudGroup {
  id: string
  name: string
  membershipMethod: 'STATIC' | 'DYNAMIC_AUTOMATED'
}

export interface CloudSystem {
  _id: string
  displayName: string
  os: string
  osFamily: string
  serialNumber: string
  online: boolean
  /** ISO. */
  lastContact: string
  encrypted: boolean
  keyEscrowed: boolean
  /** Whose local accounts are enabled on it, as its agent last saw it. */
  localAccounts: { user: string; enabled: boolean }[]
  /** Carried out when the agent next calls in. */
  queue: ('lock' | 'erase' | 'restart' | 'shutdown')[]
  locked: boolean
  erased: boolean
  /** Of a Mac: what it asks for since it was locked or erased. */
  pin?: string
}

export interface Resource {
  id: string
  type: string
  name: string
}

export interface Edge {
  from: string
  type: string
  to: string
  sudo?: { enabled: boolean; withoutPassword: boolean }
}

export interface Job {
  id: string
  state: 'ACTIVATED' | 'SUSPENDED'
  /** ISO. */
  date: string
  users: string[]
}
