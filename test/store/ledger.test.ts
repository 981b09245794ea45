import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { checkLedger, requireSound } from '../../src/core/ledger-check.ts'
import type { LedgerStore } from '../../src/core/ledger-store.ts'
import type { Clock } from '../../src/core/ports.ts'
import { rememberSecret } from '../../src/core/redact.ts'
import type { Home } from '../../src/store/home.ts'
import { openLedger } from '../../src/store/ledger.ts'
import { firstPrev, hashEntry } from '../../src/store/ledger-chain.ts'
import { clock, failureOf, homeIn, makeFolder, makeHome, processes } from './ground.ts'

/** No process has this id: ids end far below. */
const deadId = 2 ** 30

function makeLedger(home: Home = makeHome(), time: Clock = clock): LedgerStore {
  return openLedger({ home, clock: time, processes })
}

/** A run with three entries, closed; its id and file. */
async function writeRun(ledger: LedgerStore): Promise<{ run: string; path: string }> {
  const writer = await ledger.create()
  await writer.append('plan', { goals: 2 })
  await writer.append('intent', { send: true }, 'northwind/bms/log-in')
  await writer.append('outcome', { sent: true }, 'northwind/bms/log-in')
  await writer.close()
  return { run: writer.run, path: join(ledger.path, `${writer.run}.jsonl`) }
}

describe('a run', () => {
  test.each([
    [
      'replaced',
      (path: string) => {
        copyFileSync(path, `${path}.copy`)
        renameSync(`${path}.copy`, path)
      },
    ],
    ['removed', (path: string) => rmSync(path)],
    ['written to', (path: string) => appendFileSync(path, '{}\n')],
    ['written to', (path: string) => truncateSync(path, 10)],
  ])('whose file is %s by another program writes no more, and says so', async (what, harm) => {
    const ledger = makeLedger()
    const writer = await ledger.create()
    await writer.append('plan', { goals: 2 })
    const path = join(ledger.path, `${writer.run}.jsonl`)
    harm(path)
    const left = existsSync(path) ? readFileSync(path) : undefined
    const failure = await failureOf(writer.append('intent', { send: true }))
    expect(failure).toMatchObject({ kind: 'storage', message: expect.stringContaining(`was ${what} by another`) })
    await failureOf(writer.append('intent', { send: true }))
    await writer.close()
    expect(existsSync(path) ? readFileSync(path) : undefined).toEqual(left)
  })

  test('is a chain of lines that is on disk when append resolves', async () => {
    const at = new Date('2026-11-21T20:14:03.500Z')
    const ledger = makeLedger(makeHome(), { ...clock, now: () => at })
    const writer = await ledger.create()
    expect(writer.run).toMatch(/^20261121-201403-[0-9a-f]{4}$/)
    const first = await writer.append('plan', { when: at, none: undefined })
    const path = join(ledger.path, `${writer.run}.jsonl`)
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(first)
    expect(first).toEqual({
      seq: 0,
      at: at.toISOString(),
      type: 'plan',
      run: writer.run,
      data: { when: at.toISOString() },
      prev: firstPrev,
      hash: first.hash,
    })
    const second = await writer.append('consent', undefined, 'a/b/c')
    expect(second).toMatchObject({ seq: 1, prev: first.hash, goal: 'a/b/c', data: null })
    const { hash, ...rest } = second
    expect(hash).toBe(hashEntry(rest))
    await writer.close()
    expect(await ledger.read(writer.run)).toEqual({
      run: writer.run,
      entries: [first, second],
      chain: { state: 'intact' },
    })
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readdirSync(ledger.path)).toEqual([`${writer.run}.jsonl`])
  })

  test('the hash is over the canonical JSON, whatever the order of members', () => {
    const entry = { seq: 0, at: 'x', type: 'plan', run: 'r', prev: firstPrev } as const
    const a = hashEntry({ ...entry, data: { b: [1, { d: null, c: 'ü' }], a: true } })
    expect(hashEntry({ ...entry, data: { a: true, b: [1, { c: 'ü', d: null }] } })).toBe(a)
    // Worked out with: printf '%s%s' "$prev" "$json" | sha256sum
    expect(a).toBe('b3d0b0f5fdb0f467abd2bf7d97d2e0c1547f0025813792b799806865d310e6e1')
  })

  test('takes what many callers hand over at once, in their order', async () => {
    const ledger = makeLedger()
    const writer = await ledger.create()
    const data = Array.from({ length: 500 }, (_, i) => i)
    const entries = await Promise.all(data.map(i => writer.append('intent', { i })))
    expect(entries.map(entry => entry.seq)).toEqual(data)
    const follow = writer.append('outcome', {}).then(() => writer.append('proof', {}))
    expect((await follow).seq).toBe(501)
    await writer.close()
    const reading = await ledger.read(writer.run)
    expect(reading.chain).toEqual({ state: 'intact' })
    expect(reading.entries.map(entry => entry.seq)).toEqual([...data, 500, 501])
    expect(reading.entries.slice(0, 500).map(entry => entry.data)).toEqual(data.map(i => ({ i })))
  })

  test('closing waits for what was handed over; nothing is taken afterwards', async () => {
    const ledger = makeLedger()
    const writer = await ledger.create()
    const pending = [writer.append('plan', 1), writer.append('plan', 2)]
    await Promise.all([writer.close(), writer.close()])
    expect((await Promise.all(pending)).map(entry => entry.seq)).toEqual([0, 1])
    expect(await failureOf(writer.append('plan', 3))).toMatchObject({ kind: 'internal' })
    expect((await ledger.read('last')).entries).toHaveLength(2)
  })

  test('what is written is what was handed over, even if its owner changes it then', async () => {
    const writer = await makeLedger().create()
    const data = { state: 'before' }
    const pending = writer.append('plan', data)
    data.state = 'after'
    expect((await pending).data).toEqual({ state: 'before' })
    await writer.close()
  })

  test('secrets are taken out of texts, names, numbers and goals', async () => {
    rememberSecret('s3cr3t"quoted\\')
    rememberSecret('83920174')
    const ledger = makeLedger()
    const writer = await ledger.create()
    const text = 'Bearer s3cr3t"quoted\\ and a code 83920174'
    await writer.append('outcome', { text, 's3cr3t"quoted\\': [83920174, { deep: text }] }, 'a/83920174')
    await writer.close()
    const source = readFileSync(join(ledger.path, `${writer.run}.jsonl`), 'utf8')
    expect(source).not.toContain('s3cr3t')
    expect(source).not.toContain('83920174')
    expect(await ledger.read('last')).toMatchObject({
      chain: { state: 'intact' },
      entries: [{ goal: 'a/[secret]', data: { text: 'Bearer [secret] and a code [secret]' } }],
    })
  })

  test('goes on where it stopped', async () => {
    const ledger = makeLedger()
    const { run } = await writeRun(ledger)
    const writer = await ledger.open(run)
    expect((await writer.append('proof', {})).seq).toBe(3)
    await writer.close()
    const reading = await ledger.read(run)
    expect(reading.chain.state).toBe('intact')
    expect(reading.entries).toHaveLength(4)
  })
})

describe('finding a run', () => {
  test('ids sort by time, also within one second', async () => {
    let now = Date.parse('2026-11-21T20:14:03Z')
    const ledger = makeLedger(makeHome(), { ...clock, now: () => new Date(now) })
    const made: string[] = []
    for (let i = 0; i < 12; i++) {
      if (i === 8) now += 1_000
      const writer = await ledger.create()
      made.push(writer.run)
      await writer.append('plan', {})
      await writer.close()
    }
    expect(await ledger.list()).toEqual(made.toReversed())
    expect((await ledger.read('last')).run).toBe(made.at(-1))
  })

  test('by the beginning of its id; otherwise the nearest are named', async () => {
    let now = Date.parse('2026-11-21T20:14:03Z')
    const ledger = makeLedger(makeHome(), { ...clock, now: () => new Date(now) })
    expect(await ledger.list()).toEqual([])
    expect(await failureOf(ledger.read('last'))).toMatchObject({ kind: 'usage', message: 'There is no run yet.' })
    expect(await failureOf(ledger.open('2026'))).toMatchObject({ kind: 'usage', message: 'There is no run "2026".' })
    const { run: first } = await writeRun(ledger)
    now += 86_400_000
    const { run: second } = await writeRun(ledger)
    writeFileSync(join(ledger.path, 'notes.jsonl'), 'not a run')

    expect(await ledger.list()).toEqual([second, first])
    expect((await ledger.read('20261121')).run).toBe(first)
    expect((await ledger.read(second.slice(0, -1))).run).toBe(second)
    const twofold = await failureOf(ledger.read('202611'))
    expect(twofold).toMatchObject({ kind: 'usage', facts: { candidates: [second, first] } })
    const typo = await failureOf(ledger.read(`${first.slice(0, 9)}999999${first.slice(15)}`))
    expect(typo.hint).toMatch(new RegExp(`Did you mean "${first}"`))
    for (const text of ['', 'notes', '../../etc/passwd', `${first}.jsonl`]) {
      expect(await failureOf(ledger.read(text))).toMatchObject({ kind: 'usage' })
    }
  })
})

describe('a run that was cut off', () => {
  test.each([1, 20, 'all but its line feed'])('in its last line (%s bytes of it are left)', async left => {
    const ledger = makeLedger()
    const { run, path } = await writeRun(ledger)
    const text = readFileSync(path, 'utf8')
    const lastLine = text.trimEnd().split('\n').at(-1) ?? ''
    const whole = text.length - lastLine.length - 1
    truncateSync(path, whole + (typeof left === 'number' ? left : lastLine.length))

    const torn = await ledger.read(run)
    expect(torn.chain).toEqual({ state: 'torn' })
    expect(torn.entries).toHaveLength(2)
    expect(statSync(path).size).toBeGreaterThan(whole)
    const writer = await ledger.open(run)
    expect(statSync(path).size).toBe(whole)
    expect((await writer.append('outcome', { again: true })).seq).toBe(2)
    await writer.close()
    expect(await ledger.read(run)).toMatchObject({ chain: { state: 'intact' }, entries: [{}, {}, { seq: 2 }] })
  })

  test('before its first entry, or with zeros behind its last', async () => {
    const ledger = makeLedger()
    const begun = await ledger.create()
    await begun.close()
    expect(await ledger.list(), 'a run in which nothing was written down is none').toEqual([])
    expect(await ledger.has(begun.run)).toBe(false)
    const { run, path } = await writeRun(ledger)
    expect(await ledger.has(run)).toBe(true)
    appendFileSync(path, Buffer.alloc(512))
    expect((await ledger.read(run)).chain).toEqual({ state: 'torn' })
    await (await ledger.open(run)).close()
    expect((await ledger.read(run)).chain).toEqual({ state: 'intact' })
  })
})

describe('a run that was altered', () => {
  const tampering: [string, number, (lines: string[]) => string[]][] = [
    ['another value', 1, ([a = '', b = '', c = '']) => [a, b.replace('true', 'false'), c]],
    ['another value with a hash that fits it', 2, ([a = '', b = '', c = '']) => [a, rehash(b), c]],
    ['a line taken out', 1, ([a = '', , c = '']) => [a, c]],
    ['the first line taken out', 0, ([, b = '', c = '']) => [b, c]],
    ['two lines swapped', 1, ([a = '', b = '', c = '']) => [a, c, b]],
    ['a line twice', 3, ([a = '', b = '', c = '']) => [a, b, c, c]],
    ['a line that is not JSON', 0, ([, b = '', c = '']) => ['oh', b, c]],
    ['an empty line', 3, lines => [...lines, '']],
    ['spaces', 2, ([a = '', b = '', c = '']) => [a, b, c.replace('{', '{ ')]],
    ['a member twice', 1, ([a = '', b = '', c = '']) => [a, b.replace('"data":', '"data":{"send":false},"data":'), c]],
  ]
  function rehash(line: string): string {
    const { hash: _, ...entry } = JSON.parse(line.replace('true', 'false'))
    const { seq, at, type, run, goal, data, prev } = entry
    return JSON.stringify({ seq, at, type, run, goal, data, prev, hash: hashEntry(entry) })
  }

  test.each(tampering)('%s: is found from entry %i on, and not written to', async (_, seq, tamper) => {
    const ledger = makeLedger()
    const { run, path } = await writeRun(ledger)
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    const text = `${tamper(lines).join('\n')}\n`
    writeFileSync(path, text)
    const reading = await ledger.read(run)
    expect(reading.chain).toMatchObject({ state: 'altered', seq })
    expect(reading.entries).toHaveLength(seq)
    const error = await failureOf(ledger.open(run))
    expect(error).toMatchObject({ kind: 'storage', facts: { run, path, seq } })
    expect(error.message).toMatch(/was altered/)
    expect(readFileSync(path, 'utf8')).toBe(text)
    expect(await failureOf(ledger.open(run))).toMatchObject({ facts: { seq } })
  })

  test.each(['\n', 'oh', '{}', '{"seq":7', '{"seq":3,"at":"\u0001', ' ', '\0\0x'])(
    'bytes that no crash leaves behind its last line: %j',
    async foreign => {
      const ledger = makeLedger()
      const { run, path } = await writeRun(ledger)
      appendFileSync(path, foreign)
      const reading = await ledger.read(run)
      expect(reading.chain).toEqual({ state: 'altered', seq: 3 })
      expect(reading.entries).toHaveLength(3)
      expect(() => requireSound(reading)).toThrow(/was altered: entry 3/)
      expect(await failureOf(ledger.open(run))).toMatchObject({ kind: 'storage', facts: { seq: 3 } })
    },
  )

  test('a line of another run that lacks only its line feed', async () => {
    const ledger = makeLedger()
    const { run, path } = await writeRun(ledger)
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    writeFileSync(path, `${lines[0]}\n${lines[2]?.replace('"seq":2', '"seq":1')}`)
    expect((await ledger.read(run)).chain).toEqual({ state: 'altered', seq: 1 })
  })

  test('emptied: has its own word, and is not written to', async () => {
    const ledger = makeLedger()
    const { run, path } = await writeRun(ledger)
    truncateSync(path, 0)
    const reading = await ledger.read(run)
    expect(reading).toMatchObject({ entries: [], chain: { state: 'emptied' } })
    expect(checkLedger(reading.chain)).toEqual({ isSound: false, words: expect.stringMatching(/^EMPTIED/) })
    expect(await failureOf(ledger.open(run))).toMatchObject({ kind: 'storage', facts: { run, path, state: 'emptied' } })
  })

  test('under another run’s name', async () => {
    const ledger = makeLedger()
    const { run, path } = await writeRun(ledger)
    const other = `${run.slice(0, -4)}ffff`
    writeFileSync(join(ledger.path, `${other}.jsonl`), readFileSync(path))
    expect((await ledger.read(other)).chain).toEqual({ state: 'altered', seq: 0 })
  })
})

describe('the lock of a run', () => {
  test('holds off a second writer, and says who has it', async () => {
    const home = makeHome()
    const writer = await makeLedger(home).create()
    await writer.append('plan', {})
    const error = await failureOf(makeLedger(home).open(writer.run))
    expect(error).toMatchObject({ kind: 'busy', facts: { pid: process.pid } })
    expect(error.message).toMatch(
      new RegExp(`^Another k1ctl \\(process ${process.pid} on \\S+\\) is at work on run ${writer.run}, since \\d{4}-`),
    )
    await writer.close()
    await (await makeLedger(home).open(writer.run)).close()
  })

  const minuteAgo = new Date(Date.now() - 60_000).toISOString()
  const left: [string, string, boolean][] = [
    ['a dead process', JSON.stringify({ pid: deadId, host: hostname(), since: minuteAgo }), true],
    [
      'a process that had our id before',
      JSON.stringify({ pid: process.pid, host: hostname(), since: minuteAgo }),
      true,
    ],
    ['a process on another machine', JSON.stringify({ pid: deadId, host: 'elsewhere', since: minuteAgo }), false],
    ['a living process', JSON.stringify({ pid: process.ppid, host: hostname(), since: minuteAgo }), false],
  ]
  test.each(left)('left by %s: %j, is taken over: %s', async (_, text, takenOver) => {
    const ledger = makeLedger()
    const { run } = await writeRun(ledger)
    const lock = join(ledger.path, `${run}.lock`)
    writeFileSync(lock, text)
    if (takenOver) {
      await (await ledger.open(run)).close()
      expect(statSync(lock, { throwIfNoEntry: false })).toBeUndefined()
    } else {
      const error = await failureOf(ledger.open(run))
      expect(error).toMatchObject({ kind: 'busy', facts: { since: minuteAgo } })
      expect(readFileSync(lock, 'utf8')).toBe(text)
    }
  })
})

test('a file where the folder of runs should be is a storage error', async () => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'state'), '')
  const ledger = makeLedger(homeIn(folder))
  expect(await failureOf(ledger.create())).toMatchObject({ kind: 'storage' })
  expect(await failureOf(ledger.list())).toMatchObject({ kind: 'storage', facts: { code: 'ENOTDIR' } })
})

test('the order of runs is that of their creation, also after the clock was set back', async () => {
  const home = makeHome()
  const runs: string[] = []
  for (const time of ['2027-12-31T23:59:59.000Z', '2026-11-29T07:00:00.000Z', '2026-11-29T06:00:00.000Z']) {
    const ledger = openLedger({ home, processes, clock: { ...clock, now: () => new Date(time) } })
    const writer = await ledger.create()
    await writer.append('plan', {})
    await writer.close()
    runs.unshift(writer.run)
    expect(await ledger.list()).toEqual(runs)
    expect((await ledger.read('last')).run).toBe(writer.run)
  }
  const full = `${runs[0]?.slice(0, 16)}ffff`
  writeFileSync(join(home.state, 'runs', `${full}.jsonl`), '')
  const ledger = openLedger({ home, processes, clock })
  expect((await ledger.create()).run).toMatch(/^20280101-000000-/)
})

test('sixteen runs begun in one second, by several, each get an id of their own', async () => {
  const home = makeHome()
  const made = await Promise.all(Array.from({ length: 16 }, () => makeLedger(home).create()))
  expect(new Set(made.map(writer => writer.run)).size).toBe(16)
  for (const writer of made) await writer.close()
  expect(readdirSync(join(home.state, 'runs'))).toEqual([])
})

test.skipIf(process.platform === 'win32')(
  'a pipe in the folder of runs is no run, and nothing waits for it',
  async () => {
    const ledger = makeLedger()
    const { run } = await writeRun(ledger)
    const pipe = `${run.slice(0, -4)}ffff`
    execFileSync('mkfifo', [join(ledger.path, `${pipe}.jsonl`)])
    for (const work of [() => ledger.read(pipe), () => ledger.open(pipe)]) {
      expect(await failureOf(work())).toMatchObject({ kind: 'storage', message: expect.stringContaining('a pipe') })
    }
  },
)
