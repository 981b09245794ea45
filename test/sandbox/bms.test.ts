import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { demoFacts, demoWorld, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { BmsCaller, defaultIds } from './bms-caller.ts'

let sandbox: Sandbox
let caller: BmsCaller
let clock: number
let credentials: Record<string, string>

beforeEach(async () => {
  clock = Date.parse('2026-11-02T09:00:00Z')
  sandbox = await startSandbox({ seed: 'demo', now: () => new Date(clock) })
  credentials = sandbox.systems.bms?.credentials ?? {}
  caller = new BmsCaller(sandbox.systems.bms?.url ?? '')
  await caller.signIn(credentials)
})
afterEach(() => sandbox.close())

const control = async (path: string, body: unknown) => {
  const answer = await fetch(`${sandbox.systems.bms?.control}${path}`, { method: 'POST', body: JSON.stringify(body) })
  expect(answer.status).toBe(204)
}
const signInTo = (tenantId: string) => {
  const connection = sandbox.tenants[Number(tenantId.slice(2)) - 1]?.connections.bms
  return caller.signIn({ ...connection?.settings, ...connection?.secrets })
}
const settings = '/v2/admin/k1/accesscontrol/settings'
const mappings = '/v2/admin/k1/accesscontrol/mappings'
const refused = (message: string) => ({ status: 200, body: { Success: false, Error: { Message: message } } })

describe('sign-in', () => {
  it.each(['urlencoded', 'multipart'] as const)('takes a %s form, its names in any case', async kind => {
    const { username = '', password = '', company = '' } = credentials
    const fields = { granttype: 'password', USERNAME: username, password, tenant: company.toUpperCase() }
    const answer = await caller.form('/v2/security/authenticate', fields, kind)
    expect(answer).toMatchObject({ status: 200, body: { Success: true, Result: { AccessToken: expect.any(String) } } })
    expect(answer.body?.Result?.AccessTokenExpireOn).toBe('2026-11-02T10:00:00.000Z')
  })

  it('refuses a JSON body, so that nobody comes to rely on it', async () => {
    expect((await caller.send('POST', '/v2/security/authenticate', { GrantType: 'password' })).status).toBe(415)
  })

  it('says no in two ways', async () => {
    expect(await caller.signIn({ ...credentials, password: 'wrong' })).toMatchObject({
      status: 401,
      body: { Success: false, Error: { Code: 401 } },
    })
    expect(await caller.signIn({ ...credentials, company: '' })).toMatchObject(refused('Tenant is required.'))
    expect(await caller.signIn({ ...credentials, company: 'Nobody' })).toMatchObject(refused('Company was not found.'))
    expect(await caller.signIn(credentials, { GrantType: 'saml' })).toMatchObject(
      refused('GrantType is not supported.'),
    )
  })

  it('wants a bearer token for all else, until it expires', async () => {
    caller.token = 'made-up'
    expect((await caller.settings()).status).toBe(401)
    await caller.signIn(credentials)
    clock += 59 * 60_000
    expect((await caller.settings()).status).toBe(200)
    clock += 2 * 60_000
    expect((await caller.settings()).status).toBe(401)
  })

  it('refreshes, replacing both tokens; expired ones can be arranged', async () => {
    const first = (await caller.signIn(credentials)).body?.Result
    const pair = { AccessToken: String(first?.AccessToken), RefreshToken: String(first?.RefreshToken) }
    await control('/expire-tokens', {})
    expect((await caller.settings()).status).toBe(401)
    const second = await caller.form('/v2/security/refreshtoken', pair, 'multipart')
    expect(second.body?.Result?.AccessToken).not.toBe(pair.AccessToken)
    expect((await caller.form('/v2/security/refreshtoken', pair)).status).toBe(401)
    caller.token = String(second.body?.Result?.AccessToken)
    expect((await caller.settings()).status).toBe(200)
    await control('/expire-tokens', { refresh: true })
    const next = { AccessToken: caller.token, RefreshToken: String(second.body?.Result?.RefreshToken) }
    expect((await caller.form('/v2/security/refreshtoken', next)).status).toBe(401)
  })

  it('says who it is, and for which company', async () => {
    expect((await caller.send('GET', '/v2/security/userinfo')).body?.Result).toMatchObject({
      UserId: 1000,
      EmailAddress: 'k1ctl-api@northwind-dental.example',
      BusinessName: 'Northwind Dental',
      TenantId: 1,
      IsUserSystemAdmin: true,
    })
  })

  it('asks an account that has a code for it, and keeps one without API access out', async () => {
    const world = demoWorld()
    const [first, second] = world.tenants
    if (!first?.bms || !second?.bms) throw new Error('no bms')
    first.bms.account.mfaCode = '112233'
    second.bms.account.apiAccess = false
    const own = await startSandbox({ seed: world })
    try {
      const other = new BmsCaller(own.systems.bms?.url ?? '')
      expect(await other.signIn(credentials)).toMatchObject(refused('MFA code is required.'))
      expect(await other.signIn(credentials, { MFACode: '000000' })).toMatchObject({ status: 401 })
      expect(await other.signIn(credentials, { MFACode: '112233' })).toMatchObject({ status: 200 })
      const secrets = own.tenants[1]?.connections.bms
      expect(await other.signIn({ ...secrets?.settings, ...secrets?.secrets })).toMatchObject(
        refused('The user does not have API access.'),
      )
    } finally {
      await own.close()
    }
  })
})

describe('the settings', () => {
  const change = (more: Record<string, unknown> = {}, method = 'PUT') =>
    caller.send(method, settings, { ...defaultIds(1), ...more })

  it('are replaced as a whole: what is left out is off, and lists are cleared', async () => {
    const lists = { UserExceptionIds: [1000, 1001], RoleExceptionIds: [2, 6] }
    const written = await change({ IsEnabled: true, IsRequireLoginEnabled: true, ...lists })
    expect(written.body?.Result).toMatchObject({
      Id: 1,
      IsEnabled: true,
      IsRequireLoginEnabled: true,
      RequireLoginEnabledBy: 1000,
      DepartmentName: 'Administration',
      JobtitleName: 'Technician',
      ManagerName: 'Amy Breakglass',
      UserExceptions: [{ Id: 1000 }, { Id: 1001, EmailAddress: demoFacts.people.breakGlass, IsActive: true }],
      RoleExceptions: [{ Id: 2, Name: 'Manager' }, { Id: 6 }],
      ModifiedOn: '2026-11-02T09:00:00.000Z',
    })
    expect((await caller.settings()).body?.Result).toEqual(written.body?.Result)
    await change({ IsRequireLoginEnabled: true, UserExceptionIds: [1000] })
    expect((await caller.settings()).body?.Result).toMatchObject({
      IsEnabled: false,
      UserExceptions: [{ Id: 1000 }],
      RoleExceptions: [],
    })
  })

  it('want all seven defaults, and nothing unknown', async () => {
    for (const missing of Object.keys(defaultIds(1))) {
      const answer = await change({ [missing]: undefined })
      expect([answer.status, answer.body?.Error?.SubErrors]).toEqual([400, [`The ${missing} field is required.`]])
    }
    const answer = await change({ IsEnable: true, LocationId: null, UserExceptionIds: ['1'] })
    expect(answer.status).toBe(400)
    expect(answer.body?.Error?.SubErrors).toHaveLength(4)
    expect((await caller.send('PUT', settings, [])).status).toBe(400)
  })

  it.each([
    ['DepartmentId', 99, 'Department does not exist.'],
    ['LocationId', 0, 'Location does not exist.'],
    ['ManagerId', 1006, 'Manager does not exist or is not active.'],
    ['ManagerId', 99, 'Manager does not exist or is not active.'],
    ['JobTitleId', 6, 'Job title does not exist.'],
    ['EmploymentTypeId', 99, 'Employment type does not exist.'],
    ['EmployeeRoleId', 99, 'Employee role does not exist.'],
    ['SecurityRoleId', 7, 'Security role does not exist.'],
    ['UserExceptionIds', [1001, 2001], 'Employee 2001 does not exist.'],
    ['RoleExceptionIds', [99], 'Security role 99 does not exist.'],
  ])('refuse %s %j, and stay as they were', async (name, value, message) => {
    const before = await caller.settings()
    expect(await change({ [name]: value, IsEnabled: true })).toMatchObject(refused(message))
    expect(await caller.settings()).toEqual(before)
  })

  it('take member names in any case', async () => {
    const body = Object.entries({ ...defaultIds(1), IsEnabled: true }).map(([k, v]) => [k.toLowerCase(), v])
    expect((await caller.send('PUT', settings, Object.fromEntries(body))).body?.Result?.IsEnabled).toBe(true)
  })

  it('are created by POST and updated by PUT, never the other way round', async () => {
    expect(await change({}, 'POST')).toMatchObject(refused('KaseyaOne settings already exist.'))
    await signInTo(demoFacts.tenants.neverConfigured)
    expect((await caller.settings()).body?.Result).toMatchObject({
      Id: 0,
      DepartmentId: null,
      ManagerId: null,
      SecurityRoleId: null,
      IsRequireLoginEnabled: null,
      UserExceptions: null,
    })
    const body = { ...defaultIds(5), IsEnabled: true }
    expect(await caller.send('PUT', settings, body)).toMatchObject(refused('KaseyaOne settings were not found.'))
    expect((await caller.send('POST', settings, body)).body?.Result).toMatchObject({ Id: 5, IsEnabled: true })
    expect(await caller.send('POST', settings, body)).toMatchObject(refused('KaseyaOne settings already exist.'))
    expect((await caller.send('PUT', settings, body)).body?.Success).toBe(true)
  })

  it('of a company that is not linked take defaults, and no feature', async () => {
    await signInTo(demoFacts.tenants.notLinked)
    const status = await caller.send('GET', '/v2/admin/k1/status')
    expect(status.body?.Result).toEqual({ IsConnected: false, OrganizationId: null })
    const body = defaultIds(6)
    for (const name of [
      'IsEnabled',
      'IsRequireLoginEnabled',
      'IsDeprovisioningEnabled',
      'IsAccessGroupMappingEnabled',
    ]) {
      const answer = await caller.send('PUT', settings, { ...body, [name]: true })
      expect(answer).toMatchObject(refused(`${name} needs a connection to KaseyaOne.`))
    }
    expect((await caller.send('PUT', settings, body)).body?.Success).toBe(true)
    await control('/link', { company: 'Alder Creek Brewing', linked: true })
    expect((await caller.send('PUT', settings, { ...body, IsEnabled: true })).body?.Success).toBe(true)
  })

  it('may be read but not written by an account that is no administrator', async () => {
    await signInTo(demoFacts.tenants.notAdmin)
    expect((await caller.send('GET', '/v2/security/userinfo')).body?.Result?.IsUserSystemAdmin).toBe(false)
    expect((await caller.settings()).status).toBe(200)
    expect(await caller.send('PUT', settings, defaultIds(9))).toMatchObject({ status: 403, body: { Success: false } })
  })

  it('keep the API account out once Require is on and it is not excepted', async () => {
    const pair = (await caller.signIn(credentials)).body?.Result
    const tokens = { AccessToken: String(pair?.AccessToken), RefreshToken: String(pair?.RefreshToken) }
    await change({ IsRequireLoginEnabled: true, UserExceptionIds: [1001] })
    expect(await caller.signIn(credentials)).toMatchObject({ status: 401 })
    expect(await caller.form('/v2/security/refreshtoken', tokens)).toMatchObject({ status: 401 })
    await change({ IsRequireLoginEnabled: true, RoleExceptionIds: [6] })
    expect((await caller.signIn(credentials)).status).toBe(200)
    await change({ IsRequireLoginEnabled: true, UserExceptionIds: [1000] })
    expect((await caller.signIn(credentials)).status).toBe(200)
  })

  it('belong to the company of the token alone', async () => {
    const mine = caller.token
    await signInTo(demoFacts.tenants.everythingOn)
    const theirs = (await caller.settings()).body?.Result
    caller.token = mine
    await change({ IsEnabled: true })
    await signInTo(demoFacts.tenants.everythingOn)
    expect((await caller.settings()).body?.Result).toEqual(theirs)
  })
})

describe('access groups', () => {
  it('are mapped, changed and unmapped', async () => {
    const groups = (await caller.send('GET', '/v2/admin/k1/accesscontrol/accessgroups')).body?.Result
    expect(groups).toContainEqual({ Id: 'g-technicians', Name: 'Technicians' })
    const mapping = { AccessGroupId: 'g-technicians', AccessGroupName: 'Technicians', SecurityRoleIds: [3] }
    const made = await caller.send('POST', mappings, mapping)
    expect(made.body?.Result).toEqual({ MappingId: 101, ...mapping, Order: 1 })
    expect(await caller.send('POST', mappings, mapping)).toMatchObject(refused('The access group is already mapped.'))
    const changed = { ...mapping, SecurityRoleIds: [3, 8] }
    expect((await caller.send('PUT', `${mappings}/101`, changed)).status).toBe(400)
    const put = await caller.send('PUT', `${mappings}/101`, { ...changed, Order: 7 })
    expect(put.body?.Result).toEqual({ MappingId: 101, ...changed, Order: 7 })
    expect((await caller.send('GET', mappings)).body?.Result).toEqual([{ MappingId: 101, ...changed, Order: 7 }])
    expect(await caller.send('DELETE', `${mappings}/101`)).toEqual({ status: 200, body: null })
    expect((await caller.send('GET', mappings)).body?.Result).toEqual([])
    expect(await caller.send('DELETE', `${mappings}/101`)).toMatchObject(refused('The mapping was not found.'))
  })

  it('that do not exist, or roles that do not, are refused', async () => {
    const mapping = { AccessGroupId: 'g-nobody', AccessGroupName: 'Nobody', SecurityRoleIds: [3] }
    expect(await caller.send('POST', mappings, mapping)).toMatchObject(refused('The access group was not found.'))
    const known = { AccessGroupId: 'g-managers', AccessGroupName: 'Managers', SecurityRoleIds: [3] }
    const unknownRole = { ...known, SecurityRoleIds: [3, 99] }
    expect(await caller.send('POST', mappings, unknownRole)).toMatchObject(refused('Security role 99 does not exist.'))
    expect(await caller.send('POST', mappings, { ...known, SecurityRoleIds: [] })).toMatchObject(
      refused('At least one security role is required.'),
    )
    await control('/link', { company: 'Northwind Dental', linked: false })
    expect((await caller.send('GET', '/v2/admin/k1/accesscontrol/accessgroups')).body?.Result).toEqual([])
    expect(await caller.send('POST', mappings, known)).toMatchObject(
      refused('Access groups need a connection to KaseyaOne.'),
    )
  })

  it('of the seed are listed', async () => {
    await signInTo(demoFacts.tenants.everythingOn)
    const listed = (await caller.send('GET', mappings)).body?.Result
    expect(listed).toHaveLength(2)
    const groups = (await caller.send('GET', '/v2/admin/k1/accesscontrol/accessgroups')).body?.Result
    expect(groups).toContainEqual({ Id: listed?.[0]?.AccessGroupId, Name: listed?.[0]?.AccessGroupName })
  })
})

describe('employees', () => {
  const search = (query: string) => caller.send('GET', `/v2/hr/employees/searchselect?${query}`)

  it('are found by a part of name or e-mail, ignoring case', async () => {
    const found = await search(`Filter.Filter_Text=${encodeURIComponent("O'MALLEY")}`)
    expect(found.body).toMatchObject({ TotalRecords: 1, Result: [{ FirstName: 'Sean', IsActive: true }] })
    expect((await search('Filter.Filter_Text=dana.reed%2Bbilling')).body?.TotalRecords).toBe(1)
    expect((await search('Filter.Filter_Text=amy%20break')).body?.Result?.[0]).toMatchObject({ Id: 1001 })
    expect((await search('Filter.Filter_Text=nobody-at-all')).body).toMatchObject({ TotalRecords: 0, Result: [] })
    expect((await search('filter.filter_text=k1ctl-api')).body?.Result?.[0]).toMatchObject({ Id: 1000 })
    expect((await search('Filter.Ids=1001&Filter.Ids=1002')).body?.TotalRecords).toBe(2)
  })

  it('are filtered by activity', async () => {
    const all = Number((await search('')).body?.TotalRecords)
    const active = Number((await search('Filter.IsActive=true')).body?.TotalRecords)
    const inactive = (await search('Filter.IsActive=false')).body
    expect(active + Number(inactive?.TotalRecords)).toBe(all)
    const orphan = await search(`Filter.Filter_Text=${demoFacts.people.orphan}`)
    expect(orphan.body?.Result?.[0]?.IsActive).toBe(true)
    expect((await search('Filter.IsActive=perhaps')).status).toBe(400)
  })

  it('come in pages of 25', async () => {
    const largest = demoWorld().tenants.map(({ people }) => people.filter(person => person.bmsEmployeeId).length)
    const index = largest.indexOf(Math.max(...largest))
    await signInTo(`t-${String(index + 1).padStart(3, '0')}`)
    const total = Number((await search('')).body?.TotalRecords)
    expect(total).toBe((largest[index] ?? 0) + 1)
    const seen = new Set<unknown>()
    for (let page = 1; page <= Math.ceil(total / 25); page += 1) {
      const { body } = await search(`PageNumber=${page}`)
      for (const row of Object.values(body?.Result ?? {})) seen.add(row.Id)
    }
    expect(seen.size).toBe(total)
    expect((await search('PageNumber=9')).body?.Result).toEqual([])
    expect((await search('PageSize=10&PageNumber=2')).body?.Result).toHaveLength(10)
  })

  it('come no more than 100 at a time, however many are asked for', async () => {
    const world = demoWorld()
    const [first] = world.tenants
    const crowd = world.tenants.flatMap(({ people }) => people).filter(person => person.bmsEmployeeId && person.active)
    first?.people.splice(0, first.people.length, ...crowd.slice(0, 130))
    const own = await startSandbox({ seed: { ...world, tenants: first ? [first] : [] } })
    try {
      caller = new BmsCaller(own.systems.bms?.url ?? '')
      await caller.signIn(credentials)
      expect((await search('PageSize=500')).body?.TotalRecords).toBe(131)
      expect((await search('PageSize=500')).body?.Result).toHaveLength(100)
      expect((await search('PageSize=500&PageNumber=2')).body?.Result).toHaveLength(31)
      expect((await caller.send('GET', '/v2/hr/employees/lookup?PageSize=500')).body?.Result).toHaveLength(100)
    } finally {
      await own.close()
    }
  })

  it('that are active can be looked up as managers', async () => {
    const lookup = await caller.send('GET', '/v2/hr/employees/lookup?Filter.Name=a&PageSize=100')
    expect(lookup.body?.Result).toContainEqual({ Id: 1001, Name: 'Amy Breakglass' })
    expect(lookup.body).not.toHaveProperty('TotalRecords')
    expect((await caller.send('GET', '/v2/hr/employees/lookup?Filter.Ids=1006')).body?.Result).toEqual([])
  })

  it('can be deactivated behind the API, as a person in the console would', async () => {
    await control('/employee', { company: 'Northwind Dental', id: 1003, active: false })
    expect((await search('Filter.Ids=1003')).body?.Result?.[0]).toMatchObject({ LastName: 'Sharma', IsActive: false })
  })

  it('become inactive with deprovisioning on, when they are deactivated in KaseyaOne', async () => {
    const { url, credentials: own } = sandbox.systems.kaseyaone ?? { url: '', credentials: {} }
    const { username, company, password, tenantId }: Record<string, string> = own
    const headers = { 'content-type': 'application/json' }
    const logIn = await fetch(`${url}/log-in`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ username, company, password }),
    })
    const { accessToken } = JSON.parse(await logIn.text())
    const deactivate = (id: string) =>
      fetch(`${url}/tenants/${tenantId}/scim/v2/Users/${id}`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/scim+json', authorization: `Bearer ${accessToken}` },
        body: JSON.stringify({
          schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
          Operations: [{ op: 'replace', path: 'active', value: false }],
        }),
      })
    expect((await deactivate('p-000003')).status).toBeLessThan(300)
    expect((await search('Filter.Ids=1003')).body?.Result?.[0]?.IsActive).toBe(true)
    await caller.send('PUT', settings, { ...defaultIds(1), IsDeprovisioningEnabled: true })
    expect((await deactivate('p-000004')).status).toBeLessThan(300)
    expect((await search('Filter.Ids=1004')).body?.Result?.[0]?.IsActive).toBe(false)
    expect((await search('Filter.Ids=1003')).body?.Result?.[0]?.IsActive).toBe(true)
  })
})

describe('the choices', () => {
  it('hold inactive job titles and roles, and one company has two departments of one name', async () => {
    const titles = (await caller.send('GET', '/v2/admin/hr/jobtitles/lookup')).body?.Result
    expect(titles).toContainEqual({ Id: 7, Name: 'Fax Operator', IsActive: false })
    const roles = (await caller.send('GET', '/v2/admin/security/roles/lookup')).body?.Result
    expect(roles?.[0]).toEqual({ Id: 1, Name: 'Administrator', isActive: true, isSystem: true, isExternal: false })
    expect((await caller.send('GET', '/v2/system/roles/lookup')).body?.Result?.[0]).toMatchObject({ IsDefault: true })
    await signInTo(demoFacts.tenants.ambiguousDepartments)
    const departments = (await caller.send('GET', '/v2/admin/hr/departments/lookup')).body?.Result
    const desks = Object.values(departments ?? {}).filter(({ Name }) => String(Name) === 'Service Desk')
    expect(desks.map(({ Id }) => Id)).toEqual([2, 7])
  })
})

describe('the limit', () => {
  it('counts each endpoint of each company, over sixty minutes', async () => {
    await control('/limit', { perHour: 2 })
    const status = () => caller.send('GET', '/v2/admin/k1/status')
    expect([(await status()).status, (await status()).status, (await status()).status]).toEqual([200, 200, 429])
    expect((await caller.settings()).status).toBe(200)
    await signInTo(demoFacts.tenants.everythingOn)
    expect((await status()).status).toBe(200)
    clock += 61 * 60_000
    await caller.signIn(credentials)
    expect((await status()).status).toBe(200)
  })

  it('is 1,500 by itself', async () => {
    let count = 0
    while ((await caller.send('GET', '/v2/admin/k1/status')).status === 200) count += 1
    expect(count).toBe(1500)
  }, 30_000)
})

describe('casing', () => {
  it('can be that of real callers, with nulls too', async () => {
    await control('/casing', { casing: 'camel', nulls: true })
    const answer: unknown = (await caller.send('GET', '/v2/admin/k1/status')).body
    expect(answer).toEqual({
      success: true,
      error: null,
      result: { isConnected: true, organizationId: demoFacts.organization.id },
    })
    const failed: unknown = (await caller.send('PUT', settings, { ...defaultIds(1), ManagerId: 0 })).body
    expect(failed).toMatchObject({ success: false, error: { message: expect.any(String) }, result: null })
  })
})
