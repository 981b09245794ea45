import { quoted } from '../core/shell.ts'
import type { Orphan, OrphanState } from '../offboarding/orphans.ts'
import type { Column } from '../render/records.ts'

/** One row: the stable shape of `k1ctl orphans --json`. */
export interface OrphanRow {
  tenant: string
  system: string
  login: string
  email: string
  name: string
  authority: string
  state: OrphanState
  /** The command that ends it. */
  next: string
}

export function orphanRowOf({ account, state }: Orphan, tenant: string, system: string, authority: string): OrphanRow {
  const { login, email, name } = account
  const who = quoted(email || login)
  const next = `k1ctl offboard ${who} --only ${quoted(system)} --tenant ${quoted(tenant)}`
  return { tenant, system, login, email, name, authority, state, next }
}

/** Where there is little room, the log-in stands for both: the next step has the e-mail. */
export const orphanColumns = (rows: readonly OrphanRow[]): Column<OrphanRow>[] => [
  {
    title: 'Tenant',
    cell: r => r.tenant,
    ...(new Set(rows.map(r => r.tenant)).size === 1 ? { narrow: 'none' as const } : {}),
  },
  { title: 'System', cell: r => r.system },
  { title: 'Log-in', cell: r => r.login },
  { title: 'E-mail', cell: r => r.email, narrow: 'none' },
  { title: 'Name', cell: r => r.name },
  { title: 'Authority', cell: r => r.authority, wide: true },
  { title: 'State', cell: r => r.state },
  { title: 'Next', cell: r => r.next, wide: true },
]
