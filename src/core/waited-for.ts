/** Why a goal ended as it did, with the one that it waits for called by `nameOf`, and not by its id. */
export function inWords<G extends { goal: string }>(
  why: string,
  goals: readonly G[],
  nameOf: (goal: G) => string,
): string {
  const other = goals.find(({ goal }) => why.startsWith(`Waits for ${goal}`))
  return other ? why.replace(other.goal, () => nameOf(other)) : why
}
