import * as z from 'zod/mini'
import type { LedgerReading } from '../../core/ledger-store.ts'
import type { SignatureFinding, SignedText, TeamOperator } from '../../core/team.ts'
import { isSignedBy } from './operator-key.ts'
import type { Roster } from './roster.ts'

/**
 * Who signed the entries of a run: the first thing that is wrong, or all of them.
 * @param recorded since when the store has the run, by its own clock: what a run says of its time anybody could write
 */
export function checkSignatures(
  { entries }: Pick<LedgerReading, 'entries'>,
  { operators, since, mightSign }: Roster,
  recorded: string | undefined,
): SignatureFinding {
  const known = new Map(operators.map(one => [one.key, one]))
  const by = new Map<string, number>()
  const mandate: { what: SignedText['what']; key: string; name: string }[] = []
  for (const { seq, at, key, sig, hash, data } of entries) {
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
    for (const part of mandatesIn(data)) {
      const why = whyNot(part, known.get(part.key), at)
      if (why !== undefined) return { state: 'mandate', seq, why }
      mandate.push({ what: part.what, key: part.key, name: known.get(part.key)?.name ?? part.key })
    }
  }
  if (by.size === 0) {
    const isLate = since !== undefined && recorded !== undefined && recorded >= since
    return isLate ? { state: 'unsigned-since', since, recorded } : { state: 'unsigned' }
  }
  return {
    state: 'signed',
    by: [...by].map(([key, count]) => ({ key, name: known.get(key)?.name ?? key, entries: count })),
    mandate,
  }
}

const mandateSchema = z.object({
  mandate: z.array(
    z.object({ what: z.enum(['agreement', 'approval']), text: z.string(), key: z.string(), sig: z.string() }),
  ),
})

function mandatesIn(data: unknown): SignedText[] {
  return mandateSchema.safeParse(data).data?.mandate ?? []
}

/** @param at when a worker acted on it */
function whyNot({ what, text, sig, key }: SignedText, one: TeamOperator | undefined, at: string): string | undefined {
  if (!one) return `the ${what} is signed with ${key.slice(0, 8)}, which nobody registered`
  if (!isSignedBy(one.public, sig, what, text)) return `the ${what} has not the signature of ${one.name}`
  return one.revoked !== null && at >= one.revoked
    ? `the key of ${one.name}, who signed the ${what}, was revoked`
    : undefined
}
