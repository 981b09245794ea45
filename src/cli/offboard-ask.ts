import { K1Error } from '../core/errors.ts'
import type { PeopleRow } from '../core/ports.ts'
import { keepPerson } from '../offboarding/kept-person.ts'
import { Headcount } from '../offboarding/limits.ts'
import { type Ground, planUnit, type Row, unitsOf } from '../offboarding/offboard.ts'
import { planFile } from '../offboarding/plan-file.ts'
import { toRow, toRows } from '../offboarding/run.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import { eol, layout } from '../render/layout.ts'
import { isUnknown, personPlanJson, personPlanText, remarksText } from '../render/offboard.ts'
import type { Context } from './command.ts'
import { limitsOf } from './offboard-options.ts'
import { carryOutAll, titlesFor, warnOf } from './offboard-run.ts'
import { spinning } from './spinner.ts'

/** People that are looked up at once. */
const atOnce = 8

/** Looks everybody up, in the order of the list, and changes nothing. A row that names nobody comes as a refusal. */
export async function* planEach(ground: Ground, rows: AsyncIterable<Row>): AsyncGenerator<PersonPlan> {
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

export async function planAll(context: Context, ground: Ground, rows: AsyncIterable<Row>): Promise<PersonPlan[]> {
  return spinning(context, 'Looking everywhere', async () => {
    const plans: PersonPlan[] = []
    for await (const plan of planEach(ground, rows)) plans.push(plan)
    return plans
  })
}

/** `--dry-run` and `--save-plan`: shows what would be done. */
export async function planOnly(context: Context, ground: Ground, people: AsyncIterable<PeopleRow>): Promise<number> {
  const { app, words, output } = context
  const rows = toRows(people)
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
  }
  await warnOfLimits(context, ground, plans)
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

async function showPlans(context: Context, plans: readonly PersonPlan[]): Promise<void> {
  const { output } = context
  const titles = await titlesFor(context)
  if (output.format === 'json') output.json({ people: plans.map(personPlanJson) })
  else if (output.format === 'ndjson')
    for (const plan of plans) output.json({ type: 'plan', run: null, ...personPlanJson(plan) })
  else {
    const texts = plans.map(plan => personPlanText(plan, titles, output.data))
    output.write(layout`${texts.join(eol)}${remarksText(plans, titles, output.data)}\n`)
  }
}

async function warnOfLimits(context: Context, ground: Ground, plans: readonly PersonPlan[]): Promise<void> {
  const headcount = headcountOf(ground, plans)
  const refusal = await headcount.refusal(ground, limitsOf(context))
  for (const one of [...(refusal ? [refusal] : []), ...(await headcount.slowness(ground))]) warnOf(context, one)
}

/** Those of a plan to whom something would be done. */
function headcountOf(ground: Ground, plans: readonly PersonPlan[]): Headcount {
  const headcount = new Headcount(ground.tenants)
  for (const { person, tenant } of plans.filter(isLeaver)) headcount.add({ line: 0, person, tenant })
  return headcount
}

function isLeaver(plan: PersonPlan): boolean {
  return !plan.refusal && !isUnknown(plan)
}

/** At a terminal: everybody is shown before anything is changed, and nothing else than what was shown is done. */
export async function askFirst(context: Context, ground: Ground, people: AsyncIterable<PeopleRow>): Promise<number> {
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

/** Shows everybody, and asks. @throws K1Error `cancelled`; `refused` when nobody is left to offboard */
export async function consentTo(context: Context, ground: Ground, plans: readonly PersonPlan[]): Promise<void> {
  const { app, output } = context
  const titles = await titlesFor(context)
  const texts = plans.map(plan => personPlanText(plan, titles, output.talk))
  // Under --quiet, too: nobody says yes to names that they did not see.
  output.warn(`${texts.join(eol)}${remarksText(plans, titles, output.talk)}`)
  const leavers = plans.filter(isLeaver)
  const [first] = leavers
  if (!first) {
    throw new K1Error('refused', 'Nobody of these can be offboarded. Nothing was changed.', {
      hint: 'Each is shown above with the reason.',
    })
  }
  const prompter = await app.prompter()
  const beyond = await headcountOf(ground, plans).refusal(ground, limitsOf(context))
  const what = ground.options.delete ? 'Offboard and DELETE' : 'Offboard'
  if (beyond) {
    output.warn(`${output.talk.yellow('warning:')} ${beyond.why}`)
    const people = leavers.length === 1 ? 'person' : 'people'
    if (await prompter.typed(`${what} ${leavers.length} ${people}?`, String(leavers.length))) return
  } else {
    const who = leavers.length === 1 ? first.name || first.person : `these ${leavers.length} people`
    if (await prompter.confirm(`${what} ${who}?`)) return
  }
  throw new K1Error('cancelled', 'Nothing was changed.')
}

export async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}
