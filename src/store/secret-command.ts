import { spawn } from 'node:child_process'
import { K1Error } from '../core/errors.ts'

/** A vault may ask for a finger; longer than that nobody is there. In milliseconds. */
const patienceMs = 30_000
const mostBytes = 1 << 20

export interface SecretCommandOptions {
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  /** 30 s. */
  deadlineMs?: number
}

/**
 * Runs a vault's own tool, without a shell, and answers what it printed. What it printed is a secret: no error has any
 * of it, nor of what the tool complained of. It does not see the secrets of k1ctl itself.
 * @throws K1Error `not-set-up` when it fails or prints nothing, `cancelled`
 */
export async function runSecretCommand(
  [program = '', ...args]: readonly string[],
  { env, signal, deadlineMs = patienceMs }: SecretCommandOptions,
): Promise<string> {
  const given = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('K1CTL_')))
  const child = spawn(program, args, { env: given, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true })
  const parts: Buffer[] = []
  let size = 0
  let timer: NodeJS.Timeout | undefined
  let onAbort: (() => void) | undefined
  try {
    const ended = await new Promise<string>(resolve => {
      timer = setTimeout(() => resolve(`did not answer within ${deadlineMs / 1000} s`), deadlineMs)
      onAbort = () => resolve('was cancelled')
      if (signal.aborted) onAbort()
      signal.addEventListener('abort', onAbort, { once: true })
      child.stdout.on('data', (part: Buffer) => {
        size += part.length
        if (size > mostBytes) resolve('printed more than 1 MiB')
        else parts.push(part)
      })
      child.once('error', (error: NodeJS.ErrnoException) => resolve(whyNot(error.code)))
      child.once('close', (code, killed) => resolve(code === 0 ? '' : `ended with ${killed ?? code}`))
    })
    if (signal.aborted) throw new K1Error('cancelled', 'Cancelled.')
    if (ended !== '') throw failed(program, ended)
    const text = Buffer.concat(parts)
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim()
    if (text === '') throw failed(program, 'printed nothing')
    return text
  } finally {
    clearTimeout(timer)
    if (onAbort) signal.removeEventListener('abort', onAbort)
    child.kill('SIGKILL')
    child.stdout.destroy()
  }
}

function whyNot(code: string | undefined): string {
  return code === 'ENOENT' ? 'is not installed here, or not on the PATH' : `could not be run (${code ?? 'unknown'})`
}

function failed(program: string, why: string): K1Error {
  return new K1Error('not-set-up', `The secret command ${program} ${why}.`, {
    hint: 'Run it by yourself: it has to print the secret, and nothing else, without asking. Is the vault unlocked?',
    facts: { program },
  })
}
