import { type ChildProcess, spawn } from 'node:child_process'
import type { Env } from './app.ts'

interface PagerOptions {
  env: Env
  platform: string
  /** Aborts when k1ctl is asked to end: the pager ends with it. */
  signal: AbortSignal
  /** Runs work while Ctrl-C is the pager's: a second one would end k1ctl and leave the pager behind. */
  withoutInterrupts<T>(work: () => Promise<T>): Promise<T>
}

/** What less does: ends where all fits, lets colours through, leaves the text on the screen, and says how to leave. */
const less = '-F -R -X -Ps?eEnd, q leaves:Space turns the page, / searches, q leaves.$'

/** Exit codes of a shell that could not find, or could not run, a command. */
const notRun = [126, 127]

/**
 * Shows a text in the person's pager: `K1CTL_PAGER`, else `PAGER`, else `less`. An empty one and `cat` mean none. Whoever
 * leaves it early has seen enough, which is no failure.
 * @returns false where nothing was shown, because there is no pager
 */
export async function page(text: string, { env, platform, signal, withoutInterrupts }: PagerOptions): Promise<boolean> {
  const named = env.K1CTL_PAGER ?? env.PAGER
  const command = named?.trim() ?? (platform === 'win32' ? '' : 'less')
  if (command === '' || command === 'cat' || signal.aborted) return false
  const child = spawn(command, [], {
    stdio: ['pipe', 'inherit', 'inherit'],
    env: { LESS: less, LV: '-c', ...env },
    shell: named !== undefined,
  })
  return withoutInterrupts(() => shown(child, text, signal))
}

function shown(child: ChildProcess, text: string, signal: AbortSignal): Promise<boolean> {
  const end = () => void child.kill()
  signal.addEventListener('abort', end, { once: true })
  return new Promise<boolean>(resolve => {
    child.on('error', () => resolve(false))
    child.on('close', code => resolve(code === null || !notRun.includes(code)))
    child.stdin?.on('error', () => {})
    child.stdin?.end(text)
  }).finally(() => signal.removeEventListener('abort', end))
}
