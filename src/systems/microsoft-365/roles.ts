import { z } from 'zod'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { type GraphUser, odataQuoted, type Users } from './users.ts'

/** Template id of Global Administrator, the same in every tenant. */
const globalAdministrator = '62e90394-69f5-4237-9190-012177145e10'

/** Whoever holds this is the account that Entra Connect syncs with. */
const directorySync = 'd29b2b05-8046-44ba-8758-1e26182fcf32'

/** Built-in roles that let nobody change anything (learn.microsoft.com/entra/identity/role-based-access-control). */
const harmless = new Set([
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b', // Directory Readers
  '95e79109-95c0-4d8e-aee3-d01accf2d47b', // Guest Inviter
  '790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b', // Message Center Reader
  '4a5d8f65-41da-4de4-8968-e035b65339cf', // Reports Reader
])

const assignmentSchema = z.object({
  id: z.string().min(1),
  principalId: z.string(),
  roleDefinitionId: z.string(),
  directoryScopeId: z.string().nullish(),
  roleDefinition: z.object({ displayName: z.string().nullish() }).nullish(),
})

const holderSchema = z.object({
  principalId: z.string(),
  principal: z
    .object({ '@odata.type': z.string().nullish(), id: z.string(), accountEnabled: z.boolean().nullish() })
    .nullish(),
})

const memberSchema = z.object({ id: z.string(), accountEnabled: z.boolean().nullish() })

export interface HeldRole {
  assignmentId: string
  roleDefinitionId: string
  role: string
  scope: string
}

export interface Roles {
  /** Assigned to this very person or group. */
  of(principalId: string): Promise<HeldRole[]>
  /** By principal, for everybody. */
  all(): Promise<Map<string, HeldRole[]>>
  /** Why this person may not be touched, by their roles: those given directly and through groups. */
  untouchable(user: GraphUser, held: readonly HeldRole[]): Promise<string | undefined>
}

export function isAdmin({ roleDefinitionId }: HeldRole): boolean {
  return !harmless.has(roleDefinitionId)
}

export function createRoles(graph: Graph, users: Users): Roles {
  const where = path`/roleManagement/directory/roleAssignments`
  const expand = { $expand: 'roleDefinition' }

  async function isLastGlobalAdministrator(userId: string): Promise<boolean> {
    const query = { $filter: `roleDefinitionId eq ${odataQuoted(globalAdministrator)}`, $expand: 'principal' }
    for (const { principalId, principal } of await graph.list(where, holderSchema, query)) {
      if (principalId === userId) continue
      if (principal?.['@odata.type'] === '#microsoft.graph.group') {
        // A cast is an advanced query (learn.microsoft.com/graph/aad-advanced-queries).
        const within = path`/groups/${principalId}/transitiveMembers/microsoft.graph.user`
        const query = { $select: 'id,accountEnabled', $count: 'true' }
        const members = await graph.list(within, memberSchema, query, { ConsistencyLevel: 'eventual' })
        if (members.some(({ id, accountEnabled }) => id !== userId && accountEnabled === true)) return false
      } else if (principal?.['@odata.type'] !== '#microsoft.graph.servicePrincipal') {
        const enabled = principal?.accountEnabled ?? (await users.user(principalId))?.accountEnabled
        if (enabled === true) return false
      }
    }
    return true
  }

  return {
    async of(principalId) {
      const query = { $filter: `principalId eq ${odataQuoted(principalId)}`, ...expand }
      return (await graph.list(where, assignmentSchema, query)).map(readRole)
    },

    async all() {
      const byPrincipal = new Map<string, HeldRole[]>()
      for (const one of await graph.list(where, assignmentSchema, expand)) {
        byPrincipal.set(one.principalId, [...(byPrincipal.get(one.principalId) ?? []), readRole(one)])
      }
      return byPrincipal
    },

    async untouchable({ id, accountEnabled }, held) {
      if (held.some(one => one.roleDefinitionId === directorySync)) return 'the account that Entra Connect syncs with'
      const isGlobal = held.some(one => one.roleDefinitionId === globalAdministrator)
      return isGlobal && accountEnabled && (await isLastGlobalAdministrator(id))
        ? 'the last Global Administrator'
        : undefined
    },
  }
}

function readRole(one: z.infer<typeof assignmentSchema>): HeldRole {
  return {
    assignmentId: one.id,
    roleDefinitionId: one.roleDefinitionId,
    role: one.roleDefinition?.displayName || one.roleDefinitionId,
    scope: one.directoryScopeId ?? '/',
  }
}
