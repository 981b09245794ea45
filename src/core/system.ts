import type { PeopleAccess } from './account.ts'
import type { AccountGoalAbout, OffboardingStep } from './account-kinds.ts'
import type { FeatureAccess, FeatureKey, Reach } from './features.ts'
import type { Clock, HttpOptions, SignInPrompt } from './ports.ts'
import type { SettingCheck } from './setting-checks.ts'

/** Ids as the command line spells them. A folder in `systems/` and a key in the sandbox have the same name. */
export type SystemId = string

/** One thing that `k1ctl connect` needs to know. `key` becomes `K1CTL_<SYSTEM>_<KEY>` in the environment. */
export interface SettingField {
  key: string
  label: string
  secret: boolean
  required: boolean
  /** Shown at the prompt and in help; never a default for a URL that the vendor does not publish. */
  example?: string
  /** Offered as choices at the prompt (regional hosts); anything else may still be typed. */
  suggestions?: readonly { value: string; label: string }[]
  /** True when nothing but the suggestions will do. */
  closed?: true
  defaultValue?: string
  /** Only asked for, and only required, when another setting has one of these values. */
  when?: { key: string; is: readonly string[] }
  /** Key of the secret that this one stands for, when it is there: a kept sign-in stands for the password. */
  insteadOf?: string
  /** The operator may give a path; what is kept is the content of that file (a certificate, a service account's key). */
  file?: true
  /** What is wrong with a value, told as soon as it is typed. */
  check?: SettingCheck
  /** Asked while signing in, if at all: the tenant of a credential that sees several, a 2FA code; or made there. */
  later?: true
  /** Key of the secret that this one is worth nothing without: whoever enters that anew enters this anew. */
  goesWith?: string
  /** Names the customer there: the same one in two tenants is a mistake, most likely. */
  customer?: true
}

/** What is wrong with a value of a setting, as a sentence; undefined when it will do. */
export function complaintOn(field: SettingField, value: string): string | undefined {
  const { closed, suggestions = [] } = field
  if (suggestions.some(s => s.value === value)) return undefined
  if (closed) return `It is one of: ${suggestions.map(s => s.value).join(', ')}.`
  return field.check?.(value)
}

/** Is this setting one of those that matter, given what the others are? */
export function applies({ when }: SettingField, settings: Readonly<Record<string, string>>): boolean {
  return when === undefined || when.is.includes(settings[when.key] ?? '')
}

/** What is known about one feature in one system, without credentials. */
export interface FeatureAbout {
  feature: FeatureKey
  /** The name in that module's console. */
  title: string
  supported: boolean
  /** How a reading is reached when the system is connected. */
  read: Reach
  /** How a change is reached when the system is connected. */
  write: Reach
  /** Exact console steps, for a person. `{state}` in a step becomes "on" or "off". Also used for `by-hand`. */
  steps: readonly string[]
  /** The rights that the operator needs in the module. */
  rights: string
  /** Why unsupported, or what the vendor says that surprises. */
  note?: string
  /** The public page that the steps come from. */
  page?: string
}

/** One default of a module's JIT, as the posture file names it. */
export interface JitDefaultAbout {
  key: string
  /** True where the vendor documents no look-up, so that nobody knows it by name. */
  isNumber?: true
}

/** What is known about a system without opening it. Data only: help, `k1ctl systems` and the docs come from it. */
export interface SystemAbout {
  id: SystemId
  title: string
  aliases: readonly string[]
  /** How the system is reached once connected. */
  reach: Reach
  settings: readonly SettingField[]
  features: readonly FeatureAbout[]
  /** The least rights that the credential needs, each a short phrase; told before signing in. */
  rights?: readonly string[]
  /** Of those, the ones that no check can tell of: they show when they are used. */
  unchecked?: readonly string[]
  /** Where the vendor publishes no right a call: that, and what the doctor does instead; one or two sentences. */
  rightsNote?: string
  /** The same as the vendor's console takes it: a policy, a list of scopes or of permissions. */
  pasteRights?: string
  /** True when the system keeps the five features (KaseyaOne itself does not). */
  isModule: boolean
  /** What people can be reached, in one line. */
  people: string
  /** True where everybody has an account, also when nothing is connected: then its part is done by hand. */
  isEverybodys?: true
  /** Where an offboarding comes to it; absent where people cannot even be looked up. */
  step?: OffboardingStep
  /** What it can do for a leaver, goal by goal. */
  accountGoals?: readonly AccountGoalAbout[]
  /** What access remains whatever is done here: sentences for the report. */
  residual?: readonly string[]
  /** By what people are looked for, for the report on whoever was not found: "e-mail, alias or log-in". */
  searchedBy?: string
  /** True where a log-in alone cannot be looked up: whoever is known by nothing else was not looked for. */
  searchesEmailOnly?: true
  /** Whose word it is that there is nobody, or how far it goes; a sentence for the report. */
  absence?: string
  /** The steps in its console when nothing is connected. */
  accountSteps?: readonly string[]
  /**
   * So many requests it answers in `perMs` at one endpoint, and so many a leaver costs at the busiest one, at most, where
   * many leave at once.
   */
  pace?: { requests: number; perMs: number; each: number }
  /** Of which a tenant may have several, told apart by a name: `scim:zoom`. `optional`: one may go without a name. */
  named?: true | 'optional'
  /** True where exceptions can be edited only while Require Log In is on. */
  exceptionsNeedRequire?: true
  /** The defaults that its JIT has, as `--<key>` of `jit defaults set`, in the order of its console. */
  jitDefaults?: readonly JitDefaultAbout[]
  /** True where every write of the settings must carry all defaults, so that they have to be chosen first. */
  defaultsWithEveryWrite?: true
  /** True when k1ctl publishes the OpenAPI document that this system's endpoint must speak. */
  contract: boolean
}

/** Who the credential is, and which rights it lacks. */
export interface Identity {
  /** The log-in name that the system knows the operator by. */
  name: string
  email: string
  /** The tenant (company, instance) that the session is for, as the system calls it. */
  tenant: string
  /** Rights that are missing, each a sentence; empty when all is well. */
  missing: string[]
}

/** A tenant that a credential sees. */
export interface SeenTenant {
  id: string
  name: string
}

/** What is written on a ticket. */
export interface TicketNote {
  /** A line that no other note has: by it, a note that is there already is known again. */
  mark: string
  text: string
  /** The number of its type there; absent: one that is in use there for internal notes. */
  type?: number
}

/** The tickets of a service desk. */
export interface TicketAccess {
  /**
   * Writes an internal note, unless it is there already, and reads it back.
   * @throws K1Error `usage` when there is no such ticket, or no type of a note is known
   */
  note(ticket: string, note: TicketNote): Promise<'written' | 'there'>
}

/** An open, signed-in conversation with one system for one tenant. */
export interface Session {
  check(): Promise<Identity>
  /** Tenants that this credential sees; absent where a credential belongs to one tenant. */
  tenants?(): Promise<SeenTenant[]>
  /** The setting that `SeenTenant.id` goes into (`tenantId`), so that `tenant import` can write connections. */
  readonly tenantSetting?: string
  features?: FeatureAccess
  people?: PeopleAccess
  tickets?: TicketAccess
  /** Secrets that signing in gave and that should be kept instead of what was typed (a refresh token). */
  keep?(): Record<string, string>
  close(): Promise<void>
}

/**
 * What several sessions of one call use together: a sign-in that serves many tenants, a list that is the same for all.
 * The first that asks for a key makes it; it is closed after the last session.
 */
export type Share = <T extends { close(): Promise<void> }>(key: string, make: () => T) => T

export interface OpenDeps {
  clock: Clock
  /** Absent where there is but this one session. */
  share?: Share
  http: HttpOptions
  /** Answers a 2FA challenge or waits for a push; absent when nobody can be asked. */
  prompt?: SignInPrompt
  /** Told how far it is with what takes long, for a person who waits: "30 of 65 mailboxes"; undefined: it is over. */
  doing?: (what: string | undefined) => void
}

/** `K1CTL_DATTO_PARTNER_PORTAL_TENANT_ID` for `datto-partner-portal` and `tenantId`. */
export function environmentName(systemId: SystemId, key: string): string {
  return `K1CTL_${shout(systemId)}_${shout(key)}`
}

function shout(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase()
}

/** The kind of system that a connection is to: `scim` for `scim:zoom`. */
export function kindOf(connection: SystemId): SystemId {
  return connection.split(':')[0] ?? connection
}

/** "zoom (SCIM 2.0 service)" for `scim:zoom`. */
export function titleOf(connection: SystemId, kindTitle: string): string {
  const name = connection.split(':')[1]
  return name === undefined ? kindTitle : `${name} (${kindTitle})`
}

export interface System {
  readonly about: SystemAbout
  /** What a person reads about it, as Markdown: goals, rights, settings, a transcript, limits and traps. */
  page(): Promise<string>
  /**
   * Signs in. `settings` holds plain and secret fields alike, by `SettingField.key`.
   * @throws K1Error `sign-in`, `not-set-up`, `unreachable`, `contract`
   */
  open(settings: Readonly<Record<string, string>>, deps: OpenDeps): Promise<Session>
  /** The OpenAPI 3.1 document of the module admin contract, where `about.contract` is true. */
  contract?(): Promise<unknown>
}
