import type { SignedText } from '../core/team.ts'
import { type DatedOffboarding, differencesNow } from '../dated/dated.ts'
import { meantPeople, meantTenants } from '../dated/job.ts'
import { toRow } from '../offboarding/run.ts'
import type { Context } from './command.ts'
import type { HeldEntry } from './dated-entry.ts'
import { rowOf, tenantsIn } from './offboard-agreed.ts'
import { iterate, planAll } from './offboard-ask.ts'
import { carryOutAll, groundFor } from './offboard-run.ts'
import { withSessions } from './sessions.ts'

/** The exit code of its run; or systems that do not answer, or what is no longer as it was agreed to: nothing was changed then. */
export type DatedOutcome = { code: number } | { silent: string[] } | { changed: string[] }

/** Plans anew, holds it to what was agreed to, and carries it out. */
export async function offboardAsAgreed(
  context: Context,
  entry: HeldEntry,
  dated: DatedOffboarding,
  how: { command: string; mandate: readonly SignedText[]; isApproved: boolean },
): Promise<DatedOutcome> {
  const { plan, ifChanged, consent, limits } = dated
  const tenants = await tenantsIn(context, meantTenants(dated))
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const ground = await groundFor(context, sessions, tenants, plan.options)
    const rows = plan.people.map(rowOf)
    const plans = await planAll(context, ground, iterate(rows.map(toRow)))
    const { changed, silent } = differencesNow(dated, plans)
    if (ifChanged === 'stop' && silent.length > 0) return { silent }
    if (ifChanged === 'stop' && changed.length > 0) return { changed }
    const shown = ifChanged === 'stop' ? { shown: plan.people } : {}
    const code = await carryOutAll(context, ground, iterate(rows), {
      // Whoever lets it go whatever is found has agreed to a number of people, and to no more.
      ...(ifChanged === 'go' || consent === 'flag'
        ? { consent: 'flag', limits: atLeast(limits, meantPeople(dated).length) }
        : { consent }),
      ...shown,
      approved: how.isApproved,
      mandate: how.mandate,
      command: how.command,
      onRun: run => entry.change({ state: 'begun', run, why: null }, `begun: run ${run}`),
    })
    return { code }
  })
}

function atLeast(limits: DatedOffboarding['limits'], people: number): DatedOffboarding['limits'] {
  return { ...limits, most: Math.max(limits.most, people) }
}
