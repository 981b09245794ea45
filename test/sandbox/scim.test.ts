import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ModuleId } from '../../src/sandbox/module-admin/profile.ts'
import { type CallOptions, type Ground, openGround, person, tenant, world } from './module-admin-ground.ts'

const userUrn = 'urn:ietf:params:scim:schemas:core:2.0:User'
const groupUrn = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const patchOp = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

let ground: Ground

beforeEach(async () => {
  const crowd = Array.from({ length: 250 }, (_, index) => person(`p-${String(index).padStart(3, '0')}`))
  ground = await openGround(world([tenant('t-1'), tenant('t-2', { people: crowd })]))
})
afterEach(() => ground.close())

async function call(method: string, path: string, options: CallOptions & { system?: ModuleId; tenant?: string } = {}) {
  const { system = 'kaseyaone', tenant: id = 't-1', ...rest } = options
  return ground.call(system, method, `/tenants/${id}/scim/v2${path}`, {
    token: await ground.token(system),
    ...rest,
    headers: { 'content-type': 'application/scim+json', ...rest.headers },
  })
}

const find = async (filter: string, more: Parameters<typeof call>[2] = {}, kind = 'Users') =>
  (await call('GET', `/${kind}?filter=${encodeURIComponent(filter)}`, more)).body.Resources.map(one => one.id)

const patch = (path: string, operations: unknown[], more: Parameters<typeof call>[2] = {}) =>
  call('PATCH', path, { body: { schemas: [patchOp], Operations: operations }, ...more })

const replaceActive = (value: unknown) => [{ op: 'replace', path: 'active', value }]

describe('discovery', () => {
  test('says what is supported', async () => {
    const { body, headers } = await call('GET', '/ServiceProviderConfig')
    expect(headers.get('content-type')).toBe('application/scim+json')
    expect(body).toMatchObject({
      patch: { supported: true },
      filter: { supported: true, maxResults: 100 },
      etag: { supported: true },
      bulk: { supported: false },
    })
  })

  test('lists resource types and schemas, and shows one of them', async () => {
    const types = await call('GET', '/ResourceTypes')
    expect(types.body.Resources.map(one => one.endpoint)).toEqual(['/Users', '/Groups'])
    expect((await call('GET', '/Schemas')).body.Resources.map(one => one.id)).toEqual([userUrn, groupUrn])
    expect((await call('GET', `/Schemas/${encodeURIComponent(userUrn)}`)).body.name).toBe('User')
    expect((await call('GET', '/ResourceTypes/Group')).body.schema).toBe(groupUrn)
    for (const path of ['/ResourceTypes/Device', '/Nothing', '/Users/ann/more', '']) {
      expect((await call('GET', path)).status).toBe(404)
    }
  })
})

describe('a user', () => {
  test('of KaseyaOne has groups', async () => {
    const { body, headers } = await call('GET', '/Users/bob')
    expect(body).toEqual({
      schemas: [userUrn],
      id: 'bob',
      userName: 'bob@acme.example',
      name: { givenName: 'bob', familyName: 'Person', formatted: 'bob Person' },
      displayName: 'bob Person',
      emails: [{ value: 'bob@acme.example', type: 'work', primary: true }],
      active: true,
      roles: [{ value: 'user', display: 'User', primary: true }],
      groups: [
        { value: 'g-engineers', display: 'Engineers' },
        { value: 'g-everyone', display: 'Everyone' },
      ],
      meta: {
        resourceType: 'User',
        created: '2026-01-01T09:00:00.000Z',
        lastModified: '2026-01-01T09:00:00.000Z',
        version: expect.stringMatching(/^W\/"[\w-]+"$/),
        location: `${ground.url('kaseyaone')}/tenants/t-1/scim/v2/Users/bob`,
      },
    })
    expect(headers.get('etag')).toBe(body.meta.version)
  })

  test('of a module has its role there, and no groups', async () => {
    const { body } = await call('GET', '/Users/dan', { system: 'datto-partner-portal' })
    expect(body.roles).toEqual([{ value: 'administrator', display: 'Administrator', primary: true }])
    expect(body.groups).toBeUndefined()
    expect((await call('GET', '/Users/dan', { system: 'graphus' })).body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: '404',
    })
  })
})

describe('a list', () => {
  test('is paged: from 1, at most 100, and says how many there are', async () => {
    const page = async (query: string) => {
      const { body } = await call('GET', `/Users${query}`, { tenant: 't-2' })
      expect(body.totalResults).toBe(250)
      expect(body.itemsPerPage).toBe(body.Resources.length)
      return [body.startIndex, body.Resources.length, body.Resources[0]?.id]
    }
    expect(await page('')).toEqual([1, 100, 'p-000'])
    expect(await page('?count=1000')).toEqual([1, 100, 'p-000'])
    expect(await page('?startIndex=201&count=100')).toEqual([201, 50, 'p-200'])
    expect(await page('?startIndex=0&count=2')).toEqual([1, 2, 'p-000'])
    expect(await page('?startIndex=251')).toEqual([251, 0, undefined])
    expect(await page('?count=0')).toEqual([1, 0, undefined])
    expect(await page('?count=-3')).toEqual([1, 0, undefined])
    const wrong = await call('GET', '/Users?count=ten')
    expect([wrong.status, wrong.body.scimType]).toEqual([400, 'invalidValue'])
  })

  test('is filtered, for each system and tenant on its own', async () => {
    expect(await find('userName eq "BOB@acme.example"')).toEqual(['bob'])
    expect(await find('userName eq "bob@acme.example"', { tenant: 't-2' })).toEqual([])
    expect(await find('emails.value eq "cyd@acme.example"')).toEqual(['cyd'])
    expect(await find('emails.value eq "cyd@acme.example"', { system: 'graphus' })).toEqual([])
    expect(await find('active eq false or userName sw "ann"')).toEqual(['ann', 'eve'])
    expect(await find('active eq false', { system: 'datto-partner-portal' })).toEqual([])
    expect(await find('roles.value eq "admin"', { system: 'graphus' })).toEqual(['ann'])
    expect(await find('members.value eq "cyd"', {}, 'Groups')).toEqual(['g-everyone'])
    expect(await find('groups.value eq "g-engineers"')).toEqual(['bob'])
  })

  test('refuses a filter that is none', async () => {
    const { status, body, headers } = await call('GET', `/Users?filter=${encodeURIComponent('userName eq bob')}`)
    expect(headers.get('content-type')).toBe('application/scim+json')
    expect([status, body.status, body.scimType]).toEqual([400, '400', 'invalidFilter'])
  })
})

describe('creating', () => {
  const body = {
    schemas: [userUrn],
    username: 'Fay@acme.example',
    Name: { givenname: 'Fay', familyName: 'New' },
    emails: [{ value: 'fay@acme.example', primary: true }],
    id: 'mine',
    favourite: 'ignored',
  }

  test('answers 201, where it is, and what it became', async () => {
    const { status, body: created, headers } = await call('POST', '/Users', { body })
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(created.meta.location)
    expect(created).toMatchObject({
      userName: 'Fay@acme.example',
      displayName: 'Fay New',
      active: true,
      roles: [{ value: 'user' }],
    })
    expect(created.id).not.toBe('mine')
    expect((await call('GET', `/Users/${created.id}`)).body).toEqual(created)
    expect(created.favourite).toBeUndefined()
  })

  test.each<[string, Record<string, unknown>, number, string | undefined]>([
    ['a userName that is taken, in other case', { username: 'BOB@ACME.EXAMPLE' }, 409, 'uniqueness'],
    ['no userName', { username: undefined }, 400, 'invalidValue'],
    ['no schemas', { schemas: undefined }, 400, 'invalidSyntax'],
    ['another schema', { schemas: [groupUrn] }, 400, 'invalidSyntax'],
    ['text for active', { active: 'True' }, 400, 'invalidValue'],
    ['one e-mail that is no list', { emails: { value: 'x' } }, 400, 'invalidValue'],
    ['an e-mail without a value', { emails: [{ type: 'work' }] }, 400, 'invalidValue'],
    ['an unknown role', { roles: [{ value: 'king' }] }, 400, 'invalidValue'],
  ])('refuses %s', async (_, wrong, status, scimType) => {
    const answer = await call('POST', '/Users', { body: { ...body, ...wrong } })
    expect([answer.status, answer.body.scimType]).toEqual([status, scimType])
    expect((await call('GET', '/Users')).body.totalResults).toBe(5)
  })

  test('wants JSON, and says so', async () => {
    const text = await call('POST', '/Users', { body, headers: { 'content-type': 'text/plain' } })
    expect(text.status).toBe(415)
    expect((await call('POST', '/Users', { raw: '{' })).body.scimType).toBe('invalidSyntax')
    expect((await call('POST', '/Users', { body, headers: { 'content-type': 'application/json' } })).status).toBe(201)
  })
})

describe('replacing', () => {
  test('changes all that may be changed', async () => {
    const { body: before } = await call('GET', '/Users/bob')
    const after = { ...before, displayName: 'Bobby', roles: [{ value: 'billing' }] }
    const { status, body } = await call('PUT', '/Users/bob', { body: after })
    expect(status).toBe(200)
    expect(body).toMatchObject({ id: 'bob', displayName: 'Bobby', roles: [{ value: 'billing', display: 'Billing' }] })
    expect(body.meta.version).not.toBe(before.meta.version)
  })

  test('does not bring somebody back by not speaking of active', async () => {
    const { body } = await call('PUT', '/Users/eve', { body: { schemas: [userUrn], userName: 'eve@acme.example' } })
    expect(body.active).toBe(false)
  })

  test('creates nobody', async () => {
    expect((await call('PUT', '/Users/zoe', { body: { schemas: [userUrn], userName: 'zoe' } })).status).toBe(404)
  })
})

describe('patching', () => {
  test.each<[string, unknown[]]>([
    ['with a path', replaceActive(false)],
    ['without a path', [{ op: 'replace', value: { active: false } }]],
    ['with an op in capitals', [{ op: 'Replace', path: 'ACTIVE', value: false }]],
    ['by add', [{ op: 'add', path: `${userUrn}:active`, value: false }]],
  ])('deactivates %s', async (_, operations) => {
    const { status, body, headers } = await patch('/Users/bob', operations)
    expect([status, body.active, headers.get('etag')]).toEqual([200, false, body.meta.version])
    expect((await call('GET', '/Users/bob')).body).toEqual(body)
  })

  test('sets, adds and removes parts', async () => {
    const { body } = await patch('/Users/bob', [
      { op: 'replace', path: 'name.familyName', value: 'Builder' },
      { op: 'replace', path: 'name', value: { givenName: 'Robert' } },
      { op: 'add', path: 'emails', value: [{ value: 'new@acme.example', type: 'other', primary: true }] },
      { op: 'add', path: 'emails', value: { value: 'old@acme.example', type: 'home' } },
      { op: 'replace', path: 'emails[type eq "home"].value', value: 'home@acme.example' },
      { op: 'remove', path: 'emails[value eq "nobody@acme.example"]' },
      { op: 'replace', path: 'roles', value: [{ value: 'admin' }] },
    ])
    expect(body).toMatchObject({
      name: { givenName: 'Robert', familyName: 'Builder', formatted: 'Robert Builder' },
      emails: [
        { value: 'bob@acme.example', type: 'work', primary: false },
        { value: 'new@acme.example', type: 'other', primary: true },
        { value: 'home@acme.example', type: 'home' },
      ],
      roles: [{ value: 'admin', display: 'Admin', primary: true }],
    })
    const { body: less } = await patch('/Users/bob', [
      { op: 'remove', path: 'emails[type eq "home"]' },
      { op: 'remove', path: 'emails[type eq "work"].primary' },
      { op: 'remove', path: 'roles' },
    ])
    expect(less.emails).toEqual([
      { value: 'bob@acme.example', type: 'work' },
      { value: 'new@acme.example', type: 'other', primary: true },
    ])
    expect(less.roles).toEqual([])
  })

  test('changes neither time nor version where nothing changes', async () => {
    const { body: before } = await call('GET', '/Users/bob')
    ground.pass(1000)
    expect((await patch('/Users/bob', replaceActive(true))).body).toEqual(before)
    expect((await patch('/Users/bob', replaceActive(false))).body.meta).toMatchObject({
      lastModified: '2026-01-01T09:00:01.000Z',
    })
  })

  test.each<[string, unknown[], string]>([
    ['text for a boolean', replaceActive('False'), 'invalidValue'],
    ['null for a boolean', replaceActive(null), 'invalidValue'],
    ['no value', [{ op: 'replace', path: 'active' }], 'invalidValue'],
    ['a value to remove', [{ op: 'remove', path: 'emails', value: [{ value: 'x' }] }], 'invalidValue'],
    ['an unknown op', [{ op: 'delete', path: 'active' }], 'invalidSyntax'],
    ['no operations', [], 'invalidSyntax'],
    ['an operation that is none', ['replace'], 'invalidSyntax'],
    ['an unknown attribute', [{ op: 'add', path: 'nickName', value: 'x' }], 'invalidPath'],
    ['an unknown attribute without a path', [{ op: 'add', value: { nickName: 'x' } }], 'invalidPath'],
    ['a path that is none', [{ op: 'add', path: 'emails[', value: 'x' }], 'invalidPath'],
    ['a filter that is none', [{ op: 'remove', path: 'emails[type is "x"]' }], 'invalidFilter'],
    ['a filter that nothing fits', [{ op: 'replace', path: 'emails[type eq "fax"].value', value: 'x' }], 'noTarget'],
    ['a remove of nothing', [{ op: 'remove' }], 'noTarget'],
    ['the id', [{ op: 'replace', path: 'id', value: 'x' }], 'mutability'],
    ['groups of a user', [{ op: 'remove', path: 'groups' }], 'mutability'],
    ['the userName away', [{ op: 'remove', path: 'userName' }], 'mutability'],
    ['active away', [{ op: 'remove', path: 'active' }], 'mutability'],
  ])('refuses %s, and does nothing of the rest', async (_, operations, scimType) => {
    const { body: before } = await call('GET', '/Users/bob')
    const all = operations.length > 0 ? [{ op: 'replace', path: 'displayName', value: 'x' }, ...operations] : []
    const answer = await patch('/Users/bob', all)
    expect([answer.status, answer.body.scimType]).toEqual([400, scimType])
    expect((await call('GET', '/Users/bob')).body).toEqual(before)
  })

  test('wants schemas', async () => {
    const { body } = await call('PATCH', '/Users/bob', { body: { Operations: replaceActive(false) } })
    expect(body.scimType).toBe('invalidSyntax')
  })
})

describe('If-Match', () => {
  test('is honoured when sent, weak or strong', async () => {
    const { body: before } = await call('GET', '/Users/bob')
    const version = before.meta.version
    for (const tag of [version, version.replace('W/', ''), '*']) {
      expect((await patch('/Users/bob', replaceActive(true), { headers: { 'if-match': tag } })).status).toBe(200)
    }
    await patch('/Users/bob', replaceActive(false))
    const headers = { 'if-match': version }
    expect((await patch('/Users/bob', replaceActive(true), { headers })).body.status).toBe('412')
    expect((await call('DELETE', '/Users/bob', { headers })).status).toBe(412)
    expect((await call('PUT', '/Users/bob', { headers, body: before })).status).toBe(412)
    expect((await call('GET', '/Users/bob')).body.active).toBe(false)
  })
})

describe('deleting', () => {
  test('is 204, and then 404', async () => {
    const first = await call('DELETE', '/Users/cyd')
    expect([first.status, first.body]).toEqual([204, null])
    expect((await call('DELETE', '/Users/cyd')).body.status).toBe('404')
  })

  test('the last Graphus admin only disables; others are gone', async () => {
    expect((await call('DELETE', '/Users/ann', { system: 'graphus' })).status).toBe(204)
    expect((await call('GET', '/Users/ann', { system: 'graphus' })).body.active).toBe(false)
    expect((await call('DELETE', '/Users/bob', { system: 'graphus' })).status).toBe(204)
    expect((await call('GET', '/Users/bob', { system: 'graphus' })).status).toBe(404)
  })

  test('demoting or deactivating the last Root Admin of KaseyaOne is refused', async () => {
    const attempts = [
      await call('DELETE', '/Users/ann'),
      await patch('/Users/ann', replaceActive(false)),
      await patch('/Users/ann', [{ op: 'replace', path: 'roles', value: [{ value: 'admin' }] }]),
      await call('PUT', '/Users/ann', { body: { schemas: [userUrn], userName: 'ann@acme.example' } }),
    ]
    for (const { status, body } of attempts) expect([status, body.scimType]).toEqual([400, 'mutability'])
    expect((await patch('/Users/ann', [{ op: 'replace', path: 'displayName', value: 'Annie' }])).status).toBe(200)
    await patch('/Users/bob', [{ op: 'replace', path: 'roles', value: [{ value: 'root-admin' }] }])
    expect((await call('DELETE', '/Users/ann')).status).toBe(204)
    expect((await call('DELETE', '/Users/bob')).body.scimType).toBe('mutability')
  })
})

describe('groups of KaseyaOne', () => {
  const members = async (id: string) => (await call('GET', `/Groups/${id}`)).body.members.map(one => one.value)

  test('name their members', async () => {
    expect((await call('GET', '/Groups/g-everyone')).body).toMatchObject({
      schemas: [groupUrn],
      displayName: 'Everyone',
      members: [
        { value: 'bob', display: 'bob Person', type: 'User' },
        { value: 'cyd', display: 'cyd Person', type: 'User' },
      ],
      meta: { resourceType: 'Group' },
    })
  })

  test('lose exactly the member that is meant', async () => {
    const remove = [{ op: 'remove', path: 'members[value eq "bob"]' }]
    expect((await patch('/Groups/g-everyone', remove)).status).toBe(200)
    expect(await members('g-everyone')).toEqual(['cyd'])
    expect((await patch('/Groups/g-everyone', remove)).status).toBe(200)
    expect(await find('members.value eq "bob"', {}, 'Groups')).toEqual(['g-engineers'])
    expect((await call('GET', '/Users/bob')).body.groups).toEqual([{ value: 'g-engineers', display: 'Engineers' }])
  })

  test('take members once, and only who exists', async () => {
    const add = (value: string) => patch('/Groups/g-engineers', [{ op: 'add', path: 'members', value: [{ value }] }])
    await add('ann')
    await add('ann')
    expect(await members('g-engineers')).toEqual(['bob', 'ann'])
    expect((await add('nobody')).body.scimType).toBe('invalidValue')
    await patch('/Groups/g-engineers', [{ op: 'remove', path: 'members' }])
    expect(await members('g-engineers')).toEqual([])
  })

  test('are created, renamed and deleted', async () => {
    const create = (displayName: string) =>
      call('POST', '/Groups', { body: { schemas: [groupUrn], displayName, members: [{ value: 'ann' }] } })
    const created = await create('Leavers')
    expect([created.status, await members(created.body.id)]).toEqual([201, ['ann']])
    expect((await create('LEAVERS')).body.scimType).toBe('uniqueness')
    const path = `/Groups/${created.body.id}`
    const renamed = await patch(path, [{ op: 'replace', path: 'displayName', value: 'Former' }])
    expect(renamed.body).toMatchObject({ displayName: 'Former', members: [{ value: 'ann' }] })
    expect((await call('PUT', path, { body: { schemas: [groupUrn], displayName: 'Former' } })).body.members).toEqual([])
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('DELETE', path)).status).toBe(404)
  })

  test('are kept in KaseyaOne: a module has none', async () => {
    const body = { schemas: [groupUrn], displayName: 'Own' }
    expect((await call('GET', '/Groups', { system: 'graphus' })).body.totalResults).toBe(0)
    expect((await call('POST', '/Groups', { system: 'graphus', body })).body.status).toBe('403')
  })
})

describe('rights', () => {
  test('without them a person may read, and change nothing', async () => {
    const token = await ground.token('graphus', 'lee')
    const options: Parameters<typeof call>[2] = { system: 'graphus', token }
    expect((await call('GET', '/Users/bob', options)).status).toBe(200)
    const refused = await call('DELETE', '/Users/bob', options)
    expect(refused.body).toMatchObject({ status: '403', code: 'forbidden', missing: [expect.any(String)] })
    expect((await call('GET', '/Users/bob', options)).status).toBe(200)
  })

  test('without a token the answer has SCIM`s shape', async () => {
    const { status, body, headers } = await call('GET', '/Users', { token: 'made-up' })
    expect([status, headers.get('content-type')]).toEqual([401, 'application/scim+json'])
    expect(body).toMatchObject({ status: '401', code: 'token-expired' })
  })
})
