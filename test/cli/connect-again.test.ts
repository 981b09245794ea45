import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Ground, openGround, type RunOptions, runIn } from './harness.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

/** A connection that is made again, as after a password was changed, and its settings one by one. */

const tenant = 'Ironbridge Machining'

let ground: Ground
let home: string
beforeAll(async () => {
  ground = await openGround()
})
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-again-'))
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

const pairs = (settings: Record<string, string>) =>
  Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`])

/** Connects for the first time, with more settings than it takes. */
async function connect(system: string, more: Record<string, string> = {}, secrets: Record<string, string> = {}) {
  const { settings, secrets: own } = known(system)
  const words = ['connect', system, ...pairs({ ...settings, ...more }), '--password-stdin', '--keep', 'plain']
  const ran = await k1ctl(words, { stdin: JSON.stringify({ ...own, ...secrets }) })
  expect(ran.code, ran.stderr).toBe(0)
}

const again = (system: string, words: string[] = [], options: RunOptions = {}) =>
  k1ctl(['connect', system, '--password-stdin', '--keep', 'plain', ...words], {
    stdin: JSON.stringify(known(system).secrets),
    ...options,
  })

const connection = async (system: string) =>
  JSON.parse((await k1ctl(['connections', '--json'])).stdout).find((c: { system: string }) => c.system === system)

describe('connecting again', () => {
  it('keeps every optional setting, and says so', async () => {
    await connect('microsoft-365')
    const set = ['licences=remove', 'autoReply=I have left.', `url=${known('microsoft-365').settings.url}`]
    expect((await k1ctl(['connections', 'set', 'microsoft-365', ...set])).code).toBe(0)
    await connect('active-directory')
    const more = ['leaversOu=OU=Leavers,DC=ironbridge,DC=example', 'clearAttributes=manager,telephoneNumber']
    expect((await k1ctl(['connections', 'set', 'active-directory', ...more])).code).toBe(0)

    for (const system of ['microsoft-365', 'active-directory']) {
      const before = await connection(system)
      const { code, stderr } = await again(system)
      expect(code, stderr).toBe(0)
      expect(stderr).toContain('Kept unless it is changed here:')
      for (const [key, value] of Object.entries<string>(before.settings))
        expect(stderr).toContain(key === 'ca' ? 'ca               (a file of' : value)
      expect((await connection(system)).settings).toEqual(before.settings)
    }
    expect((await connection('microsoft-365')).settings).toMatchObject({
      licences: 'remove',
      autoReply: 'I have left.',
    })
  })

  it('keeps a secret that nobody is asked for', async () => {
    await connect('jumpcloud', {}, { applePin: '271828' })
    const { apiKey = '' } = known('jumpcloud').secrets
    const { code } = await again('jumpcloud', [], { stdin: apiKey })
    expect(code).toBe(0)
    expect((await connection('jumpcloud')).secretFields.sort()).toEqual(['apiKey', 'applePin'])
    expect(readFileSync(join(home, 'secrets', 'plain.json'), 'utf8')).toContain('271828')
  })

  it('drops what --unset names, and only that', async () => {
    await connect('active-directory', { leaversOu: 'OU=Leavers,DC=ironbridge,DC=example', clearAttributes: 'none' })
    expect((await again('active-directory', ['--unset', 'leaversOu'])).code).toBe(0)
    const { settings } = await connection('active-directory')
    expect(settings.leaversOu).toBeUndefined()
    expect(settings.clearAttributes).toBe('none')
  })

  it('refuses to unset what is not set: exit 2', async () => {
    await connect('active-directory')
    const { code, stderr } = await again('active-directory', ['--unset', 'leaversOU'])
    expect(code).toBe(2)
    expect(stderr).toContain('leaversOU is none')
  })

  it('asks at a terminal for the secret alone, and whether anything is to change', async () => {
    await connect('jumpcloud')
    const asked: string[] = []
    const prompter = scriptedPrompter({
      password: async message => {
        asked.push(message)
        return known('jumpcloud').secrets.apiKey ?? ''
      },
      confirm: async message => {
        asked.push(message)
        return false
      },
    })
    const { code } = await k1ctl(['connect', 'jumpcloud', '--keep', 'plain'], { prompter })
    expect({ code, asked }).toEqual({ code: 0, asked: ['API key', 'Change any of these settings?'] })
  })
})

describe('connections set', () => {
  beforeEach(() => connect('active-directory'))

  it.each([
    ['a value that cannot be', ['leaversOu=Leavers'], 'A DN looks like'],
    ['a key that there is not', ['leaversOU=x'], 'Did you mean leaversOu=x?'],
    ['a key that is like none', ['somethingElse=x'], 'url, username'],
    ['a secret', ['password=hush-hush'], 'is a secret'],
    ['no value', ['leaversOu='], 'connections unset'],
    ['no pair', ['leaversOu'], 'KEY=VALUE'],
  ])('refuses %s: exit 2, and changes nothing', async (_, words, sentence) => {
    const before = await connection('active-directory')
    const { code, stderr, stdout } = await k1ctl(['connections', 'set', 'active-directory', ...words, '--json'])
    expect(code).toBe(2)
    expect(stderr).toContain(sentence)
    expect(stdout + stderr).not.toContain('hush-hush')
    expect(await connection('active-directory')).toEqual(before)
  })

  it('answers the connection as it is now with --json', async () => {
    const words = ['connections', 'set', 'active-directory', 'clearAttributes=none', '--json']
    const { stdout, stderr } = await k1ctl(words)
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ system: 'active-directory', settings: { clearAttributes: 'none' } })
    expect((await k1ctl(['connections', 'set', 'active-directory', 'clearAttributes=none'])).stderr).toContain(
      'Nothing changes',
    )
  })

  it('of what is not connected: exit 4', async () => {
    expect((await k1ctl(['connections', 'set', 'bms', 'username=amy'])).code).toBe(4)
  })

  it('refuses a setting without effect, and one that lacks another', async () => {
    await connect('google-workspace', { licenceMode: 'keep' })
    const idle = await k1ctl(['connections', 'set', 'google-workspace', 'licences=Google-Apps/1010020028'])
    expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining('licenceMode is remove')])
    await connect('jumpcloud')
    const lacking = await k1ctl(['connections', 'set', 'jumpcloud', 'auth=service-account'])
    expect([lacking.code, lacking.stderr]).toEqual([2, expect.stringContaining('clientId')])
  })
})

describe('connections unset', () => {
  it('takes a setting away, or back to its default', async () => {
    await connect('active-directory', { leaversOu: 'OU=Leavers,DC=ironbridge,DC=example', clearAttributes: 'none' })
    const { code, stderr } = await k1ctl(['connections', 'unset', 'active-directory', 'leaversOu', 'clearAttributes'])
    expect(code).toBe(0)
    expect(stderr).toContain('leaversOu is not set any more.')
    const { settings } = await connection('active-directory')
    expect(settings).not.toHaveProperty('leaversOu')
    expect(settings.clearAttributes).toBe('manager')
  })

  it('refuses one that it takes to sign in, and one that is not set: exit 2', async () => {
    await connect('active-directory')
    const needed = await k1ctl(['connections', 'unset', 'active-directory', 'username'])
    expect([needed.code, needed.stderr]).toEqual([2, expect.stringContaining('without username')])
    expect((await k1ctl(['connections', 'unset', 'active-directory', 'serverName'])).code).toBe(2)
  })
})

describe('connections show', () => {
  it('tells settings, whose it is, and what else there is', async () => {
    await connect('active-directory')
    const { stdout } = await k1ctl(['connections', 'show', 'ad'])
    expect(stdout).toMatch(/^active-directory for Ironbridge Machining\n/)
    expect(stdout).toMatch(/\n {2}leads to +\S/)
    expect(stdout).toMatch(/\n {2}clearAttributes +manager\n/)
    expect(stdout).toMatch(/\nnot set:\n {2}serverName +Name in/)
    const json = JSON.parse((await k1ctl(['connections', 'show', 'ad', '--json'])).stdout)
    expect(json).toMatchObject({ tenant, system: 'active-directory', settings: { clearAttributes: 'manager' } })
    expect(json.available).toContainEqual(expect.objectContaining({ key: 'leaversOu', set: true, required: false }))
  })
})

describe('the same customer in two tenants', () => {
  beforeEach(async () => {
    await connect('active-directory')
    await k1ctl(['tenant', 'add', 'Another Customer'])
  })
  const other = (options: RunOptions) => {
    const { settings } = known('active-directory')
    const words = ['connect', 'active-directory', ...pairs(settings), '--tenant', 'Another Customer', '--keep', 'plain']
    return k1ctl(words, options)
  }

  it('is warned of', async () => {
    const env = { K1CTL_ACTIVE_DIRECTORY_PASSWORD: known('active-directory').secrets.password ?? '' }
    const { code, stderr } = await other({ env })
    expect(code).toBe(0)
    expect(stderr).toMatch(/warning: .* is connected already, for Ironbridge Machining: is it Another Customer's\?/)
  })

  it('is refused where it would lead around the approval that the first one wants', async () => {
    const env = { K1CTL_ACTIVE_DIRECTORY_PASSWORD: known('active-directory').secrets.password ?? '' }
    await k1ctl(['tenant', 'approval', 'Ironbridge Machining', '--for', 'delete'])
    const refused = await other({ env })
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining("k1ctl tenant approval 'Another Customer' --for"),
    ])
    await k1ctl(['tenant', 'approval', 'Another Customer', '--for', 'delete'])
    expect((await other({ env })).code).toBe(0)
    await k1ctl(['tenant', 'approval', 'Ironbridge Machining', '--none'])
  })

  it('is asked about at a terminal; no connects nothing: exit 130', async () => {
    const prompter = scriptedPrompter({
      password: async () => known('active-directory').secrets.password ?? '',
      confirm: async () => false,
    })
    expect((await other({ prompter })).code).toBe(130)
    expect((await k1ctl(['connections', '--tenant', 'Another Customer', '--json'])).stdout.trim()).toBe('[]')
  })
})
