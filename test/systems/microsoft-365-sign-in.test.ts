import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SignInPrompt } from '../../src/core/ports.ts'
import { rememberSecret } from '../../src/core/redact.ts'
import { failureOf } from '../http/loopback.ts'
import { people as estate, setGraphStage } from './microsoft-365-stage.ts'
import { theOne } from './people-stage.ts'

const stage = setGraphStage()

let certificate = ''
let key = ''

/** Made for this run: nothing secret is kept in the project. */
beforeAll(() => {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-'))
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=k1ctl',
      '-keyout',
      keyFile,
      '-out',
      certificateFile,
    ],
    { stdio: 'ignore' },
  )
  certificate = readFileSync(certificateFile, 'utf8')
  key = readFileSync(keyFile, 'utf8')
  rmSync(folder, { recursive: true })
})

afterAll(() => rememberSecret(key))

function personWho(decides: (code: string) => Promise<unknown>): SignInPrompt & { shown: string[] } {
  const shown: string[] = []
  return {
    shown,
    code: () => Promise.reject(new Error('no 2FA code is asked for')),
    tenant: () => Promise.reject(new Error('no tenant is asked for')),
    async push(message, waiting) {
      shown.push(message)
      await decides(/enter the code (\S+)/.exec(message)?.[1] ?? '')
      return waiting(new AbortController().signal)
    },
  }
}

describe('signing in as an application', () => {
  it('takes one token for all requests side by side, and a new one when it has ended', async () => {
    const people = await stage.open()
    await Promise.all([estate.cloud, estate.other, estate.owner].map(word => theOne(people, word)))
    const tokens = async () => (await stage.calls()).filter(({ path }) => path.endsWith('/token')).length
    expect(await tokens()).toBe(1)
    await stage.control('expire')
    await Promise.all([estate.cloud, estate.other].map(word => theOne(people, word)))
    expect(await tokens()).toBe(2)
    await stage.clock.sleep(3_599_000)
    await theOne(people, estate.cloud)
    expect(await tokens()).toBe(3)
  })

  it('says who it is, for which tenant, and that nothing is missing', async () => {
    const identity = await (await stage.session()).check()
    expect(identity).toEqual({ name: 'k1ctl offboarding', email: '', tenant: 'Ironbridge Machining', missing: [] })
    expect(await stage.writes()).toEqual([])
  })

  it('says what a certificate is worth', async () => {
    await stage.control('certificate', { pem: certificate })
    const settings = { auth: 'certificate', certificate: `${certificate}\n${key}`, clientSecret: '' }
    const people = await stage.open({ settings })
    expect((await theOne(people, estate.cloud)).email).toBe(estate.cloud)
    const session = await stage.session({ settings: { ...settings, certificate: `${key}\n${certificate}` } })
    expect(session.keep).toBeUndefined()
  })

  it('names the certificate that is not registered', async () => {
    const settings = { auth: 'certificate', certificate: certificate + key }
    await stage.control('certificate', { pem: certificate })
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const foreign = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const wrong = await failureOf(stage.open({ settings: { ...settings, certificate: certificate + foreign } }))
    expect([wrong.kind, wrong.message]).toEqual(['not-set-up', expect.stringContaining('not that of the certificate')])
  })

  it.each([
    ['no private key', () => certificate, 'has no private key'],
    ['no certificate', () => key, 'has no certificate'],
    ['rubbish', () => certificate.replace(/M/g, '!') + key, 'cannot be read'],
    ['a passphrase', () => certificate + key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), 'passphrase'],
  ])('refuses a file with %s without quoting it', async (_, pem, words) => {
    const error = await failureOf(stage.open({ settings: { auth: 'certificate', certificate: pem() } }))
    expect([error.kind, error.message]).toEqual(['not-set-up', expect.stringContaining(words)])
    expect(JSON.stringify([error.message, error.hint, error.facts])).not.toContain('BEGIN')
  })

  it.each([
    ['clientSecret', 'wrong-secret', 'AADSTS7000215', 'client secret'],
    ['tenantId', 'nowhere.example', 'AADSTS90002', 'tenant id'],
    ['clientId', '00000000-0000-4000-a000-000000000000', 'AADSTS700016', 'consent'],
  ])('says what is wrong with %s', async (setting, value, code, hint) => {
    const error = await failureOf(stage.session({ settings: { [setting]: value } }))
    expect([error.kind, error.facts.code, error.hint]).toEqual(['sign-in', code, expect.stringContaining(hint)])
    expect(error.message).not.toContain('wrong-secret')
  })

  it.each([
    [{ auth: 'password' }, 'usage'],
    [{ licences: 'sell' }, 'usage'],
    [{ clientSecret: '' }, 'not-set-up'],
    [{ url: 'http://graph.example' }, 'usage'],
  ])('refuses the settings %j', async (settings, kind) => {
    expect((await failureOf(stage.session({ settings }))).kind).toBe(kind)
  })
})

describe('signing in as a person', () => {
  const settings = { auth: 'device-code', clientSecret: '' }

  it('shows a code and an address, waits, and keeps the refresh token for the next time', async () => {
    const by = estate.breakGlass
    const prompt = personWho(userCode => stage.control('device-code', { userCode, by }))
    const session = await stage.session({ settings, prompt })
    expect(prompt.shown).toEqual([
      expect.stringMatching(/open https:\/\/microsoft\.com\/devicelogin and enter the code \w+/),
    ])
    expect(await session.check()).toMatchObject({ name: by, email: by, missing: [] })
    const kept = session.keep?.() ?? {}
    expect(Object.keys(kept)).toEqual(['refreshToken'])
    const next = await stage.session({ settings: { ...settings, ...kept } })
    expect(await next.check()).toMatchObject({ name: by })
    expect(Object.keys(next.keep?.() ?? {})).toEqual(['refreshToken'])
  })

  it('asks Graph who signed in: their log-in and their mail may be two', async () => {
    await stage.control('people/change', { email: estate.admin, mail: 'raf@ironbridge.example' })
    const prompt = personWho(userCode => stage.control('device-code', { userCode, by: estate.admin }))
    const session = await stage.session({ settings, prompt })
    expect(await session.check()).toMatchObject({ name: estate.admin, email: 'raf@ironbridge.example' })
  })

  it('waits while nobody has entered the code', async () => {
    const no = (error: string) => ({ method: 'POST', path: '/token', status: 400, body: { error } })
    const prompt = personWho(async userCode => {
      await stage.fault({ ...no('authorization_pending'), times: 2 }, no('slow_down'))
      await stage.control('device-code', { userCode, by: estate.admin })
    })
    await stage.session({ settings, prompt })
    expect(stage.clock.waits).toEqual([5000, 5000, 5000, 10_000])
  })

  it('ends when the person declines, and when nobody can be asked', async () => {
    const prompt = personWho(userCode => stage.control('device-code', { userCode, by: null }))
    expect((await failureOf(stage.session({ settings, prompt }))).message).toContain('declined')
    const alone = await failureOf(stage.session({ settings }))
    expect([alone.kind, alone.hint]).toEqual(['sign-in', expect.stringContaining('k1ctl connect microsoft-365')])
  })

  it('asks again when the kept sign-in is no good any more, if anybody can be asked', async () => {
    const stale = { ...settings, refreshToken: 'stale-refresh-token' }
    expect((await failureOf(stage.session({ settings: stale }))).facts.code).toBe('AADSTS700082')
    const prompt = personWho(userCode => stage.control('device-code', { userCode, by: estate.admin }))
    const session = await stage.session({ settings: stale, prompt })
    expect(session.keep?.().refreshToken).not.toBe('stale-refresh-token')
  })
})

describe('rights', () => {
  const granted = ['User.Read.All', 'User.EnableDisableAccount.All', 'GroupMember.ReadWrite.All', 'Directory.Read.All']

  it('that are missing are read from the token, with where to grant them', async () => {
    await stage.control('rights', { granted })
    const { missing } = await (await stage.session()).check()
    expect(missing.map(one => one.split(' ')[0])).toEqual([
      'User.RevokeSessions.All',
      'User-PasswordProfile.ReadWrite.All',
      'UserAuthenticationMethod.ReadWrite.All',
      'RoleManagement.ReadWrite.Directory',
      'PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup',
      'AppRoleAssignment.ReadWrite.All',
      'DelegatedPermissionGrant.ReadWrite.All',
      'DeviceManagementManagedDevices.Read.All',
      'DeviceManagementManagedDevices.PrivilegedOperations.All',
      'Device.ReadWrite.All',
      'MailboxSettings.ReadWrite',
    ])
    for (const one of missing) expect(one).toContain('Grant admin consent')
    const more = await (await stage.session({ settings: { licences: 'remove', autoReply: 'Gone.' } })).check()
    expect(more.missing.length).toBe(missing.length + 1)
  })

  it('are found by reading where the token says nothing', async () => {
    await stage.control('opaque')
    await stage.control('rights', { granted: ['User.Read.All', 'GroupMember.ReadWrite.All'] })
    const { missing } = await (await stage.session()).check()
    expect(missing.map(one => one.split(' ')[0])).toEqual([
      'RoleManagement.ReadWrite.Directory',
      'DeviceManagementManagedDevices.Read.All',
      'The',
    ])
    expect(missing.at(-1)).toMatch(/not checked: to block sign-in, end sessions, .*disable devices/)
    expect(await stage.writes()).toEqual([])
  })

  it('that one goal lacks do not hide the other goals', async () => {
    await stage.control('rights', { granted: [...granted, 'RoleManagement.ReadWrite.Directory'] })
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.cloud), {
      delete: false,
      waitMs: 0,
      devices: 'release',
      present: new Set(),
    })
    const looks = await Promise.allSettled(goals.map(goal => goal.look()))
    expect(looks.map(({ status }, index) => `${goals[index]?.kind} ${status}`)).toEqual([
      'admin-roles-dropped fulfilled',
      'sign-in-blocked fulfilled',
      'sessions-ended fulfilled',
      'credentials-revoked rejected',
      'groups-left fulfilled',
      'mail-kept-in fulfilled',
      'mailbox-shared fulfilled',
      'access-freed fulfilled',
      // Intune shows nothing, Entra does: that is acted on, and nothing is said of the other.
      'devices-released fulfilled',
    ])
  })
})

describe('tenants', () => {
  it('are the customers of a partner', async () => {
    const { tenantSetting, tenants } = await stage.session()
    expect([tenantSetting, await tenants?.()]).toEqual(['tenantId', []])
    const partner = await stage.session({ settings: { tenantId: 'partner.example' } })
    const customers = (await partner.tenants?.()) ?? []
    const estateTenant = customers.find(({ name }) => name === 'Ironbridge Machining')
    expect(customers.length).toBe(stage.sandbox.tenants.length)
    const session = await stage.session({ settings: { tenantId: estateTenant?.id ?? '' } })
    expect((await session.check()).tenant).toBe('Ironbridge Machining')
  })
})
