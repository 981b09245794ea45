import { z } from 'zod'
import { asK1Error, isK1Error, K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { Group } from '../groups.ts'
import type { User } from '../user.ts'
import { changeAccount, type GoalGround, liveUser, lookAt, notASnapshot, type Subject } from './ground.ts'

const domainUsers = 513
/** Guests have less than users; nobody is made a user by leaving. */
const kept: ReadonlySet<number> = new Set([domainUsers, 514])

/** Member of no group but the primary one, and that is Domain Users (or Domain Guests). */
export function groupsLeft(ground: GoalGround, subject: Subject): AccountGoal {
  const { now, direct, nested, primary } = subject
  const odd = now !== null && !kept.has(now.primaryGroup)
  const names = [...direct.map(({ name }) => name), ...(odd ? [`${primary?.name ?? now.primaryGroup} (primary)`] : [])]
  const through = nested.length > 0 ? `; through them: ${nested.map(({ name }) => name).join(', ')}` : ''
  const elsewhere = now ? ground.groups.elsewhere(now) : []
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: 'All groups are left',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences:
      names.length > 0
        ? [{ what: 'Groups', before: names.join(', ') + through, after: 'none but the primary one' }]
        : [],
    warnings: [],
    residual: elsewhere.map(dn => `Still a member of ${dn}, a group of another domain: it is left there.`),
    look: () => lookAt(ground, subject, user => lookAtGroups(ground, user)),
    bring: () => changeAccount(ground, subject, user => leaveAll(ground, user)),
    undo: before => groupsJoined(ground, subject, before),
  }
}

async function lookAtGroups({ groups }: GoalGround, user: User): Promise<Standing> {
  const direct = await groups.direct(user)
  const [nested, primary] = await Promise.all([groups.nested(user, direct), groups.byRid(user.primaryGroup)])
  return {
    state: direct.length === 0 && kept.has(user.primaryGroup) ? 'holds' : 'not-yet',
    reading: {
      groups: direct.map(({ id, name }) => ({ id, name })),
      ...(nested.length > 0 ? { through: nested.map(({ name }) => name) } : {}),
      primary: { name: primary?.name ?? '', rid: user.primaryGroup },
    },
  }
}

/**
 * What one group refuses does not keep anybody in the others.
 * @throws K1Error the first refusal, with `facts.groups`: all that refused
 */
async function leaveAll(ground: GoalGround, user: User): Promise<void> {
  const refusals = new Map<string, { name: string; error: K1Error }>()
  await changePrimary(ground, user, domainUsers, kept)
  for (const group of await ground.groups.direct(user)) {
    try {
      await ground.groups.leave(group, user)
    } catch (error) {
      if (!isK1Error(error) || (error.kind !== 'forbidden' && error.kind !== 'rejected')) throw error
      refusals.set(group.id, { name: group.name, error: asK1Error(error) })
    }
  }
  const [first] = refusals.values()
  if (first === undefined) return
  first.error.facts.groups = [...refusals.values()].map(({ name }) => name)
  throw first.error
}

/** One has to be a member of the new primary group first; the old one then is a group like any other. */
async function changePrimary(
  { directory, groups }: GoalGround,
  user: User,
  rid: number,
  good: ReadonlySet<number>,
): Promise<void> {
  if (good.has(user.primaryGroup)) return
  const group = await groups.byRid(rid)
  if (group === null) {
    throw new K1Error('rejected', `Active Directory shows no group with the number ${rid} for the primary one.`)
  }
  await groups.join(group, user)
  await directory.modify(
    user.target,
    [{ operation: 'replace', attribute: 'primaryGroupID', values: [String(rid)] }],
    'Write primaryGroupID on users',
  )
}

const groupsBefore = z.object({
  groups: z.array(z.object({ id: z.string(), name: z.string() })),
  primary: z.object({ name: z.string(), rid: z.number().int() }),
})

function groupsJoined(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const snapshot = z.union([z.object({ gone: z.literal(true) }), groupsBefore]).safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which groups ${subject.account.login} was in`)
  const was = 'groups' in snapshot.data ? snapshot.data : undefined
  const names = was ? [...was.groups.map(({ name }) => name), `${was.primary.name} (primary)`].join(', ') : 'none'
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: was ? 'Groups are joined again' : 'Groups stay as they were',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: was ? [{ what: 'Groups', before: 'none but the primary one', after: names }] : [],
    warnings: [],
    async look() {
      if (was === undefined) return { state: 'holds', reading: snapshot.data }
      const user = await liveUser(ground, subject)
      const seen = await lookAtGroups(ground, user)
      const now = await ground.groups.direct(user)
      const back = was.groups.every(({ id }) => now.some(group => group.id === id))
      const holds = back && user.primaryGroup === was.primary.rid && (await leftover(ground, now, was)) === undefined
      return { state: holds ? 'holds' : 'not-yet', reading: seen.state === 'unobservable' ? null : seen.reading }
    },
    async bring() {
      if (was === undefined) return
      const user = await liveUser(ground, subject)
      await changePrimary(ground, user, was.primary.rid, new Set([was.primary.rid]))
      const now = await ground.groups.direct(user)
      for (const { id, name } of was.groups.filter(group => !now.some(one => one.id === group.id))) {
        const group = await ground.groups.byId(id)
        if (group === null)
          throw new K1Error('rejected', `The group ${name} is no longer there.`, { facts: { group: name } })
        await ground.groups.join(group, user)
      }
      const extra = await leftover(ground, now, was)
      if (extra) await ground.groups.leave(extra, user)
    },
  }
}

/** Domain Users, which only leaving made the person an ordinary member of. */
async function leftover(
  { groups }: GoalGround,
  now: readonly Group[],
  was: z.infer<typeof groupsBefore>,
): Promise<Group | undefined> {
  if (was.primary.rid === domainUsers) return undefined
  const users = await groups.byRid(domainUsers)
  return now.find(({ id }) => id === users?.id && !was.groups.some(group => group.id === id))
}
