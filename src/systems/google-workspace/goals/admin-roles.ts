import { z } from 'zod'
import { goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { adminConsole, type GoalGround, guardOf, type Holder, readAtUser, settlingMs } from '../ground.ts'
import { roleShape, rolesOf } from '../roles.ts'
import type { GoogleUser } from '../schemas.ts'

const snapshotShape = z.object({ superAdmin: z.boolean(), roles: z.array(roleShape) })

type Snapshot = z.infer<typeof snapshotShape>

interface Held extends Snapshot {
  user: GoogleUser
}

/**
 * No role of an administrator, neither assigned directly nor through a group, and no super administrator. That one comes
 * first: it shows as an assignment, too, and goes with it.
 */
export function adminRolesDropped(ground: GoalGround, subject: Holder): ThingsGoal<Held> {
  const { id, email } = subject
  return goalOfThings<Held, Snapshot>({
    kind: 'admin-roles-dropped',
    summary: 'Admin roles are dropped',
    needs: ['user', 'roles'],
    read: moment =>
      readAtUser(ground, subject, moment, async user => {
        const roles = await moment.read('roles', () => rolesOf(ground, id))
        return { user, superAdmin: user.isAdmin, roles }
      }),
    things: (had, { user }) => thingsIn(ground, had, user),
    guard: now => guardOf(ground, subject, now?.user),
    settlesWithin: settlingMs,
    back: {
      shape: snapshotShape,
      what: `which roles ${email} had`,
      place: adminConsole,
      summary: had => (had.superAdmin || had.roles.length > 0 ? 'Roles are given back' : 'Roles stay as they were'),
    },
    shown: ({ superAdmin, roles }) => ({ superAdmin, roles }),
  })
}

function thingsIn({ users, groups }: GoalGround, { superAdmin, roles }: Snapshot, user: GoogleUser): Thing[] {
  const { id, primaryEmail } = user
  const superRole = {
    id: 'super-admin',
    what: 'Roles',
    name: 'Super Admin',
    take: () => users.makeAdmin(id, false),
    give: () => users.makeAdmin(id, true),
  }
  return [
    ...(superAdmin ? [superRole] : []),
    ...roles.map(({ id: assignment, name, roleId, scope, orgUnitId, through }) => ({
      id: assignment,
      // A new assignment has a new id, so that what it is about is compared.
      same: [roleId, scope, orgUnitId, through].join(' '),
      what: 'Roles',
      name,
      take: () => (through === undefined ? groups.unassign(assignment) : groups.leave(through, id)),
      async give() {
        if (through !== undefined) return groups.join(through, primaryEmail, 'MEMBER')
        const place = orgUnitId === undefined ? {} : { orgUnitId }
        await groups.assign({ roleId, assignedTo: id, scopeType: scope, ...place })
      },
    })),
  ]
}
