import { asK1Error, isK1Error, type K1Error } from '../core/errors.ts'

/**
 * Does all of it, one after the other, whatever of it fails: one lock that jams does not leave the others open.
 * @throws K1Error the first failure, with `facts.others`: the messages of the rest
 */
export async function eachOf(steps: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: K1Error[] = []
  for (const step of steps) {
    try {
      await step()
    } catch (thrown) {
      if (isK1Error(thrown) && thrown.kind === 'cancelled') throw thrown
      failures.push(asK1Error(thrown))
    }
  }
  const [first, ...others] = failures
  if (first === undefined) return
  if (others.length > 0) first.facts.others = others.map(({ message }) => message)
  throw first
}
