import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test, vi } from 'vitest'
import { exitCodeOf } from '../../src/core/exit.ts'
import type { Home } from '../../src/store/home.ts'
import { takeLock } from '../../src/store/lock.ts'
import { openLocks } from '../../src/store/locks.ts'
import { holdWriteLock } from '../../src/store/write-lock.ts'
import { bundleChild, clock, failureOf, makeHome, processes, sharedFolder, startChild } from './ground.ts'

const emma = { kind: 'person', tenant: 'Northwind Dental', name: 'emma.suzuki@northwind-dental.example' } as const
const by = { run: '20261129-070000-0001', operator: 'amy@desk' }
const folder = sharedFolder()
let program: string
beforeAll(async () => {
  program = await bundleChild(folder)
})

const filesOf = (home: Home): string[] => readdirSync(join(home.state, 'locks'))
const open = (home: Home) => openLocks({ home, clock, processes })

test('one at a time: the second is told who, where, in which run and since when', async () => {
  const home = makeHome()
  const locks = open(home)
  const answer = await locks.hold(emma, by, async still => {
    still()
    const other = { run: '20261129-070000-0002', operator: 'bob@desk' }
    const shout = { ...emma, tenant: 'NORTHWIND DENTAL', name: emma.name.toUpperCase() }
    const error = await failureOf(open(home).hold(shout, other, async () => 'got it'))
    expect(error).toMatchObject({
      kind: 'busy',
      facts: { operator: 'amy@desk', run: by.run, pid: process.pid, host: hostname() },
    })
    expect(exitCodeOf(error.kind)).toBe(3)
    expect(error.message).toMatch(
      /^amy@desk \(process \d+ on .+\) is at work on EMMA\.SUZUKI@\S+ in NORTHWIND DENTAL, in run 20261129-070000-0001, since 2\d{3}-\S+Z\.$/,
    )
    return await locks.hold({ ...emma, kind: 'module' }, by, async () => 'another subject is free')
  })
  expect(answer).toBe('another subject is free')
  expect(filesOf(home)).toEqual([])
})

test('several are held all or not at all, in one file, and each is missed where it is lost', async () => {
  const home = makeHome()
  const [bms, graphus, zoom] = ['bms 7', 'graphus 8', 'zoom 9'].map(name => ({ ...emma, name }))
  if (!bms || !graphus || !zoom) throw new Error('three are needed')
  await open(home).hold([bms, graphus, zoom], by, async still => {
    still()
    const inodes = filesOf(home).map(name => statSync(join(home.state, 'locks', name)).ino)
    expect(inodes).toHaveLength(3)
    expect(new Set(inodes).size).toBe(1)
    for (const one of [bms, graphus, zoom]) {
      expect(await failureOf(open(home).hold(one, by, async () => 'got it'))).toMatchObject({ kind: 'busy' })
    }
    const halfHeld = open(home).hold([emma, zoom], by, async () => 'got it')
    expect(await failureOf(halfHeld)).toMatchObject({ kind: 'busy' })
    expect(await open(home).hold(emma, by, async () => 'given back')).toBe('given back')
    rmSync(join(home.state, 'locks', filesOf(home)[1] ?? ''))
    expect(still).toThrow(/no longer holds/)
  })
  expect(filesOf(home)).toEqual([])
})

test('what is held beside another one is in its file, is missed where it is lost, and is given back by itself', async () => {
  const home = makeHome()
  const [bms, graphus] = ['bms 7', 'graphus 8'].map(name => ({ ...emma, name }))
  if (!bms || !graphus) throw new Error('two are needed')
  await open(home).hold(emma, by, async (still, beside) => {
    const [own = ''] = filesOf(home)
    await beside.hold([bms, graphus], by, async stillBeside => {
      stillBeside()
      const inodes = filesOf(home).map(name => statSync(join(home.state, 'locks', name)).ino)
      expect(inodes).toHaveLength(3)
      expect(new Set(inodes).size).toBe(1)
      expect(await failureOf(open(home).hold(bms, by, async () => 'got it'))).toMatchObject({ kind: 'busy' })
      rmSync(join(home.state, 'locks', filesOf(home).find(name => name !== own) ?? ''))
      expect(stillBeside).toThrow(/no longer holds/)
      still()
    })
    expect(filesOf(home)).toEqual([own])
    expect(await beside.hold(graphus, by, async () => 'again')).toBe('again')
    still()
  })
  expect(filesOf(home)).toEqual([])
})

test('a failure gives the subject back', async () => {
  const locks = open(makeHome())
  const failing = locks.hold(emma, by, async () => {
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await locks.hold(emma, by, async () => 'free')).toBe('free')
})

test('whoever was killed loses it, at once; whoever lives does not, though it shows no life', async () => {
  const home = makeHome()
  const child = startChild(program, ['hold-subject', home.config, emma.name])
  expect(await child.next()).toBe('held')
  child.process.kill('SIGSTOP')
  expect(await failureOf(open(home).hold(emma, by, async () => 'got it'))).toMatchObject({ kind: 'busy' })
  child.process.kill('SIGKILL')
  await child.ended
  const began = performance.now()
  expect(await open(home).hold(emma, by, async () => 'got it')).toBe('got it')
  expect(performance.now() - began).toBeLessThan(1_000)
  expect(filesOf(home)).toEqual([])
})

test('of many that find it dead, one gets it', { timeout: 60_000 }, async () => {
  const home = makeHome()
  for (let round = 0; round < 5; round++) {
    const dead = startChild(program, ['hold-subject', home.config, emma.name])
    await dead.next()
    dead.process.kill('SIGKILL')
    await dead.ended
    const crowd = Array.from({ length: 6 }, () => startChild(program, ['hold-subject', home.config, emma.name]))
    const said = await Promise.all(crowd.map(child => child.next()))
    expect(said.filter(line => line === 'held')).toHaveLength(1)
    for (const child of crowd) child.process.kill('SIGKILL')
    await Promise.all(crowd.map(child => child.ended))
  }
})

test.each([
  ['another boot', { boot: 'another' }],
  ['another container', { space: 'pid:[1]' }],
])('a holder under %s keeps it while it renews, whatever the clocks say', async (_, change) => {
  const home = makeHome()
  const file = await foreignLock(home, change)
  let count = 0
  const renewing = setInterval(() => writeFileSync(file.path, file.text({ renewed: String(++count) })), 100)
  try {
    expect(await failureOf(open(home).hold(emma, by, async () => 'got it'))).toMatchObject({ kind: 'busy' })
  } finally {
    clearInterval(renewing)
  }
})

test('a holder elsewhere that shows no life for long loses it, and notices before it writes', async () => {
  const home = makeHome()
  const { path } = await foreignLock(home, { space: 'pid:[1]', since: '2031-01-01T00:00:00.000Z' })
  // Only the steady clock is asked; so that the test need not take 20 s, it goes 40 times as fast here.
  const began = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(
    () => began + (process.hrtime()[0] * 1e3 + process.hrtime()[1] / 1e6) * 40,
  )
  expect(await open(home).hold(emma, by, async () => filesOf(home))).toHaveLength(2)
  expect(filesOf(home)).toEqual([])
  expect(readdirSync(join(path, '..'))).toEqual([])
})

test('whoever lost it may write no more', async () => {
  const home = makeHome()
  const error = await failureOf(
    open(home).hold(emma, by, async still => {
      still()
      const [name = ''] = filesOf(home)
      const path = join(home.state, 'locks', name)
      const { token, ...rest } = JSON.parse(readFileSync(path, 'utf8'))
      // As another process leaves it that thought this one dead.
      writeFileSync(`${path}.${token}`, JSON.stringify({ ...rest, token: '0123456789abcdef', pid: 77, host: 'other' }))
      still()
    }),
  )
  expect(error).toMatchObject({ kind: 'busy', facts: { pid: 77, host: 'other' } })
  expect(error.message).toContain('process 77 on other has taken it over')
})

test('another file of that name is missed; the same one put back from a copy is not', async () => {
  const home = makeHome()
  await open(home).hold(emma, by, async still => {
    const [name = ''] = filesOf(home)
    const path = join(home.state, 'locks', name)
    const source = readFileSync(path, 'utf8')
    const { ino } = statSync(path)
    rmSync(path)
    writeFileSync(path, source)
    expect(statSync(path).ino).not.toBe(ino)
    still()
    rmSync(path)
    writeFileSync(path, source.replace(/"token":"[0-9a-f]{16}"/, '"token":"0123456789abcdef"'))
    expect(still).toThrow(/no longer holds/)
  })
})

test('a torn file holds nothing for ever', async () => {
  const home = makeHome()
  const path = join(home.config, 'old.lock')
  writeFileSync(path, '{"token":"01234')
  const began = performance.now()
  vi.spyOn(performance, 'now').mockImplementation(
    () => began + (process.hrtime()[0] * 1e3 + process.hrtime()[1] / 1e6) * 40,
  )
  const held = await takeLock({ path, about: { subject: 'it', since: new Date() }, processes })
  held.still()
  held.release()
  expect(readdirSync(home.config)).toEqual([])
})

test.each([
  [
    'a torn file',
    '{"token":"01234',
    /^Waiting for 20 seconds at most for it: of \S+old\.lock nobody can tell who left it\.$/,
  ],
  [
    'a process of another machine start',
    JSON.stringify({ token: '0123456789abcdef', pid: 77, host: 'desk-9', boot: 'x', since: 'x', operator: 'amy@desk' }),
    /^Waiting for 20 seconds at most for it: amy@desk \(process 77 on desk-9\) holds it, and nobody can tell from here/,
  ],
])(
  'of %s is told within a second what is waited for, who holds it and how long at most',
  async (_, source, sentence) => {
    const home = makeHome()
    const path = join(home.config, 'old.lock')
    writeFileSync(path, source)
    const told: { line: string; after: number }[] = []
    const began = performance.now()
    const tell = (line: string): void => {
      told.push({ line, after: performance.now() - began })
      // Somebody removes it: the wait is over.
      rmSync(path)
    }
    const held = await takeLock({
      path,
      about: { subject: 'it', since: new Date() },
      processes: { ...processes, tell },
    })
    held.release()
    expect(told).toEqual([{ line: expect.stringMatching(sentence), after: expect.any(Number) }])
    expect(told[0]?.after).toBeLessThan(1_000)
  },
)

test('of a living process that writes the same file it is told, too; of one that is quick nothing is said', async () => {
  const home = makeHome()
  const path = join(home.config, 'config.json')
  const told: string[] = []
  const telling = { ...processes, tell: (line: string) => void told.push(line) }
  const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
  let slow = holdWriteLock(path, processes, () => wait(100))
  await holdWriteLock(path, telling, () => undefined)
  await slow
  expect(told).toEqual([])
  slow = holdWriteLock(path, processes, () => wait(1_500))
  await holdWriteLock(path, telling, () => undefined)
  await slow
  expect(told).toEqual([
    expect.stringMatching(
      /^Waiting for 5 seconds at most for \S+config\.json: another k1ctl \(process \d+ on .+\) is at work on it\.$/,
    ),
  ])
})

/** The lock of emma as a living process elsewhere holds it. */
async function foreignLock(home: Home, change: Record<string, string>) {
  let source = ''
  let path = ''
  await open(home).hold(emma, by, async () => {
    const [name = ''] = filesOf(home)
    path = join(home.state, 'locks', name)
    source = readFileSync(path, 'utf8')
  })
  const text = (more: Record<string, string>): string => JSON.stringify({ ...JSON.parse(source), ...change, ...more })
  writeFileSync(path, text({}))
  return { path, text }
}
