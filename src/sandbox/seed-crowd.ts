import { demoFacts } from './seed.ts'
import { seedOperators } from './seed-operators.ts'
import { seedBms, seedModule } from './seed-settings.ts'
import type { World, WorldPerson, WorldTenant } from './world.ts'

/** In one team of Crowd; large enough that leaving it changes no one else's answer much. */
const teamSize = 25

/**
 * One tenant, "Crowd", with `count` people (`person-0001@crowd.example` …) who have an account in every system, and
 * one administrator (`admin@crowd.example`). The three modules follow KaseyaOne. For load tests.
 */
export function crowdWorld(count: number): World {
  const people = Array.from({ length: count }, (_, index) => crowdPerson(index + 1))
  const tenant: WorldTenant = {
    id: 't-001',
    name: 'Crowd',
    domains: ['crowd.example'],
    people: [administrator, ...people],
    bms: following(),
    graphus: { ...seedModule('log-in'), deprovisioning: true },
    'datto-partner-portal': { ...seedModule('log-in'), deprovisioning: true },
    unconnected: [],
  }
  const operators = seedOperators(demoFacts.operators).map(({ tenantIds: _, ...operator }) => operator)
  return { organization: { ...demoFacts.organization }, operators, tenants: [tenant] }
}

const administrator: WorldPerson = {
  id: 'p-000000',
  givenName: 'Ada',
  familyName: 'Crowd',
  email: 'admin@crowd.example',
  active: true,
  kaseyaOneRole: 'Root Admin',
  kaseyaOneGroups: [],
  graphusRole: 'Admin',
  partnerPortalRole: 'Security Admin',
  partnerPortalPrimary: true,
  bmsEmployeeId: 1001,
  bmsSecurityRoleId: 1,
}

function crowdPerson(number: number): WorldPerson {
  const digits = String(number).padStart(4, '0')
  return {
    id: `p-${digits.padStart(6, '0')}`,
    givenName: 'Person',
    familyName: digits,
    email: `person-${digits}@crowd.example`,
    active: true,
    kaseyaOneRole: 'User',
    kaseyaOneGroups: [`Team ${Math.ceil(number / teamSize)}`],
    graphusRole: 'Analyst',
    partnerPortalRole: 'Tech',
    bmsEmployeeId: 10_000 + number,
    bmsSecurityRoleId: 3,
  }
}

function following() {
  const bms = seedBms({ number: 1, name: 'Crowd', level: 'log-in', groups: [], facts: {} })
  return { ...bms, settings: { ...bms.settings, deprovisioning: true } }
}
