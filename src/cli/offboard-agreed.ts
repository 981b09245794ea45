import { K1Error } from '../core/errors.ts'
import type { PeopleRow, TenantRecord } from '../core/stores.ts'
import type { KeptPerson } from '../offboarding/kept-person.ts'
import { comparePlans, type PlanFile, parsePlanFile } from '../offboarding/plan-file.ts'
import { toRow } from '../offboarding/run.ts'
import { saidOf } from '../offboarding/unit.ts'
import type { Context } from './command.ts'
import { iterate, planAll } from './offboard-ask.ts'
import { consentTo } from './offboard-consent.ts'
import { carryOutAll, groundFor } from './offboard-run.ts'
import { withSessions } from './sessions.ts'
import { flagOf } from './words.ts'

/** Carries out a kept plan, when everything is still as it was then. The file says who, where, and how. */
export async function carryOutPlanFile(context: Context): Promise<number> {
  const { app, words, output } = context
  refuseWhatThePlanSays(context)
  const file = words.text('plan') ?? ''
  const kept = parsePlanFile(await app.readText(file), file)
  const tenants = await tenantsIn(context, kept)
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
        { hint: 'Make a new plan: k1ctl offboard … --save-plan FILE', facts: { changed } },
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
    const consent = words.flag('yes') ? 'flag' : 'terminal'
    return carryOutAll(context, ground, iterate(rows), { consent, shown: kept.people })
  })
}

export function isMeant({ refused }: KeptPerson): boolean {
  return refused === null
}

/** Who was refused then stays refused, and is in the evidence: nobody agreed to anything else. */
export function rowOf(kept: KeptPerson, index: number): PeopleRow {
  const { person, tenant, refused } = kept
  const line = index + 1
  return refused === null ? { ...saidOf(kept), line, person, tenant } : { line, problem: `${person}: ${refused}` }
}

/** All that may stand beside a plan: how it is agreed to, told and carried over. The plan says whatever else is done. */
const besideThePlan = new Set([
  ...[
    'plan',
    'yes',
    'max',
    'maxShare',
    'concurrency',
    'input',
    'pager',
    'output',
    'json',
    'quiet',
    'debug',
    'caFile',
    'timeout',
  ],
])

/** @throws K1Error `usage`: nobody may believe that an option counts which does not */
function refuseWhatThePlanSays({ words }: Context): void {
  const first = words.given().find(name => !besideThePlan.has(name))
  if (first === undefined && words.rest(0).length === 0) return
  const what = first === undefined ? 'People are named' : `${flagOf(first)} is given`
  throw new K1Error('usage', `${what} and --plan is, too: the plan says that already.`, {
    hint: 'Look at the file, or make a new plan with --save-plan FILE.',
  })
}

export async function tenantsIn({ app }: Context, { people }: Pick<PlanFile, 'people'>): Promise<TenantRecord[]> {
  const config = await app.config()
  const names = [...new Set(people.filter(isMeant).map(p => p.tenant))]
  return names.map(name => {
    const tenant = config.tenant(name)
    if (tenant) return tenant
    throw new K1Error('conflict', `The plan is about ${name}, and there is no such tenant any more.`, {
      hint: 'See k1ctl tenant list, and make a new plan.',
    })
  })
}
