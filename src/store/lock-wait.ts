import type { SeenLock } from './lock-file.ts'
import type { Processes } from './process-identity.ts'

/** How long something may be waited for without a word, in milliseconds: a second counts from the key that was pressed. */
const silent = 800

/** What is said of one holder that is waited for. */
export interface LockWait {
  subject: string
  holder: SeenLock
  /** Whether it lives; `unknown` when nobody can tell. */
  state: 'alive' | 'unknown'
  /** For so long at most it is waited for, in milliseconds. */
  mostMs: number
}

/** Says on stderr, once for each holder, what is waited for, who holds it, and how long at most. */
export function lockTeller({ tell }: Processes): (wait: LockWait, waitedMs: number) => void {
  const said = new Set<string>()
  return (wait, waitedMs) => {
    if (waitedMs < silent || said.has(wait.holder.token)) return
    said.add(wait.holder.token)
    tell?.(sentenceOf(wait))
  }
}

function sentenceOf({ subject, holder: { path, content }, state, mostMs }: LockWait): string {
  const most = `for ${seconds(mostMs)} at most`
  if (!content) return `Waiting ${most} for ${subject}: of ${path} nobody can tell who left it.`
  const { operator = 'another k1ctl', pid, host } = content
  const who = `${operator} (process ${pid} on ${host})`
  return state === 'alive'
    ? `Waiting ${most} for ${subject}: ${who} is at work on it.`
    : `Waiting ${most} for ${subject}: ${who} holds it, and nobody can tell from here whether that process lives.`
}

/** Says so when `work`, at somebody else's end, takes more than a moment. @param mostMs after which it fails */
export async function tellingSlow<T>(
  { tell }: Pick<Processes, 'tell'>,
  what: string,
  mostMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const timer = setTimeout(() => tell?.(`Waiting for ${seconds(mostMs)} at most: ${what}.`), silent)
  timer.unref()
  try {
    return await work()
  } finally {
    clearTimeout(timer)
  }
}

const seconds = (ms: number): string => {
  const whole = Math.max(1, Math.ceil(ms / 1000))
  return `${whole} second${whole === 1 ? '' : 's'}`
}
