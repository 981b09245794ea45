import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { jumpcloudServiceAccount, jumpcloudSingleKey } from '../../src/sandbox/jumpcloud/exhibit.ts'
import { jumpcloud } from '../../src/systems/jumpcloud/index.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import { createTestClock, failureOf, type TestClock } from '../http/loopback.ts'
import { emails, goalsFor, leaver } from './jumpcloud-stage.ts'
import { goalOf, here, theOne } from './people-stage.ts'
import { openTried } from './tried-goal.ts'

/** Signing in to JumpCloud, and what a provider sees. */

let sandbox: Sandbox
let clock: TestClock
let closing: (() => Promise<void>)[] = []

beforeEach(async () => {
  clock = createTestClock()
  sandbox = await startSandbox({ seed: 'demo', now: () => clock.now() })
})
afterEach(async () => {
  for (const close of closing) await close()
  closing = []
  await sandbox.close()
})

async function open(change: Record<string, string | undefined> = {}) {
  const all = Object.entries({ ...sandbox.systems.jumpcloud?.credentials, ...change })
  const settings = Object.fromEntries(all.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
  const session = await openTried(jumpcloud, settings, { clock, http: { env: {} } })
  closing.push(() => session.close())
  return session
}

const control = (path: string, body: unknown) =>
  fetch(`${sandbox.systems.jumpcloud?.control}/${path}`, { method: 'POST', body: JSON.stringify(body) })

async function paths(): Promise<string[]> {
  const seen = z.array(z.object({ method: z.string(), path: z.string() }))
  const calls = seen.parse(await (await fetch(`${sandbox.systems.jumpcloud?.control}/calls`)).json())
  return calls.map(({ method, path }) => `${method} ${path}`)
}

const asServiceAccount = () => ({
  auth: 'service-account',
  apiKey: undefined,
  tokenUrl: `${sandbox.systems.jumpcloud?.url}/oauth2/token`,
  ...jumpcloudServiceAccount,
})

describe('a session with JumpCloud', () => {
  it('says for which organization it is, and that nothing is missing', async () => {
    const session = await open()
    const email = 'automation@provider.example'
    expect(await session.check()).toEqual({ name: 'API key', email, tenant: expect.any(String), missing: [] })
    expect((await session.check()).tenant).toMatch(/\w/)
  })

  it.each([
    ['systemusers', 'read users'],
    ['v2/groups', 'read user groups'],
    ['api/systems', 'read devices'],
    ['applemdms', 'read Apple MDM'],
    ['administratorlinks', 'administers the organization'],
    ['providers', 'administrators of the provider'],
  ])('names the right that is missing for %s', async (path, right) => {
    const session = await open()
    await control('faults', { method: 'GET', path: `${path}(\\?|$|/)`, status: 403, body: {} })
    expect((await session.check()).missing).toEqual([expect.stringContaining(right)])
  })

  it('finds people without the right to read administrators; only that goal fails', async () => {
    const { people } = await open()
    if (people === undefined) throw new Error('JumpCloud reaches people')
    await control('faults', { method: 'GET', path: 'providers|administratorlinks', status: 403, body: {}, times: 0 })
    const goals = await goalsFor(people, leaver, here)
    expect((await failureOf(goalOf(goals, 'admin-roles-dropped').look())).kind).toBe('forbidden')
    expect((await goalOf(goals, 'sign-in-blocked').look()).state).toBe('not-yet')
  })

  it('leaves administrators to a person, where the organization has no provider', async () => {
    const session = await open({ apiKey: jumpcloudSingleKey, providerId: undefined, orgId: undefined })
    const { people } = session
    if (people === undefined) throw new Error('JumpCloud reaches people')
    expect(await session.check()).toMatchObject({ tenant: 'Harbour Annex', missing: [] })
    expect(await session.tenants?.()).toHaveLength(1)
    const account = await theOne(people, 'rosa.field')
    expect(account.roles).toEqual([{ name: 'Manager', admin: true }])
    const drop = goalOf(await people.goals(account, here), 'admin-roles-dropped')
    expect(drop).toMatchObject({
      reach: 'by-hand',
      byHand: [expect.stringContaining('rosa.field@'), expect.any(String)],
    })
    expect(drop).not.toHaveProperty('bring')
    expect((await drop.look()).state).toBe('not-yet')
    expect((await paths()).filter(path => /administrators|administratorlinks/.test(path))).toEqual([])
    // Deleting a user leaves their administrator account as it was.
    const nobody = { totalCount: 0, results: [] }
    const hide = (path: string, status: number, body: unknown) =>
      control('faults', { method: 'GET', path, status, body, times: 0 })
    await hide('systemusers/[0-9a-f]+$', 404, { message: 'Not Found' })
    await hide('systemusers\\?.*_id(:|%3A)', 200, nobody)
    expect(await drop.look()).toMatchObject({ state: 'not-yet', reading: { administrators: [expect.any(String)] } })
    await hide('api/users(\\?|$)', 200, nobody)
    expect(await drop.look()).toEqual({ state: 'holds', reading: { gone: true } })
  })

  it('says what could not be tried, and throws only where nothing is answered', async () => {
    const session = await open()
    await control('faults', { method: 'GET', path: 'applemdms|api/organizations/', status: 500, body: {}, times: 0 })
    await control('quirks', { selfHidden: true })
    expect((await session.check()).missing).toEqual([
      expect.stringContaining('What the organization is called'),
      expect.stringContaining('does not tell whose API key it is'),
      expect.stringMatching(/Apple MDM.* could not be tried/),
    ])
    await control('faults', { method: 'GET', status: 500, body: {}, times: 0 })
    expect((await failureOf((await open()).check())).kind).toBe('server')
  })

  it.each([
    [{ providerId: undefined, orgId: undefined, apiKey: jumpcloudSingleKey }, 'rosa.field'],
    [{}, emails[1] ?? ''],
  ])('knows administrators also where users do not show that they are: %#', async (change, word) => {
    await control('quirks', { adminFieldMissing: true })
    const { people } = await open(change)
    if (people === undefined) throw new Error('JumpCloud reaches people')
    const account = await theOne(people, word)
    expect(account.roles).toEqual([{ name: 'Administrator', admin: true }])
    expect((await goalOf(await people.goals(account, here), 'admin-roles-dropped').look()).state).toBe('not-yet')
    await control('quirks', { administratorsHidden: true })
    const hidden = (await open(change)).people
    if (hidden === undefined) throw new Error('JumpCloud reaches people')
    const again = await theOne(hidden, word)
    const unseen = goalOf(await hidden.goals(again, here), 'admin-roles-dropped')
    expect((await failureOf(unseen.look())).kind).toBe('forbidden')
  })

  it('does not touch the person whose key it is, however they are spelled', async () => {
    const [admin = ''] = emails
    await control('self', { email: admin })
    for (const word of [admin, admin.toUpperCase(), admin.split('@')[0] ?? '']) {
      const { people } = await open()
      if (people === undefined) throw new Error('JumpCloud reaches people')
      expect((await theOne(people, word)).untouchable).toBe('the account that k1ctl itself signs in with')
    }
    expect((await (await open()).check()).email).toBe(admin)
    await control('quirks', { selfHidden: true })
    const { people } = await open()
    if (people === undefined) throw new Error('JumpCloud reaches people')
    expect((await theOne(people, admin)).untouchable).toBeUndefined()
  })

  it('sees the organizations of its provider, with and without the id', async () => {
    for (const change of [{}, { providerId: undefined, orgId: undefined }]) {
      const session = await open(change)
      const tenants = await session.tenants?.()
      expect(tenants?.map(({ name }) => name)).toContain('Harbour Annex')
      expect(tenants).toHaveLength(2)
      expect(session.tenantSetting).toBe('orgId')
    }
  })

  it('wants to know the organization, where it sees several', async () => {
    const session = await open({ orgId: undefined })
    expect((await session.check()).missing).toEqual([expect.stringContaining('2 organizations')])
    const error = await failureOf(session.people?.find(leaver) ?? Promise.resolve())
    expect([error.kind, error.hint]).toEqual(['sign-in', expect.stringContaining('orgId')])
  })

  it('says that the organization is unknown', async () => {
    const session = await open({ orgId: '0123456789abcdef01234567' })
    const error = await failureOf(session.people?.find(leaver) ?? Promise.resolve())
    expect([error.kind, error.facts.setting]).toEqual(['not-set-up', 'orgId'])
  })

  it.each([
    [{ auth: 'password' }, 'usage', 'auth'],
    [{ orgId: 'nope' }, 'usage', 'orgId'],
    [{ providerId: '../x' }, 'usage', 'providerId'],
    [{ applePin: '12345' }, 'usage', 'applePin'],
    [{ apiKey: undefined }, 'not-set-up', 'apiKey'],
    [{ auth: 'service-account' }, 'not-set-up', 'clientId'],
    [{ auth: 'service-account', clientId: 'a', clientSecret: 'b', tokenUrl: 'x' }, 'usage', 'tokenUrl'],
  ])('refuses %j', async (change, kind, setting) => {
    const error = await failureOf(open(change))
    expect([error.kind, error.facts.setting]).toEqual([kind, setting])
  })

  it('takes the URL of the API for that of the console', async () => {
    const session = await open({ url: `${sandbox.systems.jumpcloud?.url}/api/v2/` })
    expect((await session.check()).missing).toEqual([])
  })

  it('says that a key is wrong', async () => {
    expect((await failureOf((await open({ apiKey: 'wrong-key' })).check())).kind).toBe('sign-in')
  })
})

describe('a service account', () => {
  it('gets one token for all requests, and another when it ends or is refused', async () => {
    const session = await open(asServiceAccount())
    await Promise.all([session.check(), session.people?.find(leaver), session.people?.count()])
    const tokens = async () => (await paths()).filter(path => path.includes('/oauth2/token')).length
    expect(await tokens()).toBe(1)
    await clock.sleep(3_600_000)
    await session.people?.count()
    expect(await tokens()).toBe(2)
    await control('faults', { method: 'GET', status: 401, body: {} })
    await session.people?.count()
    expect(await tokens()).toBe(3)
  })

  it('says that its secret is wrong, and does not tell it', async () => {
    const session = await open({ ...asServiceAccount(), clientSecret: 'wrong-secret' })
    const error = await failureOf(session.check())
    expect(error.kind).toBe('sign-in')
    expect(JSON.stringify([error.message, error.hint, error.facts])).not.toContain('wrong-secret')
  })
})

describe('k1ctl tenant import jumpcloud', () => {
  let ground: Ground
  beforeEach(async () => {
    ground = await openGround('demo')
  })
  afterEach(() => ground.close())

  it('brings in the organizations of the provider, each with its id', async () => {
    const tenant = ground.sandbox.tenants.find(one => one.connections.jumpcloud)?.name ?? ''
    const { code, stdout } = await ground.k1ctl(['tenant', 'import', 'jumpcloud', '--tenant', tenant, '--json'])
    expect(code).toBe(0)
    const rows: { name: string; state: string }[] = JSON.parse(stdout)
    expect(rows.map(({ name, state }) => [name, state]).sort()).toEqual([
      ['Harbour Annex', 'added'],
      [tenant, 'already'],
    ])
    const asked = await ground.k1ctl(['orphans', '--tenant', 'Harbour Annex', '--json'])
    expect(asked.stdout + asked.stderr).not.toContain('x-org-id')
    expect((await ground.calls('jumpcloud')).filter(call => call.method !== 'GET')).toEqual([])
  })
})
