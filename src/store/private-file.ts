import { type BigIntStats, closeSync, fstatSync, readFileSync, statSync } from 'node:fs'
import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import { openRegular, readRegular } from './regular-file.ts'
import { removeStrays, replaceFile } from './replace-file.ts'
import { storageCodeOf, storageError } from './storage-error.ts'

/**
 * The whole text, or undefined when there is no such file. `what` completes "Cannot read …" in an error.
 * @throws K1Error `storage`
 */
export function readPrivateFile(path: string, what: string): string | undefined {
  try {
    return readRegular(path)?.toString('utf8')
  } catch (error) {
    throw storageError(`read ${what}`, path, error)
  }
}

/** A text, and what its file was known by: another stamp is another file, or one that was changed in place. */
export interface StampedText {
  stamp: string
  text: string
}

/**
 * The text of a file that nobody but `user` (a user id; absent where the platform has none) may read or write.
 * @param last what was read before: it is that again while the file is the same
 * @throws K1Error `storage` also when somebody else may
 */
export function readSecretFile(
  path: string,
  what: string,
  user: number | undefined,
  last?: StampedText,
): StampedText | undefined {
  let file: number | undefined
  try {
    // Whoever changes its text, owner or rights changes its stamp: while that is the same, nothing need be opened.
    if (last !== undefined && stampOf(statSync(path, { bigint: true })) === last.stamp) return last
    file = openRegular(path)
    const stat = fstatSync(file, { bigint: true })
    const { mode, uid } = stat
    if (user !== undefined && uid !== BigInt(user)) throw ownedByOther(path, what, Number(uid), user)
    if (user !== undefined && (mode & 0o077n) !== 0n) throw openToOthers(path, what, Number(mode))
    return { stamp: stampOf(stat), text: readFileSync(file, 'utf8') }
  } catch (error) {
    if (error instanceof K1Error) throw error
    if (storageCodeOf(error) === 'ENOENT') return undefined
    throw storageError(`read ${what}`, path, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`
}

/**
 * Replaces the file as a whole, for this user alone (0600). The caller holds the file's write lock, whose `still` is
 * asked right before the new file takes the old one's place.
 * @throws K1Error `storage`, `busy` when the lock was lost
 */
export function writePrivateFile(path: string, text: string, what: string, still: () => void): void {
  try {
    removeStrays(path)
    replaceFile(path, text, { still })
  } catch (error) {
    throw error instanceof K1Error ? error : storageError(`write ${what}`, path, error)
  }
}

function openToOthers(path: string, what: string, mode: number): K1Error {
  const rights = (mode & 0o777).toString(8).padStart(4, '0')
  return new K1Error('storage', `Others may read or change ${what} in ${path} (mode ${rights}).`, {
    hint: `Make it yours alone: chmod 600 ${quoted(path)}. Whoever could read it has the secrets: renew them there.`,
    facts: { path, mode: rights },
  })
}

function ownedByOther(path: string, what: string, owner: number, user: number): K1Error {
  return new K1Error('storage', `${what} in ${path} belong to user ${owner}, and this is user ${user}.`, {
    hint: `Run k1ctl as that user, or take the file over: chown ${user} ${quoted(path)}`,
    facts: { path, owner, user },
  })
}
