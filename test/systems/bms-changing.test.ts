import { describe, expect, it } from 'vitest'
import { failureOf } from '../http/loopback.ts'
import { ordinary, setStage, tenants } from './bms-stage.ts'

const { open, fault, calls, writes, companyOf } = setStage()

describe('changing', () => {
  it('changes what is asked for and nothing else', async () => {
    const { features } = await open(tenants.everythingOn)
    const before = await features.read()
    await features.change(before, { on: { 'user-creation': false } })
    const after = await features.read()
    expect(after).toEqual({ ...before, version: after.version, on: { ...before.on, 'user-creation': false } })
    expect(await writes()).toEqual(['PUT /v2/admin/k1/accesscontrol/settings'])
  })

  it('replaces the exceptions by the full lists', async () => {
    const { features } = await open(ordinary)
    const people = (await features.choices('manager')).slice(0, 2).map(choice => choice.id)
    const before = await features.read()
    const users = [...new Set([...before.exceptions.users.map(user => user.id), ...people])].sort()
    await features.change(before, { exceptions: { users, roles: ['6', '3'] } })
    const after = await features.read()
    expect(after.exceptions.users.map(user => user.id).sort()).toEqual(users)
    expect(after.exceptions.roles.map(role => role.id).sort()).toEqual(['3', '6'])
    expect(after.on).toEqual(before.on)
  })

  it('creates the settings of a company that was never configured, with all seven defaults', async () => {
    const { features } = await open(tenants.neverConfigured)
    const before = await features.read()
    const [manager] = await features.choices('manager')
    const defaults = {
      department: '2',
      location: '1',
      manager: manager?.id ?? '',
      'job-title': '1',
      'employment-type': '1',
      'security-role': '8',
      'employee-role': '1',
    }
    await features.change(before, { on: { 'user-creation': true }, defaults })
    const after = await features.read()
    expect(after.on['user-creation']).toBe(true)
    expect(Object.fromEntries(Object.entries(after.defaults).map(([key, choice]) => [key, choice?.id]))).toEqual(
      defaults,
    )
    expect(await writes()).toEqual(['POST /v2/admin/k1/accesscontrol/settings'])
  })

  it('is refused while defaults are missing, and says which', async () => {
    const { features } = await open(tenants.neverConfigured)
    const error = await failureOf(features.change(await features.read(), { defaults: { department: '2' } }))
    expect(error).toMatchObject({ kind: 'refused', hint: expect.stringContaining('k1ctl jit defaults set bms') })
    expect(error.facts.missing).toEqual([
      'location',
      'manager',
      'job-title',
      'employment-type',
      'security-role',
      'employee-role',
    ])
    expect(await writes()).toEqual([])
  })

  it.each([
    ['a default that does not exist', { colour: '1' }],
    ['an id that is none', { department: 'Service Desk' }],
    ['an id of nothing', { department: '0' }],
    ['an id that is too large', { department: '99999999999' }],
  ])('refuses %s', async (_name, defaults) => {
    const { features } = await open(ordinary)
    expect(await failureOf(features.change(await features.read(), { defaults }))).toMatchObject({ kind: 'usage' })
    expect(await writes()).toEqual([])
  })

  it('is a conflict when somebody else was faster, and writes nothing', async () => {
    const { features } = await open(tenants.everythingOn)
    const other = await open(tenants.everythingOn)
    const from = await features.read()
    await other.features.change(from, { on: { deprovisioning: false } })
    const before = await writes()
    for (const act of [
      () => features.change(from, { on: { 'user-creation': false } }),
      () => features.map(from, { group: { id: 'g', name: 'G' }, roles: [] }),
      () => features.unmap(from, { ...from.mappings[0], group: { id: 'g', name: 'G' }, roles: [] }),
    ]) {
      expect(await failureOf(act())).toMatchObject({ kind: 'conflict' })
    }
    expect(await writes()).toEqual(before)
  })

  it('cannot turn log-in on or off: a person does', async () => {
    const { features } = await open(ordinary)
    const from = await features.read()
    const error = await failureOf(features.change(from, { on: { 'log-in': false } }))
    expect(error).toMatchObject({ kind: 'refused', hint: expect.stringContaining('Admin > My Company') })
    expect(error.hint).toContain('Turn Enable Log In with KaseyaOne off.')
    await features.change(from, { on: { 'log-in': true } })
  })

  it('tells what BMS says no to', async () => {
    const { features } = await open(ordinary)
    const error = await failureOf(features.change(await features.read(), { defaults: { location: '4711' } }))
    expect(error).toMatchObject({ kind: 'rejected', message: expect.stringContaining('Location does not exist') })
  })

  it('is forbidden to one who is no administrator', async () => {
    const { features } = await open(tenants.notAdmin)
    const from = await features.read()
    expect(await failureOf(features.change(from, { on: { deprovisioning: false } }))).toMatchObject({
      kind: 'forbidden',
    })
  })

  it.each(['before', 'after'] as const)('is never sent twice when the answer is lost (%s it was done)', async drop => {
    const { features } = await open(ordinary)
    const from = await features.read()
    await fault({ method: 'PUT', drop })
    const error = await failureOf(features.change(from, { on: { deprovisioning: !from.on.deprovisioning } }))
    expect(error).toMatchObject({ kind: 'lost-answer' })
    expect((await calls()).filter(call => call.method === 'PUT')).toHaveLength(1)
    expect((await features.read()).version === from.version).toBe(drop === 'before')
  })
})

describe('access groups', () => {
  it('are mapped, mapped anew with their order kept, and unmapped', async () => {
    const { features } = await open(ordinary)
    let reading = await features.read()
    for (const mapping of reading.mappings) {
      await features.unmap(reading, mapping)
      reading = await features.read()
    }
    expect(reading.mappings).toEqual([])
    const [group, second] = await features.groups()
    const roles = await features.roles()
    const role = (name: string) => {
      const found = roles.find(one => one.name === name)
      if (found === undefined) throw new Error(`no role ${name}`)
      return found
    }
    if (group === undefined || second === undefined) throw new Error('the demo has no groups')
    await features.map(reading, { group, roles: [role('Technician')] })
    reading = await features.read()
    await features.map(reading, { group: second, roles: [role('Employee')] })
    reading = await features.read()
    const orders = await ordersIn(ordinary)
    await features.map(reading, { group: second, roles: [role('Employee'), role('Manager')] })
    reading = await features.read()
    expect(await ordersIn(ordinary)).toEqual(orders)
    expect(
      reading.mappings
        .find(one => one.group.id === second.id)
        ?.roles.map(one => one.name)
        .sort(),
    ).toEqual(['Employee', 'Manager'])
    expect(reading.mappings).toHaveLength(2)
  })

  it('that are not mapped need no unmapping', async () => {
    const { features } = await open(ordinary)
    await features.unmap(await features.read(), { group: { id: 'unknown', name: 'Unknown' }, roles: [] })
    expect(await writes()).toEqual([])
  })

  async function ordersIn(tenantId: string): Promise<unknown> {
    const { mappings } = await companyOf(tenantId)
    return mappings.map(({ groupId, order }) => [groupId, order]).sort()
  }
})
