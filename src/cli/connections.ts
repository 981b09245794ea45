import { quoted } from '../core/shell.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { setSettingsCommand, showConnectionCommand, unsetSettingsCommand } from './connection-settings.ts'
import { places, publicConnection } from './tenant-description.ts'
import { tenantNamed } from './tenant-name.ts'

/** Only where a connection says so: those that were made by an earlier k1ctl do not. */
const leadsTo = { title: 'Leads to', cell: (r: ReturnType<typeof publicConnection>) => r.at ?? '' }

const list: CommandSpec = {
  name: 'list',
  summary: 'list connections, to whom each leads, and where its secret is kept',
  takes: ['list'],
  options: [{ flags: '-t, --tenant <name>', summary: 'only this tenant' }],
  examples: ['k1ctl connections list', "k1ctl connections list --tenant 'Northwind Dental' --json"],
  async run(context) {
    const { app, words, output } = context
    const config = await app.config()
    const named = words.text('tenant')
    const only = named === undefined ? undefined : (await tenantNamed(context, named)).name
    const rows = config.connections(only).map(publicConnection)
    const tenants = new Set(rows.map(r => r.tenant))
    await output.records(
      rows,
      [
        { title: 'Tenant', cell: r => r.tenant, ...(tenants.size === 1 ? { narrow: 'none' as const } : {}) },
        { title: 'System', cell: r => r.system },
        { title: 'As', cell: r => r.as },
        ...(rows.some(r => r.at !== undefined) ? [leadsTo] : []),
        { title: 'Secret', cell: r => places[r.place] },
        // There is no room for it beside the rest: k1ctl connections show has it.
        { title: 'Url', cell: r => r.settings.url ?? '', narrow: 'none' },
        { title: 'Fields', cell: r => r.secretFields.join(', '), wide: true },
        { title: 'Since', cell: r => r.connectedAt, wide: true },
      ],
      `Nothing is connected yet. Begin with: k1ctl connect bms${only === undefined ? '' : ` --tenant ${quoted(only)}`}`,
    )
    if (!output.forMachine && rows.some(r => r.place === 'sealed') && !app.env.K1CTL_PASSPHRASE)
      await sayUnlocked(context)
    return 0
  },
}

async function sayUnlocked({ app, output }: Context): Promise<void> {
  // What does not open is told of by what opens it.
  const unlocked = await (await app.secrets()).unlockedUntil().catch(() => undefined)
  output.say('')
  output.say(
    unlocked
      ? `The sealed secrets are unlocked until ${unlocked.until} (k1ctl lock ends it).`
      : 'The sealed secrets are locked: their passphrase is asked for (k1ctl unlock: once for a time).',
  )
}

export const connectionsCommand: GroupSpec = {
  name: 'connections',
  summary: 'list connections, to whom each leads, and where its secret is kept; show and change their settings',
  examples: [
    'k1ctl connections',
    "k1ctl connections --tenant 'Northwind Dental' --json",
    'k1ctl connections show bms',
    "k1ctl connections set active-directory 'leaversOu=OU=Leavers,DC=corp,DC=example'",
  ],
  commands: [list, showConnectionCommand, setSettingsCommand, unsetSettingsCommand],
  bare: list,
}
