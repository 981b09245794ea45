export type PeopleSystem = 'kaseyaone' | 'graphus' | 'datto-partner-portal' | 'bms' | 'scim'

/** A system with groups of its own. */
export type GroupSystem = 'kaseyaone' | 'scim'

/** A system that follows KaseyaOne when somebody leaves. */
export type Follower = Exclude<PeopleSystem, 'kaseyaone' | 'scim'>

export const followers: readonly Follower[] = ['graphus', 'datto-partner-portal', 'bms']

/**
 * One person's account in one system. Its id is the id of the person in the seed, in every system but Huddle (`scim`),
 * which has ids of its own.
 */
export interface Account {
  id: string
  userName: string
  givenName: string
  familyName: string
  displayName: string
  /** The first one marked primary is the person's e-mail; accounts of different systems are linked by it. */
  emails: { value: string; type?: string; primary?: boolean }[]
  active: boolean
  /** As `roleId` makes them from the names in the seed: `root-admin`, `security-admin`, `sales-marketing`. */
  roleIds: string[]
  /** Partner Portal's Primary user. */
  primaryUser: boolean
  severalResellers: boolean
  /** Number of the BMS employee; null outside BMS. */
  employeeId: number | null
  createdAt: string
  changedAt: string
}

/** A group of KaseyaOne, or of Huddle. */
export interface Group {
  id: string
  name: string
  memberIds: string[]
  createdAt: string
  changedAt: string
}
