import { K1Error } from '../core/errors.ts'

interface Trouble {
  says: string
  hint: string
}

const elsewhere = 'Or point K1CTL_HOME at a folder that you may write to.'

const troubles: Readonly<Record<string, Trouble>> = {
  EACCES: { says: 'permission denied', hint: `Give this user the right to it. ${elsewhere}` },
  EPERM: { says: 'permission denied', hint: `Give this user the right to it. ${elsewhere}` },
  EROFS: { says: 'the file system is read-only', hint: 'Point K1CTL_HOME at a folder that you may write to.' },
  ENOSPC: { says: 'the disk is full', hint: 'Free some space, then run again.' },
  EDQUOT: { says: 'the disk quota is used up', hint: 'Free some space, then run again.' },
  EFBIG: { says: 'the file may not grow any further', hint: "Raise this user's limit on file sizes, then run again." },
  ENOTDIR: { says: 'there is a file where a folder should be', hint: `Move that file away. ${elsewhere}` },
  EEXIST: { says: 'there is a file where a folder should be', hint: `Move that file away. ${elsewhere}` },
  ELOOP: { says: 'a link there leads in a circle', hint: `Remove that link. ${elsewhere}` },
  ENOTREG: { says: 'there is a pipe or a device where a file should be', hint: `Move that away. ${elsewhere}` },
  EISDIR: { says: 'there is a folder where a file should be', hint: `Move that folder away. ${elsewhere}` },
}

/** The code that Node gives a failed system call, `ENOENT` for one; empty for any other value. */
export function storageCodeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** A failed system call as a `storage` error. `what` completes "Cannot …": `read the configuration`. */
export function storageError(what: string, path: string, cause: unknown): K1Error {
  const code = storageCodeOf(cause)
  const trouble = troubles[code]
  const says = trouble?.says ?? (cause instanceof Error ? cause.message : String(cause))
  return new K1Error('storage', `Cannot ${what} ${path}: ${says}.`, {
    hint: trouble?.hint ?? `Look at ${path}, then run again.`,
    facts: code ? { path, code } : { path },
    cause,
  })
}
