import { K1Error } from '../core/errors.ts'
import type { LedgerWriter, PeopleRow, TenantRecord } from '../core/ports.ts'
import { kindOf, titleOf } from '../core/system.ts'
import { exitCodeOfVerdict, type Verdict } from '../engine/verdict.ts'
import type { OffboardHeader } from '../offboarding/ledger-entries.ts'
import { type Limits, refuseShare, refuseTooMany } from '../offboarding/limits.ts'
import { type Ground, offboardAll, planUnit, type Row, unitsOf, verdictOfRun } from '../offboarding/offboard.ts'
import type { OffboardOptions } from '../offboarding/options.ts'
import { comparePlans, parsePlanFile, planFile } from '../offboarding/plan-file.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import { personPlanJson, personPlanText } from '../render/offboard.ts'
import { verdictText } from '../render/report.ts'
import type { CommandSpec, Context } from './command.ts'
import { OffboardView } from './offboard-view.ts'
import { peopleSource, readPeople } from './people-input.ts'
import { reachablesOf } from './reachables.ts'
import { type Sessions, systemNamed, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { chooseTenants } from './tenant-choice.ts'

export const offboard: CommandSpec = {
  name: 'offboard',
  args: '[people...]',
  summary: 'end the access of people everywhere that is connected, and prove it',
  details:
    'People are e-mails or log-ins: arguments, - for stdin, or --from FILE (one a line, NDJSON, or CSV with header).\n' +
    'Suspends by default; deletes only with --delete. Each person has a verdict; one that is not proved makes exit 3.',
  options: [
    { flags: '--from <file>', summary: 'people from a file' },
    { flags: '--column <name>', summary: 'the CSV column that names the person' },
    { flags: '--only <system>', summary: 'only this system (repeatable)', repeat: true },
    { flags: '--except <system>', summary: 'not this system (repeatable)', repeat: true },
    { flags: '--delete', summary: 'also delete accounts, at the end; cannot be undone' },
    { flags: '--successor <mail>', summary: 'who gets the data, where a system can hand it over' },
    { flags: '--reason <text>', summary: 'why, for the evidence' },
    { flags: '--ticket <id>', summary: 'the ticket, for the evidence' },
    { flags: '--wait <seconds>', summary: 'how long to wait for modules that follow KaseyaOne (default 60)' },
    { flags: '--max <n>', summary: 'people a run at the most (default 10)' },
    { flags: '--max-share <percent>', summary: "of a system's accounts at the most (default 25)" },
    { flags: '--concurrency <n>', summary: 'people at once (default 4)' },
    { flags: '--save-plan <file>', summary: 'keep the plan, change nothing' },
    { flags: '--plan <file>', summary: 'carry out a kept plan; refused when what it was made on has changed' },
  ],
  takes: ['tenant', 'fleet', 'change', 'list'],
  examples: [
    'k1ctl offboard amy@customer.example --dry-run',
    'k1ctl offboard amy@customer.example --ticket HR-1042',
    "printf 'a@customer.example\\nb@customer.example\\n' | k1ctl offboard - --yes --output ndjson",
    'k1ctl offboard --from leavers.csv --column email --all-tenants --max 40 --yes',
  ],
  run: offboardPeople,
}

async function offboardPeople(context: Context): Promise<number> {
  const { words, output } = context
  if (output.format === 'csv')
    throw new K1Error('usage', 'offboard has no CSV output.', { hint: 'Take --output ndjson or --json.' })
  const options = await optionsFrom(context)
  const tenants = await chooseTenants(context)
  const [only, second] = tenants
  output.say(output.talk.dim(only && !second ? `Tenant: ${only.name}` : `Tenants: all ${tenants.length}`))

  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const ground = await groundFor(context, sessions, tenants, options)
    const kept = words.text('plan')
    if (kept !== undefined) return carryOut(context, ground, kept)
    if (words.flag('dryRun') || words.text('savePlan') !== undefined) return planOnly(context, ground)
    if (words.flag('yes')) return stream(context, ground)
    return askFirst(context, ground)
  })
}

export async function groundFor(
  context: Context,
  sessions: Sessions,
  tenants: readonly TenantRecord[],
  options: OffboardOptions,
): Promise<Ground> {
  const config = await context.app.config()
  return {
    tenants,
    options,
    reachables: reachablesOf(context, sessions, options),
    protectedFor: tenant => config.protectedFor(tenant),
  }
}

async function optionsFrom(context: Context): Promise<OffboardOptions> {
  const { words } = context
  const systems = (list: readonly string[]) =>
    Promise.all(
      list.map(async word => {
        const [kind = '', ...name] = word.split(':')
        return [(await systemNamed(context, kind)).about.id, ...name].join(':')
      }),
    )
  const [only, except] = await Promise.all([systems(words.list('only')), systems(words.list('except'))])
  return {
    delete: words.flag('delete'),
    successor: words.text('successor') ?? null,
    reason: words.text('reason') ?? null,
    ticket: words.text('ticket') ?? null,
    only,
    except,
    waitMs: (words.number('wait', { least: 0, most: 86_400 }) ?? 60) * 1000,
  }
}

/** The people of this call, rows that could not be read among them. */
function rowsOf({ app, words }: Context): AsyncIterable<PeopleRow> {
  const column = words.text('column')
  const source = peopleSource(words.rest(0), words.text('from'), app.stdin)
  return readPeople(source, column === undefined ? {} : { column })
}

function limitsOf({ words }: Context): Limits {
  return {
    most: words.number('max', { least: 1, most: 10_000_000 }) ?? 10,
    mostShare: words.number('maxShare', { least: 1, most: 100 }) ?? 25,
  }
}

export function toRow(row: PeopleRow): Row {
  return 'problem' in row ? { line: row.line, person: '', problem: row.problem } : row
}

async function* toRows(rows: AsyncIterable<PeopleRow>): AsyncGenerator<Row> {
  for await (const row of rows) yield toRow(row)
}

/** Plans everybody and changes nothing. */
async function planOnly(context: Context, ground: Ground): Promise<number> {
  const { app, words, output } = context
  const { plans, problems } = await planAll(context, ground, toRows(rowsOf(context)))
  const titles = await titlesFor(context)
  if (output.format === 'json') output.json({ people: plans.map(personPlanJson), problems })
  else if (output.format === 'ndjson')
    for (const plan of plans) output.json({ type: 'plan', run: null, ...personPlanJson(plan) })
  else for (const plan of plans) output.write(`${personPlanText(plan, titles, output.data)}\n`)
  for (const problem of problems) output.warn(`${output.talk.red('x')} ${problem}`)
  const file = words.text('savePlan')
  if (file !== undefined) {
    await app.writeText(file, `${JSON.stringify(planFile(ground.options, plans, app.clock.now()), null, 2)}\n`)
    output.say(`Kept in ${file}. Carry it out: k1ctl offboard --plan ${file}`)
  }
  const bad = problems.length > 0 || plans.some(p => p.refusal || p.unreached.length > 0 || isUnknown(p))
  if (bad) return 3
  return words.flag('exitCode') && plans.some(hasWork) ? 5 : 0
}

/** At a terminal: everybody is shown before anything is changed. */
async function askFirst(context: Context, ground: Ground): Promise<number> {
  const { output } = context
  if (!output.canAsk) {
    throw new K1Error('unattended', 'Offboarding changes a lot, and nobody can be asked.', {
      hint: 'Look first with --dry-run, then consent with --yes.',
    })
  }
  const { plans, problems } = await planAll(context, ground, toRows(rowsOf(context)))
  const titles = await titlesFor(context)
  for (const plan of plans) output.say(personPlanText(plan, titles, output.talk))
  for (const problem of problems) output.warn(`${output.talk.red('x')} ${problem}`)
  const leavers = plans.filter(p => !p.refusal && !isUnknown(p))
  if (leavers.length === 0) return 3
  await consentTo(context, leavers, ground)
  return execute(context, ground, fromPlans(leavers), 'terminal', problems.length > 0 || leavers.length < plans.length)
}

async function consentTo(
  { app, words, output }: Context,
  leavers: readonly PersonPlan[],
  ground: Ground,
): Promise<void> {
  const prompter = await app.prompter()
  const tooMany = refuseTooMany(leavers.length, limitsOf({ app, words, output, line: '' }))
  const what = ground.options.delete ? 'Offboard and DELETE' : 'Offboard'
  if (tooMany) {
    output.warn(`${output.talk.yellow('warning:')} ${tooMany.why}`)
    if (await prompter.typed(`${what} ${leavers.length} people?`, String(leavers.length))) return
  } else {
    const [first] = leavers
    const who = leavers.length === 1 && first ? first.name || first.person : `these ${leavers.length} people`
    if (await prompter.confirm(`${what} ${who}?`)) return
  }
  throw new K1Error('cancelled', 'Nothing was changed.')
}

/** With --yes: people are worked on as they come, so that a million of them fit into memory. */
async function stream(context: Context, ground: Ground): Promise<number> {
  return execute(context, ground, rowsOf(context), 'flag', false)
}

/** Carries out a kept plan, when everything is still as it was then. */
async function carryOut(context: Context, ground: Ground, file: string): Promise<number> {
  const { words, output } = context
  const kept = parsePlanFile(await context.app.readText(file), file)
  const same = { ...ground, options: kept.options }
  const rows = kept.people.map((p, i) => ({ line: i + 1, person: p.person, tenant: p.tenant }))
  const { plans } = await planAll(context, same, iterate(rows))
  const changed = comparePlans(kept, plans)
  if (changed.length > 0) {
    throw new K1Error(
      'conflict',
      `What the plan was made on has changed: ${changed.slice(0, 5).join('; ')}. Nothing was changed.`,
      {
        hint: 'Make a new plan: k1ctl offboard … --save-plan FILE',
        facts: { changed },
      },
    )
  }
  const leavers = plans.filter(p => !p.refusal && !isUnknown(p))
  if (!words.flag('yes')) {
    if (!output.canAsk)
      throw new K1Error('unattended', 'Carrying out a plan changes a lot, and nobody can be asked.', {
        hint: 'Consent with --yes.',
      })
    await consentTo(context, leavers, same)
    return execute(context, same, fromPlans(leavers), 'terminal', leavers.length < plans.length)
  }
  return execute(context, same, fromPlans(leavers), 'flag', leavers.length < plans.length)
}

/** @param already true when somebody was left out before: the run then cannot end well */
async function execute(
  context: Context,
  ground: Ground,
  people: AsyncIterable<PeopleRow>,
  consent: 'flag' | 'terminal',
  already: boolean,
): Promise<number> {
  const { app, words } = context
  const list = await app.peopleList()
  const ledger = await (await app.ledger()).create()
  try {
    const limits = limitsOf(context)
    const counted = consent === 'flag' ? withinLimit(people, limits) : people
    const { count, problems } = await list.writePeople(ledger.run, counted)
    if (count + problems === 0)
      throw new K1Error('usage', 'Nobody is named.', {
        hint: 'k1ctl offboard amy@customer.example, or - to read stdin.',
      })
    await refuseShares(ground, count, limits)
    await begin(context, ledger, ground, consent)
    const view = new OffboardView(context, ledger.run, await titlesFor(context), count)
    const verdicts = await offboardAll(toRows(list.readPeopleList(ledger.run)), {
      ...ground,
      ledger,
      clock: app.clock,
      concurrency: words.number('concurrency', { least: 1, most: 64 }) ?? 4,
      signal: app.signal,
      onEvent: event => view.show(event),
    })
    return await end(context, ledger, view, verdicts, already)
  } finally {
    await ledger.close()
  }
}

async function begin({ app, line }: Context, ledger: LedgerWriter, ground: Ground, consent: string): Promise<void> {
  const header: OffboardHeader = {
    kind: 'offboarding',
    command: line,
    operator: app.operator,
    options: ground.options,
    tenants: ground.tenants.map(t => t.name),
    goals: [],
    unreached: [],
  }
  await ledger.append('plan', header)
  await ledger.append('consent', { by: app.operator, how: consent })
}

/** Writes the last entry, says how it went, and answers the exit code. */
export async function end(
  { app, output }: Context,
  ledger: LedgerWriter,
  view: OffboardView,
  verdicts: ReadonlyMap<Verdict, number>,
  already: boolean,
): Promise<number> {
  const worst = verdictOfRun(verdicts)
  const verdict: Verdict = already || app.signal.aborted ? 'incomplete' : worst
  await ledger.append('report', { verdict, people: Object.fromEntries(verdicts) })
  view.end(verdict)
  if (!output.forMachine) {
    output.say(`${verdictText(verdict, output.talk)}${output.talk.dim(` · run ${ledger.run}`)}`)
    if (verdict !== 'proved')
      output.say(`${output.talk.cyan('→')} k1ctl runs show ${ledger.run}; k1ctl runs resume ${ledger.run}`)
    else output.say(`${output.talk.cyan('→')} k1ctl runs report ${ledger.run} --format html`)
  }
  return app.signal.aborted ? 130 : exitCodeOfVerdict(verdict)
}

async function planAll(
  context: Context,
  ground: Ground,
  rows: AsyncIterable<Row>,
): Promise<{ plans: PersonPlan[]; problems: string[] }> {
  const plans: Promise<PersonPlan>[] = []
  const problems: string[] = []
  return spinning(context, 'Looking everywhere', async () => {
    for await (const row of rows) {
      if (row.problem !== undefined) {
        problems.push(`Line ${row.line}: ${row.problem}`)
        continue
      }
      const units = unitsOf(row, ground.tenants)
      if (!Array.isArray(units)) plans.push(Promise.resolve(units.plan))
      else for (const unit of units) plans.push(planUnit(unit, ground))
      if (plans.length % 8 === 0) await Promise.all(plans)
    }
    const made = await Promise.all(plans)
    if (made.length + problems.length === 0) {
      throw new K1Error('usage', 'Nobody is named.', {
        hint: 'k1ctl offboard amy@customer.example, or - to read stdin.',
      })
    }
    return { plans: made, problems }
  })
}

/** Passes rows on, and fails at the end when there were too many: nothing has been changed then. */
async function* withinLimit(rows: AsyncIterable<PeopleRow>, limits: Limits): AsyncGenerator<PeopleRow> {
  let people = 0
  for await (const row of rows) {
    if (!('problem' in row)) people += 1
    yield row
  }
  const refusal = refuseTooMany(people, limits)
  if (refusal)
    throw new K1Error('refused', `${refusal.why} Nothing was changed.`, {
      ...(refusal.hint ? { hint: refusal.hint } : {}),
    })
}

/** Counts the accounts of each system, where it says so cheaply, before the first change. */
async function refuseShares(ground: Ground, people: number, limits: Limits): Promise<void> {
  if (!refuseShare(people, 1, '', limits)) return
  for (const tenant of ground.tenants) {
    for (const { open, title } of await ground.reachables(tenant.name)) {
      const total = (await (await open?.())?.people?.count()) ?? null
      const refusal = refuseShare(people, total, title, limits)
      if (refusal)
        throw new K1Error('refused', `${refusal.why} Nothing was changed.`, {
          ...(refusal.hint ? { hint: refusal.hint } : {}),
        })
    }
  }
}

function isUnknown(plan: PersonPlan): boolean {
  return plan.accounts.length === 0 && plan.planned.length === 0 && plan.unreached.length === 0 && !plan.refusal
}

function hasWork(plan: PersonPlan): boolean {
  return plan.planned.some(p => p.standing.state !== 'holds')
}

async function* fromPlans(plans: readonly PersonPlan[]): AsyncGenerator<PeopleRow> {
  yield* plans.map((plan, i) => ({ line: i + 1, person: plan.person, tenant: plan.tenant }))
}

async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

export async function titlesFor({ app }: Context): Promise<(system: string) => string> {
  const { all } = await app.systems()
  const titles = new Map(all.map(s => [s.about.id, s.about.title]))
  return id => {
    return titleOf(id, titles.get(kindOf(id)) ?? id)
  }
}
