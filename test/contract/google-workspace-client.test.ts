import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createBearer } from '../../src/http/bearer.ts'
import { createHttpClient, path } from '../../src/http/client.ts'
import { createDeviceClient } from '../../src/systems/google-workspace/device-client.ts'
import { createGoogleApi } from '../../src/systems/google-workspace/google-api.ts'
import { createGroupClient } from '../../src/systems/google-workspace/group-client.ts'
import { createLicenceClient } from '../../src/systems/google-workspace/licence-client.ts'
import { neededRights } from '../../src/systems/google-workspace/needed-rights.ts'
import { collect } from '../../src/systems/google-workspace/paging.ts'
import { createTransferClient } from '../../src/systems/google-workspace/transfer-client.ts'
import { createUserClient } from '../../src/systems/google-workspace/user-client.ts'
import { createTestClock } from '../http/loopback.ts'
import { googleSpec } from './google-spec.ts'
import { startValidatingMock, type ValidatingMock } from './validating-mock.ts'

const spec = googleSpec()
if (spec === null) console.warn('google-workspace-client.test.ts: skipped, because ../shared/specs is not there')

const directory = '/admin/directory/v1'
const one = `${directory}/users/{userKey}`
const account = `${directory}/customer/{customer}`
const devices = `${directory}/customer/{customerId}/devices`
const licence = '/apps/licensing/v1/product/{productId}'

const user = { id: '1', primaryEmail: 'amy@x.example', suspended: false, isAdmin: false, aliases: ['a@x.example'] }
const assignment = { roleAssignmentId: '7', roleId: '3', assignedTo: '1', scopeType: 'CUSTOMER', assigneeType: 'user' }
const group = { id: 'g1', email: 'g@x.example', name: 'G' }
const member = { id: '1', email: 'amy@x.example', role: 'MEMBER', type: 'USER', status: 'ACTIVE' }
const phone = { resourceId: 'r1', status: 'APPROVED', email: ['amy@x.example'], lastSync: '2026-11-21T00:00:00Z' }
const chromebook = { deviceId: 'd1', status: 'ACTIVE', annotatedUser: 'amy@x.example' }
const transfer = {
  id: 't1',
  oldOwnerUserId: '1',
  newOwnerUserId: '2',
  overallTransferStatusCode: 'new',
  requestTime: '2026-11-21T00:00:00Z',
  applicationDataTransfers: [{ applicationId: '55656082996', applicationTransferStatus: 'new' }],
}

/** Those without a body answer 204: undefined here. */
const answers: Record<string, unknown> = {
  [`GET ${directory}/users`]: { users: [user] },
  [`GET ${one}`]: user,
  [`PUT ${one}`]: user,
  [`DELETE ${one}`]: undefined,
  [`POST ${one}/makeAdmin`]: undefined,
  [`POST ${one}/signOut`]: undefined,
  [`GET ${one}/verificationCodes`]: { items: [{ userId: '1', verificationCode: '12345678' }] },
  [`POST ${one}/verificationCodes/invalidate`]: undefined,
  [`GET ${one}/asps`]: { items: [{ codeId: 4, name: 'Mail' }] },
  [`DELETE ${one}/asps/{codeId}`]: undefined,
  [`GET ${one}/tokens`]: { items: [{ clientId: 'c', displayText: 'App' }] },
  [`DELETE ${one}/tokens/{clientId}`]: undefined,
  [`GET ${directory}/groups`]: { groups: [group] },
  [`POST ${directory}/groups/{groupKey}/members`]: member,
  [`GET ${directory}/groups/{groupKey}/members/{memberKey}`]: member,
  [`DELETE ${directory}/groups/{groupKey}/members/{memberKey}`]: undefined,
  [`GET ${account}/roles`]: { items: [{ roleId: '3', roleName: 'Help desk' }] },
  [`GET ${account}/roleassignments`]: { items: [assignment] },
  [`POST ${account}/roleassignments`]: assignment,
  [`DELETE ${account}/roleassignments/{roleAssignmentId}`]: undefined,
  [`GET ${devices}/mobile`]: { mobiledevices: [phone] },
  [`GET ${devices}/mobile/{resourceId}`]: phone,
  [`POST ${devices}/mobile/{resourceId}/action`]: undefined,
  [`GET ${devices}/chromeos`]: { chromeosdevices: [chromebook] },
  [`GET ${devices}/chromeos/{deviceId}`]: chromebook,
  [`PUT ${devices}/chromeos/{deviceId}`]: chromebook,
  [`POST ${devices}/chromeos:batchChangeStatus`]: {
    changeChromeOsDeviceStatusResults: [{ deviceId: 'd1', error: { code: 9, message: 'Illegal.' } }],
  },
  [`POST ${devices}/chromeos/{deviceId}:issueCommand`]: { commandId: '5' },
  [`GET ${devices}/chromeos/{deviceId}/commands/{commandId}`]: {
    commandId: '5',
    state: 'EXECUTED_BY_CLIENT',
    commandResult: { result: 'SUCCESS' },
  },
  'GET /admin/datatransfer/v1/applications': { applications: [{ id: '55656082996', name: 'Drive and Docs' }] },
  'GET /admin/datatransfer/v1/transfers': { dataTransfers: [transfer] },
  'POST /admin/datatransfer/v1/transfers': transfer,
  [`GET ${licence}/users`]: { items: [] },
  [`POST ${licence}/sku/{skuId}/user`]: { productId: 'p', skuId: 's', userId: 'amy@x.example' },
  [`GET ${licence}/sku/{skuId}/user/{userId}`]: { productId: 'p', skuId: 's', userId: 'amy@x.example' },
  [`DELETE ${licence}/sku/{skuId}/user/{userId}`]: {},
}

let mock: ValidatingMock
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})
afterAll(() => spec?.remove())

async function start() {
  mock = await startValidatingMock({ specFile: spec?.file ?? '', answers })
  closing.push(mock.close)
  const bearer = createBearer(createTestClock(), async () => ({ token: 'token-1', seconds: 3600 }))
  const tokens = { ...bearer, lacking: () => [] }
  const http = createGoogleApi({
    baseUrl: mock.url,
    user: 'admin@x.example',
    tokens,
    clock: createTestClock(),
    http: { env: {} },
  })
  closing.push(http.close)
  return http
}

describe.skipIf(spec === null)('the Google client, held to the published contracts', () => {
  it('sends only what is in them', async () => {
    const http = await start()
    const users = createUserClient(http)
    await users.get("siobhan.o'brien+x@x.example")
    await collect(users.list("email='o\\'brien@x.example'"))
    await collect(users.list('isAdmin=true', 100))
    await users.some()
    await users.update('1', { password: 'abcdefgh', changePasswordAtNextLogin: false })
    await users.update('1', { recoveryEmail: '', recoveryPhone: '' })
    await users.update('1', { suspended: true })
    await users.update('1', { archived: true })
    await users.update('1', { orgUnitPath: '/Former employees', includeInGlobalAddressList: false })
    await users.makeAdmin('1', false)
    await users.signOut('1')
    expect(await users.countCodes('1', false)).toBe(1)
    await users.invalidateCodes('1')
    expect(await users.appPasswords('1', true)).toEqual([{ codeId: 4, name: 'Mail' }])
    await users.removeAppPassword('1', 4)
    expect(await users.tokens('1', true)).toEqual([{ clientId: 'c', displayText: 'App' }])
    await users.removeToken('1', 'c.apps.googleusercontent.com')
    await users.remove('1')

    const groups = createGroupClient(http)
    await collect(groups.groupsOf('1'))
    expect(await groups.someGroup()).toMatchObject({ id: 'g1' })
    expect(await groups.roleIn('g1', '1')).toBe('MEMBER')
    await groups.leave('g1', '1')
    await groups.join('g1', 'amy@x.example', 'OWNER')
    await collect(groups.assignments('1'))
    await collect(groups.roles())
    await groups.unassign('7')
    await groups.assign({ roleId: '3', assignedTo: '1', scopeType: 'ORG_UNIT', orgUnitId: 'o1' })

    const machines = createDeviceClient(http)
    await collect(machines.phones('email:amy@x.example'))
    await machines.somePhones()
    await machines.phone('r1')
    for (const action of ['admin_account_wipe', 'admin_remote_wipe', 'block'] as const) {
      await machines.actOnPhone('r1', action)
    }
    await collect(machines.chromebooks('user:amy@x.example'))
    await machines.someChromebooks()
    await machines.chromebook('d1')
    await machines.annotate('d1', '')
    expect(await machines.changeStatus('C1', ['d1'], 'DISABLE')).toEqual([{ deviceId: 'd1', message: 'Illegal.' }])
    await machines.changeStatus('C1', ['d1'], 'DEPROVISION')
    expect(await machines.powerwash('C1', 'd1')).toBe('5')
    await machines.command('C1', 'd1', '5')

    const transfers = createTransferClient(http)
    await collect(transfers.applications())
    await collect(transfers.transfersOf('1'))
    const params = [{ key: 'PRIVACY_LEVEL', value: ['PRIVATE', 'SHARED'] }]
    const parts = [{ applicationId: '55656082996', applicationTransferParams: params }]
    await transfers.begin({ oldOwnerUserId: '1', newOwnerUserId: '2', applicationDataTransfers: parts })

    const licences = createLicenceClient(http)
    const standard = 'Google-Apps/1010020028'
    expect(await licences.has(standard, 'amy@x.example')).toBe(true)
    await licences.remove(standard, 'amy@x.example')
    await licences.give(standard, 'amy@x.example')
    await collect(licences.assignments('Google-Apps', 'C1'))

    expect(mock.violations).toEqual([])
    expect([...mock.called].sort()).toEqual(Object.keys(answers).sort())
  })

  it('has a right for every call', () => {
    const bases = [directory, '/admin/datatransfer/v1', '/apps/licensing/v1']
    const called = Object.keys(answers).map(name => bases.reduce((text, base) => text.replace(` ${base}`, ' '), name))
    const known = Object.values(neededRights).flatMap(({ calls }): readonly string[] => calls)
    expect(called.sort()).toEqual([...known].sort())
  })

  it('has no path in its source that this test does not send', () => {
    const folder = join(import.meta.dirname, '../../src/systems/google-workspace')
    const source = readdirSync(folder)
      .filter(name => name.endsWith('-client.ts'))
      .map(name => readFileSync(join(folder, name), 'utf8'))
    const goals = readdirSync(join(folder, 'goals')).map(name => readFileSync(join(folder, 'goals', name), 'utf8'))
    expect(goals.join('')).not.toContain('path`')
    const paths = source.flatMap(text => [...text.matchAll(/path`([^`]+)`/g)].map(match => match[1] ?? ''))
    const sent = Object.keys(answers).map(name => name.split(' ')[1]?.replace(/\{[^}]+\}/g, '{}'))
    expect(paths.length).toBeGreaterThan(30)
    expect([...new Set(paths.map(text => text.replace(/\$\{[^}]+\}/g, '{}')))].sort()).toEqual(
      [...new Set(sent)].sort(),
    )
  })

  it.each([
    ['a misspelt member', 'PUT', path`/admin/directory/v1/users/${1}`, { suspendd: true }, 'suspendd'],
    ['a wrong type', 'PUT', path`/admin/directory/v1/users/${1}`, { suspended: 'True' }, 'boolean'],
    ['a wrong path', 'POST', path`/admin/directory/v1/users/${1}/signout`, undefined, 'no such operation'],
  ] as const)('would be caught with %s', async (_, method, where, json, problem) => {
    await start()
    const http = createHttpClient({ baseUrl: mock.url, system: 'Mock', http: { env: {} }, clock: createTestClock() })
    closing.push(http.close)
    const headers = { authorization: 'Bearer t' }
    const body = json === undefined ? {} : { json }
    await expect(http.request({ method, path: where, headers, ...body })).rejects.toThrow()
    expect(mock.violations).toEqual([expect.stringContaining(problem)])
  })
})
