import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { CommandSpec } from './command.ts'
import { removeLeaving } from './kept-secret.ts'
import { connectionNamed } from './sessions.ts'
import { places, publicConnection } from './tenant.ts'
import { chooseTenant } from './tenant-choice.ts'
import { tenantNamed } from './tenant-name.ts'

export const connections: CommandSpec = {
  name: 'connections',
  summary: 'list connections and where each secret is kept',
  takes: ['list'],
  options: [{ flags: '-t, --tenant <name>', summary: 'only this tenant' }],
  examples: ['k1ctl connections', "k1ctl connections --tenant 'Northwind Dental' --json"],
  async run(context) {
    const { app, words, output } = context
    const config = await app.config()
    const named = words.text('tenant')
    const only = named === undefined ? undefined : (await tenantNamed(context, named)).name
    const rows = config.connections(only).map(publicConnection)
    await output.records(
      rows,
      [
        { title: 'Tenant', cell: r => r.tenant },
        { title: 'System', cell: r => r.system },
        { title: 'As', cell: r => r.as },
        { title: 'Secret', cell: r => places[r.place] },
        { title: 'Url', cell: r => r.settings.url ?? '' },
        { title: 'Fields', cell: r => r.secretFields.join(', '), wide: true },
        { title: 'Since', cell: r => r.connectedAt, wide: true },
      ],
      `Nothing is connected yet. Begin with: k1ctl connect bms${only === undefined ? '' : ` --tenant ${quoted(only)}`}`,
    )
    return 0
  },
}

export const disconnect: CommandSpec = {
  name: 'disconnect',
  args: '<system>',
  summary: 'forget a connection and its secret',
  details: 'Nothing is changed in the system itself.',
  takes: ['tenant', 'output'],
  examples: ["k1ctl disconnect bms --tenant 'Northwind Dental'", 'k1ctl disconnect scim:huddle'],
  async run(context) {
    const { app, words, output } = context
    await removeLeaving(context)
    const { id, title } = await connectionNamed(context, words.required(0, 'The system'))
    const tenant = await chooseTenant(context)
    const connection = (await app.config()).connection(tenant.name, id)
    if (!connection) {
      throw new K1Error('not-set-up', `${title} is not connected for ${tenant.name}.`, {
        hint: `What is: k1ctl connections --tenant ${quoted(tenant.name)}`,
      })
    }
    await (await app.config()).disconnect(tenant.name, id)
    await removeLeaving(context)
    if (output.forMachine) output.json({ tenant: tenant.name, system: id, place: connection.place })
    output.say(`Forgot how to sign in to ${title} for ${tenant.name}.`)
    return 0
  },
}
