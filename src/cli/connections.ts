import { K1Error } from '../core/errors.ts'
import type { CommandSpec } from './command.ts'
import { forget } from './forget.ts'
import { systemNamed } from './sessions.ts'
import { publicConnection } from './tenant.ts'
import { chooseTenant } from './tenant-choice.ts'

const places = {
  keyring: "this machine's keyring",
  sealed: 'sealed file',
  plain: 'PLAIN TEXT file',
  environment: 'environment',
} as const

export const connections: CommandSpec = {
  name: 'connections',
  summary: 'list connections and where each secret is kept',
  takes: ['list'],
  options: [{ flags: '-t, --tenant <name>', summary: 'only this tenant' }],
  examples: ['k1ctl connections', "k1ctl connections --tenant 'Northwind Dental' --json"],
  async run({ app, words, output }) {
    const config = await app.config()
    const rows = config.connections(words.text('tenant')).map(publicConnection)
    await output.records(
      rows,
      [
        { title: 'Tenant', cell: r => r.tenant },
        { title: 'System', cell: r => r.system },
        { title: 'As', cell: r => r.as },
        { title: 'Where', cell: r => r.settings.url ?? '' },
        { title: 'Secret', cell: r => r.secretFields.join(', ') },
        { title: 'Kept in', cell: r => places[r.place] },
        { title: 'Since', cell: r => r.connectedAt, wide: true },
      ],
      'Nothing is connected yet. Begin with: k1ctl connect bms',
    )
    return 0
  },
}

export const disconnect: CommandSpec = {
  name: 'disconnect',
  args: '<system>',
  summary: 'forget a connection and its secret',
  details: 'Nothing is changed in the system itself.',
  takes: ['tenant'],
  examples: ["k1ctl disconnect bms --tenant 'Northwind Dental'"],
  async run(context) {
    const { app, words, output } = context
    const system = await systemNamed(context, words.required(0, 'The system'))
    const tenant = await chooseTenant(context)
    const connection = (await app.config()).connection(tenant.name, system.about.id)
    if (!connection) {
      throw new K1Error('not-set-up', `${system.about.title} is not connected for ${tenant.name}.`, {
        hint: 'k1ctl connections',
      })
    }
    await forget(app, connection)
    output.say(`Forgot ${system.about.title} for ${tenant.name}.`)
    return 0
  },
}
