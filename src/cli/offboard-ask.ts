import { K1Error } from '../core/errors.ts'
import type { PeopleRow } from '../core/stores.ts'
import { keepPerson } from '../offboarding/kept-person.ts'
import { Headcount } from '../offboarding/limits.ts'
import { type OffboardingGround, planUnit, type Row, unitsOf } from '../offboarding/offboard.ts'
import { planFile } from '../offboarding/plan-file.ts'
import { toRow, toRows } from '../offboarding/run.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import { eol, layout } from '../render/layout.ts'
import { isUnknown, personPlanJson, personPlanText, remarksText } from '../render/offboard.ts'
import type { Context } from './command.ts'
import { consentTo, sayWhoIsNear } from './offboard-consent.ts'
import { limitsOf } from './offboard-options.ts'
import { carryOutAll, titlesFor, warnOf } from './offboard-run.ts'
import { spinning } from './spinner.ts'
import { WaitingFor } from './waiting-for.ts'

/** People that are looked up at once. */
const atOnce = 8

/** Looks everybody up, in the order of the list, and changes nothing. A row that names nobody comes as a refusal. */
export async function* planEach(ground: OffboardingGround, rows: AsyncIterable<Row>): AsyncGenerator<PersonPlan> {
  let batch: (PersonPlan | Promise<PersonPlan>)[] = []
  for await (const row of rows) {
    const units = unitsOf(row, ground.tenants)
    batch.push(...(Array.isArray(units) ? units.map(unit => planUnit(unit, ground)) : [units.plan]))
    if (batch.length < atOnce) continue
    yield* await Promise.all(batch)
    batch = []
  }
  yield* await Promise.all(batch)
}

export async function planAll(
  context: Context,
  ground: OffboardingGround,
  rows: AsyncIterable<Row>,
): Promise<PersonPlan[]> {
  const waiting = new WaitingFor()
  const titles = await titlesFor(context)
  const plans: PersonPlan[] = []
  const progress = () => {
    const { asked, open } = waiting.counts
    const people = plans.length > 0 ? `${plans.length} people, ` : ''
    const systems = asked > 0 ? ` · ${people}${asked - open} of ${asked} systems` : ''
    return `Looking everywhere${systems}${open > 0 ? ` · waits for ${waiting.longest}` : ''}`
  }
  return spinning(context, progress, async () => {
    const watched = { ...ground, asking: (system: string) => waiting.begin(titles(system)) }
    for await (const plan of planEach(watched, rows)) plans.push(plan)
    return plans
  })
}

/** `--dry-run` and `--save-plan`: shows what would be done. */
export async function planOnly(
  context: Context,
  ground: OffboardingGround,
  people: AsyncIterable<PeopleRow>,
): Promise<number> {
  const { app, words, output } = context
  const headcount = new Headcount(ground.tenants)
  const rows = counting(toRows(people), headcount)
  const file = words.text('savePlan')
  let plans: readonly PersonPlan[]
  const tally = new Tally()
  if (output.format === 'ndjson' && file === undefined) {
    plans = []
    for await (const plan of planEach(ground, rows)) {
      tally.add(plan)
      output.json({ type: 'plan', run: null, ...personPlanJson(plan) })
    }
  } else {
    plans = await planAll(context, ground, rows)
    for (const plan of plans) tally.add(plan)
    await showPlans(context, plans)
    await sayWhoIsNear(context, ground, plans)
  }
  await warnOfLimits(context, ground, headcount)
  if (file !== undefined) {
    await app.writeText(file, `${JSON.stringify(planFile(ground.options, plans, app.clock.now()), null, 2)}\n`)
    output.say(`Kept in ${file}. Carry it out: k1ctl offboard --plan ${file}`)
  }
  if (tally.bad) return 3
  return words.flag('exitCode') && tally.work ? 5 : 0
}

/** What could not be looked at, and is not sent all the same. */
function isUnseen({ standing }: PersonPlan['planned'][number]): boolean {
  return standing.state === 'unseen'
}

/** What an exit code hangs on. */
class Tally {
  /** Somebody is refused or unknown, or a system does not answer. */
  bad = false
  work = false

  add(plan: PersonPlan): void {
    this.bad ||=
      plan.refusal !== undefined || plan.unreached.length > 0 || isUnknown(plan) || plan.planned.some(isUnseen)
    this.work ||= plan.planned.some(p => p.standing.state !== 'holds')
  }
}

export async function showPlans(context: Context, plans: readonly PersonPlan[]): Promise<void> {
  const { output } = context
  const titles = await titlesFor(context)
  if (output.format === 'json') output.json({ people: plans.map(personPlanJson) })
  else if (output.format === 'ndjson')
    for (const plan of plans) output.json({ type: 'plan', run: null, ...personPlanJson(plan) })
  else {
    const texts = plans.map(plan => personPlanText(plan, titles, output.data))
    await output.show(layout`${texts.join(eol)}${remarksText(plans, titles, output.data)}\n`)
  }
}

/** As a run counts them: whoever is named, found or not. */
async function* counting(rows: AsyncIterable<Row>, headcount: Headcount): AsyncGenerator<Row> {
  for await (const row of rows) {
    headcount.add(row)
    yield row
  }
}

async function warnOfLimits(context: Context, ground: OffboardingGround, headcount: Headcount): Promise<void> {
  const refusal = await headcount.refusal(ground, limitsOf(context))
  for (const one of [...(refusal ? [refusal] : []), ...(await headcount.slowness(ground))]) warnOf(context, one)
}

/** At a terminal: everybody is shown before anything is changed, and nothing else than what was shown is done. */
export async function askFirst(
  context: Context,
  ground: OffboardingGround,
  people: AsyncIterable<PeopleRow>,
): Promise<number> {
  const { output } = context
  if (!output.canAsk) {
    throw new K1Error('unattended', 'Offboarding changes a lot, and nobody can be asked.', {
      hint: 'Look first with --dry-run, then consent with --yes.',
    })
  }
  const rows = []
  for await (const row of people) rows.push(row)
  const plans = await planAll(context, ground, iterate(rows.map(toRow)))
  await consentTo(context, ground, plans)
  return carryOutAll(context, ground, iterate(rows), {
    consent: 'terminal',
    shown: plans.map(keepPerson),
  })
}

export async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
