import { stripVTControlCharacters } from 'node:util'
import { describe, onTestFinished } from 'vitest'
import { commandFile, environment } from '../process/built-command.ts'

export const keys = {
  enter: '\r',
  down: '\x1b[B',
  ctrlC: '\x03',
  ctrlT: '\x14',
  escape: '\x1b',
  backspace: '\x7f',
} as const

/** `k1ctl` in a pseudo-terminal, and a person in front of it. */
export interface Terminal {
  pid: number
  /** All that was written to the terminal, with its escape sequences. */
  raw(): string
  /** The same as plain text, frame after frame. */
  text(): string
  /** Waits until this appears after what was last seen. @throws Error with the screen when it does not. */
  sees(what: string | RegExp): Promise<void>
  type(text: string): void
  /** Types an answer and presses Enter. */
  answer(text: string): void
  /** The exit code. */
  ended: Promise<number>
}

export interface TerminalOptions {
  columns?: number
  rows?: number
  env?: Record<string, string>
  /** Left out of the environment. */
  without?: readonly string[]
}

const pty = await import('@lydell/node-pty').then(
  library => ({ library, why: '' }),
  (error: unknown) => ({ library: null, why: error instanceof Error ? error.message : String(error) }),
)
const works = pty.library ? tryOne(pty.library) : pty.why
if (works !== true) console.warn(`The tests in a terminal are left out, for there is no pseudo-terminal here: ${works}`)

/** A `describe` that is left out, with a printed reason, where there is no pseudo-terminal. */
export const describeInTerminal = describe.skipIf(works !== true)

function tryOne(library: typeof import('@lydell/node-pty')): true | string {
  try {
    library.spawn(process.execPath, ['--version'], {}).kill()
    return true
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const patience = 15_000

export function openTerminal(words: readonly string[], home: string, options: TerminalOptions = {}): Terminal {
  if (!pty.library) throw new Error(pty.why)
  const env: Record<string, string> = {
    ...environment(home),
    TERM: 'xterm-256color',
    K1CTL_PAGER: '',
    ...options.env,
  }
  for (const name of options.without ?? []) delete env[name]
  const terminal = pty.library.spawn(process.execPath, [commandFile, ...words], {
    cols: options.columns ?? 120,
    rows: options.rows ?? 40,
    cwd: home,
    env,
  })
  let raw = ''
  let seen = 0
  let code: number | undefined
  terminal.onData(data => {
    raw += data
  })
  const ended = new Promise<number>((resolve, reject) => {
    const late = setTimeout(() => {
      terminal.kill('SIGKILL')
      reject(new Error(`k1ctl ${words.join(' ')} did not end. On the screen:\n${stripVTControlCharacters(raw)}`))
    }, 30_000)
    terminal.onExit(({ exitCode }) => {
      clearTimeout(late)
      code = exitCode
      // What was written last may still be under way.
      setTimeout(() => resolve(exitCode), 50)
    })
  })
  ended.catch(() => {})
  onTestFinished(() => {
    if (code === undefined) terminal.kill('SIGKILL')
  })
  const text = () => stripVTControlCharacters(raw).replaceAll('\r', '')

  return {
    pid: terminal.pid,
    raw: () => raw,
    text,
    async sees(what) {
      const until = Date.now() + patience
      for (;;) {
        const rest = text().slice(seen)
        const found = typeof what === 'string' ? rest.indexOf(what) : rest.search(what)
        if (found >= 0) {
          seen += found + (typeof what === 'string' ? what.length : (what.exec(rest)?.[0].length ?? 0))
          return
        }
        if (Date.now() > until || code !== undefined) {
          const state = code === undefined ? 'waits' : `ended with ${code}`
          throw new Error(`The terminal never showed ${what}; k1ctl ${state}. After what was seen before:\n${rest}`)
        }
        await new Promise(resolve => setTimeout(resolve, 20))
      }
    },
    type: typed => terminal.write(typed),
    answer: typed => terminal.write(`${typed}${keys.enter}`),
    ended,
  }
}
