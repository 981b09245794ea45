import type { AccountGoal } from '../../../core/account.ts'
import { listInPart, type Part, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import { type Drive, driveStays, isSharedWith, readDrive } from '../drive.ts'
import type { OwnedList } from '../exchange/lists.ts'
import { isLastOwner } from '../graph-error.ts'
import type { GoalGround, Holder } from '../ground.ts'
import { type Owned, ownedAs, readOwned } from '../owned.ts'
import { goalBelow, type Sending, type Sent, sendTogether } from '../sending.ts'
import type { GraphUser } from '../users.ts'
import { addOwner, removeOwner, shareDrive } from '../write.ts'

interface Data {
  owned: Part<Owned[]>
  /** Distribution lists and mail-enabled security groups; undefined where Exchange cannot be asked. */
  lists: Part<OwnedList[]> | undefined
  /** Null: there is no OneDrive. */
  drive: Part<Drive | null>
  isShared: boolean
}

/** Everything that the person owned belongs to the successor, and no longer to them; their OneDrive is open to both. */
export function dataHandedOver(
  ground: GoalGround,
  subject: Holder,
  successor: string,
  heirOf: () => Promise<GraphUser>,
): AccountGoal<Data, Sent> {
  const { graph, exchange, lacks } = ground
  const { account, readings } = subject
  const { id } = account

  return goalBelow<Data>(ground, subject, {
    kind: 'data-handed-over',
    summary: `Groups, lists, applications and OneDrive are handed over to ${successor}`,
    needs: ['user', 'owned', 'drive', 'mailbox', 'owned lists'],
    shows: ['owned'],
    async read(moment) {
      const [owned, drive, lists] = await Promise.all([
        partOf(moment.read('owned', () => readOwned(graph, id))),
        partOf(moment.read('drive', () => readDrive(graph, id))),
        lacks.length > 0 ? undefined : partOf(readings.ownedLists(moment)),
      ])
      const isShared = drive.value ? isSharedWith(drive.value, await heirOf()) : false
      return seen({ owned, lists, drive, isShared })
    },
    parts: ({ owned, lists, drive }) => ({ 'What they own': owned, 'Lists that they own': lists, OneDrive: drive }),
    things: ({ owned, lists, drive, isShared }) => [
      ...(lists?.value ?? []).filter(({ synced }) => !synced).map(listThing),
      ...(owned.value ?? []).map(one => theirs(one.id, one.name, () => removeOwner(one.folder, one.id, id))),
      ...(drive.value && !isShared ? [driveThing(drive.value)] : []),
    ],
    residual: ({ drive, lists }) => [
      ...(drive.value ? [`OneDrive, for ${successor}: ${drive.value.link} ${driveStays}`] : []),
      ...(lists?.value ?? [])
        .filter(({ synced }) => synced)
        .map(
          ({ name }) => `The list "${name}" is synced from Active Directory: give it another owner there (managedBy).`,
        ),
    ],
    shown: ({ owned, lists, drive, isShared }) => ({
      lists: lists === undefined ? null : listInPart(lists, ({ guid, name, owners }) => ({ id: guid, name, owners })),
      owned: listInPart(owned, ({ id, name, folder, owners }) => ({
        id,
        name,
        type: ownedAs[folder],
        owners: owners?.length ?? null,
      })),
      oneDrive: drive.value ? { link: drive.value.link, shared: isShared } : null,
    }),
    async take(changes, { owned }) {
      if (changes.length === 0) return []
      const heir = await heirOf()
      const without = (owned.value ?? []).filter(one => !one.owners?.includes(heir.id))
      const join = ({ id, name, folder }: Owned): Sent => {
        const act = () => addOwner(graph.base, folder, id, heir.id)
        return { id, what: 'Owner of', before: name, after: successor, act }
      }
      const given = await sendTogether(graph, without.map(join))
      const refused = given.filter(({ error }) => error !== undefined)
      // The last owner cannot go, and a new one is not seen at once: such a refusal passes.
      const left = changes.filter(one => !refused.some(({ id }) => id === one.id))
      return [...refused, ...(await sendTogether(graph, left, isLastOwner))]
    },
  })

  function theirs(id: string, name: string, take: Sending): Thing<Sending> {
    return { id, what: 'Owner of', name, without: successor, take }
  }

  /** First in, then out: the list is never nobody's. */
  function listThing({ guid, name }: OwnedList): Thing<Sending> {
    const ask = async () => {
      await exchange.addListOwner(guid, (await heirOf()).id)
      await exchange.removeListOwner(guid, id)
    }
    return { ...theirs(`list ${guid}`, name, { ask }), shows: ['owned lists'] }
  }

  function driveThing({ id, link }: Drive): Thing<Sending> {
    const ask = async () => {
      const { mail, userPrincipalName } = await heirOf()
      await graph.write(shareDrive(id, mail || userPrincipalName))
    }
    return { id: 'drive', what: 'OneDrive', name: link, without: successor, take: { ask }, shows: ['drive'] }
  }
}
