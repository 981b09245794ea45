import type { Difference } from '../core/change.ts'
import { isK1Error, K1Error } from '../core/errors.ts'
import { type FeatureAccess, type FeatureKey, featureTitles, type ModuleSettings } from '../core/features.ts'
import type { Goal, GoalSpec } from '../core/goal.ts'
import { type Moment, type OpenMoment, openMoment } from '../core/moment.ts'
import type { Clock } from '../core/ports.ts'
import { nobodySees, seen } from '../core/reading.ts'
import { quoted } from '../core/shell.ts'
import type { FeatureAbout, Identity, Session, SystemAbout } from '../core/system.ts'
import { changedBetween, changedByOthers, differencesFor } from './differences.ts'
import { moduleRefusalFor, warningsFor } from './guard.ts'
import { featureOf, goalName, type Intent } from './intent.ts'
import { isPostureSpec, type PostureSpec } from './posture-spec.ts'
import { settingsBack } from './settings-back.ts'
import { summarize } from './summarize.ts'
import { changeForAll, holds, type ModuleTarget } from './target.ts'
import { settingsUndone } from './undo.ts'

/** One module of one tenant, as the posture work sees it. `open` is absent when nothing is connected. */
export interface Module {
  tenant: string
  about: SystemAbout
  open?: () => Promise<Session>
  /** Nothing more is asked of it: what its session holds may go. */
  leave?: () => Promise<void>
  clock: Clock
}

export function readModuleSettings(moment: Moment, access: FeatureAccess): Promise<ModuleSettings> {
  return moment.read('settings', () => access.read())
}

/** The same goal again from what the ledger kept, in another process. @throws K1Error `not-set-up`, or of the sign-in */
export async function rebuild(module: Module, id: string, spec: PostureSpec): Promise<Goal> {
  const feature = aboutFeature(module.about, featureOf(spec.intent))
  // Planned without an endpoint: nothing was looked up, so there is nothing to compare with.
  if (!spec.target || !spec.plannedOn) return { ...byHandOnly(module, spec.intent, feature), id }
  if (!module.open) throw notConnectedModule(module.tenant, module.about)
  const session = await module.open()
  const access = accessOf(session, module.about)
  const { target, plannedOn: expected, foundOn: base = expected, intent } = spec
  const moment = openMoment({ now: () => module.clock.now().getTime() })
  const operator = await session.check()
  const goal = goalOn({ module, intent, feature, access, operator, moment, base, expected, target })
  return 'back' in spec ? { ...settingsUndone(goal, spec.back), id } : { ...goal, id }
}

/** What to do where a module was never connected. */
export function notConnectedModule(tenant: string, about: SystemAbout): K1Error {
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
  moment: OpenMoment
  /** As it was found. */
  base: ModuleSettings
  /** As the goals before this one will have left it. */
  expected: ModuleSettings
  target: ModuleTarget
}

export function goalOn(facts: GoalFacts): Goal {
  const { module, intent, feature, access, operator, moment, base, expected, target } = facts
  const { tenant, about } = module
  const guardFacts = { tenant, about, intent, target, reading: expected, operator }
  const titles = Object.fromEntries(access.defaultFields.map(f => [f.key, f.title.toLowerCase()]))
  const alreadyHolds = holds(target, expected)
  const refusal = alreadyHolds ? undefined : moduleRefusalFor(guardFacts)
  const byHand = !alreadyHolds && feature.write === 'by-hand'
  const warnings = alreadyHolds ? [] : warningsFor(guardFacts)

  const spec: GoalSpec<ModuleSettings> = {
    reach: byHand ? 'by-hand' : about.reach,
    summary: summarize(intent, target, expected),
    effect: 'reversible',
    repeatable: true,
    after: [],
    ...(byHand ? { byHand: stepsFor(feature, intent) } : {}),
    needs: ['settings'],
    read: async at => seen(await readModuleSettings(at, access)),
    holds: now => holds(target, now),
    changes: now => differencesFor(target, now, titles).map(one => ({ ...one, id: one.what })),
    warnings: () => warnings,
    shown: ({ on, exceptions, defaults, mappings, version }) => ({ on, exceptions, defaults, mappings, version }),
    async take(changes, now, along = []) {
      const foreign = changedByOthers(base, expected, now, titles)
      if (foreign.length > 0) throw conflict(about, foreign)
      const targets = [target, ...along.flatMap(goal => (isPostureSpec(goal.spec) ? (goal.spec.target ?? []) : []))]
      try {
        if (target.map) await access.map(now, target.map)
        else if (target.unmap) await access.unmap(now, target.unmap)
        else await access.change(now, changeForAll(targets, now))
      } catch (error) {
        if (!isK1Error(error) || error.kind !== 'conflict') throw error
        // Somebody was faster by a moment. The module says only that; what changed is there to be read.
        const later = await access.read().catch(() => now)
        throw conflict(about, changedBetween(now, later, titles))
      }
      return changes.map(({ id }) => ({ id }))
    },
    back: settingsBack(about, access, titles, target),
  }
  return {
    ...spec,
    id: `${tenant}/${about.id}/${goalName(intent)}`,
    tenant,
    system: about.id,
    feature: feature.feature,
    spec: { kind: 'posture', intent, target, plannedOn: expected, foundOn: base } satisfies PostureSpec,
    ...(refusal ? { refusal } : {}),
    ...(target.map || target.unmap || feature.feature === 'log-in' ? {} : { joint: `${tenant}/${about.id}` }),
    moment,
  }
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
export function byHandOnly({ tenant, about, clock }: Module, intent: Intent, feature: FeatureAbout): Goal {
  return {
    ...nobodySees('No endpoint was configured for it.'),
    id: `${tenant}/${about.id}/${goalName(intent)}`,
    tenant,
    system: about.id,
    feature: feature.feature,
    reach: 'by-hand',
    summary: summarize(intent, {}, null),
    effect: 'reversible',
    repeatable: true,
    after: [],
    spec: { kind: 'posture', intent, target: null, plannedOn: null } satisfies PostureSpec,
    byHand: stepsFor(feature, intent),
    moment: openMoment({ now: () => clock.now().getTime() }),
  }
}

function stepsFor(feature: FeatureAbout, intent: Intent): string[] {
  const state = intent.kind === 'feature' && !intent.on ? 'off' : 'on'
  return [
    ...feature.steps.map(step => step.replaceAll('{state}', state)),
    `Then this should hold: ${summarize(intent, {}, null)}.`,
    ...(feature.page === undefined ? [] : [`The page that says so: ${feature.page}`]),
  ]
}
