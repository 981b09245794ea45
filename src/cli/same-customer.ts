import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { ConnectionRecord } from '../core/stores.ts'
import { kindOf, type SystemAbout } from '../core/system.ts'
import type { Context } from './command.ts'

type Wanted = Pick<ConnectionRecord, 'tenant' | 'system' | 'settings' | 'at'>

/**
 * Connections of other tenants that lead to the same customer: by what the system says whose it is, else by the setting
 * that names the customer. A service of which a tenant has several (SCIM, webhook) tells no customer.
 */
export function sameCustomer(
  about: SystemAbout,
  wanted: Wanted,
  all: readonly ConnectionRecord[],
): readonly ConnectionRecord[] {
  if (about.named === true) return []
  const keys = about.settings.filter(f => f.customer).map(f => f.key)
  return all.filter(other => {
    if (other.tenant === wanted.tenant || kindOf(other.system) !== about.id) return false
    if (!isSame(other.settings.url ?? '', wanted.settings.url ?? '')) return false
    if (isThere(other.at) && isThere(wanted.at) && isSame(other.at, wanted.at)) return true
    return keys.some(key => {
      const [one, two] = [other.settings[key], wanted.settings[key]]
      return isThere(one) && isThere(two) && isSame(one, two)
    })
  })
}

function isThere(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}

function isSame(one: string, two: string): boolean {
  return one.toLowerCase() === two.toLowerCase()
}

/**
 * Whoever offboards in the wrong customer's system does it to somebody else: so it is said, and at a terminal asked. And a
 * second connection is no way around what the first tenant's roles and rules say.
 * @throws K1Error `forbidden`, `refused`, `cancelled`
 */
export async function warnOfSameCustomer(
  { app, output }: Context,
  about: SystemAbout,
  wanted: Wanted,
  title: string,
): Promise<void> {
  const config = await app.config()
  const tenants = sameCustomer(about, wanted, config.connections()).map(other => other.tenant)
  if (tenants.length === 0) return
  await (await app.team())?.require('owner', tenants)
  const whose = wanted.at ? `${wanted.at} in ${title}` : `The same customer of ${title}`
  const names = tenants.join(', ')
  const ruled = tenants.filter(tenant => config.tenant(tenant)?.approval !== undefined)
  if (ruled.length > 0 && config.tenant(wanted.tenant)?.approval === undefined) {
    throw new K1Error(
      'refused',
      `${whose} is connected already, for ${ruled.join(', ')}, where somebody else approves what is done; ${wanted.tenant} has no such rule.`,
      { hint: `Give it one first: k1ctl tenant approval ${quoted(wanted.tenant)} --for delete --for require-log-in` },
    )
  }
  output.warn(
    `${output.talk.yellow('warning:')} ${whose} is connected already, for ${names}: is it ${wanted.tenant}'s?`,
  )
  if (!output.canAsk) return
  if (!(await (await app.prompter()).confirm(`Connect it for ${wanted.tenant} all the same?`))) {
    throw new K1Error('cancelled', `${title} was not connected for ${wanted.tenant}.`)
  }
}
