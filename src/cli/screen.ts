import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import { laidOut, onScreen, trimLines } from '../render/layout.ts'
import type { OutStream } from './app.ts'

/** The streams behind the screens; only what draws by itself (a spinner, a question) may have one. */
const streams = new WeakMap<Screen, OutStream>()
const screens = new WeakMap<OutStream, Screen>()

/**
 * The one border to stdout and stderr. Commands never have the stream itself, so no text comes out but through here:
 * secrets hidden, and of line ends and colours only those that k1ctl itself laid out. A plain string is one line.
 */
export class Screen {
  readonly #stream: OutStream

  constructor(stream: OutStream) {
    this.#stream = stream
    streams.set(this, stream)
  }

  get isTTY(): boolean {
    return this.#stream.isTTY === true
  }

  get columns(): number | undefined {
    return this.#stream.columns
  }

  /** One line, which may end with a line end, or what `layout` made. */
  write(text: string): void {
    const ends = text.endsWith('\n')
    this.#stream.write(onScreen(redact(ends ? text.slice(0, -1) : text)) + (ends ? '\n' : ''))
  }

  /** One line, or what `layout` made; with or without its line end. */
  writeLine(text: string): void {
    this.#stream.write(`${onScreen(redact(trimLines(text)))}\n`)
  }

  /**
   * A finished document of lines (JSON, CSV, a report), whose renderer has hidden secrets: hiding them here could break
   * its syntax.
   */
  document(text: string): void {
    this.#stream.write(text.includes('\r\n') ? text.split('\r\n').map(printable).join('\r\n') : onScreen(laidOut(text)))
  }

  /** Puts a line over the one that was put there before, and leaves the cursor in it. Empty: takes it away. */
  overwrite(text: string): void {
    this.#stream.write(`\r${onScreen(redact(text))}\u001b[K`)
  }
}

export function screenOver(stream: OutStream): Screen {
  const screen = screens.get(stream) ?? new Screen(stream)
  screens.set(stream, screen)
  return screen
}

/** For a library that draws: it must be given texts that went through `onScreen` and nothing else. */
export function streamBehind(screen: Screen): NodeJS.WriteStream {
  return streams.get(screen) as NodeJS.WriteStream
}
