import { z } from 'zod'
import { isK1Error, type K1Error } from '../../core/errors.ts'
import { inPart, type Part } from '../../core/parts.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { odataQuoted } from './users.ts'

const roleSchema = z.object({
  roleDefinitionId: z.string(),
  directoryScopeId: z.string().nullish(),
  roleDefinition: z.object({ displayName: z.string().nullish() }).nullish(),
})

const groupSchema = z.object({
  groupId: z.string(),
  accessId: z.enum(['member', 'owner']),
  group: z.object({ displayName: z.string().nullish() }).nullish(),
})

/** A role that somebody may activate; ledgers keep it like this. */
export const eligibleRole = z.object({ roleDefinitionId: z.string(), scope: z.string(), role: z.string() })
export type EligibleRole = z.infer<typeof eligibleRole>

/** A group that somebody may become a member or an owner of; ledgers keep it like this. */
export const eligibleGroup = z.object({ groupId: z.string(), accessId: z.enum(['member', 'owner']), name: z.string() })
export type EligibleGroup = z.infer<typeof eligibleGroup>

/** What somebody may become in Privileged Identity Management, and is not. */
export interface Eligibility {
  roles: Part<EligibleRole[]>
  groups: Part<EligibleGroup[]>
}

export async function readEligibility(graph: Graph, principalId: string): Promise<Eligibility> {
  const $filter = `principalId eq ${odataQuoted(principalId)}`
  const [roles, groups] = await graph.lists([
    {
      where: path`/roleManagement/directory/roleEligibilityScheduleInstances`,
      item: roleSchema,
      query: { $filter, $expand: 'roleDefinition' },
    },
    {
      where: path`/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances`,
      item: groupSchema,
      query: { $filter, $expand: 'group' },
    },
  ])
  return {
    roles: isUnlicensed(roles.error) ? { value: [] } : inPart(roles, all => all.map(readRole)),
    groups: isUnlicensed(groups.error) ? { value: [] } : inPart(groups, all => all.map(readGroup)),
  }
}

function readRole({ roleDefinitionId, directoryScopeId, roleDefinition }: z.infer<typeof roleSchema>): EligibleRole {
  return { roleDefinitionId, scope: directoryScopeId ?? '/', role: roleDefinition?.displayName || roleDefinitionId }
}

function readGroup({ groupId, accessId, group }: z.infer<typeof groupSchema>): EligibleGroup {
  return { groupId, accessId, name: group?.displayName || groupId }
}

/** Without the licence for Privileged Identity Management nobody is eligible for anything. */
function isUnlicensed(error: K1Error | undefined): boolean {
  return isK1Error(error) && /license/i.test(`${error.facts.code} ${error.message}`)
}
