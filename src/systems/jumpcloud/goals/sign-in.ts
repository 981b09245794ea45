import { z } from 'zod'
import { partOf } from '../../../core/parts.ts'
import { goalOfThings, type Thing, type ThingsGoal } from '../../../core/things.ts'
import { type Activation, activationsOf, cancelActivation, scheduleAgain } from '../activations.ts'
import { type GoalGround, type Holder, portal, readAtUser } from '../ground.ts'
import type { User } from '../schemas.ts'

const shape = z.object({
  state: z.string(),
  suspended: z.boolean(),
  activations: z.array(z.object({ job: z.string(), date: z.string() })),
})
type Had = z.infer<typeof shape>

interface SignIn extends Had {
  /** Why what is scheduled could not be read; the block itself needs none of it. */
  unread?: string
}

const suspended = 'suspended'

/** Suspended (or never activated), and nothing is scheduled that would activate the account again. */
export function signInBlocked(tools: GoalGround, subject: Holder): ThingsGoal<SignIn> {
  const { client, clock } = tools
  const { id, login } = subject
  const suspend = () => client.setSuspended(id, true)

  function signInThing(had: Had): Thing {
    return {
      id: suspended,
      // Activated and suspended at once, as it was not: nobody can sign in.
      same: wasActive(had) ? 'active' : undefined,
      what: 'Sign-in',
      name: 'allowed',
      without: 'suspended',
      shows: ['user'],
      take: suspend,
      give: wasActive(had) ? () => client.setSuspended(id, false) : undefined,
    }
  }

  /** One that is due by now would be none of an activation, but of the account as it was. */
  function activationThing({ job, date }: Activation): Thing {
    return {
      id: job,
      // One that is made anew is a job of its own.
      same: String(Date.parse(date)),
      what: 'Scheduled activations',
      name: date,
      take: () => cancelActivation(client, id, { job, date }),
      give: Date.parse(date) > clock.now().getTime() ? () => scheduleAgain(client, [id], date) : undefined,
    }
  }

  return goalOfThings<SignIn, Had>({
    kind: 'sign-in-blocked',
    summary: 'Sign-in is blocked',
    needs: ['user', 'activations'],
    read: moment =>
      readAtUser(tools, subject, moment, async user => {
        const { value = [], error } = await partOf(moment.read('activations', () => activationsOf(client, id)))
        return { ...stateOf(user), activations: value, ...(error ? { unread: error.message } : {}) }
      }),
    things: had => [...(isBlocked(had) ? [] : [signInThing(had)]), ...had.activations.map(activationThing)],
    unobservable: now =>
      now.unread !== undefined && isBlocked(now)
        ? `Suspended; whether something is scheduled that activates the account again could not be read. ${now.unread}`
        : undefined,
    shown: ({ unread: _, ...had }) => had,
    anyway: async () => {
      await suspend()
      return [{ id: suspended }]
    },
    back: {
      shape,
      what: `whether ${login} could sign in`,
      place: portal,
      summary: had => (wasActive(had) ? 'Sign-in is allowed again' : 'Sign-in stays as it was'),
    },
  })
}

function stateOf({ state, suspended }: User): Pick<Had, 'state' | 'suspended'> {
  return { state, suspended }
}

/** Staged accounts have no access yet; suspending one would make it more than it was. */
function isBlocked({ state, suspended }: Pick<Had, 'state' | 'suspended'>): boolean {
  return state === 'STAGED' || (state === 'SUSPENDED' && suspended)
}

function wasActive({ state, suspended }: Had): boolean {
  return state === 'ACTIVATED' && !suspended
}
