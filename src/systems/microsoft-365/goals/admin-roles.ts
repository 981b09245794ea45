import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { failureIn, listOf, notSeen, type Part, partOf } from '../../../core/parts.ts'
import { type Administration, type RoleGroup, rolesIn } from '../administration.ts'
import { canLeave, whyItStays } from '../memberships.ts'
import type { HeldRole } from '../roles.ts'
import { dropRole, giveRole, joinGroup, leaveGroup } from '../write.ts'
import {
  adminCenter,
  change,
  type Ground,
  guardOf,
  replicationMs,
  type Sent,
  type Subject,
  sendTogether,
} from './ground.ts'

interface Held {
  direct: Part<HeldRole[]>
  groups: Part<RoleGroup[]>
  /** What may be activated in Privileged Identity Management; null where that is not shown. */
  eligible: string[] | null
}

/** Null is what was not seen: nothing of it was taken. */
const snapshotSchema = z.object({
  roles: z.array(z.object({ role: z.string(), roleDefinitionId: z.string(), scope: z.string() })).nullable(),
  groups: z.array(z.object({ id: z.string(), name: z.string(), roles: z.array(z.string()) })).nullable(),
})

type Snapshot = z.infer<typeof snapshotSchema>

/** No role of the directory is assigned to the person, and no group gives them one. */
export function adminRolesDropped(ground: Ground, subject: Subject): AccountGoal<Held, Sent> {
  const { account, readings } = subject
  const { graph, connection } = ground

  /** A group that also licenses is not left where licences are kept. */
  function leaving({ group, roles }: RoleGroup): Sent {
    const names = roles.map(({ role }) => `${role} (through ${group.name})`).join(', ')
    const isKept = group.licence && !connection.removesLicences
    if (canLeave(group) && !isKept) {
      return change(group.id, 'Roles', names, 'none', () => leaveGroup(group.id, account.id))
    }
    return { ...change(group.id, 'Roles', names, 'none'), why: whyItStays(group) }
  }

  return {
    kind: 'admin-roles-dropped',
    reach: 'api',
    summary: 'Admin roles are dropped',
    effect: 'reversible',
    repeatable: true,
    after: [],
    needs: ['user', 'roles', 'memberships', 'roles of groups', 'eligible'],
    read: moment =>
      readings.below(moment, async () => {
        const [direct, groups, eligible] = await Promise.all([
          partOf(readings.roles(moment)),
          partOf(readings.groupRoles(moment)),
          readings.eligible(moment),
        ])
        const error = failureIn([direct, groups])
        if (error !== undefined && heldIn({ direct, groups }).length === 0) throw error
        return { direct, groups, eligible }
      }),
    holds: held => heldIn(held).length === 0 && failureIn([held.direct, held.groups]) === undefined,
    changes: ({ direct, groups }) => [
      ...(direct.value ?? []).map(one =>
        change(one.assignmentId, 'Roles', one.role, 'none', () => dropRole(one.assignmentId)),
      ),
      ...(groups.value ?? []).map(leaving),
    ],
    warnings: ({ direct, groups }) => notSeen({ 'Roles given to the person': direct, 'Roles of groups': groups }),
    residual: ({ eligible }) =>
      eligible === null
        ? ['Whether roles may be activated in Privileged Identity Management could not be read.']
        : eligible.map(
            name => `May still activate the role ${name} in Privileged Identity Management: remove it there.`,
          ),
    shown: ({ direct, groups }) => ({
      roles: listOf(direct, ({ role, roleDefinitionId, scope }) => ({ role, roleDefinitionId, scope })),
      groups: listOf(groups, ({ group: { id, name }, roles }) => ({
        id,
        name,
        roles: roles.map(({ role }) => role),
      })),
    }),
    guard: () => guardOf(ground, subject, false),
    take: changes => sendTogether(graph, changes),
    settlesWithin: replicationMs,
    back: {
      shape: snapshotSchema,
      what: `which roles ${account.login} had`,
      place: adminCenter,
      summary: had => (isNothing(had) ? 'Roles stay as they were' : 'Roles are given back'),
      isBack: (had, now) => missing(had, now).length === 0,
      changes: missing,
      give: changes => sendTogether(graph, changes),
    },
  }

  function missing(had: Snapshot, { direct, groups }: Held): Sent[] {
    const roles = (had.roles ?? []).filter(
      one => !direct.value?.some(d => d.roleDefinitionId === one.roleDefinitionId && d.scope === one.scope),
    )
    const left = (had.groups ?? []).filter(one => !groups.value?.some(({ group }) => group.id === one.id))
    return [
      ...roles.map(({ role, roleDefinitionId, scope }) =>
        change(`${roleDefinitionId} ${scope}`, 'Roles', 'none', role, () =>
          giveRole({ principalId: account.id, roleDefinitionId, directoryScopeId: scope }),
        ),
      ),
      ...left.map(({ id, name }) => change(id, 'Roles', 'none', name, () => joinGroup(graph.base, id, account.id))),
    ]
  }
}

function heldIn({ direct, groups }: Pick<Held, 'direct' | 'groups'>): HeldRole[] {
  return rolesIn({ direct: direct.value ?? [], groups: groups.value ?? [] } satisfies Administration)
}

function isNothing({ roles, groups }: Snapshot): boolean {
  return (roles?.length ?? 0) + (groups?.length ?? 0) === 0
}
