import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { listInPart, type NamedParts, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { eligibleGroup, eligibleRole } from '../eligibility.ts'
import { adminCenter, type GoalGround, guardOf, type Holder } from '../ground.ts'
import { canLeave, type Membership, whyItStays } from '../memberships.ts'
import { goalBelow, type Sending, type Sent } from '../sending.ts'
import {
  changeGroupEligibility,
  changeRoleEligibility,
  dropRole,
  giveRole,
  joinGroup,
  leaveGroup,
  type Write,
} from '../write.ts'

const role = z.object({ role: z.string(), roleDefinitionId: z.string(), scope: z.string() })
const group = z.object({ id: z.string(), name: z.string(), roles: z.array(z.string()) })

/** Null is what was not seen: nothing of it was taken. */
const shape = z.object({
  roles: z.array(role).nullable(),
  groups: z.array(group).nullable(),
  /** What may be activated in Privileged Identity Management; earlier versions did not take these. */
  eligibleRoles: z.array(eligibleRole).nullish(),
  eligibleGroups: z.array(eligibleGroup).nullish(),
})

/** With what only a look knows, where it is one. */
interface Had extends Omit<z.infer<typeof shape>, 'roles' | 'groups'> {
  roles: (z.infer<typeof role> & { assignmentId?: string })[] | null
  groups: (z.infer<typeof group> & { group?: Membership })[] | null
}

interface Held extends Had {
  parts: NamedParts
}

/** No role of the directory is assigned to the person, no group gives them one, and none can be activated. */
export function adminRolesDropped(ground: GoalGround, subject: Holder): AccountGoal<Held, Sent> {
  const { account, readings } = subject
  const { graph, connection } = ground
  const { id: principalId } = account

  return goalBelow<Held, Had>(ground, subject, {
    kind: 'admin-roles-dropped',
    summary: 'Admin roles are dropped',
    needs: ['user', 'roles', 'memberships', 'roles of groups', 'eligible'],
    async read(moment) {
      const [direct, groups, eligible] = await Promise.all([
        partOf(readings.roles(moment)),
        partOf(readings.groupRoles(moment)),
        readings.eligible(moment),
      ])
      return seen({
        roles: direct.value ?? null,
        groups: listInPart(groups, ({ group, roles }) => {
          const { id, name } = group
          return { id, name, roles: roles.map(({ role }) => role), group }
        }),
        eligibleRoles: eligible.roles.value ?? null,
        eligibleGroups: eligible.groups.value ?? null,
        parts: { 'Roles given to the person': direct, 'Roles of groups': groups },
      })
    },
    parts: ({ parts }) => parts,
    things: had => [
      ...(had.roles ?? []).map(roleThing),
      ...(had.groups ?? []).map(groupThing),
      ...(had.eligibleRoles ?? []).map(({ roleDefinitionId, scope, role }) =>
        eligibleThing(`${roleDefinitionId} ${scope}`, role, remove =>
          changeRoleEligibility({ principalId, roleDefinitionId, directoryScopeId: scope }, remove),
        ),
      ),
      ...(had.eligibleGroups ?? []).map(({ groupId, accessId, name }) =>
        eligibleThing(`${groupId} ${accessId}`, `${accessId} of ${name}`, remove =>
          changeGroupEligibility({ principalId, groupId, accessId }, remove),
        ),
      ),
    ],
    residual: ({ eligibleRoles, eligibleGroups }) =>
      eligibleRoles && eligibleGroups
        ? []
        : ['Whether roles may be activated in Privileged Identity Management could not be read.'],
    shown: held => shape.parse(held),
    guard: () => guardOf(ground, subject, false),
    back: {
      shape,
      what: `which roles ${account.login} had`,
      place: adminCenter,
      summary: had =>
        [had.roles, had.groups, had.eligibleRoles, had.eligibleGroups].every(list => !list?.length)
          ? 'Roles stay as they were'
          : 'Roles are given back',
    },
  })

  function roleThing({
    role,
    roleDefinitionId,
    scope,
    assignmentId,
  }: NonNullable<Had['roles']>[number]): Thing<Sending> {
    const same = `${roleDefinitionId} ${scope}`
    return {
      id: assignmentId ?? same,
      same,
      what: 'Roles',
      name: role,
      take: () => dropRole(assignmentId ?? ''),
      give: () => giveRole({ principalId, roleDefinitionId, directoryScopeId: scope }),
    }
  }

  /** A group that also licenses is not left where licences are kept. */
  function groupThing({ id, name, roles, group }: NonNullable<Had['groups']>[number]): Thing<Sending> {
    const stays = group && (!canLeave(group) || (group.licence && !connection.removesLicences))
    return {
      id,
      what: 'Roles',
      name: group ? roles.map(role => `${role} (through ${name})`).join(', ') : name,
      take: stays ? { why: whyItStays(group) } : () => leaveGroup(id, principalId),
      give: () => joinGroup(graph.base, id, principalId),
    }
  }
}

function eligibleThing(id: string, name: string, change: (remove: boolean) => Write): Thing<Sending> {
  return { id: `may ${id}`, what: 'May activate', name, take: () => change(true), give: () => change(false) }
}
