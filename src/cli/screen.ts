import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import { asciiOnly, isAsciiLocale } from '../render/ascii.ts'
import { laidOut, onScreen, trimLines } from '../render/layout.ts'

/** A stream as the process has it; commands see a `Screen` over it. */
export interface OutStream {
  isTTY?: boolean
  columns?: number | undefined
  rows?: number | undefined
  write(text: string): unknown
}

/** The streams behind the screens; only what draws by itself (a spinner, a question) may have one. */
const streams = new WeakMap<Screen, OutStream>()
const screens = new WeakMap<OutStream, Screen>()

/** The line that a person waits before, and the screen that it stands on: stdout and stderr are one terminal. */
let standing: { screen: Screen; text: string } | undefined

/**
 * The one border to stdout and stderr. Commands never have the stream itself, so no text comes out but through here:
 * secrets hidden, and of line ends and colours only those that k1ctl itself laid out. A plain string is one line.
 */
export class Screen {
  readonly #stream: OutStream
  readonly isAscii: boolean
  /** How a word in a table is made fit for whoever sits at a terminal. */
  forCell: (text: string) => string = text => text
  #forReader: ((text: string) => string) | undefined

  constructor(stream: OutStream, isAscii = false) {
    this.#stream = stream
    this.isAscii = isAscii
    streams.set(this, stream)
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true
  }

  get columns(): number | undefined {
    return this.#stream.columns
  }

  get rows(): number | undefined {
    return this.#stream.rows
  }

  /** How lines are made fit for whoever sits at a terminal: short times, wrapped at its width. Never asked off one. */
  set forReader(fit: (text: string) => string) {
    if (this.isTTY) this.#forReader = fit
  }

  /** One line, which may end with a line end, or what `layout` made. */
  write(text: string): void {
    const ends = text.endsWith('\n')
    this.#put(this.#fit(onScreen(redact(ends ? text.slice(0, -1) : text))) + (ends ? '\n' : ''))
  }

  /** One line, or what `layout` made; with or without its line end. */
  writeLine(text: string): void {
    this.#put(`${this.#fit(onScreen(redact(trimLines(text))))}\n`)
  }

  /** What `write` would put on the screen, for whoever shows it otherwise. */
  fitted(text: string): string {
    return this.#fit(onScreen(redact(text)))
  }

  /**
   * A finished document of lines (JSON, CSV, a report), whose renderer has hidden secrets: hiding them here could break
   * its syntax.
   */
  document(text: string): void {
    this.#put(text.includes('\r\n') ? text.split('\r\n').map(printable).join('\r\n') : onScreen(laidOut(text)))
  }

  /** A document of lines whose tabs part columns: they drive no terminal. */
  tabbed(text: string): void {
    const parts = text.split('\t').map(part => onScreen(laidOut(part)))
    this.#put(parts.join('\t'))
  }

  /** Puts a line over the one that was put there before, and leaves the cursor in it. Empty: takes it away. */
  overwrite(text: string): void {
    if (text === '' && !standing) return
    standing = text === '' ? undefined : { screen: this, text }
    this.#draw(text)
  }

  #fit(text: string): string {
    return this.#forReader ? this.#forReader(text) : text
  }

  /** A line that stands is out of the way of what is written, and below it again afterwards. */
  #put(text: string): void {
    if (standing && this.isTTY) standing.screen.#draw('')
    this.#stream.write(text)
    if (standing && this.isTTY && text.endsWith('\n')) standing.screen.#draw(standing.text)
  }

  #draw(text: string): void {
    this.#stream.write(`\r${onScreen(redact(text))}\u001b[K`)
  }
}

/** @param env tells whether a terminal has more than ASCII; files and pipes always have UTF-8 */
export function screenOver(stream: OutStream, env: Readonly<Record<string, string | undefined>> = {}): Screen {
  const isAscii = stream.isTTY === true && isAsciiLocale(env)
  const screen = screens.get(stream) ?? new Screen(isAscii ? inAscii(stream) : stream, isAscii)
  screens.set(stream, screen)
  return screen
}

/** For a library that draws: it must be given texts that went through `onScreen` and nothing else. */
export function streamBehind(screen: Screen): NodeJS.WriteStream {
  return streams.get(screen) as NodeJS.WriteStream
}

/** The stream, to which all that is written goes in ASCII, whoever writes it. */
function inAscii(stream: OutStream): OutStream {
  return new Proxy(stream, {
    get(target, name) {
      if (name === 'write') {
        return (chunk: string | Uint8Array, ...rest: unknown[]) =>
          (target.write as (...args: unknown[]) => unknown).call(
            target,
            asciiOnly(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()),
            ...rest,
          )
      }
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
