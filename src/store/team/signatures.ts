import type { LedgerReading } from '../../core/ledger-store.ts'
import type { SignatureFinding } from '../../core/team.ts'
import { isSignedBy } from './operator-key.ts'
import type { Roster } from './roster.ts'

/** Who signed the entries of a run: the first thing that is wrong, or all of them. */
export function checkSignatures(
  { entries }: Pick<LedgerReading, 'entries'>,
  { operators, since, mightSign }: Roster,
): SignatureFinding {
  const known = new Map(operators.map(one => [one.key, one]))
  const by = new Map<string, number>()
  for (const { seq, at, key, sig, hash } of entries) {
    if (key === undefined || sig === undefined) {
      if (key === undefined && by.size === 0 && (since === undefined || at < since)) continue
      return { state: 'missing', seq, since: since ?? at }
    }
    const one = known.get(key)
    if (!one) return { state: 'unknown', seq, key }
    const { name, revoked } = one
    if (!isSignedBy(one.public, sig, 'entry', hash)) return { state: 'wrong', seq, key, name }
    if (revoked !== null && at >= revoked) return { state: 'revoked', seq, key, name, revoked }
    if (!mightSign(key, at)) return { state: 'no-role', seq, key, name }
    by.set(key, (by.get(key) ?? 0) + 1)
  }
  if (by.size === 0) return { state: 'unsigned' }
  return {
    state: 'signed',
    by: [...by].map(([key, count]) => ({ key, name: known.get(key)?.name ?? key, entries: count })),
  }
}
