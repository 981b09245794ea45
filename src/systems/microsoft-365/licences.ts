import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import type { Part } from '../../core/parts.ts'
import type { Thing } from '../../core/things.ts'
import type { Graph } from './graph.ts'
import { type Membership, type SomeGroup, whyItStays } from './memberships.ts'
import type { Sending } from './sending.ts'
import type { GraphUser } from './users.ts'
import { changeLicences, joinGroup, leaveGroup } from './write.ts'

/** Null is what was not seen: nothing of it was taken. */
export const licencesShape = z.object({
  licences: z.array(z.object({ skuId: z.string(), disabledPlans: z.array(z.string()) })).nullable(),
  licenceGroups: z.array(z.object({ id: z.string(), name: z.string() })).nullable(),
})

/** With what only a look knows, where it is one. */
export interface HadLicences {
  licences: { skuId: string; disabledPlans: string[]; name?: string }[] | null
  licenceGroups: SomeGroup[] | null
}

export interface Licences {
  direct: { skuId: string; disabledPlans: string[] }[]
  /** Groups that give a licence: those that say so, and those that a licence says it comes from. */
  groups: (SomeGroup & { skus: string[] })[]
}

/** A licence that came through a group names it, also where the group itself cannot be seen. */
export function licencesOf(user: GraphUser, memberships: Part<Membership[]>): Part<Licences> {
  const states = user.licenseAssignmentStates
  if (!states) {
    return {
      error: new K1Error('contract', 'Microsoft 365 did not show the licences of this account.', {
        hint: 'Grant User.Read.All to the app, in the Microsoft Entra admin center.',
        facts: { field: 'licenseAssignmentStates' },
      }),
    }
  }
  const known = memberships.value ?? []
  const giving = known.filter(({ licence }) => licence)
  const named = states.flatMap(({ assignedByGroup: id }) =>
    id ? [known.find(one => one.id === id) ?? { id, name: id }] : [],
  )
  const skusOf = (group: string) =>
    states.filter(({ assignedByGroup }) => assignedByGroup === group).map(({ skuId }) => skuId)
  return {
    value: {
      direct: states
        .filter(({ assignedByGroup }) => !assignedByGroup)
        .map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans: disabledPlans ?? [] })),
      groups: [
        ...new Map([...giving, ...named].map(group => [group.id, { ...group, skus: skusOf(group.id) }])).values(),
      ],
    },
  }
}

export function licenceThings({ base }: Graph, userId: string, had: HadLicences): Thing<Sending>[] {
  return [
    ...(had.licenceGroups ?? []).map(group => ({
      id: `group ${group.id}`,
      what: 'Licence groups',
      name: group.name,
      take: wayOut(group, userId),
      give: () => joinGroup(base, group.id, userId),
      shows: ['user', 'memberships'],
    })),
    ...(had.licences ?? []).map(({ skuId, disabledPlans, name = skuId }) => ({
      id: `licence ${skuId}`,
      what: 'Licences',
      name,
      take: () => changeLicences(userId, [], [skuId]),
      give: () => changeLicences(userId, [{ skuId, disabledPlans }], []),
    })),
  ]
}

/** A group that nobody can be taken out of here keeps its licence, and is named. */
function wayOut(group: SomeGroup, userId: string): Sending {
  const stays = group.kind === 'dynamic' || group.kind === 'synced' || group.kind === 'mail'
  return stays ? { why: whyItStays(group) } : () => leaveGroup(group.id, userId)
}

/** Whoever leaves such a group in Active Directory loses the licence with it. */
export function syncedLicences(groups: readonly SomeGroup[] | null, present: ReadonlySet<string>): string[] {
  if (!present.has('active-directory')) return []
  return (groups ?? [])
    .filter(({ kind }) => kind === 'synced')
    .map(
      ({ name }) =>
        `The licence of the group "${name}" is not kept: the group is synced from Active Directory, and the person leaves it there.`,
    )
}

/** Where they are kept, as a sentence. */
export function keptLicences(mailbox: 'shared' | 'left'): string {
  return mailbox === 'shared'
    ? 'Licences are kept, and paid for (licences=keep). With licences=remove they are freed once the mailbox was read back as a shared one, but for what it needs.'
    : 'Licences are kept, and paid for (licences=keep): remove them when mailbox and OneDrive are settled.'
}
