import type { Liquid, Template } from 'liquidjs'
import { K1Error } from '../core/errors.ts'
import { cut } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import { asClause } from './as-clause.ts'
import { bounded, tooMuch } from './bounded-call.ts'
import { visibleJson } from './visible-json.ts'

/** Members of lists and characters that filters and ranges may make in one rendering, all together. */
const mostMade = 30_000_000

/** Tags that take in other templates. */
const fileTags = ['include', 'render', 'layout', 'block']

/** What `{{if .state}}` of Go would be in Liquid: a name, and silence. */
const goWords = ['if', 'range', 'with']

const example = `--template '{% for one in it %}{{ one.tenant }}{{ "\\n" }}{% endfor %}'`

/**
 * Liquid over the JSON, which is `it`; members of an object are at the root, too. It sees neither files nor the
 * environment. Texts are printed as they are, lists and objects as JSON, nothing for what is not there. A template that
 * cannot be read is refused here, before the command does anything.
 * @param mostMs after which it is stopped; absent: as long as `bounded` lets a call take
 * @throws K1Error `usage`
 */
export async function templateFilter(text: string, mostMs?: number): Promise<(json: string) => string> {
  const { Liquid } = await import('liquidjs')
  const engine = new Liquid({
    templates: {},
    ownPropertyOnly: true,
    strictFilters: true,
    memoryLimit: mostMade,
    outputEscape: value => (typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '')),
  })
  for (const tag of fileTags) refuseTag(engine, tag)
  const { template, names } = parsed(engine, text.replaceAll('\r\n', '\n'))
  if (names.some(name => goWords.includes(name))) {
    throw new K1Error('usage', 'This is a template of Go, and --template takes Liquid.', { hint: `As in ${example}` })
  }
  return json =>
    documentsIn(visibleJson(json))
      .map(root =>
        rendered(named => bounded('--template', () => engine.renderSync(template, named), mostMs), names, root),
      )
      .join('')
}

function refuseTag(engine: Liquid, tag: string): void {
  const refuse = () => {
    throw new Error(`{% ${tag} %} takes in another template, and there is none but this`)
  }
  engine.registerTag(tag, { parse: refuse, render: refuse })
}

/** @returns also the names that it expects to be given */
function parsed(engine: Liquid, text: string): { template: Template[]; names: readonly string[] } {
  try {
    return bounded('--template', () => {
      const template = engine.parse(text)
      return { template, names: engine.globalVariablesSync(template) }
    })
  } catch (error) {
    throw refusal(error, 'The template cannot be read')
  }
}

/** One indented document, or one on each line. */
function documentsIn(json: string): unknown[] {
  const lines = json.trimEnd().split('\n')
  return /^[[{]$/.test(lines[0] ?? '') ? [JSON.parse(json)] : lines.filter(Boolean).map(line => JSON.parse(line))
}

function rendered(render: (scope: object) => string, names: readonly string[], root: unknown): string {
  const unknown = Array.isArray(root) ? names.find(name => name !== 'it') : undefined
  if (unknown !== undefined) {
    throw new K1Error('usage', `The template wants "${unknown}" of a list.`, {
      hint: `A list is it, and what is in it has members, as in ${example}`,
    })
  }
  const isObject = typeof root === 'object' && root !== null && !Array.isArray(root)
  const scope = { ...(isObject ? root : {}), it: root }
  try {
    // Filters decode, and put together what was apart.
    const told = redact(render(scope))
    return told === '' || told.endsWith('\n') ? told : `${told}\n`
  } catch (error) {
    throw refusal(error, 'The template does not fit this JSON')
  }
}

/** `undefined filter: frob, line:1, col:3`, with the place once more beside it. */
function refusal(error: unknown, what: string): K1Error {
  if (error instanceof K1Error) return error
  const { message, token, originalError } = error as Error & Partial<LiquidTrouble>
  if ([error, originalError].some(one => one instanceof RangeError) || message.startsWith('memory alloc limit')) {
    return tooMuch('--template takes too much memory.')
  }
  const [line, column] = token?.getPosition() ?? []
  const place = line === undefined ? '' : `, at line ${line}, column ${column}`
  const why = cut(asClause(message.replace(/, line:\d+, col:\d+$/, '')), 300)
  return new K1Error('usage', `${what}: ${why}${place}.`, {
    hint: `It is Liquid, as in ${example}. The shapes: k1ctl help output`,
    facts: { ...(line === undefined ? {} : { line, column }) },
  })
}

/** What errors of the library have besides. */
interface LiquidTrouble {
  token: { getPosition(): number[] }
  originalError: unknown
}
