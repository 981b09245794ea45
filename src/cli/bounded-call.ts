import { runInNewContext } from 'node:vm'
import { K1Error } from '../core/errors.ts'

/** What somebody typed may loop for ever; nothing over the lists here takes as long as this. */
const usualMs = 10_000

/**
 * A call that does not come back by itself, in a context that can be stopped: by time, and by Ctrl-C.
 * @param option what it was typed for, as in `--jq`
 * @throws K1Error `usage`, `cancelled`; whatever the call throws
 */
export function bounded<T>(option: string, call: () => T, mostMs = usualMs): T {
  try {
    return runInNewContext('call()', { call }, { timeout: mostMs, breakOnSigint: true })
  } catch (error) {
    // An error of the other context is no instance of this one's.
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
    if (code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw new K1Error('cancelled', 'Interrupted.')
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw tooMuch(`${option} took longer than ${mostMs / 1000} seconds.`)
    }
    throw error
  }
}

/** For what was stopped, or would have had to be. */
export function tooMuch(sentence: string): K1Error {
  return new K1Error('usage', sentence, {
    hint: 'Does it end? With --json alone, k1ctl prints what it would be given.',
  })
}
