import type { z } from 'zod'
import type { K1Error } from '../core/errors.ts'
import { featureKeys, featureTitles } from '../core/features.ts'
import { cut } from '../core/printable.ts'
import type { LineOfFile } from '../posture/rule.ts'
import { fileError } from './file-error.ts'
import type { ModuleWords } from './schema.ts'
import type { Source } from './source.ts'

/** Up to three of `names` that somebody who typed `word` may have meant. */
export type Nearest = (word: string, names: readonly string[]) => Promise<string[]>

/** What is wrong with the shape of a file, as an error about its first line that is wrong. */
export async function shapeError(
  source: Source,
  issues: readonly z.core.$ZodIssue[],
  modules: readonly ModuleWords[],
  nearest: Nearest,
): Promise<K1Error> {
  const found = issues.map(issue => innermost(issue, []))
  const placed = found.flatMap((one): Placed[] =>
    one.issue.code === 'unrecognized_keys'
      ? one.issue.keys.map(key => ({ ...one, key, place: source.placeOf([...one.path, key]) }))
      : [{ ...one, place: source.placeOf(one.path) }],
  )
  placed.sort((one, other) => one.place.line - other.place.line)
  const [first, ...rest] = placed
  if (!first) return fileError({ file: '', line: 1 }, 'It is no posture file.')
  const { place, path, key, issue } = first
  const more = rest.length === 0 ? '' : ` (${rest.length} more: line ${linesOf(rest.map(one => one.place.line))})`
  if (key === undefined) return fileError(place, `${wrong(issue, path)}${more}`)
  const { sentence, hint } = await unknownKey(key, path, modules, nearest)
  return fileError(place, `${sentence}${more}`, hint)
}

interface Found {
  issue: z.core.$ZodIssue
  path: readonly PropertyKey[]
}

interface Placed extends Found {
  place: LineOfFile
  /** That nobody knows there. */
  key?: string
}

/** Of a value that may be of several kinds: what is wrong with it as the kind that it is. */
function innermost(issue: z.core.$ZodIssue, above: readonly PropertyKey[]): Found {
  const path = [...above, ...issue.path]
  if (issue.code !== 'invalid_union') return { issue, path }
  const fits = issue.errors.find(branch => branch.every(one => one.path.length > 0 || one.code === 'unrecognized_keys'))
  const [first] = fits ?? []
  return first ? innermost(first, path) : { issue, path }
}

function wrong(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): string {
  const where = cut(path.map(String).join(' > ') || 'The file', 200)
  if (issue.code === 'invalid_union') return `${where} takes ${kindsOf(path)}.`
  if (issue.code === 'invalid_type') return `${where}: ${expected[issue.expected] ?? issue.expected} is expected here.`
  return `${where}: ${issue.message}.`
}

const expected: Record<string, string> = {
  object: 'a map (key: value)',
  record: 'a map (key: value)',
  array: 'a list',
  string: 'a word',
}

function kindsOf(path: readonly PropertyKey[]): string {
  const last = String(path.at(-1))
  if (featureKeys.some(key => key === last)) return 'on, off, leave, or a map with state'
  if (last === 'state') return 'on, off or leave'
  return path.length <= 3 ? 'leave, unlicensed, or a map of features' : 'a word'
}

const within: Readonly<Record<string, string>> = {
  state: 'a feature',
  except: 'require-log-in',
  'except-roles': 'require-log-in',
  defaults: 'the beginning of a line, or under user-creation',
  groups: 'the beginning of a line, or under access-groups',
  tenants: 'the beginning of a line, or in a group',
  accepted: 'a module of a tenant',
}

async function unknownKey(
  key: string,
  path: readonly PropertyKey[],
  modules: readonly ModuleWords[],
  nearest: Nearest,
): Promise<{ sentence: string; hint?: string }> {
  const module = modules.find(({ id }) => path.includes(id))
  const shown = cut(key, 80)
  const feature = featureKeys.find(one => one === key)
  const above = String(path.at(-1) ?? '')
  if (feature && module && above === module.id) {
    const note = module.features.find(one => one.feature === feature)?.note
    return { sentence: `${module.title} has no ${featureTitles[feature]}${note ? ` (${note})` : ''}.` }
  }
  const place = feature
    ? 'a module'
    : modules.some(({ id }) => id === key)
      ? 'defaults, a group or a tenant'
      : Object.hasOwn(within, key)
        ? within[key]
        : undefined
  if (place !== undefined) {
    const here = path.length === 0 ? 'at the beginning of a line' : `in ${cut(above, 80)}`
    return {
      sentence: `"${shown}" is misplaced ${here}.`,
      hint: `It belongs under ${place}: look at the indent, or see k1ctl posture schema.`,
    }
  }
  const near = await nearest(key, namesAt(path, module, modules))
  return {
    sentence: `"${shown}" is not known${path.length === 0 ? '' : ` in ${cut(above, 80)}`}.`,
    hint: near.length > 0 ? `Did you mean ${near.join(', or ')}?` : 'See k1ctl posture schema.',
  }
}

/** What may stand where the path leads. */
function namesAt(
  path: readonly PropertyKey[],
  module: ModuleWords | undefined,
  modules: readonly ModuleWords[],
): readonly string[] {
  const above = String(path.at(-1) ?? '')
  if (path.length === 0) return ['defaults', 'groups', 'tenants']
  if (!module) return [...modules.map(({ id }) => id), 'tenants']
  if (above === module.id) return [...module.features.filter(f => f.supported).map(f => f.feature), 'accepted']
  if (above === 'defaults') return (module.jitDefaults ?? []).map(({ key }) => key)
  if (path.includes('accepted')) return ['deviation', 'found', 'reason', 'by', 'since', 'until']
  return ['state', 'except', 'except-roles', 'defaults', 'groups']
}

function linesOf(lines: readonly number[]): string {
  const some = [...new Set(lines)].slice(0, 5).join(', ')
  return lines.length > 5 ? `${some} …` : some
}
