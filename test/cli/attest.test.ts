import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { checkFile, openFolder } from './posture-ground.ts'
import { scriptedPrompter } from './scripted-prompter.ts'
import { smallWorld, tenantName } from './small-world.ts'

const northwind = 'Northwind Dental'
const unconnected = tenantName('graphusUnconnected')
const { folder, fileOf } = openFolder()
const text = `tenants:
  ${northwind}:
    datto-rmm:
      log-in: on
      require-log-in: { state: on, except: [amy@northwind-dental.example] }
`

describe('attesting what nobody can read', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(smallWorld('first', 'graphusUnconnected'))
  })
  afterAll(async () => {
    await ground.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => ground.reset())
  const states = async (file: string) =>
    (await checkFile(ground, file, ['--all'])).rows.map(({ deviation, state, why }) => [
      deviation.replace(`${northwind}/datto-rmm/`, ''),
      state,
      why,
    ])

  it('closes the feature for check and apply; apply exits 3 before and 0 after', async () => {
    const file = fileOf(text)
    const shot = join(folder, 'shot.png')
    writeFileSync(shot, Buffer.from([0x89, 0x50, 0xff, 0x00, 0x0a]))
    const apply = () => ground.k1ctl(['posture', 'apply', '-f', file, '--yes'])
    expect((await apply()).code).toBe(3)
    const waits = 'Nobody can read it, and nobody has attested it.'
    expect(await states(file)).toEqual([
      ['log-in', 'by-hand', waits],
      ['require-log-in', 'by-hand', waits],
      ['require-log-in/except', 'by-hand', waits],
    ])
    const words = ['attest', northwind, 'datto rmm', 'log-in', '--note', 'Turned on, T-1042', '--file', shot, '--json']
    const said = await ground.k1ctl(words)
    expect(JSON.parse(said.stdout)).toMatchObject({
      tenant: northwind,
      system: 'datto-rmm',
      feature: 'log-in',
      state: 'on',
      by: 'tester@here',
      file: 'shot.png',
      sha256: createHash('sha256').update(readFileSync(shot)).digest('hex'),
    })
    // Said without the posture, Require is on; its exceptions nobody spoke of.
    await ground.k1ctl(['attest', northwind, 'datto-rmm', 'require-log-in', '--note', 'on'])
    expect((await states(file)).map(([, state]) => state)).toEqual(['attested', 'attested', 'by-hand'])
    await ground.k1ctl(['attest', northwind, 'datto-rmm', 'require-log-in', '--posture', file, '--note', 'with Amy'])
    expect((await states(file)).map(([, state]) => state)).toEqual(['attested', 'attested', 'attested'])
    expect((await apply()).code).toBe(0)
    expect((await checkFile(ground, file, ['--exit-code'])).code).toBe(0)

    const changed = fileOf(text.replace('amy@', 'bob@'), 'changed.yaml')
    expect((await states(changed)).at(-1)).toEqual([
      'require-log-in/except',
      'by-hand',
      'Attested was: amy@northwind-dental.example.',
    ])
    const listed = await ground.k1ctl(['attest', 'list', '--json'])
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { feature: 'log-in', days: 0, stale: false },
      { feature: 'require-log-in', note: 'with Amy' },
    ])
    const status = JSON.parse((await ground.k1ctl(['status', '--json'])).stdout)
    expect(status).toContainEqual(
      expect.objectContaining({ system: 'datto-rmm', feature: 'log-in', detail: 'Attested on by tester@here today.' }),
    )
  })

  it('is stale after 90 days, or after its last day', async () => {
    const file = fileOf(text)
    await ground.k1ctl(['attest', northwind, 'datto-rmm', 'log-in', '--note', 'x'])
    const path = join(ground.home, 'state', 'attestations.json')
    const kept = readFileSync(path, 'utf8')
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
    writeFileSync(path, kept.replace(/"at": "[^"]*"/, `"at": "${ago(89)}"`))
    expect((await states(file))[0]).toMatchObject(['log-in', 'attested', 'x'])
    writeFileSync(path, kept.replace(/"at": "[^"]*"/, `"at": "${ago(91)}"`))
    expect((await states(file))[0]).toEqual(['log-in', 'stale', 'The attestation is older than 90 days.'])
    const { stdout } = await ground.k1ctl(['status', '--output', 'csv'])
    expect(stdout).toContain('Attested on by tester@here 91 days ago: stale.')
    writeFileSync(path, '{"version": 1, "attestations": [{}]}')
    expect(await ground.k1ctl(['posture', 'check', '-f', file])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('attestations'),
    })
  })

  it('is refused where k1ctl reads, for what the module does not have, and without anything that shows it', async () => {
    const refused = async (...words: string[]) => (await ground.k1ctl(['attest', ...words])).stderr
    expect(await refused(northwind, 'bms', 'log-in', '--note', 'x')).toContain('a reading counts more')
    expect(await refused(northwind, 'graphus', 'log-in', '--note', 'x')).toContain('a reading counts more')
    expect(await refused(northwind, 'vsa-9', 'deprovisioning', '--note', 'x')).toContain('VSA 9 has: log-in')
    expect(await refused(northwind, 'datto-rmn', 'log-in', '--note', 'x')).toContain('Did you mean datto-rmm')
    expect(await refused(northwind, 'datto-rmm', 'log-in')).toContain('Neither a note nor a file')
    expect(await refused(northwind, 'datto-rmm', 'log-in', '--file', '/nowhere/x.png')).toContain('cannot be read')
  })

  it('a goal of a run that was attested shows in status and check', async () => {
    const enable = await ground.k1ctl(['unified-login', 'enable', 'graphus', '--tenant', unconnected, '--json'])
    expect(enable.code).toBe(3)
    const [{ goal }] = JSON.parse(enable.stdout).results
    expect((await ground.k1ctl(['runs', 'attest', 'last', goal, '--note', 'done at 17:10'])).code).toBe(0)
    const status = await ground.k1ctl(['status', 'graphus', '--tenant', unconnected, '--json'])
    expect(JSON.parse(status.stdout)[0]).toMatchObject({
      state: 'by-hand',
      detail: 'Attested on by tester@here today.',
    })
    const file = fileOf(`tenants:\n  ${unconnected}: { graphus: { log-in: on } }\n`, 'graphus.yaml')
    expect((await checkFile(ground, file, ['--all'])).rows).toMatchObject([{ state: 'attested' }])
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(3)
  })

  it('at a terminal, apply walks through the steps and writes down what was done', async () => {
    const file = fileOf(text)
    const asked: string[] = []
    const prompter = scriptedPrompter({
      confirm: async message => {
        asked.push(message)
        return true
      },
      input: async message => (message.startsWith('A note') ? 'seen by Amy' : ''),
    })
    const ran = await ground.k1ctl(['posture', 'apply', '-f', file], { prompter })
    expect(asked).toEqual(['2 features can only be set by hand. Go through them now?', 'Done?', 'Done?'])
    expect(ran.stderr).toContain('Open Setup > Integrations > KaseyaOne.')
    expect(ran.stderr).toContain('https://rmm.datto.com/')
    expect(ran.code).toBe(0)
    expect((await states(file)).map(([, state, why]) => [state, why])).toEqual(
      Array(3).fill(['attested', 'seen by Amy']),
    )
  })
})
