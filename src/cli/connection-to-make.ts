import { isK1Error } from '../core/errors.ts'
import type { TenantRecord } from '../core/stores.ts'
import { kindOf } from '../core/system.ts'
import type { Context } from './command.ts'
import { connectionNamed, isConnectionName, type NamedConnection, systemNamed } from './sessions.ts'
import { askTenant } from './tenant-choice.ts'
import { properName } from './tenant-name.ts'

/** The connection that a word names; of which a tenant may have several, the name is asked for. */
export async function connectionToMake(context: Context, word: string): Promise<NamedConnection> {
  const name = context.words.text('name')
  const { about } = await systemNamed(context, kindOf(word))
  if (about.named !== true || name !== undefined || word.includes(':') || !context.output.canAsk) {
    return connectionNamed(context, word, name)
  }
  const asked = await (await context.app.prompter()).input(`Name of this ${about.title}, such as zoom or badges`, {
    validate: text => isConnectionName(text.trim()) || 'Small letters, digits and -, up to 40.',
  })
  return connectionNamed(context, word, asked.trim())
}

/** @throws K1Error `usage` where nobody can be asked */
export async function chooseSystem(context: Context, tenant: TenantRecord): Promise<string> {
  const { app } = context
  const { all } = await app.systems()
  const connected = (await app.config()).connections(tenant.name)
  return (await app.prompter()).choose(
    `Connect what for ${tenant.name}?`,
    all.map(({ about }) => {
      const there = connected.filter(c => kindOf(c.system) === about.id)
      const as = there.map(c => (c.system === about.id ? c.as : c.system)).join(', ')
      return {
        value: about.id,
        name: about.title,
        description: there.length > 0 ? `${about.id}, connected (${as})` : about.id,
      }
    }),
  )
}

/** On a machine without tenants, a person at a terminal names the first one here; it is kept once the sign-in worked. */
export async function tenantOrFirst(context: Context): Promise<TenantRecord> {
  const config = await context.app.config()
  const isNamed = context.words.text('tenant') !== undefined || (context.app.env.K1CTL_TENANT ?? '') !== ''
  if (config.tenants().length > 0 || !context.output.canAsk || isNamed) return askTenant(context)
  const name = await (await context.app.prompter()).input('Name of the first tenant, as you call this customer', {
    validate: nameComplaint,
  })
  return { name: name.trim(), domains: [] }
}

function nameComplaint(name: string): true | string {
  try {
    properName(name)
    return true
  } catch (error) {
    return isK1Error(error) ? `${error.message} ${error.hint ?? ''}` : String(error)
  }
}
