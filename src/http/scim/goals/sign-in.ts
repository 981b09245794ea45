import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { type Change, oneByOne } from '../../../core/change.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { changeResource } from '../change.ts'
import type { Follows } from '../people-rules.ts'
import { readActive } from '../read-account.ts'
import type { ScimUser } from '../schemas.ts'
import { consoleOf, guardOf, type Holder, type ScimTools, userOf } from './ground.ts'

export interface SignInOptions {
  follows?: Follows | undefined
  waitMs: number
  warnings: readonly string[]
}

interface SignIn {
  user: ScimUser
  /** Undefined where the server does not say. */
  active: boolean | undefined
}

/** Made once: to make a schema costs as much as to use it ten times, and each account has a goal of its own. */
const hadShape = z.object({ active: z.boolean() })

const change = (before: string, after: string): Change => ({ id: 'sign-in', what: 'Sign-in', before, after })

/** `active` is false, or the account is gone. */
export function signInBlocked(tools: ScimTools, subject: Holder, options: SignInOptions): AccountGoal<SignIn> {
  const { server, rules } = tools
  const { follows, waitMs, warnings } = options
  const set = (active: boolean) =>
    oneByOne(() =>
      changeResource(server, 'Users', subject.id, {
        operations: [{ op: 'replace', path: 'active', value: active }],
        edit: resource => ({ ...resource, active }),
      }),
    )
  return {
    kind: 'sign-in-blocked',
    reach: tools.reach,
    summary: 'Sign-in is blocked',
    effect: 'reversible',
    repeatable: true,
    after: [],
    ...(follows ? { follows, settlesWithin: waitMs } : {}),
    needs: ['user'],
    async read(moment) {
      const user = await userOf(tools, subject, moment)
      return user === null ? goneReading : seen({ user, active: readActive(server.title, user, rules.isContract) })
    },
    holds: ({ active }) => active === false,
    unobservable: ({ active }) =>
      active === undefined ? `${server.title} does not say whether an account is active.` : undefined,
    changes: ({ active }) => (active === false ? [] : [change('allowed', 'blocked')]),
    warnings: () => warnings,
    shown: ({ user, active }) => ({ active, id: user.id, login: user.userName }),
    guard: now => (follows ? undefined : guardOf(tools, subject, now?.user)),
    take: follows ? async () => [] : set(false),
    ...(follows ? {} : { anyway: () => set(false)([change('allowed', 'blocked')]) }),
    back: {
      shape: hadShape,
      what: `whether ${subject.login} could sign in`,
      place: consoleOf,
      summary: had => (had.active ? 'Sign-in is allowed again' : 'Sign-in stays as it was'),
      isBack: (had, { active }) => !had.active || active === true,
      changes: () => [change('blocked', 'allowed')],
      give: set(true),
    },
  }
}
