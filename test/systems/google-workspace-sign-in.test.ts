import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { HttpExchange } from '../../src/core/ports.ts'
import { googleWorkspace } from '../../src/systems/google-workspace/index.ts'
import { createTestClock, failureOf, sendJson, startLoopback } from '../http/loopback.ts'
import { acting, leaver, openGround, secondAdmin, system } from './google-workspace-stage.ts'

/** Service accounts, delegation, tokens, and what the check tells of missing rights. */

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function ground(...given: Parameters<typeof openGround>) {
  const opened = await openGround(...given)
  closing.push(opened.close)
  return opened
}

function counting() {
  const seen: HttpExchange[] = []
  const tokens = () => seen.filter(one => one.url.endsWith('/token')).length
  return { http: { env: {}, onExchange: (one: HttpExchange) => seen.push(one) }, tokens, seen }
}

describe('tokens', () => {
  it('are fetched once for requests side by side, and renewed before they end', async () => {
    const { http, tokens } = counting()
    const { people, clock } = await ground({}, http)
    await Promise.all([people.find(leaver), people.find(acting), people.find(secondAdmin)])
    expect(tokens()).toBe(1)
    await clock.sleep(3500_000)
    await people.find(leaver)
    expect(tokens()).toBe(1)
    await clock.sleep(60_000)
    await Promise.all([people.find(leaver), people.find(acting)])
    expect(tokens()).toBe(2)
  })

  it('are fetched again once when Google refuses one', async () => {
    const { http, tokens } = counting()
    const { people, control } = await ground({}, http)
    await people.find(leaver)
    await control('POST', 'tokens/revoke')
    expect(await Promise.all([people.find(leaver), people.find(acting)])).toMatchObject([[{}], [{}]])
    expect(tokens()).toBe(2)
  })

  it.each([
    ['adminEmail', 'nobody@ironbridge.example', 'Invalid email or User ID'],
    ['serviceAccountKey', 'k1ctl@other.iam.gserviceaccount.com', 'account not found'],
  ])('are refused for a wrong %s', async (setting, value, said) => {
    const { connection, session } = await ground()
    await session.close()
    const changed =
      setting === 'adminEmail'
        ? value
        : JSON.stringify({ ...JSON.parse(connection.serviceAccountKey ?? '{}'), client_email: value })
    const { session: other } = await ground({ ...connection, [setting]: changed, url: connection.url ?? '' })
    const error = await failureOf(other.check())
    expect([error.kind, error.message]).toEqual(['sign-in', expect.stringContaining(said)])
    expect(error.hint).toContain('adminEmail')
  })

  it.each([
    ['not JSON', 'it is not JSON'],
    ['{"type":"authorized_user"}', 'type'],
    ['{"type":"service_account","client_email":"a@b","private_key":"no key"}', 'private_key'],
  ])('need a key that is one: %s', async (serviceAccountKey, said) => {
    const open = googleWorkspace.open(
      { adminEmail: acting, serviceAccountKey },
      { clock: createTestClock(), http: { env: {} } },
    )
    const error = await failureOf(open)
    expect([error.kind, error.message]).toEqual(['usage', expect.stringContaining(said)])
    expect(JSON.stringify(error.facts)).not.toContain('no key')
  })

  it.each([
    [{}, 'adminEmail'],
    [{ adminEmail: acting }, 'serviceAccountKey'],
    [{ adminEmail: acting, auth: 'password' }, 'auth'],
    [{ adminEmail: acting, serviceAccountKey: '{}', licenceMode: 'sell' }, 'licenceMode'],
    [{ adminEmail: acting, serviceAccountKey: '{}', leaversOrgUnit: 'Leavers' }, 'leaversOrgUnit'],
    [{ adminEmail: acting, serviceAccountKey: '{}', licences: 'Business' }, 'licences'],
  ])('name the setting that is wrong: %j', async (settings, setting) => {
    const error = await failureOf(googleWorkspace.open(settings, { clock: createTestClock(), http: { env: {} } }))
    expect(error.facts).toMatchObject({ setting })
  })
})

describe('the check', () => {
  it('says who signs in, and that nothing is missing', async () => {
    const { session, writes } = await ground()
    const domain = acting.split('@')[1]
    expect(await session.check()).toEqual({ name: acting, email: acting, tenant: domain, missing: [] })
    expect(await writes()).toEqual([])
  })

  it('names scopes that are not delegated, although Google then gives no token at all', async () => {
    const { session, people, control } = await ground()
    await control('POST', 'quirks', { withoutScopes: ['admin.datatransfer', 'apps.licensing'] })
    const { missing } = await session.check()
    expect(missing).toEqual([
      expect.stringMatching(/admin\.datatransfer is not delegated to .*client id 104857600000000000001/),
      expect.stringContaining('apps.licensing is not delegated'),
    ])
    expect(await people.find(leaver)).toHaveLength(1)
  })

  it('says what to do when no scope is delegated', async () => {
    const { session, control } = await ground()
    const all = ['user', 'user.security', 'group.readonly', 'group.member', 'rolemanagement']
    const withoutScopes = [
      ...all.map(one => `admin.directory.${one}`),
      'admin.directory.device.mobile.action',
      'admin.directory.device.chromeos',
      'admin.datatransfer',
      'apps.licensing',
    ]
    await control('POST', 'quirks', { withoutScopes })
    expect(await failureOf(session.check())).toMatchObject({
      kind: 'sign-in',
      hint: expect.stringContaining('Domain-wide delegation'),
    })
  })

  it.each([
    'admin.directory.user.security',
    'admin.directory.group.readonly',
    'admin.directory.rolemanagement',
    'admin.directory.device.mobile.action',
    'admin.directory.device.chromeos',
    'admin.datatransfer',
    'apps.licensing',
    'admin.directory.user',
  ])('names %s where the token turns out to lack it', async scope => {
    const { session, control } = await ground()
    await control('POST', 'quirks', { tokenLacks: [scope] })
    expect((await session.check()).missing).toEqual([expect.stringContaining(`/${scope} is not delegated`)])
  })

  it('tells an API that is off, and a privilege that is missing, from a scope', async () => {
    const { session, control } = await ground()
    const no = (path: string, reason: string) => {
      const error = { code: 403, message: 'No.', errors: [{ reason, message: 'No.' }] }
      return { method: 'GET', path, status: 403, body: { error } }
    }
    await control('POST', 'faults', [no('/chromeos', 'forbidden'), no('/apps/licensing', 'accessNotConfigured')])
    expect((await session.check()).missing).toEqual([
      expect.stringContaining('"Chrome Management > Manage ChromeOS devices"'),
      expect.stringContaining('Enterprise License Manager API is off'),
    ])
  })

  it('says when the administrator is no super administrator', async () => {
    const { session, control } = await ground({ adminEmail: secondAdmin })
    await control('POST', 'users', { email: secondAdmin, isAdmin: false })
    expect((await session.check()).missing).toEqual([expect.stringContaining('is no super administrator')])
  })
})

describe('application default credentials', () => {
  function file(content: unknown): Record<string, string> {
    const folder = mkdtempSync(join(tmpdir(), 'k1ctl-adc-'))
    closing.push(() => rmSync(folder, { recursive: true }))
    const GOOGLE_APPLICATION_CREDENTIALS = join(folder, 'adc.json')
    writeFileSync(GOOGLE_APPLICATION_CREDENTIALS, JSON.stringify(content))
    return { GOOGLE_APPLICATION_CREDENTIALS }
  }

  it('that are a key file sign for themselves', async () => {
    const { connection } = await ground()
    const env = file(JSON.parse(connection.serviceAccountKey ?? '{}'))
    const { auth: _, serviceAccountKey: __, ...rest } = connection
    const session = await googleWorkspace.open({ ...rest, auth: 'adc' }, { clock: createTestClock(), http: { env } })
    closing.push(session.close)
    expect(await session.check()).toMatchObject({ name: acting, missing: [] })
  })

  it('of another kind need a service account to sign for', async () => {
    const env = file({ type: 'authorized_user', client_id: 'c', client_secret: 's-e-c-r-e-t', refresh_token: 'r-e-f' })
    const open = googleWorkspace.open({ auth: 'adc', adminEmail: acting }, { clock: createTestClock(), http: { env } })
    expect(await failureOf(open)).toMatchObject({ kind: 'not-set-up', facts: { setting: 'serviceAccount' } })
  })

  it('of another kind have Google sign: who acts, for whom, with which scopes', async () => {
    const loopback = await startLoopback((request, response) => {
      if (request.url.startsWith('/sts'))
        return sendJson(response, {
          access_token: 'federated-token',
          token_type: 'Bearer',
          expires_in: 3600,
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        })
      if (request.url.endsWith(':signJwt')) return sendJson(response, { keyId: 'k', signedJwt: 'signed.by.google' })
      if (request.url === '/token') return sendJson(response, { access_token: 'delegated-token', expires_in: 3599 })
      const error = { code: 403, message: 'No.', errors: [{ reason: 'forbidden' }] }
      return sendJson(response, { error }, 403)
    })
    closing.push(loopback.close)
    const subject = file('the-subject-token').GOOGLE_APPLICATION_CREDENTIALS
    const env = file({
      type: 'external_account',
      audience: '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${loopback.url}/sts`,
      credential_source: { file: subject },
    })
    const serviceAccount = 'k1ctl@project.iam.gserviceaccount.com'
    const settings = { auth: 'adc', adminEmail: acting, serviceAccount, url: loopback.url }
    const session = await googleWorkspace.open(settings, { clock: createTestClock(), http: { env } })
    closing.push(session.close)
    expect((await session.check()).missing).toEqual([expect.stringContaining('may not read users')])
    const sign = loopback.received.find(one => one.url.endsWith(':signJwt'))
    expect(sign?.url).toBe(`/v1/projects/-/serviceAccounts/${encodeURIComponent(serviceAccount)}:signJwt`)
    expect(sign?.headers.authorization).toBe('Bearer federated-token')
    const claims = JSON.parse(JSON.parse(sign?.body ?? '{}').payload)
    expect(claims).toMatchObject({ iss: serviceAccount, sub: acting, aud: `${loopback.url}/token` })
    expect(claims.exp - claims.iat).toBe(3600)
    expect(claims.scope).toContain('admin.directory.user.security')
    expect(loopback.received.find(one => one.url.includes('/users/'))?.headers.authorization).toBe(
      'Bearer delegated-token',
    )
  })

  it('say when there are none that work', async () => {
    const env = { GOOGLE_APPLICATION_CREDENTIALS: '/does/not/exist.json' }
    const open = googleWorkspace.open({ auth: 'adc', adminEmail: acting }, { clock: createTestClock(), http: { env } })
    expect(await failureOf(open)).toMatchObject({ kind: 'sign-in', hint: expect.stringContaining('gcloud auth') })
  })
})

it('is found by what people call it', () => {
  expect(googleWorkspace.about).toMatchObject({ id: system, title: 'Google Workspace', step: 'directory' })
})
