import { asK1Error, K1Error } from '../core/errors.ts'
import type { PeopleRow, TenantRecord } from '../core/stores.ts'
import type { Context } from './command.ts'
import type { ListedRow } from './people-columns.ts'
import { zoneOfCall } from './tenant-zone.ts'
import { flagOf } from './words.ts'
import { checkZone, parseZonedTime, preferredZone, type ZonedTime, zonedText } from './zoned-time.ts'

/** Options that only make sense with a time. */
const onlyWithTime = ['zone', 'ifChanged', 'ifLate'] as const

/** When the people of a call leave: all at one time, or each when the list says. */
export interface CallTime {
  zone: string
  /** Of all, or of whoever has no date in the list. */
  at: ZonedTime | null
  /** Of dates without a time: `17:00`. */
  clock: string | null
  byRow: boolean
}

/** Of what is done as soon as it may be. */
export function rightNow({ app }: Context): CallTime & { at: ZonedTime } {
  const zone = preferredZone(app)
  return { zone, at: { at: app.clock.now().toISOString(), zone }, clock: null, byRow: false }
}

/** The time of this call, where it has one. @throws K1Error `usage` also when it is past */
export async function timeOfCall(context: Context, tenants: readonly TenantRecord[]): Promise<CallTime | undefined> {
  const { app, words } = context
  const at = words.text('at')
  const byRow = words.text('dateColumn') !== undefined
  if (words.flag('now') && (at !== undefined || byRow)) {
    throw new K1Error('usage', `--now and ${byRow ? '--date-column' : '--at'} contradict each other.`)
  }
  if (at === undefined && !byRow) {
    const stray = onlyWithTime.find(name => words.text(name) !== undefined)
    if (stray === undefined) return undefined
    throw new K1Error('usage', `${flagOf(stray)} is about a later time, and there is none.`, {
      hint: "Say when: --at '2030-12-06 17:00'",
    })
  }
  if (words.text('savePlan') !== undefined) {
    throw new K1Error('usage', 'A date keeps the plan by itself; --save-plan keeps it in a file. One of the two.')
  }
  const zone = zoneOfCall(context, tenants)
  checkZone(zone)
  if (byRow && (at === undefined || clockTime.test(at.trim())))
    return { zone, at: null, clock: at?.trim() ?? null, byRow }
  const time = await parseZonedTime(at ?? '', zone)
  if (isPast(time, app.clock.now()))
    throw new K1Error('usage', `${zonedText(time)} is past.`, { hint: 'Without --at it is done now.' })
  return { zone, at: time, clock: null, byRow }
}

/** People of one time; of none where the list does not say when, as nobody can read it. */
export interface Together {
  time: ZonedTime | null
  rows: PeopleRow[]
}

/** The rows by their time, the earliest first; those that have a problem instead come last. */
export async function byTime(people: AsyncIterable<ListedRow>, call: CallTime, now: Date): Promise<Together[]> {
  const groups = new Map<string, Together>()
  const problems: PeopleRow[] = []
  for await (const { date, ...row } of people) {
    const time = 'problem' in row ? row.problem : call.byRow ? await timeOfRow(date ?? '', call, now) : call.at
    if (time === null || typeof time === 'string') {
      problems.push('problem' in row ? row : { line: row.line, problem: `${row.person}: ${time}` })
      continue
    }
    const group = groups.get(time.at) ?? { time, rows: [] }
    groups.set(time.at, group)
    group.rows.push(row)
  }
  const sorted = [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group)
  return problems.length === 0 ? sorted : [...sorted, { time: null, rows: problems }]
}

/** When somebody leaves, by their row; or why nobody can tell. */
async function timeOfRow(date: string, { zone, at, clock }: CallTime, now: Date): Promise<ZonedTime | string> {
  if (date === '') return at ?? 'the list does not say when.'
  const isDay = /^\d{4}-\d\d-\d\d$/.test(date)
  if (isDay && clock === null) return `${date} says no time: give one for all such days, as --at 17:00.`
  try {
    const time = await parseZonedTime(isDay ? `${date} ${clock}` : date, zone, 'the date')
    return isPast(time, now) ? `${zonedText(time)} is past.` : time
  } catch (thrown) {
    const { message, hint } = asK1Error(thrown)
    return hint === undefined ? message : `${message} ${clock === null ? hint : 'Write it as 2030-12-06.'}`
  }
}

const clockTime = /^\d\d:\d\d$/

function isPast({ at }: ZonedTime, now: Date): boolean {
  return Date.parse(at) <= now.getTime()
}
