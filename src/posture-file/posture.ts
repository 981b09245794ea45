import type { FeatureKey } from '../core/features.ts'
import { quoted } from '../core/shell.ts'
import type { Acceptance, LineOfFile, ModulePosture, Rule } from '../posture/rule.ts'
import { fileError } from './file-error.ts'
import { type LayerRules, rulesOfLayer } from './layer.ts'
import { type Nearest, shapeError } from './problem.ts'
import { type ModuleWords, type PostureFile, postureSchema } from './schema.ts'
import { readSource, type Source } from './source.ts'

/** What one or several posture files say. */
export interface Posture {
  /** What holds for a tenant, module by module: the defaults, over them its groups, over them what is its own. */
  of(tenant: string): readonly ModulePosture[]
  /** The tenants that a file names, as `tenants` knows them. */
  named: readonly string[]
  /** True where something is said of every tenant. */
  hasDefaults: boolean
}

export interface FileText {
  file: string
  text: string
}

export interface Known {
  modules: readonly ModuleWords[]
  /** The tenants that there are. */
  tenants: readonly string[]
  nearest: Nearest
}

interface Group {
  tenants: Set<string>
  rules: LayerRules
}

/**
 * Reads files that lie over each other: layer by layer (defaults, groups, tenants), and within a layer a later file over
 * an earlier one, rule by rule; lists are replaced as a whole.
 * @throws K1Error `usage` with file and line
 */
export async function readPosture(files: readonly FileText[], known: Known): Promise<Posture> {
  const schema = postureSchema(known.modules)
  const tenantNamed = tenantFinder(known)
  const defaults: LayerRules = new Map()
  const groups = new Map<string, Group>()
  const tenants = new Map<string, LayerRules>()
  const accepted = new Map<string, Acceptance[]>()

  for (const { file, text } of files) {
    const source = readSource(file, text)
    const parsed = schema.safeParse(source.value ?? {})
    if (!parsed.success) throw await shapeError(source, parsed.error.issues, known.modules, known.nearest)
    const value: PostureFile = parsed.data
    lay(defaults, rulesOfLayer(value.defaults ?? {}, ['defaults'], source))
    for (const [name, { tenants: members, ...layer }] of Object.entries(value.groups ?? {})) {
      const path = ['groups', name]
      const group = groups.get(name) ?? { tenants: new Set(), rules: new Map() }
      const names = members.map((member, i) => tenantNamed(member, source, [...path, 'tenants', String(i)]))
      group.tenants = new Set(await Promise.all(names))
      lay(group.rules, rulesOfLayer(layer, path, source))
      groups.set(name, group)
    }
    const seen = new Map<string, LineOfFile>()
    for (const [name, layer] of Object.entries(value.tenants ?? {})) {
      const path = ['tenants', name]
      const tenant = await tenantNamed(name, source, path)
      const before = seen.get(tenant)
      if (before) throw fileError(source.placeOf(path), `${tenant} stands here twice, first in line ${before.line}.`)
      seen.set(tenant, source.placeOf(path))
      const rules = tenants.get(tenant) ?? new Map()
      lay(rules, rulesOfLayer(layer ?? {}, path, source))
      tenants.set(tenant, rules)
      accept(accepted, tenant, layer ?? {}, path, source)
    }
  }

  const rulesUnder = (tenant: string, layers: readonly LayerRules[]): ModulePosture[] => {
    const all: LayerRules = new Map()
    for (const layer of layers) lay(all, layer)
    return known.modules.flatMap(({ id }) => {
      const said = all.get(id)
      if (!said) return []
      const rules = [...said.rules.values()].filter(rule => 'kind' in rule)
      if (said.unlicensed) return [{ system: id, rules: [], accepted: [], unlicensed: said.unlicensed }]
      return rules.length === 0 ? [] : [{ system: id, rules, accepted: accepted.get(`${tenant}\n${id}`) ?? [] }]
    })
  }
  /** The same for every tenant that nothing more is said of: most of a fleet. */
  let common: readonly ModulePosture[] | undefined

  return {
    named: [...new Set([...tenants.keys(), ...[...groups.values()].flatMap(group => [...group.tenants])])],
    hasDefaults: defaults.size > 0,
    of(tenant) {
      const own = tenants.get(tenant)
      const over = [...groups.values()].flatMap(group => (group.tenants.has(tenant) ? [group.rules] : []))
      if (own === undefined && over.length === 0) {
        common ??= rulesUnder(tenant, [defaults])
        return common
      }
      return rulesUnder(tenant, [defaults, ...over, ...(own ? [own] : [])])
    },
  }
}

/** Lays one layer over another, rule by rule. What is left out of what lies below stays left out. */
function lay(under: LayerRules, over: LayerRules): void {
  for (const [system, said] of over) {
    const found = under.get(system)
    const below = said.replaces ? undefined : found
    const rules = new Map(below?.rules)
    for (const feature of said.left) for (const [id, rule] of rules) if (isOf(rule, feature)) rules.delete(id)
    for (const [id, rule] of said.rules) rules.set(id, rule)
    const unlicensed = said.unlicensed ?? (said.rules.size > 0 ? undefined : below?.unlicensed)
    under.set(system, {
      rules,
      left: [...(below?.left ?? []), ...said.left],
      ...(said.replaces || found?.replaces ? { replaces: true } : {}),
      ...(unlicensed ? { unlicensed } : {}),
    })
  }
}

function isOf(rule: Rule | { leave: true }, feature: FeatureKey): boolean {
  return 'feature' in rule && rule.feature === feature
}

function tenantFinder({ tenants, nearest }: Known) {
  const byName = new Map(tenants.map(tenant => [tenant.toLowerCase(), tenant]))
  return async (word: string, source: Source, path: readonly string[]): Promise<string> => {
    const tenant = byName.get(word.toLowerCase())
    if (tenant !== undefined) return tenant
    const near = await nearest(word, tenants)
    throw fileError(
      source.placeOf(path),
      `There is no tenant called ${word}.`,
      near.length > 0 ? `Did you mean ${near.join(', or ')}?` : `Add it: k1ctl tenant add ${quoted(word)}`,
    )
  }
}

function accept(
  into: Map<string, Acceptance[]>,
  tenant: string,
  layer: NonNullable<NonNullable<PostureFile['tenants']>[string]>,
  path: readonly string[],
  source: Source,
): void {
  for (const [system, rules] of Object.entries(layer)) {
    if (typeof rules !== 'object' || Array.isArray(rules) || !rules.accepted) continue
    const key = `${tenant}\n${system}`
    const list = into.get(key) ?? []
    for (const [i, { deviation, ...entry }] of rules.accepted.entries()) {
      const at = source.placeOf([...path, system, 'accepted', String(i)])
      if (list.some(one => one.rule === deviation)) throw fileError(at, `${deviation} is accepted here twice.`)
      list.push({ rule: deviation, ...entry, at })
    }
    into.set(key, list)
  }
}
