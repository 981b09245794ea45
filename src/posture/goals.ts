import { isK1Error, K1Error } from '../core/errors.ts'
import { type FeatureAccess, type FeatureKey, featureTitles, type ModuleSettings } from '../core/features.ts'
import type { Difference, Goal, Standing } from '../core/goal.ts'
import { quoted } from '../core/shell.ts'
import type { FeatureAbout, Identity, Session, SystemAbout } from '../core/system.ts'
import type { Planned, Planner } from '../engine/plan.ts'
import { changedBetween, differencesFor } from './differences.ts'
import { refusalFor, warningsFor } from './guard.ts'
import { featureOf, goalName, type Intent } from './intent.ts'
import { resolve } from './resolve.ts'
import { summarize } from './summarize.ts'
import { changeFor, holds, type Target } from './target.ts'

/** What the ledger keeps of a posture goal: enough to look, and to go on, in another process. */
export interface PostureSpec {
  kind: 'posture'
  intent: Intent
  target: Target | null
  plannedOn: ModuleSettings | null
}

/** One module of one tenant, as the posture work sees it. `open` is absent when nothing is connected. */
export interface Module {
  tenant: string
  about: SystemAbout
  open?: () => Promise<Session>
}

/**
 * Plans what an operator asks of one module. Without a connection, a module with a published API cannot be asked;
 * another one is set by hand.
 * @throws K1Error `refused` when the module has no such feature
 */
export function plannerFor(module: Module, intent: Intent): Planner {
  const { tenant, about, open } = module
  const feature = aboutFeature(about, featureOf(intent))
  const reach = open || about.reach === 'api' ? about.reach : 'by-hand'
  return {
    tenant,
    system: about.id,
    reach,
    async make() {
      if (!open && about.reach === 'api') throw notConnected(tenant, about)
      if (!open) return [byHandOnly(module, intent, feature)]
      const session = await open()
      const access = accessOf(session, about)
      const [reading, operator] = await Promise.all([access.read(), session.check()])
      const target = await resolve(intent, about, access, reading)
      return [goalOn({ module, intent, feature, access, operator, reading, target })]
    },
  }
}

/** The same goal again from what the ledger kept, in another process. @throws K1Error `not-set-up`, or of the sign-in */
export async function rebuild(module: Module, id: string, spec: PostureSpec): Promise<Goal> {
  const feature = aboutFeature(module.about, featureOf(spec.intent))
  // Planned without an endpoint: nothing was looked up, so there is nothing to compare with.
  if (!spec.target || !spec.plannedOn) return { ...byHandOnly(module, spec.intent, feature).goal, id }
  if (!module.open) throw notConnected(module.tenant, module.about)
  const session = await module.open()
  const access = accessOf(session, module.about)
  const { target, plannedOn: reading, intent } = spec
  const { goal } = goalOn({ module, intent, feature, access, operator: await session.check(), reading, target })
  return { ...goal, id }
}

/** What to do where a module was never connected. */
export function notConnected(tenant: string, about: SystemAbout): K1Error {
  return new K1Error('not-set-up', `${about.title} is not connected for ${tenant}.`, {
    hint: `Sign in once: k1ctl connect ${about.id} --tenant ${quoted(tenant)}`,
    facts: { tenant, system: about.id },
  })
}

/** What is known about a feature that the module has. @throws K1Error `refused` where it has none. */
export function aboutFeature(about: SystemAbout, key: FeatureKey): FeatureAbout {
  const feature = about.features.find(f => f.feature === key)
  if (feature?.supported) return feature
  const note = feature?.note ? ` (${feature.note})` : ''
  throw new K1Error('refused', `${about.title} has no ${featureTitles[key]}${note}.`, {
    hint: 'See which module has which feature: k1ctl systems',
    facts: { system: about.id, feature: key },
  })
}

/** The facet that keeps the five features. @throws K1Error `refused` where the system has none. */
export function accessOf(session: Session, about: SystemAbout): FeatureAccess {
  if (session.features) return session.features
  throw new K1Error('refused', `${about.title} keeps no Unified Login features of its own; each module does.`)
}

interface GoalFacts {
  module: Module
  intent: Intent
  feature: FeatureAbout
  access: FeatureAccess
  operator: Identity
  reading: ModuleSettings
  target: Target
}

function goalOn({ module, intent, feature, access, operator, reading: planned, target }: GoalFacts): Planned {
  const { tenant, about } = module
  const guardFacts = { tenant, about, intent, target, reading: planned, operator }
  const titles = Object.fromEntries(access.defaultFields.map(f => [f.key, f.title.toLowerCase()]))
  const alreadyHolds = holds(target, planned)
  const refusal = alreadyHolds ? undefined : refusalFor(guardFacts)
  const byHand = !alreadyHolds && feature.write === 'by-hand'

  const goal: Goal = {
    id: `${tenant}/${about.id}/${goalName(intent)}`,
    tenant,
    system: about.id,
    feature: feature.feature,
    reach: byHand ? 'by-hand' : about.reach,
    summary: summarize(intent, target, planned),
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: differencesFor(target, planned, titles),
    warnings: alreadyHolds ? [] : warningsFor(guardFacts),
    spec: { kind: 'posture', intent, target, plannedOn: planned } satisfies PostureSpec,
    ...(refusal ? { refusal } : {}),
    ...(byHand ? { byHand: stepsFor(feature, intent) } : {}),
    async look() {
      return standingOf(target, await access.read())
    },
    async bring() {
      const now = await access.read()
      const changed = changedBetween(planned, now, titles)
      if (changed.length > 0) throw conflict(about, changed)
      try {
        if (target.map) await access.map(now, target.map)
        else if (target.unmap) await access.unmap(now, target.unmap)
        else await access.change(now, changeFor(target, now))
      } catch (error) {
        if (!isK1Error(error) || error.kind !== 'conflict') throw error
        // Somebody was faster by a moment. The module says only that; what changed is there to be read.
        const later = await access.read().catch(() => now)
        throw conflict(about, changedBetween(planned, later, titles))
      }
    },
  }
  return { goal, standing: standingOf(target, planned) }
}

function standingOf(target: Target, reading: ModuleSettings): Standing {
  const { on, exceptions, defaults, mappings, version } = reading
  const shown = { on, exceptions, defaults, mappings, version }
  return { state: holds(target, reading) ? 'holds' : 'not-yet', reading: shown }
}

function conflict(about: SystemAbout, changed: readonly Difference[]): K1Error {
  const list = changed.map(c => `${c.what} was ${c.before}, is now ${c.after}`).join('; ')
  const what = list === '' ? '' : `: ${list}`
  return new K1Error(
    'conflict',
    `Somebody else changed ${about.title} since the plan was made${what}. Nothing was written.`,
    {
      hint: 'Look at what is there now, then give the command again.',
      facts: { changed },
    },
  )
}

/** A goal that a person does in the console and that nobody can read back. */
function byHandOnly(module: Module, intent: Intent, feature: FeatureAbout): Planned {
  const { tenant, about } = module
  const why = 'No endpoint was configured for it.'
  const goal: Goal = {
    id: `${tenant}/${about.id}/${goalName(intent)}`,
    tenant,
    system: about.id,
    feature: feature.feature,
    reach: 'by-hand',
    summary: summarize(intent, {}, null),
    effect: 'reversible',
    repeatable: true,
    after: [],
    differences: [],
    warnings: [],
    spec: { kind: 'posture', intent, target: null, plannedOn: null } satisfies PostureSpec,
    byHand: stepsFor(feature, intent),
    async look() {
      return { state: 'unobservable', why }
    },
    async bring() {
      throw new K1Error('refused', `${about.title} can only be set by hand here: ${why}`)
    },
  }
  return { goal, standing: { state: 'unobservable', why } }
}

function stepsFor(feature: FeatureAbout, intent: Intent): string[] {
  const state = intent.kind === 'feature' && !intent.on ? 'off' : 'on'
  return [
    ...feature.steps.map(step => step.replaceAll('{state}', state)),
    `Then this should hold: ${summarize(intent, {}, null)}.`,
  ]
}

export function isPostureSpec(spec: unknown): spec is PostureSpec {
  return typeof spec === 'object' && spec !== null && 'kind' in spec && spec.kind === 'posture' && 'intent' in spec
}
