import { afterEach, describe, expect, test } from 'vitest'
import type { ModuleSeed } from '../../src/sandbox/world.ts'
import { type CallOptions, type Ground, linked, openGround, person, tenant, world } from './module-admin-ground.ts'

type Module = 'graphus' | 'datto-partner-portal'

const path = '/tenants/t-1/unified-login'
const mergePatch = 'application/merge-patch+json'
const logIn = 'isLogInWithKaseyaOneEnabled'
const require = 'isRequireLogInWithKaseyaOneEnabled'
const creation = 'isAutomaticUserProvisioningEnabled'
const deprovisioning = 'isAutomaticUserDeprovisioningEnabled'
const accessGroups = 'isAccessGroupsEnabled'

let ground: Ground
afterEach(() => ground.close())

/** One tenant with this module as given. */
async function open(
  seed: Partial<ModuleSeed> = {},
  people?: ReturnType<typeof person>[],
  more?: { accessGroups: true },
) {
  const module = { ...linked, ...seed }
  const one = tenant('t-1', { graphus: module, 'datto-partner-portal': module, ...(people ? { people } : {}) })
  ground = await openGround(world([one]), more ? { moreFeatures: ['access-groups'] } : {})
}

async function read(system: Module = 'datto-partner-portal') {
  const { body, headers } = await ground.call(system, 'GET', path, { token: await ground.token(system) })
  return { settings: body, etag: headers.get('etag') ?? '' }
}

/** A patch on top of the latest settings. */
async function patch(body: unknown, system: Module = 'datto-partner-portal', more: CallOptions = {}) {
  const { etag } = await read(system)
  return ground.call(system, 'PATCH', path, {
    token: await ground.token(system),
    body,
    ...more,
    headers: { 'if-match': etag, 'content-type': mergePatch, ...more.headers },
  })
}

describe('reading', () => {
  test('Graphus has no require-log-in and no exceptions', async () => {
    await open({ defaultRoleId: 'Analyst', userCreation: true })
    const { settings, etag } = await read('graphus')
    expect(settings).toEqual({
      organization: { id: 'org-1', name: 'Northwind MSP', active: true },
      [logIn]: true,
      [creation]: true,
      [deprovisioning]: false,
      defaultRole: { id: 'analyst', name: 'Analyst' },
    })
    expect(etag).toMatch(/^"[\w-]+"$/)
  })

  test('Partner Portal shows exceptions, and who is always exempt with the reason', async () => {
    await open({ requireLogIn: true, userExceptionIds: ['bob'] })
    const { settings } = await read()
    const user = (id: string, reason?: string) => ({
      id,
      displayName: `${id} Person`,
      email: `${id}@acme.example`,
      active: true,
      ...(reason ? { reason } : {}),
    })
    expect(settings).toEqual({
      organization: { id: 'org-1', name: 'Northwind MSP', active: true },
      [logIn]: true,
      [require]: true,
      [creation]: false,
      [deprovisioning]: false,
      defaultRole: null,
      userExceptions: [user('bob')],
      alwaysExempt: [
        user('ann', 'Security Admin'),
        user('cyd', 'Primary user'),
        user('dan', 'One e-mail address serves several resellers'),
      ],
    })
  })

  test('a module that is not linked has no organization', async () => {
    await open({ linked: false, logIn: false })
    expect((await read('graphus')).settings.organization).toBeNull()
  })

  test('roles and groups can be listed', async () => {
    await open()
    const token = await ground.token('graphus')
    const list = async (name: string) => (await ground.call('graphus', 'GET', `${path}/${name}`, { token })).body
    expect(await list('roles')).toEqual({
      roles: [
        { id: 'admin', name: 'Admin', isAdministrator: true },
        { id: 'analyst', name: 'Analyst', isAdministrator: false },
      ],
    })
    expect(await list('groups')).toEqual({
      groups: [
        { id: 'g-engineers', name: 'Engineers' },
        { id: 'g-everyone', name: 'Everyone' },
      ],
    })
  })

  test('KaseyaOne has no unified-login', async () => {
    await open()
    const { status, body } = await ground.call('kaseyaone', 'GET', path, { token: await ground.token('kaseyaone') })
    expect([status, body.code]).toEqual([404, 'not-found'])
  })

  test('the ETag stays while nothing changes, and follows people who become exempt', async () => {
    await open()
    const { etag } = await read()
    expect((await read()).etag).toBe(etag)
    const bob = ground.directory.account('t-1', 'datto-partner-portal', 'bob')
    if (bob) ground.directory.save('t-1', 'datto-partner-portal', { ...bob, roleIds: ['security-admin'] })
    const after = await read()
    expect(after.etag).not.toBe(etag)
    expect(after.settings.alwaysExempt.map(one => one.id)).toEqual(['ann', 'bob', 'cyd', 'dan'])
  })
})

describe('If-Match', () => {
  test('is required', async () => {
    await open()
    const options = { token: await ground.token('graphus'), body: {}, headers: { 'content-type': mergePatch } }
    const { status, body } = await ground.call('graphus', 'PATCH', path, options)
    expect([status, body.code]).toEqual([428, 'precondition-required'])
  })

  test('must be the latest ETag, and strong', async () => {
    await open()
    const { etag } = await read('graphus')
    const first = await patch({ [deprovisioning]: true }, 'graphus')
    expect(first.status).toBe(200)
    expect(first.headers.get('etag')).toBe((await read('graphus')).etag)
    for (const stale of [etag, `W/${first.headers.get('etag')}`, '"x"']) {
      const { status, body } = await patch({ [deprovisioning]: false }, 'graphus', { headers: { 'if-match': stale } })
      expect([status, body.code]).toEqual([412, 'precondition'])
    }
    expect((await read('graphus')).settings[deprovisioning]).toBe(true)
    expect((await patch({ [deprovisioning]: false }, 'graphus', { headers: { 'if-match': '*' } })).status).toBe(200)
  })
})

describe('a patch', () => {
  test('changes what it names and nothing else', async () => {
    await open({ defaultRoleId: 'analyst' })
    const { body } = await patch({ [creation]: true, defaultRoleId: 'admin' }, 'graphus')
    expect(body).toMatchObject({
      [creation]: true,
      [deprovisioning]: false,
      defaultRole: { id: 'admin', name: 'Admin' },
    })
    expect((await read('graphus')).settings).toEqual(body)
  })

  test.each<[string, Module, unknown, string]>([
    ['an unknown member', 'graphus', { nonsense: true }, 'nonsense'],
    ['a feature that the module lacks', 'graphus', { [require]: true }, require],
    ['exceptions where there is no Require', 'graphus', { userExceptionIds: [] }, 'userExceptionIds'],
    ['text for a boolean', 'graphus', { [deprovisioning]: 'true' }, deprovisioning],
    ['null for a boolean', 'graphus', { [deprovisioning]: null }, deprovisioning],
    ['an unknown role', 'graphus', { defaultRoleId: 'owner' }, 'defaultRoleId'],
    ['another module`s role', 'graphus', { defaultRoleId: 'security-admin' }, 'defaultRoleId'],
    ['a list that is none', 'datto-partner-portal', { [require]: true, userExceptionIds: 'bob' }, 'userExceptionIds'],
    ['access groups', 'datto-partner-portal', { [accessGroups]: true }, accessGroups],
  ])('is refused for %s, and nothing of it is done', async (_, system, body, field) => {
    await open()
    const before = await read(system)
    const answer = await patch(body, system)
    expect([answer.status, answer.body.code, answer.body.field]).toEqual([422, 'invalid', field])
    expect(await read(system)).toEqual(before)
  })

  test('wants the content type of a merge patch, and an object', async () => {
    await open()
    const wrong = await patch({}, 'graphus', { headers: { 'content-type': 'application/json' } })
    expect([wrong.status, wrong.body.field]).toEqual([422, 'Content-Type'])
    expect((await patch([], 'graphus')).status).toBe(422)
    expect((await patch({}, 'graphus', { raw: 'no' })).status).toBe(422)
  })

  test.each<[Module, string, RegExp]>([
    ['graphus', 'uma', /KaseyaOne role is User/],
    ['graphus', 'lee', /Partner Administrator/],
    ['datto-partner-portal', 'lee', /Security Admin/],
  ])('at %s from %s is forbidden, with what is missing; reading is not', async (system, username, reason) => {
    await open()
    const token = await ground.token(system, username)
    const { status, body } = await patch({}, system, { token })
    expect([status, body.code]).toEqual([403, 'forbidden'])
    expect(body.missing).toEqual([expect.stringMatching(reason)])
    expect((await ground.call(system, 'GET', path, { token })).status).toBe(200)
  })
})

describe('prerequisites', () => {
  test.each<[string, Partial<ModuleSeed>, Record<string, unknown>, string]>([
    ['anything before log-in', { logIn: false }, { [deprovisioning]: true }, 'log-in'],
    ['anything without a mapping', { linked: false }, { [deprovisioning]: true }, 'organization'],
    ['user creation without a default role', {}, { [creation]: true }, 'default-role'],
    ['log-in off under another feature', { deprovisioning: true }, { [logIn]: false }, 'deprovisioning'],
    ['log-in off under Require', { requireLogIn: true }, { [logIn]: false }, 'require-log-in'],
    ['exceptions while Require is off', {}, { userExceptionIds: ['bob'] }, 'require-log-in'],
    [
      'exceptions with Require turned off',
      { requireLogIn: true },
      { [require]: false, userExceptionIds: [] },
      'require-log-in',
    ],
  ])('refuse %s', async (_, seed, body, needs) => {
    await open(seed)
    const before = await read()
    const answer = await patch(body)
    expect([answer.status, answer.body.code, answer.body.needs]).toEqual([409, 'prerequisite', needs])
    expect(await read()).toEqual(before)
  })

  test('are met inside one patch', async () => {
    await open({ linked: false, logIn: false })
    const { status, body } = await patch({
      [logIn]: true,
      [creation]: true,
      defaultRoleId: 'tech',
      [deprovisioning]: true,
    })
    expect(status).toBe(200)
    expect(body.organization).toEqual({ id: 'org-1', name: 'Northwind MSP', active: true })
    expect((await patch({ [logIn]: false, [creation]: false, [deprovisioning]: false })).status).toBe(200)
  })

  test('an organization that KaseyaOne suspended stops what is new, not what is turned off', async () => {
    await open({ deprovisioning: true })
    const suspend = (active: boolean) =>
      ground.control('datto-partner-portal', 'POST', '/organization', { tenantId: 't-1', active })
    await suspend(false)
    expect((await read()).settings.organization.active).toBe(false)
    expect((await patch({ [require]: true })).body.needs).toBe('organization')
    expect((await patch({ [deprovisioning]: false })).status).toBe(200)
    await suspend(true)
    expect((await patch({ [require]: true })).status).toBe(200)
  })
})

describe('Require and its exceptions', () => {
  test('come on together, as a full list that replaces', async () => {
    await open()
    const on = await patch({ [require]: true, userExceptionIds: ['bob', 'cyd', 'bob'] })
    const ids = (settings: { userExceptions: { id: string }[] }) => settings.userExceptions.map(one => one.id)
    expect(ids(on.body)).toEqual(['bob', 'cyd'])
    expect(ids((await patch({ userExceptionIds: ['cyd'] })).body)).toEqual(['cyd'])
    expect(ids((await patch({ [deprovisioning]: true })).body)).toEqual(['cyd'])
    expect(ids((await patch({ [require]: false })).body)).toEqual(['cyd'])
  })

  test('name the user id that nobody has', async () => {
    await open({ requireLogIn: true })
    const { status, body } = await patch({ userExceptionIds: ['bob', 'p-404'] })
    expect(status).toBe(422)
    expect(body).toMatchObject({ field: 'userExceptionIds', unknown: ['p-404'] })
    expect(body.detail).toContain('p-404')
  })

  test('drop who is deleted, and show who is inactive', async () => {
    await open({ requireLogIn: true, userExceptionIds: ['bob', 'eve'] })
    ground.directory.remove('t-1', 'datto-partner-portal', 'bob')
    const eve = ground.directory.account('t-1', 'datto-partner-portal', 'eve')
    if (eve) ground.directory.save('t-1', 'datto-partner-portal', { ...eve, active: false })
    expect((await read()).settings.userExceptions).toMatchObject([{ id: 'eve', active: false }])
  })

  const nobodyExempt = () => [
    person('bob', { partnerPortalRole: 'Tech' }),
    person('ian', { partnerPortalRole: 'Security Admin', active: false }),
  ]

  test('never lock everybody out', async () => {
    await open({}, nobodyExempt())
    for (const body of [{ [require]: true }, { [require]: true, userExceptionIds: ['ian'] }]) {
      const { status, body: problem } = await patch(body)
      expect([status, problem.code]).toEqual([409, 'lock-out'])
    }
    expect((await read()).settings[require]).toBe(false)
    expect((await patch({ [require]: true, userExceptionIds: ['bob'] })).status).toBe(200)
    expect((await patch({ userExceptionIds: [] })).body.code).toBe('lock-out')
  })

  test('can do without exceptions where a Security Admin is active', async () => {
    await open({}, [...nobodyExempt(), person('ann', { partnerPortalRole: 'Security Admin' })])
    expect((await patch({ [require]: true })).status).toBe(200)
  })
})

describe('access groups', () => {
  const group = `${path}/access-groups/g-engineers`
  const change = async (method: string, at: string, body?: unknown, headers?: Record<string, string>) =>
    ground.call('graphus', method, at, {
      token: await ground.token('graphus'),
      body,
      headers: { 'if-match': (await read('graphus')).etag, ...headers },
    })

  test('are not found where the module lacks them', async () => {
    await open()
    expect((await change('PUT', group, { roleIds: ['admin'] })).body.code).toBe('not-found')
    expect((await read('graphus')).settings.accessGroups).toBeUndefined()
  })

  test('map a KaseyaOne group to roles, replace them, and unmap it', async () => {
    await open({}, undefined, { accessGroups: true })
    const mapped = await change('PUT', group, { roleIds: ['admin', 'analyst'] })
    expect(mapped.body.accessGroups).toEqual([
      {
        groupId: 'g-engineers',
        groupName: 'Engineers',
        roles: [
          { id: 'admin', name: 'Admin' },
          { id: 'analyst', name: 'Analyst' },
        ],
      },
    ])
    expect(mapped.headers.get('etag')).toBe((await read('graphus')).etag)
    const replaced = await change('PUT', group, { roleIds: ['analyst'] })
    expect(replaced.body.accessGroups[0]?.roles).toEqual([{ id: 'analyst', name: 'Analyst' }])
    expect((await change('DELETE', group)).body.accessGroups).toEqual([])
    expect((await change('DELETE', group)).body.code).toBe('not-found')
  })

  test('are refused for an unknown group, role or member, without a role, and without If-Match', async () => {
    await open({}, undefined, { accessGroups: true })
    expect((await change('PUT', `${path}/access-groups/g-x`, { roleIds: ['admin'] })).status).toBe(404)
    expect((await change('PUT', group, { roleIds: ['owner'] })).body.field).toBe('roleIds')
    expect((await change('PUT', group, { roleIds: [] })).body.field).toBe('roleIds')
    expect((await change('PUT', group, { roleIds: ['admin'], order: 1 })).body.field).toBe('order')
    expect((await change('PUT', group, { roleIds: ['admin'] }, { 'if-match': '"old"' })).status).toBe(412)
    const bare = { token: await ground.token('graphus') }
    expect((await ground.call('graphus', 'DELETE', group, bare)).status).toBe(428)
    const analyst = { token: await ground.token('graphus', 'lee') }
    expect((await ground.call('graphus', 'DELETE', group, analyst)).status).toBe(403)
  })

  test('need a mapping before they are on, and keep the last one while they are', async () => {
    await open({}, undefined, { accessGroups: true })
    expect((await patch({ [accessGroups]: true }, 'graphus')).body.needs).toBe('mapping')
    await change('PUT', group, { roleIds: ['analyst'] })
    expect((await patch({ [accessGroups]: true }, 'graphus')).status).toBe(200)
    expect((await change('DELETE', group)).body).toMatchObject({ code: 'prerequisite', needs: 'mapping' })
  })
})

test('a reset brings the settings back', async () => {
  await open()
  const before = await read('graphus')
  await patch({ [deprovisioning]: true }, 'graphus')
  await ground.control('graphus', 'POST', '/reset')
  expect(await read('graphus')).toEqual(before)
})
