import { spawn } from 'node:child_process'
import { K1Error } from '../../core/errors.ts'

export interface ToolRun {
  code: number | null
  stdout: Buffer
  /** What it complained of, on one line. */
  said: string
}

/** Beyond that, what it prints is nothing that was asked for. */
const mostBytes = 1 << 20

/**
 * Runs a program that the machine has, without a shell. It sees no setting of k1ctl; what it asks a person it asks at
 * the terminal by itself.
 * @throws K1Error `not-set-up` when it is not there, `cancelled`
 */
export function runTool(
  program: string,
  args: readonly string[],
  { env, signal, stdin }: { env: Readonly<Record<string, string | undefined>>; signal: AbortSignal; stdin?: Buffer },
): Promise<ToolRun> {
  const given = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('K1CTL_')))
  return new Promise((resolve, reject) => {
    if (signal.aborted) throw cancelled()
    const child = spawn(program, args, { env: given, signal, windowsHide: true })
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    const keep = (parts: Buffer[]) => (part: Buffer) => {
      if (parts.reduce((sum, { length }) => sum + length, 0) < mostBytes) parts.push(part)
    }
    child.stdout.on('data', keep(out))
    child.stderr.on('data', keep(err))
    // It may end before it has read all of it; how it ended says what came of that.
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
    child.once('error', (error: NodeJS.ErrnoException) =>
      reject(signal.aborted ? cancelled() : missing(program, error)),
    )
    child.once('close', code => {
      const said = Buffer.concat(err)
        .toString('utf8')
        .trim()
        .replaceAll(/\s*\n\s*/g, '; ')
      resolve({ code, stdout: Buffer.concat(out), said })
    })
  })
}

function cancelled(): K1Error {
  return new K1Error('cancelled', 'Cancelled.')
}

function missing(program: string, error: NodeJS.ErrnoException): K1Error {
  const why = error.code === 'ENOENT' ? 'is not installed here, or not on the PATH' : `cannot be run (${error.code})`
  return new K1Error('not-set-up', `${program} ${why}.`, {
    hint:
      program === 'ssh-keygen'
        ? 'It comes with OpenSSH: package openssh-client.'
        : 'It comes with OpenSSL: package openssl.',
    facts: { program },
    cause: error,
  })
}
