import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { featureKeys } from '../../src/core/features.ts'
import { jsonText } from '../../src/core/json.ts'
import { canBeHidden, redact, rememberSecret } from '../../src/core/redact.ts'
import { kindTitles } from '../../src/render/offboard.ts'
import { endWords } from '../../src/render/report.ts'
import { systems } from '../../src/systems/index.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import { smallWorld } from '../cli/small-world.ts'
import { fuzz, fuzzTimeoutMs, hostileText } from './fuzz.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
})
beforeEach(() => ground.reset())
afterAll(() => ground.close())

describe('what is typed in the wrong place', () => {
  const secret = 'Hush+Hush/77=x'
  it.each([
    ['status', `--token=${secret}`],
    [`--token=${secret}`, 'status'],
    [`--token=${secret}`],
    ['status', `-p${secret}`],
    ['connect', 'bms', `--password=${secret}`],
    ['connect', 'bms', `--password-stdin=${secret}`],
    ['connect', 'bms', '--password', secret],
    ['connect', 'bms', '--set', `password=${secret}`],
    ['runs', 'list', `--Token=${secret}`, '--json'],
    ['status', `--to ken=${secret}`],
    ['status', `--tokn=two\n${secret}`],
    ['nothing', `--token=${secret}`],
  ])('is not said back: %s %s %s %s', async (...words) => {
    const { code, stdout, stderr } = await ground.k1ctl(words)
    expect(code).toBe(2)
    expect(stdout + stderr).not.toMatch(/Hush|77=x/)
    expect(stderr).toMatch(/^error: /m)
  })

  it('names the option, so that it can be mended', async () => {
    const { stderr } = await ground.k1ctl(['status', `--tennant=${secret}`])
    expect(stderr).toBe(
      "error: Unknown option '--tennant'.\nhint: See k1ctl status --help.\nusage: k1ctl status [options] [systems...]\n",
    )
  })
})

describe('hiding', () => {
  it.each([
    ['disabled', false],
    ['offboarding', false],
    ['unified-login', false],
    ['sign-in-blocked', false],
    ['microsoft-365', false],
    ['Northwind Dental', false],
    ['amy@customer.example', false],
    ['2026-11-29', false],
    ['20261129', false],
    ['customer.example', false],
    ['83920174', true],
    ['a phrase of words', true],
    ['123456', false],
    ['aaaaaaaaaaaa1', false],
    ['Ab3$', false],
    ['kept-secret-1', true],
    ['hunter22', true],
    ['P@ssw0rd', true],
    ['qWeRtYuIoPaS', true],
    ['abcdefghijklmnop', true],
    ['abcd efgh ijkl mnop', true],
    ['correct horse battery staple', true],
    ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n', true],
  ])('of %j: %s', (secret, hidden) => expect(canBeHidden(secret)).toBe(hidden))

  it('leaves the names of all systems, features and goals alone', () => {
    const names = [
      ...systems.map(({ about }) => about.id),
      ...featureKeys,
      ...Object.keys(kindTitles),
      ...Object.keys(endWords),
    ]
    expect(names.length).toBeGreaterThan(25)
    expect(names.filter(canBeHidden)).toEqual([])
    expect(systems.map(({ about }) => about.title).filter(canBeHidden)).toEqual([])
  })

  it('leaves JSON valid, whatever the secrets are', { timeout: fuzzTimeoutMs }, () => {
    const secrets = ['","kind":"', '{"error":{', '\\u0000\\', 'a": 1, "b', '12345678901234567890123456']
    const hidden = secrets.filter(rememberSecret)
    expect(hidden.length).toBeGreaterThan(2)
    fc.assert(
      fc.property(hostileText, fc.constantFrom(...secrets), fc.jsonValue(), (text, secret, value) => {
        const made = jsonText({ [text]: `${text}${secret}${text}`, [secret]: secret, value, number: Number(secret) }, 2)
        expect(() => JSON.parse(made)).not.toThrow()
        const texts = Object.values(JSON.parse(made)).filter(one => typeof one === 'string')
        if (canBeHidden(secret)) expect(texts.join()).not.toContain(secret)
      }),
      fuzz(),
    )
  })

  it('also hides what is shown with its line ends', () => {
    const key = '-----BEGIN KEY-----\nAbC123\n-----END KEY-----'
    rememberSecret(key)
    expect(redact('was ␊-----BEGIN KEY-----␊AbC123␊-----END KEY-----')).toBe('was ␊[secret]')
  })
})

describe('a secret that is a common word', () => {
  const words = [
    'disabled',
    'unified-login',
    'graphus',
    'microsoft-365',
    'changed',
    'Northwind Dental',
    'a',
    '":',
    'true',
    '2026-11-29',
  ]
  it.each(words)('%j does not tell itself, break --json or make runs show crash', async word => {
    const env = { K1CTL_GRAPHUS_PASSWORD: word, K1CTL_BMS_PASSWORD: word }
    await ground.k1ctl(['status', 'graphus'], { env })
    const status = await ground.k1ctl(['status', 'bms', 'graphus', '--json'], { env })
    expect(JSON.parse(status.stdout)).toEqual(expect.any(Array))
    await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
    for (const words of [
      ['runs', 'show', 'last', '--json'],
      ['runs', 'list', '--json'],
    ]) {
      const shown = await ground.k1ctl(words, { env })
      expect(shown.code).toBe(0)
      expect(() => JSON.parse(shown.stdout)).not.toThrow()
      expect(shown.stdout).not.toContain('[secret]')
    }
    const text = await ground.k1ctl(['runs', 'show', 'last'], { env })
    expect(text).toMatchObject({ code: 0, stdout: expect.not.stringContaining('[secret]') })
  })

  it('is warned of once, at connect', async () => {
    const words = [
      'connect',
      'graphus',
      '--url',
      ground.sandbox.systems.graphus?.url ?? '',
      '--username',
      'x',
      '--company',
      'x',
      '--password-stdin',
    ]
    const { stderr } = await ground.k1ctl(words, { stdin: 'disabled' })
    expect(stderr.match(/warning:/g)).toHaveLength(1)
    expect(stderr).toMatch(/warning: .* is short, or a plain word: .*cannot hide it/)
    const good = await ground.k1ctl(words, { stdin: 'Tr0ub4dor&3' })
    expect(good.stderr).not.toContain('warning:')
  })
})
