import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { buildCommand, runBuilt } from './built-command.ts'

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround()
}, 60_000)
afterAll(() => ground.close())

const folders: string[] = []

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-home-'))
  folders.push(folder)
  return folder
}

function remove(folder: string): void {
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
}

/** A folder that goes when the test is over. */
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-home-'))
  onTestFinished(() => remove(folder))
  return folder
}

/** Homes that nothing can be written in. Root may write in a folder of mode 0555, so that one is not among them. */
const unusable: [string, () => string | null][] = [
  [
    'a file',
    () => {
      const file = join(makeFolder(), 'home')
      writeFileSync(file, 'not a folder')
      return file
    },
  ],
  [
    'below a file',
    () => {
      const file = join(makeFolder(), 'home')
      writeFileSync(file, 'not a folder')
      return join(file, 'deeper', 'down')
    },
  ],
  ['below /proc', () => (process.platform === 'linux' ? '/proc/k1ctl/home' : null)],
  [
    'a link to itself',
    () => {
      const link = join(makeFolder(), 'home')
      symlinkSync(link, link)
      return link
    },
  ],
  [
    'read-only',
    () => {
      if (process.getuid?.() === 0) return null
      const folder = makeFolder()
      chmodSync(folder, 0o555)
      return folder
    },
  ],
]

const homes = unusable.flatMap(([what, make]) => {
  const home = make()
  if (home === null) console.warn(`A home that is ${what} cannot be made here, and is left out.`)
  return home === null ? [] : [[what, home] as const]
})
afterAll(() => folders.forEach(remove))

// As long as the demo may take (test/cli/demo.test.ts). It makes a home of its own, so one of these is enough.
it('the demo works whatever the home is', { timeout: 60_000 }, async () => {
  const [, home] = homes[0] ?? []
  expect(home).toBeDefined()
  const { code, stderr } = await runBuilt(['demo', '--quiet'], newFolder(), { env: { K1CTL_HOME: home ?? '' } })
  expect(code, stderr).toBe(0)
})

describe.each(homes)('a home that is %s', (_, home) => {
  it.each([
    ['tenant add', ['tenant', 'add', 'Northwind']],
    ['sandbox start --connect', ['sandbox', 'start', '--connect']],
  ])('makes %s fail with one sentence: exit 1', async (_, words) => {
    const { code, stdout, stderr } = await runBuilt(words, newFolder(), { env: { K1CTL_HOME: home } })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^error: .+\n(hint: .+\n)?$/)
    expect(stderr).not.toMatch(/defect|Unexpected/)
  })

  it('does not keep help, the version or the systems from working', async () => {
    const all = [['--version'], ['--help'], ['help', 'secrets'], ['systems'], ['completion', 'bash']]
    const ended = await Promise.all(all.map(words => runBuilt(words, newFolder(), { env: { K1CTL_HOME: home } })))
    expect(all.map((words, at) => ({ words, code: ended[at]?.code }))).toEqual(all.map(words => ({ words, code: 0 })))
  })

  it('is what the doctor says: exit 3', async () => {
    const { code, stdout } = await runBuilt(['doctor', '--json'], newFolder(), { env: { K1CTL_HOME: home } })
    expect(code).toBe(3)
    expect(JSON.parse(stdout).some((c: { state: string }) => c.state === 'fail')).toBe(true)
  })
})

describe('a change', () => {
  it('is not begun when its ledger cannot be written', async () => {
    const state = join(ground.home, 'state')
    rmSync(state, { recursive: true, force: true })
    writeFileSync(state, 'a file in the way')
    try {
      const { code, stderr } = await runBuilt(['unified-login', 'enable', 'graphus', '--yes'], ground.home)
      expect(code).toBe(1)
      expect(stderr).toMatch(/^error: /m)
      expect(await ground.writes('graphus')).toEqual([])
    } finally {
      rmSync(state)
    }
  })
})

describe('a broken configuration', () => {
  it.each([
    ['no JSON', '{"version": 1, "tenants": ['],
    ['empty', ''],
    ['of another shape', '{"version": 1, "tenants": "all"}'],
    ['from the future', '{"version": 99, "tenants": [], "connections": []}'],
    ['binary', '\u0000\u0001\u0002'],
  ])('(%s) is named, and never overwritten', async (_, source) => {
    const home = newFolder()
    const file = join(home, 'config.json')
    writeFileSync(file, source)
    for (const words of [
      ['tenant', 'list'],
      ['tenant', 'add', 'Northwind'],
      ['connections'],
      ['status'],
      ['connect', 'bms'],
      ['sandbox', 'start', '--connect'],
    ]) {
      const { code, stdout, stderr } = await runBuilt(words, home)
      expect({ words, code, stdout }).toEqual({ words, code: 1, stdout: '' })
      expect(stderr).toContain(file)
      expect(stderr).not.toMatch(/defect|Unexpected/)
      expect(readFileSync(file, 'utf8')).toBe(source)
    }
    const doctor = await runBuilt(['doctor', '--json'], home)
    expect(doctor.code).toBe(3)
    const failed = JSON.parse(doctor.stdout).filter((c: { state: string }) => c.state === 'fail')
    expect(failed.map((c: { what: string }) => c.what)).toEqual(['configuration'])
    expect(readFileSync(file, 'utf8')).toBe(source)
  })
})

describe('several k1ctl at once', () => {
  it('lose no tenant of each other, and leave a file of this user alone', async () => {
    const home = newFolder()
    const names = Array.from({ length: 20 }, (_, n) => `Customer ${String(n).padStart(2, '0')}`)
    const runs = await Promise.all(names.map(name => runBuilt(['tenant', 'add', name], home)))
    expect(runs.map(r => ({ code: r.code, stderr: r.stderr }))).toEqual(
      names.map(name => ({ code: 0, stderr: expect.stringContaining(`Added ${name}.`) })),
    )
    const { stdout } = await runBuilt(['tenant', 'list', '--json'], home)
    expect(
      JSON.parse(stdout)
        .map((t: { name: string }) => t.name)
        .sort(),
    ).toEqual(names)
    expect(statSync(join(home, 'config.json')).mode & 0o777).toBe(0o600)
    expect(readdirSync(home).sort()).toEqual(['config.json'])
  }, 60_000)

  it('add one name once', async () => {
    const home = newFolder()
    const runs = await Promise.all([1, 2, 3, 4].map(() => runBuilt(['tenant', 'add', 'Northwind'], home)))
    expect(runs.map(r => r.code).sort()).toEqual([0, 2, 2, 2])
  })

  it('that remove and add at the same time agree in the end', async () => {
    const home = newFolder()
    for (const name of ['A', 'B', 'C', 'D']) await runBuilt(['tenant', 'add', name], home)
    await Promise.all([
      ...['A', 'B'].map(name => runBuilt(['tenant', 'remove', name, '--yes'], home)),
      ...['E', 'F'].map(name => runBuilt(['tenant', 'add', name], home)),
      runBuilt(['tenant', 'rename', 'C', 'Z'], home),
      runBuilt(['tenant', 'use', 'D'], home),
    ])
    const list = JSON.parse((await runBuilt(['tenant', 'list', '--json'], home)).stdout)
    expect(list.map((t: { name: string }) => t.name).sort()).toEqual(['D', 'E', 'F', 'Z'])
    expect(list.find((t: { current: boolean }) => t.current).name).toBe('D')
  })
})
