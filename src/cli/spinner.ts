import { onScreen } from '../render/layout.ts'
import type { App } from './app.ts'
import type { Context } from './command.ts'
import { type Screen, streamBehind } from './screen.ts'

/** What spins on a stream now, so that a question can silence it. */
const spinners = new WeakMap<Screen, Spinner>()

/** Shows a spinner on stderr while `work` runs longer than a blink; nothing off a terminal. */
export async function spinning<T>({ app, output }: Context, text: string, work: () => Promise<T>): Promise<T> {
  if (app.stderr.isTTY !== true || output.quiet || output.forMachine) return work()
  const spinner = new Spinner(text, app, output.talk.level > 0)
  spinners.set(app.stderr, spinner)
  try {
    return await work()
  } finally {
    spinner.end()
    spinners.delete(app.stderr)
  }
}

/** Runs `work`, which talks to the person, with the spinner out of the way. */
export async function quietly<T>(app: App, work: () => Promise<T>): Promise<T> {
  const spinner = spinners.get(app.stderr)
  spinner?.hold()
  try {
    return await work()
  } finally {
    spinner?.release()
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

class Spinner {
  readonly #timer: NodeJS.Timeout
  #shown: { start(): unknown; stop(): unknown } | undefined
  #held = false
  #over = false

  constructor(text: string, app: App, isColoured: boolean) {
    this.#timer = setTimeout(async () => {
      const { default: ora } = await import('ora')
      this.#shown = ora({
        text: onScreen(text),
        stream: streamBehind(app.stderr),
        discardStdin: false,
        color: isColoured ? 'cyan' : false,
      })
      this.#update()
    }, blinkMs)
  }

  hold(): void {
    this.#held = true
    this.#update()
  }

  release(): void {
    this.#held = false
    this.#update()
  }

  end(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#update()
  }

  #update(): void {
    if (this.#held || this.#over) this.#shown?.stop()
    else this.#shown?.start()
  }
}
