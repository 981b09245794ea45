import { afterEach, describe, expect, test } from 'vitest'
import { type Ground, linked, openGround, person, tenant, world } from './module-admin-ground.ts'

type Module = 'graphus' | 'datto-partner-portal'

const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

let ground: Ground
afterEach(() => ground.close())

async function open(deprovisioning = true, people = tenant('t-1').people) {
  const module = { ...linked, deprovisioning }
  ground = await openGround(world([tenant('t-1', { people, graphus: module, 'datto-partner-portal': module })]))
}

const userPath = (id: string) => `/tenants/t-1/scim/v2/Users/${id}`

/** `true`, `false`, or `gone`. */
async function isActive(system: 'kaseyaone' | Module, id: string): Promise<boolean | 'gone'> {
  const { status, body } = await ground.call(system, 'GET', userPath(id), { token: await ground.token(system) })
  return status === 404 ? 'gone' : body.active
}

async function remove(id: string, system: 'kaseyaone' | Module = 'kaseyaone') {
  return (await ground.call(system, 'DELETE', userPath(id), { token: await ground.token(system) })).status
}

async function setActive(id: string, active: boolean) {
  const body = { schemas: [patchOp], Operations: [{ op: 'replace', path: 'active', value: active }] }
  const options = { token: await ground.token('kaseyaone'), body }
  return (await ground.call('kaseyaone', 'PATCH', userPath(id), options)).status
}

describe('who leaves KaseyaOne', () => {
  test('deleted, is deleted in the modules', async () => {
    await open()
    expect(await remove('bob')).toBe(204)
    expect([await isActive('graphus', 'bob'), await isActive('datto-partner-portal', 'bob')]).toEqual(['gone', 'gone'])
    expect(await isActive('graphus', 'ann')).toBe(true)
  })

  test('deactivated, is deactivated there, and not brought back with the KaseyaOne account', async () => {
    await open()
    expect(await setActive('bob', false)).toBe(200)
    expect([await isActive('graphus', 'bob'), await isActive('datto-partner-portal', 'bob')]).toEqual([false, false])
    await setActive('bob', true)
    expect(await isActive('graphus', 'bob')).toBe(false)
  })

  test('stays in a module whose deprovisioning is off', async () => {
    await open(false)
    await setActive('bob', false)
    await remove('bob')
    expect([await isActive('graphus', 'bob'), await isActive('datto-partner-portal', 'bob')]).toEqual([true, true])
  })

  test('stays an orphan when deprovisioning comes on only later', async () => {
    await open()
    expect([await isActive('kaseyaone', 'eve'), await isActive('datto-partner-portal', 'eve')]).toEqual([false, true])
  })

  test('is only disabled in Graphus as its last administrator', async () => {
    const boss = person('boss', { graphusRole: 'Admin', partnerPortalRole: 'Administrator' })
    await open(true, [boss, person('bob', { graphusRole: 'Analyst' })])
    await remove('boss')
    expect([await isActive('graphus', 'boss'), await isActive('datto-partner-portal', 'boss')]).toEqual([false, 'gone'])
  })

  test('is deleted in Graphus as one administrator of two', async () => {
    await open(true, [person('a', { graphusRole: 'Admin' }), person('b', { graphusRole: 'Admin' })])
    await remove('a')
    expect(await isActive('graphus', 'a')).toBe('gone')
    await remove('b')
    expect(await isActive('graphus', 'b')).toBe(false)
  })

  test('is the last administrator of Graphus when the other one is inactive', async () => {
    await open(true, [person('a', { graphusRole: 'Admin' }), person('b', { graphusRole: 'Admin', active: false })])
    await remove('a')
    expect(await isActive('graphus', 'a')).toBe(false)
  })

  test('is known by the e-mail, in Partner Portal also by the username', async () => {
    await open()
    for (const system of ['graphus', 'datto-partner-portal'] as const) {
      const bob = ground.directory.account('t-1', system, 'bob')
      if (bob)
        ground.directory.save('t-1', system, { ...bob, emails: [{ value: 'other@acme.example', primary: true }] })
    }
    await remove('bob')
    expect([await isActive('graphus', 'bob'), await isActive('datto-partner-portal', 'bob')]).toEqual([true, 'gone'])
  })

  test('leaves KaseyaOne`s groups too', async () => {
    await open()
    await remove('bob')
    expect(ground.directory.groups('t-1').map(group => [group.name, group.memberIds])).toEqual([
      ['Engineers', []],
      ['Everyone', ['cyd']],
    ])
  })
})

describe('a delay', () => {
  test('holds one module back, until it is over', async () => {
    await open()
    await ground.control('graphus', 'POST', '/deprovision-delay', { ms: 3000 })
    await remove('bob')
    expect([await isActive('graphus', 'bob'), await isActive('datto-partner-portal', 'bob')]).toEqual([true, 'gone'])
    ground.pass(2999)
    expect(await isActive('graphus', 'bob')).toBe(true)
    ground.pass(1)
    expect(await isActive('graphus', 'bob')).toBe('gone')
  })

  test('set at KaseyaOne holds all modules back', async () => {
    await open()
    await ground.control('kaseyaone', 'POST', '/deprovision-delay', { ms: 1000 })
    await setActive('bob', false)
    expect([await isActive('graphus', 'bob'), await isActive('datto-partner-portal', 'bob')]).toEqual([true, true])
    ground.pass(1000)
    expect([await isActive('graphus', 'bob'), await isActive('datto-partner-portal', 'bob')]).toEqual([false, false])
  })

  test('is for nothing when the person is active again before it is over', async () => {
    await open()
    await ground.control('kaseyaone', 'POST', '/deprovision-delay', { ms: 1000 })
    await setActive('bob', false)
    await setActive('bob', true)
    ground.pass(5000)
    expect(await isActive('graphus', 'bob')).toBe(true)
  })

  test('must be a number', async () => {
    await open()
    expect((await ground.control('graphus', 'POST', '/deprovision-delay', { ms: 'soon' })).status).toBe(422)
  })
})

describe('the directory', () => {
  test('deactivates a BMS employee, deleted or not, while BMS asks for it', async () => {
    await open()
    let isOn = false
    ground.directory.follow('bms', { deprovisioning: () => isOn })
    await setActive('bob', false)
    expect(ground.directory.isActive('t-1', 'bms', 'bob')).toBe(true)
    await setActive('bob', true)
    isOn = true
    await remove('bob')
    expect(ground.directory.account('t-1', 'bms', 'bob')).toMatchObject({ active: false, employeeId: 7 })
  })

  test('disables who loses the last mapped group; user creation lets them in again', async () => {
    await open()
    const mapped = ['g-engineers', 'g-everyone']
    const on = () => true
    ground.directory.follow('bms', { deprovisioning: on, userCreation: on, accessGroupIds: () => mapped })
    const setMembers = (id: string, memberIds: string[]) => {
      const group = ground.directory.groups('t-1').find(one => one.id === id)
      if (group) ground.directory.saveGroup('t-1', { ...group, memberIds })
    }
    setMembers('g-engineers', [])
    expect(ground.directory.isActive('t-1', 'bms', 'bob')).toBe(true)
    setMembers('g-everyone', ['cyd'])
    expect(ground.directory.isActive('t-1', 'bms', 'bob')).toBe(false)
    setMembers('g-engineers', ['bob'])
    expect(ground.directory.isActive('t-1', 'bms', 'bob')).toBe(true)
  })

  test('resets one system, and leaves the others as they are', async () => {
    await open()
    await remove('bob')
    await ground.control('graphus', 'POST', '/reset')
    expect([await isActive('graphus', 'bob'), await isActive('kaseyaone', 'bob')]).toEqual([true, 'gone'])
    await ground.control('kaseyaone', 'POST', '/reset')
    expect([await isActive('kaseyaone', 'bob'), await isActive('datto-partner-portal', 'bob')]).toEqual([true, 'gone'])
  })

  test('gives a group the id that a BMS mapping of the seed has', async () => {
    const settings = {
      userCreation: false,
      requireLogIn: false,
      deprovisioning: false,
      accessGroups: true,
      defaults: null,
      userExceptionIds: [],
      roleExceptionIds: [],
      mappings: [{ groupId: 'k1-77', groupName: 'Engineers', roleIds: [1], order: 1 }],
    }
    const account = { username: 'api', password: 'x', employeeId: 1, admin: true, apiAccess: true }
    const bms = { company: 'acme', account, linked: true, neverConfigured: false, settings }
    ground = await openGround(world([tenant('t-1', { bms })]))
    expect(ground.directory.groups('t-1').map(group => group.id)).toEqual(['k1-77', 'g-everyone'])
  })
})
