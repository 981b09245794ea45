import { checkLedger } from '../core/ledger-check.ts'
import type { LedgerEntry, LedgerGlance, LedgerReading, LedgerStore, RunFilter } from '../core/ledger-store.ts'
import type { RunState } from '../engine/run-record.ts'
import { foldRun } from '../engine/run-state.ts'
import type { Context } from './command.ts'
import { tenantNamed } from './tenant-name.ts'
import { parseDayOrTime, preferredZone } from './zoned-time.ts'

/** Past runs, newest first: when, about whom or what, how it ended, who did it, for which ticket. */
export async function listRuns(context: Context): Promise<number> {
  const { app, words, output } = context
  const ledger = await app.ledger()
  const limit = words.number('limit', { least: 1, most: 10_000 }) ?? 20
  const wanted = await wantedRuns(context)
  const isNarrow = wanted.tenant !== undefined || wanted.person !== undefined
  // Without an index the ledgers themselves tell which of them are meant.
  const ids = await ledger.list(isNarrow && !ledger.readEach ? wanted : { ...wanted, limit })
  const rows: RunSummary[] = []
  // A program gets what is in the whole ledger; a line for a person needs no more than both ends of a long one, and says
  // so. One after the other: what is read of one is forgotten before the next.
  for await (const { run, read } of readingsOf(ledger, ids, output.forMachine || isNarrow)) {
    if (isNarrow && !ledger.readEach && !(await isAbout(read, wanted))) continue
    rows.push(await summaryOf(run, read))
    if (rows.length === limit) break
  }
  await output.records(
    rows,
    [
      { title: 'Run', cell: r => r.run },
      { title: 'Started', cell: r => r.startedAt ?? '' },
      { title: 'Verdict', cell: r => r.verdict },
      { title: 'About', cell: r => [r.about, ...(r.ticket === null ? [] : [`(${r.ticket})`])].join(' ') },
      { title: 'Operator', cell: r => r.operator ?? '' },
      { title: 'Ticket', cell: r => r.ticket ?? '', wide: true },
      { title: 'Goals', cell: r => (r.goals === null ? '' : String(r.goals)), wide: true },
      { title: 'Tenants', cell: r => r.tenants.join(', '), wide: true },
      { title: 'Command', cell: r => r.command ?? '', wide: true },
    ],
    'Nothing was changed yet.',
  )
  const unchecked = rows.find(({ verdict }) => verdict.endsWith(unsure))
  if (unchecked)
    output.say(`${unsure} Both ends of a long ledger say so. To check all of it: k1ctl runs show ${unchecked.run}`)
  return 0
}

/** @throws K1Error `usage`; `no-tenant` for one that was mistyped */
async function wantedRuns(context: Context): Promise<RunFilter> {
  const { app, words } = context
  const [since, until] = [words.text('since'), words.text('until')]
  const [tenant, person] = [words.text('tenant'), words.text('person')]
  // The machine's own zone costs more to ask for than all else here.
  const zone = () => words.text('zone') ?? preferredZone(app)
  return {
    ...(since === undefined ? {} : { since: await parseDayOrTime(since, zone(), { flag: '--since', whole: 'from' }) }),
    ...(until === undefined ? {} : { until: await parseDayOrTime(until, zone(), { flag: '--until', whole: 'to' }) }),
    ...(tenant === undefined ? {} : { tenant: (await tenantNamed(context, tenant)).name }),
    ...(person === undefined ? {} : { person }),
  }
}

type Seen = LedgerReading & Partial<Pick<LedgerGlance, 'isWhole'>>
type Read = () => Promise<Seen>

/** Together where the store can. */
async function* readingsOf(
  ledger: LedgerStore,
  runs: readonly string[],
  whole: boolean,
): AsyncGenerator<{ run: string; read: Read }> {
  if (ledger.readEach)
    for await (const reading of ledger.readEach(runs)) yield { run: reading.run, read: async () => reading }
  else for (const run of runs) yield { run, read: () => (whole ? ledger.read(run) : ledger.glance(run)) }
}

async function isAbout(read: Read, { tenant, person }: RunFilter): Promise<boolean> {
  try {
    const same = (one: string | undefined, other: string | undefined) =>
      other === undefined || one?.toLowerCase() === other.toLowerCase()
    return foldRun(await read()).units.some(({ entry }) => same(entry.tenant, tenant) && same(entry.person, person))
  } catch {
    // One that cannot be read may be about anybody.
    return true
  }
}

/** The stable shape of `runs list --json`. */
interface RunSummary {
  run: string
  /** As a run ends, or what its ledger is; with a `?` in a table where not every line was checked. */
  verdict: string
  /** Whom or what it is about: "amy@x.example", "4 people", "bms, graphus". */
  about: string
  ticket: string | null
  /** Null where the ledger cannot be read. */
  goals: number | null
  tenants: string[]
  command: string | null
  operator: string | null
  startedAt: string | null
  problem: string | null
}

/** What one line tells of a run. Never fails: one that cannot be read is told as such. */
export async function summaryOf(run: string, read: Read): Promise<RunSummary> {
  try {
    const reading = await read()
    const state = foldRun(reading)
    const { header, startedAt, units } = state
    return {
      run,
      verdict: verdictIn(reading, state),
      about: aboutOf(state, reading.entries),
      ticket: ticketIn(state),
      goals: units.reduce((sum, unit) => sum + unit.entry.goals.length, 0),
      tenants: [...new Set(units.flatMap(unit => unit.entry.goals.map(g => g.tenant)))],
      command: header.command,
      operator: header.operator,
      startedAt,
      problem: null,
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    const nothing = { ticket: null, goals: null, tenants: [], command: null, operator: null, startedAt: null }
    return { run, verdict: 'unreadable', about: problem, ...nothing, problem }
  }
}

const unsure = '?'

/** How a run ended; as both ends say it, where lines in the middle may be others than were written. */
export function verdictIn({ chain, isWhole = true }: Seen, { verdict }: RunState): string {
  if (!checkLedger(chain).isSound) return chain.state
  return isWhole ? verdict : `${verdict}${unsure}`
}

/** The people, or the modules. Of a long ledger that was not read whole, results tell whom it is about. */
function aboutOf({ kind, units, consent }: RunState, entries: readonly LedgerEntry[]): string {
  const planned = plannedIn(units)
  const people = peopleIn(units, entries)
  const agreed = peopleAgreed(consent?.data)
  const count = Math.max(agreed ?? 0, people.length)
  const isMore =
    kind === 'offboarding' &&
    agreed === undefined &&
    planned.length < people.length &&
    countEnded(entries) !== people.length
  const names = people.length > 0 ? people : [...new Set(units.map(({ subject }) => subject.name))]
  const what = `${count > 1 ? `${count} people` : names.join(', ')}${isMore ? ' …' : ''}`
  return kind === 'undo' ? `undo: ${what}` : what
}

/** Whom a run, or what was read of it, speaks of. */
export function peopleIn(units: RunState['units'], entries: readonly LedgerEntry[]): string[] {
  const told = entries.map(({ data }) => memberOf(data, 'person')).filter(isText)
  return [...new Set([...plannedIn(units), ...told])]
}

function plannedIn(units: RunState['units']): string[] {
  return units.flatMap(({ subject }) => (subject.kind === 'person' ? [subject.name] : []))
}

/** Of a run that was cut short, or of which not all was read, fewer people have a plan than it is about. */
function peopleAgreed(consent: unknown): number | undefined {
  const count = memberOf(memberOf(memberOf(consent, 'agreed'), 'people'), 'count')
  return typeof count === 'number' ? count : undefined
}

/** How many had an end when the run had one: what was agreed to may be too long to be among what was read. */
function countEnded(entries: readonly LedgerEntry[]): number | undefined {
  const last = entries.findLast(({ type }) => type === 'report')
  const units = memberOf(last?.data, 'units')
  if (typeof units !== 'object' || units === null) return undefined
  return Object.values(units).reduce((sum: number, count) => sum + (typeof count === 'number' ? count : 0), 0)
}

/** The ticket of the call, or the one that all people of a list have. */
function ticketIn({ header, units }: RunState): string | null {
  const named = memberOf(memberOf(header, 'options'), 'ticket')
  const tickets = new Set([named, ...units.map(({ entry }) => memberOf(entry, 'ticket'))].filter(isText))
  const [only] = tickets
  return only !== undefined && tickets.size === 1 ? only : tickets.size > 1 ? `${tickets.size} tickets` : null
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
