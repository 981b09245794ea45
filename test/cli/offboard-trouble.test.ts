import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoFacts } from '../../src/sandbox/index.ts'
import { duplicatedWrites } from '../kill/judge.js'
import { type Ground, openGround, runIn } from './harness.ts'
import {
  allWrites,
  clearFaults,
  copyHome,
  documentOf,
  endsOf,
  leaver,
  northwind,
  resultIn,
  stillOpen,
  takeDown,
} from './leavers.ts'

/** Systems that are down, answers that are lost, a process that dies, two operators, a full disk, Ctrl-C. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const [one, two, three] = [leaver(1), leaver(4), leaver(5)]

describe('a system that is down for the whole run', () => {
  it.each(['kaseyaone', 'graphus', 'datto-partner-portal', 'bms', 'scim'])(
    '%s: the others done, exit 3, and resume finishes',
    async system => {
      await takeDown(ground, system)
      const ran = await ground.k1ctl(['offboard', one, two, '--yes', '--json', '--timeout', '1', '--wait', '1'])
      expect(ran.code).toBe(3)
      const document = documentOf(ran)
      const id = system === 'scim' ? 'scim:huddle' : system
      for (const person of document.people) {
        expect(person.unreached.map(u => u.system)).toEqual([id])
        expect(person.verdict).toBe('incomplete')
        const own = system === 'kaseyaone' ? ['datto-partner-portal', 'scim:huddle'] : ['kaseyaone']
        expect(person.results.filter(r => own.includes(r.system)).every(r => r.proved)).toBe(true)
      }
      expect((await ground.k1ctl(['runs', 'show', 'last', '--json'])).stdout).toContain('"unreached": [\n')
      await clearFaults(ground)
      const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
      // Where KaseyaOne was silent nothing could follow it: BMS waits for a person, unless it follows by now.
      expect(resumed.code, resumed.stdout).toBe(0)
      expect(await stillOpen(ground, one, two)).toEqual([])
      expect(duplicatedWrites(await sent())).toEqual([])
      const shown = JSON.parse((await ground.k1ctl(['runs', 'show', 'last', '--json'])).stdout)
      expect(shown).toMatchObject({ verdict: 'proved', open: [], header: { unreached: [] } })
      expect((await ground.k1ctl(['runs', 'verify', 'last'])).code).toBe(0)
    },
  )

  it('the table says which, once, and what to do', async () => {
    await takeDown(ground, 'graphus')
    const { stdout, stderr } = await ground.k1ctl(['offboard', one, '--yes', '--timeout', '1'])
    expect(stdout.match(/Graphus: no answer\. /g)).toHaveLength(1)
    expect(stderr).toMatch(/→ Go on where it stopped: k1ctl runs resume \d{8}-/)
    const verified = await ground.k1ctl(['runs', 'verify', 'last', '--timeout', '1'])
    expect(verified.code).toBe(3)
  })
})

/** With what duplicates are found by. */
async function sent() {
  const all = await Promise.all(Object.keys(ground.sandbox.systems).map(system => ground.control(system, 'calls')))
  return all.flat() as Parameters<typeof duplicatedWrites>[0]
}

describe('a lost answer', () => {
  const patches = [
    { system: 'kaseyaone', kind: 'sign-in-blocked', path: '/Users/' },
    { system: 'kaseyaone', kind: 'groups-left', path: '/Groups/' },
    { system: 'datto-partner-portal', kind: 'sign-in-blocked', path: '/Users/' },
    { system: 'scim', kind: 'sign-in-blocked', path: '/Users/' },
  ] as const

  describe.each(patches)('$kind in $system', ({ system, kind, path }) => {
    const id = system === 'scim' ? 'scim:huddle' : system
    const accepted = async () => (await ground.writes(system)).filter(w => w.path.includes(path))

    it.each(['after', 'before'] as const)(
      'dropped %s: unknown, and resume finishes with exactly one accepted write',
      async drop => {
        await ground.fault(system, { method: 'PATCH', path, drop })
        const ran = await ground.k1ctl(['offboard', one, '--yes', '--json', '--wait', '1'])
        const result = resultIn(documentOf(ran), id, kind)
        // A client that looks before it gives up may have found it done.
        if (result.end === 'changed') expect(result.proved).toBe(true)
        else {
          expect(result).toMatchObject({ end: 'unknown', proved: false })
          expect(ran.code).toBe(3)
        }
        const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
        expect(resumed.code, resumed.stdout).toBe(0)
        expect(await accepted()).toHaveLength(1)
        expect(await stillOpen(ground, one)).toEqual([])
      },
    )
  })
})

describe('a run that is killed', () => {
  const leavers = [one, two, three]

  it('at every line of its ledger, all of them where CI is set: resume ends with 0, and nothing is sent twice', async () => {
    expect((await ground.k1ctl(['offboard', ...leavers, '--yes', '--json'])).code).toBe(0)
    const whole = linesOf(ground.home)
    expect(whole.length).toBeGreaterThan(40)
    // Each takes a third of a second: all of them where nobody waits, elsewhere every sixth, from another one each time.
    const step = process.env.CI ? 1 : 6
    const first = 2 + Math.floor(Math.random() * step)
    const cuts = whole.map((_, index) => index).filter(index => index >= first && (index - first) % step === 0)
    expect(cuts.length).toBeGreaterThanOrEqual(Math.floor((whole.length - 2) / step))
    const writes = await allWrites(ground)
    // Everything is done in the simulators, as if the process had died right after the last answer: nothing may be sent.
    for (const cut of cuts) {
      const home = cutHome(whole.slice(0, cut))
      try {
        const resumed = await runIn(home, ['runs', 'resume', 'last', '--json'])
        expect(resumed.code, `cut at ${cut}: ${resumed.stdout}${resumed.stderr}`).toBe(0)
        expect(
          documentOf(resumed)
            .people.map(p => p.person)
            .sort(),
          `cut at ${cut}`,
        ).toEqual([...leavers].sort())
        const verified = await runIn(home, ['runs', 'show', 'last', '--json'])
        expect(JSON.parse(verified.stdout)).toMatchObject({ verdict: 'proved', open: [], chain: { state: 'intact' } })
      } finally {
        rmSync(home, { recursive: true })
      }
    }
    expect(await allWrites(ground)).toEqual(writes)
  })

  it('between the first intent and the change: resume sends it once', async () => {
    expect((await ground.k1ctl(['offboard', one, '--yes'])).code).toBe(0)
    const lines = linesOf(ground.home)
    const first = lines.findIndex(line => JSON.parse(line).type === 'intent')
    const copy = cutHome(lines.slice(0, first + 1))
    try {
      // The simulators as they were before, the ledger as it was after the first intent.
      for (const system of Object.keys(ground.sandbox.systems))
        await ground.control(system, 'reset', { method: 'POST' })
      const resumed = await runIn(copy, ['runs', 'resume', 'last', '--json'])
      expect(resumed.code, resumed.stdout).toBe(0)
      expect(duplicatedWrites(await sent())).toEqual([])
      expect(await stillOpen(ground, one)).toEqual([])
    } finally {
      rmSync(copy, { recursive: true })
    }
  })

  it('before the consent was on the disk: refused, and the command is named', async () => {
    expect((await ground.k1ctl(['offboard', one, '--yes'])).code).toBe(0)
    const home = cutHome(linesOf(ground.home).slice(0, 1))
    try {
      const resumed = await runIn(home, ['runs', 'resume', 'last'])
      expect(resumed).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`Give the command again: k1ctl offboard ${one} --yes`),
      })
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it('in the middle of a line', async () => {
    expect((await ground.k1ctl(['offboard', one, '--yes'])).code).toBe(0)
    const lines = linesOf(ground.home)
    const home = cutHome(lines.slice(0, 9), (lines[9] ?? '').slice(0, 40))
    try {
      expect((await runIn(home, ['runs', 'show', 'last'])).stdout).toContain('the last line was cut off by a crash')
      expect((await runIn(home, ['runs', 'resume', 'last'])).code).toBe(0)
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it('people of the list that were never begun are done by resume', async () => {
    const home = await homeAfterTheFirst()
    try {
      const resumed = await runIn(home, ['runs', 'resume', 'last', '--json'])
      expect(resumed.code, resumed.stderr).toBe(0)
      expect(documentOf(resumed).people.map(p => p.verdict)).toEqual(['proved', 'proved', 'proved'])
      expect(await stillOpen(ground, two, three)).toEqual([])
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it('a list that was put in the place of the one that was agreed to is refused, and so is none', async () => {
    const home = await homeAfterTheFirst()
    try {
      const [name = ''] = readdirSync(runsIn(home)).filter(file => file.endsWith('.people'))
      const path = join(runsIn(home), name)
      writeFileSync(path, readFileSync(path, 'utf8').replace(two, leaver(7)).replace(three, leaver(8)))
      for (const sentence of ['is not the one that was agreed to', 'kept no list of people']) {
        const resumed = await runIn(home, ['runs', 'resume', 'last'])
        expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) })
        expect(await allWrites(ground)).toEqual([])
        rmSync(path, { force: true })
      }
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it('no more people than were agreed to become leavers while a run is cut off', async () => {
    const stranger = 'somebody@else.example'
    const home = await homeAfterTheFirst('--max', '3', stranger)
    try {
      expect((await runIn(home, ['tenant', 'domains', 'add', 'Northwind Dental', 'else.example'])).code).toBe(0)
      const resumed = await runIn(home, ['runs', 'resume', 'last'])
      expect(resumed).toMatchObject({ code: 1, stderr: expect.stringContaining('4 people are more than the 3') })
      expect(await allWrites(ground)).toEqual([])
    } finally {
      rmSync(home, { recursive: true })
    }
  })

  it('a connection that is gone by then is not forgotten', async () => {
    await ground.fault('datto-partner-portal', { method: 'PATCH', drop: 'before' })
    expect((await ground.k1ctl(['offboard', one, '--yes'])).code).toBe(3)
    expect((await ground.k1ctl(['disconnect', 'datto-partner-portal'])).code).toBe(0)
    const resumed = await ground.k1ctl(['runs', 'resume', 'last'])
    expect(resumed.code).toBe(3)
    expect(resumed.stdout).toContain('datto-partner-portal is not connected for Northwind Dental any more.')
  })
})

/** The home of a process that died when the first of three was through; the simulators know nothing of it. */
async function homeAfterTheFirst(...words: string[]): Promise<string> {
  const call = ['offboard', one, two, three, '--concurrency', '1', '--yes', ...words]
  expect([0, 3]).toContain((await ground.k1ctl(call)).code)
  const lines = linesOf(ground.home)
  const next = lines.findIndex(line => line.includes('"type":"plan"') && line.includes(`"person":"${two}","tenant"`))
  expect(next).toBeGreaterThan(2)
  const home = cutHome(lines.slice(0, next))
  for (const system of Object.keys(ground.sandbox.systems)) {
    await ground.control(system, 'reset', { method: 'POST' })
    await ground.control(system, 'calls', { method: 'DELETE' })
  }
  return home
}

const runsIn = (home: string) => join(home, 'state', 'runs')

function linesOf(home: string): string[] {
  const newest = readdirSync(runsIn(home))
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .at(-1)
  return readFileSync(join(runsIn(home), newest ?? ''), 'utf8')
    .trimEnd()
    .split('\n')
}

/** The home of a process that died when its ledger was like this. */
function cutHome(lines: readonly string[], torn = ''): string {
  const home = mkdtempSync(join(tmpdir(), 'k1ctl-cut-'))
  cpSync(ground.home, home, { recursive: true })
  const [name = ''] = readdirSync(runsIn(home)).filter(file => file.endsWith('.jsonl'))
  writeFileSync(join(runsIn(home), name), `${lines.join('\n')}\n${torn}`)
  return home
}

describe('two operators on one person at once', () => {
  it('both end well, and the person is out', async () => {
    const other = copyHome(ground)
    try {
      const runs = await Promise.all([
        ground.k1ctl(['offboard', three, '--yes', '--json']),
        other.k1ctl(['offboard', three, '--yes', '--json'], { operator: 'other@there' }),
      ])
      for (const ran of runs) {
        if (ran.code === 0) continue
        // Refused because somebody else was faster is honest; going on settles it.
        expect(ran.code, ran.stdout).toBe(3)
      }
      expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
      expect((await other.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
      expect(await stillOpen(ground, three)).toEqual([])
    } finally {
      other.remove()
    }
  })

  it('one run cannot be resumed twice at once', async () => {
    await ground.fault('kaseyaone', { method: 'PATCH', drop: 'before' })
    await ground.k1ctl(['offboard', three, '--yes'])
    await ground.fault('kaseyaone', { method: 'PATCH', delayMs: 300 })
    const codes = await Promise.all([
      ground.k1ctl(['runs', 'resume', 'last']),
      ground.k1ctl(['runs', 'resume', 'last']),
    ])
    expect(codes.map(ran => ran.code).sort()).toEqual([0, 3])
    expect(codes.find(ran => ran.code === 3)?.stderr).toContain('is at work on run')
  })
})

describe('a disk that takes nothing', () => {
  it('before the first change: an error, and nothing but reads', async () => {
    rmSync(runsIn(ground.home), { recursive: true, force: true })
    mkdirSync(join(ground.home, 'state'), { recursive: true })
    writeFileSync(runsIn(ground.home), 'not a folder')
    const ran = await ground.k1ctl(['offboard', one, '--yes', '--json'])
    expect(ran.code).toBe(1)
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { kind: 'storage' } })
    expect(await allWrites(ground)).toEqual([])
  })
})

describe('Ctrl-C', () => {
  it('in the middle: 130, nothing new begins, and resume finishes', async () => {
    const abort = new AbortController()
    await ground.fault('kaseyaone', { method: 'PATCH', path: '/Users/', delayMs: 1_000, times: 2 })
    const leavers = demoFacts.leavers.slice(0, 5)
    const running = ground.k1ctl(['offboard', ...leavers, '--yes', '--json', '--concurrency', '2'], {
      signal: abort.signal,
    })
    await firstPatch()
    abort.abort()
    const ran = await running
    expect(ran.code, ran.stderr).toBe(130)
    const begun = documentOf(ran)
    expect(begun.verdict).toBe('incomplete')
    expect(begun.people.length).toBeLessThan(leavers.length)
    // What was under way when it was interrupted arrives after its second.
    await new Promise(resolve => setTimeout(resolve, 1_200))
    const writes = await allWrites(ground)
    expect(writes.length).toBeLessThan(4)
    const shown = JSON.parse((await ground.k1ctl(['runs', 'show', 'last', '--json'])).stdout)
    expect(shown.verdict).toBe('incomplete')

    const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    expect(resumed.code, resumed.stdout).toBe(0)
    expect(documentOf(resumed).people).toHaveLength(leavers.length)
    expect(await stillOpen(ground, ...leavers)).toEqual([])
    expect(duplicatedWrites((await sent()).filter(call => call.status !== null))).toEqual([])
  })

  it('while it waits for a module: pending, not failed', async () => {
    const control = ground.sandbox.systems.kaseyaone?.control
    await fetch(`${control}/deprovision-delay`, { method: 'POST', body: JSON.stringify({ ms: 60_000 }) })
    const abort = new AbortController()
    const running = ground.k1ctl(['offboard', one, '--yes', '--json'], { signal: abort.signal })
    await firstPatch()
    await new Promise(resolve => setTimeout(resolve, 500))
    abort.abort()
    const ran = await running
    expect(ran.code).toBe(130)
    expect(endsOf(documentOf(ran))).toMatchObject({ 'graphus/sign-in-blocked': 'pending' })
  })

  async function firstPatch(): Promise<void> {
    for (let tries = 0; tries < 300; tries++) {
      if ((await ground.calls('kaseyaone')).some(c => c.method === 'PATCH')) return
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    throw new Error('Nothing was sent.')
  }
})
