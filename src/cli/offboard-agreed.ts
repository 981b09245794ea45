import { K1Error } from '../core/errors.ts'
import type { PeopleRow, TenantRecord } from '../core/stores.ts'
import { isMeant, meantTenants } from '../dated/job.ts'
import { approvalNeeded } from '../offboarding/approval.ts'
import type { KeptPerson } from '../offboarding/kept-person.ts'
import { comparePlans, parsePlanFile } from '../offboarding/plan-file.ts'
import { toRow } from '../offboarding/run.ts'
import { saidOf } from '../offboarding/unit.ts'
import { refuseBesidePlan } from './beside-plan.ts'
import type { Context } from './command.ts'
import { rightNow } from './leaving-time.ts'
import { iterate, planAll } from './offboard-ask.ts'
import { consentTo } from './offboard-consent.ts'
import { keep, sayWhoIsNeeded } from './offboard-dated.ts'
import { carryOutAll, groundFor } from './offboard-run.ts'
import { planCommand } from './plan-command.ts'
import { withSessions } from './sessions.ts'

/** Carries out a kept plan, when everything is still as it was then. The file says who, where, and how. */
export async function carryOutPlanFile(context: Context): Promise<number> {
  const { app, words, output } = context
  refuseBesidePlan(words, ['max', 'maxShare', 'concurrency'])
  const file = words.text('plan') ?? ''
  const kept = parsePlanFile(await app.readText(file), file)
  const tenants = await tenantsIn(context, meantTenants({ plan: kept }))
  output.say(output.talk.dim(`Tenant${tenants.length === 1 ? '' : 's'}: ${tenants.map(t => t.name).join(', ')}`))

  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const ground = await groundFor(context, sessions, tenants, kept.options)
    const rows = kept.people.map(rowOf)
    const plans = await planAll(context, ground, iterate(rows.map(toRow)))
    const changed = comparePlans({ people: kept.people.filter(isMeant) }, plans)
    if (changed.length > 0) {
      const more = changed.length > 5 ? `; and ${changed.length - 5} more` : ''
      throw new K1Error(
        'conflict',
        `What the plan was made on has changed: ${changed.slice(0, 5).join('; ')}${more}. Nothing was changed.`,
        { hint: `Make a new plan: ${planCommand(kept, file)}`, facts: { changed } },
      )
    }
    if (!words.flag('yes')) {
      if (!output.canAsk) {
        throw new K1Error('unattended', 'Carrying out a plan changes a lot, and nobody can be asked.', {
          hint: 'Consent with --yes.',
        })
      }
      await consentTo(context, ground, plans)
    }
    const why = approvalNeeded(tenants, kept.options, kept.people.filter(isMeant).length)
    if (why.length > 0) {
      const approval = { why, atOnce: true }
      const one = await keep(context, kept, rightNow(context).at, approval)
      if (output.forMachine) output.json(one)
      sayWhoIsNeeded(context, approval, [one])
      return 3
    }
    const consent = words.flag('yes') ? 'flag' : 'terminal'
    return carryOutAll(context, ground, iterate(rows), { consent, shown: kept.people })
  })
}

/** Who was refused then stays refused, and is in the evidence: nobody agreed to anything else. */
export function rowOf(kept: KeptPerson, index: number): PeopleRow {
  const { person, tenant, refused } = kept
  const line = index + 1
  return refused === null ? { ...saidOf(kept), line, person, tenant } : { line, problem: `${person}: ${refused}` }
}

export async function tenantsIn({ app }: Context, names: readonly string[]): Promise<TenantRecord[]> {
  const config = await app.config()
  return names.map(name => {
    const tenant = config.tenant(name)
    if (tenant) return tenant
    throw new K1Error('conflict', `The plan is about ${name}, and there is no such tenant any more.`, {
      hint: 'See k1ctl tenant list, and make a new plan.',
    })
  })
}
