import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FeatureAccess } from '../../src/core/features.ts'
import type { System } from '../../src/core/system.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { dattoPartnerPortal } from '../../src/systems/datto-partner-portal/index.ts'
import { graphus } from '../../src/systems/graphus/index.ts'
import { deps, failure, oddEmail, settingsOf, testClock, world } from './module-admin-world.ts'
import type { TriedSession as Session } from './tried-goal.ts'
import { openTried } from './tried-goal.ts'

const clock = testClock()
let sandbox: Sandbox
const open: Session[] = []

beforeAll(async () => {
  sandbox = await startSandbox({ seed: world, now: clock.now })
})
afterAll(() => sandbox.close())
beforeEach(async () => {
  for (const system of [graphus, dattoPartnerPortal]) await tell(system, 'POST', 'reset')
})
afterEach(async () => {
  for (const session of open.splice(0)) await session.close()
})

async function tell(system: System, method: string, what: string, body?: unknown): Promise<string> {
  const control = sandbox.systems[system.about.id]?.control
  const answer = await fetch(`${control}/${what}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok, what).toBe(true)
  return await answer.text()
}

async function features(system: System, username = 'amy', tenantId = 't-1', deadlineMs = 5000): Promise<FeatureAccess> {
  const url = sandbox.systems[system.about.id]?.url ?? ''
  const { http, ...rest } = deps(clock)
  const session = await openTried(system, settingsOf(url, username, { tenantId }), {
    ...rest,
    http: { ...http, deadlineMs },
  })
  open.push(session)
  if (session.features === undefined) throw new Error('no features')
  return session.features
}

/** Calls that changed something, as the simulator saw it. */
async function writes(system: System): Promise<string[]> {
  const calls: { method: string; path: string; write: boolean }[] = JSON.parse(await tell(system, 'GET', 'calls'))
  return calls.filter(call => call.write && !call.path.startsWith('/log-in')).map(call => `${call.method} ${call.path}`)
}

describe('reading', () => {
  it('reads Graphus, without what it does not have', async () => {
    const reading = await (await features(graphus)).read()
    expect(reading.version).toMatch(/^".+"$/)
    expect(reading).toEqual({
      version: reading.version,
      organization: { id: 'o-1', name: 'Example MSP' },
      on: { 'log-in': true, 'user-creation': false, deprovisioning: false },
      exceptions: { users: [], roles: [] },
      alwaysExempt: [],
      defaults: { role: null },
      mappings: [],
    })
  })

  it('reads the portal, with those who are always exempt', async () => {
    const reading = await (await features(dattoPartnerPortal)).read()
    expect(reading.on).toEqual({
      'log-in': true,
      'require-log-in': false,
      'user-creation': false,
      deprovisioning: false,
    })
    expect(reading.alwaysExempt.map(({ name, email, active, why }) => [name, email, active, why])).toEqual([
      ['Bea Boss', 'bea.boss@northwind.example', true, 'Security Admin'],
      ['Pat Prime', 'pat.prime@northwind.example', true, 'Primary user'],
    ])
  })

  it('reads a tenant that is not linked, and one whose mapping is not active', async () => {
    expect((await (await features(graphus, 'amy', 't-2')).read()).organization).toBeNull()
    await tell(graphus, 'POST', 'organization', { tenantId: 't-1', active: false })
    const reading = await (await features(graphus)).read()
    expect([reading.organization, reading.on['log-in']]).toEqual([null, true])
  })

  it('lists roles, marks those of an administrator, and lists KaseyaOne groups', async () => {
    const access = await features(graphus)
    expect(await access.roles()).toEqual([
      { id: 'admin', name: 'Admin', admin: true },
      { id: 'analyst', name: 'Analyst' },
    ])
    expect(await access.choices('role')).toEqual(await access.roles())
    expect((await failure(access.choices('department'))).kind).toBe('usage')
    expect((await access.groups()).map(group => group.name)).toEqual(['Help desk'])
    expect(access.defaultFields).toEqual([{ key: 'role', title: 'Role', hasChoices: true, grantsRole: true }])
    expect(access.hasRoleExceptions).toBe(false)
  })
})

describe('changing', () => {
  it('turns on user creation with its default role, and marks the role when it is an administrator’s', async () => {
    const access = await features(graphus)
    await access.change(await access.read(), { on: { 'user-creation': true }, defaults: { role: 'admin' } })
    const after = await access.read()
    expect(after.on['user-creation']).toBe(true)
    expect(after.defaults).toEqual({ role: { id: 'admin', name: 'Admin', admin: true } })
    await access.change(after, { defaults: { role: 'analyst' } })
    expect((await access.read()).defaults).toEqual({ role: { id: 'analyst', name: 'Analyst' } })
    expect(await writes(graphus)).toEqual(Array(2).fill('PATCH /tenants/t-1/unified-login'))
  })

  it('turns on Require Log In with its exceptions in one change, and replaces them as a full list', async () => {
    const access = await features(dattoPartnerPortal)
    await access.change(await access.read(), {
      on: { 'require-log-in': true },
      exceptions: { users: ['p-2'], roles: [] },
    })
    let reading = await access.read()
    expect(reading.on['require-log-in']).toBe(true)
    expect(reading.exceptions.users).toEqual([
      { id: 'p-2', name: 'Cal Carver', email: 'cal.carver@northwind.example', active: true },
    ])
    await access.change(reading, { exceptions: { users: ['p-4', 'p-3'], roles: [] } })
    reading = await access.read()
    expect(reading.exceptions.users.map(user => [user.id, user.active])).toEqual([
      ['p-3', false],
      ['p-4', true],
    ])
    await access.change(reading, { on: { 'require-log-in': false } })
    expect((await access.read()).exceptions.users).toHaveLength(2)
  })

  it('links a tenant by turning log-in on', async () => {
    const access = await features(graphus, 'amy', 't-2')
    await access.change(await access.read(), { on: { 'log-in': true } })
    expect((await access.read()).organization).toEqual({ id: 'o-1', name: 'Example MSP' })
  })

  it('sends nothing for an empty change', async () => {
    const access = await features(graphus)
    await access.change(await access.read(), {})
    expect(await writes(graphus)).toEqual([])
  })

  it('is a conflict when somebody else was faster, and writes nothing then', async () => {
    const [mine, theirs] = [await features(graphus), await features(graphus)]
    const reading = await mine.read()
    await theirs.change(await theirs.read(), { on: { deprovisioning: true } })
    const error = await failure(mine.change(reading, { on: { 'user-creation': true }, defaults: { role: 'analyst' } }))
    expect([error.kind, error.facts.code]).toEqual(['conflict', 'precondition'])
    expect((await mine.read()).on).toEqual({ 'log-in': true, 'user-creation': false, deprovisioning: true })
  })
})

describe('what is refused', () => {
  const refused = async (system: System, tenantId: string, change: Parameters<FeatureAccess['change']>[1]) => {
    const access = await features(system, 'amy', tenantId)
    const error = await failure(access.change(await access.read(), change))
    expect(error.kind).toBe('refused')
    expect(await writes(system)).toEqual([])
    return error
  }

  it('anything before log-in, with the command that fixes it', async () => {
    for (const change of [
      { on: { deprovisioning: true } },
      { on: { 'user-creation': true }, defaults: { role: 'analyst' } },
    ]) {
      const error = await refused(graphus, 't-2', change)
      expect(error.facts.needs).toBe('log-in')
      expect(error.hint).toContain('k1ctl unified-login enable graphus')
    }
  })

  it('anything without an active organization', async () => {
    await tell(graphus, 'POST', 'organization', { tenantId: 't-1', active: false })
    const error = await refused(graphus, 't-1', { on: { deprovisioning: true } })
    expect(error.facts.needs).toBe('organization')
    expect(error.hint).toContain('k1ctl unified-login enable graphus')
  })

  it('user creation without a default role', async () => {
    const error = await refused(graphus, 't-1', { on: { 'user-creation': true } })
    expect(error.hint).toContain('k1ctl jit defaults set graphus --role NAME')
  })

  it('log-in off while another feature is on', async () => {
    const access = await features(graphus)
    await access.change(await access.read(), { on: { deprovisioning: true } })
    const error = await failure(access.change(await access.read(), { on: { 'log-in': false } }))
    expect([error.kind, error.facts.needs]).toEqual(['refused', 'deprovisioning'])
    expect(error.hint).toContain('k1ctl deprovisioning disable graphus')
  })

  it('exceptions while Require Log In is off', async () => {
    const error = await refused(dattoPartnerPortal, 't-1', { exceptions: { users: ['p-2'], roles: [] } })
    expect(error.facts.needs).toBe('require-log-in')
    expect(error.hint).toContain('k1ctl require-log-in enable')
  })

  it('a change that would lock everybody out', async () => {
    const access = await features(dattoPartnerPortal, 'amy', 't-2')
    await access.change(await access.read(), { on: { 'log-in': true } })
    const error = await failure(access.change(await access.read(), { on: { 'require-log-in': true } }))
    expect([error.kind, error.facts.code]).toEqual(['refused', 'lock-out'])
    expect(error.hint).toContain('--except')
  })

  it('what the module does not have, before anything is sent', async () => {
    expect((await refused(graphus, 't-1', { on: { 'require-log-in': true } })).facts.feature).toBe('require-log-in')
    await refused(graphus, 't-1', { exceptions: { users: ['p-2'], roles: [] } })
    await refused(dattoPartnerPortal, 't-1', { exceptions: { users: [], roles: ['tech'] } })
    await refused(graphus, 't-1', { defaults: { department: '1' } })
    const access = await features(graphus)
    const mapping = { group: { id: 'g-1', name: 'Help desk' }, roles: [] }
    const reading = await access.read()
    expect((await failure(access.map(reading, mapping))).kind).toBe('refused')
    expect((await failure(access.unmap(reading, mapping))).kind).toBe('refused')
  })

  it('anybody without the rights, with the rights that are missing', async () => {
    const access = await features(dattoPartnerPortal, 'ann')
    const error = await failure(access.change(await access.read(), { on: { deprovisioning: true } }))
    expect(error.kind).toBe('forbidden')
    expect(error.facts.missing).toEqual([
      'Your KaseyaOne role is User; changing settings takes Admin or Root Admin.',
      'Your Datto Partner Portal role is Tech; changing settings takes Security Admin.',
    ])
    expect(error.message).toContain('takes Security Admin')
  })

  it('a role that does not exist', async () => {
    const access = await features(graphus)
    const error = await failure(access.change(await access.read(), { defaults: { role: 'emperor' } }))
    expect([error.kind, error.facts.field]).toEqual(['rejected', 'defaultRoleId'])
  })
})

describe('looking people up', () => {
  it('finds exactly one by e-mail or log-in, whatever the case', async () => {
    const access = await features(graphus)
    expect(await access.users(' Cal.CARVER@northwind.example ')).toEqual({
      exact: [{ id: 'p-2', name: 'Cal Carver', email: 'cal.carver@northwind.example', active: true }],
      near: [],
    })
    expect((await access.users('dee.dorn@northwind.example')).exact).toMatchObject([{ id: 'p-3', active: false }])
  })

  it('never takes a part for the whole', async () => {
    const access = await features(graphus)
    const { exact, near } = await access.users('cal.carver')
    expect([exact, near.map(user => user.id)]).toEqual([[], ['p-2']])
    expect((await access.users('crowd.member1@northwind.example')).exact.map(user => user.id)).toEqual(['p-1001'])
  })

  it('offers near ones for a slip', async () => {
    const access = await features(graphus)
    for (const slip of ['cal.carvr@northwind.example', 'cal.carver@nortwind.example', 'kal.carver@northwind.example']) {
      const { exact, near } = await access.users(slip)
      expect([exact.length, near[0]?.id], slip).toEqual([0, 'p-2'])
    }
    expect(await access.users('')).toEqual({ exact: [], near: [] })
    expect(await access.users('zebedee@elsewhere.example')).toEqual({ exact: [], near: [] })
  })

  it('escapes what would break out of a filter', async () => {
    const access = await features(graphus)
    expect((await access.users(oddEmail)).exact.map(user => user.id)).toEqual(['p-4'])
    for (const attack of ['x" or id pr or userName eq "x', '\\', '"', 'x\\" or id pr or userName eq \\"x']) {
      expect((await access.users(attack)).exact, attack).toEqual([])
    }
  })
})

describe('when the endpoint misbehaves', () => {
  const settingsPath = '^/tenants/t-1/unified-login$'

  it.each([
    [dattoPartnerPortal, 'userExceptions'],
    [dattoPartnerPortal, 'alwaysExempt'],
    [graphus, 'defaultRole'],
  ] as const)('of $about.title does not take %s that is not shown for none', async (system, field) => {
    const access = await features(system)
    await tell(system, 'POST', 'faults', { path: settingsPath, omit: [field], times: 2 })
    for (const failed of [failure(access.read()), failure(access.look({ logIn: true, mappings: true }))]) {
      expect(await failed).toMatchObject({ kind: 'contract', facts: { field } })
    }
  })

  it('names the field that is missing', async () => {
    const access = await features(graphus)
    await tell(graphus, 'POST', 'faults', { path: settingsPath, omit: ['isLogInWithKaseyaOneEnabled'] })
    const error = await failure(access.read())
    expect([error.kind, error.facts.field]).toEqual(['contract', 'isLogInWithKaseyaOneEnabled'])
    expect(error.message).toContain('GET /tenants/t-1/unified-login')
  })

  it('does not go on without a strong ETag', async () => {
    const access = await features(graphus)
    for (const etag of ['W/"weak"', 'bare', '']) {
      await tell(graphus, 'POST', 'faults', { path: settingsPath, headers: { etag } })
      const error = await failure(access.read())
      expect([error.kind, error.facts.field], etag).toEqual(['contract', 'ETag'])
    }
  })

  it('knows a web page when it sees one', async () => {
    const access = await features(graphus)
    const page = { status: 200, body: '<!doctype html><title>Sign in</title>' }
    await tell(graphus, 'POST', 'faults', { path: settingsPath, ...page })
    expect((await failure(access.read())).kind).toBe('contract')
    await tell(graphus, 'POST', 'faults', { method: 'PATCH', path: settingsPath, ...page })
    const error = await failure(access.change(await access.read(), { on: { deprovisioning: true } }))
    expect(error.kind).toBe('contract')
  })

  it('does not send a change twice when its answer is lost', async () => {
    const access = await features(graphus)
    const reading = await access.read()
    await tell(graphus, 'POST', 'faults', { method: 'PATCH', path: settingsPath, drop: 'after' })
    const error = await failure(access.change(reading, { on: { deprovisioning: true } }))
    expect(error.kind).toBe('lost-answer')
    expect(await writes(graphus)).toEqual(['PATCH /tenants/t-1/unified-login'])
    expect((await access.read()).on.deprovisioning).toBe(true)
  })

  it('reads again when the answer of a reading is lost, and waits when told to slow down', async () => {
    const access = await features(graphus)
    await tell(graphus, 'POST', 'faults', [
      { method: 'GET', path: settingsPath, drop: 'after' },
      { method: 'GET', path: settingsPath, status: 429, headers: { 'retry-after': '1' }, body: '' },
    ])
    expect((await access.read()).on['log-in']).toBe(true)
  })

  it('refuses to take people for it who do not match, when the filter is ignored', async () => {
    const access = await features(graphus)
    const stranger = { id: 'p-9', userName: 'somebody.else@northwind.example', active: true }
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 1,
      Resources: [stranger],
    }
    await tell(graphus, 'POST', 'faults', { path: '/scim/v2/Users', times: 0, status: 200, body })
    expect(await access.users('cal.carver@northwind.example')).toEqual({ exact: [], near: [] })
  })

  it('stops when the pages never end', async () => {
    const access = await features(graphus)
    const user = { id: 'p-9', userName: 'somebody.else@northwind.example', active: true }
    await tell(graphus, 'POST', 'faults', {
      path: '/Users',
      times: 0,
      status: 200,
      body: { totalResults: 1e6, Resources: [user] },
    })
    expect((await failure(access.users('cal.carver@northwind.example'))).kind).toBe('contract')
  })

  it('does not guess whether somebody is active', async () => {
    const access = await features(graphus)
    await tell(graphus, 'POST', 'faults', { path: '/Users', omit: ['Resources.active'] })
    const error = await failure(access.users('cal.carver@northwind.example'))
    expect([error.kind, error.facts.field]).toEqual(['contract', 'active'])
  })

  it('finds people where near look-ups are not understood', async () => {
    const access = await features(graphus)
    const body = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '400',
      scimType: 'invalidFilter',
      detail: 'sw is not supported',
    }
    await tell(graphus, 'POST', 'faults', { path: '/Users', skip: 1, status: 400, body })
    expect(await access.users('cal.carvr@northwind.example')).toEqual({ exact: [], near: [] })
    await tell(graphus, 'POST', 'faults', { path: '/Users', status: 400, body })
    const error = await failure(access.users('cal.carver@northwind.example'))
    expect([error.kind, error.facts.scimType]).toEqual(['rejected', 'invalidFilter'])
  })
})
