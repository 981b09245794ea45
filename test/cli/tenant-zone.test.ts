import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { leaver, northwind, tenant } from './leavers.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const env = { K1CTL_ZONE: 'Asia/Tokyo' }
const zone = (...words: string[]) => ground.k1ctl(['tenant', 'zone', tenant, ...words], { env })
const date = (...words: string[]) =>
  ground.k1ctl(['offboard', leaver(3), '--yes', ...words], { env, now: new Date('2026-10-01T00:00:00Z') })

describe('the zone of a tenant', () => {
  it('is that of dates there, unless another one is said', async () => {
    expect((await zone()).stdout).toContain('none of its own; here Asia/Tokyo')
    expect((await zone('Europe/Berlin')).code).toBe(0)
    expect((await ground.k1ctl(['tenant', 'show', tenant])).stdout).toContain('Europe/Berlin')
    const kept = await date('--at', '2026-10-20 17:00', '--json')
    expect(JSON.parse(kept.stdout), kept.stderr).toMatchObject({
      due: '2026-10-20T15:00:00.000Z',
      zone: 'Europe/Berlin',
    })
    const said = await date('--at', '2026-10-20 17:00', '--zone', 'UTC', '--json')
    expect(JSON.parse(said.stdout)).toMatchObject({ due: '2026-10-20T17:00:00.000Z', zone: 'UTC' })
    await ground.k1ctl(['tenant', 'rename', tenant, 'Other'])
    expect((await ground.k1ctl(['tenant', 'zone', 'Other'])).stdout).toContain('Europe/Berlin')
    expect((await ground.k1ctl(['tenant', 'zone', 'Other', '--none'], { env })).stdout).toContain('none of its own')
  })

  it('tells at planning what daylight saving does until then', async () => {
    await zone('Europe/Berlin')
    const over = await date('--at', '2026-10-26 17:00')
    expect(over.stdout).toContain('2026-10-26 17:00 Europe/Berlin (2026-10-26T16:00:00.000Z)')
    expect(over.stderr).toContain('The clocks in Europe/Berlin change until then: UTC+01:00, and now UTC+02:00.')
    expect((await date('--at', '2026-10-20 17:00')).stderr).not.toContain('The clocks')
    const twice = await date('--at', '2026-10-25 02:30')
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('is there twice in Europe/Berlin') })
    const never = await date('--at', '2027-03-28 02:30')
    expect(never).toMatchObject({ code: 2, stderr: expect.stringContaining('the clocks go forward') })
  })

  it('is asked for where several tenants have several', async () => {
    await zone('Europe/Berlin')
    await ground.k1ctl(['tenant', 'add', 'Contoso', '--domain', 'contoso.example'])
    const both = await date('--all-tenants', '--at', '2026-10-20 17:00')
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('several zones: Europe/Berlin, Asia/Tokyo') })
    const one = await date('--all-tenants', '--at', '2026-10-20 17:00', '--zone', 'UTC', '--json')
    expect(JSON.parse(one.stdout), one.stderr).toMatchObject({ zone: 'UTC' })
  })

  it.each([
    [['Mars/Olympus'], 'There is no time zone'],
    [['UTC', '--none'], 'contradict each other'],
  ])('refuses %j', async (words, sentence) => {
    expect(await zone(...words)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) })
  })
})
