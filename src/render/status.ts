import type { ChalkInstance } from 'chalk'
import { type FeatureKey, featureKeys } from '../core/features.ts'
import type { StatusRow } from '../posture/status.ts'
import type { Column } from './records.ts'

export const statusColumns: readonly Column<Omit<StatusRow, 'reason'>>[] = [
  { title: 'Tenant', cell: r => r.tenant },
  { title: 'System', cell: r => r.system },
  { title: 'Feature', cell: r => r.feature },
  { title: 'State', cell: r => r.state },
  { title: 'Reach', cell: r => r.reach },
  { title: 'Detail', cell: r => r.detail ?? '' },
  { title: 'Next', cell: r => r.next ?? '', wide: true },
  { title: 'Read at', cell: r => r.readAt ?? '', wide: true },
]

/** Colours of the state column. */
export function statusPaint(style: ChalkInstance): (title: string, text: string) => string {
  const colours: Record<string, ChalkInstance> = {
    on: style.green,
    off: style.yellow,
    'by-hand': style.cyan,
    unsupported: style.dim,
    unreachable: style.red,
  }
  return (title, text) => {
    if (title === '') return style.bold(text)
    // A name may be one that every object has: "constructor".
    const colour = title === 'State' && Object.hasOwn(colours, text) ? colours[text] : undefined
    return colour ? colour(text) : text
  }
}

/** A tenant and a system, for a person. */
export interface GridRow {
  tenant: string
  system: string
  states: Partial<Record<FeatureKey, string>>
  /** The row whose next step comes first. */
  missing: StatusRow | undefined
}

/** What a person is told of rows, by what tells why nothing was read and in which order features are turned on. */
export interface StatusWords {
  unread(row: StatusRow): string
  stepwise: readonly FeatureKey[]
}

const symbols: Record<Exclude<StatusRow['state'], 'unreachable'>, string> = {
  on: 'on',
  off: 'off',
  'by-hand': 'by hand',
  unsupported: '-',
}

export function gridOf(rows: readonly StatusRow[], { unread, stepwise }: StatusWords): GridRow[] {
  const grouped = new Map<string, StatusRow[]>()
  for (const row of rows) {
    const key = `${row.tenant}\n${row.system}`
    grouped.set(key, [...(grouped.get(key) ?? []), row])
  }
  const order = (row: StatusRow) => stepwise.indexOf(row.feature)
  const grid = [...grouped.values()].map((group): GridRow => {
    const [{ tenant, system } = { tenant: '', system: '' }] = group
    const states = Object.fromEntries(
      group.map(row => [row.feature, row.state === 'unreachable' ? unread(row) : symbols[row.state]]),
    )
    const open = group.filter(row => row.state === 'unreachable' || row.next !== null)
    return { tenant, system, states, missing: open.sort((a, b) => order(a) - order(b))[0] }
  })
  return grid.filter(g => Object.values(g.states).some(state => state !== '-'))
}

export function gridColumns(rows: readonly GridRow[]): Column<GridRow>[] {
  const feature = (key: FeatureKey, title: string, narrow = title): Column<GridRow> => ({
    title,
    cell: g => g.states[key] ?? '-',
    // Why nothing was read of a module is the same for each feature: there is room for it once.
    narrow: { title: narrow, cell: g => (isRead(g.states[key]) || key === 'log-in' ? (g.states[key] ?? '-') : '') },
  })
  const oneTenant = new Set(rows.map(g => g.tenant)).size === 1
  return [
    { title: 'Tenant', cell: g => g.tenant, ...(oneTenant ? { narrow: 'none' as const } : {}) },
    { title: 'System', cell: g => g.system },
    feature('log-in', 'Log in'),
    feature('require-log-in', 'Require'),
    feature('user-creation', 'JIT'),
    feature('deprovisioning', 'Deprovision', 'Deprov'),
    feature('access-groups', 'Groups'),
  ]
}

function isRead(state = '-'): boolean {
  return Object.values(symbols).includes(state)
}

/** A tenant with all its modules. */
export interface PageRow {
  tenant: string
  /** By system: a letter a feature, or why nothing is known. */
  modules: Readonly<Record<string, string>>
}

const letters: Record<FeatureKey, string> = {
  'log-in': 'L',
  'require-log-in': 'R',
  'user-creation': 'J',
  deprovisioning: 'D',
  'access-groups': 'G',
}

export const pageLegend =
  'L Log In, R Require, J Automatic User Creation, D Deprovisioning, G Groups: a letter is on, . off, ? by hand, - not there.'

export function statusPageOf(grid: readonly GridRow[]): PageRow[] {
  return [...new Set(grid.map(g => g.tenant))].map(tenant => ({
    tenant,
    modules: Object.fromEntries(grid.filter(g => g.tenant === tenant).map(g => [g.system, lettersOf(g)])),
  }))
}

function lettersOf({ states }: GridRow): string {
  const said = new Set(featureKeys.map(key => states[key] ?? '-').filter(state => state !== '-'))
  const [only] = said
  if (said.size === 1 && only !== undefined && only !== 'on' && only !== 'off') return only
  const sign = (key: FeatureKey) => {
    const state = states[key] ?? '-'
    return state === 'on' ? letters[key] : state === 'off' ? '.' : state === '-' ? '-' : '?'
  }
  return featureKeys.map(sign).join('')
}

export function pageColumns(systems: readonly { id: string; title: string }[]): Column<PageRow>[] {
  return [
    { title: 'Tenant', cell: r => r.tenant },
    ...systems.map(({ id, title }) => ({ title, cell: (r: PageRow) => r.modules[id] ?? '-' })),
  ]
}

/** Colours of a grid and of a page. */
export function gridPaint(style: ChalkInstance): (title: string, text: string) => string {
  const colours: Record<string, ChalkInstance> = {
    on: style.green,
    off: style.yellow,
    'by hand': style.cyan,
    'not connected': style.red,
    locked: style.red,
    'signed out': style.red,
    'no licence': style.red,
    'no right': style.red,
    'no answer': style.red,
    '-': style.dim,
  }
  return (title, text) => {
    if (title === '') return style.bold(text)
    if (title === 'Tenant' || title === 'System') return text
    const colour = Object.hasOwn(colours, text) ? colours[text] : undefined
    if (colour) return colour(text)
    return /^[LRJDG.?-]{5}$/.test(text) ? (/[.?]/.test(text) ? style.yellow(text) : style.green(text)) : text
  }
}
