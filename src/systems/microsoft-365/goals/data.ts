import type { AccountGoal } from '../../../core/account.ts'
import { isLastOwner } from '../graph-error.ts'
import { type Owned, readOwned } from '../owned.ts'
import type { GraphUser } from '../users.ts'
import { addOwner, removeOwner } from '../write.ts'
import { change, type Ground, replicationMs, type Sent, type Subject, sendTogether } from './ground.ts'

const kinds = { groups: 'group', applications: 'application', servicePrincipals: 'enterprise application' } as const

/** Everything that the person owned belongs to the successor, and no longer to them. */
export function dataHandedOver(
  ground: Ground,
  { account, readings }: Subject,
  successor: string,
  heirOf: () => Promise<GraphUser>,
): AccountGoal<Owned[], Sent> {
  const { graph } = ground
  const { id } = account
  return {
    kind: 'data-handed-over',
    reach: 'api',
    summary: `Groups and applications are handed over to ${successor}`,
    effect: 'irreversible',
    repeatable: true,
    after: [],
    needs: ['user', 'owned'],
    read: moment => readings.below(moment, () => moment.read('owned', () => readOwned(graph, id))),
    holds: owned => owned.length === 0,
    changes: owned =>
      owned.map(one => change(one.id, 'Owner of', one.name, successor, () => removeOwner(one.folder, one.id, id))),
    residual: () => ['OneDrive is not handed over: give access in the SharePoint admin center.'],
    shown: owned => ({
      owned: owned.map(({ id, name, folder, owners }) => ({
        id,
        name,
        type: kinds[folder],
        owners: owners?.length ?? null,
      })),
    }),
    async take(changes, owned) {
      if (changes.length === 0) return []
      const heir = await heirOf()
      const without = owned.filter(one => !one.owners?.includes(heir.id))
      const given = await sendTogether(
        graph,
        without.map(one =>
          change(one.id, 'Owner of', one.name, successor, () => addOwner(graph.base, one.folder, one.id, heir.id)),
        ),
      )
      const refused = given.filter(({ error }) => error !== undefined)
      // The last owner cannot go, and a new one is not seen at once: such a refusal passes.
      const left = changes.filter(one => !refused.some(({ id }) => id === one.id))
      return [...refused, ...(await sendTogether(graph, left, isLastOwner))]
    },
    settlesWithin: replicationMs,
  }
}

/** For who has no successor: what would be left without an owner, as sentences. */
export function ownerless(owned: readonly Owned[]): string[] {
  return owned.flatMap(({ owners, name, folder }) => {
    if (owners === null)
      return [`Who else owns the ${kinds[folder]} "${name}" could not be read: look before it is left.`]
    const alone = `The only owner of the ${kinds[folder]} "${name}": name a successor with --successor.`
    return owners.length < 2 ? [alone] : []
  })
}
