import { z } from 'zod'
import { K1Error } from '../../../core/errors.ts'
import { type Act, act, goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { console, type GoalGround, guardOf, type Holder, readAtUser } from '../ground.ts'
import type { Group, Groups } from '../groups.ts'
import { ridOf } from '../ids.ts'
import type { User } from '../user.ts'

const primaryId = 'primary'
const domainUsers = 513
/** Guests have less than users; nobody is made a user by leaving. */
const kept: ReadonlySet<number> = new Set([domainUsers, 514])

const shape = z.object({
  groups: z.array(z.object({ id: z.string(), name: z.string() })),
  /** `rid`: the last number of its SID. */
  primary: z.object({ name: z.string(), rid: z.number().int() }),
})
type Had = z.infer<typeof shape>

interface Memberships extends Had {
  user: User
  groups: Group[]
  nested: readonly Group[]
}

/** Member of no group but the primary one, and that is Domain Users (or Domain Guests). */
export function groupsLeft(tools: GoalGround, subject: Holder): ThingsGoal<Memberships> {
  const { groups } = tools
  return goalOfThings<Memberships, Had>({
    kind: 'groups-left',
    summary: 'All groups are left',
    needs: ['user', 'groups', 'primary group', 'nested groups'],
    read: moment =>
      readAtUser(tools, subject, moment, async user => {
        const rid = user.entry.neededNumber('primaryGroupID')
        const [direct, primary] = await Promise.all([
          moment.read('groups', () => groups.direct(user)),
          moment.read('primary group', () => groups.byRid(rid)),
        ])
        const nested = await moment.read('nested groups', () => groups.nested(user, direct, primary))
        return { user, groups: direct, nested, primary: { name: primary?.name ?? '', rid } }
      }),
    things: (had, now) => [
      ...tellingOfNested(groupThings(groups, had, now), now),
      ...madeMember(had, now).map(({ id, name }) => ({
        id,
        same: `left ${id}`,
        what: `Group ${name}`,
        name: 'left',
        without: 'member',
        take: () => groups.join(id, now.user),
        give: () => groups.leave(id, now.user),
      })),
    ],
    residual: ({ user }) =>
      groups.elsewhere(user).map(dn => `Still a member of ${dn}, a group of another domain: it is left there.`),
    shown: ({ groups: direct, nested, primary }) => ({
      groups: direct.map(({ id, name }) => ({ id, name })),
      ...(nested.length > 0 ? { through: nested.map(({ name }) => name) } : {}),
      primary,
    }),
    guard: now => guardOf(subject, now?.user),
    take: primaryFirst,
    back: {
      shape,
      what: `which groups ${subject.account.login} was in`,
      place: console,
      summary: () => 'Groups are joined again',
      give: primaryFirst,
    },
  })
}

function groupThings(
  groups: Groups,
  { groups: direct, primary }: Had,
  { user, primary: { rid } }: Memberships,
): Thing[] {
  const group = { what: 'Groups', without: 'none but the primary one' }
  const stays = primary.rid === rid && kept.has(rid)
  const primaryThing = {
    ...group,
    id: primaryId,
    same: `primary ${primary.rid}`,
    name: `${primary.name || primary.rid} (primary)`,
    take: () => groups.makePrimary(domainUsers, user),
    give: () => groups.makePrimary(primary.rid, user),
  }
  return [
    ...direct.map(({ id, name }) => ({
      ...group,
      id,
      name,
      // Names of groups are in the account's own entry, too.
      shows: ['user', 'groups', 'nested groups'],
      take: () => groups.leave(id, user),
      async give() {
        if (await groups.byId(id)) return groups.join(id, user)
        throw new K1Error('rejected', `The group ${name} is no longer there.`, { facts: { group: name } })
      },
    })),
    ...(stays ? [] : [primaryThing]),
  ]
}

/** Only when another one is the primary one, the old one is a group like any other. */
function primaryFirst(acts: readonly Act[]) {
  return act([...acts.filter(({ id }) => id === primaryId), ...acts.filter(({ id }) => id !== primaryId)])
}

/** Behind the last one stands what they are in through all of them, as long as they are. */
function tellingOfNested(things: readonly Thing[], { nested }: Memberships): Thing[] {
  const through = nested.length > 0 ? `; through them: ${nested.map(({ name }) => name).join(', ')}` : ''
  return things.map((one, at) =>
    at === things.length - 1 ? { ...one, name: one.name + through, again: { after: one.name } } : one,
  )
}

/** Domain Users, which only leaving made the person an ordinary member of. */
function madeMember(had: Had, { groups }: Memberships): Group[] {
  const isNew = ({ id }: Group) => !had.groups.some(one => one.id === id)
  return had.primary.rid === domainUsers ? [] : groups.filter(one => ridOf(one.sid) === domainUsers && isNew(one))
}
