import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OrphanRow } from '../../src/cli/orphan-rows.ts'
import { openConfig } from '../../src/store/config-store.ts'
import { homeIn, processes } from '../store/ground.ts'
import { type Ground, openGround } from './harness.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround()
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const tenant = 'Northwind Dental'
const daniel = 'daniel.okafor@northwind-dental.example'

async function orphans(...words: string[]): Promise<{ code: number; rows: OrphanRow[]; stderr: string }> {
  const { code, stdout, stderr } = await ground.k1ctl(['orphans', ...words, '--json'])
  return { code, rows: JSON.parse(stdout), stderr }
}

const briefly = (rows: readonly OrphanRow[]) => rows.map(r => `${r.system} ${r.email} ${r.state}`)

describe('orphans', () => {
  test('an authority that hides who is active is said to, and nothing is cut from the list', async () => {
    const at = ['--tenant', 'Ironbridge Machining', '--authority', 'active-directory']
    const all = await orphans('scim:huddle', ...at)
    await ground.control('active-directory', 'quirks', {
      method: 'POST',
      body: JSON.stringify({ controlHidden: true }),
    })
    const blind = await orphans('scim:huddle', ...at)
    expect(blind.code).toBe(3)
    expect(blind.stderr).toMatch(/Whether \d+ accounts are active is not shown, so they count as active/)
    expect(blind.rows.filter(row => row.state === 'gone')).toEqual(all.rows.filter(row => row.state === 'gone'))
    expect(all.stderr).not.toContain('is not shown')
  })

  test('who is active in a system and disabled in KaseyaOne, with the command that ends it', async () => {
    const { code, rows, stderr } = await orphans('graphus')
    expect({ code, rows }).toEqual({
      code: 3,
      rows: [
        {
          tenant,
          system: 'graphus',
          login: daniel,
          email: daniel,
          name: 'Daniel Okafor',
          authority: 'kaseyaone',
          state: 'disabled',
          next: `k1ctl offboard ${daniel} --only graphus --tenant 'Northwind Dental'`,
        },
      ],
    })
    expect(stderr).toBe('')
  })

  test('reads only', async () => {
    await orphans()
    for (const system of Object.keys(ground.sandbox.systems)) expect(await ground.writes(system)).toEqual([])
  })

  test('the account that k1ctl itself signs in with is no orphan', async () => {
    const { rows, stderr } = await orphans('bms')
    expect(briefly(rows)).toEqual([`bms ${daniel} disabled`])
    expect(stderr).toContain('Left out because k1ctl itself signs in with them: 1')
  })

  test('protected people are left out, and counted; none left is exit 0', async () => {
    await ground.k1ctl(['protect', 'add', daniel.toUpperCase()])
    const { code, rows, stderr } = await orphans('graphus')
    expect({ code, rows }).toEqual({ code: 0, rows: [] })
    expect(stderr).toContain('Left out because they are protected: 1')
    const table = await ground.k1ctl(['orphans', 'graphus'])
    expect(table.stdout).toBe('No orphan was found.\n')
  })

  test('all that are connected, also one of several of a kind; what is not connected is said', async () => {
    const config = await openConfig(homeIn(ground.home), processes)
    await config.disconnect(tenant, 'graphus')
    const { rows, stderr } = await orphans()
    expect(new Set(rows.map(r => r.system))).toEqual(new Set(['bms', 'scim:huddle']))
    expect(stderr).toContain('Not connected, so not looked at: Northwind Dental · Graphus')
    const named = await ground.k1ctl(['orphans', 'graphus'])
    expect(named).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('Graphus is not connected for Northwind Dental'),
    })
  })

  test('another authority', async () => {
    const { rows } = await orphans('kaseyaone', '--authority', 'scim:huddle')
    expect(new Set(rows.map(r => `${r.system} ${r.authority}`))).toEqual(new Set(['kaseyaone scim:huddle']))
  })

  test('a system that does not answer is said, the others are compared, exit 3', async () => {
    await ground.k1ctl(['protect', 'add', daniel])
    await ground.fault('graphus', { path: '/Users', status: 500, times: 50 })
    const { code, rows, stderr } = await orphans('graphus', 'bms', '--timeout', '3')
    expect({ code, rows }).toEqual({ code: 3, rows: [] })
    expect(stderr).toMatch(/! Northwind Dental · Graphus: /)
  })

  test('an authority that does not answer is an error: nobody is an orphan then', async () => {
    await ground.fault('kaseyaone', { path: '/Users', status: 500, times: 50 })
    const { code, stdout } = await ground.k1ctl(['orphans', '--timeout', '3'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  })

  test('all tenants, those without the authority said', async () => {
    const config = await openConfig(homeIn(ground.home), processes)
    const others = config.tenants().filter(t => t.name !== tenant)
    expect(others.length).toBeGreaterThan(0)
    for (const { name } of others) await config.disconnect(name, 'kaseyaone')
    const { code, rows, stderr } = await orphans('--all-tenants')
    expect(code).toBe(3)
    expect(new Set(rows.map(r => r.tenant))).toEqual(new Set([tenant]))
    for (const { name } of others)
      expect(stderr).toContain(`! ${name} · KaseyaOne: KaseyaOne is not connected for ${name}.`)
  })

  test('CSV for a spreadsheet', async () => {
    const { stdout } = await ground.k1ctl(['orphans', 'graphus', '--output', 'csv'])
    expect(stdout.split('\r\n')[0]).toBe('Tenant,System,Log-in,E-mail,Name,Authority,State,Next')
    expect(stdout).toContain(`${tenant},graphus,${daniel},${daniel},Daniel Okafor,kaseyaone,disabled,`)
  })
})
