import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { failureIn, listInPart, notSeen, type Part, partOf } from '../../../core/parts.ts'
import { overApi } from '../../../core/things.ts'
import type { RoleGroup } from '../administration.ts'
import type { Eligibility } from '../eligibility.ts'
import { canLeave, whyItStays } from '../memberships.ts'
import type { HeldRole } from '../roles.ts'
import { changeGroupEligibility, changeRoleEligibility, dropRole, giveRole, joinGroup, leaveGroup } from '../write.ts'
import {
  adminCenter,
  backBySending,
  change,
  type GoalGround,
  guardOf,
  type Holder,
  replicationMs,
  type Sent,
  sendTogether,
} from './ground.ts'

interface Held {
  direct: Part<HeldRole[]>
  groups: Part<RoleGroup[]>
  /** What may be activated in Privileged Identity Management. */
  eligible: Eligibility
}

/** Null is what was not seen: nothing of it was taken. */
const snapshotSchema = z.object({
  roles: z.array(z.object({ role: z.string(), roleDefinitionId: z.string(), scope: z.string() })).nullable(),
  groups: z.array(z.object({ id: z.string(), name: z.string(), roles: z.array(z.string()) })).nullable(),
  /** Earlier versions did not take these. */
  eligibleRoles: z.array(z.object({ roleDefinitionId: z.string(), scope: z.string(), role: z.string() })).nullish(),
  eligibleGroups: z
    .array(z.object({ groupId: z.string(), accessId: z.enum(['member', 'owner']), name: z.string() }))
    .nullish(),
})

type Snapshot = z.infer<typeof snapshotSchema>

/** No role of the directory is assigned to the person, no group gives them one, and none can be activated. */
export function adminRolesDropped(ground: GoalGround, subject: Holder): AccountGoal<Held, Sent> {
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
    ...overApi,
    summary: 'Admin roles are dropped',
    effect: 'reversible',
    needs: ['user', 'roles', 'memberships', 'roles of groups', 'eligible'],
    read: moment =>
      readings.below(async () => {
        const [direct, groups, eligible] = await Promise.all([
          partOf(readings.roles(moment)),
          partOf(readings.groupRoles(moment)),
          readings.eligible(moment),
        ])
        const error = failureIn([direct, groups])
        if (error !== undefined && changesOf({ direct, groups, eligible }).length === 0) throw error
        return { direct, groups, eligible }
      }),
    holds: held => changesOf(held).length === 0 && failureIn([held.direct, held.groups]) === undefined,
    changes: changesOf,
    warnings: ({ direct, groups }) => notSeen({ 'Roles given to the person': direct, 'Roles of groups': groups }),
    residual: ({ eligible }) =>
      failureIn([eligible.roles, eligible.groups]) === undefined
        ? []
        : ['Whether roles may be activated in Privileged Identity Management could not be read.'],
    shown: ({ direct, groups, eligible }) => ({
      roles: listInPart(direct, ({ role, roleDefinitionId, scope }) => ({ role, roleDefinitionId, scope })),
      groups: listInPart(groups, ({ group: { id, name }, roles }) => ({
        id,
        name,
        roles: roles.map(({ role }) => role),
      })),
      eligibleRoles: eligible.roles.value ?? null,
      eligibleGroups: eligible.groups.value ?? null,
    }),
    guard: () => guardOf(ground, subject, false),
    take: changes => sendTogether(graph, changes),
    settlesWithin: replicationMs,
    back: {
      shape: snapshotSchema,
      what: `which roles ${account.login} had`,
      place: adminCenter,
      summary: had => (isNothing(had) ? 'Roles stay as they were' : 'Roles are given back'),
      ...backBySending(graph, missing),
    },
  }

  function changesOf({ direct, groups, eligible }: Held): Sent[] {
    const { id: principalId } = account
    return [
      ...(direct.value ?? []).map(one =>
        change(one.assignmentId, 'Roles', one.role, 'none', () => dropRole(one.assignmentId)),
      ),
      ...(groups.value ?? []).map(leaving),
      ...(eligible.roles.value ?? []).map(({ roleDefinitionId, scope, role }) =>
        change(`may ${roleDefinitionId} ${scope}`, 'May activate', role, 'none', () =>
          changeRoleEligibility({ principalId, roleDefinitionId, directoryScopeId: scope }, true),
        ),
      ),
      ...(eligible.groups.value ?? []).map(({ groupId, accessId, name }) =>
        change(`may ${groupId} ${accessId}`, 'May activate', `${accessId} of ${name}`, 'none', () =>
          changeGroupEligibility({ principalId, groupId, accessId }, true),
        ),
      ),
    ]
  }

  function missing(had: Snapshot, { direct, groups, eligible }: Held): Sent[] {
    const { id: principalId } = account
    const roleKeys = new Set(eligible.roles.value?.map(one => `${one.roleDefinitionId} ${one.scope}`))
    const groupKeys = new Set(eligible.groups.value?.map(one => `${one.groupId} ${one.accessId}`))
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
      ...(had.eligibleRoles ?? [])
        .filter(one => !roleKeys.has(`${one.roleDefinitionId} ${one.scope}`))
        .map(({ roleDefinitionId, scope, role }) =>
          change(`may ${roleDefinitionId} ${scope}`, 'May activate', 'none', role, () =>
            changeRoleEligibility({ principalId, roleDefinitionId, directoryScopeId: scope }, false),
          ),
        ),
      ...(had.eligibleGroups ?? [])
        .filter(one => !groupKeys.has(`${one.groupId} ${one.accessId}`))
        .map(({ groupId, accessId, name }) =>
          change(`may ${groupId} ${accessId}`, 'May activate', 'none', `${accessId} of ${name}`, () =>
            changeGroupEligibility({ principalId, groupId, accessId }, false),
          ),
        ),
    ]
  }
}

function isNothing({ roles, groups, eligibleRoles, eligibleGroups }: Snapshot): boolean {
  return [roles, groups, eligibleRoles, eligibleGroups].every(list => (list?.length ?? 0) === 0)
}
