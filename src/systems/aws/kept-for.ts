import type { Clock } from '../../core/ports.ts'

const keptMs = 60_000

/** What is read once for many people, and anew after a minute; what failed is asked again at once. */
export function keptFor<T>(read: () => Promise<T>, clock: Clock): () => Promise<T> {
  let kept: { value: Promise<T>; at: number } | undefined
  return () => {
    const now = clock.now().getTime()
    if (kept === undefined || now - kept.at > keptMs) {
      const value = read()
      kept = { value, at: now }
      value.catch(() => {
        if (kept?.value === value) kept = undefined
      })
    }
    return kept.value
  }
}
