import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isK1Error, K1Error } from '../../core/errors.ts'
import type { LedgerReading } from '../../core/ledger-store.ts'
import type { Packets } from '../../core/packet.ts'
import { formatEntry, readChain } from '../ledger-chain.ts'
import { readRegular } from '../regular-file.ts'
import { beginReplacement, syncFolder } from '../replace-file.ts'
import { storageCodeOf } from '../storage-error.ts'
import { howToCheck } from './how-to-check.ts'
import { checkSignature, signFile, type ToolDeps } from './signature.ts'
import { checkStamp, queryFor, requireStamp } from './time-stamp.ts'

/** What lies in a packet. */
const names = { ledger: 'run.jsonl', signature: 'run.jsonl.sig', stamp: 'run.jsonl.tsr', words: 'HOW-TO-CHECK.txt' }

export function openPackets(deps: ToolDeps): Packets {
  return {
    async write(folder, reading, key, stamp) {
      const place = resolve(folder)
      if (existsSync(place))
        throw new K1Error('usage', `There is a ${folder} already.`, { hint: 'Name another with --to.' })
      // Beside it first: a folder of this name is a packet that is whole.
      const fresh = await begin(place)
      try {
        const file = (name: string) => join(fresh, name)
        const bytes = Buffer.from(reading.entries.map(formatEntry).join(''))
        writeWhole(file(names.ledger), bytes)
        writeWhole(file(names.signature), await signFile(bytes, key, deps))
        if (stamp) {
          const query = await queryFor(file(names.ledger), deps)
          const reply = await stamp(query)
          await requireStamp(query, reply, deps)
          writeWhole(file(names.stamp), reply)
        }
        writeWhole(file(names.words), howToCheck(reading.run, stamp !== undefined))
        await rename(fresh, place)
        syncFolder(dirname(place))
      } catch (error) {
        await rm(fresh, { recursive: true, force: true })
        throw isK1Error(error) ? error : noFolder(folder, error)
      }
    },
    async read(folder) {
      const bytes = ledgerIn(folder)
      // A run is named by its first entry; each that follows has to name the same.
      const [, run = ''] = /"run":"([0-9a-f-]+)"/.exec(bytes.toString('utf8')) ?? []
      const { entries, chain } = readChain(bytes, run)
      return { run, entries, chain } satisfies LedgerReading
    },
    async signature(folder, signers) {
      const file = join(folder, names.signature)
      for (const path of [file, signers ?? file]) bytesIn(path)
      return existsSync(file) ? checkSignature(ledgerIn(folder), file, signers, deps) : { state: 'none' }
    },
    async timeStamp(folder, authority) {
      const reply = join(folder, names.stamp)
      for (const path of [reply, authority ?? reply]) bytesIn(path)
      return existsSync(reply) ? checkStamp(join(folder, names.ledger), reply, authority, deps) : { state: 'none' }
    },
  }
}

/** For this user alone, and on the disk when it returns. */
function writeWhole(path: string, content: Buffer | string): void {
  const replacement = beginReplacement(path)
  try {
    replacement.write(content)
    replacement.commit()
  } catch (error) {
    replacement.abandon()
    throw error
  }
}

async function begin(place: string): Promise<string> {
  try {
    await mkdir(dirname(place), { recursive: true })
    return await mkdtemp(join(dirname(place), `.${basename(place)}.`))
  } catch (error) {
    throw noFolder(place, error)
  }
}

/** Undefined where there is none. @throws K1Error `usage` where it cannot be read: whoever checks has named the wrong thing */
function bytesIn(path: string): Buffer | undefined {
  try {
    return readRegular(path)
  } catch (error) {
    const code = storageCodeOf(error)
    if (code === 'ENOTDIR') return undefined
    const why = { EACCES: 'permission denied', EPERM: 'permission denied', EISDIR: 'it is a folder' }[code]
    throw new K1Error('usage', `${path} cannot be read: ${why ?? (error instanceof Error ? error.message : code)}.`, {
      hint: 'Check the path, and whether this user may read what is there.',
      facts: { path, code },
      cause: error,
    })
  }
}

function ledgerIn(folder: string): Buffer {
  const bytes = bytesIn(join(folder, names.ledger))
  if (bytes !== undefined) return bytes
  throw new K1Error('usage', `${folder} is no packet: it has no ${names.ledger}.`, {
    hint: 'Make one: k1ctl runs seal last --key ~/.ssh/id_ed25519 --to packet',
  })
}

function noFolder(folder: string, error: unknown): K1Error {
  return new K1Error('storage', `Cannot write ${folder}: ${storageCodeOf(error) ?? 'it failed'}.`, { cause: error })
}
