import { type Attestation, isStale } from '../core/attestation.ts'
import { asK1Error } from '../core/errors.ts'
import { type FeatureKey, featureKeys, type ModuleUser, type SettingsLook } from '../core/features.ts'
import { hidesSomething } from '../core/printable.ts'
import type { SystemAbout } from '../core/system.ts'
import { inLanes } from '../engine/lanes.ts'
import { userNameOf } from './compare.ts'
import { accessOf, type Module } from './goals.ts'

/** A feature as a posture file says it. */
export interface FeatureExport {
  state: 'on' | 'off'
  except?: string[]
  'except-roles'?: string[]
  defaults?: Record<string, string>
  groups?: Record<string, string[]>
}

/** How one module of one tenant is set, or why nobody knows. */
export type ModuleExport = { tenant: string; system: string } & (
  | { features: Partial<Record<FeatureKey, FeatureExport>> }
  | { why: string; unread: boolean }
)

/** Reads every module as it is, side by side. */
export async function exportModules(
  modules: readonly Module[],
  attested: (tenant: string, system: string) => readonly Attestation[],
  concurrency: number,
  now: () => Date,
): Promise<ModuleExport[]> {
  return inLanes(
    modules,
    ({ tenant, about }) => `${tenant}/${about.id}`,
    concurrency,
    async module => {
      const { tenant, about } = module
      const at = { tenant, system: about.id }
      if (!module.open) {
        if (about.reach === 'api') return { ...at, why: 'not connected', unread: false }
        return { ...at, features: saidOf(attested(tenant, about.id), now()) }
      }
      try {
        const access = accessOf(await module.open(), about)
        const look = await access.look({ logIn: true, mappings: true })
        return { ...at, features: featuresOf(look, about, access.hasRoleExceptions) }
      } catch (thrown) {
        return { ...at, why: asK1Error(thrown).message, unread: true }
      }
    },
  )
}

/** Of a module that nobody can read: what persons said, as long as it counts. */
function saidOf(attested: readonly Attestation[], now: Date): Partial<Record<FeatureKey, FeatureExport>> {
  return Object.fromEntries(
    attested.filter(one => !isStale(one, now)).map(({ feature, state }) => [feature, { state }]),
  )
}

function featuresOf(
  look: SettingsLook,
  { features, jitDefaults = [] }: SystemAbout,
  hasRoles: boolean,
): Partial<Record<FeatureKey, FeatureExport>> {
  const all: Partial<Record<FeatureKey, FeatureExport>> = {}
  for (const feature of featureKeys) {
    const on = look.on[feature]
    if (on === undefined || !features.some(one => one.feature === feature && one.supported)) continue
    all[feature] = { state: on ? 'on' : 'off' }
  }
  const { users, roles } = look.exceptions
  const require = all['require-log-in']
  if (require) {
    require.except = users.map(user => userWord(user, users))
    if (hasRoles) require['except-roles'] = roles.map(role => wordOf(role, roles))
  }
  const creation = all['user-creation']
  const chosen = jitDefaults.flatMap(({ key, isNumber }) => {
    const choice = look.defaults[key]
    return choice ? [[key, isNumber ? choice.id : wordOf(choice, [choice])] as const] : []
  })
  if (creation && chosen.length > 0) creation.defaults = Object.fromEntries(chosen)
  const groups = (look.mappings ?? []).map(({ group }) => group)
  const mapped = (look.mappings ?? []).map(
    one => [wordOf(one.group, groups), one.roles.map(role => wordOf(role, one.roles))] as const,
  )
  const access = all['access-groups']
  if (access && mapped.length > 0) access.groups = Object.fromEntries(mapped)
  return all
}

/** Its name; its id where the name could not stand in a file, or two have it. */
function wordOf(item: { id: string; name: string }, all: readonly { name: string }[]): string {
  const twice = all.filter(({ name }) => name.toLowerCase() === item.name.toLowerCase()).length > 1
  return isWord(item.name) && !twice ? item.name : item.id
}

function userWord(user: ModuleUser, all: readonly ModuleUser[]): string {
  const twice = all.filter(one => userNameOf(one).toLowerCase() === userNameOf(user).toLowerCase()).length > 1
  return isWord(userNameOf(user)) && !twice ? userNameOf(user) : user.id
}

function isWord(name: string): boolean {
  return name !== '' && name.length <= 300 && name !== '__proto__' && !hidesSomething(name)
}
