import type { CommandSpec, GroupSpec } from './command.ts'
import { describeTenant } from './tenant-description.ts'
import { mailDomain, tenantNamed } from './tenant-name.ts'

function changeDomains(verb: 'add' | 'remove', summary: string): CommandSpec {
  return {
    name: verb,
    args: '<name> <domains...>',
    summary,
    takes: ['output'],
    examples: [`k1ctl tenant domains ${verb} 'Northwind Dental' nwdental.example`],
    async run(context) {
      const { app, words, output } = context
      const tenant = await tenantNamed(context, words.required(0, 'The name'))
      const named = words.rest(1).map(mailDomain)
      const config = await app.config()
      await config.updateTenant(tenant.name, now => {
        const kept = now.domains.filter(domain => !named.includes(domain))
        return { domains: verb === 'add' ? [...kept, ...named] : kept }
      })
      const domains = config.tenant(tenant.name)?.domains ?? []
      if (output.forMachine) output.json(describeTenant(config, tenant.name))
      output.say(`The domains of ${tenant.name} are now ${domains.join(', ') || 'none'}.`)
      return 0
    },
  }
}

export const domainsCommand: GroupSpec = {
  name: 'domains',
  summary: 'the mail domains that belong to a tenant; nobody else is offboarded there',
  examples: ["k1ctl tenant domains add 'Northwind Dental' nwdental.example"],
  commands: [
    changeDomains('add', 'add mail domains to a tenant'),
    changeDomains('remove', 'take mail domains from a tenant'),
  ],
}
