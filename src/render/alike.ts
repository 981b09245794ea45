/** How something ended that is open. */
interface Open {
  why?: string | null
  hint?: string | null
  steps?: readonly string[]
}

/**
 * What is open for one reason and with one next step, together: when somebody is not kept out, all else waits for that.
 * What has steps of its own is told by itself.
 */
export function alike<T extends Open>(items: readonly T[], beside: (item: T) => string = () => ''): T[][] {
  const groups = new Map<unknown, T[]>()
  for (const item of items) {
    const { why, hint, steps = [] } = item
    const key = !why || steps.length > 0 ? item : JSON.stringify([beside(item), why, hint])
    groups.set(key, [...(groups.get(key) ?? []), item])
  }
  return [...groups.values()]
}
