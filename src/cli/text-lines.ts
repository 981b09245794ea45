/** A line of a list. */
export interface TextLine {
  /** From 1. */
  line: number
  text: string
  /** Longer than any row can be; its text is left out. */
  tooLong?: true
}

/** Characters of one line; a list of people has none that comes near. */
export const longestLine = 65_536

/**
 * The lines of a text that comes in pieces, whatever ends them (LF, CRLF, CR), one at a time; what was read may be put
 * back. Keeps one piece and one line in memory.
 */
export class TextLines {
  readonly #pieces: AsyncIterator<string>
  #waiting: TextLine[] = []
  #lines: string[] = []
  #at = 0
  /** The beginning of a line that no piece has ended yet. */
  #rest = ''
  #restTooLong = false
  #number = 0
  #ended = false

  constructor(pieces: AsyncIterable<string>) {
    this.#pieces = pieces[Symbol.asyncIterator]()
  }

  /** Undefined at the end. Answers without a promise when a line is there, because a million promises take a second. */
  next(): TextLine | undefined | Promise<TextLine | undefined> {
    return this.#waiting.pop() ?? this.#buffered() ?? (this.#ended ? undefined : this.#read())
  }

  /** Puts lines back: they come next, in this order. */
  unread(lines: readonly TextLine[]): void {
    this.#waiting.push(...lines.toReversed())
  }

  async close(): Promise<void> {
    await this.#pieces.return?.()
  }

  #buffered(): TextLine | undefined {
    const text = this.#lines[this.#at]
    if (text === undefined) return undefined
    this.#at++
    return this.#numbered(text)
  }

  #numbered(text: string): TextLine {
    const tooLong = this.#restTooLong || text.length > longestLine
    this.#restTooLong = false
    const line = ++this.#number
    return tooLong ? { line, text: '', tooLong } : { line, text }
  }

  async #read(): Promise<TextLine | undefined> {
    for (;;) {
      const piece = await this.#pieces.next()
      if (piece.done) {
        this.#ended = true
        const last = this.#rest.replace(/\r$/, '')
        const any = this.#rest !== '' || this.#restTooLong
        this.#rest = ''
        return any ? this.#numbered(last) : undefined
      }
      const text = this.#rest + piece.value
      // A CR at the end may be half of a CRLF.
      const half = text.endsWith('\r')
      const lines = (half ? text.slice(0, -1) : text).split(/\r\n|\n|\r/)
      this.#rest = (lines.pop() ?? '') + (half ? '\r' : '')
      this.#lines = lines
      this.#at = 0
      const first = this.#buffered()
      if (this.#rest.length > longestLine + 1) {
        this.#rest = half ? '\r' : ''
        this.#restTooLong = true
      }
      if (first) return first
    }
  }
}
