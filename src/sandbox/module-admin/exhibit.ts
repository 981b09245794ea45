import { moduleScimQuirks } from '../scim/quirks.ts'
import type { Exhibit } from '../simulator.ts'
import { createModule } from './index.ts'

/** One of the systems that speak the module admin contract. The first operator of the world is the one who signs in. */
export function moduleExhibit(id: 'graphus' | 'datto-partner-portal' | 'kaseyaone'): Exhibit {
  return {
    quirks: moduleScimQuirks,
    isEarly: true,
    create: (world, deps) => createModule(id, world, deps),
    connect(tenant, { operators, organization }, url) {
      const [operator] = operators
      if (!operator || (id !== 'kaseyaone' && !tenant[id])) return null
      const { username, password } = operator
      return { settings: { url, username, company: organization.name, tenantId: tenant.id }, secrets: { password } }
    },
  }
}
