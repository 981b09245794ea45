import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { CommandSpec, GroupSpec } from './command.ts'
import { tidyLeft } from './left-secrets.ts'
import { approvalCommand, approvalText } from './tenant-approval.ts'
import { askTenant } from './tenant-choice.ts'
import { describeTenant, places } from './tenant-description.ts'
import { domainsCommand } from './tenant-domains.ts'
import { importTenantsCommand } from './tenant-import.ts'
import { mailDomain, properName, tenantNamed } from './tenant-name.ts'
import { zoneCommand } from './tenant-zone.ts'

const domainOption = {
  flags: '--domain <domain>',
  summary: 'a mail domain of this tenant (repeatable)',
  repeat: true,
} as const

const list: CommandSpec = {
  name: 'list',
  summary: 'list tenants; * marks the stored choice',
  takes: ['list'],
  examples: [
    'k1ctl tenant list',
    'k1ctl tenant list --json',
    `k1ctl tenant list --template '{% for one in it %}{{ one.name }}{{ "\\n" }}{% endfor %}'`,
  ],
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
      `There is no tenant yet. ${addOne}`,
    )
    return 0
  },
}

const add: CommandSpec = {
  name: 'add',
  args: '<name>',
  summary: 'add a tenant',
  options: [domainOption],
  takes: ['output'],
  examples: ["k1ctl tenant add 'Acme Legal' --domain acme-legal.example"],
  async run({ app, words, output }) {
    const name = properName(words.required(0, 'The name'))
    const config = await app.config()
    await config.addTenant({ name, domains: words.list('domain').map(mailDomain) })
    if (output.forMachine) output.json(describeTenant(config, name))
    output.say(`Added ${name}. Next: k1ctl connect bms --tenant ${quoted(name)}`)
    return 0
  },
}

const use: CommandSpec = {
  name: 'use',
  args: '[name]',
  summary: 'keep a tenant as the choice; at a terminal it can be searched for',
  takes: ['output'],
  examples: ["k1ctl tenant use 'Northwind Dental'", 'k1ctl tenant use'],
  async run(context) {
    const { app, words, output } = context
    const config = await app.config()
    const tenants = config.tenants()
    const named = words.arg(0)
    if (tenants.length === 0) throw new K1Error('no-tenant', 'There is no tenant yet.', { hint: addOne })
    if (named === undefined && !output.canAsk) {
      const names = tenants.map(t => t.name)
      throw new K1Error('unattended', 'No tenant is named, and nobody can be asked.', {
        hint: 'k1ctl tenant use NAME. The names: k1ctl tenant list',
        facts: { tenants: names },
      })
    }
    const current = config.current()
    const choices = () =>
      tenants.map(t => ({
        value: t,
        name: t.name,
        description: t.domains.join(', '),
        ...(t.name === current ? { current: true as const } : {}),
      }))
    const { name } =
      named === undefined
        ? await (await app.prompter()).choose('Which tenant?', choices())
        : await tenantNamed(context, named)
    await config.use(name)
    if (output.forMachine) output.json(describeTenant(config, name))
    output.say(`Commands now mean ${name}.`)
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
    const tenant = named === undefined ? await askTenant(context) : await tenantNamed(context, named)
    if (output.forMachine) {
      output.json(describeTenant(config, tenant.name))
      return 0
    }
    const isCurrent = config.current() === tenant.name
    const connections = config.connections(tenant.name)
    const width = Math.max(...connections.map(c => c.system.length), 'domains'.length) + 2
    const noDomains = `none yet; k1ctl tenant domains add ${quoted(tenant.name)} customer.example`
    const lines = [
      `${output.data.bold(tenant.name)}${isCurrent ? output.data.dim('  (the stored choice)') : ''}`,
      `  ${'domains'.padEnd(width)}${tenant.domains.join(', ') || noDomains}`,
      ...(tenant.zone ? [`  ${'zone'.padEnd(width)}${tenant.zone}`] : []),
      ...(tenant.approval ? [`  ${'approval'.padEnd(width)}${approvalText(tenant.approval)}`] : []),
      ...connections.map(c => `  ${c.system.padEnd(width)}${c.as ? `as ${c.as} · ` : ''}${places[c.place]}`),
    ]
    if (connections.length === 0)
      lines.push(`  Nothing is connected: k1ctl connect bms --tenant ${quoted(tenant.name)}`)
    for (const line of lines) output.write(`${line}\n`)
    return 0
  },
}

const rename: CommandSpec = {
  name: 'rename',
  args: '<name> [new-name]',
  summary: 'rename a tenant; --domain puts other mail domains in place of its present ones',
  options: [domainOption],
  takes: ['output'],
  examples: [
    "k1ctl tenant rename 'Northwind Dental' 'Northwind Dental Group'",
    "k1ctl tenant rename 'Northwind Dental' --domain northwind-dental.example --domain nwdental.example",
  ],
  async run(context) {
    const { app, words, output } = context
    const { name: from } = await tenantNamed(context, words.required(0, 'The name'))
    const to = words.arg(1) === undefined ? from : properName(words.required(1, 'The new name'))
    const domains = words.list('domain').map(mailDomain)
    if (words.arg(1) === undefined && domains.length === 0) {
      throw new K1Error('usage', `What is to change about ${from}?`, {
        hint: `k1ctl tenant rename ${quoted(from)} NEW-NAME, or --domain customer.example`,
      })
    }
    const config = await app.config()
    await config.updateTenant(from, { name: to, ...(domains.length > 0 ? { domains } : {}) })
    if (output.forMachine) output.json(describeTenant(config, to))
    if (to !== from) output.say(`${from} is now ${to}.`)
    if (domains.length > 0) output.say(`The domains of ${to} are now ${domains.join(', ')}.`)
    return 0
  },
}

const remove: CommandSpec = {
  name: 'remove',
  args: '<name>',
  summary: 'remove a tenant from this machine, with its connections and secrets',
  options: [{ flags: '-y, --yes', summary: 'consent, without being asked' }],
  takes: ['output'],
  details: 'Nothing is changed at the tenant itself.',
  examples: ["k1ctl tenant remove 'Northwind Dental'", "k1ctl tenant remove 'Northwind Dental' --yes"],
  async run(context) {
    const { app, words, output } = context
    const removeItsSecrets = await tidyLeft(context)
    const config = await app.config()
    const tenant = await tenantNamed(context, words.required(0, 'The name'))
    const connections = config.connections(tenant.name)
    const several = connections.length === 1 ? 'a connection' : `${connections.length} connections`
    if (connections.length > 0 && !words.flag('yes')) {
      if (!output.canAsk) {
        throw new K1Error('unattended', `${tenant.name} has ${several}, and nobody can be asked.`, {
          hint: 'Consent with --yes.',
        })
      }
      const question = `Forget ${tenant.name}, and how to sign in to its ${connections.map(c => c.system).join(', ')}?`
      if (!(await (await app.prompter()).confirm(question))) throw new K1Error('cancelled', 'Nothing was removed.')
    }
    await config.removeTenant(tenant.name)
    await removeItsSecrets()
    if (output.forMachine) output.json({ removed: tenant.name, connections: connections.map(c => c.system) })
    output.say(`Removed ${tenant.name} from this machine${connections.length > 0 ? `, with ${several}` : ''}.`)
    return 0
  },
}

const addOne = 'Add one: k1ctl tenant add NAME --domain customer.example'

export const tenantCommand: GroupSpec = {
  name: 'tenant',
  summary: 'list, choose and manage tenants',
  examples: ['k1ctl tenant list', "k1ctl tenant use 'Northwind Dental'"],
  commands: [list, add, use, show, rename, domainsCommand, remove, importTenantsCommand, approvalCommand, zoneCommand],
}
