import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'

const groupSchema = z.object({
  // Given also where all else is hidden: without it nobody knows what it is.
  '@odata.type': z.string(),
  id: z.string().min(1),
  displayName: z.string().nullish(),
  groupTypes: z.array(z.string()).nullish(),
  mailEnabled: z.boolean().nullish(),
  onPremisesSyncEnabled: z.boolean().nullish(),
  isAssignableToRole: z.boolean().nullish(),
  assignedLicenses: z.array(z.object({ skuId: z.string() })).nullish(),
})

/**
 * `ordinary`: Graph can take a person out. Of the others it can take nobody out: `dynamic` follows a rule, `synced` comes
 * from Active Directory, `mail` (a distribution list or mail-enabled security group) belongs to Exchange. `hidden`: Graph
 * gave the id alone, with `null` for all else, as it does where the right to read groups is missing
 * (learn.microsoft.com/graph/permissions-overview, "Limited information returned for inaccessible member objects").
 */
export type MembershipKind = 'ordinary' | 'dynamic' | 'synced' | 'mail' | 'hidden'

export interface Membership {
  id: string
  name: string
  kind: MembershipKind
  /** It may give a role. */
  role: boolean
  /** With the group goes a licence. */
  licence: boolean
}

/** As much of it as was seen, or kept. */
export type SomeGroup = Pick<Membership, 'id' | 'name'> & Partial<Membership>

const names = Object.keys(groupSchema.shape).filter(name => !name.startsWith('@'))

/** Groups that the person is a direct member of. */
export async function readMemberships(graph: Graph, userId: string): Promise<Membership[]> {
  const query = { $select: names.join(','), $top: 100 }
  const found = await graph.list(path`/users/${userId}/memberOf`, groupSchema, query)
  return found
    .filter(one => one['@odata.type'] === '#microsoft.graph.group')
    .map(one => ({
      id: one.id,
      name: one.displayName || one.id,
      kind: classify(one),
      role: one.isAssignableToRole === true,
      licence: (one.assignedLicenses ?? []).length > 0,
    }))
}

function classify(group: z.infer<typeof groupSchema>): MembershipKind {
  const { groupTypes, mailEnabled, assignedLicenses } = group
  // Every group has these three, be they empty: `null` is what was not shown.
  if (!groupTypes || !assignedLicenses || typeof mailEnabled !== 'boolean') return 'hidden'
  if (groupTypes.includes('DynamicMembership')) return 'dynamic'
  if (group.onPremisesSyncEnabled) return 'synced'
  return mailEnabled && !groupTypes.includes('Unified') ? 'mail' : 'ordinary'
}

export function canLeave({ kind }: SomeGroup): boolean {
  return kind === 'ordinary'
}

/** Why a membership stays, as a sentence. */
export function whyItStays({ name, kind }: SomeGroup): string {
  switch (kind) {
    case 'dynamic':
      return `The group "${name}" is dynamic: its rule decides who is in it.`
    case 'synced':
      return `The group "${name}" is synced from Active Directory: take the person out there.`
    case 'mail':
      return `The group "${name}" is a distribution list or mail-enabled: take the person out in the Exchange admin center.`
    case 'hidden':
      return `Of the group ${name} only the id is shown: grant Directory.Read.All, or take the person out in the Entra admin center.`
    default:
      return `The group "${name}" gives a licence, which is kept: leave it when the mailbox is settled, or set licences=remove.`
  }
}

/** @throws K1Error `forbidden` where groups are there of which nothing but the id is shown */
export function refuseNameless(memberships: readonly Membership[]): void {
  const hidden = memberships.filter(({ kind }) => kind === 'hidden').length
  if (hidden === 0) return
  const what = hidden === 1 ? 'one group nothing but its id' : `${hidden} groups nothing but their ids`
  throw new K1Error('forbidden', `Microsoft 365 shows of ${what}.`, {
    hint: 'Grant Directory.Read.All to the app, in the Microsoft Entra admin center.',
  })
}
