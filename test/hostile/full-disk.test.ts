import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type CommandSpec, type GroupSpec, isGroup } from '../../src/cli/command.ts'
import { entries } from '../../src/cli/entries.ts'
import { openConfig } from '../../src/store/config-store.ts'
import { buildCommand, runBuilt, startShell } from '../process/built-command.ts'
import { homeIn, makeFolder, processes } from '../store/ground.ts'
import { storeCommands } from './store-commands.js'
import { excused, readers } from './unharmed.js'

const root = join(import.meta.dirname, '..', '..')

beforeAll(() => buildCommand(), 60_000)

/** A configuration of some 40 kB, as an MSP with many customers has. */
async function fill(home: string): Promise<string> {
  const config = await openConfig(homeIn(home), processes)
  await config.change(draft => {
    for (let i = 0; i < 400; i++) draft.addTenant({ name: `Customer ${i}`, domains: [`customer-${i}.example`] })
  })
  return readFileSync(config.path, 'utf8')
}

const commands: string[][] = [
  ['tenant', 'add', 'Fabrikam'],
  ['tenant', 'use', 'Customer 7'],
  ['tenant', 'domains', 'add', 'Customer 7', 'more.example'],
  ['protect', 'add', 'glass@customer-7.example'],
]

describe('a real file system of 200 kB', () => {
  test.for([0, 1, 2, 8, 32])('with %i kB free: nothing is changed, and the exit code says so', async (free, ctx) => {
    const home = join(makeFolder(), 'home')
    mkdirSync(home)
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200k', 'tmpfs', home])
    if (mounted.status !== 0) ctx.skip('no file system can be mounted here')
    onTestFinished(() => void spawnSync('umount', ['-l', home]))
    const before = await fill(home)
    const { bavail, bsize } = statfsSync(home)
    writeFileSync(join(home, 'ballast'), Buffer.alloc(Math.max(0, bavail * bsize - free * 1024)))
    for (const words of commands) {
      const ran = await runBuilt(words, home)
      expect(ran.code, ran.stderr).toBe(1)
      expect(ran.stderr).toContain('the disk is full')
      expect(readFileSync(join(home, 'config.json'), 'utf8')).toBe(before)
      expect(readdirSync(home).sort()).toEqual(['ballast', 'config.json'])
    }
    rmSync(join(home, 'ballast'))
    expect((await runBuilt(['tenant', 'add', 'Fabrikam'], home)).code).toBe(0)
  })
})

test.skipIf(process.platform === 'win32').each([1, 8, 32])(
  'with a limit of %i kB on files: nothing is changed, and the exit code says so',
  async limit => {
    const home = makeFolder()
    const before = await fill(home)
    const ran = await startShell(`ulimit -f ${limit}; k1ctl tenant add Fabrikam`, home).ended
    expect(ran.code, ran.stderr).toBe(1)
    expect(ran.stderr).toContain('the file may not grow any further')
    expect(readFileSync(join(home, 'config.json'), 'utf8')).toBe(before)
    expect(readdirSync(home)).toEqual(['config.json'])
  },
)

describe('every command', () => {
  const [out, tenant, leaver] = ['/out', 'Contoso', 'amy@contoso.example']
  const points = storeCommands({ connect: ['connect', 'graphus'], password: '' }, { out, tenant, leaver })
  const pointed = points.flatMap(({ words }) => (typeof words === 'function' ? [] : [words]))
  const read = readers({ out, tenant, leaver }).map(({ words }) => words)
  const isOf = (path: readonly string[]) => (words: readonly string[]) => path.every((word, at) => words[at] === word)
  const commands = (async () => {
    const loaded = await Promise.all(entries.map(async ({ load }) => load()))
    return loaded.flatMap(spec => commandsOf(spec, []))
  })()

  test('writes in a point, or is seen to write nothing, or is excused with a reason', async () => {
    const missing = (await commands).filter(
      ({ path }) => ![...pointed, ...read].some(isOf(path)) && excused[path.join(' ')] === undefined,
    )
    expect(missing.map(({ path }) => path.join(' '))).toEqual([])
  })

  test('that takes the name of a file to write is in a point with that option', async () => {
    const files = (await commands).flatMap(({ path, spec }) =>
      (spec.options ?? []).flatMap(({ flags }) => {
        const [, flag = ''] = /(--(?:to|save-plan|folder)) </.exec(flags) ?? []
        return flag === '' ? [] : [{ path, flag }]
      }),
    )
    expect(files.length).toBeGreaterThan(6)
    const missing = files.filter(
      ({ path, flag }) =>
        !pointed.some(words => isOf(path)(words) && words.includes(flag)) && excused[path.join(' ')] === undefined,
    )
    expect(missing).toEqual([])
  })

  test('is excused only when there is one, with tests that exist', async () => {
    const names = (await commands).map(({ path }) => path.join(' '))
    for (const [name, why] of Object.entries(excused)) {
      expect(names).toContain(name)
      for (const [file] of why.matchAll(/test\/[\w/.-]+\.ts/g)) expect(existsSync(join(root, file)), file).toBe(true)
    }
  })
})

function commandsOf(spec: CommandSpec | GroupSpec, above: readonly string[]): { path: string[]; spec: CommandSpec }[] {
  const path = [...above, spec.name]
  if (!isGroup(spec)) return [{ path, spec }]
  const bare = spec.bare === undefined ? [] : [{ path, spec: spec.bare }]
  return [...bare, ...spec.commands.flatMap(one => commandsOf(one, path))]
}

const samples: Record<string, string> = { ci: '201', full: '100000' }

/** `HOSTILE=ci`: one point of each kind a command; `full`: all, some 5,000, for hours; the script itself: `--points N`. */
test('short writes, a full disk and kills at points of every command that writes', { timeout: 7_200_000 }, () => {
  const points = samples[process.env.HOSTILE ?? ''] ?? '12'
  const script = join(import.meta.dirname, 'full-disk.js')
  const { stdout, stderr } = spawnSync(process.execPath, [script, '--points', points], { encoding: 'utf8' })
  console.info(stdout.slice(stdout.lastIndexOf(' times short') - 4))
  const tried = points === samples.full ? '(\\d{4}) of \\1' : `${points} of \\d{3,}`
  expect(stdout + stderr).toMatch(new RegExp(`^${tried} points of \\d{2} commands of \\d{2} .* 0 wrong$`, 'm'))
})
