import { K1Error } from '../../../core/errors.ts'
import type { Part } from '../../../core/parts.ts'
import type { Graph } from '../graph.ts'
import { canLeave, type Membership, whyItStays } from '../memberships.ts'
import type { GraphUser } from '../users.ts'
import { changeLicences, joinGroup, leaveGroup } from '../write.ts'
import { change, type Sent } from './ground.ts'

export interface Licences {
  direct: { skuId: string; disabledPlans: string[] }[]
  /** Groups that give a licence: those that say so, and those that a licence says it comes from. */
  groups: LicenceGroup[]
}

type LicenceGroup = Pick<Membership, 'id' | 'name'> & Partial<Membership> & { skus: string[] }

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

/** A group that nobody can be taken out of here keeps its licence, and is named. */
export function licenceChanges(
  userId: string,
  { direct, groups }: Licences,
  nameOf: (skuId: string) => string,
): Sent[] {
  return [
    ...groups.map(({ id, name, kind, skus: _, ...rest }) => {
      const group = kind === undefined ? undefined : { id, name, kind, role: false, licence: true, ...rest }
      const stays = group !== undefined && !canLeave(group) && kind !== 'hidden'
      const one = change(`group ${id}`, 'Licence groups', name, 'none')
      return stays ? { ...one, why: whyItStays(group) } : { ...one, make: () => leaveGroup(id, userId) }
    }),
    ...direct.map(({ skuId }) =>
      change(`licence ${skuId}`, 'Licences', nameOf(skuId), 'none', () => changeLicences(userId, [], [skuId])),
    ),
  ]
}

/** What was had and is not there now; null is what was not seen, and of which nothing was taken. */
export function licencesBack(
  { base }: Graph,
  userId: string,
  had: {
    licences: readonly { skuId: string; disabledPlans: readonly string[] }[] | null
    licenceGroups: readonly { id: string; name: string }[] | null
  },
  { direct, groups }: Licences = { direct: [], groups: [] },
): Sent[] {
  return [
    ...(had.licences ?? [])
      .filter(one => !direct.some(({ skuId }) => skuId === one.skuId))
      .map(one =>
        change(`licence ${one.skuId}`, 'Licences', 'none', one.skuId, () => changeLicences(userId, [one], [])),
      ),
    ...(had.licenceGroups ?? [])
      .filter(one => !groups.some(({ id }) => id === one.id))
      .map(({ id, name }) => change(`group ${id}`, 'Licence groups', 'none', name, () => joinGroup(base, id, userId))),
  ]
}

/** Whoever leaves such a group in Active Directory loses the licence with it. */
export function syncedLicences({ value }: Part<Licences>, present: ReadonlySet<string>): string[] {
  if (!present.has('active-directory')) return []
  return (value?.groups ?? [])
    .filter(({ kind }) => kind === 'synced')
    .map(
      ({ name }) =>
        `The licence of the group "${name}" is not kept: the group is synced from Active Directory, and the person leaves it there.`,
    )
}
