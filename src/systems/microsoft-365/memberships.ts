import { z } from 'zod'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'

const groupSchema = z.object({
  '@odata.type': z.string().nullish(),
  id: z.string().min(1),
  displayName: z.string().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  mailEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  isAssignableToRole: z.boolean().nullish(),
  assignedLicenses: z.array(z.object({ skuId: z.string() })).nullish(),
})

/**
 * `ordinary`: Graph can take a person out. `role`: it can, and the group may give a role. `licence`: it can, and with the
 * group goes a licence. Of the others Graph can take nobody out: `dynamic` follows a rule, `synced` comes from Active
 * Directory, `mail` (a distribution list or mail-enabled security group) belongs to Exchange.
 */
export type MembershipKind = 'ordinary' | 'role' | 'licence' | 'dynamic' | 'synced' | 'mail'

export interface Membership {
  id: string
  name: string
  kind: MembershipKind
}

const names = Object.keys(groupSchema.shape).filter(name => !name.startsWith('@'))

/** Groups that the person is a direct member of. */
export async function readMemberships(graph: Graph, userId: string): Promise<Membership[]> {
  const query = { $select: names.join(','), $top: 100 }
  const found = await graph.list(path`/users/${userId}/memberOf`, groupSchema, query)
  return found
    .filter(one => one['@odata.type'] === '#microsoft.graph.group')
    .map(one => ({ id: one.id, name: one.displayName || one.id, kind: classify(one) }))
}

function classify(group: z.infer<typeof groupSchema>): MembershipKind {
  const types = group.groupTypes ?? []
  if (types.includes('DynamicMembership')) return 'dynamic'
  if (group.onPremisesSyncEnabled) return 'synced'
  if (group.mailEnabled && !types.includes('Unified')) return 'mail'
  if (group.isAssignableToRole) return 'role'
  return (group.assignedLicenses ?? []).length > 0 ? 'licence' : 'ordinary'
}

export function canLeave({ kind }: Membership): boolean {
  return kind === 'ordinary' || kind === 'role' || kind === 'licence'
}

/** Why a membership stays, as a sentence. */
export function whyItStays({ name, kind }: Membership): string {
  switch (kind) {
    case 'dynamic':
      return `The group "${name}" is dynamic: its rule decides who is in it.`
    case 'synced':
      return `The group "${name}" is synced from Active Directory: take the person out there.`
    case 'mail':
      return `The group "${name}" is a distribution list or mail-enabled: take the person out in the Exchange admin center.`
    default:
      return `The group "${name}" gives a licence, which is kept: leave it when the mailbox is settled, or set licences=remove.`
  }
}
