import { K1Error } from '../core/errors.ts'
import { checkLedger, requireSound } from '../core/ledger-check.ts'
import type { LedgerReading } from '../core/ledger-store.ts'
import type { SignatureFinding } from '../core/team.ts'
import { signatureWords } from '../core/team.ts'
import type { RunState } from '../engine/run-record.ts'
import type { App } from './app.ts'

/** Whether what a ledger says may be relied on: its hashes, and where a team has keys its signatures. */
export interface RunTrust {
  isGood: boolean
  /** What is wrong comes first: hashes that fit each other prove nothing where the signatures do not. */
  words: string
  /** Who signed it, where nothing is wrong with that. */
  signed: string | null
  signatures?: SignatureFinding
}

/**
 * Before anything is done on the word of a run: gone on with, given back, sealed.
 * @throws K1Error `storage` for hashes or signatures that do not fit
 */
export async function requireTrusted(
  app: App,
  reading: Pick<LedgerReading, 'run' | 'chain' | 'entries'>,
): Promise<void> {
  requireSound(reading)
  const signatures = await (await app.team())?.signatures(reading)
  if (!signatures) return
  const { isGood, words } = signatureWords(signatures)
  if (isGood) return
  throw new K1Error('storage', `Nothing is done on the word of run ${reading.run}. ${words}.`, {
    hint: `See what it says: k1ctl runs show ${reading.run}. What is still to be done is asked for anew.`,
    facts: { run: reading.run },
  })
}

export async function trustIn(app: App, { run, chain }: Pick<RunState, 'run' | 'chain'>): Promise<RunTrust> {
  const { isSound, words } = checkLedger(chain)
  const team = await app.team()
  const signatures = await team?.signatures(await (await app.ledger()).read(run))
  if (!signatures) return { isGood: isSound, words: `ledger ${words}`, signed: null }
  const { isGood, words: said } = signatureWords(signatures)
  if (isGood) return { isGood: isSound, words: `ledger ${words}`, signed: said, signatures }
  const hashes = isSound ? `its hashes fit each other, which proves nothing without that` : `ledger ${words}`
  return { isGood: false, words: isSound ? `${said} (${hashes})` : `${hashes}; ${said}`, signed: null, signatures }
}
