import { describe, expect, it } from 'vitest'
import { demoFacts } from '../../src/sandbox/index.ts'
import { failureOf } from '../http/loopback.ts'
import { ordinary, setStage, tenants } from './bms-stage.ts'

const stage = setStage()
const { open, fault, control, companyOf } = stage

describe('reading', () => {
  it.each([
    ['pascal', false],
    ['camel', false],
    ['camel', true],
  ] as const)('takes %s case (nulls: %s)', async (casing, nulls) => {
    await control('POST', 'casing', { casing, nulls })
    const { features } = await open(tenants.everythingOn)
    const reading = await features.read()
    expect(reading.on).toEqual({
      'log-in': true,
      'require-log-in': true,
      'user-creation': true,
      deprovisioning: true,
      'access-groups': true,
    })
    expect(reading.organization?.id).toBe(demoFacts.organization.id)
    expect(reading.exceptions).toEqual({
      users: [],
      roles: [{ id: '6', name: 'API Employee', admin: false }],
    })
    expect(Object.keys(reading.defaults)).toEqual(features.defaultFields.map(field => field.key))
    expect(Object.values(reading.defaults).every(choice => choice !== null && choice.name !== '')).toBe(true)
    expect(reading.mappings[0]).toMatchObject({ id: expect.any(String), group: { name: expect.any(String) } })
    expect(reading.mappings[1]?.roles.map(role => role.name)).toEqual(['Technician', 'Employee'])
  })

  it.each([
    ['whether an exception is active', 'Result.UserExceptions.IsActive'],
    ['exceptions', 'Result.UserExceptions'],
    ['whether Require Log In is on', 'Result.IsRequireLoginEnabled'],
  ])('does not take %s for known where it is not shown', async (_, member) => {
    const { features } = await open(ordinary)
    await fault({ path: 'accesscontrol/settings', omit: [member], times: 2 })
    for (const read of [features.read(), features.look({ logIn: true, mappings: true })]) {
      expect((await failureOf(read)).kind).toBe('contract')
    }
  })

  it('shows a company that was never configured', async () => {
    const { features } = await open(tenants.neverConfigured)
    const reading = await features.read()
    expect(new Set(Object.values(reading.defaults))).toEqual(new Set([null]))
    expect(reading.on).toMatchObject({ 'user-creation': false, 'require-log-in': false })
    expect(reading.exceptions).toEqual({ users: [], roles: [] })
  })

  it('shows a company that is not linked', async () => {
    const { features } = await open(tenants.notLinked)
    expect(await features.read()).toMatchObject({ organization: null, on: { 'log-in': false } })
  })

  it('has a version that stays, and changes with what is there', async () => {
    const { features } = await open(ordinary)
    const before = await features.read()
    expect(before.version).toMatch(/^[0-9a-f]{64}$/)
    // Saved again as it is: only the time of the last change moves on.
    await features.change(before, {})
    expect((await features.read()).version).toBe(before.version)
    await features.change(before, { on: { deprovisioning: false } })
    expect((await features.read()).version).not.toBe(before.version)
  })

  it.each([
    [
      'a failure inside a 200',
      { error: { Code: 77, Message: 'Settings are locked.' } },
      'rejected',
      'Settings are locked.',
    ],
    ['a refusal inside a 200', { error: { Code: 403, Message: 'Not yours.' } }, 'forbidden', 'Not yours.'],
    ['403', { status: 403, body: { Success: false, Error: { Message: 'No.' } } }, 'forbidden', 'No.'],
    ['HTML', { status: 200, body: '<html></html>' }, 'contract', 'a web page'],
    ['500', { status: 500, body: '' }, 'server', '500'],
    ['a missing field', { omit: ['Result.IsEnabled'] }, 'contract', 'result.isEnabled'],
  ])('tells %s', async (_name, what, kind, words) => {
    const { features } = await open(ordinary)
    await fault({ method: 'GET', path: 'accesscontrol/settings', ...what })
    expect(await failureOf(features.read())).toMatchObject({ kind, message: expect.stringContaining(words) })
  })

  it('reads on over a lost answer and a 503', async () => {
    const { features } = await open(ordinary)
    await fault(
      { path: 'settings', drop: 'before' },
      { path: 'mappings', drop: 'after' },
      { path: 'status', status: 503 },
    )
    expect((await features.read()).on['log-in']).toBe(true)
  })

  it('waits when BMS asks to, and gives up when that is too long', async () => {
    const { features } = await open(ordinary)
    await fault({ path: 'status', status: 429, headers: { 'retry-after': '2' } })
    await features.read()
    expect(stage.clock.waits.some(ms => ms >= 2000 && ms < 3000)).toBe(true)
    await fault({ path: 'status', status: 429, headers: { 'retry-after': '900' } })
    expect(await failureOf(features.read())).toMatchObject({ kind: 'rate-limited', facts: { retryAfterSeconds: 900 } })
  })
})

describe('choices', () => {
  it('leave out what is inactive, and mark administrators', async () => {
    const { features } = await open(ordinary)
    expect((await features.choices('job-title')).map(choice => choice.name)).not.toContain('Intern')
    const roles = await features.choices('security-role')
    expect(roles).toEqual(await features.roles())
    expect(roles.map(choice => choice.name)).not.toContain('Legacy Technician')
    expect(roles.filter(choice => choice.admin).map(choice => choice.name)).toEqual(['Administrator'])
    expect(await features.choices('employment-type')).toEqual([])
    expect(await features.choices('department')).toHaveLength(5)
    expect(await failureOf(features.choices('colour'))).toMatchObject({ kind: 'usage' })
  })

  it('come from all pages', async () => {
    await stage.restart(world => {
      const [big] = world.tenants.slice(2, 3)
      const people = world.tenants.flatMap(tenant => tenant.people).slice(0, 350)
      if (big)
        big.people = people.map((person, index) => ({ ...person, id: `p-9${index}`, bmsEmployeeId: 9000 + index }))
    })
    const { features } = await open(ordinary)
    const { employees: everybody } = await companyOf(ordinary)
    expect(everybody.length).toBeGreaterThan(300)
    expect(await features.choices('manager')).toHaveLength(everybody.filter(one => one.active).length)
  })
})

describe('users', () => {
  it('are found by e-mail or user name, exactly, ignoring case', async () => {
    const { features } = await open(ordinary)
    const [someone] = (await companyOf(ordinary)).employees
    if (someone === undefined) throw new Error('nobody there')
    for (const text of [someone.email.toUpperCase(), ` ${someone.username} `]) {
      const { exact } = await features.users(text)
      expect(exact).toContainEqual({
        id: String(someone.id),
        name: `${someone.firstName} ${someone.lastName}`,
        email: someone.email,
        active: someone.active,
      })
    }
  })

  it('that BMS does not find by its filter are found all the same', async () => {
    const { features } = await open(ordinary)
    const [someone] = (await companyOf(ordinary)).employees
    await fault({ path: 'Filter_Text', body: { Success: true, Result: [], TotalRecords: 0 }, status: 200 })
    expect((await features.users(someone?.email ?? '')).exact).toHaveLength(1)
  })

  it('that do not exist are not guessed, but near ones are named', async () => {
    const { features } = await open(ordinary)
    const [someone] = (await companyOf(ordinary)).employees
    const email = someone?.email ?? ''
    const { exact, near } = await features.users(email.replace('@', 'x@'))
    expect(exact).toEqual([])
    expect(near.map(user => user.email)).toContain(email)
    expect(near.length).toBeLessThanOrEqual(10)
    expect(await features.users(' ')).toEqual({ exact: [], near: [] })
  })

  it('are shown inactive when they are', async () => {
    const { features } = await open(ordinary)
    // The first is the API account, which nobody deactivates.
    const someone = (await companyOf(ordinary)).employees.filter(one => one.active).at(1)
    await control('POST', 'employee', { company: (await companyOf(ordinary)).name, id: someone?.id, active: false })
    expect((await features.users(someone?.email ?? '')).exact).toMatchObject([{ active: false }])
  })

  it('a list that ends before its own total is a contract error', async () => {
    const { features } = await open(ordinary)
    const body = { Success: true, Result: [], TotalRecords: 3 }
    await fault({ path: 'searchselect', status: 200, body })
    expect(await failureOf(features.users('someone'))).toMatchObject({ kind: 'contract' })
  })
})
