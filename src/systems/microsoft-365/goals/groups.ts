import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { K1Error } from '../../../core/errors.ts'
import { once } from '../../../core/once.ts'
import { canLeave, type Membership, whyItStays } from '../memberships.ts'
import { readOwned } from '../owned.ts'
import { joinGroup, leaveGroup } from '../write.ts'
import { ownerless } from './data.ts'
import { adminCenter, change, type Ground, replicationMs, type Sent, type Subject, sendTogether } from './ground.ts'

interface Groups {
  memberships: Membership[]
  /** What would be left without an owner, as sentences. */
  ownerless: string[]
}

const snapshotSchema = z.object({ groups: z.array(z.object({ id: z.string(), name: z.string() })) })

/** Of the groups that Graph can take somebody out of, none is left. Those that give a licence go with the licences. */
export function groupsLeft(ground: Ground, { account, options, readings }: Subject): AccountGoal<Groups, Sent> {
  const { graph, connection } = ground
  const { id } = account
  /** Leaving a group changes nothing of what is owned. */
  const owned = once(async () => {
    try {
      return options.successor === undefined ? ownerless(await readOwned(graph, id)) : []
    } catch {
      return [
        'What they own alone could not be read: look in the Entra admin center before it is left without an owner.',
      ]
    }
  })
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: 'Groups are left',
    effect: 'reversible',
    repeatable: true,
    after: [],
    needs: ['user', 'memberships'],
    read: moment =>
      readings.below(moment, async () => {
        const memberships = await readings.memberships(moment)
        if (!memberships.some(isLeft)) refuseHidden(memberships)
        return { memberships, ownerless: await owned() }
      }),
    holds: ({ memberships }) => !memberships.some(one => isLeft(one) || one.kind === 'hidden'),
    changes: ({ memberships }) =>
      memberships
        .filter(isLeft)
        .map(group => change(group.id, 'Groups', group.name, 'none', () => leaveGroup(group.id, id))),
    residual: value => [
      ...value.memberships
        .filter(one => !isLeft(one) && !(canLeave(one) && one.licence && connection.removesLicences))
        .map(whyItStays),
      ...value.ownerless,
    ],
    shown: ({ memberships }) => ({
      groups: memberships.filter(isLeft).map(({ id, name }) => ({ id, name })),
      stay: memberships.filter(one => !isLeft(one)).map(({ name }) => name),
    }),
    take: changes => sendTogether(graph, changes),
    settlesWithin: replicationMs,
    back: {
      shape: snapshotSchema,
      what: `which groups ${account.login} was in`,
      place: adminCenter,
      summary: ({ groups }) => (groups.length === 0 ? 'Groups stay as they were' : 'Groups are joined again'),
      isBack: (had, now) => missing(had, now).length === 0,
      changes: (had, now) =>
        missing(had, now).map(group =>
          change(group.id, 'Groups', 'none', group.name, () => joinGroup(graph.base, group.id, id)),
        ),
      give: changes => sendTogether(graph, changes),
    },
  }
}

function isLeft(membership: Membership): boolean {
  return canLeave(membership) && !membership.licence
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

function missing({ groups }: z.infer<typeof snapshotSchema>, { memberships }: Groups) {
  return groups.filter(one => !memberships.some(({ id }) => id === one.id))
}
