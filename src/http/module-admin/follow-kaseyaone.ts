import type { FeatureAccess } from '../../core/features.ts'
import type { Clock } from '../../core/ports.ts'

/** What somebody who leaves in KaseyaOne waits for in a module. */
export interface FollowsKaseyaOne {
  system: 'kaseyaone'
  why: string
}

/** So long one reading of the setting counts: an offboarding of a hundred people asks once, not a hundred times. */
const freshMs = 60_000

/**
 * Does this module follow KaseyaOne when somebody leaves? It does while its automatic deprovisioning is on, it is linked
 * to an organization, and the person has a part in KaseyaOne (`present`: the systems in which they have one).
 */
export function followKaseyaOne(
  title: string,
  features: Pick<FeatureAccess, 'read'>,
  clock: Clock,
): (present: ReadonlySet<string>) => Promise<FollowsKaseyaOne | undefined> {
  let known: { at: number; follows: Promise<boolean> } | undefined

  function isOn(): Promise<boolean> {
    const now = clock.now().getTime()
    if (known !== undefined && now - known.at < freshMs) return known.follows
    const follows = features
      .read()
      .then(({ on, organization }) => on.deprovisioning === true && organization !== null)
      .catch((error: unknown) => {
        known = undefined
        throw error
      })
    known = { at: now, follows }
    return follows
  }

  return async present => {
    if (!present.has('kaseyaone') || !(await isOn())) return undefined
    return { system: 'kaseyaone', why: `${title} follows KaseyaOne: automatic deprovisioning is on.` }
  }
}
