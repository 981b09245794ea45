import type { Moment } from '../../core/moment.ts'
import { once } from '../../core/once.ts'
import { partOf } from '../../core/parts.ts'
import type { OwnedList } from './exchange/lists.ts'
import type { GoalGround, Holder } from './ground.ts'
import { type Owned, ownedAs, readOwned } from './owned.ts'

/** For who has no successor: what would be left without an owner, as sentences. Stands on `owned lists`. */
export function ownedAloneOf({ graph, lacks }: GoalGround, { account, readings }: Holder) {
  /** Leaving a group changes nothing of what is owned. */
  const owned = once(async () => {
    const found = await partOf(readOwned(graph, account.id))
    return found.error === undefined
      ? ownerless(found.value)
      : ['What they own alone could not be read: look in the Entra admin center before it is left without an owner.']
  })

  async function ownedLists(moment: Moment): Promise<string[]> {
    if (lacks.length > 0) return []
    const lists = await partOf(readings.ownedLists(moment))
    return lists.error === undefined
      ? ownerlessLists(lists.value)
      : ['Which lists they own alone could not be read: look in the Exchange admin center.']
  }

  return async (moment: Moment) => [...(await owned()), ...(await ownedLists(moment))]
}

function ownerlessLists(lists: readonly OwnedList[]): string[] {
  return lists.flatMap(({ name, owners, synced }) => {
    if (synced) return []
    if (owners === null) return [`Who else owns the list "${name}" was not shown: look before it is left.`]
    return owners < 2 ? [`The only owner of the list "${name}": name a successor with --successor.`] : []
  })
}

function ownerless(owned: readonly Owned[]): string[] {
  return owned.flatMap(({ owners, name, folder }) => {
    if (owners === null)
      return [`Who else owns the ${ownedAs[folder]} "${name}" could not be read: look before it is left.`]
    const alone = `The only owner of the ${ownedAs[folder]} "${name}": name a successor with --successor.`
    return owners.length < 2 ? [alone] : []
  })
}
