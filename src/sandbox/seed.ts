import { customers } from './seed-names.ts'
import { seedOperators } from './seed-operators.ts'
import { northwindLeavers, northwindPeople, seedCrowd, severalResellersEmail } from './seed-people.ts'
import { SeedRandom } from './seed-random.ts'
import { seedBms, seedModule } from './seed-settings.ts'
import type { World, WorldTenant } from './world.ts'

const organization = { id: 'k1-org-brightwater', name: 'Brightwater IT' }
const everybody = 2000

/** Where the demo world keeps its surprises: by tenant id, person and operator, for tests and demos. */
export const demoFacts = {
  organization,
  people: northwindPeople,
  leavers: northwindLeavers,
  severalResellersEmail,
  tenants: {
    first: 't-001',
    everythingOn: 't-002',
    lastGraphusAdmin: 't-003',
    ambiguousDepartments: 't-004',
    neverConfigured: 't-005',
    notLinked: 't-006',
    graphusUnconnected: 't-007',
    notAdmin: 't-009',
    severalResellers: 't-010',
    severalResellersToo: 't-011',
    withoutBms: 't-013',
    withoutGraphus: 't-014',
    withoutPartnerPortal: 't-015',
  },
  /** Usernames. */
  operators: {
    admin: 'jordan.reyes',
    twoFactor: 'mina.park',
    push: 'luis.ortega',
    analyst: 'tess.whitlock',
    twoTenants: 'nadia.haddad',
  },
} as const

/** An MSP with 40 tenants and 2,000 people. The same on every call. */
export function demoWorld(): World {
  const random = new SeedRandom(2_000_040)
  const sizes = crowdSizes(random)
  let count = 0
  const nextId = () => {
    count += 1
    return `p-${String(count).padStart(6, '0')}`
  }
  const tenants = customers.map(([name, ...domains], index) => {
    const size = sizes[index] ?? 0
    return seedTenant(index + 1, name, domains, size, random, nextId)
  })
  return { organization: { ...organization }, operators: seedOperators(demoFacts.operators), tenants }
}

/** The organization, its operators, and one tenant where nobody is but the operator. */
export function emptyWorld(): World {
  const operators = seedOperators(demoFacts.operators)
  const id = demoFacts.tenants.first
  const [operator] = operators
  const tenant: WorldTenant = {
    id,
    name: 'Northwind Dental',
    domains: ['northwind-dental.example'],
    people: [
      {
        id: 'p-000001',
        givenName: 'Jordan',
        familyName: 'Reyes',
        email: operator?.email ?? '',
        active: true,
        kaseyaOneRole: 'Root Admin',
        kaseyaOneGroups: [],
        graphusRole: 'Admin',
        partnerPortalRole: 'Security Admin',
        bmsEmployeeId: 1001,
        bmsSecurityRoleId: 1,
      },
    ],
    bms: seedBms({ number: 1, name: 'Northwind Dental', level: 'off', groups: [], facts: { neverConfigured: true } }),
    graphus: seedModule('off'),
    'datto-partner-portal': seedModule('off'),
    unconnected: [],
  }
  return { organization: { ...organization }, operators, tenants: [tenant] }
}

function seedTenant(
  number: number,
  name: string,
  domains: string[],
  size: number,
  random: SeedRandom,
  nextId: () => string,
): WorldTenant {
  const id = `t-${String(number).padStart(3, '0')}`
  const { tenants } = demoFacts
  const people = seedCrowd(
    {
      number,
      size,
      domain: domains[0] ?? '',
      lastGraphusAdmin: id === tenants.lastGraphusAdmin,
      severalResellers: id === tenants.severalResellers || id === tenants.severalResellersToo,
    },
    random,
    nextId,
  )
  const groups = [...new Set(people.flatMap(person => person.kaseyaOneGroups))].sort()
  const level = levelOf(number)
  const facts = {
    neverConfigured: id === tenants.neverConfigured,
    notLinked: id === tenants.notLinked,
    notAdmin: id === tenants.notAdmin,
    ambiguousDepartments: id === tenants.ambiguousDepartments,
  }
  const graphus = number === 1 ? 'off' : level
  const portal = number === 1 ? 'log-in' : level
  return {
    id,
    name,
    domains,
    people,
    bms: id === tenants.withoutBms ? null : seedBms({ number, name, level, groups, facts }),
    graphus: id === tenants.withoutGraphus ? null : seedModule(graphus, 'analyst'),
    'datto-partner-portal': id === tenants.withoutPartnerPortal ? null : seedModule(portal, 'tech', people[3]?.id),
    unconnected: id === tenants.graphusUnconnected ? ['graphus'] : [],
  }
}

/** How far a tenant has come; the first one is where demos start. */
function levelOf(number: number): 'all' | 'half' | 'log-in' | 'off' {
  if (number === 1) return 'log-in'
  if (number === 2 || number === 3) return 'all'
  if (number <= 12) return 'half'
  const levels = ['all', 'half', 'log-in', 'off', 'all'] as const
  return levels[number % levels.length] ?? 'half'
}

/** Between 14 and about 85 each, 2,000 together. The first is small enough to read on one screen. */
function crowdSizes(random: SeedRandom): number[] {
  const sizes = customers.map((_, index) => (index === 0 ? 24 : 14 + Math.floor(random.next() * 72)))
  let left = everybody - sizes.reduce((sum, size) => sum + size, 0)
  for (let index = 1; left !== 0; index = (index % (sizes.length - 1)) + 1) {
    const size = sizes[index] ?? 0
    const step = left > 0 ? 1 : size > 14 ? -1 : 0
    sizes[index] = size + step
    left -= step
  }
  return sizes
}
