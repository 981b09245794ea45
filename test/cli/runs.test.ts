import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { smallWorld, tenantName } from './small-world.ts'

const harbor = tenantName('everythingOn')
let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first', 'everythingOn'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const runs = (...words: string[]) => ground.k1ctl(['runs', ...words])
const change = async (...words: string[]) => expect((await ground.k1ctl([...words, '--yes'])).code).toBe(0)
const json = async (...words: string[]) => JSON.parse((await runs(...words, '--json')).stdout)

/** The ledger files of this home, oldest first. */
function ledgers(): string[] {
  const names = readdirSync(ground.home, { recursive: true, encoding: 'utf8' })
  return names
    .filter(n => n.endsWith('.jsonl'))
    .sort()
    .map(n => join(ground.home, n))
}

function lastLedger(): string {
  const path = ledgers().at(-1)
  if (path === undefined) throw new Error('There is no ledger.')
  return path
}

/** Leaves of the last run what was on the disk when its process died after so many entries. */
function dieAfter(entries: number, torn = ''): void {
  const lines = readFileSync(lastLedger(), 'utf8').split('\n')
  writeFileSync(lastLedger(), `${lines.slice(0, entries).join('\n')}\n${torn}`)
}

describe('runs list', () => {
  it('says so when there is none', async () => {
    expect(await runs('list')).toMatchObject({ code: 0, stdout: 'Nothing was changed yet.\n' })
    expect(await runs('show', 'last')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('There is no run yet'),
    })
  })

  it('lists the newest first, with command, operator and verdict; dry runs and what held already leave none', async () => {
    await change('unified-login', 'enable', 'graphus')
    await change('unified-login', 'enable', 'graphus')
    await ground.k1ctl(['jit', 'enable', 'bms', '--dry-run'])
    await change('deprovisioning', 'enable', 'graphus')
    const rows = await json('list')
    expect(rows).toEqual([
      expect.objectContaining({
        verdict: 'proved',
        goals: 1,
        tenants: ['Northwind Dental'],
        command: 'k1ctl deprovisioning enable graphus --yes',
        operator: 'tester@here',
        problem: null,
      }),
      expect.objectContaining({ command: 'k1ctl unified-login enable graphus --yes' }),
    ])
    expect(await json('list', '--limit', '1')).toHaveLength(1)
    expect(await runs('list', '--limit', '0')).toMatchObject({ code: 2, stderr: expect.stringContaining('--limit') })
  })
})

describe('naming a run', () => {
  it('by last, by its beginning, by its id; an unknown one gets the nearest', async () => {
    await change('unified-login', 'enable', 'graphus')
    const [{ run }] = await json('list')
    for (const word of ['last', run, run.slice(0, 18)]) expect(await json('show', word)).toMatchObject({ run })
    const other = `${run.slice(0, -1)}${run.endsWith('0') ? '1' : '0'}`
    expect(await runs('show', other)).toMatchObject({ code: 2, stderr: expect.stringContaining(run) })
    for (const verb of ['show', 'resume', 'verify']) expect((await runs(verb, 'nonsense')).code).toBe(2)
  })

  it('by a beginning that several have is refused, with the candidates', async () => {
    await change('unified-login', 'enable', 'graphus')
    await change('deprovisioning', 'enable', 'graphus')
    const [one, two] = await json('list')
    const ran = await runs('show', one.run.slice(0, 4))
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('the beginning of 2 runs') })
    for (const { run } of [one, two]) expect(ran.stderr).toContain(run)
  })
})

describe('runs show', () => {
  it('tells who, what, when, and the proof', async () => {
    await change('unified-login', 'enable', 'graphus')
    const { code, stdout } = await runs('show', 'last')
    expect(code).toBe(0)
    expect(stdout).toContain('proved: every change was read back')
    expect(stdout).toContain('command   k1ctl unified-login enable graphus --yes')
    expect(stdout).toMatch(/operator {2}tester@here, \d{4}-\d\d-\d\dT/)
    expect(stdout).toContain('ledger    intact')
    expect(stdout).toMatch(/Northwind Dental · Graphus: Log In with KaseyaOne is on · changed \(read back/)
  })
})

describe('a process that died', () => {
  it.each([
    { name: 'after the consent', entries: 3, torn: '', writesAfter: 2 },
    { name: 'after the intent, with the change made', entries: 4, torn: '', writesAfter: 1 },
    { name: 'after the change was acknowledged', entries: 5, torn: '', writesAfter: 1 },
    { name: 'before the report', entries: 6, torn: '', writesAfter: 1 },
    { name: 'in the middle of a line', entries: 4, torn: '{"seq":4,"at":"20', writesAfter: 1 },
  ])('$name: shown as interrupted, finished by resume', async ({ entries, torn, writesAfter }) => {
    await change('unified-login', 'enable', 'graphus')
    dieAfter(entries, torn)
    // Before the intent nothing was sent: put that back.
    if (writesAfter === 2) await ground.control('graphus', 'reset', { method: 'POST' })

    const shown = await runs('show', 'last')
    expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('interrupted: k1ctl ended before') })
    if (entries < 6) expect(shown.stdout).toContain('not finished')
    if (torn) expect(shown.stdout).toContain('the last line was cut off by a crash')
    expect(await json('list')).toEqual([expect.objectContaining({ verdict: 'interrupted' })])

    const resumed = await runs('resume', 'last', '--json')
    expect(resumed.code).toBe(0)
    expect(JSON.parse(resumed.stdout)).toMatchObject({ verdict: 'proved', results: [{ end: 'changed', proved: true }] })
    expect(await ground.writes('graphus')).toHaveLength(1)
    expect(await json('show', 'last')).toMatchObject({ verdict: 'proved', open: [], chain: { state: 'intact' } })
  })

  it('before the consent was written: resume does not go on without it', async () => {
    await change('unified-login', 'enable', 'graphus')
    dieAfter(1)
    await ground.control('graphus', 'reset', { method: 'POST' })
    const ran = await runs('resume', 'last')
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('before the consent to it was written') })
    expect(ran.stderr).toContain('k1ctl unified-login enable graphus --yes')
    expect(await ground.writes('graphus')).toEqual([])
  })

  it('to nothing, which no crash does: what was changed is not known, and that is said', async () => {
    await change('unified-login', 'enable', 'graphus')
    writeFileSync(lastLedger(), '')
    const ran = await runs('show', 'last')
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('What the run did is not known from here.') })
    expect(await json('list')).toEqual([
      expect.objectContaining({ verdict: 'unreadable', problem: expect.any(String) }),
    ])
  })

  it('in a fleet: resume does the rest, and leaves what ended for certain', async () => {
    await change('jit', 'disable', 'bms', '--tenant', harbor)
    await ground.control('bms', 'calls', { method: 'DELETE' })
    await change('jit', 'enable', 'bms', '--all-tenants')
    const lines = readFileSync(lastLedger(), 'utf8').trim().split('\n')
    const firstProof = lines.findIndex(line => line.includes('"type":"proof"'))
    dieAfter(firstProof + 1)
    const before = await json('show', 'last')
    expect(before.results).toHaveLength(1)
    const resumed = JSON.parse((await runs('resume', 'last', '--json')).stdout)
    expect(resumed).toMatchObject({ verdict: 'proved', results: [{ proved: true }, { proved: true }] })
    expect(await ground.writes('bms')).toHaveLength(2)
  })
})

describe('a ledger that was altered', () => {
  it('is shown, verified and listed as such, and is not resumed', async () => {
    await change('unified-login', 'enable', 'graphus')
    const text = readFileSync(lastLedger(), 'utf8')
    writeFileSync(lastLedger(), text.replace('"how":"flag"', '"how":"terminal"'))
    expect((await runs('show', 'last')).stdout).toContain('ALTERED from entry 2 on')
    expect(await json('list')).toEqual([expect.objectContaining({ verdict: 'altered' })])
    const verified = await runs('verify', 'last', '--json')
    expect(verified.code).toBe(3)
    expect(JSON.parse(verified.stdout)).toMatchObject({ ledger: { state: 'altered', seq: 2 } })
    expect(await runs('resume', 'last')).toMatchObject({ code: 1, stderr: expect.stringContaining('was altered') })
  })

  it('from its first entry on says nothing that counts, and is not called empty', async () => {
    await change('unified-login', 'enable', 'graphus')
    writeFileSync(lastLedger(), readFileSync(lastLedger(), 'utf8').replace('tester@here', 'nobody@here'))
    for (const verb of ['show', 'verify', 'resume']) {
      const ran = await runs(verb, 'last')
      expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('was altered') })
      expect(ran.stderr).not.toContain('Nothing was changed')
    }
    expect(await json('list')).toEqual([expect.objectContaining({ verdict: 'unreadable' })])
  })
})

describe('runs verify', () => {
  it('reads again, proves it, and writes nothing', async () => {
    await change('unified-login', 'enable', 'graphus')
    const before = readFileSync(lastLedger(), 'utf8')
    const ran = await runs('verify', 'last')
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Log In with KaseyaOne is on · holds') })
    expect(readFileSync(lastLedger(), 'utf8')).toBe(before)
    expect(await ground.writes('graphus')).toHaveLength(1)
  })

  it('tells when somebody undid it', async () => {
    await change('unified-login', 'enable', 'graphus')
    const [{ run }] = await json('list')
    await change('unified-login', 'disable', 'graphus')
    expect(await runs('verify', run)).toMatchObject({ code: 3, stdout: expect.stringContaining('· not-yet') })
    expect(await json('verify', run)).toMatchObject({ holds: false, goals: [{ state: 'not-yet' }] })
  })

  it('tells when the module cannot be reached', async () => {
    await change('unified-login', 'enable', 'graphus')
    await ground.fault('graphus', { times: 0, status: 500, body: { title: 'out of order' } })
    const ran = await runs('verify', 'last')
    expect(ran).toMatchObject({ code: 3, stdout: expect.stringContaining('· unreachable · Graphus failed at') })
  })

  it('tells when the module is no longer connected', async () => {
    await change('unified-login', 'enable', 'graphus')
    expect((await ground.k1ctl(['disconnect', 'graphus'])).code).toBe(0)
    const ran = await runs('verify', 'last')
    expect(ran).toMatchObject({ code: 3, stdout: expect.stringContaining('Graphus is not connected for Northwind') })
  })
})
