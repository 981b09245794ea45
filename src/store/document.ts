import { rmSync } from 'node:fs'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import type { Processes } from './process-identity.ts'
import { removeStrays } from './replace-file.ts'
import { holdWriteLock } from './write-lock.ts'

/** A document while it is ours alone. */
export interface HeldDocument {
  read(): Promise<string | undefined>
  /** Whole or not at all; undefined: there is none any more. @throws K1Error `busy` when it was lost to another, `storage` */
  replace(text: string | undefined): Promise<void>
}

/** One text that is kept, and changed as a whole: a file, or a row of the team's database. */
export interface Document {
  /** Where it lies, for people. */
  readonly path: string
  /** Undefined where there is none. @throws K1Error `storage` */
  read(): Promise<string | undefined>
  /** Runs `work` while nobody else changes it, in this process or another. @throws K1Error `busy`, `storage` */
  change<T>(work: (held: HeldDocument) => Promise<T>): Promise<T>
}

export interface FileDocumentOptions {
  path: string
  /** Completes "Cannot read …" in an error. */
  what: string
  processes: Processes
  /** Another way to the disk. */
  write?: (text: string, still: () => void) => Promise<void>
}

export function fileDocument({ path, what, processes, write }: FileDocumentOptions): Document {
  const read = async () => readPrivateFile(path, what)
  return {
    path,
    read,
    change: work =>
      holdWriteLock(path, processes, still =>
        work({
          read,
          async replace(text) {
            if (text === undefined) {
              still()
              removeStrays(path)
              rmSync(path, { force: true })
            } else if (write) await write(text, still)
            else writePrivateFile(path, text, what, still)
          },
        }),
      ),
  }
}
