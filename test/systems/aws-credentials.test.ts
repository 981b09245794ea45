import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { redact } from '../../src/core/redact.ts'
import { startSandbox } from '../../src/sandbox/index.ts'
import { kept } from '../../src/systems/aws/credentials.ts'
import { endpointOf } from '../../src/systems/aws/endpoints.ts'
import { aws } from '../../src/systems/aws/index.ts'
import { readSettings } from '../../src/systems/aws/settings.ts'
import { createTestClock, failureOf } from '../http/loopback.ts'
import { makeFolder } from '../store/ground.ts'
import { leaver, memberRole, peopleOf, setAwsStage } from './aws-stage.ts'
import { bringAll, here, theOne } from './people-stage.ts'

/** Where the keys come from, and what they are signed for. */

const stage = setAwsStage()
const lone = { AWS_EC2_METADATA_DISABLED: 'true', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '', AWS_PROFILE: '' }

function profile(text: string): void {
  const folder = makeFolder()
  writeFileSync(join(folder, 'config'), text)
  const files = { AWS_CONFIG_FILE: join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none') }
  for (const [name, value] of Object.entries({ ...lone, ...files })) vi.stubEnv(name, value)
}

const chain = { auth: 'chain', accessKeyId: '', secretAccessKey: '', identityCenter: 'off' }

describe('the chain', () => {
  it('takes the keys of a profile', async () => {
    const { accessKeyId, secretAccessKey = '' } = stage.settings
    profile(`[profile acme]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`)
    const session = await stage.open({ ...chain, profile: 'acme' })
    expect(await session.check()).toMatchObject({ name: 'k1ctl', missing: [] })
    expect(redact(`it is ${secretAccessKey}`)).toBe('it is [secret]')
  })

  it('takes the keys of the environment', async () => {
    const { accessKeyId = '', secretAccessKey = '' } = stage.settings
    profile('')
    vi.stubEnv('AWS_ACCESS_KEY_ID', accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', secretAccessKey)
    expect(await (await stage.open(chain)).check()).toMatchObject({ name: 'k1ctl' })
  })

  it('follows a profile to a role in another account', async () => {
    // The library has the machine's clock.
    const clock = { now: () => new Date(), sleep: async () => {} }
    const sandbox = await startSandbox({ seed: 'demo', now: clock.now })
    const { accessKeyId, secretAccessKey, ...settings } = sandbox.systems.aws?.credentials ?? {}
    const role = `role_arn = ${memberRole.roleArn}\nexternal_id = ${memberRole.externalId}\nsource_profile = base\n`
    const base = `[profile base]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`
    profile(`${base}[profile member]\nregion = eu-central-1\n${role}`)
    vi.stubEnv('AWS_ENDPOINT_URL', settings.url ?? '')
    const session = await aws.open({ ...settings, ...chain, profile: 'member' }, { clock, http: { env: {} } })
    try {
      expect(await session.check()).toMatchObject({ tenant: '444455556666', missing: [] })
    } finally {
      await session.close()
      await sandbox.close()
    }
  })

  it('says so when there is nothing, and asks again later', async () => {
    profile('')
    const error = await failureOf((await stage.open({ ...chain, profile: 'missing' })).check())
    expect([error.kind, error.message]).toEqual(['sign-in', expect.stringContaining('profile "missing"')])
    expect(error.hint).toContain('aws sso login')
  })
})

describe('a role in another account', () => {
  const member = { ...memberRole, identityCenter: 'off' }

  it('is assumed once for many requests, and again before its keys end', async () => {
    const before = stage.secrets().length
    const session = await stage.open(member)
    const people = peopleOf(session)
    // Each session of a role has a secret key and a token.
    const assumed = () => (stage.secrets().length - before) / 2
    await Promise.all([session.check(), people.find(leaver.person.email), people.find('nobody@acme.example')])
    expect(await session.check()).toMatchObject({ tenant: '444455556666', missing: [] })
    expect(assumed()).toBe(1)
    await stage.clock.sleep(56 * 60_000)
    await Promise.all([people.find(leaver.person.email), people.find('nobody@acme.example')])
    expect(assumed()).toBe(2)
  })

  it('is not assumed with a wrong external id', async () => {
    const error = await failureOf((await stage.open({ ...member, externalId: 'another' })).check())
    expect([error.kind, error.facts.action]).toEqual(['forbidden', 'sts:AssumeRole'])
  })

  it('leaks neither key nor token, whatever a server says back', async () => {
    const session = await stage.open(member)
    const people = peopleOf(session)
    const account = await theOne(people, leaver.person.email)
    const seen: unknown[] = [account, ...(await bringAll(await people.goals(account, here))).values()]
    await stage.control('faults', { method: 'POST', echo: true, times: 0 })
    for (const goal of await people.goals(account, here).catch(error => [error])) seen.push(goal)
    const error = await failureOf(people.find(leaver.person.email))
    const shown = JSON.stringify(seen) + error.message + JSON.stringify(error.facts)
    for (const secret of stage.secrets()) expect(shown).not.toContain(secret)
    expect(stage.secrets().length).toBeGreaterThan(4)
    expect(error.message).toContain('[secret]')
  })
})

describe('kept keys', () => {
  it('are fetched once side by side, and again after a failure', async () => {
    const clock = createTestClock()
    let fetched = 0
    const source = kept(async () => {
      fetched += 1
      if (fetched === 1) throw new Error('not now')
      const expiration = new Date(clock.now().getTime() + 3_600_000)
      return { accessKeyId: String(fetched), secretAccessKey: 'x', expiration }
    }, clock)
    await expect(source()).rejects.toThrow('not now')
    const keys = await Promise.all([source(), source(), source()])
    expect(keys.map(({ accessKeyId }) => accessKeyId)).toEqual(['2', '2', '2'])
    await clock.sleep(56 * 60_000)
    const later = await Promise.all([source(), source()])
    expect(later.map(({ accessKeyId }) => accessKeyId)).toEqual(['3', '3'])
  })
})

describe('settings', () => {
  const keys = { region: 'eu-central-1', auth: 'keys', accessKeyId: 'AKIA', secretAccessKey: 'very secret indeed' }
  it.each([
    ['not-set-up', { ...keys, region: '' }, 'region'],
    ['not-set-up', { ...keys, secretAccessKey: ' ' }, 'secretAccessKey'],
    ['usage', { ...keys, auth: 'magic' }, 'auth'],
    ['usage', { ...keys, roleArn: 'arn:aws:iam::1:role/x' }, 'roleArn'],
    ['usage', { ...keys, iamUserName: 'nickname' }, 'iamUserName'],
  ])('are refused as %s: %j', (kind, given, setting) => {
    expect(() => readSettings(given)).toThrow(expect.objectContaining({ kind }))
    try {
      readSettings(given)
    } catch (error) {
      expect(error).toMatchObject({ facts: { setting } })
    }
  })

  it.each([
    ['iam', 'eu-central-1', 'https://iam.amazonaws.com', 'us-east-1'],
    ['sts', 'eu-central-1', 'https://sts.eu-central-1.amazonaws.com', 'eu-central-1'],
    ['sso', 'ap-southeast-2', 'https://sso.ap-southeast-2.amazonaws.com', 'ap-southeast-2'],
    ['identitystore', 'us-gov-west-1', 'https://identitystore.us-gov-west-1.amazonaws.com', 'us-gov-west-1'],
    ['iam', 'us-gov-east-1', 'https://iam.us-gov.amazonaws.com', 'us-gov-west-1'],
    ['iam', 'cn-northwest-1', 'https://iam.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ] as const)('lead %s in %s to %s, signed for %s', (service, region, baseUrl, signed) => {
    expect(endpointOf(service, region)).toEqual({ baseUrl, region: signed })
  })

  it.each(['', 'eu', 'eu-central-1.evil.example/', 'EU-CENTRAL-1'])('have no region %j', region => {
    expect(() => endpointOf('sso', region)).toThrow(/not an AWS region/)
  })
})
