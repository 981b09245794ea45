import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { collect } from '../paging.ts'
import type { GoogleUser } from '../schemas.ts'
import { type GoalGround, gone, goneForGood, ifAllowed, notASnapshot, type Subject, waitShortly } from './ground.ts'

const roleReading = z.object({
  id: z.string(),
  roleId: z.string(),
  name: z.string(),
  scope: z.string(),
  orgUnitId: z.string().optional(),
  /** Id of the group that the role comes through. */
  through: z.string().optional(),
})

type RoleReading = z.infer<typeof roleReading>

const snapshotShape = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({ superAdmin: z.boolean(), roles: z.array(roleReading) }),
])

/** No role of an administrator, neither assigned directly nor through a group, and no super administrator. */
export async function adminRolesDropped(ground: GoalGround, subject: Subject): Promise<AccountGoal> {
  const { id, now } = subject
  const roles = now === null ? [] : await ifAllowed(() => rolesOf(ground, id), [])
  const names = [...(now?.isAdmin ? ['Super Admin'] : []), ...roles.map(role => role.name)]
  const look = () => lookAtRoles(ground, id)
  return {
    kind: 'admin-roles-dropped',
    reach: 'api',
    summary: 'Admin roles are dropped',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: names.length > 0 ? [{ what: 'Roles', before: [...new Set(names)].join(', '), after: 'none' }] : [],
    warnings: [],
    look,
    bring: () =>
      ground.guarded(id, async user => {
        const wrote = await dropRoles(ground, user)
        if (wrote) await waitShortly(ground, look)
      }),
    undo: before => rolesGivenBack(ground, subject, before),
  }
}

/** Super administrator first: that role shows as an assignment, too, and goes with it. */
async function dropRoles(ground: GoalGround, user: GoogleUser): Promise<boolean> {
  if (user.isAdmin) await ground.users.makeAdmin(user.id, false)
  const roles = await rolesOf(ground, user.id)
  for (const role of roles) {
    if (role.through === undefined) await ground.groups.unassign(role.id)
    else await ground.groups.leave(role.through, user.id)
  }
  return user.isAdmin || roles.length > 0
}

async function lookAtRoles(ground: GoalGround, id: string): Promise<Standing> {
  const user = await ground.user(id)
  if (user === null) return gone
  const reading = { superAdmin: user.isAdmin, roles: await rolesOf(ground, id) }
  return { state: reading.superAdmin || reading.roles.length > 0 ? 'not-yet' : 'holds', reading }
}

export async function rolesOf({ groups, roleNames }: GoalGround, id: string): Promise<RoleReading[]> {
  const assignments = await collect(groups.assignments(id))
  if (assignments.length === 0) return []
  const names = await roleNames()
  return assignments.map(one => ({
    id: one.roleAssignmentId,
    roleId: one.roleId,
    name: names.get(one.roleId) ?? one.roleId,
    scope: one.scopeType ?? 'CUSTOMER',
    ...(one.orgUnitId ? { orgUnitId: one.orgUnitId } : {}),
    ...(one.assignedTo === id ? {} : { through: one.assignedTo }),
  }))
}

function rolesGivenBack(ground: GoalGround, { id, email }: Subject, before: unknown): AccountGoal {
  const snapshot = snapshotShape.safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which roles ${email} had`)
  const had = 'gone' in snapshot.data ? { superAdmin: false, roles: [] } : snapshot.data
  const names = [...(had.superAdmin ? ['Super Admin'] : []), ...had.roles.map(role => role.name)]
  const missing = async (user: GoogleUser) => {
    const roles = await rolesOf(ground, id)
    const isThere = (one: RoleReading) =>
      roles.some(role => role.roleId === one.roleId && role.scope === one.scope && role.through === one.through)
    return { superAdmin: had.superAdmin && !user.isAdmin, roles: had.roles.filter(one => !isThere(one)) }
  }
  const look = async (): Promise<Standing> => {
    if (names.length === 0) return { state: 'holds', reading: snapshot.data }
    const user = await ground.user(id)
    if (user === null) return { state: 'not-yet', reading: { gone: true } }
    const { superAdmin, roles } = await missing(user)
    const state = superAdmin || roles.length > 0 ? 'not-yet' : 'holds'
    return { state, reading: { superAdmin: user.isAdmin, roles: await rolesOf(ground, id) } }
  }
  return {
    kind: 'admin-roles-dropped',
    reach: 'api',
    summary: names.length > 0 ? 'Roles are given back' : 'Roles stay as they were',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: names.length > 0 ? [{ what: 'Roles', before: 'as they are', after: names.join(', ') }] : [],
    warnings: [],
    look,
    async bring() {
      const user = await ground.user(id)
      if (user === null) throw goneForGood(email)
      if ((await missing(user)).superAdmin) await ground.users.makeAdmin(id, true)
      for (const { roleId, scope, orgUnitId, through } of (await missing(user)).roles) {
        if (through !== undefined) await ground.groups.join(through, user.primaryEmail, 'MEMBER')
        else {
          const place = orgUnitId === undefined ? {} : { orgUnitId }
          await ground.groups.assign({ roleId, assignedTo: id, scopeType: scope, ...place })
        }
      }
      await waitShortly(ground, look)
    },
  }
}
