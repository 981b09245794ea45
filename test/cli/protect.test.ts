import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { openConfig } from '../../src/store/config-store.ts'
import { failureOf, homeIn, makeFolder, processes } from '../store/ground.ts'
import { type Ran, runIn } from './harness.ts'

let home: string
const k1ctl = (...words: string[]): Promise<Ran> => runIn(home, words)
const file = () => join(home, 'config.json')
const config = () => openConfig(homeIn(home), processes)

beforeEach(async () => {
  home = makeFolder()
  for (const name of ['Northwind', 'Contoso']) await (await config()).addTenant({ name, domains: [] })
})

describe('protect', () => {
  test('add, list, remove', async () => {
    expect((await k1ctl('protect', 'list')).stdout).toMatch(/^Nobody is protected\./)
    expect(await k1ctl('protect', 'add', ' Break-Glass@x.example ', '--reason', 'the way back in')).toMatchObject({
      code: 0,
      stderr:
        'Break-Glass@x.example is protected in every tenant.\n' +
        'Nothing is connected, so nobody was looked up. Kept as it was typed, and looked for again before each run.\n',
    })
    expect(await k1ctl('protect', 'add', 'svc-sync', '--tenant', 'northwind')).toMatchObject({ code: 0 })
    const { stdout } = await k1ctl('protect', 'list', '--json')
    expect(JSON.parse(stdout)).toEqual([
      { person: 'Break-Glass@x.example', tenant: null, reason: 'the way back in', accounts: [] },
      { person: 'svc-sync', tenant: 'Northwind', reason: null, accounts: [] },
    ])
    expect((await k1ctl('protect', 'list')).stdout).toMatch(/Break-Glass@x\.example +every tenant +the way back in/)
    expect(JSON.parse((await k1ctl('protect', 'list', '--tenant', 'Contoso', '--json')).stdout)).toHaveLength(1)

    expect(await k1ctl('protect', 'remove', 'BREAK-GLASS@x.example')).toMatchObject({ code: 0 })
    expect(JSON.parse((await k1ctl('protect', 'remove', 'svc-sync', '-t', 'Northwind', '--json')).stdout)).toEqual({
      person: 'svc-sync',
      tenant: 'Northwind',
      removed: true,
    })
    expect(JSON.parse((await k1ctl('protect', 'list', '--json')).stdout)).toEqual([])
  })

  test('adding again, ignoring case, replaces the reason', async () => {
    await k1ctl('protect', 'add', 'svc-sync', '--reason', 'one')
    await k1ctl('protect', 'add', 'SVC-sync', '--reason', 'two')
    const { stdout } = await k1ctl('protect', 'list', '--output', 'ndjson')
    expect(stdout).toBe('{"person":"SVC-sync","tenant":null,"reason":"two","accounts":[]}\n')
  })

  test.each([
    ['*@x.example', /is a pattern/],
    ['@x.example', /is a pattern/],
    ['a@x.example, b@x.example', /no e-mail or log-in of one person/],
    [' ', /no e-mail or log-in of one person/],
    ['mailto:amy@x.example', /hint: Name the bare e-mail: k1ctl protect add amy@x\.example/],
    ['amy\u200b@x.example', /cannot be seen.*\nhint: Type it anew: k1ctl protect add amy@x\.example/],
    ['Amy Pond', /looks like a name.*\nhint: Name the e-mail or the log-in/],
  ])('%j is refused', async (person, sentence) => {
    const { code, stderr } = await k1ctl('protect', 'add', person)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(sentence) })
    expect((await config()).protectedPeople()).toEqual([])
  })

  test('a tenant that does not exist is refused, with the names', async () => {
    const { code, stderr } = await k1ctl('protect', 'add', 'amy', '--tenant', 'Northwnd')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Northwind') })
  })

  test('removing from where nobody is protected says where they are', async () => {
    await k1ctl('protect', 'add', 'svc-sync', '--tenant', 'Northwind')
    expect(await k1ctl('protect', 'remove', 'svc-sync')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("k1ctl protect remove svc-sync --tenant 'Northwind'"),
    })
    expect(await k1ctl('protect', 'remove', 'nobody')).toMatchObject({ code: 2 })
    expect((await config()).protectedPeople()).toHaveLength(1)
  })
})

describe('protectedFor', () => {
  test('those of every tenant and its own, whose reason is the nearer one', async () => {
    const store = await config()
    await store.protect({ person: 'glass', reason: 'everywhere' })
    await store.protect({ person: 'GLASS', tenant: 'northwind', reason: 'here' })
    await store.protect({ person: 'sync', tenant: 'Contoso' })
    expect(store.protectedFor('NORTHWIND')).toEqual([{ person: 'GLASS', reason: 'here' }])
    expect(store.protectedFor('Contoso')).toEqual([
      { person: 'sync', reason: null },
      { person: 'glass', reason: 'everywhere' },
    ])
  })

  test('follows a tenant that is renamed, and goes with one that is removed', async () => {
    const store = await config()
    await store.protect({ person: 'glass' })
    await store.protect({ person: 'sync', tenant: 'Northwind' })
    await store.updateTenant('Northwind', { name: 'Northwind Dental' })
    expect(store.protectedPeople()[1]).toEqual({ person: 'sync', tenant: 'Northwind Dental' })
    await store.removeTenant('Northwind Dental')
    expect(store.protectedPeople()).toEqual([{ person: 'glass' }])
  })

  test('two processes at once lose nothing', async () => {
    const stores = await Promise.all([config(), config()])
    await Promise.all(
      stores.flatMap((store, s) => Array.from({ length: 5 }, (_, i) => store.protect({ person: `person${s}-${i}` }))),
    )
    expect((await config()).protectedPeople()).toHaveLength(10)
  })
})

describe('the file', () => {
  const version = () => JSON.parse(readFileSync(file(), 'utf8')).version

  test('of an older k1ctl stays valid, and stays of its version until somebody is protected', async () => {
    const older = { version: 1, tenants: [{ name: 'Northwind', domains: [] }], connections: [] }
    writeFileSync(file(), JSON.stringify(older))
    const store = await config()
    expect(store.protectedFor('Northwind')).toEqual([])
    await store.addTenant({ name: 'Fabrikam', domains: [] })
    expect(version()).toBe(1)
    await store.protect({ person: 'glass' })
    expect(version()).toBe(2)
    const known = { tenant: 'Northwind', system: 'bms', id: '7', words: ['glass', 'glass@x.example'] }
    await store.protect({ person: 'glass', accounts: [known] })
    expect(version()).toBe(4)
    // Found nowhere today: what was found before stays.
    await store.protect({ person: 'GLASS' })
    expect(store.protectedFor('Northwind')[0]).toMatchObject({ words: known.words, accounts: [{ id: '7' }] })
    expect(store.protectedFor('Fabrikam')[0]).toMatchObject({ words: ['glass@x.example'], accounts: [] })
    await store.unprotect('glass')
    expect(version()).toBe(1)
  })

  test('of a newer one is refused, and left as it is', async () => {
    const newer = JSON.stringify({ version: 99, tenants: [], connections: [], protected: [] })
    writeFileSync(file(), newer)
    expect(await failureOf(config())).toMatchObject({
      kind: 'storage',
      message: expect.stringContaining('newer k1ctl'),
    })
    expect(readFileSync(file(), 'utf8')).toBe(newer)
  })

  test('with a broken entry is refused, naming the member', async () => {
    const wrong = { version: 2, tenants: [], connections: [], protected: [{ person: '' }] }
    writeFileSync(file(), JSON.stringify(wrong))
    expect(await failureOf(config())).toMatchObject({ message: expect.stringContaining('protected.0.person') })
  })
})
