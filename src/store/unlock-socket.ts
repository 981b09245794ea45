import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, type Stats } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { K1Error } from '../core/errors.ts'
import { storageCodeOf } from './storage-error.ts'

export interface SocketPlace {
  env: Readonly<Record<string, string | undefined>>
  /** Where XDG_RUNTIME_DIR names no folder that is safe. */
  temporary: string
  /** Absent where the platform has no user ids, and so no way to tell whose a socket is. */
  user: number | undefined
  /** Of the sealed secrets: each have a socket of their own. */
  path: string
}

/** What a socket's address may be long, on the systems with the least room (macOS: 104 bytes with the end). */
const longest = 103

/**
 * Where the agent listens that keeps the key of these sealed secrets: in a folder that only this user can enter. Node
 * does not tell who is at the other end of a socket, so it is the folder that keeps others out, and in which nobody
 * else can plant a socket.
 * @param make whether to make the folder
 * @throws K1Error `refused` when it cannot be had safely
 */
export function unlockSocket({ env, temporary, user, path }: SocketPlace, make = false): string {
  if (user === undefined) {
    throw new K1Error('refused', 'Unlocking for a time is not offered on this platform.', {
      hint: 'Keep secrets in the keyring: k1ctl connect <system> --keep keyring; or set K1CTL_PASSPHRASE.',
    })
  }
  const folder = folderFor(env.XDG_RUNTIME_DIR, temporary, user)
  if (make) makeFolder(folder)
  const found = look(folder)
  if (found) requireOwn(folder, found, user)
  const socket = join(folder, `${createHash('sha256').update(path).digest('hex').slice(0, 16)}.sock`)
  if (Buffer.byteLength(socket) <= longest) return socket
  throw new K1Error('refused', `The folder ${folder} has too long a name for a socket.`, {
    hint: 'Set XDG_RUNTIME_DIR to a folder of yours with a short name.',
  })
}

/** Whether this is a socket of this user alone. */
export function isOwnSocket(socket: string, user: number | undefined): boolean {
  const found = look(socket)
  return found?.isSocket() === true && found.uid === user && (found.mode & 0o077) === 0
}

function folderFor(runtime: string | undefined, temporary: string, user: number): string {
  if (runtime && isAbsolute(runtime) && isSafeAbove(runtime, user)) return join(runtime, 'k1ctl')
  if (isSafeAbove(temporary, user)) return join(temporary, `k1ctl-${user}`)
  throw new K1Error('refused', 'There is no folder here in which nobody else could plant a socket.', {
    hint: 'Set XDG_RUNTIME_DIR to a folder that belongs to you and that others may not write to.',
    facts: { temporary },
  })
}

/** A folder in which nobody else can rename or replace what is this user's. */
function isSafeAbove(folder: string, user: number): boolean {
  const found = look(folder)
  if (!found?.isDirectory() || (found.uid !== user && found.uid !== 0)) return false
  return (found.mode & 0o022) === 0 || (found.mode & 0o1000) !== 0
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (storageCodeOf(error) !== 'EEXIST') {
      throw new K1Error('refused', `The folder ${folder} could not be made.`, { cause: error, facts: { folder } })
    }
  }
}

function requireOwn(folder: string, found: Stats, user: number): void {
  if (found.isDirectory() && found.uid === user && (found.mode & 0o077) === 0) return
  throw new K1Error('refused', `${folder} is not a folder of yours alone: somebody else may have put it there.`, {
    hint: 'Have it removed, or set XDG_RUNTIME_DIR to a folder that belongs to you alone.',
    facts: { folder, owner: found.uid, mode: (found.mode & 0o777).toString(8).padStart(4, '0') },
  })
}

function look(path: string): Stats | undefined {
  try {
    return lstatSync(path)
  } catch {
    return undefined
  }
}
