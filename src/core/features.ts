/** The five Unified Login features, under the keys that the command line and the JSON output use. */
export const featureKeys = ['log-in', 'require-log-in', 'user-creation', 'deprovisioning', 'access-groups'] as const

export type FeatureKey = (typeof featureKeys)[number]

/** What the consoles call each feature; "Log In" is spelled as a verb, as Kaseya does. */
export const featureTitles: Record<FeatureKey, string> = {
  'log-in': 'Log In with KaseyaOne',
  'require-log-in': 'Require Log In with KaseyaOne',
  'user-creation': 'Automatic User Creation',
  deprovisioning: 'Automatic User Deprovisioning',
  'access-groups': 'Access Groups',
}

/**
 * How a thing is reached. `api`: the vendor publishes it. `contract`: an endpoint that the operator configured, which
 * speaks the module admin contract of this project. `by-hand`: nobody published an API; a person does it.
 */
export type Reach = 'api' | 'contract' | 'by-hand'

/** A thing that a system knows by id and people know by name. */
export interface Choice {
  id: string
  name: string
  /** True where granting it makes somebody an administrator of the module. */
  admin?: boolean
}

/** A user of a module, as exceptions and look-ups show them. */
export interface ModuleUser {
  id: string
  name: string
  email: string
  active: boolean
}

export interface ExemptUser extends ModuleUser {
  /** Why the vendor always exempts this person from Require Log In. */
  why: string
}

/** A KaseyaOne group mapped to roles of the module. */
export interface AccessGroupMapping {
  /** Absent on a mapping that does not exist yet. */
  id?: string
  group: Choice
  roles: Choice[]
}

/** One of the module's defaults for people that JIT creates. */
export interface DefaultField {
  /** As on the command line: `department`, `security-role`, `role`. */
  key: string
  title: string
  /** False where the vendor documents no look-up: then a number is taken as it is. */
  hasChoices: boolean
  /** True when a choice of this field can be an administrator's role. */
  grantsRole: boolean
}

/**
 * One reading of a module's five features.
 *
 * `version` changes whenever anything in it changes: the module's ETag, or a hash of what was read where it has none.
 */
export interface ModuleSettings {
  version: string
  /** The KaseyaOne organization it is mapped to; null when the module is not linked. */
  organization: Choice | null
  /** A feature that the module does not have is absent. */
  on: Partial<Record<FeatureKey, boolean>>
  exceptions: { users: ModuleUser[]; roles: Choice[] }
  /** People that the vendor never holds to Require Log In. */
  alwaysExempt: ExemptUser[]
  /** By `DefaultField.key`; null where nothing is chosen yet. */
  defaults: Record<string, Choice | null>
  mappings: AccessGroupMapping[]
}

/** What to change; what is absent stays as it is. Lists are full lists: they replace. */
export interface SettingsChange {
  on?: Partial<Record<FeatureKey, boolean>>
  exceptions?: { users: string[]; roles: string[] }
  /** By `DefaultField.key`: the id of the choice. */
  defaults?: Record<string, string>
}

/** Parts of the settings that cost calls of their own. */
export interface LookedFor {
  /** Log In with KaseyaOne, and the organization that it maps to. */
  logIn: boolean
  mappings: boolean
}

/** The settings as far as they were looked for: a part that was not is absent, which is not "none". */
export interface SettingsLook {
  on: Partial<Record<FeatureKey, boolean>>
  exceptions: { users: ModuleUser[]; roles: Choice[] }
  defaults: Record<string, Choice | null>
  mappings?: AccessGroupMapping[]
}

/** Reads and changes the five features of one module, for one tenant. */
export interface FeatureAccess {
  /** The defaults that this module's JIT has, in the order of its console. */
  readonly defaultFields: readonly DefaultField[]
  read(): Promise<ModuleSettings>
  /** The same with as few calls as it takes, to compare with; no change is planned on it. */
  look(wanted: LookedFor): Promise<SettingsLook>
  /**
   * Writes `change` on top of `from`, which must be the latest reading.
   * @throws K1Error `conflict` when the module is no longer as `from` says; nothing is written then.
   */
  change(from: ModuleSettings, change: SettingsChange): Promise<void>
  /** Maps one KaseyaOne group to exactly these roles, creating the mapping or replacing its roles. */
  map(from: ModuleSettings, mapping: AccessGroupMapping): Promise<void>
  unmap(from: ModuleSettings, mapping: AccessGroupMapping): Promise<void>
  /** The choices for a default (by `DefaultField.key`). Empty where the vendor documents no look-up. */
  choices(field: string): Promise<Choice[]>
  /** KaseyaOne groups that may be mapped. */
  groups(): Promise<Choice[]>
  /** Roles of the module: for role exceptions and for mappings. */
  roles(): Promise<Choice[]>
  /** Users whose e-mail or log-in is exactly `text` (case ignored), and near ones for "did you mean". */
  users(text: string): Promise<{ exact: ModuleUser[]; near: ModuleUser[] }>
  /** True when role exceptions exist in this module (BMS). */
  readonly hasRoleExceptions: boolean
}
