import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { ConfigDraft, ConfigReading, ConnectionRecord } from '../core/stores.ts'
import type { SeenTenant } from '../core/system.ts'
import type { CommandSpec, Context } from './command.ts'
import { systemNamed, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { askTenant } from './tenant-choice.ts'
import { nameLike } from './tenant-name.ts'

export const importTenantsCommand: CommandSpec = {
  name: 'import',
  args: '<system>',
  summary: 'add every tenant that a connection sees, connected through it',
  takes: ['tenant', 'output'],
  options: [{ flags: '--dry-run', summary: 'list what would be added, and add nothing' }],
  details:
    'Tenants are matched by the connection that they have already, else by name. A system tells no mail domains: give ' +
    'them with k1ctl tenant rename NAME --domain.',
  examples: ["k1ctl tenant import graphus --tenant 'Northwind Dental'", 'k1ctl tenant import dpp --dry-run'],
  run: importFrom,
}

interface Row {
  name: string
  id: string
  /** Its name there. */
  at: string
  state: 'already' | 'connect' | 'add'
}

/** Tenants that one credential sees come in with a connection that shares its secret. */
async function importFrom(context: Context): Promise<number> {
  const { app, words, output } = context
  const system = await systemNamed(context, words.required(0, 'The system'))
  const tenant = await askTenant(context)
  const config = await app.config()
  const connection = config.connection(tenant.name, system.about.id)
  if (!connection) {
    throw new K1Error('not-set-up', `${system.about.title} is not connected for ${tenant.name}.`, {
      hint: `Sign in once: k1ctl connect ${system.about.id} --tenant ${quoted(tenant.name)}`,
    })
  }
  return withSessions(context, { useEnvironment: true }, async sessions => {
    const module = await sessions.module(tenant.name, system)
    const seen = await spinning(context, `Asking ${system.about.title}`, async () => {
      const session = await module.open?.()
      const key = session?.tenantSetting
      return session?.tenants && key !== undefined ? { key, tenants: await session.tenants() } : null
    })
    if (!seen) {
      throw new K1Error(
        'refused',
        `A credential of ${system.about.title} belongs to one tenant; there is nothing to import.`,
      )
    }
    const isDry = words.flag('dryRun')
    const rows = isDry
      ? matched(config, connection, seen.key, seen.tenants)
      : await config.change(draft => {
          // The connection as it is at this moment: another process may have given it another secret meanwhile.
          const now = draft.connection(tenant.name, system.about.id) ?? connection
          const rows = matched(draft, now, seen.key, seen.tenants)
          write(draft, now, seen.key, rows, app.clock.now())
          return rows
        })
    await output.records(
      rows.map(({ at: _, ...r }) => ({ ...r, state: stateWords[r.state][isDry ? 'dry' : 'done'] })),
      [
        { title: 'Tenant', cell: r => r.name },
        { title: 'Id', cell: r => r.id },
        { title: 'State', cell: r => r.state },
      ],
      'This credential sees no tenants.',
    )
    const added = rows.filter(r => r.state !== 'already').length
    output.say('')
    output.say(`${rows.length} seen, ${added} ${isDry ? 'to be added or connected' : 'added or connected'}.`)
    return 0
  })
}

const stateWords = {
  already: { done: 'already', dry: 'already' },
  connect: { done: 'connected', dry: 'would be connected' },
  add: { done: 'added', dry: 'would be added' },
} as const

/** What is to be done about each tenant that the credential sees. */
function matched(
  config: ConfigReading,
  connection: ConnectionRecord,
  key: string,
  seen: readonly SeenTenant[],
): readonly Row[] {
  const { system, settings } = connection
  const here = config.connections().filter(c => c.system === system && c.settings.url === settings.url)
  const taken = new Set<string>()
  return seen.map(({ id, name: foreign }) => {
    const known = here.find(c => c.settings[key] === id)
    if (known) return { name: known.tenant, id, at: foreign, state: 'already' }
    const name = freeName(config, system, taken, nameLike(foreign) || id, id)
    taken.add(name.toLowerCase())
    return { name: config.tenant(name)?.name ?? name, id, at: foreign, state: config.tenant(name) ? 'connect' : 'add' }
  })
}

/** Two tenants of one name are told apart by their id: neither may get the connection of the other. */
function freeName(config: ConfigReading, system: string, taken: Set<string>, name: string, id: string): string {
  const isTaken = taken.has(name.toLowerCase()) || config.connection(name, system) !== undefined
  return isTaken ? nameLike(`${name.slice(0, 60)} (${id})`) : name
}

function write(config: ConfigDraft, connection: ConnectionRecord, key: string, rows: readonly Row[], now: Date): void {
  const todo = rows.filter(r => r.state !== 'already')
  for (const { name, state } of todo) if (state === 'add') config.addTenant({ name, domains: [] })
  if (todo.length === 0) return
  config.connect(
    ...todo.map(({ name, id, at }) => ({
      ...connection,
      at: at || id,
      tenant: name,
      settings: { ...connection.settings, [key]: id },
      connectedAt: now.toISOString(),
    })),
  )
}
