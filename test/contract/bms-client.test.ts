import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createHttpClient, path } from '../../src/http/client.ts'
import { type BmsClient, createBmsClient } from '../../src/systems/bms/client.ts'
import { bms } from '../../src/systems/bms/index.ts'
import { createTestClock } from '../http/loopback.ts'
import { specFile, startValidatingMock, type ValidatingMock } from './validating-mock.ts'

const file = specFile('bms-v2.openapi.json')
if (file === null) console.warn('test/contract/bms-client.test.ts: skipped, because ../shared/specs is not there')

const authenticate = 'POST /v2/security/authenticate'
const refresh = 'POST /v2/security/refreshtoken'
const urlencoded = 'application/x-www-form-urlencoded'
const settingsPath = '/v2/admin/k1/accesscontrol/settings'
const mappingsPath = '/v2/admin/k1/accesscontrol/mappings'

const tokens = {
  Success: true,
  Result: {
    AccessToken: 'access-token-1',
    RefreshToken: 'refresh-token-1',
    AccessTokenExpireOn: '2026-11-21T20:10:00Z',
    RefreshTokenExpireOn: '2026-11-22T20:00:00Z',
  },
}
const rows = (...names: string[]) => ({ Success: true, Result: names.map((Name, index) => ({ Id: index + 1, Name })) })
const person = { Id: 9, Name: 'Amy Pond', EmailAddress: 'amy@northwind.example', IsActive: true }
const settings = {
  Id: 4,
  CreatedOn: '2026-01-01T00:00:00Z',
  ModifiedOn: '2026-02-01T00:00:00Z',
  IsEnabled: false,
  IsAccessGroupMappingEnabled: true,
  DepartmentId: 1,
  DepartmentName: 'Service Desk',
  LocationId: 2,
  ManagerId: 3,
  JobTitleId: 4,
  JobtitleName: 'Technician',
  EmploymentTypeId: 5,
  EmployeeRoleId: 6,
  SecurityRoleId: 1,
  IsDeprovisioningEnabled: false,
  IsRequireLoginEnabled: null,
  UserExceptions: [person],
  RoleExceptions: [{ Id: 2, Name: 'Technician', EmailAddress: null, IsActive: true }],
}
const mapping = { MappingId: 7, AccessGroupId: 'g-1', AccessGroupName: 'Techs', SecurityRoleIds: [1, 2], Order: 3 }
const employee = { Id: 9, FirstName: 'Amy', LastName: 'Pond', EmailAddress: 'amy@northwind.example', Username: 'amy' }

const answers: Record<string, unknown> = {
  [authenticate]: tokens,
  [refresh]: tokens,
  'GET /v2/security/userinfo': { Success: true, Result: { UserId: 1, EmailAddress: 'api@northwind.example' } },
  'GET /v2/admin/k1/status': { Success: true, Result: { IsConnected: true, OrganizationId: 'org-1' } },
  [`GET ${settingsPath}`]: { Success: true, Result: settings },
  [`POST ${settingsPath}`]: { Success: true, Result: settings },
  [`PUT ${settingsPath}`]: { Success: true, Result: settings },
  [`GET ${mappingsPath}`]: { Success: true, Result: [mapping] },
  [`POST ${mappingsPath}`]: { Success: true, Result: mapping },
  [`PUT ${mappingsPath}/{mappingId}`]: { Success: true, Result: mapping },
  [`DELETE ${mappingsPath}/{mappingId}`]: undefined,
  'GET /v2/admin/k1/accesscontrol/accessgroups': { Success: true, Result: [{ Id: 'g-1', Name: 'Techs' }] },
  'GET /v2/admin/hr/departments/lookup': rows('Service Desk'),
  'GET /v2/system/locations/lookup': rows('Leeds'),
  'GET /v2/hr/employees/lookup': rows('Amy Pond'),
  'GET /v2/admin/hr/jobtitles/lookup': rows('Technician'),
  'GET /v2/admin/security/roles/lookup': rows('Administrator', 'Technician'),
  'GET /v2/system/roles/lookup': rows('Engineer'),
  'GET /v2/servicedesk/tickets/searchselect': {
    Success: true,
    Result: [{ Id: 7, TicketNumber: 'T-1042', Title: 'Unified Login', OpenDate: '2026-11-21T17:00:00Z' }],
  },
  'GET /v2/servicedesk/tickets/{ticketId}/notes': {
    Success: true,
    Result: [{ Id: 1, Details: 'Called back.', IsInternal: true, TypeId: 12, TypeName: 'Internal Note' }],
  },
  'POST /v2/servicedesk/tickets/{ticketId}/notes': { Success: true, Result: { Id: 2, IsInternal: true } },
  'GET /v2/servicedesk/templates/notes/lookup': {
    Success: true,
    Result: [{ Id: 1, Name: 'Thank you', TypeId: 11, IsInternal: false }],
  },
  'GET /v2/hr/employees/searchselect': { Success: true, Result: [employee], TotalRecords: 1 },
}

let mock: ValidatingMock
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function start(specPath: string, signInType: string, refreshType?: string) {
  const contentTypes = { [authenticate]: signInType, ...(refreshType === undefined ? {} : { [refresh]: refreshType }) }
  mock = await startValidatingMock({ specFile: specPath, answers, open: [authenticate], contentTypes })
  closing.push(mock.close)
}

async function open(more: Record<string, string> = {}) {
  const clock = createTestClock()
  const known = { url: mock.url, username: 'k1ctl-api', company: 'Northwind', password: 'pass-word-1', ...more }
  const session = await bms.open(known, { clock, http: { env: {} } })
  closing.push(session.close)
  if (session.features === undefined) throw new Error('BMS keeps the five features')
  return { session, features: session.features, clock }
}

describe.skipIf(file === null)('the BMS client, held to the published contract', () => {
  it.each([
    ['urlencoded', urlencoded, undefined],
    ['multipart, after 415', 'multipart/form-data', undefined],
    ['urlencoded, also to refresh', urlencoded, urlencoded],
  ])('sends only what is in it: %s', async (_name, signInType, refreshType) => {
    await start(file ?? '', signInType, refreshType)
    const { session, features, clock } = await open({ mfaCode: '123456' })
    expect(await session.check()).toMatchObject({ email: 'api@northwind.example', missing: [] })
    const reading = await features.read()
    expect(reading).toMatchObject({ organization: { id: 'org-1' }, exceptions: { users: [{ id: '9' }] } })
    const choices = await Promise.all(features.defaultFields.map(({ key }) => features.choices(key)))
    expect(choices.map(list => list[0]?.name)).toEqual([
      'Service Desk',
      'Leeds',
      'Amy Pond',
      'Technician',
      undefined,
      'Administrator',
      'Engineer',
    ])
    expect(await features.groups()).toEqual([{ id: 'g-1', name: 'Techs' }])
    expect(await features.users('AMY@northwind.example')).toMatchObject({ exact: [{ id: '9' }] })
    expect(await features.users('nobody@northwind.example')).toMatchObject({ exact: [] })
    await features.change(reading, {
      on: { 'user-creation': true, 'require-log-in': true, deprovisioning: true, 'access-groups': false },
      exceptions: { users: ['9', '10'], roles: [] },
      defaults: { department: '8' },
    })
    await features.map(reading, { group: { id: 'g-1', name: 'Techs' }, roles: [{ id: '1', name: 'Administrator' }] })
    await features.map(reading, { group: { id: 'g-2', name: 'New' }, roles: [{ id: '2', name: 'Technician' }] })
    for (const present of reading.mappings) await features.unmap(reading, present)
    // The mock keeps nothing: the note that was taken is not shown then.
    const written = session.tickets?.note('t-1042', { mark: 'k1ctl run 1: proved.', text: 'Done.' })
    await expect(written).rejects.toMatchObject({
      kind: 'contract',
      hint: expect.stringContaining('Look at the ticket'),
    })
    // Nearly expired: refreshed before the next call.
    await clock.sleep(9.5 * 60_000)
    await features.roles()
    expect(mock.violations).toEqual([])
    const expected = Object.keys(answers).filter(name => name !== `POST ${settingsPath}`)
    expect([...mock.called].sort()).toEqual(expected.sort())
  })

  it('creates the settings of a company that was never configured', async () => {
    await start(file ?? '', urlencoded)
    const http = createHttpClient({
      baseUrl: mock.url,
      system: 'BMS',
      http: { env: {} },
      clock: createTestClock(),
      authorize(headers) {
        headers.authorization = 'Bearer t'
      },
    })
    closing.push(http.close)
    await createBmsClient(http).createSettings({
      IsEnabled: true,
      IsAccessGroupMappingEnabled: false,
      IsDeprovisioningEnabled: false,
      IsRequireLoginEnabled: false,
      DepartmentId: 1,
      LocationId: 1,
      ManagerId: 1,
      JobTitleId: 1,
      EmploymentTypeId: 1,
      EmployeeRoleId: 1,
      SecurityRoleId: 1,
      UserExceptionIds: [],
      RoleExceptionIds: [],
    })
    expect([mock.violations, [...mock.called]]).toEqual([[], [`POST ${settingsPath}`]])
  })

  it('has no path in its source that these tests do not send', () => {
    const folder = join(import.meta.dirname, '../../src/systems/bms')
    const source = readdirSync(folder).map(name => readFileSync(join(folder, name), 'utf8'))
    const paths = source.flatMap(text => [...text.matchAll(/path`([^`]+)`/g)].map(match => match[1] ?? ''))
    const sent = Object.keys(answers).map(name => name.split(' ')[1]?.replace(/\{[^}]+\}/g, '{}'))
    expect(paths.length).toBeGreaterThan(10)
    expect([...new Set(paths.map(text => text.replace(/\$\{[^}]+\}/g, '{}')))].sort()).toEqual(
      [...new Set(sent)].sort(),
    )
  })
})

describe.skipIf(file === null)('the validating mock', () => {
  const full = { AccessGroupId: 'g', AccessGroupName: 'G', SecurityRoleIds: [1], Order: 1 }
  const authorization = 'Bearer t'

  it.each([
    ['a misspelt member', 'POST', path`/v2/admin/k1/accesscontrol/mappings`, { json: { ...full, Ordre: 1 } }, 'Ordre'],
    ['a missing member', 'PUT', path`/v2/admin/k1/accesscontrol/mappings/${1}`, { json: {} }, 'required'],
    ['a wrong type', 'POST', path`/v2/admin/k1/accesscontrol/mappings`, { json: { ...full, Order: '1' } }, 'integer'],
    ['a wrong path', 'GET', path`/v2/admin/k1/setings`, {}, 'no such operation'],
    ['a wrong method', 'DELETE', path`/v2/admin/k1/status`, {}, 'no such operation'],
    ['a wrong id', 'DELETE', path`/v2/admin/k1/accesscontrol/mappings/${'x'}`, {}, 'mappingId'],
    ['an unknown query', 'GET', path`/v2/hr/employees/lookup`, { query: { Page: 1 } }, '"Page"'],
    ['a wrong query', 'GET', path`/v2/hr/employees/lookup`, { query: { PageSize: 'many' } }, 'PageSize'],
    ['a wrong content type', 'POST', path`/v2/admin/k1/accesscontrol/mappings`, { form: { a: 'b' } }, 'content type'],
    ['a misspelt field', 'POST', path`/v2/security/refreshtoken`, { multipart: { Accesstoken: 'x' } }, 'Accesstoken'],
    ['a body that is not due', 'DELETE', path`/v2/admin/k1/accesscontrol/mappings/${1}`, { json: {} }, 'none is due'],
  ] as const)('catches %s', async (_name, method, where, more, problem) => {
    await start(file ?? '', urlencoded)
    const http = createHttpClient({ baseUrl: mock.url, system: 'Mock', http: { env: {} }, clock: createTestClock() })
    closing.push(http.close)
    await expect(http.request({ method, path: where, headers: { authorization }, ...more })).rejects.toThrow()
    expect(mock.violations).toEqual([expect.stringContaining(problem)])
  })

  it('catches a missing token', async () => {
    await start(file ?? '', urlencoded)
    const http = createHttpClient({ baseUrl: mock.url, system: 'Mock', http: { env: {} }, clock: createTestClock() })
    closing.push(http.close)
    const client: BmsClient = createBmsClient(http)
    await expect(client.status()).rejects.toThrow()
    expect(mock.violations).toEqual([expect.stringContaining('no bearer token')])
  })
})
