import { K1Error } from './errors.ts'
import type { LedgerChain, LedgerReading } from './ledger-store.ts'

/** What a ledger is, in words that go into a table; `isSound` when all that it says may be relied on. */
export function checkLedger(chain: LedgerChain): { isSound: boolean; words: string } {
  switch (chain.state) {
    case 'intact':
      return { isSound: true, words: 'intact' }
    case 'torn':
      return { isSound: true, words: 'intact; the last line was cut off by a crash' }
    case 'altered':
      return {
        isSound: false,
        words: chain.missing ? leftOut(chain.seq, chain.missing) : `ALTERED from entry ${chain.seq} on`,
      }
    case 'emptied':
      return { isSound: false, words: 'EMPTIED: its file is there, and holds no entry' }
  }
}

function leftOut(seq: number, missing: number): string {
  return missing === 1
    ? `ALTERED: entry ${seq} is left out`
    : `ALTERED: entries ${seq} to ${seq + missing - 1} are left out`
}

/**
 * Before anything is done on the word of a ledger.
 * @throws K1Error `storage` when it was altered or emptied
 */
export function requireSound({ run, chain }: Pick<LedgerReading, 'run' | 'chain'>, path?: string): void {
  const { isSound } = checkLedger(chain)
  if (isSound) return
  const where = path === undefined ? 'its file' : path
  const facts = { run, state: chain.state, ...(path === undefined ? {} : { path }) }
  if (chain.state === 'altered') {
    throw new K1Error(
      'storage',
      chain.missing
        ? `The ledger of run ${run} was altered: ${chain.missing === 1 ? `entry ${chain.seq} is` : `${chain.missing} entries from ${chain.seq} on are`} left out.`
        : `The ledger of run ${run} was altered: entry ${chain.seq} does not fit the one before.`,
      {
        hint: `Nothing was written. Look at ${where}; what it says from there on cannot be relied on. Start a new run.`,
        facts: { ...facts, seq: chain.seq },
      },
    )
  }
  throw new K1Error('storage', `The ledger of run ${run} was emptied: its file is there, and holds no entry.`, {
    hint: `Nothing was written. What the run did is not known from here. Bring ${where} back from a backup.`,
    facts,
  })
}
