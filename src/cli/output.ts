import type { ChalkInstance } from 'chalk'
import { asK1Error, K1Error } from '../core/errors.ts'
import { jsonText } from '../core/json.ts'
import { layout, trimLines } from '../render/layout.ts'
import { type Column, type Format, formats, renderRecords } from '../render/records.ts'
import { styleFor } from '../render/style.ts'
import type { App } from './app.ts'
import { filterNames, type OutputFilter } from './output-filter.ts'
import type { Screen } from './screen.ts'
import type { Words } from './words.ts'

/** stdout is data, stderr is talk. Everything that is printed goes through here. */
export class Output {
  readonly format: Format
  readonly quiet: boolean
  /** May a person be asked? A terminal on both ends, no `--no-input`, no `CI`, and no machine output. */
  readonly canAsk: boolean
  /** Is there somebody who could turn pages? */
  readonly #canPage: boolean
  /** Colours for stdout and for stderr. */
  readonly data: ChalkInstance
  readonly talk: ChalkInstance
  readonly #app: App
  readonly #filter: OutputFilter | undefined
  /** Why `--jq` or `--template` could not be followed; the command itself went on. */
  failure: K1Error | undefined

  constructor(app: App, words: Words, { filter, preferred }: { filter?: OutputFilter; preferred?: string } = {}) {
    this.#app = app
    this.#filter = filter
    this.format = formatOf(words, preferred)
    this.quiet = words.flag('quiet')
    this.data = styleFor(app.stdout, app.env)
    this.talk = styleFor(app.stderr, app.env)
    const terminal = app.stdin.isTTY === true && app.stderr.isTTY === true
    this.canAsk = terminal && words.allowed('input') && !isSet(app.env.CI) && this.format === 'table'
    this.#canPage = this.canAsk && app.stdout.isTTY && words.allowed('pager') && app.env.TERM !== 'dumb'
  }

  /** True when a program reads stdout. */
  get forMachine(): boolean {
    return this.format !== 'table'
  }

  /** One line, or what `layout` made. */
  write(text: string): void {
    this.#app.stdout.write(text)
  }

  /** A finished text of many lines, in which secrets are hidden already. */
  document(text: string): void {
    this.#app.stdout.document(text)
  }

  /** A finished document of JSON, or several: what `--jq` and `--template` go over. */
  machine(text: string): void {
    if (this.#filter) this.#app.stdout.tabbed(this.filtered(text))
    else this.document(text)
  }

  /** Whether all of it has to be there before any of it is printed. */
  get isFiltered(): boolean {
    return this.#filter !== undefined
  }

  /** JSON as `--jq` or `--template` has it. It fails at the end of the command, and not in the midst of a change. */
  filtered(json: string): string {
    if (!this.#filter || this.failure) return this.#filter ? '' : json
    try {
      return this.#filter(json)
    } catch (error) {
      this.failure = asK1Error(error)
      return ''
    }
  }

  /** What `layout` made, on stdout; through the pager where it is longer than the terminal. */
  async show(text: string): Promise<void> {
    if (!(await this.#paged(this.#app.stdout, text))) this.write(text)
  }

  /** The same for talk that must be seen. */
  async tell(text: string): Promise<void> {
    if (!(await this.#paged(this.#app.stderr, text))) this.warn(text)
  }

  async #paged(screen: Screen, text: string): Promise<boolean> {
    if (!this.#canPage || screen.rows === undefined) return false
    const fitted = screen.fitted(trimLines(text))
    return fitted.split('\n').length > screen.rows - rowsKept && (await this.#app.page(`${fitted}\n`))
  }

  json(value: unknown): void {
    this.machine(`${jsonText(value, this.format === 'ndjson' ? 0 : 2)}\n`)
  }

  /** A line for a person, on stderr; `--quiet` silences it. */
  say(text: string): void {
    if (!this.quiet) this.#app.stderr.writeLine(text)
  }

  /** Talk that must be seen even under `--quiet`. */
  warn(text: string): void {
    this.#app.stderr.writeLine(text)
  }

  async records<T>(
    records: readonly T[],
    columns: readonly Column<T>[],
    empty: string,
    paint?: (title: string, text: string) => string,
    /** What a person needs for reading the table: above it, where somebody who turns pages begins. */
    legend?: string,
  ): Promise<void> {
    const width = this.#app.stdout.isTTY ? this.#app.stdout.columns : undefined
    const fit = this.#app.stdout.forCell
    const view = { records, columns, empty, fit, ...(paint ? { paint } : {}), ...(width ? { width } : {}) }
    const text = await renderRecords(view, this.format)
    if (this.format === 'table') await this.show(legend ? layout`${legend}\n\n${text}` : text)
    else this.machine(text)
  }
}

/** The call itself, what is said behind it, and the prompt. */
const rowsKept = 3

function formatOf(words: Words, preferred: string | undefined): Format {
  const named = words.text('output')
  if (words.flag('json') && named !== undefined && named !== 'json')
    throw new K1Error('usage', `--json and --output ${named} contradict each other.`)
  const filter = filterNames.find(name => words.text(name) !== undefined)
  if (filter) refuseUnlessJson(words, filter)
  if (words.flag('json')) return 'json'
  if (filter) return named === 'ndjson' ? 'ndjson' : 'json'
  const wanted = named ?? preferred ?? 'table'
  const format = formats.find(f => f === wanted)
  if (format) return format
  throw new K1Error(
    'usage',
    `${named === undefined ? 'K1CTL_OUTPUT' : '--output'} takes ${formats.join(', ')}, not "${wanted}".`,
  )
}

/** A filter goes over JSON, and SARIF is JSON. */
function refuseUnlessJson(words: Words, filter: string): void {
  for (const name of ['output', 'format'] as const) {
    const named = words.text(name)
    if (named === undefined || ['json', 'ndjson', 'sarif'].includes(named)) continue
    throw new K1Error('usage', `--${filter} goes over JSON: it and --${name} ${named} contradict each other.`)
  }
}

/** `CI=1` or `CI=true` is set, `CI=`, `CI=0` and `CI=false` are not. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
