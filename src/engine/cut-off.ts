import { asK1Error, K1Error } from '../core/errors.ts'
import type { LedgerWriter } from '../core/ledger-store.ts'

/**
 * Works on a run with its ledger. What ends it once an intent is on record, after which a change may have been sent, is
 * told as that: a disk that is full then is no failure before anything changed.
 * @throws K1Error `cut-off`; before the first intent whatever was thrown, and `cancelled` always
 */
export async function tellingCutOff<T>(writer: LedgerWriter, work: (writer: LedgerWriter) => Promise<T>): Promise<T> {
  let hasIntent = false
  try {
    return await work({
      run: writer.run,
      async append(type, data, goal) {
        const entry = await writer.append(type, data, goal)
        if (type === 'intent') hasIntent = true
        return entry
      },
      close: () => writer.close(),
    })
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (!hasIntent || error.kind === 'cancelled' || error.kind === 'internal') throw thrown
    const first = error.hint === undefined ? '' : `${error.hint} `
    throw new K1Error('cut-off', `${error.message} Run ${writer.run} is not through: some of it was sent.`, {
      hint: `${first}Then go on where it stopped: k1ctl runs resume ${writer.run}`,
      facts: { ...error.facts, run: writer.run },
      cause: error,
    })
  }
}
