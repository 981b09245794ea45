import { z } from 'zod'
import { asK1Error, type K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { isAboutOneGroup, type Membership } from '../memberships.ts'
import { type GoalGround, goneForGood, notASnapshot } from './ground.ts'
import type { Subject } from './sign-in.ts'

/** Groups that only show once others are left: a list by attribute may be shorter than the truth. */
const mostRounds = 3

/** The account is a direct member of no group. */
export function groupsLeft(ground: GoalGround, subject: Subject, groups: readonly Membership[]): AccountGoal {
  return {
    kind: 'groups-left',
    reach: ground.reach,
    summary: 'All groups are left',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: groups.length > 0 ? [{ what: 'Groups', before: namesOf(groups), after: 'none' }] : [],
    warnings: [],
    look: () => lookAtGroups(ground, subject),
    bring: () => leaveAll(ground, subject),
    undo: before => groupsJoined(ground, subject, before),
  }
}

async function lookAtGroups({ server, memberships }: GoalGround, { id }: Subject): Promise<Standing> {
  const user = await server.user(id)
  if (user === null) return { state: 'holds', reading: { gone: true } }
  const groups = await memberships.of(user)
  return { state: groups.length === 0 ? 'holds' : 'not-yet', reading: { groups } }
}

/**
 * What one group refuses does not keep anybody in the others.
 * @throws K1Error the first refusal, with `facts.groups`: all that refused
 */
async function leaveAll({ server, memberships }: GoalGround, { id }: Subject): Promise<void> {
  const refusals = new Map<string, { name: string; error: K1Error }>()
  for (let round = 0; round < mostRounds; round++) {
    const user = await server.user(id)
    const groups = user === null ? [] : await memberships.of(user)
    const open = groups.filter(group => !refusals.has(group.id))
    if (open.length === 0) break
    for (const group of open) {
      try {
        await memberships.leave(id, group)
      } catch (error) {
        if (!isAboutOneGroup(error)) throw error
        refusals.set(group.id, { name: group.name, error: asK1Error(error) })
      }
    }
  }
  const [first] = refusals.values()
  if (first === undefined) return
  first.error.facts.groups = [...refusals.values()].map(({ name }) => name)
  throw first.error
}

function groupsJoined(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const membership = z.object({ id: z.string(), name: z.string() })
  const snapshot = z
    .union([z.object({ gone: z.literal(true) }), z.object({ groups: z.array(membership) })])
    .safeParse(before)
  if (!snapshot.success) throw notASnapshot(`which groups ${subject.login} was in`)
  const wanted = 'groups' in snapshot.data ? snapshot.data.groups : []
  return {
    kind: 'groups-left',
    reach: ground.reach,
    summary: wanted.length === 0 ? 'Groups stay as they were' : 'Groups are joined again',
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: wanted.length === 0 ? [] : [{ what: 'Groups', before: 'none', after: namesOf(wanted) }],
    warnings: [],
    async look() {
      const user = wanted.length === 0 ? null : await ground.server.user(subject.id)
      if (user === null) return { state: wanted.length === 0 ? 'holds' : 'not-yet', reading: snapshot.data }
      const groups = await ground.memberships.of(user)
      const missing = wanted.filter(one => !groups.some(({ id }) => id === one.id))
      return { state: missing.length === 0 ? 'holds' : 'not-yet', reading: { groups } }
    },
    async bring() {
      if ((await ground.server.user(subject.id)) === null) throw goneForGood(ground, subject.login)
      for (const group of wanted) await ground.memberships.join(subject.id, group)
    },
  }
}

function namesOf(groups: readonly Membership[]): string {
  return groups.map(({ name }) => name).join(', ')
}
