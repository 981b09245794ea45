import { K1Error } from '../core/errors.ts'
import type { LedgerWriter, PeopleRow, TenantRecord } from '../core/ports.ts'
import { kindOf, titleOf } from '../core/system.ts'
import { createTurns } from '../engine/turns.ts'
import { exitCodeOfVerdict, type Verdict } from '../engine/verdict.ts'
import type { OffboardHeader } from '../offboarding/ledger-entries.ts'
import { Headcount } from '../offboarding/limits.ts'
import { type Ground, type OffboardRun, offboardAll, type Row, verdictOfRun } from '../offboarding/offboard.ts'
import type { OffboardOptions } from '../offboarding/options.ts'
import { verdictText } from '../render/report.ts'
import type { Context } from './command.ts'
import { limitsOf } from './offboard-options.ts'
import { OffboardView } from './offboard-view.ts'
import { peopleSource, readPeople } from './people-input.ts'
import { reachablesOf } from './reachables.ts'
import type { Sessions } from './sessions.ts'

/** @throws K1Error `not-set-up` when nothing is connected where anybody could be looked for */
export async function groundFor(
  context: Context,
  sessions: Sessions,
  tenants: readonly TenantRecord[],
  options: OffboardOptions,
): Promise<Ground> {
  const config = await context.app.config()
  const reachables = reachablesOf(context, sessions, options)
  const open = await Promise.all(tenants.map(async t => (await reachables(t.name)).some(r => r.open)))
  if (!open.includes(true)) {
    const [only] = tenants
    const where = only && tenants.length === 1 ? only.name : `any of the ${tenants.length} tenants`
    const chosen = options.only.length + options.except.length > 0 ? ' that --only and --except let in' : ''
    throw new K1Error('not-set-up', `No system${chosen} is connected for ${where}: nobody can be looked for.`, {
      hint: 'See k1ctl connections; connect one with k1ctl connect <system>.',
    })
  }
  return { tenants, options, reachables, protectedFor: tenant => config.protectedFor(tenant), clock: context.app.clock }
}

/** The people of this call, rows that could not be read among them. */
export function peopleOfCall({ app, words }: Context): AsyncIterable<PeopleRow> {
  const column = words.text('column')
  const source = peopleSource(words.rest(0), words.text('from'), app.stdin)
  return readPeople(source, column === undefined ? {} : { column })
}

export function toRow(row: PeopleRow): Row {
  return 'problem' in row ? { line: row.line, person: '', problem: row.problem } : row
}

export async function* toRows(rows: AsyncIterable<PeopleRow>): AsyncGenerator<Row> {
  for await (const row of rows) yield toRow(row)
}

export interface Agreement {
  /** With `flag` nobody has confirmed the number yet, so the limits are kept here. */
  consent: 'flag' | 'terminal'
  /** Why a plan is not the one that was shown. */
  differs?: NonNullable<OffboardRun['differsFromAgreed']>
}

/**
 * Carries out: the people are written down first, then worked on as they come, so that a million of them fit into memory
 * and a run that was killed can go on.
 * @throws K1Error `refused` beyond a limit, before the first change
 */
export async function carryOutAll(
  context: Context,
  ground: Ground,
  people: AsyncIterable<PeopleRow>,
  { consent, differs }: Agreement,
): Promise<number> {
  const { app, words } = context
  const concurrency = words.number('concurrency', { least: 1, most: 64 }) ?? 4
  const list = await app.peopleList()
  const ledger = await (await app.ledger()).create()
  try {
    const counted = consent === 'flag' ? withinLimits(context, ground, people) : people
    const { count } = await list.writePeople(ledger.run, counted)
    await begin(context, ledger, ground, consent)
    const view = new OffboardView(context, ledger.run, await titlesFor(context), count)
    const verdicts = await offboardAll(toRows(list.readPeopleList(ledger.run)), {
      ...ground,
      ledger,
      turns: createTurns(),
      concurrency,
      signal: app.signal,
      onEvent: event => view.show(event),
      ...(differs ? { differsFromAgreed: differs } : {}),
    })
    return await end(context, ledger, view, verdicts)
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
  // Handed over together, they go to the disk in one write.
  await Promise.all([ledger.append('plan', header), ledger.append('consent', { by: app.operator, how: consent })])
}

/** Passes rows on, and fails after the last one when they were too many: the list is not kept then, nothing is changed. */
async function* withinLimits(
  context: Context,
  ground: Ground,
  rows: AsyncIterable<PeopleRow>,
): AsyncGenerator<PeopleRow> {
  const headcount = new Headcount(ground.tenants)
  for await (const row of rows) {
    headcount.add(toRow(row))
    yield row
  }
  const refusal = await headcount.refusal(ground, limitsOf(context))
  if (refusal) {
    throw new K1Error('refused', `${refusal.why} Nothing was changed.`, refusal.hint ? { hint: refusal.hint } : {})
  }
}

/** Writes the last entry, says how it went and what comes next, and answers the exit code. */
export async function end(
  { app, output }: Context,
  ledger: LedgerWriter,
  view: OffboardView,
  verdicts: ReadonlyMap<Verdict, number>,
): Promise<number> {
  const { aborted } = app.signal
  const verdict: Verdict = aborted ? 'incomplete' : verdictOfRun(verdicts)
  await ledger.append('report', { verdict, people: Object.fromEntries(verdicts) })
  view.end(verdict)
  if (!output.forMachine) {
    const { talk } = output
    output.say(`${verdictText(verdict, talk)}${talk.dim(` · run ${ledger.run}`)}`)
    for (const next of view.next(verdict, aborted)) output.say(`${talk.cyan('→')} ${next}`)
  }
  return aborted ? 130 : exitCodeOfVerdict(verdict)
}

export async function titlesFor({ app }: Context): Promise<(system: string) => string> {
  const { all } = await app.systems()
  const titles = new Map(all.map(s => [s.about.id, s.about.title]))
  return id => titleOf(id, titles.get(kindOf(id)) ?? id)
}
