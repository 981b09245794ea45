import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { partOf } from '../../../core/parts.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { collect } from '../paging.ts'
import type { GoogleUser } from '../schemas.ts'
import { adminConsole, type GoalGround, guardOf, type Subject, settlingMs, userIn } from './ground.ts'

const roleShape = z.object({
  id: z.string(),
  roleId: z.string(),
  name: z.string(),
  scope: z.string(),
  orgUnitId: z.string().optional(),
  /** Id of the group that the role comes through. */
  through: z.string().optional(),
})

export type Role = z.infer<typeof roleShape>

const snapshotShape = z.object({ superAdmin: z.boolean(), roles: z.array(roleShape) })

type Snapshot = z.infer<typeof snapshotShape>

interface Held {
  user: GoogleUser
  roles: readonly Role[]
}

/** `role` is absent for that of super administrator, which is a mark on the user. */
interface RoleChange extends Change {
  role?: Role
}

/**
 * No role of an administrator, neither assigned directly nor through a group, and no super administrator. That one comes
 * first: it shows as an assignment, too, and goes with it.
 */
export function adminRolesDropped(ground: GoalGround, subject: Subject): AccountGoal<Held, RoleChange> {
  const { id, email } = subject
  return {
    kind: 'admin-roles-dropped',
    reach: 'api',
    summary: 'Admin roles are dropped',
    effect: 'reversible',
    repeatable: true,
    after: [],
    needs: ['user', 'roles'],
    async read(moment) {
      const user = await userIn(moment, ground, subject)
      if (user === null) return goneReading
      return seen({ user, roles: await moment.read('roles', () => rolesOf(ground, id)) })
    },
    holds: ({ user, roles }) => !user.isAdmin && roles.length === 0,
    changes: ({ user, roles }) => changesOf(user.isAdmin, roles, { after: 'none' }),
    guard: now => guardOf(ground, subject, now?.user),
    take: oneByOne(({ role }) => drop(ground, id, role)),
    settlesWithin: settlingMs,
    back: {
      shape: snapshotShape,
      what: `which roles ${email} had`,
      place: adminConsole,
      summary: had => (had.superAdmin || had.roles.length > 0 ? 'Roles are given back' : 'Roles stay as they were'),
      isBack: (had, now) => missing(had, now).length === 0,
      changes: missing,
      give: (changes, { user }) => oneByOne<RoleChange>(({ role }) => giveBack(ground, user, role))(changes),
    },
    shown: ({ user, roles }) => ({ superAdmin: user.isAdmin, roles }),
  }
}

/** What somebody has; a role whose name cannot be read is told by its id. */
export async function rolesOf({ groups, roleNames }: GoalGround, id: string): Promise<Role[]> {
  const assignments = await collect(groups.assignments(id))
  if (assignments.length === 0) return []
  const { value: names } = await partOf(roleNames())
  return assignments.map(one => ({
    id: one.roleAssignmentId,
    roleId: one.roleId,
    name: names?.get(one.roleId) ?? one.roleId,
    scope: one.scopeType ?? 'CUSTOMER',
    ...(one.orgUnitId ? { orgUnitId: one.orgUnitId } : {}),
    ...(one.assignedTo === id ? {} : { through: one.assignedTo }),
  }))
}

function changesOf(superAdmin: boolean, roles: readonly Role[], told: Partial<Change>): RoleChange[] {
  const named = (id: string, name: string) => ({ id, what: 'Roles', before: name, after: name, ...told })
  return [
    ...(superAdmin ? [named('super-admin', 'Super Admin')] : []),
    ...roles.map(role => ({ ...named(role.id, role.name), role })),
  ]
}

async function drop({ users, groups }: GoalGround, id: string, role: Role | undefined): Promise<void> {
  if (role === undefined) await users.makeAdmin(id, false)
  else if (role.through === undefined) await groups.unassign(role.id)
  else await groups.leave(role.through, id)
}

/** A new assignment has a new id, so that what it is about is compared. */
function missing(had: Snapshot, { user, roles }: Held): RoleChange[] {
  const isThere = (one: Role) =>
    roles.some(
      role =>
        role.roleId === one.roleId &&
        role.scope === one.scope &&
        role.orgUnitId === one.orgUnitId &&
        role.through === one.through,
    )
  return changesOf(
    had.superAdmin && !user.isAdmin,
    had.roles.filter(one => !isThere(one)),
    { before: 'as they are' },
  )
}

async function giveBack({ users, groups }: GoalGround, user: GoogleUser, role: Role | undefined): Promise<void> {
  if (role === undefined) {
    await users.makeAdmin(user.id, true)
  } else if (role.through === undefined) {
    const { roleId, scope, orgUnitId } = role
    const place = orgUnitId === undefined ? {} : { orgUnitId }
    await groups.assign({ roleId, assignedTo: user.id, scopeType: scope, ...place })
  } else {
    await groups.join(role.through, user.primaryEmail, 'MEMBER')
  }
}
