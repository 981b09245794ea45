import type { Membership } from './memberships.ts'
import type { HeldRole, Roles } from './roles.ts'

/** A group that gives roles to its members. */
export interface RoleGroup {
  group: Membership
  roles: HeldRole[]
}

/** Roles given to the person, and groups that give one. */
export interface Administration {
  direct: readonly HeldRole[]
  groups: readonly RoleGroup[]
}

/** Only groups that may give a role are asked for; those of which nothing is shown, too. */
export async function readGroupRoles(roles: Roles, memberships: readonly Membership[]): Promise<RoleGroup[]> {
  const candidates = memberships.filter(({ role, kind }) => role || kind === 'hidden')
  const held = await Promise.all(candidates.map(async group => ({ group, roles: await roles.of(group.id) })))
  return held.filter(one => one.roles.length > 0)
}

export function rolesIn({ direct, groups }: Administration): HeldRole[] {
  return [...direct, ...groups.flatMap(({ roles }) => roles)]
}
