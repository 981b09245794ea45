import type { CheckedDay } from '../core/past-checks.ts'
import { isOpenRow, type PostureState, postureStates, type RowMark } from './posture-row.ts'

/** A letter for each state, in the order from worst to best. */
const letters: Readonly<Record<PostureState, string>> = {
  deviates: 'd',
  'no-answer': 'n',
  'sign-in-refused': 'r',
  'locked-secret': 'l',
  'not-connected': 'c',
  'by-hand': 'b',
  stale: 's',
  unlicensed: 'u',
  accepted: 'a',
  attested: 't',
  holds: 'h',
}
const none = '.'

/** Each day of a month is kept, then the last of each week, for a year. */
const daysWhole = 31
const daysKept = 366
const dayMs = 86_400_000

/** The days with what was found now; the worst rule speaks for its module and feature. */
export function withCheck(days: readonly CheckedDay[], rows: readonly RowMark[], now: Date): CheckedDay[] {
  const day = now.toISOString().slice(0, 10)
  const [before, others] = [days.find(one => one.day === day), days.filter(one => one.day !== day)]
  const found = cellsOf(rows)
  const columns = [...new Set([...(before?.columns ?? []), ...rows.map(columnOf)])]
  const known = new Map(before?.tenants)
  for (const [tenant, cells] of found) {
    const earlier = known.get(tenant) ?? ''
    known.set(tenant, columns.map((column, i) => cells.get(column) ?? earlier[i] ?? none).join(''))
  }
  const today = { day, columns, tenants: [...known].map(([tenant, cells]) => [tenant, padded(cells)] as const) }
  return thinned(
    [...others, today].sort((one, other) => (one.day < other.day ? -1 : 1)),
    now,
  )

  function padded(cells: string): string {
    return cells.padEnd(columns.length, none)
  }
}

function thinned(days: readonly CheckedDay[], now: Date): CheckedDay[] {
  const ageOf = (day: string) => Math.floor((now.getTime() - Date.parse(day)) / dayMs)
  const weekOf = (day: string) => Math.floor(Date.parse(day) / (7 * dayMs))
  return days.filter(({ day }, i) => {
    const age = ageOf(day)
    if (age < daysWhole) return true
    const next = days[i + 1]
    return age <= daysKept && (next === undefined || weekOf(next.day) !== weekOf(day))
  })
}

function cellsOf(rows: readonly RowMark[]): Map<string, Map<string, string>> {
  const tenants = new Map<string, Map<string, string>>()
  for (const row of rows) {
    const cells = tenants.get(row.tenant) ?? new Map<string, string>()
    tenants.set(row.tenant, cells)
    const [column, letter] = [columnOf(row), letters[row.state]]
    const other = cells.get(column)
    if (other === undefined || rankOf(letter) < rankOf(other)) cells.set(column, letter)
  }
  return tenants
}

function columnOf({ system, feature }: RowMark): string {
  return `${system}/${feature}`
}

function rankOf(letter: string): number {
  return postureStates.findIndex(state => letters[state] === letter)
}

/** An acceptance that was in the file when it was last checked, and is not any more. */
export interface EndedAcceptance {
  tenant: string
  system: string
  feature: string
  /** ISO date. */
  day: string
}

/** Of features that differ and that nobody accepts: those of which something was accepted the last time. */
export function endedAcceptances(days: readonly CheckedDay[], rows: readonly RowMark[]): EndedAcceptance[] {
  const open = new Map<string, RowMark>()
  const accepted = new Set<string>()
  for (const row of rows) {
    const cell = JSON.stringify([row.tenant, columnOf(row)])
    if (row.accepted !== null) accepted.add(cell)
    else if (row.state === 'deviates' && !open.has(cell)) open.set(cell, row)
  }
  const newest = days.toReversed().map(day => ({ ...day, letters: new Map(day.tenants) }))
  return [...open].flatMap(([cell, row]) => {
    if (accepted.has(cell)) return []
    const { tenant, system, feature } = row
    for (const { day, columns, letters: found } of newest) {
      const letter = found.get(tenant)?.[columns.indexOf(columnOf(row))] ?? none
      if (letter === letters.accepted) return [{ tenant, system, feature, day }]
      if (letter !== none) return []
    }
    return []
  })
}

/** What was found on one day of what is looked at now. */
export interface TrendPoint {
  day: string
  /** Features of modules that were looked at, and those of them of which something was to be done. */
  looked: number
  open: number
}

export interface Trend {
  points: readonly TrendPoint[]
  /** By tenant: how many more are open now than on the day before this one that is kept; absent where it was not looked at. */
  since: { day: string; more: ReadonlyMap<string, number> } | null
}

const openLetters = new Set(postureStates.filter(state => isOpenRow({ state })).map(state => letters[state]))

/** How it went, over the tenants, modules and features that these rows are about, today's among it. */
export function trendOf(days: readonly CheckedDay[], rows: readonly RowMark[], now: Date): Trend {
  const cells = cellsOf(rows)
  const today = now.toISOString().slice(0, 10)
  const counted = withCheck(days, rows, now)
    // A clock that was set back has days before it that are still to come.
    .filter(({ day }) => day <= today)
    .map(day => ({ day: day.day, byTenant: countsOf(day, cells) }))
  const points = counted
    .map(({ day, byTenant }): TrendPoint => {
      const all = [...byTenant.values()]
      return { day, looked: sum(all.map(one => one.looked)), open: sum(all.map(one => one.open)) }
    })
    .filter(({ looked }) => looked > 0)
  const [last, before] = [counted.at(-1), counted.slice(0, -1).findLast(({ byTenant }) => byTenant.size > 0)]
  if (!last || !before) return { points, since: null }
  const more = [...last.byTenant].flatMap(([tenant, { open }]) => {
    const then = before.byTenant.get(tenant)
    return then === undefined ? [] : [[tenant, open - then.open] as const]
  })
  return { points, since: { day: before.day, more: new Map(more) } }
}

/** By tenant, of the cells that are looked at now. */
function countsOf({ columns, tenants }: CheckedDay, now: ReturnType<typeof cellsOf>) {
  const counts = new Map<string, { looked: number; open: number }>()
  for (const [tenant, found] of tenants) {
    const wanted = now.get(tenant)
    if (!wanted) continue
    const seen = columns.flatMap((column, i) => {
      const letter = found[i] ?? none
      return wanted.has(column) && letter !== none ? [letter] : []
    })
    if (seen.length > 0) counts.set(tenant, { looked: seen.length, open: seen.filter(isOpenLetter).length })
  }
  return counts
}

function isOpenLetter(letter: string): boolean {
  return openLetters.has(letter)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0)
}
