import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { K1Error } from '../../../core/errors.ts'
import type { Moment } from '../../../core/moment.ts'
import { once } from '../../../core/once.ts'
import { listInPart, notSeen, type Part, partOf } from '../../../core/parts.ts'
import { overApi } from '../../../core/things.ts'
import type { Recipient } from '../exchange/recipient.ts'
import { type HiddenGroup, seeingHidden } from '../hidden-groups.ts'
import { commandsFor } from '../mail/commands.ts'
import { canLeave, type Membership, whyItStays } from '../memberships.ts'
import { readOwned } from '../owned.ts'
import { joinGroup, leaveGroup } from '../write.ts'
import { ownerless, ownerlessLists } from './data.ts'
import {
  adminCenter,
  backBySending,
  change,
  type GoalGround,
  type Holder,
  mailChange,
  replicationMs,
  type Sent,
  sendTogether,
} from './ground.ts'

interface Groups {
  memberships: Membership[]
  /** Distribution lists and mail-enabled security groups, as Exchange has them; undefined where it was not asked. */
  lists: Part<Recipient[]> | undefined
  /** What would be left without an owner, as sentences. */
  ownerless: string[]
}

const named = z.array(z.object({ id: z.string(), name: z.string() }))

const snapshotSchema = z.object({
  groups: named,
  /** Earlier versions left no lists; null is what was not seen. */
  lists: named.nullish(),
})

/**
 * Of the groups that somebody can be taken out of, none is left: by Graph, and where they have mail by Exchange. Those that
 * give a licence go with the licences.
 */
export function groupsLeft(ground: GoalGround, { account, options, readings }: Holder): AccountGoal<Groups, Sent> {
  const { graph, connection, exchange, lacks } = ground
  const { id } = account
  const hasHeir = options.successor !== undefined || connection.heir === 'manager'
  /** Leaving a group changes nothing of what is owned. */
  const owned = once(async () => {
    try {
      return hasHeir ? [] : ownerless(await readOwned(graph, id))
    } catch {
      return [
        'What they own alone could not be read: look in the Entra admin center before it is left without an owner.',
      ]
    }
  })

  async function ownedLists(moment: Moment): Promise<string[]> {
    if (hasHeir || lacks.length > 0) return []
    const lists = await partOf(readings.ownedLists(moment))
    return lists.error === undefined
      ? ownerlessLists(lists.value)
      : ['Which lists they own alone could not be read: look in the Exchange admin center.']
  }
  return {
    kind: 'groups-left',
    ...overApi,
    summary: 'Groups are left',
    effect: 'reversible',
    needs: ['user', 'memberships', 'mailbox', 'lists', 'owned lists'],
    // Leaving a group changes nothing of what is owned, and none that gives a licence is left here.
    touches: () => ['memberships', 'lists'],
    read: moment =>
      readings.below(async () => {
        const memberships = await readings.memberships(moment)
        const asks = lacks.length === 0 && connection.leavesLists && memberships.some(isMail)
        const lists = asks ? await partOf(readings.lists(moment)) : undefined
        const value = { memberships, lists, ownerless: [...(await owned()), ...(await ownedLists(moment))] }
        if (changesOf(value).length > 0) return value
        refuseHidden(memberships)
        refuseUnshown(await ground.hiddenGroups(), account.login)
        if (lists?.error !== undefined) throw lists.error
        return value
      }),
    holds: value =>
      changesOf(value).length === 0 && !value.memberships.some(one => one.kind === 'hidden') && !value.lists?.error,
    changes: changesOf,
    warnings: ({ lists }) => notSeen({ 'Distribution lists': lists }),
    residual: value => [
      ...value.memberships
        .filter(one => !isLeft(one) && !(canLeave(one) && one.licence && connection.removesLicences))
        .filter(one => !isMail(one) || stays(value, one))
        .map(whyLeft),
      ...value.ownerless,
    ],
    shown: value => ({
      groups: value.memberships.filter(isLeft).map(({ id, name }) => ({ id, name })),
      lists: value.lists === undefined ? null : listInPart(value.lists, ({ id, name }) => ({ id, name })),
      stay: value.memberships.filter(one => !isLeft(one) && (!isMail(one) || stays(value, one))).map(one => one.name),
    }),
    take: changes => sendTogether(graph, changes),
    settlesWithin: replicationMs,
    back: {
      shape: snapshotSchema,
      what: `which groups ${account.login} was in`,
      place: adminCenter,
      summary: ({ groups, lists }) =>
        groups.length + (lists ?? []).length === 0 ? 'Groups stay as they were' : 'Groups are joined again',
      ...backBySending(graph, missing),
      // A list takes nobody without a mailbox.
      after: ['mailbox-shared', 'licences-freed'],
    },
  }

  function changesOf({ memberships, lists }: Groups): Sent[] {
    const open = (lists?.value ?? []).filter(({ synced }) => !synced)
    return [
      ...memberships
        .filter(isLeft)
        .map(group => change(group.id, 'Groups', group.name, 'none', () => leaveGroup(group.id, id))),
      ...open
        .filter(list => !memberships.some(one => one.id === list.id && one.licence))
        .map(list => mailChange(list.id, 'Lists', list.name, 'none', () => exchange.leaveList(list.id, id))),
    ]
  }

  function missing(had: z.infer<typeof snapshotSchema>, { memberships, lists }: Groups): Sent[] {
    const gone = had.groups.filter(one => !memberships.some(now => now.id === one.id))
    // After a change Graph is behind Exchange for minutes.
    const isIn = (one: { id: string }) => (lists?.value ?? memberships).some(now => now.id === one.id)
    return [
      ...gone.map(group => change(group.id, 'Groups', 'none', group.name, () => joinGroup(graph.base, group.id, id))),
      ...(had.lists ?? [])
        .filter(one => !isIn(one))
        .map(list => mailChange(list.id, 'Lists', 'none', list.name, () => exchange.joinList(list.id, id))),
    ]
  }

  function whyLeft(membership: Membership): string {
    if (!isMail(membership)) return whyItStays(membership)
    if (!connection.leavesLists) return `The list "${membership.name}" is kept (lists=kept).`
    return lacks.length > 0 ? byHand(membership) : whyItStays(membership)
  }

  /** What Exchange says counts: Graph learns of it later. */
  function stays({ lists }: Groups, { id: list, licence }: Membership): boolean {
    return lists?.value === undefined || lists.value.some(one => one.id === list && (one.synced || licence))
  }

  function byHand({ name }: Membership): string {
    return `The list "${name}" stays. In Exchange Online PowerShell: ${commandsFor.leaveList(name, account.login)}`
  }
}

function isMail({ kind }: Membership): boolean {
  return kind === 'mail'
}

function isLeft(membership: Membership): boolean {
  return canLeave(membership) && !membership.licence
}

/** @throws K1Error `forbidden` where there are groups of which nobody can tell whether the person is in them */
function refuseUnshown(hidden: readonly HiddenGroup[], login: string): void {
  if (hidden.length === 0) return
  const named = hidden.slice(0, 5).map(({ name }) => `"${name}"`)
  const more = hidden.length > 5 ? ` and ${hidden.length - 5} more` : ''
  throw new K1Error(
    'forbidden',
    `Whether ${login} is in ${named.join(', ')}${more} is not shown: they hide their members.`,
    {
      hint: `Grant ${seeingHidden} to the app, in the Microsoft Entra admin center.`,
    },
  )
}

/** @throws K1Error `forbidden` where groups are there of which nothing but the id is shown */
function refuseHidden(memberships: readonly Membership[]): void {
  const hidden = memberships.filter(({ kind }) => kind === 'hidden').length
  if (hidden === 0) return
  const what = hidden === 1 ? 'one group nothing but its id' : `${hidden} groups nothing but their ids`
  throw new K1Error('forbidden', `Microsoft 365 shows of ${what}.`, {
    hint: 'Grant Directory.Read.All to the app, in the Microsoft Entra admin center.',
  })
}
