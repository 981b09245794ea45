import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import { createHttpClient } from '../../src/http/client.ts'
import { demoWorld, estateLeaver, estatePeople, type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { jumpcloudServiceAccount } from '../../src/sandbox/jumpcloud/exhibit.ts'
import { createJumpcloudClient } from '../../src/systems/jumpcloud/client.ts'
import { jumpcloud } from '../../src/systems/jumpcloud/index.ts'
import { createTransport } from '../../src/systems/jumpcloud/transport.ts'
import { createTestClock } from '../http/loopback.ts'
import { bringAll, theOne } from '../systems/people-stage.ts'
import { openTried } from '../systems/tried-goal.ts'
import { readContract, whyNoContract } from './jumpcloud-contract.ts'
import { type Gate, openGate } from './jumpcloud-gate.ts'

const missing = whyNoContract()
if (missing !== null) console.warn(`test/contract/jumpcloud-client.test.ts: skipped, because ${missing}`)

/** All that the client can ask for. */
const operations = [
  'DELETE /api/systemusers/{id}',
  'DELETE /api/systemusers/{systemuser_id}/sshkeys/{id}',
  'DELETE /api/v2/administrators/{administrator_id}/organizationlinks/{id}',
  'DELETE /api/v2/bulk/userstates/{id}',
  'DELETE /api/v2/users/{user_id}/pushendpoints/{push_endpoint_id}',
  'GET /api/applications/{id}',
  'GET /api/organizations',
  'GET /api/organizations/{id}',
  'GET /api/radiusservers/{id}',
  'GET /api/systems',
  'GET /api/systems/{id}',
  'GET /api/systemusers',
  'GET /api/systemusers/{id}',
  'GET /api/systemusers/{id}/sshkeys',
  'GET /api/v2/administrators/{id}/organizationlinks',
  'GET /api/v2/applemdms',
  'GET /api/v2/applemdms/{apple_mdm_id}/devices',
  'GET /api/v2/bulk/userstates',
  'GET /api/v2/directories',
  'GET /api/v2/google-emm/devices/{deviceId}',
  'GET /api/v2/groups',
  'GET /api/v2/organizations/{id}/administratorlinks',
  'GET /api/v2/providers/{provider_id}/administrators',
  'GET /api/v2/providers/{provider_id}/organizations',
  'GET /api/v2/systemgroups/{id}',
  'GET /api/v2/systems/{system_id}/users',
  'GET /api/v2/usergroups/{id}',
  'GET /api/v2/users/{user_id}/associations',
  'GET /api/v2/users/{user_id}/memberof',
  'GET /api/v2/users/{user_id}/pushendpoints',
  'POST /api/systems/{system_id}/command/builtin/erase',
  'POST /api/systems/{system_id}/command/builtin/lock',
  'POST /api/systemusers/{id}/expire',
  'POST /api/systemusers/{id}/resetmfa',
  'POST /api/v2/administrators/{id}/organizationlinks',
  'POST /api/v2/applemdms/{apple_mdm_id}/devices/{device_id}/erase',
  'POST /api/v2/applemdms/{apple_mdm_id}/devices/{device_id}/lock',
  'POST /api/v2/bulk/userstates',
  'POST /api/v2/google-emm/devices/{deviceId}/lock',
  'POST /api/v2/usergroups/{group_id}/members',
  'POST /api/v2/users/{user_id}/associations',
  'PUT /api/systemusers/{id}',
]

const world = demoWorld()
const leaver = estateLeaver(world).person.email
const people = estatePeople(world).map(({ person }) => person.email)
const plain: AccountGoalOptions = { delete: false, waitMs: 1000, devices: 'release', present: new Set() }

/** The contract has these paths, and says nothing of what they take or answer. */
const withoutOperation = ['/users', '/users/getSelf']

describe.skipIf(missing !== null)('the JumpCloud client, held to the published contracts', () => {
  const contract = missing === null ? readContract() : undefined
  let sandbox: Sandbox
  let gate: Gate

  beforeEach(async () => {
    sandbox = await startSandbox({ seed: 'demo' })
    if (contract === undefined) throw new Error('there is no contract')
    gate = await openGate(sandbox.systems.jumpcloud?.url ?? '', contract)
  })
  afterEach(async () => {
    await gate.close()
    await sandbox.close()
  })

  async function open(more: Record<string, string> = {}) {
    const known = sandbox.systems.jumpcloud?.credentials
    return openTried(jumpcloud, { ...known, url: gate.url, ...more }, { clock: createTestClock(), http: { env: {} } })
  }

  it('sends only what is in them, in all that it can do; and the simulator answers so', async () => {
    const session = await open()
    const access = session.people
    if (access === undefined) throw new Error('JumpCloud reaches people')
    expect((await session.check()).missing).toEqual([])
    expect(await session.tenants?.()).toHaveLength(2)
    for await (const account of access.list()) expect(account.id).toHaveLength(24)

    const account = await theOne(access, leaver.toUpperCase())
    const brought = await bringAll(await access.goals(account, { ...plain, devices: 'lock' }))
    for (const goal of await access.goals(account, plain)) {
      const before = brought.get(goal.kind)?.before
      if (before?.state === 'not-yet') await goal.undo?.(before.reading).bring?.()
    }
    await bringAll(
      await access.goals(account, { ...plain, devices: 'erase', delete: true, successor: people[3] ?? '' }),
    )

    const admin = await theOne(access, people[1] ?? '')
    const [drop] = await access.goals(admin, plain)
    const before = await drop?.look()
    await drop?.bring?.()
    await drop?.undo?.(before?.state === 'not-yet' ? before.reading : undefined).bring?.()
    const shared = await theOne(access, people[4] ?? '')
    await bringAll(await access.goals(shared, { ...plain, delete: true }))
    expect(await access.find('Nobody-Here')).toEqual([])
    await session.close()

    await sendTheRest()
    expect([...new Set(gate.requests)]).toEqual(['GET /api/users/getSelf: no such operation'])
    expect(gate.answers).toEqual([])
    expect([...gate.called].sort()).toEqual(operations)
  })

  it('knows of no other route', () => {
    const folder = join(import.meta.dirname, '../../src/systems/jumpcloud')
    const text = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .map(name => readFileSync(join(folder, name), 'utf8'))
      .join('\n')
    const routes = [...text.matchAll(/path`([^`]+)`/g)].map(([, route = '']) => route.replace(/\$\{[^}]+\}/g, '{}'))
    const known = operations
      .map(name => name.replace(/^\w+ \/api/, '').replace(/\{[^}]+\}/g, '{}'))
      // Lock and erase are one line in the client.
      .map(route => route.replace(/(builtin|applemdms\/\{\}\/devices\/\{\})\/(?:lock|erase)$/, '$1/{}'))
    // The last is the token endpoint's, which is in no contract.
    expect([...new Set(routes)].sort()).toEqual([...new Set([...known, ...withoutOperation, '/{}'])].sort())
  })

  it('signs in as a service account, too', async () => {
    const session = await open({
      auth: 'service-account',
      tokenUrl: `${gate.url}/oauth2/token`,
      ...jumpcloudServiceAccount,
    })
    expect(await session.check()).toMatchObject({ name: expect.stringContaining('service account'), missing: [] })
    expect(await session.people?.find(leaver)).toHaveLength(1)
    await session.close()
    expect([gate.requests, gate.answers]).toEqual([[], []])
  })

  it('would be caught at a header, a member or a parameter that is not in them', async () => {
    const headers = { 'x-api-key': 'k', 'x-org-id': 'o', 'content-type': 'application/json' }
    const seen = (method: string, path: string, body = '') =>
      contract?.checkRequest({ method, url: new URL(path, gate.url), headers, body })
    expect(seen('GET', '/api/organizations')).toEqual(['x-org-id does not belong here'])
    expect(seen('GET', '/api/systemusers?filters=x')).toEqual(['query parameter "filters" is not in the contract'])
    expect(seen('GET', '/api/v2/users/1/associations?targets=system,phone')).toEqual(['"targets" is "system,phone"'])
    expect(seen('PUT', '/api/systemusers/1', '{"suspend":true}')?.[0]).toContain('"additionalProperty":"suspend"')
    expect(seen('PUT', '/api/systemusers/1', '{"state":"STAGED"}')?.[0]).toContain('allowed values')
    expect(seen('POST', '/api/v2/usergroups/1/members', '{"op":"remove","type":"user","ID":"1"}')).toHaveLength(1)
    expect(seen('POST', '/api/v2/usergroups/1/members', '{"op":"remove","type":"user","id":"1"}')).toEqual([])
    expect(seen('DELETE', '/api/v2/usergroups/1/members')).toEqual(['no such operation'])
  })

  /** What no device and no organization of the sandbox calls for. */
  async function sendTheRest() {
    const known = sandbox.systems.jumpcloud?.credentials
    const http = createHttpClient({
      baseUrl: `${gate.url}/api`,
      system: 'JumpCloud',
      http: { env: {} },
      clock: createTestClock(),
      authorize: headers => {
        headers['x-api-key'] = known?.apiKey ?? ''
      },
    })
    const client = createJumpcloudClient(createTransport(http, known?.orgId))
    await client.organizations()
    expect(await client.androidSerial('NWYxYjFhMmMzZDRl')).toBeUndefined()
    await expect(client.lockAndroid('NWYxYjFhMmMzZDRl')).rejects.toThrow('404')
    const mac = await client.appleDevice(estatePeople(world)[3]?.devices[0]?.serial ?? '')
    if (mac === undefined) throw new Error('the Mac is not in MDM')
    await client.orderApple(mac, 'erase', '123456')
    await http.close()
  }
})
