import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { K1Error } from '../core/errors.ts'
import { type Home, prepareFolder } from './home.ts'
import { takeLock } from './lock.ts'
import { lockOf } from './locks.ts'
import type { Processes } from './process-identity.ts'
import { replaceFile } from './replace-file.ts'
import { storageCodeOf, storageError } from './storage-error.ts'

/** How long to wait for somebody to read from a named pipe, in milliseconds. */
const patience = 10_000

/**
 * Writes a file that the operator named. An ordinary one whole or not at all: a new one for this user alone, an older one
 * with its mode; behind a symbolic link it is the target that is written. A pipe or a device (`/dev/stdout`, `/dev/null`)
 * is never replaced: the text goes into it.
 * @param isSecret for this user alone, whatever an older file was; `still`: may throw right before the file is replaced
 * @throws K1Error `usage`; `storage` when the disk is full; `cancelled`
 */
export async function writeNamedFile(
  path: string,
  text: string,
  signal?: AbortSignal,
  { still, isSecret = false }: { still?: () => void; isSecret?: boolean } = {},
): Promise<void> {
  try {
    const there = statSync(path, { throwIfNoEntry: false })
    if (there?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    const target = there && !there.isFile() ? undefined : targetOf(path)
    if (target === undefined) await pour(path, text, signal)
    else replaceFile(target, text, { ...(there && !isSecret && { like: there }), ...(still && { still }) })
  } catch (error) {
    if (error instanceof K1Error) throw error
    const code = storageCodeOf(error)
    if (['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS'].includes(code)) throw storageError('write', path, error)
    const why = code === 'ENXIO' ? 'nobody reads from it' : code
    throw new K1Error('usage', `${path} cannot be written (${why}).`, { cause: error, hint: 'Check the path.' })
  }
}

/** How long to wait for one other k1ctl that changes the same file, in milliseconds. */
const turn = 5_000

/**
 * Runs `work`, which reads the file and writes it anew, while no other k1ctl with this home changes it. The lock lies in
 * the home: nothing of it is seen beside the operator's file. `still` throws once the lock was lost.
 * @throws K1Error `busy` when another one keeps it too long, `storage`
 */
export async function holdNamedFile<T>(
  path: string,
  { home, processes }: { home: Home; processes: Processes },
  work: (still: () => void) => Promise<T>,
): Promise<T> {
  const there = existsSync(path) ? realpathSync(path) : resolve(path)
  const lock = lockOf(home, { kind: 'file', tenant: '', name: there })
  prepareFolder(dirname(lock))
  const held = await takeLock({ path: lock, about: { subject: path, since: new Date() }, processes, patience: turn })
  try {
    return await work(held.still)
  } finally {
    held.release()
  }
}

/** Where the file behind symbolic links lies or would lie; undefined for a stream of this process, such as /dev/fd/3. */
function targetOf(path: string): string | undefined {
  let at = resolve(path)
  for (let links = 0; links < 40; links++) {
    // Linux keeps the open files of a process there, as links that lead to more than they say: proc_pid_fd(5).
    if (/^\/(proc\/[^/]+(\/task\/[^/]+)?|dev)\/fd\//.test(at)) return undefined
    const stat: Stats | undefined = lstatSync(at, { throwIfNoEntry: false })
    if (!stat?.isSymbolicLink()) return at
    at = resolve(dirname(at), readlinkSync(at))
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' })
}

/** Into what is there, without waiting inside a system call: nothing could end that. */
async function pour(path: string, text: string, signal: AbortSignal | undefined): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_APPEND | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0)
  const file = await untilReady(() => openSync(path, flags), 'ENXIO', signal)
  try {
    const bytes = Buffer.from(text)
    for (let done = 0; done < bytes.length; ) {
      const length = Math.min(pipeful, bytes.length - done)
      done += await untilReady(() => writeSync(file, bytes, done, length, null), 'EAGAIN', signal)
    }
  } finally {
    closeSync(file)
  }
}

/** A pipe takes so many bytes in one piece or none (PIPE_BUF of pipe(7)). */
const pipeful = 4_096

async function untilReady<T>(attempt: () => T, notYet: string, signal: AbortSignal | undefined): Promise<T> {
  const until = performance.now() + patience
  for (;;) {
    if (signal?.aborted) throw new K1Error('cancelled', 'Nothing was written.')
    try {
      return attempt()
    } catch (error) {
      if (storageCodeOf(error) !== notYet || performance.now() > until) throw error
    }
    await wait(20)
  }
}
