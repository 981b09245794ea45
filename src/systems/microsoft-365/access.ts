import { z } from 'zod'
import { inPart, type Part } from '../../core/parts.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { numbersOf, type TeamsNumber } from './numbers.ts'

const appRoleSchema = z.object({
  id: z.string().min(1),
  appRoleId: z.string(),
  principalId: z.string(),
  resourceId: z.string(),
  resourceDisplayName: z.string().nullish(),
})

const consentSchema = z.object({
  id: z.string().min(1),
  clientId: z.string(),
  consentType: z.string().nullish(),
  principalId: z.string().nullish(),
  resourceId: z.string(),
  scope: z.string().nullish(),
})

export type AppRole = z.infer<typeof appRoleSchema>
export type GivenConsent = z.infer<typeof consentSchema>

/** What a person may use besides what groups and licences give. */
export interface Access {
  appRoles: Part<AppRole[]>
  consents: Part<GivenConsent[]>
  /** In Teams; where nobody may see them, nothing is said of them. */
  numbers: Part<TeamsNumber[]>
}

/** @throws K1Error where neither is shown */
export async function readAccess(graph: Graph, id: string): Promise<Access> {
  const [appRoles, consents, numbers] = await graph.lists([
    { where: path`/users/${id}/appRoleAssignments`, item: appRoleSchema },
    { where: path`/users/${id}/oauth2PermissionGrants`, item: consentSchema },
    numbersOf(id),
  ])
  if (appRoles.error !== undefined && consents.error !== undefined) throw appRoles.error
  return {
    // Those of their groups are listed, too, and go with the group.
    appRoles: inPart(appRoles, all => all.filter(({ principalId }) => principalId === id)),
    // A consent that an administrator gave for everybody is nobody's own.
    numbers: inPart(numbers, all => all.filter(({ assignmentTargetId }) => assignmentTargetId === id)),
    consents: inPart(consents, all =>
      all.filter(({ consentType, principalId }) => consentType !== 'AllPrincipals' && principalId === id),
    ),
  }
}
