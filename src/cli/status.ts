import type { ChalkInstance } from 'chalk'
import { readStatus, type StatusRow, withoutReason } from '../posture/status.ts'
import { statusColumns } from '../render/status.ts'
import { concurrency } from './change.ts'
import type { CommandSpec, Context } from './command.ts'
import { systemNamed, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { chooseTenants } from './tenant-choice.ts'

export const status: CommandSpec = {
  name: 'status',
  args: '[systems...]',
  summary: 'the five features of every module: what holds, what is missing',
  details:
    'A row a tenant and system; --output json gives one object a tenant, system and feature. Without a name: KaseyaOne\n' +
    'and its modules.',
  takes: ['tenant', 'fleet', 'list'],
  examples: ['k1ctl status', 'k1ctl status --all-tenants bms', 'k1ctl status --all-tenants --json'],
  run: showStatus,
}

async function showStatus(context: Context): Promise<number> {
  const { app, words, output } = context
  const named = words.rest(0)
  const systems =
    named.length > 0
      ? await Promise.all(named.map(n => systemNamed(context, n)))
      : (await app.systems()).all.filter(({ about }) => about.isModule || about.isEverybodys)
  const tenants = await chooseTenants(context)
  return withSessions(context, { useEnvironment: tenants.length === 1 }, async sessions => {
    const attested = await (await app.attestations()).latest()
    // A module that nothing reaches is shown where somebody said something of it.
    const { byHand } = await app.systems()
    const said = (tenant: string) => {
      const ids = new Set(attested.filter(one => one.tenant === tenant).map(one => one.system))
      return named.length > 0 ? [] : byHand.filter(({ about }) => ids.has(about.id))
    }
    const modules = await Promise.all(
      tenants.flatMap(t => [...systems, ...said(t.name)].map(s => sessions.module(t.name, s))),
    )
    const rows = await spinning(context, `Reading ${modules.length} modules`, () =>
      readStatus(modules, concurrency, () => app.clock.now(), attested),
    )
    if (output.format === 'table') await grid(context, rows)
    else await output.records(rows.map(withoutReason), statusColumns, 'Nothing to show.')
    return rows.some(r => r.reason) ? 3 : 0
  })
}

interface GridRow {
  tenant: string
  system: string
  states: Record<string, string>
  missing: StatusRow | undefined
}

const symbols: Record<StatusRow['state'], string> = {
  on: 'on',
  off: 'off',
  'by-hand': 'by hand',
  unsupported: '-',
  unreachable: 'no answer',
}

/** For a person: a row a tenant and system, a column a feature, and the next step below. */
async function grid({ output }: Context, rows: readonly StatusRow[]): Promise<void> {
  const grouped = new Map<string, GridRow>()
  for (const row of rows) {
    const key = `${row.tenant}\n${row.system}`
    const entry = grouped.get(key) ?? { tenant: row.tenant, system: row.system, states: {}, missing: undefined }
    entry.states[row.feature] = row.state === 'unreachable' && !row.reason ? 'not connected' : symbols[row.state]
    if (row.state === 'unreachable' || (row.state === 'off' && row.next)) entry.missing ??= row
    grouped.set(key, entry)
  }
  const shown = [...grouped.values()].filter(g => Object.values(g.states).some(s => s !== '-'))
  const style = output.data
  const paint = (title: string, text: string) => {
    if (title === '') return style.bold(text)
    const colours: Record<string, ChalkInstance> = {
      on: style.green,
      off: style.yellow,
      'by hand': style.cyan,
      'no answer': style.red,
      'not connected': style.red,
      '-': style.dim,
    }
    return (Object.hasOwn(colours, text) ? colours[text] : undefined)?.(text) ?? text
  }
  await output.records(
    shown,
    [
      { title: 'Tenant', cell: g => g.tenant },
      { title: 'System', cell: g => g.system },
      { title: 'Log in', cell: g => g.states['log-in'] ?? '-' },
      { title: 'Require', cell: g => g.states['require-log-in'] ?? '-' },
      { title: 'JIT', cell: g => g.states['user-creation'] ?? '-' },
      { title: 'Deprovision', cell: g => g.states.deprovisioning ?? '-' },
      { title: 'Groups', cell: g => g.states['access-groups'] ?? '-' },
    ],
    'Nothing to show.',
    paint,
  )
  summarize(output, rows, shown)
}

function summarize(output: Context['output'], rows: readonly StatusRow[], shown: readonly GridRow[]): void {
  const count = (state: StatusRow['state']) => rows.filter(r => r.state === state).length
  const parts = [`${count('on')} on`, `${count('off')} off`]
  if (count('by-hand') > 0) parts.push(`${count('by-hand')} by hand`)
  if (count('unreachable') > 0) parts.push(`${count('unreachable')} unreachable`)
  output.say('')
  output.say(output.talk.dim(`${parts.join(', ')}.`))
  for (const row of rows.filter(r => r.reason && r.feature === 'log-in')) {
    output.say(`${output.talk.red('!')} ${row.tenant} · ${row.system}: ${row.detail}`)
  }
  const next = shown.flatMap(g => (g.missing?.next ? [g.missing.next] : []))
  for (const [at, command] of next.slice(0, 3).entries()) output.say(`${at === 0 ? 'Next: ' : '      '}${command}`)
  if (next.length > 3) output.say(`      … and ${next.length - 3} more (--output csv lists them)`)
}
