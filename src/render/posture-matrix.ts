import { type FeatureKey, featureKeys } from '../core/features.ts'
import type { PostureRow, PostureState } from '../posture/posture-row.ts'
import { stateOrder } from './posture-columns.ts'

/** One feature of one module of one tenant: its worst rule speaks for it. */
export interface Cell {
  state: PostureState
  rows: readonly PostureRow[]
}

export interface MatrixRow {
  tenant: string
  /** By `column`. */
  cells: ReadonlyMap<string, Cell>
  /** Rules of which something is to be done. */
  open: number
  rows: readonly PostureRow[]
}

export interface Matrix {
  /** Modules with the features that any tenant has a rule for, in the order of the rows. */
  modules: readonly { system: string; features: readonly FeatureKey[] }[]
  /** Worst first: who has most that differs, then most that nobody knows, then by name. */
  tenants: readonly MatrixRow[]
}

export function columnOf(system: string, feature: FeatureKey): string {
  return `${system}/${feature}`
}

export function matrixOf(rows: readonly PostureRow[]): Matrix {
  const byTenant = new Map<string, PostureRow[]>()
  const features = new Map<string, Set<FeatureKey>>()
  for (const row of rows) {
    const own = byTenant.get(row.tenant) ?? []
    own.push(row)
    byTenant.set(row.tenant, own)
    const seen = features.get(row.system) ?? new Set()
    features.set(row.system, seen.add(row.feature))
  }
  const tenants = [...byTenant].map(([tenant, own]): MatrixRow => {
    const cells = new Map<string, { state: PostureState; rows: PostureRow[] }>()
    for (const row of own) {
      const column = columnOf(row.system, row.feature)
      const cell = cells.get(column) ?? { state: row.state, rows: [] }
      cell.rows.push(row)
      if (rankOf(row.state) < rankOf(cell.state)) cell.state = row.state
      cells.set(column, cell)
    }
    return { tenant, cells, open: own.filter(({ state }) => rankOf(state) < rankOf('unlicensed')).length, rows: own }
  })
  return {
    modules: [...features].map(([system, seen]) => ({ system, features: featureKeys.filter(key => seen.has(key)) })),
    tenants: tenants.sort(worseFirst),
  }
}

function worseFirst(one: MatrixRow, other: MatrixRow): number {
  for (const state of stateOrder) {
    const count = ({ rows }: MatrixRow) => rows.filter(row => row.state === state).length
    if (rankOf(state) >= rankOf('unlicensed')) break
    const difference = count(other) - count(one)
    if (difference !== 0) return difference
  }
  return one.tenant.localeCompare(other.tenant, 'en')
}

function rankOf(state: PostureState): number {
  return stateOrder.indexOf(state)
}
