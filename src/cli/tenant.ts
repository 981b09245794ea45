import { K1Error } from '../core/errors.ts'
import type { ConnectionRecord } from '../core/ports.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { forget } from './forget.ts'
import { systemNamed, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'
import { chooseTenant } from './tenant-choice.ts'

const domainOption = {
  flags: '--domain <domain>',
  summary: 'a mail domain of this tenant (repeatable)',
  repeat: true,
} as const

const list: CommandSpec = {
  name: 'list',
  summary: 'list tenants; * marks the stored choice',
  takes: ['list'],
  examples: ['k1ctl tenant list', 'k1ctl tenant list --json'],
  async run({ app, output }) {
    const config = await app.config()
    const current = config.current()
    const rows = config.tenants().map(t => ({
      name: t.name,
      current: t.name === current,
      domains: t.domains,
      systems: config.connections(t.name).map(c => c.system),
    }))
    await output.records(
      rows,
      [
        { title: '', cell: r => (r.current ? '*' : '') },
        { title: 'Name', cell: r => r.name },
        { title: 'Domains', cell: r => r.domains.join(', ') },
        { title: 'Connected', cell: r => r.systems.join(', ') },
      ],
      'There is no tenant yet. Add one: k1ctl tenant add NAME --domain customer.example',
    )
    return 0
  },
}

const add: CommandSpec = {
  name: 'add',
  args: '<name>',
  summary: 'add a tenant',
  options: [domainOption],
  examples: ["k1ctl tenant add 'Northwind Dental' --domain northwind-dental.example"],
  async run({ app, words, output }) {
    const name = properName(words.required(0, 'The name'))
    const config = await app.config()
    await config.addTenant({ name, domains: words.list('domain').map(mailDomain) })
    output.say(`Added ${name}. Next: k1ctl connect bms --tenant '${name}'`)
    return 0
  },
}

const use: CommandSpec = {
  name: 'use',
  args: '[name]',
  summary: 'keep a tenant as the choice; at a terminal it can be searched for',
  examples: ["k1ctl tenant use 'Northwind Dental'", 'k1ctl tenant use'],
  async run({ app, words, output }) {
    const config = await app.config()
    const named = words.arg(0)
    const tenants = config.tenants()
    if (named === undefined && !output.canAsk) {
      throw new K1Error('unattended', 'No tenant is named, and nobody can be asked.', {
        hint: `k1ctl tenant use NAME. There are: ${tenants.map(t => t.name).join(', ')}`,
      })
    }
    const name =
      named ??
      (await (
        await app.prompter()
      ).choose(
        'Which tenant?',
        tenants.map(t => ({ value: t.name, name: t.name, description: t.domains.join(', ') })),
      ))
    await config.use(name)
    output.say(`Commands now mean ${config.tenant(name)?.name ?? name}.`)
    return 0
  },
}

const show: CommandSpec = {
  name: 'show',
  args: '[name]',
  summary: 'show a tenant, its domains and connections',
  takes: ['tenant', 'output'],
  examples: ['k1ctl tenant show', "k1ctl tenant show 'Northwind Dental' --json"],
  async run(context) {
    const { app, words, output } = context
    const config = await app.config()
    const named = words.arg(0)
    const tenant = named === undefined ? await chooseTenant(context) : existing(config.tenant(named), named)
    const connections = config.connections(tenant.name).map(publicConnection)
    if (output.forMachine) {
      output.json({
        name: tenant.name,
        current: config.current() === tenant.name,
        domains: tenant.domains,
        connections,
      })
      return 0
    }
    const lines = [
      output.data.bold(tenant.name),
      `  domains      ${tenant.domains.join(', ') || 'none; add one: k1ctl tenant add --domain'}`,
      ...connections.map(c => `  ${c.system.padEnd(22)} as ${c.as}, since ${c.connectedAt}`),
    ]
    output.write(`${lines.join('\n')}\n`)
    return 0
  },
}

const rename: CommandSpec = {
  name: 'rename',
  args: '<name> <new-name>',
  summary: 'rename a tenant, or change its domains with --domain',
  options: [domainOption],
  examples: ["k1ctl tenant rename Northwind 'Northwind Dental'"],
  async run({ app, words, output }) {
    const [from, to] = [words.required(0, 'The name'), properName(words.required(1, 'The new name'))]
    const domains = words.list('domain').map(mailDomain)
    await (await app.config()).updateTenant(from, { name: to, ...(domains.length > 0 ? { domains } : {}) })
    output.say(`${from} is now ${to}.`)
    return 0
  },
}

const remove: CommandSpec = {
  name: 'remove',
  args: '<name>',
  summary: 'remove a tenant from this machine, with its connections and secrets',
  options: [{ flags: '-y, --yes', summary: 'consent, without being asked' }],
  details: 'Nothing is changed at the tenant itself.',
  examples: ["k1ctl tenant remove 'Northwind Dental'", "k1ctl tenant remove 'Northwind Dental' --yes"],
  async run(context) {
    const { app, words, output } = context
    const config = await app.config()
    const name = words.required(0, 'The name')
    const tenant = existing(config.tenant(name), name)
    const connections = config.connections(tenant.name)
    if (connections.length > 0 && !words.flag('yes')) {
      if (!output.canAsk) {
        throw new K1Error(
          'unattended',
          `${tenant.name} has ${connections.length} connections, and nobody can be asked.`,
          { hint: 'Consent with --yes.' },
        )
      }
      const question = `Forget ${tenant.name} and its connections to ${connections.map(c => c.system).join(', ')}?`
      if (!(await (await app.prompter()).confirm(question))) throw new K1Error('cancelled', 'Nothing was removed.')
    }
    for (const connection of connections) await forget(app, connection)
    await config.removeTenant(tenant.name)
    output.say(`Removed ${tenant.name} from this machine.`)
    return 0
  },
}

const importTenants: CommandSpec = {
  name: 'import',
  args: '<system>',
  summary: 'add every tenant that a connection sees, connected through it',
  takes: ['tenant', 'output'],
  options: [{ flags: '--dry-run', summary: 'list what would be added' }],
  examples: ["k1ctl tenant import graphus --tenant 'Northwind Dental'", 'k1ctl tenant import dpp --dry-run'],
  run: importFrom,
}

/** Tenants that one credential sees come in with a connection that shares its secret. */
async function importFrom(context: Context): Promise<number> {
  const { app, words, output } = context
  const system = await systemNamed(context, words.required(0, 'The system'))
  const tenant = await chooseTenant(context)
  const config = await app.config()
  const connection = config.connection(tenant.name, system.about.id)
  if (!connection) {
    throw new K1Error('not-set-up', `${system.about.title} is not connected for ${tenant.name}.`, {
      hint: `Sign in once: k1ctl connect ${system.about.id} --tenant '${tenant.name}'`,
    })
  }
  return withSessions(context, { useEnvironment: true }, async sessions => {
    const module = await sessions.module(tenant.name, system)
    const session = await spinning(context, `Asking ${system.about.title}`, async () => module.open?.())
    if (!session?.tenants || !session.tenantSetting) {
      throw new K1Error(
        'refused',
        `A credential of ${system.about.title} belongs to one tenant; there is nothing to import.`,
      )
    }
    const key = session.tenantSetting
    const rows = (await session.tenants()).map(seen => ({
      name: seen.name,
      id: seen.id,
      state: config.tenant(seen.name)
        ? config.connection(seen.name, system.about.id)
          ? 'connected'
          : 'connect'
        : 'add',
    }))
    const todo = rows.filter(r => r.state !== 'connected')
    if (!words.flag('dryRun') && todo.length > 0) {
      for (const row of todo) if (row.state === 'add') await config.addTenant({ name: row.name, domains: [] })
      const records: ConnectionRecord[] = todo.map(row => ({
        ...connection,
        tenant: row.name,
        settings: { ...connection.settings, [key]: row.id },
        connectedAt: app.clock.now().toISOString(),
      }))
      await config.connect(...records)
    }
    await output.records(
      rows,
      [
        { title: 'Tenant', cell: r => r.name },
        { title: 'Id', cell: r => r.id },
        {
          title: 'What',
          cell: r => ({ connected: 'already', connect: 'connected', add: 'added' })[r.state] ?? r.state,
        },
      ],
      'This credential sees no tenants.',
    )
    return 0
  })
}

function existing<T>(tenant: T | undefined, name: string): T {
  if (tenant !== undefined) return tenant
  throw new K1Error('no-tenant', `There is no tenant called ${name}.`, { hint: 'k1ctl tenant list' })
}

export function publicConnection({ secretRef: _, ...rest }: ConnectionRecord): Omit<ConnectionRecord, 'secretRef'> {
  return rest
}

function properName(name: string): string {
  const text = name.trim()
  if (text !== '' && text.length <= 100 && !/[\u0000-\u001f\u007f/]/.test(text)) return text
  throw new K1Error('usage', `"${name}" is no name for a tenant.`, {
    hint: 'Up to 100 characters, without / and control characters.',
  })
}

function mailDomain(domain: string): string {
  const text = domain.trim().toLowerCase().replace(/^@/, '')
  if (/^([a-z0-9-]+\.)+[a-z0-9-]{2,}$/.test(text)) return text
  throw new K1Error('usage', `"${domain}" is not a mail domain.`, { hint: 'Give it as customer.example.' })
}

export const tenant: GroupSpec = {
  name: 'tenant',
  summary: 'list, choose and manage tenants',
  examples: ['k1ctl tenant list', "k1ctl tenant use 'Northwind Dental'"],
  commands: [list, add, use, show, rename, remove, importTenants],
}
