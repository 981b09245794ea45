import { createSign } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  demoWorld,
  estateLeaver,
  estatePeople,
  estateTenant,
  type Sandbox,
  startSandbox,
} from '../../src/sandbox/index.ts'

/** The simulated Google, asked as a stranger to the client would ask. */

const world = demoWorld()
const leaver = estateLeaver(world).person.email
const [admin = '', second = '', , , other = ''] = estatePeople(world).map(({ person }) => person.email)
const directory = '/admin/directory/v1'
const allScopes = [
  'admin.directory.user',
  'admin.directory.user.security',
  'admin.directory.group.readonly',
  'admin.directory.group.member',
  'admin.directory.rolemanagement',
  'admin.directory.device.mobile.action',
  'admin.directory.device.chromeos',
  'admin.datatransfer',
]

let sandbox: Sandbox
let moved = 0
let token = ''
beforeEach(async () => {
  moved = 0
  sandbox = await startSandbox({ seed: 'demo', now: () => new Date(Date.UTC(2026, 10, 21, 20) + moved) })
  token = (await grant({})).body.access_token
})
afterEach(() => sandbox.close())

const google = () => sandbox.systems['google-workspace'] ?? { url: '', control: '', credentials: {} }
const keyOf = () => JSON.parse(google().credentials.serviceAccountKey ?? '{}')

async function grant(change: Record<string, unknown>, tamper = (jwt: string) => jwt) {
  const key = keyOf()
  const iat = Date.UTC(2026, 10, 21, 20) / 1000
  const scope = allScopes.map(one => `https://www.googleapis.com/auth/${one}`).join(' ')
  const claims = { iss: key.client_email, sub: admin, scope, aud: key.token_uri, iat, exp: iat + 3600, ...change }
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  const assertion = tamper(`${text}.${createSign('RSA-SHA256').update(text).sign(key.private_key, 'base64url')}`)
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
  const body = new URLSearchParams({ grant_type, assertion })
  const answer = await fetch(key.token_uri, { method: 'POST', body })
  const answered: { access_token: string; error?: string } = JSON.parse(await answer.text())
  return { status: answer.status, body: answered }
}

async function call(method: string, path: string, body?: unknown) {
  const answer = await fetch(google().url + path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) }
}

async function control(path: string, body?: unknown) {
  await fetch(`${google().control}/${path}`, { method: 'POST', ...(body ? { body: JSON.stringify(body) } : {}) })
}

const user = (email: string) => `${directory}/users/${encodeURIComponent(email)}`

describe('tokens', () => {
  it.each([
    ['another signature', {}, (jwt: string) => `${jwt.slice(0, -8)}AAAAAAAA`, 400, 'invalid_grant'],
    ['somebody unknown', { sub: 'x@ironbridge.example' }, undefined, 400, 'invalid_grant'],
    ['another issuer', { iss: 'x@y.iam.gserviceaccount.com' }, undefined, 400, 'invalid_grant'],
    ['another audience', { aud: 'https://elsewhere.example/' }, undefined, 400, 'invalid_grant'],
    ['a life of two hours', { exp: Date.UTC(2026, 10, 21, 22) / 1000 }, undefined, 400, 'invalid_grant'],
  ])('are not given for %s', async (_, change, tamper, status, error) => {
    expect(await grant(change, tamper)).toMatchObject({ status, body: { error } })
  })

  it('are refused whole when one scope is not delegated, and end after an hour', async () => {
    await control('quirks', { withoutScopes: ['admin.datatransfer'] })
    expect(await grant({})).toMatchObject({ status: 401, body: { error: 'unauthorized_client' } })
    expect((await call('GET', user(leaver))).status).toBe(200)
    moved = 3_600_000
    expect((await call('GET', user(leaver))).status).toBe(401)
  })

  it('stand for an administrator who may do only so much', async () => {
    token = (await grant({ sub: leaver })).body.access_token
    expect((await call('GET', user(leaver))).status).toBe(403)
    await control('users', { email: second, isAdmin: false })
    token = (await grant({ sub: second })).body.access_token
    expect((await call('PUT', user(leaver), { suspended: true })).status).toBe(200)
    expect((await call('PUT', user(admin), { suspended: true })).status).toBe(403)
    expect((await call('POST', `${user(leaver)}/makeAdmin`, { status: true })).status).toBe(403)
  })

  it('come from the same key in every sandbox', async () => {
    const again = await startSandbox({ seed: 'demo' })
    const other = JSON.parse(again.systems['google-workspace']?.credentials.serviceAccountKey ?? '{}')
    await again.close()
    expect(other.private_key).toBe(keyOf().private_key)
  })
})

describe('users', () => {
  it('are found by id, address and alias; strangers are forbidden, the deleted gone', async () => {
    const { id } = (await call('GET', user(leaver))).body
    expect((await call('GET', `${directory}/users/${id}`)).body.primaryEmail).toBe(leaver)
    expect((await call('GET', user(`alias.${leaver}`))).body.id).toBe(id)
    expect((await call('GET', user('x@elsewhere.example'))).status).toBe(403)
    expect((await call('GET', user('x@ironbridge.example'))).status).toBe(404)
    expect((await call('DELETE', `${directory}/users/${id}`)).status).toBe(204)
    expect((await call('GET', `${directory}/users/${id}`)).body.error).toMatchObject({ message: 'User is deleted.' })
    expect((await call('POST', `${directory}/users/${id}/undelete`, { orgUnitPath: '/' })).status).toBe(204)
    expect((await call('GET', user(leaver))).body.orgUnitPath).toBe('/')
  })

  it('are not suspended together with other changes, nor stripped of backup codes afterwards', async () => {
    expect((await call('PUT', user(leaver), { suspended: true, orgUnitPath: '/' })).status).toBe(400)
    expect((await call('PUT', user(leaver), { suspended: true })).body.suspended).toBe(true)
    expect((await call('POST', `${user(leaver)}/verificationCodes/invalidate`)).status).toBe(400)
    expect((await call('GET', `${user(leaver)}/verificationCodes`)).body.items).toHaveLength(3)
    await control('quirks', { hideCredentialsOfSuspended: true })
    expect((await call('GET', `${user(leaver)}/tokens`)).status).toBe(401)
  })

  it('keep one super administrator', async () => {
    expect((await call('POST', `${user(second)}/makeAdmin`, { status: false })).status).toBe(204)
    expect((await call('POST', `${user(admin)}/makeAdmin`, { status: false })).status).toBe(400)
  })

  it('come in pages', async () => {
    await control('quirks', { pageSize: 3 })
    const first = (await call('GET', `${directory}/users?customer=my_customer`)).body
    expect(first.users).toHaveLength(3)
    const path = `${directory}/users?customer=my_customer&pageToken=${first.nextPageToken}`
    expect((await call('GET', path)).body.users[0].id).not.toBe(first.users[0].id)
  })
})

describe('what takes its time', () => {
  it('shows a group for a while after it was left', async () => {
    await control('quirks', { groupLagMs: 5000 })
    const list = () => call('GET', `${directory}/groups?userKey=${encodeURIComponent(leaver)}`)
    const groups: { id: string; name: string }[] = (await list()).body.groups
    expect(groups.map(one => one.name)).not.toContain('Everyone')
    const one = `${directory}/groups/${groups[0]?.id}/members/${encodeURIComponent(leaver)}`
    expect((await call('DELETE', one)).status).toBe(204)
    expect([(await call('GET', one)).status, (await call('DELETE', one)).status]).toEqual([404, 404])
    expect((await list()).body.groups).toHaveLength(groups.length)
    moved = 6000
    expect((await list()).body.groups).toHaveLength(groups.length - 1)
  })

  it('moves data, and wipes phones when they call in', async () => {
    const [old, young] = [(await call('GET', user(leaver))).body.id, (await call('GET', user(other))).body.id]
    const applicationDataTransfers = [{ applicationId: '55656082996' }]
    const sent = { oldOwnerUserId: old, newOwnerUserId: young, applicationDataTransfers }
    const { id } = (await call('POST', '/admin/datatransfer/v1/transfers', sent)).body
    const status = async () =>
      (await call('GET', `/admin/datatransfer/v1/transfers/${id}`)).body.overallTransferStatusCode
    expect(await status()).toBe('inProgress')
    const mobile = `${directory}/customer/my_customer/devices/mobile`
    const phones: { resourceId: string }[] = (await call('GET', `${mobile}?query=email:${leaver}`)).body.mobiledevices
    const phone = `${mobile}/${phones[0]?.resourceId}`
    expect((await call('POST', `${phone}/action`, { action: 'admin_account_wipe' })).status).toBe(204)
    expect((await call('GET', phone)).body.status).toBe('ACCOUNT_WIPING')
    expect((await call('POST', `${phone}/action`, { action: 'explode' })).status).toBe(400)
    moved = 10_000
    expect([await status(), (await call('GET', phone)).body.status]).toEqual(['completed', 'ACCOUNT_WIPED'])
  })
})

it('goes back to the seed, and keeps its connections', async () => {
  await call('PUT', user(leaver), { suspended: true })
  await control('reset')
  expect((await call('GET', user(leaver))).body.suspended).toBe(false)
})

it('shows no backup code and no token in its state, and is the estate only', async () => {
  const text = await (await fetch(`${google().control}/state`)).text()
  const codes = (await call('GET', `${user(leaver)}/verificationCodes`)).body.items
  expect(text).not.toContain(codes[0].verificationCode)
  expect(text).not.toContain(token)
  expect(sandbox.tenants.filter(one => one.connections['google-workspace']).map(one => one.name)).toEqual([
    estateTenant(world)?.name,
  ])
})
