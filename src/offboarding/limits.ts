import type { Refusal } from './guard.ts'

export interface Limits {
  /** People a run, without being asked to confirm the number. Disabling counts as much as deleting. */
  most: number
  /** Percent of a system's accounts. */
  mostShare: number
}

/** Below this number of people a share says nothing: two of a company of five may well leave in one week. */
const fewEnough = 5

export function refuseTooMany(people: number, { most }: Limits): Refusal | undefined {
  if (people <= most) return undefined
  return {
    why: `${people} people are more than the ${most} that one run may offboard.`,
    hint: `If you mean it: --max ${people}`,
  }
}

/** @param total accounts in the system; null where it does not say */
export function refuseShare(people: number, total: number | null, title: string, limits: Limits): Refusal | undefined {
  if (total === null || people <= fewEnough || people * 100 <= total * limits.mostShare) return undefined
  const share = Math.ceil((people * 100) / Math.max(total, 1))
  return {
    why: `${people} people are ${share} % of the ${total} accounts in ${title}; one run may take ${limits.mostShare} %.`,
    hint: `If you mean it: --max-share ${Math.min(100, share)}`,
  }
}
