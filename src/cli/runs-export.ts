import { K1Error } from '../core/errors.ts'
import { jsonText } from '../core/json.ts'
import type { LedgerReading, LedgerStore } from '../core/ledger-store.ts'
import { type Dated, readDated } from '../dated/dated.ts'
import { judged, type Leaving, leavingsLeft, leavingsOf } from '../dated/leaving.ts'
import type { RunState } from '../engine/run-record.ts'
import { foldRun } from '../engine/run-state.ts'
import { evidenceOf } from '../offboarding/evidence.ts'
import { type LeavingList, leavingColumns, type Period } from '../render/leavings.ts'
import { renderRecords } from '../render/records.ts'
import type { Context } from './command.ts'
import { tenantNamed } from './tenant-name.ts'
import { parseDayOrTime, preferredZone } from './zoned-time.ts'

/** Everybody who left in a period, from the ledgers and the dates alone. */
export async function exportRuns(context: Context): Promise<number> {
  const { app, words, output } = context
  const period = await periodOf(context)
  const target = targetOf(words.text('within'))
  const { dates, problems } = await datesOf(context, period)
  const found = await leavingsIn(context, period, dates, problems)
  const wanted = await wantedTenants(context, found)
  const leavings = found
    .filter(({ tenant }) => wanted.size === 0 || wanted.has(tenant.toLowerCase()))
    .map(one => (target === null ? one : judged(one, { within: target, now: app.clock.now() })))
    .sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0))
  const text = await rendered(context, { leavings, problems, ...period, target })
  const file = words.text('to')
  if (file === undefined) output.document(text)
  else {
    await app.writeText(file, text)
    output.say(`Written to ${file}: ${leavings.length === 1 ? '1 line' : `${leavings.length} lines`}.`)
  }
  for (const { what, why } of problems) output.warn(`${output.talk.yellow('warning:')} ${what}: ${why}`)
  return problems.length > 0 ? 3 : 0
}

/** A month back, and the day that it ends on as a whole. */
async function periodOf({ app, words }: Context): Promise<Period> {
  const zone = words.text('zone') ?? preferredZone(app)
  const [from, to] = [words.text('since'), words.text('until')]
  const now = app.clock.now()
  const until = to === undefined ? now : await parseDayOrTime(to, zone, { flag: '--until', whole: 'to' })
  const since =
    from === undefined
      ? new Date(Math.min(until.getTime(), now.getTime()) - 31 * 86_400_000)
      : await parseDayOrTime(from, zone, { flag: '--since', whole: 'from' })
  if (since < until) return { since, until }
  throw new K1Error('usage', 'The period ends before it begins.', {
    hint: 'k1ctl runs export --since 2026-11-01 --until 2026-11-30',
  })
}

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** In milliseconds. @throws K1Error `usage` */
function targetOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const [, number, unit] = /^([1-9]\d{0,5})(m|h|d)$/.exec(text.trim()) ?? []
  if (unit === 'm' || unit === 'h' || unit === 'd') return Number(number) * unitMs[unit]
  throw new K1Error('usage', `--within takes a time as 4h, 30m or 2d, not "${text}".`, { hint: '--within 4h' })
}

interface Dates {
  id: string
  dated: Dated
}

/** A date that is not as it was written is named: somebody may wait for it. */
async function datesOf(
  { app }: Context,
  { since, until }: Period,
): Promise<{ dates: Dates[]; problems: LeavingList['problems'][number][] }> {
  const diary = await app.diary()
  const dates: Dates[] = []
  const problems: LeavingList['problems'][number][] = []
  for (const { id, value } of await diary.between(since, until)) {
    try {
      dates.push({ id, dated: readDated(id, value) })
    } catch (error) {
      problems.push({ what: id, why: messageOf(error) })
    }
  }
  return { dates, problems }
}

async function leavingsIn(
  context: Context,
  period: Period,
  dates: readonly Dates[],
  problems: LeavingList['problems'][number][],
): Promise<Leaving[]> {
  const isIn = ({ due }: Leaving) => due >= period.since.toISOString() && due < period.until.toISOString()
  const left = dates.filter(({ dated }) => dated.run === null).flatMap(({ id, dated }) => leavingsLeft(dated, id))
  const found = left.filter(isIn)
  const ledger = await context.app.ledger()
  const systems = (await context.app.systems()).all.map(s => s.about)
  const byRun = new Map(dates.flatMap(date => (date.dated.run === null ? [] : [[date.dated.run, date] as const])))
  const isDue = (run: string, { kind, startedAt }: Pick<RunState, 'kind' | 'startedAt'>) => {
    const due = byRun.get(run)?.dated.due ?? startedAt
    return kind !== 'posture' && due >= period.since.toISOString() && due < period.until.toISOString()
  }
  // One after the other: what is read of one is forgotten before the next.
  for await (const { run, read } of readingsOf(ledger, await candidates(ledger, period, byRun))) {
    const date = byRun.get(run)
    try {
      const reading = await read(state => isDue(run, state))
      if (!reading) continue
      const evidence = evidenceOf(reading, systems)
      const mine = leavingsOf(evidence, date?.dated, date?.id ?? null).filter(isIn)
      found.push(...mine)
      if (evidence.ledger.state === 'altered')
        problems.push({ what: run, why: 'Its ledger was altered: what it says must not be relied on.' })
    } catch (error) {
      problems.push({ what: run, why: messageOf(error) })
    }
  }
  return found
}

/**
 * An id is never of before its run began, nor a run of before its date: of an older one nothing was due in the period.
 * One that is younger than the period by more than a day is of it only when its date is.
 */
async function candidates(
  ledger: LedgerStore,
  { since, until }: Period,
  byRun: ReadonlyMap<string, Dates>,
): Promise<string[]> {
  const later = new Date(until.getTime() + 86_400_000)
  const [near, all] = await Promise.all([
    ledger.list({ since, until: later }),
    byRun.size > 0 ? ledger.list({ since: later }) : [],
  ])
  return [...all.filter(run => byRun.has(run)), ...near]
}

type Reader = (isWanted: (state: RunState) => boolean) => Promise<LedgerReading | undefined>

/** Many at once where the store can; else both ends of each tell whether it is worth to be read. */
async function* readingsOf(
  ledger: LedgerStore,
  runs: readonly string[],
): AsyncGenerator<{ run: string; read: Reader }> {
  if (ledger.readEach) {
    for await (const reading of ledger.readEach(runs))
      yield { run: reading.run, read: async isWanted => (isWanted(foldRun(reading)) ? reading : undefined) }
    return
  }
  for (const run of runs)
    yield { run, read: async isWanted => (isWanted(foldRun(await ledger.glance(run))) ? ledger.read(run) : undefined) }
}

/** Of these tenants alone; one that no line names and nobody set up was mistyped. @throws K1Error `no-tenant` */
async function wantedTenants(context: Context, found: readonly Leaving[]): Promise<Set<string>> {
  const named = context.words.list('tenant')
  for (const name of named) {
    const isKnown = found.some(({ tenant }) => tenant.toLowerCase() === name.toLowerCase())
    // One that was removed since is in its runs all the same.
    if (!isKnown) await tenantNamed(context, name)
  }
  return new Set(named.map(name => name.toLowerCase()))
}

async function rendered({ app, words }: Context, list: LeavingList): Promise<string> {
  const { leavings, since, until, problems, target } = list
  const format = words.text('format') ?? 'csv'
  if (format === 'html')
    return (await import('../render/leavings-html.ts')).leavingsHtml(list, app.operator, app.clock.now())
  if (format === 'json') {
    const period = { since: since.toISOString(), until: until.toISOString() }
    const within = target === null ? null : target / 60_000
    return `${jsonText({ ...period, withinMinutes: within, people: leavings, problems }, 2)}\n`
  }
  return renderRecords({ records: leavings, columns: leavingColumns, empty: '' }, 'csv')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
