import { z } from 'zod'
import { partOf } from '../../core/parts.ts'
import type { GoalGround } from './ground.ts'
import { collect } from './paging.ts'

export const roleShape = z.object({
  id: z.string(),
  roleId: z.string(),
  name: z.string(),
  scope: z.string(),
  orgUnitId: z.string().optional(),
  /** Id of the group that the role comes through. */
  through: z.string().optional(),
})

export type Role = z.infer<typeof roleShape>

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
