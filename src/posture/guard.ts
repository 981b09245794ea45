import { type FeatureKey, featureTitles, type ModuleSettings } from '../core/features.ts'
import type { Identity, SystemAbout } from '../core/system.ts'
import type { Intent } from './intent.ts'
import { exceptionsAfter, type Target } from './target.ts'

export interface Refusal {
  why: string
  hint?: string
}

export interface GuardFacts {
  about: SystemAbout
  intent: Intent
  target: Target
  reading: ModuleSettings
  /** The account that k1ctl itself signs in with. */
  operator: Identity
}

/**
 * The first reason not to make a change, or none. The facts behind the rules are Kaseya's help pages: Log In with
 * KaseyaOne with an active mapping comes before every other feature; the operator is an administrator on both sides;
 * whether an API account can still sign in under Require Log In is documented nowhere, so it has to be excepted.
 */
export function refusalFor(facts: GuardFacts): Refusal | undefined {
  return rights(facts) ?? prerequisites(facts) ?? wayBackIn(facts) ?? exceptionRules(facts) ?? defaultsChosen(facts)
}

/** What a person should know before saying yes. */
export function warningsFor({ about, intent, target, reading }: GuardFacts): string[] {
  const warnings: string[] = []
  if (intent.kind === 'feature' && intent.on && intent.feature === 'user-creation') {
    warnings.push('People that it creates may add charges to the invoice.')
    const admins = Object.values(reading.defaults).filter(choice => choice?.admin)
    for (const role of admins) warnings.push(adminDefault(role?.name ?? ''))
  }
  for (const choice of Object.values(target.defaults ?? {})) {
    if (choice.admin) warnings.push(adminDefault(choice.name))
  }
  if (intent.kind === 'feature' && intent.on && intent.feature === 'deprovisioning') {
    warnings.push(
      `How soon ${about.title} follows KaseyaOne, and whether it acts on people who were removed before, is documented nowhere.`,
    )
  }
  if (intent.kind === 'feature' && intent.on && intent.feature === 'access-groups' && reading.mappings.length === 0) {
    warnings.push('No KaseyaOne group is mapped yet, so groups give nobody a role.')
  }
  if (intent.kind === 'feature' && !intent.on && intent.feature === 'require-log-in') {
    warnings.push('Everybody can then log in with a local password again, without KaseyaOne.')
  }
  return warnings
}

function adminDefault(role: string): string {
  return `The default role ${role} is an administrator's: everybody that is created becomes an administrator.`
}

function rights({ about, operator }: GuardFacts): Refusal | undefined {
  if (operator.missing.length === 0) return undefined
  return {
    why: `${operator.name} may not change settings in ${about.title}: ${operator.missing.join(' ')}`,
    hint: `Sign in as an administrator on both sides: k1ctl connect ${about.id}`,
  }
}

function prerequisites({ about, intent, reading }: GuardFacts): Refusal | undefined {
  if (intent.kind === 'feature' && intent.feature === 'log-in') {
    const stillOn = (Object.keys(reading.on) as FeatureKey[]).filter(f => f !== 'log-in' && reading.on[f])
    if (intent.on || stillOn.length === 0) return undefined
    return {
      why: `${stillOn.map(f => featureTitles[f]).join(' and ')} in ${about.title} still needs Log In with KaseyaOne.`,
      hint: `Turn it off first: ${stillOn.map(f => disableCommand(f, about.id)).join('; ')}`,
    }
  }
  if (intent.kind === 'feature' && !intent.on) return undefined
  if (reading.on['log-in'] && reading.organization !== null) return undefined
  return {
    why: reading.on['log-in']
      ? `${about.title} has no active mapping to a KaseyaOne organization.`
      : `Log In with KaseyaOne is off in ${about.title}; nothing else can be set before it.`,
    hint: `Turn it on first: k1ctl unified-login enable ${about.id}`,
  }
}

/** After the change: is there still somebody who can get in without KaseyaOne, and can k1ctl itself? */
function wayBackIn({ about, target, reading, operator }: GuardFacts): Refusal | undefined {
  const requireAfter = target.on?.['require-log-in'] ?? reading.on['require-log-in']
  const touches = target.on?.['require-log-in'] === true || target.users !== undefined || target.roles !== undefined
  if (!requireAfter || !touches) return undefined
  const { users, roles } = exceptionsAfter(target, reading)
  const waysIn = [...users.filter(u => u.active), ...roles, ...reading.alwaysExempt.filter(u => u.active)]
  const except = `--except ${operator.email || operator.name}`
  if (waysIn.length === 0) {
    return {
      why: `Nobody could log in to ${about.title} any more if KaseyaOne failed: there is no exception and no always-exempt administrator.`,
      hint: `Except a break-glass user and the account of k1ctl: k1ctl require-log-in enable ${about.id} --except USER ${except}`,
    }
  }
  const isOperator = (u: { email: string; name: string }) =>
    sameWord(u.email, operator.email) || sameWord(u.email, operator.name) || sameWord(u.name, operator.name)
  if ([...users, ...reading.alwaysExempt].some(isOperator)) return undefined
  return {
    why: `k1ctl signs in to ${about.title} as ${operator.email || operator.name}, and that account would not be excepted: k1ctl might lock itself out.`,
    hint: `Except it in the same change: k1ctl require-log-in enable ${about.id} ${except}`,
  }
}

function exceptionRules({ about, intent, reading }: GuardFacts): Refusal | undefined {
  if (intent.kind !== 'exceptions' || reading.on['require-log-in'] || !about.exceptionsNeedRequire) return undefined
  return {
    why: `${about.title} lets exceptions be edited only while Require Log In is on.`,
    hint: `Turn it on with its exceptions: k1ctl require-log-in enable ${about.id} --except USER`,
  }
}

function defaultsChosen({ about, intent, target, reading }: GuardFacts): Refusal | undefined {
  const creates = intent.kind === 'feature' && intent.on && intent.feature === 'user-creation'
  const writesSettings = intent.kind !== 'map' && intent.kind !== 'unmap'
  if (!creates && !(about.defaultsWithEveryWrite && writesSettings)) return undefined
  const missing = Object.entries({ ...reading.defaults, ...target.defaults }).filter(([, choice]) => choice === null)
  if (missing.length === 0) return undefined
  return {
    why: `${about.title} has no default yet for ${missing.map(([key]) => key).join(', ')}${creates ? '' : ', and takes no change without them'}.`,
    hint: `Choose first: k1ctl jit defaults set ${about.id} ${missing.map(([key]) => `--${key} NAME`).join(' ')}`,
  }
}

function disableCommand(feature: FeatureKey, module: string): string {
  const verbs: Record<FeatureKey, string> = {
    'log-in': 'unified-login',
    'require-log-in': 'require-log-in',
    'user-creation': 'jit',
    deprovisioning: 'deprovisioning',
    'access-groups': 'access-groups',
  }
  return `k1ctl ${verbs[feature]} disable ${module}`
}

function sameWord(one: string, other: string): boolean {
  return one !== '' && one.toLowerCase() === other.toLowerCase()
}
