import type { ChalkInstance } from 'chalk'
import { K1Error } from '../core/errors.ts'
import { jsonText } from '../core/json.ts'
import { type Column, type Format, formats, renderRecords } from '../render/records.ts'
import { styleFor } from '../render/style.ts'
import { shortTimes } from '../render/time.ts'
import type { App } from './app.ts'
import type { Words } from './words.ts'

/** stdout is data, stderr is talk. Everything that is printed goes through here. */
export class Output {
  readonly format: Format
  readonly quiet: boolean
  /** May a person be asked? A terminal on both ends, no `--no-input`, no `CI`, and no machine output. */
  readonly canAsk: boolean
  /** Colours for stdout and for stderr. */
  readonly data: ChalkInstance
  readonly talk: ChalkInstance
  readonly #app: App

  constructor(app: App, words: Words) {
    this.#app = app
    this.format = formatOf(words)
    this.quiet = words.flag('quiet')
    this.data = styleFor(app.stdout, app.env)
    this.talk = styleFor(app.stderr, app.env)
    const terminal = app.stdin.isTTY === true && app.stderr.isTTY === true
    this.canAsk = terminal && words.allowed('input') && !isSet(app.env.CI) && this.format === 'table'
  }

  /** True when a program reads stdout. */
  get forMachine(): boolean {
    return this.format !== 'table'
  }

  /** One line, or what `layout` made. At a terminal times are short; elsewhere, and in what a program reads, ISO. */
  write(text: string): void {
    const { stdout } = this.#app
    stdout.write(stdout.isTTY === true ? this.#short(text) : text)
  }

  /** Of a time of today the hour is enough. */
  #short(text: string): string {
    return shortTimes(text, this.#app.clock.now().toISOString())
  }

  /** A finished text of many lines, in which secrets are hidden already. */
  document(text: string): void {
    this.#app.stdout.document(text)
  }

  json(value: unknown): void {
    this.document(`${jsonText(value, this.format === 'ndjson' ? 0 : 2)}\n`)
  }

  /** A line for a person, on stderr; `--quiet` silences it. */
  say(text: string): void {
    if (!this.quiet) this.warn(text)
  }

  /** Talk that must be seen even under `--quiet`. */
  warn(text: string): void {
    const { stderr } = this.#app
    stderr.writeLine(stderr.isTTY === true ? this.#short(text) : text)
  }

  async records<T>(
    records: readonly T[],
    columns: readonly Column<T>[],
    empty: string,
    paint?: (title: string, text: string) => string,
  ): Promise<void> {
    const width = this.#app.stdout.isTTY ? this.#app.stdout.columns : undefined
    const view = { records, columns, empty, ...(paint ? { paint } : {}), ...(width ? { width } : {}) }
    const text = await renderRecords(view, this.format)
    // Its columns are laid out already: whoever fills a cell says how long a time is.
    if (this.format === 'table') this.#app.stdout.write(text)
    else this.document(text)
  }
}

function formatOf(words: Words): Format {
  const named = words.text('output')
  if (words.flag('json')) {
    if (named !== undefined && named !== 'json')
      throw new K1Error('usage', `--json and --output ${named} contradict each other.`)
    return 'json'
  }
  if (named === undefined) return 'table'
  const format = formats.find(f => f === named)
  if (format) return format
  throw new K1Error('usage', `--output takes ${formats.join(', ')}, not "${named}".`)
}

/** `CI=1` or `CI=true` is set, `CI=`, `CI=0` and `CI=false` are not. */
function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false'
}
