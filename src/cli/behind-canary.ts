import type { Plan } from '../engine/plan.ts'
import type { Report } from '../engine/report.ts'
import { verdictOf } from '../engine/verdict.ts'
import type { Parted } from '../posture/approval.ts'
import type { Context } from './command.ts'

/** What of a call begins, where one tenant goes first and may have to wait itself. */
export interface BehindCanary {
  /** What is carried out now. */
  now: Plan
  /** What is kept for somebody's approval before anything is carried out, and what only once the canary holds. */
  first: Parted['later']
  after: Parted['later']
  /** Why nobody but the canary begins, whatever comes of it; undefined: that is seen when it had its turn. */
  why?: string
}

const nothing: Plan = { planned: [], unreached: [] }

export function behindCanary({ now, later, silent }: Parted, canary: string | undefined): BehindCanary {
  if (canary === undefined) return { now, first: later, after: [] }
  const [own, others] = [later.filter(isOf(canary)), later.filter(one => !isOf(canary)(one))]
  if (own.length > 0) return { now: nothing, first: own, after: others, why: waits(canary) }
  if (silent.some(isOf(canary))) return { now: nothing, first: [], after: others, why: failed(canary) }
  return { now, first: [], after: others }
}

/** Why the others do not begin, by what was carried out; undefined: they do. A canary that is in no plan holds already. */
export function whyBehind(
  { now, why }: BehindCanary,
  canary: string | undefined,
  report: Pick<Report, 'results' | 'unreached'>,
): string | undefined {
  if (why !== undefined || canary === undefined) return why
  const planned = now.planned.filter(({ goal }) => isOf(canary)(goal))
  if (planned.length === 0 && !now.unreached.some(isOf(canary))) return undefined
  const results = report.results.filter(isOf(canary))
  const unreached = report.unreached.filter(isOf(canary))
  const isGood = results.length === planned.length && verdictOf(results, unreached.length) !== 'incomplete'
  return isGood ? undefined : failed(canary)
}

/** The tenants where there is something to do, and of which nothing was said. */
export function tenantsLeft({ planned, unreached }: Plan, said: readonly { tenant: string }[]): string[] {
  const open = planned.filter(({ standing }) => standing.state !== 'holds').map(({ goal }) => goal.tenant)
  const begun = new Set(said.map(({ tenant }) => tenant))
  return [...new Set([...open, ...unreached.map(({ tenant }) => tenant)])].filter(tenant => !begun.has(tenant))
}

/** @param isAskedAgain there is no run with which all of them would be gone on with */
export function tellNotBegun(
  { output, line }: Pick<Context, 'output' | 'line'>,
  names: readonly string[],
  why: string,
  isAskedAgain: boolean,
): void {
  const others = names.length === 1 ? '1 other tenant was' : `${names.length} other tenants were`
  const more = names.length > 5 ? `, and ${names.length - 5} more` : ''
  output.warn(`${output.talk.red('!')} ${why}: ${others} not begun: ${names.slice(0, 5).join(', ')}${more}.`)
  if (isAskedAgain) output.say(`${output.talk.cyan('→')} Once it holds, for the others: ${line}`)
}

const waits = (canary: string) => `${canary} goes first, and waits for an approval`
const failed = (canary: string) => `${canary} goes first, and did not come to hold`
const isOf =
  (tenant: string) =>
  (one: { tenant: string }): boolean =>
    one.tenant === tenant
