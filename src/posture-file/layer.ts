import { type FeatureKey, featureKeys } from '../core/features.ts'
import { type LineOfFile, type Rule, ruleId } from '../posture/rule.ts'
import type { FeatureRules, Layer, ModuleRules, StateWord } from './schema.ts'
import type { Source } from './source.ts'

/** What one layer says of one module. */
export interface LayerModule {
  /** By id. `leave`: whatever a layer below says, it is not looked at. */
  rules: Map<string, Rule | { leave: true }>
  /** Features of which nothing below counts. */
  left: FeatureKey[]
  /** Nothing below counts of the whole module. */
  replaces?: true
  unlicensed?: LineOfFile
}

/** By module. */
export type LayerRules = Map<string, LayerModule>

/** A layer as single rules, each with its line. */
export function rulesOfLayer(layer: Layer, path: readonly string[], source: Source): LayerRules {
  const all: LayerRules = new Map()
  for (const [system, said] of Object.entries(layer)) {
    if (said === undefined || Array.isArray(said)) continue
    const here = [...path, system]
    if (said === 'leave') all.set(system, { rules: new Map(), left: [], replaces: true })
    else if (said === 'unlicensed') {
      all.set(system, { rules: new Map(), left: [], replaces: true, unlicensed: source.placeOf(here) })
    } else all.set(system, moduleOf(said, here, source))
  }
  return all
}

function moduleOf(said: ModuleRules, path: readonly string[], source: Source): LayerModule {
  const module: LayerModule = { rules: new Map(), left: [] }
  for (const feature of featureKeys) {
    const value = said[feature]
    if (value === undefined) continue
    const here = [...path, feature]
    if (typeof value !== 'object') {
      if (value === 'leave') module.left.push(feature)
      else setState(module, feature, value, source.placeOf(here))
      continue
    }
    if (value.state !== undefined) setState(module, feature, value.state, source.placeOf([...here, 'state']))
    for (const rule of longForm(value, here, source)) module.rules.set(rule.id.toLowerCase(), rule)
  }
  return module
}

function setState({ rules }: LayerModule, feature: FeatureKey, word: StateWord, at: LineOfFile): void {
  const id = ruleId('state', feature)
  rules.set(
    id,
    word === 'leave' ? { leave: true } : { id, kind: 'state', feature, on: word === 'on' || word === true, at },
  )
}

function longForm(value: FeatureRules, path: readonly string[], source: Source): Rule[] {
  const at = (...more: string[]) => source.placeOf([...path, ...more])
  const rules: Rule[] = []
  for (const [key, kind] of [
    ['except', 'users'],
    ['except-roles', 'roles'],
  ] as const) {
    const words = value[key]
    const feature = 'require-log-in'
    if (words) rules.push({ id: ruleId(kind, feature), kind, feature, words: words.map(String), at: at(key) })
  }
  for (const [key, word] of Object.entries(value.defaults ?? {})) {
    const feature = 'user-creation'
    const id = ruleId('default', feature, key)
    rules.push({ id, kind: 'default', feature, key, word: String(word), at: at('defaults', key) })
  }
  for (const [group, words] of Object.entries(value.groups ?? {})) {
    const feature = 'access-groups'
    const id = ruleId('group', feature, group)
    rules.push({ id, kind: 'group', feature, group, words: words.map(String), at: at('groups', group) })
  }
  return rules
}
