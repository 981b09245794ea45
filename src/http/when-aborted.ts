/** What is to be done, by the signal that says so. */
const waiting = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Does `act` when the signal aborts, until `unlessAborted` takes it back. One listener a signal, however many wait: to
 * add one for each request and to remove it again costs more than all else that is kept of a request.
 */
export function whenAborted(signal: AbortSignal, act: () => void): void {
  const acts = waiting.get(signal) ?? listenTo(signal)
  acts.add(act)
}

export function unlessAborted(signal: AbortSignal, act: () => void): void {
  waiting.get(signal)?.delete(act)
}

function listenTo(signal: AbortSignal): Set<() => void> {
  const acts = new Set<() => void>()
  waiting.set(signal, acts)
  const tell = () => {
    for (const act of [...acts]) act()
  }
  signal.addEventListener('abort', tell, { once: true })
  return acts
}
