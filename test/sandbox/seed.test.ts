import { describe, expect, it } from 'vitest'
import { crowdWorld, demoFacts, demoWorld, emptyWorld, parseWorld } from '../../src/sandbox/index.ts'

const world = demoWorld()
const people = world.tenants.flatMap(tenant => tenant.people)
const tenant = (id: string) => {
  const found = world.tenants.find(candidate => candidate.id === id)
  if (!found) throw new Error(`no tenant ${id}`)
  return found
}

describe('the demo world', () => {
  it('has 40 tenants and 2,000 people, each with an id of its own', () => {
    expect(world.tenants).toHaveLength(40)
    expect(new Set(world.tenants.map(({ id }) => id)).size).toBe(40)
    expect(new Set(world.tenants.map(({ name }) => name)).size).toBe(40)
    expect(people).toHaveLength(2000)
    expect(new Set(people.map(({ id }) => id)).size).toBe(2000)
    const employees = people.flatMap(person => person.bmsEmployeeId ?? [])
    expect(new Set(employees).size).toBe(employees.length)
    expect(employees.length).toBeGreaterThan(900)
  })

  it('is the same every time, and passes as a seed file', () => {
    expect(demoWorld()).toEqual(world)
    expect(parseWorld(JSON.parse(JSON.stringify(world)))).toEqual(world)
    expect(parseWorld(JSON.parse(JSON.stringify(emptyWorld())))).toEqual(emptyWorld())
  })

  it('lives under .example, with one e-mail a person inside a tenant', () => {
    for (const { people, domains } of world.tenants) {
      expect(new Set(people.map(({ email }) => email.toLowerCase())).size).toBe(people.length)
      expect(domains.every(domain => domain.endsWith('.example'))).toBe(true)
    }
    expect(people.filter(({ email }) => !/^[^@\s]{1,64}@[a-z0-9.-]+\.example$/.test(email))).toEqual([])
  })

  it('has awkward people', () => {
    expect(people.some(({ familyName }) => familyName === "O'Brien")).toBe(true)
    expect(people.some(({ email }) => email.includes('+'))).toBe(true)
    expect(people.some(({ email }) => email.includes("'"))).toBe(true)
    expect(people.some(({ givenName }) => givenName.length === 1)).toBe(true)
    expect(people.some(({ familyName }) => familyName.length > 50)).toBe(true)
    expect(people.some(({ familyName }) => /\p{Script=Han}/u.test(familyName))).toBe(true)
    expect(people.some(({ familyName }) => /\p{Script=Arabic}/u.test(familyName))).toBe(true)
    expect(people.some(({ familyName }) => /^\S+-\S+$/.test(familyName))).toBe(true)
    expect(people.some(({ givenName }) => givenName.startsWith('@'))).toBe(true)
    const inactive = people.filter(({ active }) => !active).length
    expect(inactive).toBeGreaterThan(50)
    expect(inactive).toBeLessThan(300)
  })

  it('has a first tenant that a demo can name', () => {
    const first = tenant(demoFacts.tenants.first)
    expect(world.tenants[0]).toBe(first)
    expect(first).toMatchObject({ name: 'Northwind Dental', domains: ['northwind-dental.example'] })
    for (const email of [demoFacts.people.breakGlass, demoFacts.people.itAdmin, demoFacts.people.leaver]) {
      const person = first.people.find(candidate => candidate.email === email)
      expect(person).toMatchObject({ active: true })
      expect(person?.graphusRole && person.partnerPortalRole && person.bmsEmployeeId).toBeTruthy()
    }
    expect(first.bms).toMatchObject({
      company: 'Northwind Dental',
      linked: true,
      neverConfigured: false,
      settings: { userCreation: false, requireLogIn: false, deprovisioning: false, accessGroups: false },
    })
  })

  it('holds its facts', () => {
    const { tenants } = demoFacts
    expect(tenant(tenants.neverConfigured).bms).toMatchObject({ neverConfigured: true, settings: { defaults: null } })
    expect(tenant(tenants.notLinked).bms?.linked).toBe(false)
    expect(tenant(tenants.graphusUnconnected).unconnected).toEqual(['graphus'])
    expect(tenant(tenants.notAdmin).bms?.account.admin).toBe(false)
    expect(tenant(tenants.withoutBms).bms).toBeNull()
    expect(tenant(tenants.withoutGraphus).graphus).toBeNull()
    expect(tenant(tenants.withoutPartnerPortal)['datto-partner-portal']).toBeNull()
    expect(tenant(tenants.lastGraphusAdmin).people.filter(person => person.graphusRole === 'Admin')).toHaveLength(1)
    const names = tenant(tenants.ambiguousDepartments).bms?.departments?.map(({ name }) => name)
    expect(names?.filter(name => name === 'Service Desk')).toHaveLength(2)
    const consultants = people.filter(({ email }) => email === demoFacts.severalResellersEmail)
    expect(consultants).toHaveLength(2)
    expect(consultants.every(({ severalResellers }) => severalResellers)).toBe(true)
    expect(tenant(tenants.everythingOn).bms?.settings).toMatchObject({
      userCreation: true,
      requireLogIn: true,
      deprovisioning: true,
      accessGroups: true,
    })
  })

  it('has leavers with an account in every system, awkward ones among them', () => {
    const { people: staff } = tenant(demoFacts.tenants.first)
    const leavers = demoFacts.leavers.map(email => staff.find(person => person.email === email))
    expect(leavers.length).toBeGreaterThanOrEqual(12)
    for (const person of leavers) {
      expect(person?.active && !person.activeIn && person.graphusRole && person.partnerPortalRole).toBeTruthy()
      expect(person?.bmsEmployeeId && person.kaseyaOneGroups.length).toBeTruthy()
      expect(person?.partnerPortalRole).not.toBe('Security Admin')
    }
    expect(leavers.some(person => person?.familyName.includes("'"))).toBe(true)
    expect(leavers.some(person => person?.kaseyaOneRole === 'Admin')).toBe(true)
    expect(leavers.some(person => person?.kaseyaOneGroups.length === 2)).toBe(true)
    expect(leavers.flatMap(person => person?.huddleLogin ?? []).map(login => login.includes('@'))).toEqual([
      false,
      true,
    ])
  })

  it('never seeds Require Log In on with the API account kept out', () => {
    const required = world.tenants.flatMap(({ bms }) => (bms?.settings.requireLogIn ? [bms] : []))
    expect(required.length).toBeGreaterThan(5)
    for (const { account, settings } of required) {
      expect(settings.userExceptionIds.includes(account.employeeId) || settings.roleExceptionIds.includes(6)).toBe(true)
    }
  })

  it('has the five operators of its facts, the default one without a challenge', () => {
    const { operators } = demoFacts
    expect(world.operators.map(({ username }) => username)).toEqual(Object.values(operators))
    expect(world.operators.map(({ challenge }) => challenge)).toEqual(['none', 'two-factor', 'push', 'none', 'none'])
    expect(world.operators.at(-1)?.tenantIds).toEqual(['t-001', 't-002'])
  })
})

describe('the empty world', () => {
  it('has the operators and one tenant with nobody but the operator', () => {
    const empty = emptyWorld()
    expect(empty.operators).toHaveLength(5)
    expect(empty.tenants).toHaveLength(1)
    expect(empty.tenants[0]?.people.map(({ email }) => email)).toEqual([empty.operators[0]?.email])
  })
})

describe('the crowd', () => {
  it('is one tenant whose people have an account in every system, which follow KaseyaOne', () => {
    const crowd = crowdWorld(60)
    expect(parseWorld(JSON.parse(JSON.stringify(crowd)))).toEqual(crowd)
    const [only, ...others] = crowd.tenants
    expect(others).toEqual([])
    expect(only).toMatchObject({ name: 'Crowd', domains: ['crowd.example'] })
    expect([only?.bms?.settings, only?.graphus, only?.['datto-partner-portal']].map(m => m?.deprovisioning)).toEqual([
      true,
      true,
      true,
    ])
    expect(only?.people).toHaveLength(61)
    for (const person of only?.people.slice(1) ?? []) {
      expect(person.active && person.graphusRole && person.partnerPortalRole && person.bmsEmployeeId).toBeTruthy()
    }
    expect(only?.people.filter(person => person.kaseyaOneRole.includes('Admin'))).toHaveLength(1)
    expect(new Set(only?.people.map(person => person.email)).size).toBe(61)
  })
})

describe('a seed file', () => {
  const broken = (change: (copy: ReturnType<typeof demoWorld>) => unknown): unknown => {
    const copy = demoWorld()
    return change(copy) ?? copy
  }
  it.each([
    ['is no object', () => 'hello', 'The seed must be an object'],
    ['misses a member', (copy: object) => ({ ...copy, organization: { id: 'x' } }), 'organization.name must be text'],
    ['has an unknown member', (copy: object) => ({ ...copy, color: 1 }), 'The seed has an unknown member "color"'],
    ['has no tenants', (copy: object) => ({ ...copy, tenants: [] }), 'tenants must hold at least one tenant'],
  ])('that %s is refused by name', (_, change, message) => {
    expect(() => parseWorld(broken(change))).toThrow(message)
  })

  it('is refused at the exact place', () => {
    const copy = JSON.parse(JSON.stringify(world))
    copy.tenants[3].bms.account.password = 7
    expect(() => parseWorld(copy)).toThrow('tenants[3].bms.account.password must be text')
    copy.tenants[3].bms = null
    copy.tenants[4].people[2].kaseyaOneRole = 'Master'
    expect(() => parseWorld(copy)).toThrow(/^tenants\[4\]\.people\[2\]\.kaseyaOneRole must be one of User, Admin/)
    copy.tenants[4].people[2].kaseyaOneRole = 'User'
    copy.tenants[5].people[0].id = 'p-000001'
    expect(() => parseWorld(copy)).toThrow('"p-000001" occurs twice')
  })
})
