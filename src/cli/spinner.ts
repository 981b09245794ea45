import { onScreen } from '../render/layout.ts'
import type { App } from './app.ts'
import type { Context } from './command.ts'
import { type Screen, streamBehind } from './screen.ts'

/** What stands on a stream now, so that a question can silence it. */
const waits = new WeakMap<Screen, WaitLine>()

/** What takes long now, by whom it is done for. */
const doings = new WeakMap<App, string>()

/** Says in the line of whoever waits, if any, how far something is that takes long; undefined: it is over. */
export function noteDoing(app: App, what: string | undefined): void {
  if (what === undefined) doings.delete(app)
  else doings.set(app, what)
}

/**
 * Shows on stderr what is waited for, while `work` runs longer than a blink; nothing off a terminal.
 * @param text may change while it stands
 */
export async function spinning<T>(context: Context, text: string | (() => string), work: () => Promise<T>): Promise<T> {
  const line = standLine(context, typeof text === 'string' ? () => text : text)
  try {
    return await work()
  } finally {
    line?.end()
  }
}

/** A line that stands below all else on stderr until it is ended; undefined where nobody would see it. */
export function standLine({ app, output }: Context, text: () => string): WaitLine | undefined {
  if (app.stderr.isTTY !== true || output.quiet || output.forMachine) return undefined
  return new WaitLine(app, text, words => output.talk.dim(words))
}

/** Runs `work`, which talks to the person, with that line out of the way. */
export async function quietly<T>(app: App, work: () => Promise<T>): Promise<T> {
  const line = waits.get(app.stderr)
  line?.hold()
  try {
    return await work()
  } finally {
    line?.release()
  }
}

/** Something that goes on until it is told how it ended, with a line that says so. */
export interface Wait {
  succeed(text: string): void
  fail(text: string): void
}

/** Shows at once that something is waited for. */
export async function startWait({ app, output }: Context, text: string): Promise<Wait> {
  const { default: ora } = await import('ora')
  const color = output.talk.level > 0 ? 'cyan' : false
  const shown = ora({ text: onScreen(text), stream: streamBehind(app.stderr), color }).start()
  return {
    succeed: end => void shown.succeed(onScreen(end)),
    fail: end => void shown.fail(onScreen(end)),
  }
}

const blinkMs = 150
const turnMs = 120
/** After so many seconds it is said how long, and that whoever does not want to wait may go. */
const longSeconds = 3
const turns = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const

/** One line that says what is waited for, and for how long. It never takes more than one line of the terminal. */
export class WaitLine {
  readonly #app: App
  readonly #text: () => string
  readonly #style: (text: string) => string
  readonly #before: WaitLine | undefined
  readonly #begun = performance.now()
  #timer: NodeJS.Timeout
  #turn = 0
  #held = false
  #over = false

  constructor(app: App, text: () => string, style: (text: string) => string) {
    this.#app = app
    this.#text = text
    this.#style = style
    this.#before = waits.get(app.stderr)
    this.#before?.hold()
    waits.set(app.stderr, this)
    this.#timer = setTimeout(() => {
      this.#draw()
      this.#timer = setInterval(() => this.#draw(), turnMs).unref()
    }, blinkMs).unref()
  }

  hold(): void {
    this.#held = true
    this.#app.stderr.overwrite('')
  }

  release(): void {
    this.#held = false
  }

  end(): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#timer)
    clearInterval(this.#timer)
    if (waits.get(this.#app.stderr) === this) {
      if (this.#before) waits.set(this.#app.stderr, this.#before)
      else waits.delete(this.#app.stderr)
    }
    this.#app.stderr.overwrite('')
    this.#before?.release()
  }

  #draw(): void {
    if (this.#held || this.#over) return
    const { stderr, signal } = this.#app
    const sign = turns[this.#turn++ % turns.length] ?? ''
    const seconds = Math.floor((performance.now() - this.#begun) / 1000)
    const doing = doings.get(this.#app)
    const end = signal.aborted
      ? ' · stopping: what was sent is waited for'
      : seconds >= longSeconds || doing !== undefined
        ? ` · ${seconds} s · Ctrl-C is safe`
        : ''
    const room = (stderr.columns ?? 80) - 1
    const text = [doing, this.#text()].filter(one => one !== undefined).join(' · ')
    stderr.overwrite(this.#style(fitting(`${sign} ${text}`, end, room)))
  }
}

/** What is waited for gives way to how long. */
function fitting(text: string, end: string, room: number): string {
  const letters = [...stripped(text)]
  const left = Math.max(0, room - end.length)
  const short = letters.length <= left ? letters.join('') : `${letters.slice(0, Math.max(0, left - 1)).join('')}…`
  return (short + end).slice(0, room)
}

function stripped(text: string): string {
  return onScreen(text).replace(/\s+/g, ' ')
}
