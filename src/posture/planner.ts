import type { Goal } from '../core/goal.ts'
import { openMoment } from '../core/moment.ts'
import { lookAt } from '../engine/look.ts'
import type { Planned, Planner } from '../engine/plan.ts'
import {
  aboutFeature,
  accessOf,
  byHandOnly,
  goalOn,
  type Module,
  notConnectedModule,
  readModuleSettings,
} from './goals.ts'
import { featureOf, type Intent } from './intent.ts'
import type { PostureAsk } from './posture-spec.ts'
import { resolve } from './resolve.ts'
import { afterwards } from './target.ts'

/**
 * Plans what an operator asks of one module: one thing, or several that stand on each other. What each finds is what the
 * ones before will have left, and so are the guards' facts. Without a connection, a module with a published API cannot
 * be asked; another one is set by hand.
 * @throws K1Error `refused` when the module has no such feature
 */
export function plannerFor(module: Module, ...intents: readonly Intent[]): Planner {
  const { tenant, about, open, clock } = module
  const wanted = inOrder(intents).map(intent => ({ intent, feature: aboutFeature(about, featureOf(intent)) }))
  const reach = open || about.reach === 'api' ? about.reach : 'by-hand'
  return {
    tenant,
    system: about.id,
    reach,
    asks: { kind: 'posture', intents } satisfies PostureAsk,
    async make() {
      if (!open && about.reach === 'api') throw notConnectedModule(tenant, about)
      if (!open) return Promise.all(wanted.map(({ intent, feature }) => planned(byHandOnly(module, intent, feature))))
      const session = await open()
      const access = accessOf(session, about)
      const moment = openMoment({ now: () => clock.now().getTime() })
      const [found, operator] = await Promise.all([readModuleSettings(moment, access), session.check()])
      const goals: Goal[] = []
      let expected = found
      for (const { intent, feature } of wanted) {
        const target = await resolve(intent, about, access, expected)
        const before = goals.filter(one => one.refusal === undefined).map(one => one.id)
        const facts = { module, intent, feature, access, operator, moment, base: found, expected, target }
        const goal = { ...goalOn(facts), after: needsLogIn(intent) ? before.filter(isLogIn) : [] }
        goals.push(goal)
        if (goal.refusal === undefined) expected = afterwards(target, expected)
      }
      return Promise.all(goals.map(planned))
    },
  }
}

/** Log In with KaseyaOne is turned on before all else, and off after it. */
function inOrder(intents: readonly Intent[]): Intent[] {
  const rank = (intent: Intent) =>
    featureOf(intent) !== 'log-in' ? 0 : intent.kind === 'feature' && intent.on ? -1 : 1
  return [...intents].sort((one, other) => rank(one) - rank(other))
}

function needsLogIn(intent: Intent): boolean {
  return featureOf(intent) !== 'log-in'
}

function isLogIn(id: string): boolean {
  return id.endsWith('/log-in')
}

export async function planned(goal: Goal): Promise<Planned> {
  return { goal, standing: await lookAt(goal) }
}
