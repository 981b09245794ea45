import { z } from 'zod'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { isActive } from '../read-account.ts'
import { activationsOf, cancelActivations, scheduleAgain } from './activations.ts'
import { common, type GoalGround, gone, notASnapshot, type Subject, stillThere } from './ground.ts'

const snapshot = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({
    state: z.string(),
    suspended: z.boolean(),
    activations: z.array(z.object({ job: z.string(), date: z.string() })),
  }),
])

/** Suspended (or never activated), and nothing is scheduled that would activate the account again. */
export async function signInBlocked(ground: GoalGround, subject: Subject): Promise<AccountGoal> {
  const { client } = ground
  const { id, now } = subject
  const due = now === null ? [] : await activationsOf(ground, id)
  const differences = [
    ...(now !== null && isActive(now) ? [{ what: 'Sign-in', before: 'allowed', after: 'suspended' }] : []),
    ...(due.length > 0
      ? [{ what: 'Scheduled activations', before: due.map(({ date }) => date).join(', '), after: 'none' }]
      : []),
  ]

  async function look(): Promise<Standing> {
    const user = await client.user(id)
    if (user === null) return gone
    const activations = await activationsOf(ground, id)
    const reading = { state: user.state, suspended: user.suspended, activations }
    return { state: isBlocked(user) && activations.length === 0 ? 'holds' : 'not-yet', reading }
  }

  return {
    ...common,
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    differences,
    look,
    async bring() {
      const user = await client.user(id)
      if (user === null) return
      if (!isBlocked(user)) await client.setSuspended(id, true)
      await cancelActivations(ground, id)
    },
    undo: before => signInAllowed(ground, subject, before),
  }
}

/** Staged accounts have no access yet; suspending one would make it more than it was. */
function isBlocked({ state, suspended }: { state: string; suspended: boolean }): boolean {
  return state === 'STAGED' || (state === 'SUSPENDED' && suspended)
}

function signInAllowed(ground: GoalGround, subject: Subject, before: unknown): AccountGoal {
  const { client } = ground
  const { id, login } = subject
  const kept = snapshot.safeParse(before)
  if (!kept.success) throw notASnapshot(`whether ${login} could sign in`)
  const was = 'gone' in kept.data ? null : kept.data
  const wasActive = was !== null && was.state === 'ACTIVATED' && !was.suspended
  const missing = async () => {
    const planned = await activationsOf(ground, id)
    const coming = (was?.activations ?? []).filter(({ date }) => Date.parse(date) > ground.clock.now().getTime())
    return coming.filter(one => !planned.some(other => Date.parse(other.date) === Date.parse(one.date)))
  }

  return {
    ...common,
    kind: 'sign-in-blocked',
    summary: wasActive ? 'Sign-in is allowed again' : 'Sign-in stays as it was',
    differences: wasActive ? [{ what: 'Sign-in', before: 'suspended', after: 'allowed' }] : [],
    async look() {
      const user = was === null ? null : await client.user(id)
      if (user === null) return { state: was === null ? 'holds' : 'not-yet', reading: { gone: true } }
      const lacking = await missing()
      const isBack = !wasActive || isActive(user)
      const reading = { state: user.state, suspended: user.suspended, activations: await activationsOf(ground, id) }
      return { state: isBack && lacking.length === 0 ? 'holds' : 'not-yet', reading }
    },
    async bring() {
      const user = await stillThere(ground, subject)
      if (wasActive && !isActive(user)) await client.setSuspended(id, false)
      for (const { date } of await missing()) await scheduleAgain(ground, [id], date)
    },
  }
}
