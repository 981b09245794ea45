import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv, type ValidateFunction } from 'ajv'
import addFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { routes } from '../../src/sandbox/bms/routes.ts'
import { demoFacts, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { BmsCaller, defaultIds } from '../sandbox/bms-caller.ts'

/** The published contract lies beside the repository, not in it. */
const file = fileURLToPath(new URL('../../../shared/specs/bms-v2.openapi.json', import.meta.url))
const isThere = existsSync(file)
if (!isThere) console.warn(`Skipped: there is no published BMS contract at ${file}.`)

interface Contract {
  paths: Record<string, Record<string, { responses: { 200: { content?: Record<string, { schema: object }> } } }>>
  components: { schemas: Record<string, object> }
}

const served = [
  { method: 'POST', path: '/v2/security/authenticate' },
  { method: 'POST', path: '/v2/security/refreshtoken' },
  ...routes.map(({ method, path }) => ({ method, path })),
]

describe.skipIf(!isThere)('the simulated BMS keeps to the published contract', () => {
  const contract: Contract = isThere
    ? JSON.parse(readFileSync(file, 'utf8'))
    : { paths: {}, components: { schemas: {} } }
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'bms', components: contract.components })
  const seen = new Set<string>()
  let sandbox: Sandbox
  let caller: BmsCaller

  /** Null for an operation that declares no body. */
  const schemaOf = (method: string, path: string): ValidateFunction | null => {
    const operation = contract.paths[path]?.[method.toLowerCase()]
    if (!operation) throw new Error(`${method} ${path} is not in the published contract`)
    const schema = operation.responses[200].content?.['application/json']?.schema
    return schema ? ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"bms#/'))) : null
  }

  /** Sends, and holds the answer against the contract; `template` where the path has a parameter. */
  const check = async (method: string, path: string, body?: unknown, template = path.split('?')[0] ?? path) => {
    const answer = await caller.send(method, path, body)
    holds(method, template, answer.body, answer.status)
    return answer
  }

  const holds = (method: string, template: string, body: unknown, status: number) => {
    seen.add(`${method} ${template}`)
    const validate = schemaOf(method, template)
    if (!validate && status === 200 && body === null) return
    // The contract declares 200 only; a failure comes in the same envelope, or in the plain one of a sibling.
    const envelope = validate ?? schemaOf('GET', '/v2/admin/k1/status')
    const passes = envelope?.(body)
    expect({ method, template, status, body, errors: envelope?.errors ?? [], passes }).toMatchObject({
      errors: [],
      passes: true,
    })
  }

  const form = async (path: string, fields: Record<string, string>) => {
    const answer = await caller.form(path, fields, 'multipart')
    holds('POST', path, answer.body, answer.status)
    return answer
  }

  const signIn = async (tenantId: string, password?: string) => {
    const connection = sandbox.tenants[Number(tenantId.slice(2)) - 1]?.connections.bms
    const { username = '', company = '' } = connection?.settings ?? {}
    const fields = {
      GrantType: 'password',
      UserName: username,
      Password: password ?? connection?.secrets.password ?? '',
    }
    const answer = await form('/v2/security/authenticate', { ...fields, Tenant: company })
    caller.token = String(answer.body?.Result?.AccessToken)
    return answer
  }

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 'demo' })
    caller = new BmsCaller(sandbox.systems.bms?.url ?? '')
  })
  afterAll(() => sandbox.close())

  it.each(served)('publishes $method $path', ({ method, path }) => {
    expect(() => schemaOf(method, path)).not.toThrow()
  })

  it('would notice a member that the contract does not have', () => {
    const validate = schemaOf('GET', '/v2/admin/k1/status')
    expect(validate?.({ Success: true, Result: { IsConnected: true, OrganizationId: null } })).toBe(true)
    expect(validate?.({ success: true })).toBe(false)
    expect(validate?.({ Success: true, Result: { IsConnected: true, OrganisationId: 'x' } })).toBe(false)
    expect(validate?.({ Success: true, Result: { IsConnected: 'yes' } })).toBe(false)
  })

  it('when signing in, well and badly', async () => {
    const { body } = await signIn(demoFacts.tenants.first)
    const tokens = { AccessToken: String(body?.Result?.AccessToken), RefreshToken: String(body?.Result?.RefreshToken) }
    expect((await form('/v2/security/refreshtoken', tokens)).body?.Success).toBe(true)
    expect((await form('/v2/security/refreshtoken', tokens)).status).toBe(401)
    expect((await form('/v2/security/refreshtoken', {})).body?.Success).toBe(false)
    expect((await signIn(demoFacts.tenants.first, 'Wrong-Passw0rd')).status).toBe(401)
    expect((await form('/v2/security/authenticate', { GrantType: 'password' })).body?.Success).toBe(false)
  })

  const reads = routes.filter(({ method, path }) => method === 'GET' && !path.includes('{')).map(({ path }) => path)
  const companies = [
    'first',
    'everythingOn',
    'neverConfigured',
    'notLinked',
    'notAdmin',
    'ambiguousDepartments',
  ] as const
  it.each(companies)('in every reading of the company %s', async company => {
    await signIn(demoFacts.tenants[company])
    for (const path of reads) expect((await check('GET', path)).body?.Success).toBe(true)
    expect((await check('GET', '/v2/hr/employees/searchselect?PageSize=100')).body?.Success).toBe(true)
    caller.token = 'none'
    for (const path of reads) expect((await check('GET', path)).status).toBe(401)
  })

  it('in every writing, granted and refused', async () => {
    const settings = '/v2/admin/k1/accesscontrol/settings'
    const mappings = '/v2/admin/k1/accesscontrol/mappings'
    const one = `${mappings}/{mappingId}`
    await signIn(demoFacts.tenants.neverConfigured)
    expect((await check('PUT', settings, defaultIds(5))).body?.Success).toBe(false)
    expect((await check('POST', settings, defaultIds(5))).body?.Success).toBe(true)
    expect((await check('POST', settings, defaultIds(5))).body?.Success).toBe(false)
    const exceptions = { UserExceptionIds: [5000, 5001], RoleExceptionIds: [1, 6] }
    const on = { IsEnabled: true, IsRequireLoginEnabled: true, IsDeprovisioningEnabled: true, ...exceptions }
    expect((await check('PUT', settings, { ...defaultIds(5), ...on })).body?.Success).toBe(true)
    expect((await check('GET', settings)).body?.Result?.UserExceptions).toHaveLength(2)
    expect((await check('PUT', settings, {})).status).toBe(400)

    const [group] = Object.values((await check('GET', '/v2/admin/k1/accesscontrol/accessgroups')).body?.Result ?? {})
    const mapping = { AccessGroupId: group?.Id, AccessGroupName: group?.Name, SecurityRoleIds: [8] }
    const made = await check('POST', mappings, mapping)
    expect(made.body?.Success).toBe(true)
    expect((await check('POST', mappings, mapping)).body?.Success).toBe(false)
    const path = `${mappings}/${made.body?.Result?.MappingId}`
    expect((await check('PUT', path, { ...mapping, Order: 3 }, one)).body?.Success).toBe(true)
    expect((await check('GET', mappings)).body?.Result).toHaveLength(1)
    expect(await check('DELETE', path, undefined, one)).toEqual({ status: 200, body: null })
    expect((await check('DELETE', path, undefined, one)).body?.Success).toBe(false)
    expect((await check('PUT', path, { ...mapping, Order: 3 }, one)).body?.Success).toBe(false)

    await signIn(demoFacts.tenants.notAdmin)
    expect((await check('PUT', settings, defaultIds(9))).status).toBe(403)
  })

  it('in the notes of a ticket, read, written and refused', async () => {
    await signIn(demoFacts.tenants.first)
    const search = await check('GET', '/v2/servicedesk/tickets/searchselect?Filter.TicketNumber=1042')
    const [ticket, other] = Object.values(search.body?.Result ?? {})
    expect(other?.TicketNumber).toBe('T-1042')
    const one = '/v2/servicedesk/tickets/{ticketId}/notes'
    const path = one.replace('{ticketId}', String(ticket?.Id))
    const note = { Details: 'Done.', IsInternal: true, TypeId: 12, NoteDate: '2026-11-21T17:00:00.000Z' }
    expect((await check('POST', path, note, one)).body?.Success).toBe(true)
    expect((await check('GET', path, undefined, one)).body?.Result).toHaveLength(2)
    expect((await check('POST', path, { ...note, TypeId: 7 }, one)).body?.Success).toBe(false)
    expect((await check('POST', path, { Details: 'Done.' }, one)).status).toBe(400)
    const nowhere = one.replace('{ticketId}', '999999')
    expect((await check('GET', nowhere, undefined, one)).status).toBe(404)
  })

  it('when the limit is reached, and in every operation that it serves', async () => {
    await signIn(demoFacts.tenants.first)
    const limit = (perHour: number) =>
      fetch(`${sandbox.systems.bms?.control}/limit`, { method: 'POST', body: JSON.stringify({ perHour }) })
    await limit(0)
    expect((await check('GET', '/v2/admin/k1/status')).status).toBe(429)
    await limit(1500)
    expect([...seen].sort()).toEqual(served.map(({ method, path }) => `${method} ${path}`).sort())
  })
})
