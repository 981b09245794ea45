import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type Ground, openGround, type RunOptions, runIn } from './harness.ts'

interface Check {
  what: string
  state: 'ok' | 'warn' | 'fail'
  detail: string
  next: string | null
}

let ground: Ground
beforeAll(async () => {
  ground = await openGround()
})
beforeEach(() => ground.reset())
afterAll(() => ground.close())

const only = ['--tenant', 'Northwind Dental']

async function doctor(words: string[] = only, options: RunOptions = {}) {
  const { code, stdout } = await ground.k1ctl(['doctor', '--json', ...words], options)
  const checks = JSON.parse(stdout) as Check[]
  return { code, failed: checks.filter(c => c.state === 'fail'), checks }
}

describe('the doctor', () => {
  it('is content with a connected fleet, and says what it looked at', async () => {
    const { code, failed, checks } = await doctor([])
    expect({ code, failed }).toEqual({ code: 0, failed: [] })
    const found = (what: string) => checks.find(c => c.what === what)
    expect(found('k1ctl')?.detail).toContain(`on Node ${process.versions.node}`)
    expect(found('configuration')?.detail).toMatch(/config\.json: 40 tenants, \d+ connections$/)
    expect(found('ledger')?.detail).toMatch(/0 runs, all intact$/)
    expect(found('bms for Northwind Dental')).toMatchObject({
      state: 'ok',
      detail: expect.stringMatching(
        /^signed in as k1ctl-api\. Shows only when it is used: reading employees.*; finding tickets/,
      ),
    })
    expect(checks.filter(c => c.what.startsWith('bms for '))).toHaveLength(39)
  })

  it('names what it cannot try', async () => {
    const { checks } = await doctor(['--tenant', 'Ironbridge Machining'])
    const said = (system: string) => checks.find(c => c.what.startsWith(`${system} `))?.detail
    expect(said('active-directory')).toMatch(/Shows only when it is used: .*Reset Password, on users/)
    expect(said('jumpcloud')).toMatch(/Shows only when it is used: .*User groups: write/)
    expect(said('scim:huddle')).toMatch(/Shows only when it is used: .*Users: change/)
    expect(said('aws')).not.toContain('Shows only')
  })

  it('warns of a right that is missing', async () => {
    const { checks } = await doctor(['--tenant', 'Quarry Road Concrete'])
    expect(checks.find(c => c.what.startsWith('bms'))).toMatchObject({
      state: 'warn',
      detail: expect.stringContaining('not a BMS administrator'),
    })
  })

  it('prints a table for a person, with a count, and the next command', async () => {
    await ground.fault('bms', { path: '.', times: 0, status: 404, body: 'gone' })
    const { code, stdout, stderr } = await ground.k1ctl(['doctor', ...only])
    expect(code).toBe(3)
    expect(stdout).toMatch(/^STATE +WHAT +DETAIL\n/)
    expect(stdout).toMatch(/^fail +bms for Northwind Dental +.* → /m)
    expect(stderr).toMatch(/\d+ ok, \d+ warn, [1-9] fail\./)
  })

  it('folds what is well into a count, and shows it with --all', async () => {
    const folded = await ground.k1ctl(['doctor', ...only])
    expect(folded.code).toBe(0)
    expect(folded.stdout).not.toMatch(/^ok /m)
    expect(folded.stderr).toMatch(/\d+ ok, \d+ warn, 0 fail\. What is ok: k1ctl doctor --all\n/)
    const all = await ground.k1ctl(['doctor', '--all', ...only])
    expect(all.stdout).toMatch(/^ok +bms for Northwind Dental/m)
    expect(all.stderr).not.toContain('--all')
  })

  it('changes nothing anywhere', async () => {
    const before = readFileSync(join(ground.home, 'config.json'), 'utf8')
    await doctor()
    expect(readFileSync(join(ground.home, 'config.json'), 'utf8')).toBe(before)
    for (const system of Object.keys(ground.sandbox.systems)) expect(await ground.writes(system)).toEqual([])
  })

  it('says where nothing is connected', async () => {
    await ground.k1ctl(['tenant', 'add', 'New'])
    const { code, checks } = await doctor(['--tenant', 'New'])
    expect(code).toBe(0)
    expect(checks.find(c => c.what === 'connections')).toMatchObject({
      state: 'warn',
      next: expect.stringContaining('connect'),
    })
  })
})

describe('the doctor fails, exit 3, for', () => {
  it.each([
    ['a system that does not answer', { status: 503, body: 'down' }],
    ['an endpoint that is another', { status: 200, body: '<html>' }],
    ['a password that is no longer right', { path: 'authenticate', error: { Code: 'X', Message: 'Wrong password' } }],
  ])('%s, and the others are still looked at', async (_, fault) => {
    await ground.fault('bms', { path: '.', times: 0, ...fault })
    const { code, failed, checks } = await doctor([...only, '--timeout', '2'])
    expect(code).toBe(3)
    expect(failed.map(c => c.what)).toContain('bms for Northwind Dental')
    expect(checks.find(c => c.what === 'graphus for Northwind Dental')?.state).toBe('ok')
  })

  it('a system that is gone', async () => {
    const config = join(ground.home, 'config.json')
    writeFileSync(config, readFileSync(config, 'utf8').replaceAll(/127\.0\.0\.1:\d+\/graphus/g, '127.0.0.1:1/graphus'))
    const { code, failed } = await doctor([...only, '--timeout', '2'])
    expect(code).toBe(3)
    expect(failed).toContainEqual(
      expect.objectContaining({ what: 'graphus for Northwind Dental', next: expect.any(String) }),
    )
  })

  it('a secret that is no longer kept', async () => {
    rmSync(join(ground.home, 'secrets', 'plain.json'))
    const { code, failed } = await doctor()
    expect(code).toBe(3)
    expect(failed.length).toBeGreaterThan(3)
    expect(failed[0]).toMatchObject({ detail: expect.stringContaining('No secrets are kept') })
  })

  it('secrets that cannot be read', async () => {
    writeFileSync(join(ground.home, 'secrets', 'plain.json'), '{"broken')
    const { code, failed } = await doctor()
    expect(code).toBe(3)
    expect(JSON.stringify(failed)).toContain('plain.json')
  })

  it('a disk that is full, and leaves nothing there', async ctx => {
    const home = join(ground.home, 'small')
    mkdirSync(home)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', home])
    if (mounted.status !== 0) ctx.skip('no file system can be mounted here')
    onTestFinished(() => void spawnSync('umount', ['-l', home]))
    const ran = await runIn(home, ['doctor', '--json'])
    expect(ran.code).toBe(3)
    const failed = (JSON.parse(ran.stdout) as Check[]).filter(c => c.state === 'fail')
    expect(failed).toContainEqual({
      what: `folder ${home}`,
      state: 'fail',
      detail: `Cannot write to ${home}: the disk is full.`,
      next: 'Free some space, then run again.',
    })
    expect(readdirSync(home)).toEqual([])
  })

  it('a state folder that is a link in a circle', async () => {
    const state = join(ground.home, 'state')
    rmSync(state, { recursive: true, force: true })
    symlinkSync(state, state)
    const { code, failed } = await doctor()
    expect(code).toBe(3)
    expect(JSON.stringify(failed)).toContain('a link there leads in a circle')
  })

  it('preferences that are broken, and all else is still looked at', async () => {
    writeFileSync(join(ground.home, 'preferences.json'), '[')
    const { code, failed } = await doctor()
    expect(code).toBe(3)
    expect(failed.map(c => c.what)).toEqual(['preferences'])
  })

  it('a configuration that is broken, once', async () => {
    writeFileSync(join(ground.home, 'config.json'), '{')
    const { code, failed } = await doctor([])
    expect(code).toBe(3)
    expect(failed).toMatchObject([{ what: 'configuration', detail: expect.stringContaining('config.json') }])
  })

  it('a ledger that was altered', async () => {
    await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
    const runs = join(ground.home, 'state', 'runs')
    const [file = ''] = readdirSync(runs).filter(name => name.endsWith('.jsonl'))
    const path = join(runs, file)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"tester@here"', '"nobody@here"'))
    const { code, failed } = await doctor()
    expect(code).toBe(3)
    expect(failed[0]).toMatchObject({
      what: expect.stringMatching(/^ledger of run /),
      detail: expect.stringContaining('ALTERED'),
      next: expect.stringContaining('k1ctl runs show'),
    })
  })

  it('not for a ledger whose last line was cut off by a crash', async () => {
    await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
    const runs = join(ground.home, 'state', 'runs')
    const [file = ''] = readdirSync(runs).filter(name => name.endsWith('.jsonl'))
    appendFileSync(join(runs, file), '{"seq":')
    const ledger = (await doctor()).checks.filter(c => c.what.startsWith('ledger'))
    expect(ledger).toMatchObject([{ what: 'ledger', state: 'ok' }])
  })

  it('a home where nothing can be written', async () => {
    const file = join(ground.home, 'in-the-way')
    writeFileSync(file, '')
    const { code, stdout } = await runIn(file, ['doctor', '--json'])
    expect(code).toBe(3)
    expect(JSON.parse(stdout).filter((c: Check) => c.state === 'fail').length).toBeGreaterThan(0)
  })
})
