import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type NamedParts, partOf } from '../../../core/parts.ts'
import { seen } from '../../../core/reading.ts'
import type { Thing } from '../../../core/things.ts'
import type { Recipient } from '../exchange/recipient.ts'
import { adminCenter, type GoalGround, type Holder } from '../ground.ts'
import { refuseUnshown } from '../hidden-groups.ts'
import { commandsFor } from '../mail/commands.ts'
import { canLeave, type Membership, refuseNameless, type SomeGroup, whyItStays } from '../memberships.ts'
import { ownedAloneOf } from '../owned-alone.ts'
import { goalBelow, type Sending, type Sent } from '../sending.ts'
import { joinGroup, leaveGroup } from '../write.ts'

const named = z.array(z.object({ id: z.string(), name: z.string() }))

const shape = z.object({
  groups: named,
  /** Earlier versions left no lists; null is what was not seen. */
  lists: named.nullish(),
})

/** With what only a look knows, where it is one. */
interface Had {
  groups: SomeGroup[]
  /** Distribution lists and mail-enabled security groups, as Exchange has them. */
  lists?: (Pick<Recipient, 'id' | 'name'> & Partial<Recipient>)[] | null | undefined
}

interface Groups extends Had {
  groups: Membership[]
  lists: Recipient[] | null
  parts: NamedParts
  /** What would be left without an owner, as sentences. */
  ownerless: string[]
}

/**
 * Of the groups that somebody can be taken out of, none is left: by Graph, and where they have mail by Exchange. Those that
 * give a licence go with the licences.
 */
export function groupsLeft(ground: GoalGround, subject: Holder): AccountGoal<Groups, Sent> {
  const { account, options, readings } = subject
  const { graph, connection, exchange, lacks } = ground
  const { id } = account
  const hasHeir = options.successor !== undefined || connection.heir === 'manager'
  const ownedAlone = hasHeir ? undefined : ownedAloneOf(ground, subject)

  return goalBelow<Groups, Had>(ground, subject, {
    kind: 'groups-left',
    summary: 'Groups are left',
    needs: ['user', 'memberships', 'mailbox', 'lists', 'owned lists'],
    // Leaving a group changes nothing of what is owned, and none that gives a licence is left here.
    shows: ['memberships', 'lists'],
    async read(moment) {
      const groups = await readings.memberships(moment)
      const asks = lacks.length === 0 && connection.leavesLists && groups.some(isMail)
      const lists = asks ? await partOf(readings.lists(moment)) : undefined
      const value = {
        groups,
        lists: lists?.value ?? null,
        parts: { 'Distribution lists': lists },
        ownerless: (await ownedAlone?.(moment)) ?? [],
      }
      if (thingsIn(value, value).every(({ stays }) => stays)) {
        refuseNameless(groups)
        refuseUnshown(await ground.hiddenGroups(), account.login)
      }
      return seen(value)
    },
    parts: ({ parts }) => parts,
    things: thingsIn,
    residual: now => [
      ...now.groups.filter(one => staysIn(now, one) && !(canLeave(one) && connection.removesLicences)).map(whyLeft),
      ...now.ownerless,
    ],
    shown: now => ({
      ...shape.parse({ ...now, groups: now.groups.filter(isLeft) }),
      stay: now.groups.filter(one => staysIn(now, one)).map(({ name }) => name),
    }),
    back: {
      shape,
      what: `which groups ${account.login} was in`,
      place: adminCenter,
      summary: ({ groups, lists }) =>
        groups.length + (lists ?? []).length === 0 ? 'Groups stay as they were' : 'Groups are joined again',
      // A list takes nobody without a mailbox.
      after: ['mailbox-shared', 'licences-freed'],
    },
  })

  function thingsIn(had: Had, now: Groups): Thing<Sending>[] {
    const lists = had.lists ?? []
    return [...had.groups.map(groupThing), ...lists.map(list => listThing(list, now))]
  }

  function groupThing(group: SomeGroup): Thing<Sending> {
    return {
      id: group.id,
      what: 'Groups',
      name: group.name,
      take: () => leaveGroup(group.id, id),
      give: () => joinGroup(graph.base, group.id, id),
      stays: !isLeft(group),
    }
  }

  function listThing(list: NonNullable<Had['lists']>[number], { groups, lists }: Groups): Thing<Sending> {
    const membership = groups.find(one => one.id === list.id)
    // After a change Graph is behind Exchange for minutes: it is asked only where Exchange was not.
    const isThere = lists === null && membership !== undefined
    return {
      id: list.id,
      same: `list ${list.id}`,
      what: 'Lists',
      name: list.name,
      take: { ask: () => exchange.leaveList(list.id, id) },
      ...(isThere ? {} : { give: { ask: () => exchange.joinList(list.id, id) } }),
      stays: list.synced === true || membership?.licence === true,
    }
  }

  function whyLeft(membership: Membership): string {
    if (!isMail(membership)) return whyItStays(membership)
    if (!connection.leavesLists) return `The list "${membership.name}" is kept (lists=kept).`
    return lacks.length > 0 ? byHand(membership) : whyItStays(membership)
  }

  function byHand({ name }: Membership): string {
    return `The list "${name}" stays. In Exchange Online PowerShell: ${commandsFor.leaveList(name, account.login)}`
  }
}

function isMail({ kind }: Membership): boolean {
  return kind === 'mail'
}

function isLeft(group: SomeGroup): boolean {
  return canLeave(group) && !group.licence
}

/** Of a list counts what Exchange says: Graph learns of it later. */
function staysIn({ lists }: Groups, group: Membership): boolean {
  if (!isMail(group)) return !isLeft(group)
  return lists === null || lists.some(({ id, synced }) => id === group.id && (synced || group.licence))
}
