/** What else is asked before somebody who was not found by id is believed to be gone. */
export interface Witnesses<T> {
  /** The same by another call, which finds whoever is there; null where it finds nobody. */
  otherwise(): Promise<T | null>
  /** Is anybody at all shown to this credential in the same list? */
  showsAnybody(): Promise<boolean>
}

/**
 * "Not found" is also what a wrong address and a proxy that lost its way answer, and what some systems answer to whoever
 * lacks a right, so that nobody learns what is there. So it is believed only where a second call does not find them
 * either, in a list that does show others: an empty list is what a credential that may see nobody gets, too.
 * @throws `error` where it is not believed: what was answered to the first call
 */
export async function goneFor<T>(error: unknown, { otherwise, showsAnybody }: Witnesses<T>): Promise<T | null> {
  const found = await otherwise()
  if (found !== null) return found
  if (!(await showsAnybody())) throw error
  return null
}
