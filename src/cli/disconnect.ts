import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { TenantRecord } from '../core/stores.ts'
import { kindOf, titleOf } from '../core/system.ts'
import type { CommandSpec, Context } from './command.ts'
import { tidyLeft } from './left-secrets.ts'
import { connectionNamed, type NamedConnection } from './sessions.ts'
import { askTenant } from './tenant-choice.ts'

export const disconnectCommand: CommandSpec = {
  name: 'disconnect',
  args: '[connection]',
  summary: 'forget a connection and its secret',
  details: 'Nothing is changed in the system itself.',
  takes: ['tenant', 'output'],
  examples: [
    "k1ctl disconnect bms --tenant 'Northwind Dental'",
    'k1ctl disconnect scim:huddle',
    'k1ctl disconnect    # asks which, at a terminal',
  ],
  async run(context) {
    const { app, words, output } = context
    const removeItsSecret = await tidyLeft(context)
    const given = words.arg(0)
    const known = given === undefined ? undefined : await connectionNamed(context, given)
    const tenant = await askTenant(context)
    const { id, title } =
      known ?? (await chooseConnection(context, tenant, `Forget which connection of ${tenant.name}?`))
    const connection = (await app.config()).connection(tenant.name, id)
    if (!connection) throw notConnectedHere(title, tenant)
    await (await app.config()).disconnect(tenant.name, id)
    await removeItsSecret()
    if (output.forMachine) output.json({ tenant: tenant.name, system: id, place: connection.place })
    output.say(`Forgot how to sign in to ${title} for ${tenant.name}.`)
    return 0
  },
}

export function notConnectedHere(title: string, tenant: TenantRecord): K1Error {
  return new K1Error('not-set-up', `${title} is not connected for ${tenant.name}.`, {
    hint: `What is: k1ctl connections --tenant ${quoted(tenant.name)}`,
  })
}

/** @throws K1Error `usage` where nobody can be asked, `not-set-up` where there is none */
export async function chooseConnection(
  context: Context,
  tenant: TenantRecord,
  question: string,
): Promise<NamedConnection> {
  const { app, output } = context
  const connections = (await app.config()).connections(tenant.name)
  if (connections.length === 0) {
    throw new K1Error('not-set-up', `Nothing is connected for ${tenant.name}.`, {
      hint: `Begin with: k1ctl connect --tenant ${quoted(tenant.name)}`,
    })
  }
  if (!output.canAsk) {
    throw new K1Error('usage', 'No connection is named.', {
      hint: `Name one: ${connections.map(c => c.system).join(', ')}`,
    })
  }
  const { find } = await app.systems()
  const word = await (await app.prompter()).choose(
    question,
    connections.map(c => ({
      value: c.system,
      name: c.system,
      description: [titleOf(c.system, find(kindOf(c.system))?.about.title ?? c.system), c.as, c.at ?? '']
        .filter(Boolean)
        .join(' · '),
    })),
  )
  return connectionNamed(context, word)
}
