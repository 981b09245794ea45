import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { openConfig } from '../../src/store/config-store.ts'
import { openPlainFile } from '../../src/store/plain-file.ts'
import { failureOf, makeFolder, makeHome, processes } from './ground.ts'

const us = { ...processes, ...(process.getuid ? { user: process.getuid() } : {}) }

describe.skipIf(process.platform === 'win32')('the plain secrets', () => {
  async function keptFile(): Promise<{ path: string; plain: ReturnType<typeof openPlainFile> }> {
    const path = join(makeFolder(), 'plain.json')
    const plain = openPlainFile(path, us)
    await plain.write('a/b', { password: 'P4ss' })
    return { path, plain }
  }

  test.each([0o666, 0o640, 0o604, 0o601])('with mode %o are refused, with the command that mends it', async mode => {
    const { path, plain } = await keptFile()
    // What was read before does not make it trusted.
    expect(await plain.read('a/b')).toEqual({ password: 'P4ss' })
    chmodSync(path, mode)
    for (const work of [() => plain.read('a/b'), () => plain.write('c/d', {}), () => plain.remove('a/b')]) {
      const error = await failureOf(work())
      expect(error).toMatchObject({ kind: 'storage', facts: { path, mode: mode.toString(8).padStart(4, '0') } })
      expect(error.hint).toContain(`chmod 600 ${path}`)
    }
    chmodSync(path, 0o600)
    expect(await plain.read('a/b')).toEqual({ password: 'P4ss' })
  })

  test('of another owner are refused', async ctx => {
    if (process.getuid?.() !== 0) ctx.skip('only the superuser may give a file away')
    const { path, plain } = await keptFile()
    await plain.read('a/b')
    chownSync(path, 65534, 65534)
    expect(await failureOf(plain.read('a/b'))).toMatchObject({ kind: 'storage', facts: { owner: 65534, user: 0 } })
  })

  test('what a killed process left of a new file goes with the next write, and with the last secret', async () => {
    const { path, plain } = await keptFile()
    for (const name of [`${path}.0123456789abcdef.new`, `${path}.new`]) writeFileSync(name, 'P4ss')
    await plain.write('c/d', { password: 'other' })
    expect(readdirSync(join(path, '..'))).toEqual(['plain.json'])
    writeFileSync(`${path}.0123456789abcdef.new`, 'P4ss')
    await plain.remove('a/b')
    await plain.remove('c/d')
    expect(readdirSync(join(path, '..'))).toEqual([])
  })
})

describe('the configuration', () => {
  test.skipIf(process.platform === 'win32')('a pipe in its place is a storage error, at once', async () => {
    const home = makeHome()
    execFileSync('mkfifo', [join(home.config, 'config.json')])
    const began = performance.now()
    expect(await failureOf(openConfig(home, processes))).toMatchObject({
      kind: 'storage',
      message: expect.stringContaining('a pipe'),
    })
    expect(performance.now() - began).toBeLessThan(1_000)
  })

  test('is replaced as a whole also with SNAP in the environment, as the library would not', async () => {
    vi.stubEnv('SNAP', '/snap/k1ctl/1')
    const home = makeHome()
    const config = await openConfig(home, processes)
    await config.addTenant({ name: 'Northwind', domains: [] })
    const before = statSync(config.path)
    await config.addTenant({ name: 'Contoso', domains: [] })
    expect(statSync(config.path).ino).not.toBe(before.ino)
    expect(before.mode & 0o777).toBe(0o600)
  })

  test.skipIf(process.platform === 'win32')(
    'that is a link stays one: the file itself is locked and replaced',
    async () => {
      const [there, home, other] = [makeHome(), makeHome(), makeHome()]
      const file = join(there.config, 'shared.json')
      writeFileSync(file, JSON.stringify({ version: 1, tenants: [], connections: [] }))
      for (const { config } of [home, other]) symlinkSync(file, join(config, 'config.json'))
      const both = await Promise.all([openConfig(home, processes), openConfig(other, processes)])
      await Promise.all(both.map((config, i) => config.addTenant({ name: `Customer ${i}`, domains: [] })))
      expect(lstatSync(join(home.config, 'config.json')).isSymbolicLink()).toBe(true)
      expect(JSON.parse(readFileSync(file, 'utf8')).tenants).toHaveLength(2)
      expect(readdirSync(there.config)).toEqual(['shared.json'])
    },
  )

  test.skipIf(process.platform === 'win32')('that is a link in a circle is said to be one', async () => {
    const home = makeHome()
    symlinkSync('config.json', join(home.config, 'config.json'))
    const error = await failureOf(openConfig(home, processes))
    expect(error).toMatchObject({ kind: 'storage', message: expect.stringContaining('a link there leads in a circle') })
  })

  test('a lock that was lost is noticed before the file is replaced', async () => {
    const home = makeHome()
    const config = await openConfig(home, processes)
    await config.addTenant({ name: 'Northwind', domains: [] })
    const before = readFileSync(config.path, 'utf8')
    const error = await failureOf(
      config.change(draft => {
        draft.addTenant({ name: 'Contoso', domains: [] })
        // As another process does that thought this one dead.
        const lock = `${config.path}.held`
        const { token, ...rest } = JSON.parse(readFileSync(lock, 'utf8'))
        writeFileSync(
          `${lock}.${token}`,
          JSON.stringify({ ...rest, token: '0123456789abcdef', pid: 77, host: 'other' }),
        )
      }),
    )
    expect(error).toMatchObject({ kind: 'busy', facts: { pid: 77 } })
    expect(readFileSync(config.path, 'utf8')).toBe(before)
    expect(readdirSync(home.config).filter(name => name.endsWith('.new'))).toEqual([])
  })

  test('what an older k1ctl left as its lock, whatever its time, blocks nobody', async () => {
    const home = makeHome()
    mkdirSync(join(home.config, 'config.json.lock'))
    const config = await openConfig(home, processes)
    await config.addTenant({ name: 'Northwind', domains: [] })
    expect(config.tenants()).toHaveLength(1)
  })
})
