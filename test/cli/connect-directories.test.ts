import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { systems } from '../../src/systems/index.ts'
import { type Ground, openGround, type RunOptions, runIn } from './harness.ts'

/** Connecting the systems whose settings depend on each other, and whose secrets may be files. */

const tenant = 'Ironbridge Machining'

let ground: Ground
let home: string
beforeAll(async () => {
  ground = await openGround()
})
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-connect-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  await k1ctl(['tenant', 'add', tenant, '--domain', 'ironbridge.example'])
})
afterAll(() => ground.close())

const k1ctl = (words: string[], options: RunOptions = {}) => runIn(home, words, options)

function known(system: string) {
  const connection = ground.sandbox.tenants.find(one => one.name === tenant)?.connections[system]
  if (connection === undefined) throw new Error(`the estate has no ${system}`)
  return connection
}

/** `--set` of every setting that is no secret, but for those that a test gives itself. */
function settingsOf(system: string, ...but: string[]): string[] {
  const { settings } = known(system)
  return Object.entries(settings).flatMap(([key, value]) => (but.includes(key) ? [] : ['--set', `${key}=${value}`]))
}

function fileOf(name: string, text: string): string {
  const path = join(home, name)
  writeFileSync(path, text)
  return path
}

const errorOf = (stdout: string) => JSON.parse(stdout).error
const configText = () => readFileSync(join(home, 'config.json'), 'utf8')

describe('a secret that is a file', () => {
  const key = () => known('google-workspace').secrets.serviceAccountKey ?? ''

  it('is given by its path; its content is kept as a secret, and nowhere else', async () => {
    const path = fileOf('key.json', key())
    const words = ['connect', 'google-workspace', ...settingsOf('google-workspace')]
    const ran = await k1ctl([...words, '--set', `serviceAccountKey=${path}`, '--keep', 'plain'])
    expect([ran.code, ran.stderr]).toEqual([0, expect.stringContaining('Signed in to Google Workspace as ')])
    rmSync(path)
    expect(configText()).not.toContain('PRIVATE KEY')
    expect(configText()).not.toContain(path)
    const doctor = await k1ctl(['doctor', '--json'])
    expect(JSON.parse(doctor.stdout)).toContainEqual(
      expect.objectContaining({ what: `google-workspace for ${tenant}`, state: 'ok' }),
    )
  })

  it('may come through a pipe, though it is JSON itself', async () => {
    const words = ['connect', 'google-workspace', ...settingsOf('google-workspace'), '--password-stdin']
    const { code } = await k1ctl([...words, '--keep', 'plain'], { stdin: key() })
    expect(code).toBe(0)
  })

  it('may come from the environment, as a path', async () => {
    const path = fileOf('key.json', key())
    const env = { K1CTL_GOOGLE_WORKSPACE_SERVICE_ACCOUNT_KEY: path }
    expect((await k1ctl(['connect', 'google-workspace', ...settingsOf('google-workspace')], { env })).code).toBe(0)
    expect((await k1ctl(['doctor', '--json'], { env })).stdout).not.toContain('PRIVATE KEY')
  })

  it('that cannot be read is said to be so', async () => {
    const words = ['connect', 'google-workspace', ...settingsOf('google-workspace')]
    const ran = await k1ctl([...words, '--set', 'serviceAccountKey=/nowhere/key.json', '--json'])
    expect([ran.code, errorOf(ran.stdout).message]).toEqual([2, '/nowhere/key.json cannot be read (ENOENT).'])
  })

  it('that is missing is asked for by its file', async () => {
    const ran = await k1ctl(['connect', 'google-workspace', ...settingsOf('google-workspace'), '--json'])
    expect([ran.code, errorOf(ran.stdout)]).toMatchObject([
      2,
      { kind: 'unattended', hint: expect.stringContaining('--set serviceAccountKey=PATH') },
    ])
  })
})

it('a certificate authority is given by its path, and kept', async () => {
  const ca = fileOf('ca.pem', known('active-directory').settings.ca ?? '')
  const words = ['connect', 'active-directory', ...settingsOf('active-directory', 'ca'), '--set', `ca=${ca}`]
  const stdin = known('active-directory').secrets.password ?? ''
  const ran = await k1ctl([...words, '--password-stdin', '--keep', 'plain'], { stdin })
  expect(ran.stderr).toContain('Signed in to Active Directory as ')
  rmSync(ca)
  expect((await k1ctl(['doctor', '--json'])).stdout).not.toContain('"state":"fail"')
})

describe('settings that depend on each other', () => {
  it('only those of the chosen way are asked for', async () => {
    const settings = ['--set', 'auth=service-account', '--set', `url=${known('jumpcloud').settings.url}`]
    const withId = [...settings, '--set', 'clientId=k1ctl']
    const ran = await k1ctl(['connect', 'jumpcloud', ...withId, '--json'])
    expect([ran.code, errorOf(ran.stdout)]).toMatchObject([
      2,
      { kind: 'unattended', hint: expect.stringContaining('K1CTL_JUMPCLOUD_CLIENT_SECRET') },
    ])
    const without = await k1ctl(['connect', 'jumpcloud', ...settings, '--json'])
    expect(errorOf(without.stdout)).toMatchObject({ kind: 'not-set-up', hint: expect.stringContaining('clientId') })
  })

  it('a way that there is not is refused, with those that there are', async () => {
    const ran = await k1ctl(['connect', 'jumpcloud', '--set', 'auth=magic', '--json'])
    expect([ran.code, errorOf(ran.stdout)]).toMatchObject([
      2,
      { message: 'auth cannot be "magic".', hint: 'It is one of: api-key, service-account.' },
    ])
  })
})

it('one system may be connected with a name and without', async () => {
  const stdin = JSON.stringify(known('aws').secrets)
  const words = [...settingsOf('aws'), '--password-stdin', '--keep', 'plain']
  expect((await k1ctl(['connect', 'aws', ...words], { stdin })).code).toBe(0)
  expect((await k1ctl(['connect', 'aws', '--name', 'dev', ...words], { stdin })).code).toBe(0)
  const { stdout } = await k1ctl(['connections', '--json'])
  expect(JSON.parse(stdout).map((c: { system: string }) => c.system)).toEqual(['aws', 'aws:dev'])
})

describe('the rights', () => {
  const withRights = systems.filter(({ about }) => about.rights !== undefined).map(({ about }) => about)

  it('are known of every system of this kind', () => {
    expect(withRights.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['active-directory', 'jumpcloud', 'google-workspace', 'microsoft-365', 'aws', 'webhook']),
    )
  })

  it.each(withRights)('of $title are said before anything is asked', async about => {
    const { stderr } = await k1ctl(['connect', about.id, ...(about.named === true ? ['--name', 'one'] : [])])
    for (const right of about.rights ?? []) expect(stderr).toContain(`  · ${right}\n`)
  })
})
