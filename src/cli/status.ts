import { readStatus, type StatusRow, stepwise, unreadWord, withoutReason } from '../posture/status.ts'
import {
  type GridRow,
  gridColumns,
  gridOf,
  gridPaint,
  type PageRow,
  pageColumns,
  pageLegend,
  statusColumns,
  statusPageOf,
} from '../render/status.ts'
import { concurrency } from './change.ts'
import type { CommandSpec, Context } from './command.ts'
import { sayNext } from './next-steps.ts'
import { systemNamed, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { chooseTenants } from './tenant-choice.ts'

export const statusCommand: CommandSpec = {
  name: 'status',
  args: '[systems...]',
  summary: 'the five features of every module: what holds, what is missing',
  details:
    'A row a tenant and system; at a terminal several tenants have a row each. --output json gives one object a tenant,\n' +
    'system and feature. Without a name: KaseyaOne and its modules.',
  takes: ['tenant', 'fleet', 'list'],
  examples: [
    'k1ctl status',
    'k1ctl status --all-tenants bms',
    'k1ctl status --all-tenants --json',
    `k1ctl status --all-tenants --template '{{ it | where: "state", "off" | size }} are off'`,
  ],
  run: showStatus,
}

async function showStatus(context: Context): Promise<number> {
  const { app, words, output } = context
  const named = words.rest(0)
  const { all } = await app.systems()
  const systems =
    named.length > 0
      ? await Promise.all(named.map(n => systemNamed(context, n)))
      : all.filter(({ about }) => about.isModule || about.isEverybodys)
  const tenants = await chooseTenants(context)
  const [only, second] = tenants
  // At a terminal the table may leave out a column that says the same in each row.
  if (only && !second && app.stdout.isTTY && !output.forMachine) output.say(output.talk.dim(`Tenant: ${only.name}`))
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
    if (output.format === 'table') {
      const grid = gridOf(rows, { unread: row => unreadWord(row.reason), stepwise })
      const shown = systems.filter(({ about }) => grid.some(g => g.system === about.id))
      if (app.stdout.isTTY && tenants.length > 1 && shown.length > 1) {
        await page(
          context,
          statusPageOf(grid),
          shown.map(s => s.about),
        )
      } else await output.records(grid, gridColumns(grid), 'Nothing to show.', gridPaint(output.data))
      summarize(output, rows, grid)
    } else await output.records(rows.map(withoutReason), statusColumns, 'Nothing to show.')
    return rows.some(r => r.reason) ? 3 : 0
  })
}

/** Forty tenants on a page: a row a tenant, a column a module, a letter a feature. */
async function page(
  { output }: Context,
  rows: readonly PageRow[],
  systems: readonly { id: string; title: string }[],
): Promise<void> {
  const legend = output.data.dim(pageLegend)
  await output.records(rows, pageColumns(systems), 'Nothing to show.', gridPaint(output.data), legend)
}

function summarize(output: Context['output'], rows: readonly StatusRow[], shown: readonly GridRow[]): void {
  const count = (state: StatusRow['state']) => rows.filter(r => r.state === state).length
  const parts = [`${count('on')} on`, `${count('off')} off`]
  if (count('by-hand') > 0) {
    // What is attested, and not stale, has nothing that goes on from there.
    const attested = rows.filter(r => r.state === 'by-hand' && r.next === null).length
    parts.push(`${count('by-hand')} by hand${attested > 0 ? ` (${attested} attested)` : ''}`)
  }
  const unread = rows.filter(r => r.state === 'unreachable').map(r => unreadWord(r.reason))
  for (const word of new Set(unread)) parts.push(`${unread.filter(one => one === word).length} ${word}`)
  output.say('')
  output.say(output.talk.dim(`${parts.join(', ')}.`))
  for (const row of rows.filter(r => r.reason && r.feature === 'log-in')) {
    output.say(`${output.talk.red('!')} ${row.tenant} · ${row.system}: ${row.detail}`)
  }
  const next = [...new Set(shown.flatMap(g => (g.missing?.next ? [g.missing.next] : [])))]
  sayNext({ output }, next)
}
