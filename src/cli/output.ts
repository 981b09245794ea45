import type { ChalkInstance } from 'chalk'
import { K1Error } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import { type Column, type Format, formats, renderRecords } from '../render/records.ts'
import { styleFor } from '../render/style.ts'
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

  write(text: string): void {
    this.#app.stdout.write(redact(text))
  }

  json(value: unknown): void {
    this.write(this.format === 'ndjson' ? `${JSON.stringify(value)}\n` : `${JSON.stringify(value, null, 2)}\n`)
  }

  /** A line for a person, on stderr; `--quiet` silences it. */
  say(text: string): void {
    if (!this.quiet) this.#app.stderr.write(`${redact(text)}\n`)
  }

  /** Talk that must be seen even under `--quiet`. */
  warn(text: string): void {
    this.#app.stderr.write(`${redact(text)}\n`)
  }

  async records<T>(
    records: readonly T[],
    columns: readonly Column<T>[],
    empty: string,
    paint?: (title: string, text: string) => string,
  ): Promise<void> {
    const width = this.#app.stdout.isTTY ? this.#app.stdout.columns : undefined
    const view = { records, columns, empty, ...(paint ? { paint } : {}), ...(width ? { width } : {}) }
    this.write(await renderRecords(view, this.format))
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
