import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import * as z from 'zod/mini'
import { K1Error } from '../core/errors.ts'
import { redact } from '../core/redact.ts'
import { jsonLine } from './json-line.ts'
import { keyringProgram } from './keyring-program.ts'
import type { PlaceForSecrets } from './place-for-secrets.ts'

export interface KeyringOptions {
  /** The Node executable that runs the child. */
  node: string
  env: Readonly<Record<string, string | undefined>>
  /** For one answer, in milliseconds. */
  deadlineMs?: number
  /** The library, where it is not `@napi-rs/keyring` itself. */
  library?: string
  /** `keyutils` (the kernel's keyring) forgets everything when the machine restarts: only for a trial. */
  linuxStore?: 'secret-service' | 'keyutils'
}

type Verb = 'read' | 'write' | 'remove' | 'probe'

/**
 * What the child gets of the environment: how to reach the session bus, the desktop and the user's own folders, and what
 * a program needs to start at all. Everything else stays out: tokens of CI systems, keys of cloud vendors.
 */
const needed =
  /^(PATH|HOME|USER|LOGNAME|LANG|LC_\w+|TMPDIR|DBUS_SESSION_BUS_ADDRESS|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_\w+|GNOME_KEYRING_CONTROL|SystemRoot|windir|USERNAME|USERDOMAIN|USERPROFILE|APPDATA|LOCALAPPDATA|TEMP|TMP)$/i

const answerSchema = z.union([z.object({ value: z.nullable(z.string()) }), z.object({ error: z.string() })])
const valuesSchema = z.record(z.string(), z.string())

/**
 * The operating system's keyring, in a child process.
 *
 * Where the D-Bus session bus accepts and never answers, the library blocks the thread that calls it for ever, and
 * does so in its constructor, its asynchronous classes too. In a worker thread it would keep this process from
 * ending. Only a process can be ended from outside, so there is one; it starts with the first call and lives as long
 * as this process.
 */
export function openKeyring(options: KeyringOptions): PlaceForSecrets {
  const deadlineMs = options.deadlineMs ?? 2_000
  let child: ChildProcessWithoutNullStreams | undefined
  let stuck = false
  let queue: Promise<unknown> = Promise.resolve()

  function start(): ChildProcessWithoutNullStreams {
    const library = options.library ?? createRequire(import.meta.url).resolve('@napi-rs/keyring')
    // Without a store named, the library falls back to the kernel's keyring on Linux, which a restart empties.
    const entryOptions = JSON.stringify({ linux: { store: options.linuxStore ?? 'secret-service' } })
    const started = spawn(options.node, ['-e', keyringProgram, library, entryOptions], {
      env: Object.fromEntries(Object.entries(options.env).filter(([name]) => needed.test(name))),
      stdio: 'pipe',
      windowsHide: true,
    })
    // Idle, it does not keep this process alive; while a call waits, the timer of the deadline does.
    for (const part of [started, started.stdin, started.stdout, started.stderr]) {
      if ('unref' in part && typeof part.unref === 'function') part.unref()
    }
    started.stderr.resume()
    // A child that died while nobody waited for it is replaced at the next call.
    started.on('error', ignore).on('exit', () => {
      if (child === started) child = undefined
    })
    started.stdin.on('error', ignore)
    return started
  }

  function ask(verb: Verb, ref: string, value?: string): Promise<string | null> {
    const turn = queue.then(() => exchange(verb, ref, value))
    queue = turn.catch(() => undefined)
    return turn
  }

  async function exchange(verb: Verb, ref: string, value: string | undefined): Promise<string | null> {
    if (stuck) throw silent(deadlineMs)
    const line = await talk(jsonLine({ verb, ref, value }))
    const answer = answerSchema.parse(JSON.parse(line))
    if ('value' in answer) return answer.value
    throw failed(answer.error)
  }

  /** Sends one line and awaits one. When that fails, the child is ended, and the next call starts another. */
  function talk(line: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const speaker = child ?? start()
      child = speaker
      const lines = createInterface({ input: speaker.stdout })
      const settle = (): void => {
        clearTimeout(timer)
        lines.close()
        speaker.off('error', onError).off('exit', onExit)
      }
      const giveUp = (error: K1Error): void => {
        settle()
        child = undefined
        speaker.kill('SIGKILL')
        reject(error)
      }
      const onError = (error: Error): void => giveUp(failed(error.message))
      const onExit = (): void => giveUp(failed('the process that speaks to it ended'))
      const timer = setTimeout(() => {
        stuck = true
        giveUp(silent(deadlineMs))
      }, deadlineMs)
      lines.once('line', answer => {
        settle()
        resolve(answer)
      })
      speaker.once('error', onError).once('exit', onExit)
      speaker.stdin.write(line)
    })
  }

  return {
    async write(ref, values) {
      await ask('write', ref, JSON.stringify(values))
    },
    async read(ref) {
      const text = await ask('read', ref)
      if (text === null) return undefined
      try {
        return valuesSchema.parse(JSON.parse(text))
      } catch {
        // The cause stays out of the error: it would quote what was read.
        throw failed(`what it keeps for ${ref} is not what k1ctl wrote`)
      }
    },
    async remove(ref) {
      await ask('remove', ref)
    },
    async probe() {
      await ask('probe', `probe-${randomBytes(4).toString('hex')}`, '{}')
      return { works: true, why: 'the keyring of the operating system takes a secret and gives it back' }
    },
  }
}

function ignore(): void {}

function silent(deadlineMs: number): K1Error {
  return new K1Error('storage', `The keyring did not answer within ${deadlineMs / 1000} s.`, {
    hint: 'Unlock the keyring, or keep the secrets sealed with a passphrase: set K1CTL_PASSPHRASE.',
  })
}

function failed(why: string): K1Error {
  const [firstLine = ''] = redact(why).split('\n')
  return new K1Error('storage', `The keyring cannot be used: ${firstLine}`, {
    hint: 'Unlock the keyring, or keep the secrets sealed with a passphrase: set K1CTL_PASSPHRASE.',
  })
}
