import type { Account, AccountGoal, NoteReading, PeopleAccess } from '../../core/account.ts'
import type { AccountGoalKind } from '../../core/account-kinds.ts'
import { once } from '../../core/once.ts'
import { readPart } from '../../core/unread.ts'
import { createAdministrators } from './administrators.ts'
import { accessFreed } from './goals/access.ts'
import { adminRolesDropped } from './goals/admin-roles.ts'
import { credentialsRevoked } from './goals/credentials.ts'
import { dataHandedOver } from './goals/data.ts'
import { deleted } from './goals/deleted.ts'
import { devicesReleased } from './goals/devices.ts'
import { groupsLeft } from './goals/groups.ts'
import { sessionsEnded, signInBlocked } from './goals/sign-in.ts'
import type { GoalGround, GoogleClients } from './ground.ts'
import type { HeldLicences } from './held-licences.ts'
import { createMemberships } from './memberships.ts'
import { collect } from './paging.ts'
import { readAccount, superAdmin } from './read-account.ts'
import { rolesOf } from './roles.ts'
import type { GoogleUser } from './schemas.ts'
import type { GoogleSettings } from './settings.ts'
import { createUserReader } from './user-reader.ts'

export interface GooglePeopleOptions {
  clients: GoogleClients
  settings: GoogleSettings
  /** Whom k1ctl acts as. */
  acting(): Promise<GoogleUser>
  heldLicences: HeldLicences
  /** The customer's own id: newer calls, and licences, do not take `my_customer`. */
  customerId(): Promise<string>
}

export function createGooglePeople(options: GooglePeopleOptions): PeopleAccess {
  const { clients, settings, acting, heldLicences, customerId } = options
  const { users, groups, transfers } = clients
  const reader = createUserReader(users)
  const administrators = createAdministrators({ users, reader, adminEmail: settings.adminEmail, acting })
  const ground: GoalGround = {
    ...clients,
    settings,
    reader,
    administrators,
    heldLicences,
    memberships: createMemberships(groups),
    customerId,
    roleNames: once(
      async () => new Map((await collect(groups.roles())).map(({ roleId, roleName }) => [roleId, roleName])),
    ),
    applications: once(async () => new Set((await collect(transfers.applications())).map(({ id }) => id))),
    seenPhones: new Map(),
    seenChromebooks: new Map(),
  }

  /** Whoever is found is found, also where nobody may read their roles: keeping them out needs none. */
  async function accountOf(user: GoogleUser, note?: NoteReading): Promise<Account> {
    note?.(user.id, 'user', user)
    const [roles, why] = await Promise.all([
      readPart([], 'Roles', null, () => rolesOf(ground, user.id)),
      readPart([], 'Administrators', undefined, () => administrators.untouchable(user)),
    ])
    if (roles !== null) note?.(user.id, 'roles', roles)
    const account = readAccount(user, roles?.map(({ name }) => name) ?? rolesByFlag(user))
    return why === undefined ? account : { ...account, untouchable: why }
  }

  return {
    async find(word, note) {
      const user = await reader.byAddress(word)
      return user === null ? [] : [await accountOf(user, note)]
    },

    async account(id) {
      const user = await reader.byId(id)
      return user === null ? null : accountOf(user)
    },

    async goals(account, options) {
      const { successor, waitMs } = options
      const wasSuperAdmin = account.roles.some(({ name }) => name === superAdmin)
      const subject = { id: account.id, email: account.email, wasSuperAdmin }
      const handover: AccountGoalKind[] = successor === undefined ? [] : ['data-handed-over']
      const goals: AccountGoal[] = [
        adminRolesDropped(ground, subject),
        credentialsRevoked(ground, subject),
        signInBlocked(ground, subject),
        sessionsEnded(ground, subject),
        groupsLeft(ground, subject),
        ...(successor === undefined ? [] : [dataHandedOver(ground, subject, successor, waitMs)]),
        accessFreed(ground, subject, handover),
        devicesReleased(ground, subject, options),
      ]
      const kinds = goals.map(({ kind }) => kind)
      return options.delete ? [...goals, deleted(ground, subject, kinds)] : goals
    },

    async *list() {
      // Who may not be touched, and names of roles, are not asked here: that would be several requests a person.
      for await (const user of users.list()) yield { ...readAccount(user, rolesByFlag(user)), ...lastSignIn(user) }
    },

    count: async () => null,
  }
}

/** Of whoever never signed in, Google tells the first second of 1970. */
function lastSignIn({ lastLoginTime }: GoogleUser): { lastSignIn?: string } {
  const at = new Date(lastLoginTime ?? 0)
  return at.getTime() > 0 ? { lastSignIn: at.toISOString() } : {}
}

/** What the user itself tells of roles, besides that of super administrator. */
function rolesByFlag({ isDelegatedAdmin }: GoogleUser): string[] {
  return isDelegatedAdmin ? ['Administrator'] : []
}
