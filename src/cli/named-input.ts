import { close, constants, createReadStream, fstat, open } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { promisify } from 'node:util'
import { K1Error } from '../core/errors.ts'

/** More than any plan, key or certificate; what is read as a whole ends here. */
const mostBytes = 64 << 20

/**
 * Opens a file that the operator named, whatever it is, so that the reading ends as soon as the signal aborts. A plain
 * `open` of a FIFO waits for a writer in a thread that nobody can stop, and the process cannot end before it.
 * @throws the system's error, or K1Error `usage` for a folder
 */
export async function openInput(path: string, signal?: AbortSignal): Promise<Readable> {
  const fd = await promisify(open)(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const found = await promisify(fstat)(fd)
  if (found.isDirectory()) {
    await promisify(close)(fd)
    throw new K1Error('usage', `${path} is a folder, not a file.`, { facts: { path } })
  }
  const stream = await streamOver(fd, found.isFIFO(), found.isCharacterDevice())
  return signal === undefined ? stream : addAbortSignal(signal, stream)
}

async function streamOver(fd: number, isPipe: boolean, isDevice: boolean): Promise<Readable> {
  if (isPipe) {
    const { Socket } = await import('node:net')
    return new Socket({ fd, readable: true, writable: false })
  }
  if (isDevice) {
    const { isatty, ReadStream } = await import('node:tty')
    if (isatty(fd)) return new ReadStream(fd)
  }
  return createReadStream('', { fd })
}

/** All of such a file as text. @throws K1Error `usage`; `cancelled` when the signal aborts */
export async function readInput(path: string, signal: AbortSignal): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  try {
    for await (const part of await openInput(path, signal)) {
      const bytes = Buffer.from(part)
      size += bytes.length
      if (size > mostBytes) throw new K1Error('usage', `${path} is larger than ${mostBytes >> 20} MiB.`)
      parts.push(bytes)
    }
  } catch (error) {
    if (error instanceof K1Error) throw error
    throwIfCancelled(signal, error)
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new K1Error('usage', `${path} cannot be read (${code}).`, { cause: error, hint: 'Check the path.' })
  }
  return Buffer.concat(parts).toString('utf8')
}

/** SHA-256 of such a file, as 64 hex digits. @throws K1Error `usage`; `cancelled` when the signal aborts */
export async function hashInput(path: string, signal: AbortSignal): Promise<string> {
  const { createHash } = await import('node:crypto')
  const hash = createHash('sha256')
  try {
    for await (const part of await openInput(path, signal)) hash.update(part)
  } catch (error) {
    if (error instanceof K1Error) throw error
    throwIfCancelled(signal, error)
    throw new K1Error('usage', `${path} cannot be read.`, { cause: error, hint: 'Check the path.' })
  }
  return hash.digest('hex')
}

/** @throws K1Error `cancelled` when it was not the reading that failed */
export function throwIfCancelled(signal: AbortSignal | undefined, cause: unknown): void {
  if (signal?.aborted) throw new K1Error('cancelled', 'Nothing was changed.', { cause })
}
