import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openConfig } from '../../src/store/config-store.ts'
import { bundleChild, failureOf, makeFolder, makeHome, processes, startChild } from './ground.ts'

let folder: string
let program: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'k1ctl-child-'))
  program = await bundleChild(folder)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('processes that write at once lose nothing of each other', { timeout: 60_000 }, async () => {
  const home = makeHome()
  const children = ['a', 'b', 'c'].map(name => startChild(program, ['add-tenants', home.config, name, '30']))
  const ends = await Promise.all(children.map(child => child.ended))
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0])
  const names = (await openConfig(home, processes)).tenants().map(tenant => tenant.name)
  expect(names).toHaveLength(90)
  expect(new Set(names)).toEqual(new Set(children.flatMap(child => child.lines)))
})

test('a process that is killed takes nothing with it that it had promised', { timeout: 60_000 }, async () => {
  const home = makeHome()
  const promised: string[] = []
  for (let round = 0; round < 5; round++) {
    const child = startChild(program, ['add-tenants', home.config, `r${round}`, '10000'])
    const other = startChild(program, ['add-tenants', home.config, `o${round}`, '15'])
    await child.next()
    await new Promise(resolve => setTimeout(resolve, 20 + round * 37))
    child.process.kill('SIGKILL')
    expect((await child.ended).signal).toBe('SIGKILL')
    expect((await other.ended).code).toBe(0)
    promised.push(...child.lines, ...other.lines)
    const names = (await openConfig(home, processes)).tenants().map(tenant => tenant.name)
    expect(new Set(names).size).toBe(names.length)
    expect(names).toEqual(expect.arrayContaining(promised))
  }
})

test('a lock is respected while its process lives, and taken over when it is killed', { timeout: 30_000 }, async () => {
  const home = makeHome()
  const config = await openConfig(home, processes)
  const holder = startChild(program, ['hold-config', home.config])
  expect(await holder.next()).toBe('held')
  const error = await failureOf(config.addTenant({ name: 'Northwind', domains: [] }))
  expect(error).toMatchObject({ kind: 'busy', facts: { pid: holder.process.pid } })
  expect(error.message).toMatch(/^Another k1ctl \(process \d+ on \S+\) is at work on .*config\.json, since /)
  holder.process.kill('SIGKILL')
  await holder.ended
  await config.addTenant({ name: 'Contoso', domains: [] })
  expect((await openConfig(home, processes)).tenants().map(tenant => tenant.name)).toEqual(['Contoso'])
})

test('a folder that may not be written to is a storage error, at once', async ctx => {
  if (process.platform === 'win32') ctx.skip('Windows folders have no such right')
  // The superuser may write anywhere, so then it is done as somebody else ("nobody", on most systems).
  const somebody = process.getuid?.() === 0 ? { uid: 65534 } : {}
  const { status } = spawnSync(process.execPath, ['-e', '0'], somebody)
  if (status !== 0) ctx.skip('this Node lies where nobody else may run it')
  const open = makeFolder()
  const closed = join(open, 'closed')
  mkdirSync(closed)
  for (const path of [folder, open]) chmodSync(path, 0o755)
  chmodSync(closed, 0o555)
  const child = startChild(program, ['add-tenants', closed, 'a'], somebody)
  const began = performance.now()
  await child.ended
  expect(performance.now() - began).toBeLessThan(3_000)
  expect(child.lines).toHaveLength(1)
  expect(JSON.parse(child.lines[0] ?? '')).toEqual({ kind: 'storage', facts: { code: 'EACCES' } })
})
