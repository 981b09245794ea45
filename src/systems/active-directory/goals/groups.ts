import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { K1Error } from '../../../core/errors.ts'
import { overApi } from '../../../core/things.ts'
import type { Group } from '../groups.ts'
import { ridOf } from '../ids.ts'
import type { User } from '../user.ts'
import { console, type GoalGround, guardOf, type Holder, readAtUser } from './ground.ts'

const domainUsers = 513
/** Guests have less than users; nobody is made a user by leaving. */
const kept: ReadonlySet<number> = new Set([domainUsers, 514])
const onlyPrimary = 'none but the primary one'

interface Memberships {
  user: User
  /** The last number of the primary group's SID. */
  rid: number
  direct: readonly Group[]
  nested: readonly Group[]
  primary: Group | null
}

const shape = z.object({
  groups: z.array(z.object({ id: z.string(), name: z.string() })),
  primary: z.object({ name: z.string(), rid: z.number().int() }),
})
type Had = z.infer<typeof shape>

/** Member of no group but the primary one, and that is Domain Users (or Domain Guests). */
export function groupsLeft(tools: GoalGround, subject: Holder): AccountGoal<Memberships> {
  const { groups } = tools
  return {
    ...overApi,
    kind: 'groups-left',
    summary: 'All groups are left',
    effect: 'reversible',
    needs: ['user', 'groups', 'primary group', 'nested groups'],
    // Names of groups are in the account's own entry, too.
    touches: changes => [
      ...['user', 'groups', 'nested groups'],
      ...(changes.some(({ id }) => id === primaryId) ? ['primary group'] : []),
    ],
    read: moment =>
      readAtUser(tools, subject, moment, async user => {
        const rid = user.entry.neededNumber('primaryGroupID')
        const [direct, primary] = await Promise.all([
          moment.read('groups', () => groups.direct(user)),
          moment.read('primary group', () => groups.byRid(rid)),
        ])
        const nested = await moment.read('nested groups', () => groups.nested(user, direct, primary))
        return { user, rid, direct, primary, nested }
      }),
    holds: ({ rid, direct }) => direct.length === 0 && kept.has(rid),
    changes: leaving,
    residual: ({ user }) =>
      groups.elsewhere(user).map(dn => `Still a member of ${dn}, a group of another domain: it is left there.`),
    shown: ({ rid, direct, nested, primary }) => ({
      groups: direct.map(({ id, name }) => ({ id, name })),
      ...(nested.length > 0 ? { through: nested.map(({ name }) => name) } : {}),
      primary: { name: primary?.name ?? '', rid },
    }),
    guard: now => guardOf(subject, now?.user),
    take: (changes, { user, direct }) =>
      oneByOne(async ({ id }) => {
        if (id === primaryId) return changePrimary(tools, user, domainUsers)
        const group = direct.find(one => one.id === id)
        return group && groups.leave(group, user)
      })(primaryFirst(changes)),
    back: {
      shape,
      what: `which groups ${subject.account.login} was in`,
      place: console,
      summary: () => 'Groups are joined again',
      isBack: (had, now) => joining(had, now).length === 0,
      changes: joining,
      give: (changes, now, had) =>
        oneByOne(async ({ id, name }: Joining) => {
          if (id === primaryId) return changePrimary(tools, now.user, had.primary.rid)
          const present = now.direct.find(one => one.id === id)
          if (present) return groups.leave(present, now.user)
          const group = await groups.byId(id)
          if (group) return groups.join(group, now.user)
          throw new K1Error('rejected', `The group ${name} is no longer there.`, { facts: { group: name } })
        })(changes),
    },
  }
}

const primaryId = 'primary'

interface Joining extends Change {
  name?: string
}

function leaving({ rid, direct, nested, primary }: Memberships): Change[] {
  const names = [
    ...direct.map(({ id, name }) => ({ id, name })),
    ...(kept.has(rid) ? [] : [{ id: primaryId, name: `${primary?.name ?? rid} (primary)` }]),
  ]
  const through = nested.length > 0 ? `; through them: ${nested.map(({ name }) => name).join(', ')}` : ''
  return names.map(({ id, name }, at) => ({
    id,
    what: 'Groups',
    name,
    before: at === names.length - 1 ? name + through : name,
    after: onlyPrimary,
  }))
}

/** One has to be a member of the new primary group first; the old one then is a group like any other. */
function primaryFirst<C extends Change>(changes: readonly C[]): C[] {
  return [...changes.filter(({ id }) => id === primaryId), ...changes.filter(({ id }) => id !== primaryId)]
}

function joining(had: Had, { rid, direct }: Memberships): Joining[] {
  const missing = had.groups.filter(({ id }) => !direct.some(group => group.id === id))
  // Domain Users, which only leaving made the person an ordinary member of.
  const extra =
    had.primary.rid === domainUsers
      ? []
      : direct.filter(({ id, sid }) => ridOf(sid) === domainUsers && !had.groups.some(group => group.id === id))
  return [
    ...(rid === had.primary.rid
      ? []
      : [{ id: primaryId, what: 'Groups', before: onlyPrimary, after: `${had.primary.name} (primary)` }]),
    ...missing.map(({ id, name }) => ({ id, name, what: 'Groups', before: onlyPrimary, after: name })),
    ...extra.map(({ id, name }) => ({ id, name, what: `Group ${name}`, before: 'member', after: 'left' })),
  ]
}

async function changePrimary({ directory, groups }: GoalGround, user: User, rid: number): Promise<void> {
  const group = await groups.byRid(rid)
  if (group === null) {
    throw new K1Error('rejected', `Active Directory shows no group with the number ${rid} for the primary one.`)
  }
  await groups.join(group, user)
  const values = [String(rid)]
  const change = { operation: 'replace', attribute: 'primaryGroupID', values } as const
  await directory.modify(user.target, [change], 'Write primaryGroupID on users')
}
