import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { partOf } from '../../../core/parts.ts'
import { isActive } from '../read-account.ts'
import type { User } from '../schemas.ts'
import { type Activation, activationsOf, cancelActivation, scheduleAgain } from './activations.ts'
import { common, type GoalGround, type Holder, portal, readAtUser } from './ground.ts'

const shape = z.object({
  state: z.string(),
  suspended: z.boolean(),
  activations: z.array(z.object({ job: z.string(), date: z.string() })),
})
type Had = z.infer<typeof shape>

interface SignIn {
  user: User
  activations: readonly Activation[]
  /** Why what is scheduled could not be read; the block itself needs none of it. */
  unread?: string
}

const suspended = 'suspended'

/** Suspended (or never activated), and nothing is scheduled that would activate the account again. */
export function signInBlocked(tools: GoalGround, subject: Holder): AccountGoal<SignIn> {
  const { client, clock } = tools
  const { id, login } = subject
  const suspend = () => client.setSuspended(id, true)
  return {
    ...common,
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    needs: ['user', 'activations'],
    touches: changes => ['user', ...(changes.some(({ id: one }) => one !== suspended) ? ['activations'] : [])],
    read: moment =>
      readAtUser(tools, subject, moment, async user => {
        const { value = [], error } = await partOf(moment.read('activations', () => activationsOf(tools, id)))
        return { user, activations: value, ...(error ? { unread: error.message } : {}) }
      }),
    holds: ({ user, activations, unread }) => isBlocked(user) && activations.length === 0 && unread === undefined,
    unobservable: ({ user, unread }) =>
      unread !== undefined && isBlocked(user)
        ? `Suspended; whether something is scheduled that activates the account again could not be read. ${unread}`
        : undefined,
    changes: ({ user, activations }) => [
      ...(isBlocked(user) ? [] : [{ id: suspended, what: 'Sign-in', before: 'allowed', after: 'suspended' }]),
      ...activations.map(({ job, date }) => ({ id: job, what: 'Scheduled activations', before: date, after: 'none' })),
    ],
    shown: ({ user, activations }) => ({ state: user.state, suspended: user.suspended, activations }),
    take: (changes, { activations }) =>
      oneByOne(async change => {
        const activation = activations.find(({ job }) => job === change.id)
        await (activation ? cancelActivation(tools, id, activation) : suspend())
      })(changes),
    anyway: async () => {
      await suspend()
      return [{ id: suspended }]
    },
    back: {
      shape,
      what: `whether ${login} could sign in`,
      place: portal,
      summary: (had: Had) => (wasActive(had) ? 'Sign-in is allowed again' : 'Sign-in stays as it was'),
      isBack: (had: Had, now) => returning(had, now, clock.now()).length === 0,
      changes: (had: Had, now) => returning(had, now, clock.now()),
      give: changes =>
        oneByOne(change =>
          change.id === suspended ? client.setSuspended(id, false) : scheduleAgain(tools, [id], change.after),
        )(changes),
    },
  }
}

/** Staged accounts have no access yet; suspending one would make it more than it was. */
function isBlocked({ state, suspended }: { state: string; suspended: boolean }): boolean {
  return state === 'STAGED' || (state === 'SUSPENDED' && suspended)
}

function wasActive({ state, suspended }: Had): boolean {
  return state === 'ACTIVATED' && !suspended
}

function returning(had: Had, { user, activations }: SignIn, now: Date): Change[] {
  const coming = had.activations.filter(({ date }) => Date.parse(date) > now.getTime())
  const missing = coming.filter(one => !activations.some(other => Date.parse(other.date) === Date.parse(one.date)))
  return [
    ...(wasActive(had) && !isActive(user)
      ? [{ id: suspended, what: 'Sign-in', before: 'suspended', after: 'allowed' }]
      : []),
    ...missing.map(({ job, date }) => ({ id: job, what: 'Scheduled activations', before: 'none', after: date })),
  ]
}
