import { type FeatureKey, featureTitles, type ModuleSettings } from '../core/features.ts'
import type { Refusal } from '../core/goal.ts'
import { quoted } from '../core/shell.ts'
import type { Identity, SystemAbout } from '../core/system.ts'
import type { Intent } from './intent.ts'
import { exceptionsAfter, type ModuleTarget } from './target.ts'

export interface GuardFacts {
  tenant: string
  about: SystemAbout
  intent: Intent
  target: ModuleTarget
  reading: ModuleSettings
  /** The account that k1ctl itself signs in with. */
  operator: Identity
}

/**
 * The first reason not to make a change, or none. The facts behind the rules are Kaseya's help pages: Log In with
 * KaseyaOne with an active mapping comes before every other feature; the operator is an administrator on both sides;
 * whether an API account can still sign in under Require Log In is documented nowhere, so it has to be excepted.
 */
export function moduleRefusalFor(facts: GuardFacts): Refusal | undefined {
  return rights(facts) ?? prerequisites(facts) ?? wayBackIn(facts) ?? exceptionRules(facts) ?? defaultsChosen(facts)
}

/** What a person should know before saying yes. */
export function warningsFor(facts: GuardFacts): string[] {
  const { about, target, reading } = facts
  const warnings: string[] = []
  if (turns(facts, 'user-creation', true)) {
    warnings.push('People that it creates may add charges to the invoice.')
    for (const choice of Object.values(reading.defaults)) if (choice?.admin) warnings.push(adminDefault(choice.name))
  }
  for (const choice of Object.values(target.defaults ?? {})) {
    if (choice.admin) warnings.push(adminDefault(choice.name))
  }
  if (turns(facts, 'deprovisioning', true)) {
    warnings.push(
      `How soon ${about.title} follows KaseyaOne, and whether it acts on people who were removed before, is documented nowhere.`,
    )
  }
  if (turns(facts, 'access-groups', true) && reading.mappings.length === 0) {
    warnings.push('No KaseyaOne group is mapped yet, so groups give nobody a role.')
  }
  if (turns(facts, 'require-log-in', false)) {
    warnings.push('Everybody can then log in with a local password again, without KaseyaOne.')
  }
  return warnings
}

function turns({ intent }: GuardFacts, feature: FeatureKey, on: boolean): boolean {
  return intent.kind === 'feature' && intent.feature === feature && intent.on === on
}

function adminDefault(role: string): string {
  return `The default role ${role} is an administrator's: everybody that is created becomes an administrator.`
}

/** A command that goes on from here, for the same module and tenant. */
function command({ about, tenant }: GuardFacts, verb: string, rest = ''): string {
  return `k1ctl ${verb} ${about.id}${rest} --tenant ${quoted(tenant)}`
}

function rights(facts: GuardFacts): Refusal | undefined {
  const { about, operator } = facts
  if (operator.missing.length === 0) return undefined
  return {
    why: `${operator.name} may not change settings in ${about.title}: ${operator.missing.join(' ')}`,
    hint: `Sign in as an administrator on both sides: ${command(facts, 'connect')}`,
  }
}

function prerequisites(facts: GuardFacts): Refusal | undefined {
  const { about, intent, reading } = facts
  if (intent.kind === 'feature' && intent.feature === 'log-in') {
    const stillOn = (Object.keys(reading.on) as FeatureKey[]).filter(f => f !== 'log-in' && reading.on[f])
    if (intent.on || stillOn.length === 0) return undefined
    return {
      why: `${stillOn.map(f => featureTitles[f]).join(' and ')} in ${about.title} still needs Log In with KaseyaOne.`,
      hint: `Turn it off first: ${stillOn.map(f => command(facts, `${nouns[f]} disable`)).join('; ')}`,
    }
  }
  if (intent.kind === 'feature' && !intent.on) return undefined
  if (reading.on['log-in'] && reading.organization !== null) return undefined
  return {
    why: reading.on['log-in']
      ? `${about.title} has no active mapping to a KaseyaOne organization.`
      : `Log In with KaseyaOne is off in ${about.title}; nothing else can be set before it.`,
    hint: `Turn it on first: ${command(facts, 'unified-login enable')}`,
  }
}

/**
 * After the change: is there still a person who can get in without KaseyaOne, and can k1ctl itself? The account of k1ctl
 * is a program's, and no way back in for people. What only adds exceptions makes neither worse.
 */
function wayBackIn(facts: GuardFacts): Refusal | undefined {
  const { about, intent, target, reading, operator } = facts
  const turnsOn = target.on?.['require-log-in'] === true && !reading.on['require-log-in']
  const { users, roles } = exceptionsAfter(target, reading)
  const before = reading.exceptions
  const losesRole = before.roles.some(role => !roles.some(r => r.id === role.id))
  const loses = losesRole || before.users.some(user => !users.some(u => u.id === user.id))
  if (!turnsOn && !(reading.on['require-log-in'] && loses)) return undefined

  const isOperator = (u: { email: string; name: string }) =>
    sameWord(u.email, operator.email) || sameWord(u.email, operator.name) || sameWord(u.name, operator.name)
  // The log-in of the module admin contract is KaseyaOne's own, which Require Log In shuts nobody out of: there it is a
  // person who signs in.
  const isProgram = (u: { email: string; name: string }) => !about.contract && isOperator(u)
  const account = operator.email || operator.name
  const ownIsExcepted = about.contract || [...users, ...reading.alwaysExempt].some(isOperator)
  const people = [...users.filter(u => !isProgram(u)), ...reading.alwaysExempt].filter(u => u.active)
  if (people.length + roles.length === 0) {
    const alone = users.some(isProgram) ? `, but for ${account}, which is k1ctl's own` : ''
    const missing = ['USER', ...(ownIsExcepted || intent.kind === 'exceptions' ? [] : [account])]
    return {
      why: `Nobody could log in to ${about.title} any more if KaseyaOne failed: there is no exception and no always-exempt administrator${alone}.`,
      hint: `Keep a break-glass user excepted${about.contract ? '' : ', and the account of k1ctl'}: ${excepting(facts, missing)}`,
    }
  }
  if (ownIsExcepted) return undefined
  // Excepted by a role that stays, as far as anybody can tell: it got in under Require Log In, and loses nothing.
  if (!turnsOn && !losesRole && !before.users.some(isOperator)) return undefined
  return {
    why: `k1ctl signs in to ${about.title} as ${account}, and that account would not be excepted: k1ctl might lock itself out.`,
    hint: `Except it too: ${excepting(facts, [account])}`,
  }
}

/** The call that was refused, with more users excepted: who pastes it loses nobody that the call had. */
function excepting(facts: GuardFacts, more: readonly string[]): string {
  const { intent } = facts
  if (intent.kind === 'exceptions') {
    const isSet = intent.mode === 'set'
    const users = isSet ? [...intent.users, ...more] : more
    const words = [...users.map(quoted), ...(isSet ? intent.roles.map(role => `--role ${quoted(role)}`) : [])]
    return command(facts, `require-log-in exceptions ${isSet ? 'set' : 'add'}`, words.map(w => ` ${w}`).join(''))
  }
  return enabling(facts, intent.kind === 'feature' ? [...(intent.exceptUsers ?? []), ...more] : more)
}

/** Require Log In with these users, and the roles of the call that was refused. */
function enabling(facts: GuardFacts, users: readonly string[]): string {
  const { intent } = facts
  const roles =
    (intent.kind === 'feature' ? intent.exceptRoles : intent.kind === 'exceptions' ? intent.roles : []) ?? []
  const words = [...users.map(user => ` --except ${quoted(user)}`), ...roles.map(role => ` --role ${quoted(role)}`)]
  return command(facts, 'require-log-in enable', words.join(''))
}

function exceptionRules(facts: GuardFacts): Refusal | undefined {
  const { about, intent, reading } = facts
  if (intent.kind !== 'exceptions' || reading.on['require-log-in'] || !about.exceptionsNeedRequire) return undefined
  const named = intent.mode === 'remove' ? [] : intent.users
  return {
    why: `${about.title} lets exceptions be edited only while Require Log In is on.`,
    hint: `Turn it on with its exceptions: ${enabling(facts, named.length > 0 ? named : ['USER'])}`,
  }
}

function defaultsChosen(facts: GuardFacts): Refusal | undefined {
  const { about, intent, target, reading } = facts
  const creates = turns(facts, 'user-creation', true)
  const writesSettings = intent.kind !== 'map' && intent.kind !== 'unmap'
  if (!creates && !(about.defaultsWithEveryWrite && writesSettings)) return undefined
  const missing = Object.entries(reading.defaults).flatMap(([key, choice]) => (choice === null ? [key] : []))
  const left = missing.filter(key => target.defaults?.[key] === undefined)
  if (left.length === 0) return undefined
  return {
    why: `${about.title} has no default yet for ${left.join(', ')}${creates ? '' : ', and takes no change without them'}.`,
    hint: `Choose first, all in one call: ${command(facts, 'jit defaults set', missing.map(key => ` --${key} NAME`).join(''))}`,
  }
}

const nouns: Record<FeatureKey, string> = {
  'log-in': 'unified-login',
  'require-log-in': 'require-log-in',
  'user-creation': 'jit',
  deprovisioning: 'deprovisioning',
  'access-groups': 'access-groups',
}

function sameWord(one: string, other: string): boolean {
  return one !== '' && one.toLowerCase() === other.toLowerCase()
}
