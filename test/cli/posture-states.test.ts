import { renameSync, rmSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { XMLParser } from 'fast-xml-parser'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Ground, openGround } from './harness.ts'
import { checkFile, openFolder } from './posture-ground.ts'
import { smallWorld, tenantName } from './small-world.ts'

const northwind = 'Northwind Dental'
const withoutBms = tenantName('withoutBms')
const unconnected = tenantName('graphusUnconnected')
const { folder, fileOf, textOf } = openFolder()

describe('posture check', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(smallWorld('first', 'withoutBms', 'graphusUnconnected'))
  })
  afterAll(async () => {
    await ground.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => ground.reset())
  const check = (file: string, ...more: string[]) => checkFile(ground, file, more)

  it('has a word of its own, and a next step, for each way of not knowing', async () => {
    const { url = '', credentials = {} } = ground.sandbox.systems.graphus ?? {}
    const env = { K1CTL_PASSPHRASE: 'nine small lanterns', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }
    const { username = '', company = '', password = '' } = credentials
    const sealed = await ground.k1ctl(
      [
        'connect',
        'graphus',
        '--url',
        url,
        '--username',
        username,
        '--company',
        company,
        '--set',
        'tenantId=t-001',
        '--password-stdin',
        '--keep',
        'sealed',
      ],
      { env, stdin: password },
    )
    expect(sealed).toMatchObject({ code: 0, stderr: expect.any(String) })
    await ground.fault('datto-partner-portal', { path: 't-001', status: 500, times: 0 })
    await ground.fault('datto-partner-portal', {
      path: '/tenants/t-007/unified-login',
      status: 404,
      body: { code: 'not-found', detail: 'No such tenant.' },
      times: 0,
    })
    const file = fileOf(`defaults:
  bms: { deprovisioning: off }
  graphus: { deprovisioning: off }
  datto-partner-portal: { deprovisioning: off }
tenants:
  ${unconnected}: { bms: unlicensed }
`)
    const { code, rows } = await check(file, '--timeout', '2')
    expect(code).toBe(3)
    expect(rows.map(({ deviation, state }) => [deviation, state])).toEqual([
      [`${northwind}/graphus/deprovisioning`, 'locked-secret'],
      [`${northwind}/datto-partner-portal/deprovisioning`, 'no-answer'],
      [`${withoutBms}/bms/deprovisioning`, 'not-connected'],
      [`${unconnected}/graphus/deprovisioning`, 'by-hand'],
      [`${unconnected}/datto-partner-portal/deprovisioning`, 'unlicensed'],
    ])
    expect(rows.map(row => row.next)).toEqual([
      expect.stringContaining('K1CTL_PASSPHRASE'),
      expect.any(String),
      `k1ctl connect bms --tenant '${withoutBms}'`,
      expect.stringContaining('k1ctl attest'),
      null,
    ])
    const text = (await ground.k1ctl(['posture', 'check', '-f', file, '--all-tenants', '--timeout', '2'])).stdout
    for (const word of ['locked secret', 'no answer', 'unlicensed', 'not connected', 'by hand'])
      expect(text).toContain(word)
  }, 60_000)

  it('says of one that needs Log In first which line to add', async () => {
    const file = fileOf('defaults:\n  graphus: { deprovisioning: on }\n')
    const { rows } = await check(file, '--tenant', northwind)
    expect(rows[0]?.why).toContain('add "log-in: on" under graphus')
  })

  it('speaks SARIF, JUnit, CSV and NDJSON', async () => {
    const file = fileOf('defaults:\n  graphus: { log-in: on, deprovisioning: off }\n')
    const as = async (format: string) =>
      (await ground.k1ctl(['posture', 'check', '-f', file, '--tenant', northwind, '--format', format])).stdout
    const sarif = JSON.parse(await as('sarif'))
    expect(sarif.version).toBe('2.1.0')
    expect(sarif.runs[0].results).toMatchObject([
      {
        ruleId: 'log-in',
        level: 'error',
        locations: [{ physicalLocation: { region: { startLine: 2 } } }],
        partialFingerprints: { 'deviation/v1': `${northwind}/graphus/log-in` },
      },
    ])
    const junit = new XMLParser({ ignoreAttributes: false }).parse(await as('junit'))
    expect(junit.testsuites.testsuite).toMatchObject({ '@_tests': '2', '@_failures': '1', '@_name': northwind })
    expect((await as('csv')).split('\r\n')).toHaveLength(3)
    expect(JSON.parse(await as('ndjson'))).toMatchObject({ state: 'deviates', found: 'off', wanted: 'on' })
  })

  it('takes a file that its own JSON Schema takes, and no other', async () => {
    const schema = JSON.parse((await ground.k1ctl(['posture', 'schema'])).stdout)
    const ajv = new Ajv2020({ strict: false })
    addFormats.default(ajv)
    const valid = ajv.compile(schema)
    const made = (await ground.k1ctl(['posture', 'export', '--all-tenants'])).stdout
    expect(valid(parse(made)) || valid.errors).toBe(true)
    expect(valid({ defaults: { bms: { requirelogin: 'on' } } })).toBe(false)
    expect(valid({ defaults: { graphus: { 'require-log-in': 'on' } } })).toBe(false)
    expect(valid({ defaults: { bms: { 'user-creation': { defaults: { 'employment-type': 1 } } } } })).toBe(true)
  })

  it('acceptances that are given at once are all kept, and what somebody wrote meanwhile', async () => {
    const rules = ['bms/deprovisioning', 'bms/user-creation', 'graphus/log-in', 'graphus/deprovisioning']
    const file = fileOf(
      'defaults:\n  bms: { deprovisioning: on, user-creation: on }\n  graphus: { log-in: on, deprovisioning: on }\n',
      'at-once.yaml',
    )
    const accepting = rules.map(rule =>
      ground.k1ctl(['posture', 'accept', `${northwind}/${rule}`, '-f', file, '--reason', 'not yet']),
    )
    // Whoever edits the file while systems are read loses nothing by it. Editors put a whole file in its place.
    await new Promise(resolve => setTimeout(resolve, 20))
    renameSync(fileOf(`# By hand\n${textOf('at-once.yaml')}`, 'edited.yaml'), file)
    for (const ran of await Promise.all(accepting)) expect(ran).toMatchObject({ code: 0 })
    const written = textOf('at-once.yaml')
    expect(written.match(/- deviation: /g)).toHaveLength(rules.length)
    expect(written).toContain('# By hand')
    expect((await check(file, '--tenant', northwind)).rows.map(row => row.state)).toEqual(rules.map(() => 'accepted'))
  })

  it('an acceptance is kept beside the rule, with comments; a change and its end bring it back', async () => {
    const text = `# The posture of the MSP

defaults: # for all
  graphus: { log-in: on, deprovisioning: off } # Graphus goes away in 2026

tenants:

  # Moves in March
  ${northwind}:
    bms:
      deprovisioning: on # T-1042
`
    const file = fileOf(text, 'accepted.yaml')
    const accept = (deviation: string, ...more: string[]) =>
      ground.k1ctl(['posture', 'accept', deviation, '-f', file, ...more])
    const deviation = `${northwind}/bms/deprovisioning`
    expect(await accept(deviation)).toMatchObject({ code: 2, stderr: expect.stringContaining('--reason is missing') })
    expect((await accept(deviation, '--reason', 'x', '--until', '2026-02-30')).code).toBe(2)
    expect((await accept(`${northwind}/bms/deprovision`, '--reason', 'x')).stderr).toContain(
      `Did you mean ${deviation}`,
    )
    expect(textOf('accepted.yaml')).toBe(text)

    const done = await accept(deviation, '--reason', 'Migration: T-1042', '--until', '2999-03-31')
    expect(done).toMatchObject({ code: 0 })
    const written = textOf('accepted.yaml')
    expect(
      written
        .split('\n')
        .filter(line => !text.includes(line))
        .join('\n'),
    ).toBe(`      accepted:
        - deviation: deprovisioning
          found: off
          reason: "Migration: T-1042"
          by: tester@here
          since: ${new Date().toISOString().slice(0, 10)}
          until: 2999-03-31`)
    for (const line of text.split('\n')) expect(written.split('\n')).toContain(line)

    const { rows, code } = await check(file, '--exit-code', '--only', 'bms', '--tenant', northwind)
    expect(code).toBe(0)
    expect(rows).toMatchObject([
      { deviation, state: 'accepted', found: 'off', wanted: 'on', accepted: { reason: 'Migration: T-1042' } },
    ])
    const left = await ground.k1ctl(['posture', 'apply', '-f', file, '--only', 'bms', '--yes'])
    expect(left.code).toBe(0)
    expect(left.stderr).toContain('1 accepted: left as it is')
    expect(await ground.writes('bms')).toEqual([])

    fileOf(written.replace('2999-03-31', '2026-01-31'), 'accepted.yaml')
    expect((await check(file, '--only', 'bms', '--tenant', northwind)).rows).toMatchObject([
      { state: 'deviates', why: expect.stringContaining('that has ended') },
    ])
    fileOf(written.replace('found: off', 'found: none'), 'accepted.yaml')
    expect((await check(file, '--only', 'bms', '--tenant', northwind)).rows).toMatchObject([
      { state: 'deviates', why: expect.stringContaining('it has changed since') },
    ])

    // Taken out of the file, it acts at once, and that is said.
    fileOf(written, 'accepted.yaml')
    await check(file, '--only', 'bms', '--tenant', northwind)
    fileOf(text, 'accepted.yaml')
    const today = new Date().toISOString().slice(0, 10)
    const ended = `No longer accepted, as it was on ${today}: ${northwind}/bms/deprovisioning`
    const words = ['-f', file, '--only', 'bms', '--tenant', northwind]
    const dry = await ground.k1ctl(['posture', 'apply', ...words, '--dry-run'])
    expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining(ended) })
    expect(dry.stdout).toContain('Automatic User Deprovisioning  off  →  on')
    const first = await ground.k1ctl(['posture', 'check', ...words])
    expect(first.stderr).toContain(ended)
    expect((await ground.k1ctl(['posture', 'check', ...words])).stderr).not.toContain('No longer accepted')
  })

  it('an exception that was taken out of the file is named, and ends with apply', async () => {
    const [kept, gone] = ['k1ctl-api@northwind-dental.example', 'amy.breakglass@northwind-dental.example']
    const bms = (...except: string[]) =>
      fileOf(
        `tenants:\n  ${northwind}:\n    bms:\n      require-log-in: { state: on, except: [${except.join(', ')}], except-roles: [API Employee] }\n`,
      )
    expect((await ground.k1ctl(['posture', 'apply', '-f', bms(kept, gone), '--yes'])).code).toBe(0)
    const { rows } = await check(bms(kept), '--tenant', northwind)
    expect(rows).toMatchObject([
      {
        deviation: `${northwind}/bms/require-log-in/except`,
        why: `It would hold if the file also named ${gone}. The file does not except ${gone}: posture apply ends that at once.`,
      },
    ])
    const ran = await ground.k1ctl(['posture', 'apply', '-f', bms(kept), '--yes'])
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('Excepted users') })
    expect((await check(bms(kept), '--tenant', northwind, '--exit-code')).code).toBe(0)
  })
})
