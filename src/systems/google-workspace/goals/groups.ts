import { z } from 'zod'
import { asK1Error, isK1Error, type K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import type { Group } from '../group-client.ts'
import { type GoalGround, gone, goneForGood, ifAllowed, notASnapshot, type Subject, waitShortly } from './ground.ts'

const membershipShape = z.object({ id: z.string(), email: z.string(), name: z.string(), role: z.string() })

type Membership = z.infer<typeof membershipShape>

/** Groups that only show once others are left. */
const mostRounds = 3

/** The account is a direct member of no group. */
export async function groupsLeft(ground: GoalGround, subject: Subject): Promise<AccountGoal> {
  const { id, now } = subject
  const groups = now === null ? [] : await ifAllowed(() => membershipsOf(ground, id), [])
  const look = () => lookAtGroups(ground, id)
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: 'All groups are left',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: groups.length > 0 ? [{ what: 'Groups', before: namesOf(groups), after: 'none' }] : [],
    warnings: [],
    look,
    bring: () => leaveAll(ground, id, look),
    undo: before => groupsJoined(ground, subject, before),
  }
}

/**
 * What the list shows, each asked of the group itself; and groups seen before that the list left out: the list lags
 * behind in both directions (GAM #1563).
 */
async function membershipsOf({ groups, seenGroups }: GoalGround, userId: string): Promise<Membership[]> {
  const seen = seenGroups.get(userId) ?? new Map<string, Group>()
  seenGroups.set(userId, seen)
  for await (const group of groups.groupsOf(userId)) seen.set(group.id, group)
  const asked = [...seen.values()].map(async ({ id, email, name }) => {
    const role = await groups.roleIn(id, userId)
    return role === null ? [] : [{ id, email, name: name || email, role }]
  })
  return (await Promise.all(asked)).flat()
}

async function lookAtGroups(ground: GoalGround, id: string): Promise<Standing> {
  if ((await ground.user(id)) === null) return gone
  const groups = await membershipsOf(ground, id)
  return { state: groups.length === 0 ? 'holds' : 'not-yet', reading: { groups } }
}

/**
 * What one group refuses (a dynamic group follows its rule) does not keep anybody in the others.
 * @throws K1Error the first refusal, with `facts.groups`: all that refused
 */
async function leaveAll(ground: GoalGround, id: string, look: () => Promise<Standing>): Promise<void> {
  const refusals = new Map<string, { name: string; error: K1Error }>()
  let wrote = false
  for (let round = 0; round < mostRounds; round++) {
    const groups = (await ground.user(id)) === null ? [] : await membershipsOf(ground, id)
    const open = groups.filter(group => !refusals.has(group.id))
    if (open.length === 0) break
    for (const group of open) {
      try {
        await ground.groups.leave(group.id, id)
        wrote = true
      } catch (error) {
        if (!isAboutOneGroup(error)) throw error
        refusals.set(group.id, { name: group.name, error: asK1Error(error) })
      }
    }
  }
  const [first] = refusals.values()
  if (first !== undefined) {
    first.error.facts.groups = [...refusals.values()].map(({ name }) => name)
    throw first.error
  }
  if (wrote) await waitShortly(ground, look)
}

function isAboutOneGroup(error: unknown): boolean {
  return isK1Error(error) && (error.kind === 'rejected' || error.kind === 'forbidden')
}

function groupsJoined(ground: GoalGround, { id, email }: Subject, before: unknown): AccountGoal {
  const snapshot = z
    .union([z.object({ gone: z.literal(true) }), z.object({ groups: z.array(membershipShape) })])
    .safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which groups ${email} was in`)
  const wanted = 'groups' in snapshot.data ? snapshot.data.groups : []
  const roleless = async () => {
    const roles = await Promise.all(wanted.map(group => ground.groups.roleIn(group.id, id)))
    return wanted.filter((_, index) => roles[index] === null)
  }
  return {
    kind: 'groups-left',
    reach: 'api',
    summary: wanted.length === 0 ? 'Groups stay as they were' : 'Groups are joined again',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: wanted.length === 0 ? [] : [{ what: 'Groups', before: 'none', after: namesOf(wanted) }],
    warnings: [],
    async look() {
      if (wanted.length === 0) return { state: 'holds', reading: snapshot.data }
      if ((await ground.user(id)) === null) return { state: 'not-yet', reading: { gone: true } }
      const missing = await roleless()
      const groups = wanted.filter(group => !missing.includes(group))
      return { state: missing.length === 0 ? 'holds' : 'not-yet', reading: { groups } }
    },
    async bring() {
      const user = await ground.user(id)
      if (user === null) throw goneForGood(email)
      for (const group of await roleless()) await ground.groups.join(group.id, user.primaryEmail, group.role)
    },
  }
}

function namesOf(groups: readonly Membership[]): string {
  return groups.map(({ name }) => name).join(', ')
}
