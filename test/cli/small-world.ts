import { demoFacts, demoWorld, type World } from '../../src/sandbox/index.ts'

type Known = keyof typeof demoFacts.tenants

/** The demo world with only some of its tenants, so that a test starts at once. The first one named comes first. */
export function smallWorld(...tenants: Known[]): World {
  const world = demoWorld()
  const ids = tenants.map((name): string => demoFacts.tenants[name])
  return { ...world, tenants: ids.flatMap(id => world.tenants.find(tenant => tenant.id === id) ?? []) }
}

/** The demo world's name of a tenant. */
export function tenantName(tenant: Known): string {
  const found = demoWorld().tenants.find(({ id }) => id === demoFacts.tenants[tenant])
  if (!found) throw new Error(`The demo world has no tenant ${tenant}.`)
  return found.name
}
