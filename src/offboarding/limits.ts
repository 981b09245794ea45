import type { Refusal } from '../core/goal.ts'
import type { TenantRecord } from '../core/stores.ts'
import { type OffboardingGround, type Row, unitsOf } from './offboard.ts'
import type { Limits } from './options.ts'
import type { Reachable } from './unit.ts'

/** Below this number of people a share says nothing: two of a company of five may well leave in one week. */
const fewEnough = 5

export function refuseTooMany(people: number, { most }: Limits): Refusal | undefined {
  if (people <= most) return undefined
  return {
    why: `${people} people are more than the ${most} that one run may offboard.`,
    hint: `If you mean it: --max ${people}`,
  }
}

interface Share {
  /** As `--max-share` takes it. */
  share: number
  why: string
}

/** The share that would have to be allowed, in percent. @param total accounts in the system; null where it does not say */
export function shareBeyond(people: number, total: number | null, { mostShare }: Limits): number | undefined {
  // All of them is no limit: of the people of a list not everybody has an account in every system.
  if (total === null || people <= fewEnough || mostShare >= 100) return undefined
  return people * 100 <= total * mostShare ? undefined : Math.min(100, shareOf(people, total))
}

function shareOf(people: number, total: number): number {
  return Math.ceil((people * 100) / Math.max(total, 1))
}

function shareText(people: number, total: number | null, title: string, { mostShare }: Limits): string {
  const accounts = total ?? 0
  const isMore = people > accounts
  const part = isMore ? `more than` : `${shareOf(people, accounts)} % of`
  return `${people} people are ${part} the ${accounts} accounts in ${title}${isMore ? ': all of them' : ''}; one run may take ${mostShare} %.`
}

/** Counts the people of a run while they are read, in each tenant on its own: only that many are kept, not the people. */
export class Headcount {
  readonly #tenants: readonly TenantRecord[]
  readonly #inTenant = new Map<string, number>()
  people = 0

  constructor(tenants: readonly TenantRecord[]) {
    this.#tenants = tenants
  }

  /** A row that names nobody, or nobody of these tenants, counts for nothing: nothing will be done. */
  add(row: Row): void {
    const units = unitsOf(row, this.#tenants)
    if (!Array.isArray(units)) return
    this.people += 1
    for (const { tenant } of units) this.#inTenant.set(tenant, (this.#inTenant.get(tenant) ?? 0) + 1)
  }

  /** Systems whose own limits make a run of this many people take longer than it has to. */
  async slowness({ reachables }: Pick<OffboardingGround, 'reachables'>): Promise<Refusal[]> {
    const found: Refusal[] = []
    for (const [tenant, people] of this.#inTenant) {
      const open = (await reachables(tenant)).filter(reachable => reachable.open)
      found.push(...open.flatMap(reachable => slownessOf(people, reachable, tenant) ?? []))
    }
    return found
  }

  /** All limits that this many people are beyond, in one. A system that does not answer cannot be asked how many it has. */
  async refusal({ reachables }: Pick<OffboardingGround, 'reachables'>, limits: Limits): Promise<Refusal | undefined> {
    const tooMany = refuseTooMany(this.people, limits)
    const shares: Share[] = []
    for (const [tenant, people] of this.#inTenant) {
      if (people <= fewEnough) continue
      for (const { open, title } of await reachables(tenant)) {
        const total = await countIn(open)
        const share = shareBeyond(people, total, limits)
        if (share !== undefined) shares.push({ share, why: shareText(people, total, `${title} of ${tenant}`, limits) })
      }
    }
    const [most] = shares.sort((one, other) => other.share - one.share)
    if (!tooMany && !most) return undefined
    return {
      why: [tooMany?.why, most?.why].filter(why => why !== undefined).join(' '),
      hint: `If you mean it:${tooMany ? ` --max ${this.people}` : ''}${most ? ` --max-share ${most.share}` : ''}`,
    }
  }
}

/** What a system's own limit makes of so many people, before anything begins; undefined where it does not come to it. */
export function slownessOf(people: number, { about, title }: Reachable, tenant: string): Refusal | undefined {
  const { requests, perMs, each } = about.pace ?? { requests: 1, perMs: 0, each: 0 }
  const needed = people * each
  if (needed <= requests) return undefined
  const minutes = Math.round(((Math.ceil(needed / requests) - 1) * perMs) / 60_000)
  const within = Math.round(perMs / 60_000)
  return {
    why:
      `${title} of ${tenant} answers ${requests} requests in ${within} minutes at one endpoint, and ${people} people may ` +
      `need ${needed}: up to ${minutes} minutes longer. Whoever it does not answer for in time stays unproved there.`,
    hint: `Name at most ${Math.floor(requests / each)} people at a time, or go on after ${within} minutes: k1ctl runs resume last`,
  }
}

async function countIn(
  open: Awaited<ReturnType<OffboardingGround['reachables']>>[number]['open'],
): Promise<number | null> {
  try {
    return (await (await open?.())?.people?.count()) ?? null
  } catch {
    return null
  }
}
