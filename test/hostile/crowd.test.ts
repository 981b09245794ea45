import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { openConfig } from '../../src/store/config-store.ts'
import { buildCommand, runBuilt } from '../process/built-command.ts'
import { bundleChild, makeHome, processes, sharedFolder, startChild } from '../store/ground.ts'

/** `npm test` runs a sample, CI a crowd with few changes (`HOSTILE=ci`), `HOSTILE=full` all of it. */
const sizes: Record<string, readonly [number, number]> = { ci: [16, 10], full: [16, 50] }
const [crowd, changes] = sizes[process.env.HOSTILE ?? ''] ?? [4, 6]
const patience = 60_000 + crowd * changes * 2_000

const folder = sharedFolder()
let program: string
beforeAll(async () => {
  program = await bundleChild(folder)
})

/** In a PID namespace of its own, where its id means nothing to the others. */
const unshare = ['unshare', '-pf', '--mount-proc', '--kill-child'] as const
const mayUnshare = spawnSync(unshare[0], [...unshare.slice(1), 'true']).status === 0

const cases: [string, { ahead?: true; apart?: true }][] = [
  ['one clock', {}],
  ['half of them 400 days ahead', { ahead: true }],
  ['half of them in another PID namespace', { apart: true }],
  ['each second one in a PID namespace of its own, each third 400 days ahead', { ahead: true, apart: true }],
]

describe(`${crowd} processes, ${changes} changes each on tenants, domains, protected people and connections`, () => {
  test.for(cases)('%s: nothing is lost', { timeout: patience }, async ([, how], ctx) => {
    if (how.apart && !mayUnshare) ctx.skip('no PID namespace can be made here')
    const home = makeHome()
    await (await openConfig(home, processes)).addTenant({ name: 'Northwind Dental', domains: [] })
    const children = Array.from({ length: crowd }, (_, i) =>
      startChild(program, ['join-crowd', home.config, `p${i}`, String(changes)], {
        env: { ...process.env, ...(how.ahead && i % (how.apart ? 3 : 2) === 0 ? { TRIAL_DAYS_AHEAD: '400' } : {}) },
        through: how.apart && i % 2 === 1 ? unshare : [],
      }),
    )
    const ends = await Promise.all(children.map(child => child.ended))
    expect(ends.map(({ code }) => code)).toEqual(children.map(() => 0))
    const expected = Array.from({ length: crowd }, (_, i) =>
      Array.from({ length: changes }, (_, n) => `p${i}-${n}`),
    ).flat()
    expect(children.flatMap(child => child.lines).sort()).toEqual([...expected].sort())
    const config = await openConfig(home, processes)
    const sorted = (names: readonly string[]): string[] => [...names].sort()
    expect(sorted(config.tenants().map(t => t.name))).toEqual(sorted(['Northwind Dental', ...expected]))
    expect(sorted(config.tenant('Northwind Dental')?.domains ?? [])).toEqual(
      sorted(expected.map(id => `${id}.example`)),
    )
    expect(sorted(config.protectedPeople().map(p => p.person))).toEqual(sorted(expected))
    expect(sorted(config.connections().map(c => c.tenant))).toEqual(sorted(expected))
    expect(readdirSync(home.config), 'no lock and no piece is left').toEqual(['config.json'])
  })
})

test('eight commands at once add a domain each to one tenant, and protect somebody', { timeout: 120_000 }, async () => {
  await buildCommand()
  const home = makeHome()
  await (await openConfig(home, processes)).addTenant({ name: 'Northwind', domains: [] })
  const numbers = Array.from({ length: 8 }, (_, i) => i)
  const ran = await Promise.all(
    numbers.flatMap(i => [
      runBuilt(['tenant', 'domains', 'add', 'Northwind', `d${i}.example`], home.config),
      runBuilt(['protect', 'add', `p${i}@d.example`], home.config),
    ]),
  )
  expect(ran.map(({ code }) => code)).toEqual(ran.map(() => 0))
  const config = await openConfig(home, processes)
  expect([...(config.tenant('Northwind')?.domains ?? [])].sort()).toEqual(numbers.map(i => `d${i}.example`))
  expect(config.protectedPeople()).toHaveLength(8)
})
