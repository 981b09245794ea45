import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { company, type Ground, openGround, tenant, world } from './module-admin-ground.ts'

let ground: Ground

beforeEach(async () => {
  ground = await openGround(world([tenant('t-1'), tenant('t-2', { graphus: null })]))
})
afterEach(() => ground.close())

const logIn = (username: string, more: Record<string, unknown> = {}) =>
  ground.call('graphus', 'POST', '/log-in', { body: { username, company, password: `${username}-secret`, ...more } })
const get = (path: string, token?: string) => ground.call('graphus', 'GET', path, token ? { token } : {})
const challengeOf = async (username: string, more?: Record<string, unknown>): Promise<string> =>
  (await logIn(username, more)).body.challenge.id
const sendCode = (id: string, code: unknown) => ground.call('graphus', 'POST', `/log-in/${id}`, { body: { code } })

describe('username, company and password', () => {
  test('are enough for an account without a challenge', async () => {
    const { status, body } = await logIn('ada')
    expect(status).toBe(200)
    expect(body).toEqual({ accessToken: expect.any(String), refreshToken: expect.any(String), expiresInSeconds: 1800 })
    expect((await get('/session', body.accessToken)).status).toBe(200)
  })

  test('ignore the case of username and company, not of the password', async () => {
    expect((await logIn('ada', { username: 'ADA', company: company.toUpperCase() })).status).toBe(200)
    expect((await logIn('ada', { password: 'ADA-SECRET' })).status).toBe(401)
  })

  test.each([
    ['password', { password: 'nope' }],
    ['username', { username: 'nobody' }],
    ['company', { company: 'Another MSP' }],
  ])('a wrong %s is wrong-credentials, and does not say which', async (_, wrong) => {
    const { status, body, headers } = await logIn('ada', wrong)
    expect(status).toBe(401)
    expect(headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject({ code: 'wrong-credentials', status: 401, type: 'about:blank' })
    expect(body.detail).toBe('No account of this company has this username and password.')
  })

  test('a missing member, or no JSON at all, is invalid', async () => {
    expect((await logIn('ada', { company: undefined })).body).toMatchObject({ code: 'invalid', field: 'company' })
    expect((await ground.call('graphus', 'POST', '/log-in', { raw: '{' })).body).toMatchObject({ code: 'invalid' })
  })

  test('somebody without an account in the module is let into KaseyaOne only', async () => {
    expect((await logIn('non')).body).toMatchObject({
      code: 'forbidden',
      missing: ['You have no account in Graphus.'],
    })
    expect(await ground.token('kaseyaone', 'non')).toEqual(expect.any(String))
  })
})

describe('a code', () => {
  test('finishes the log-in, once', async () => {
    const { status, body } = await logIn('otto')
    expect(status).toBe(202)
    expect(body).toEqual({ challenge: { id: expect.any(String), kind: 'two-factor', expiresInSeconds: 120 } })
    const done = await sendCode(body.challenge.id, '246810')
    expect(done.status).toBe(200)
    expect((await get('/session', done.body.accessToken)).body.username).toBe('otto')
    expect((await sendCode(body.challenge.id, '246810')).body.code).toBe('challenge-expired')
  })

  test('may be wrong three times; the right one then comes too late', async () => {
    const id = await challengeOf('otto')
    for (const wrong of ['1', '2', '3']) {
      const { status, body } = await sendCode(id, wrong)
      expect([status, body.code]).toEqual([401, 'wrong-code'])
    }
    const { status, body } = await sendCode(id, '246810')
    expect([status, body.code]).toEqual([410, 'challenge-expired'])
  })

  test('is still taken after two wrong ones', async () => {
    const id = await challengeOf('otto')
    await sendCode(id, '1')
    await sendCode(id, '2')
    expect((await sendCode(id, '246810')).status).toBe(200)
  })

  test('a code that is no text costs no try', async () => {
    const id = await challengeOf('otto')
    for (let i = 0; i < 4; i += 1)
      expect((await sendCode(id, 1)).body).toMatchObject({ code: 'invalid', field: 'code' })
    expect((await sendCode(id, '246810')).status).toBe(200)
  })

  test('comes too late after two minutes', async () => {
    const id = await challengeOf('otto')
    ground.pass(119_999)
    expect((await sendCode(id, 'x')).body.code).toBe('wrong-code')
    ground.pass(1)
    expect((await sendCode(id, '246810')).body.code).toBe('challenge-expired')
  })

  test('can be asked for instead of a push, where the account has one', async () => {
    const { body } = await logIn('pia', { method: 'two-factor' })
    expect(body.challenge.kind).toBe('two-factor')
    expect((await sendCode(body.challenge.id, '135790')).status).toBe(200)
    expect((await logIn('pim', { method: 'two-factor' })).body).toMatchObject({ code: 'invalid', field: 'method' })
  })
})

describe('a push', () => {
  const decide = (challenge: string, approve: boolean) =>
    ground.control('graphus', 'POST', '/push', { challenge, approve })

  test('waits until it is approved; the answer may then be fetched again', async () => {
    const { body } = await logIn('pia')
    expect(body.challenge.kind).toBe('push')
    const path = `/log-in/${body.challenge.id}`
    const waiting = await get(path)
    expect([waiting.status, waiting.body]).toEqual([202, { state: 'waiting', pollAfterSeconds: 1 }])
    expect((await ground.control('graphus', 'GET', '/pushes')).body).toEqual([
      { challenge: body.challenge.id, username: 'pia', state: 'waiting' },
    ])
    expect((await decide(body.challenge.id, true)).status).toBe(204)
    const tokens = await get(path)
    expect(tokens.status).toBe(200)
    expect((await get(path)).body).toEqual(tokens.body)
    expect((await get('/session', tokens.body.accessToken)).body.username).toBe('pia')
  })

  test('can be denied', async () => {
    const id = await challengeOf('pim')
    await decide(id, false)
    const { status, body } = await get(`/log-in/${id}`)
    expect([status, body.code]).toEqual([403, 'push-denied'])
    expect((await decide(id, true)).status).toBe(404)
  })

  test('can be cancelled, and expires', async () => {
    const cancelled = await challengeOf('pia')
    expect((await ground.call('graphus', 'DELETE', `/log-in/${cancelled}`)).status).toBe(204)
    expect((await decide(cancelled, true)).status).toBe(404)
    expect((await get(`/log-in/${cancelled}`)).status).toBe(410)
    const late = await challengeOf('pia')
    ground.pass(120_000)
    expect((await get(`/log-in/${late}`)).body.code).toBe('challenge-expired')
  })

  test('can approve itself after a while', async () => {
    await ground.control('graphus', 'POST', '/push-auto', { afterMs: 500 })
    const id = await challengeOf('pim')
    expect((await get(`/log-in/${id}`)).status).toBe(202)
    ground.pass(500)
    expect((await get(`/log-in/${id}`)).status).toBe(200)
    await ground.control('graphus', 'POST', '/push-auto', { afterMs: null })
    const other = await challengeOf('pim')
    ground.pass(5000)
    expect((await get(`/log-in/${other}`)).status).toBe(202)
  })

  test('takes no code, and a code is not fetched', async () => {
    expect((await sendCode(await challengeOf('pia'), '135790')).body.code).toBe('invalid')
    expect((await get(`/log-in/${await challengeOf('otto')}`)).body.code).toBe('invalid')
  })

  test('is unknown where nobody sent one', async () => {
    expect((await get('/log-in/nothing')).body.code).toBe('not-found')
    expect((await ground.call('graphus', 'DELETE', '/log-in/nothing')).status).toBe(404)
  })
})

describe('tokens', () => {
  const refresh = (refreshToken: string) =>
    ground.call('graphus', 'POST', '/log-in/refresh', { body: { refreshToken } })

  test('without one, or with another module`s, everything else is token-expired', async () => {
    for (const path of ['/session', '/tenants', '/tenants/t-1/unified-login', '/nothing']) {
      const { status, body, headers } = await get(path)
      expect([status, body.code, headers.get('www-authenticate')]).toEqual([401, 'token-expired', 'Bearer'])
    }
    expect((await get('/session', await ground.token('kaseyaone'))).status).toBe(401)
  })

  test('an access token ends after half an hour; the refresh token, not rotated, gives another', async () => {
    const { body } = await logIn('ada')
    ground.pass(1_800_000)
    expect((await get('/session', body.accessToken)).body.code).toBe('token-expired')
    const renewed = await refresh(body.refreshToken)
    expect(renewed.body.refreshToken).toBe(body.refreshToken)
    expect((await get('/session', renewed.body.accessToken)).status).toBe(200)
    expect((await refresh(body.refreshToken)).status).toBe(200)
  })

  test('expire-tokens ends access, and on request renewal', async () => {
    const { body } = await logIn('ada')
    await ground.control('graphus', 'POST', '/expire-tokens')
    expect((await get('/session', body.accessToken)).status).toBe(401)
    expect((await refresh(body.refreshToken)).status).toBe(200)
    await ground.control('graphus', 'POST', '/expire-tokens', { refresh: true })
    expect((await refresh(body.refreshToken)).body.code).toBe('token-expired')
  })

  test('log-out revokes every token of that log-in, and of no other', async () => {
    const { body } = await logIn('ada')
    const second = (await refresh(body.refreshToken)).body
    const other = (await logIn('ada')).body
    const { status } = await ground.call('graphus', 'DELETE', '/session', { token: body.accessToken })
    expect(status).toBe(204)
    expect((await get('/session', second.accessToken)).status).toBe(401)
    expect((await refresh(body.refreshToken)).status).toBe(401)
    expect((await get('/session', other.accessToken)).status).toBe(200)
    expect((await ground.call('graphus', 'DELETE', '/session', { token: body.accessToken })).status).toBe(401)
  })

  test('a reset logs everybody out', async () => {
    const { body } = await logIn('ada')
    await ground.control('graphus', 'POST', '/reset')
    expect((await get('/session', body.accessToken)).status).toBe(401)
  })
})

describe('the session', () => {
  test('says who, with which roles, and that nothing is missing', async () => {
    const { body } = await get('/session', await ground.token('graphus'))
    expect(body).toEqual({
      username: 'ada',
      email: 'ada@northwind.example',
      displayName: 'ada',
      kaseyaOneRole: 'Admin',
      moduleRole: 'Partner Administrator',
      moduleAdmin: true,
      organization: { id: 'org-1', name: company },
      missing: [],
    })
  })

  test.each([
    ['graphus', 'uma', ['Your KaseyaOne role is User; changing settings takes Admin or Root Admin.']],
    ['graphus', 'lee', ['Your Graphus role is Analyst; changing settings takes Partner Administrator.']],
    [
      'datto-partner-portal',
      'lee',
      ['Your Datto Partner Portal role is Tech; changing settings takes Security Admin.'],
    ],
    ['kaseyaone', 'uma', ['Your KaseyaOne role is User; changing settings takes Admin or Root Admin.']],
    ['kaseyaone', 'lee', []],
  ] as const)('at %s %s lacks %j', async (system, username, missing) => {
    const { body } = await ground.call(system, 'GET', '/session', { token: await ground.token(system, username) })
    expect(body.missing).toEqual(missing)
  })
})

describe('tenants', () => {
  test('are those that have the module and that the operator may see', async () => {
    const ids = async (system: 'graphus' | 'kaseyaone', username: string) => {
      const { body } = await ground.call(system, 'GET', '/tenants', { token: await ground.token(system, username) })
      return body.tenants.map(one => one.id)
    }
    expect(await ids('graphus', 'ada')).toEqual(['t-1'])
    expect(await ids('kaseyaone', 'ada')).toEqual(['t-1', 't-2'])
    expect(await ids('kaseyaone', 'sam')).toEqual(['t-2'])
    expect(await ids('graphus', 'sam')).toEqual([])
  })

  test('of others are not found', async () => {
    const token = await ground.token('graphus', 'sam')
    expect((await get('/tenants/t-1/unified-login', token)).body.code).toBe('not-found')
    expect((await get('/tenants/t-1/scim/v2/Users', token)).body).toMatchObject({ status: '404', code: 'not-found' })
  })
})
