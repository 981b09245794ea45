import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround()
})
beforeEach(() => ground.reset())
afterAll(() => ground.close())

const rows = async (...words: string[]) => JSON.parse((await ground.k1ctl(['connections', '--json', ...words])).stdout)

describe('connections', () => {
  it('lists each with where its secret is kept', async () => {
    const { code, stdout } = await ground.k1ctl(['connections', '--tenant', 'northwind dental'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^TENANT +SYSTEM +AS +SECRET +URL\n/)
    expect(stdout).toMatch(/Northwind Dental +bms +k1ctl-api +PLAIN TEXT file +http:\/\/127/)
  })

  it('shows all as JSON, without references and secrets', async () => {
    const list = await rows()
    expect(list.length).toBeGreaterThan(150)
    expect(list[0]).toEqual({
      tenant: 'Northwind Dental',
      system: 'bms',
      settings: expect.objectContaining({ username: 'k1ctl-api' }),
      secretFields: ['password'],
      place: 'plain',
      as: 'k1ctl-api',
      connectedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    })
  })

  it('are none at first, and say how to begin', async () => {
    await ground.k1ctl(['tenant', 'add', 'New One'])
    const { code, stdout } = await ground.k1ctl(['connections', '--tenant', 'new one'])
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: "Nothing is connected yet. Begin with: k1ctl connect bms --tenant 'New One'\n",
    })
  })
})

describe('disconnect', () => {
  it('forgets one connection and its own secret, and asks the system nothing', async () => {
    const file = join(ground.home, 'secrets', 'plain.json')
    expect(readFileSync(file, 'utf8')).toContain('sandbox:bms:Northwind Dental')
    const { code, stderr } = await ground.k1ctl(['disconnect', 'vorex'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Forgot how to sign in to BMS for Northwind Dental.\n' })
    expect(readFileSync(file, 'utf8')).not.toContain('sandbox:bms:Northwind Dental')
    expect((await rows('--tenant', 'Northwind Dental')).map((r: { system: string }) => r.system)).not.toContain('bms')
    expect(await ground.calls('bms')).toEqual([])
    expect(existsSync(file)).toBe(true)
  })

  it('answers what it forgot with --json', async () => {
    const { stdout } = await ground.k1ctl(['disconnect', 'graphus', '--json'])
    expect(JSON.parse(stdout)).toEqual({ tenant: 'Northwind Dental', system: 'graphus', place: 'plain' })
  })

  it('of what is not connected: exit 4', async () => {
    const words = ['disconnect', 'graphus', '--tenant', 'Kestrel Law Group']
    const { code, stderr } = await ground.k1ctl(words)
    expect(code).toBe(4)
    expect(stderr).toContain('Graphus is not connected for Kestrel Law Group.')
    expect(stderr).toContain("k1ctl connections --tenant 'Kestrel Law Group'")
  })
})
