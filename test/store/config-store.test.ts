import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ConnectionRecord } from '../../src/core/stores.ts'
import { openConfig } from '../../src/store/config-store.ts'
import { takeLock } from '../../src/store/lock.ts'
import { holdWriteLock } from '../../src/store/write-lock.ts'
import { failureOf, homeIn, makeFolder, makeHome, processes } from './ground.ts'

const connection: ConnectionRecord = {
  tenant: 'northwind',
  system: 'bms',
  settings: { host: 'https://bms.example' },
  secretRef: 'northwind/bms',
  secretFields: ['password'],
  place: 'sealed',
  as: 'amy',
  connectedAt: '2026-11-21T20:14:03.000Z',
}

describe('tenants and connections', () => {
  test('what was written is there for the next process, for this user alone', async () => {
    const home = homeIn(join(makeFolder(), 'not', 'there', 'yet'))
    const config = await openConfig(home, processes)
    expect(config.tenants()).toEqual([])
    expect(config.current()).toBeUndefined()
    await config.addTenant({ name: ' Northwind ', domains: ['Northwind.EXAMPLE', 'northwind.example'] })
    await config.connect(connection)
    await config.use('NORTHWIND')

    const next = await openConfig(home, processes)
    expect(next.tenants()).toEqual([{ name: 'Northwind', domains: ['northwind.example'] }])
    expect(next.current()).toBe('Northwind')
    expect(next.connection('northWIND', 'bms')).toEqual({ ...connection, tenant: 'Northwind' })
    if (process.platform !== 'win32') {
      expect(statSync(next.path).mode & 0o777).toBe(0o600)
      expect(statSync(home.config).mode & 0o777).toBe(0o700)
    }
  })

  test('what is handed out is whole, and changing it changes nothing that is kept', async () => {
    const config = await openConfig(makeHome(), processes)
    await config.addTenant({ name: 'northwind', domains: [] })
    const kept = { ...connection, at: 'Northwind', command: ['vault', 'read'] }
    await config.connect(kept)
    const got = config.connection('northwind', 'bms')
    expect(got).toEqual(kept)
    if (got) Object.assign(got.settings, { host: 'https://elsewhere.example' })
    got?.secretFields.push('other')
    got?.command?.push('other')
    expect(config.connection('northwind', 'bms')).toEqual(kept)
  })

  test('a file that others could read is closed to them by the next write', async () => {
    const home = makeHome()
    const path = join(home.config, 'config.json')
    writeFileSync(path, JSON.stringify({ version: 1, tenants: [], connections: [] }), { mode: 0o644 })
    await (await openConfig(home, processes)).addTenant({ name: 'Northwind', domains: [] })
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('renaming moves connections and the selection; removing takes them away', async () => {
    const config = await openConfig(makeHome(), processes)
    await config.addTenant({ name: 'Northwind', domains: [] })
    await config.addTenant({ name: 'Contoso', domains: [] })
    await config.connect(connection, { ...connection, tenant: 'Contoso' })
    await config.use('Northwind')

    await config.updateTenant('northwind', { name: 'Northwind Traders', domains: ['nw.example'] })
    expect(config.current()).toBe('Northwind Traders')
    expect(config.connections('Northwind Traders')).toHaveLength(1)
    expect(config.connections('Northwind')).toHaveLength(0)
    expect(config.tenant('northwind traders')?.domains).toEqual(['nw.example'])
    await config.updateTenant('Northwind Traders', { name: 'NORTHWIND TRADERS' })
    expect(config.current()).toBe('NORTHWIND TRADERS')

    await config.removeTenant('northwind traders')
    expect(config.current()).toBeUndefined()
    expect(config.connections().map(known => known.tenant)).toEqual(['Contoso'])
    await config.use('Contoso')
    await config.disconnect('contoso', 'bms')
    expect(config.connections()).toEqual([])
    expect(config.current()).toBe('Contoso')
  })

  test('connecting again replaces', async () => {
    const config = await openConfig(makeHome(), processes)
    await config.addTenant({ name: 'Northwind', domains: [] })
    await config.connect(connection)
    const { secretRef: _, ...bare } = connection
    await config.connect({ ...bare, place: 'environment', as: 'ben' })
    expect(config.connections()).toEqual([{ ...bare, tenant: 'Northwind', place: 'environment', as: 'ben' }])
  })

  test('what a caller does to an answer stays outside', async () => {
    const config = await openConfig(makeHome(), processes)
    await config.addTenant({ name: 'Northwind', domains: ['a.example'] })
    config.tenants()[0]?.domains.push('evil.example')
    config.tenant('Northwind')?.domains.push('evil.example')
    expect(config.tenants()).toEqual([{ name: 'Northwind', domains: ['a.example'] }])
  })

  test('a taken, empty or unknown name is a usage error, and the nearest is named', async () => {
    const config = await openConfig(makeHome(), processes)
    const empty = await failureOf(config.use('Northwind'))
    expect(empty).toMatchObject({ kind: 'usage', message: 'There is no tenant "Northwind".' })
    await config.addTenant({ name: 'Northwind', domains: [] })
    await config.addTenant({ name: 'Contoso', domains: [] })
    const before = readFileSync(config.path, 'utf8')

    expect(await failureOf(config.addTenant({ name: 'NORTHWIND', domains: [] }))).toMatchObject({ kind: 'usage' })
    expect(await failureOf(config.addTenant({ name: '  ', domains: [] }))).toMatchObject({ kind: 'usage' })
    expect(await failureOf(config.addTenant({ name: 'a\u001b[2J', domains: [] }))).toMatchObject({ kind: 'usage' })
    expect(await failureOf(config.updateTenant('Contoso', { name: 'northwind' }))).toMatchObject({ kind: 'usage' })
    const unknown = await failureOf(config.use('Nortwhind'))
    expect(unknown).toMatchObject({ kind: 'usage', hint: 'Did you mean "Northwind"?' })
    expect(await failureOf(config.removeTenant('Nobody At All'))).toMatchObject({
      hint: 'There are: Northwind, Contoso.',
    })
    expect(await failureOf(config.connect({ ...connection, tenant: 'x' }))).toMatchObject({ kind: 'usage' })
    expect(await failureOf(config.disconnect('Contoso', 'bms'))).toMatchObject({ kind: 'usage' })
    expect(readFileSync(config.path, 'utf8')).toBe(before)
  })

  test('changes that are asked for at once all happen', async () => {
    const home = makeHome()
    const [one, two] = [await openConfig(home, processes), await openConfig(home, processes)]
    const names = Array.from({ length: 20 }, (_, i) => `T${i}`)
    await Promise.all(names.map((name, i) => (i % 2 ? one : two).addTenant({ name, domains: [] })))
    const now = (await openConfig(home, processes)).tenants().map(tenant => tenant.name)
    expect(now.sort()).toEqual(names.sort())
  })
})

describe('a broken file', () => {
  const good = { version: 1, tenants: [{ name: 'Northwind', domains: [] }], connections: [] }
  const cases: [string, string, RegExp][] = [
    ['cut off', '{"version": 1,\n  "tenants": [', /is not valid JSON/],
    ['empty', '', /is not valid JSON/],
    ['a list', '[]', /is wrong at its top \(expected object\)/],
    [
      'a wrong member',
      JSON.stringify({ ...good, tenants: [{ name: 7, domains: [] }] }),
      /tenants\.0\.name \(expected s/,
    ],
    ['a missing member', JSON.stringify({ version: 1, tenants: [] }), /is wrong at connections \(expected array\)/],
    ['an unknown member', JSON.stringify({ ...good, tenant: 'x' }), /unknown member "tenant"/],
    [
      'a name twice',
      JSON.stringify({ ...good, tenants: [...good.tenants, { name: 'NORTHWIND', domains: [] }] }),
      /tenants\.1\.name/,
    ],
    [
      'a wrong place',
      JSON.stringify({ ...good, connections: [{ ...connection, place: 'attic' }] }),
      /connections\.0\.place/,
    ],
    ['a newer version', JSON.stringify({ version: 9 }), /newer k1ctl/],
  ]
  test.each(cases)('%s: is named, and left as it is', async (_, text, says) => {
    const home = makeHome()
    const path = join(home.config, 'config.json')
    writeFileSync(path, text)
    const error = await failureOf(openConfig(home, processes))
    expect(error.kind).toBe('storage')
    expect(error.message).toMatch(says)
    expect(error.message).toContain(path)
    expect(readFileSync(path, 'utf8')).toBe(text)
  })

  test('that breaks while k1ctl runs is not overwritten by the next change', async () => {
    const home = makeHome()
    const config = await openConfig(home, processes)
    await config.addTenant({ name: 'Northwind', domains: [] })
    writeFileSync(config.path, '{"version": 1,')
    const error = await failureOf(config.addTenant({ name: 'Contoso', domains: [] }))
    expect(error).toMatchObject({ kind: 'storage' })
    expect(error.message).toContain('is not valid JSON')
    expect(readFileSync(config.path, 'utf8')).toBe('{"version": 1,')
  })

  test('with the byte order mark that Notepad adds is read', async () => {
    const home = makeHome()
    writeFileSync(join(home.config, 'config.json'), `\uFEFF${JSON.stringify(good)}`)
    expect((await openConfig(home, processes)).tenants()).toHaveLength(1)
  })
})

describe('a folder that cannot be used', () => {
  test('a file where the folder should be', async () => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'file'), '')
    const error = await failureOf(openConfig(homeIn(join(folder, 'file')), processes))
    expect(error).toMatchObject({ kind: 'storage', facts: { code: 'ENOTDIR' } })
    expect(error.message).toMatch(/there is a file where a folder should be/)
  })

  test('a folder where the file should be', async () => {
    const home = makeHome()
    mkdirSync(join(home.config, 'config.json'))
    expect(await failureOf(openConfig(home, processes))).toMatchObject({ kind: 'storage', facts: { code: 'EISDIR' } })
  })

  test('reading creates nothing', async () => {
    const folder = makeFolder()
    const home = homeIn(join(folder, 'home'))
    expect((await openConfig(home, processes)).tenants()).toEqual([])
    expect(statSync(home.config, { throwIfNoEntry: false })).toBeUndefined()
  })
})

test('of several that find a dead lock at once, one at a time gets it', async () => {
  const folder = makeFolder()
  for (let round = 0; round < 20; round++) {
    const path = join(folder, `file-${round}`)
    // Of this process's id, and none of its locks.
    const dead = await takeLock({ path: `${path}.held`, about: { subject: path, since: new Date() }, processes })
    const left = readFileSync(`${path}.held`, 'utf8').replace(/"token":"./, '"token":"a')
    dead.release()
    writeFileSync(`${path}.held`, left)
    let inside = 0
    const work = async (): Promise<number> => {
      inside++
      await new Promise(resolve => setTimeout(resolve, 2))
      return inside--
    }
    const seen = await Promise.all(Array.from({ length: 4 }, () => holdWriteLock(path, processes, work)))
    expect(seen).toEqual([1, 1, 1, 1])
    expect(readdirSync(folder)).toEqual([])
  }
})
