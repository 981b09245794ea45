import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Postgres, startPostgres, whyNoPostgres } from '../store/postgres.ts'
import { type Ground, openGround } from './harness.ts'
import { allWrites, forgetCalls, leaver, northwind, stillOpen, tenant } from './leavers.ts'

const reason = whyNoPostgres()
if (reason) console.warn(`A team at once is not tried: ${reason}`)

let ground: Ground
let postgres: Postgres
let env: Record<string, string> = {}
beforeAll(async () => {
  if (reason) return
  ground = await openGround(northwind('graphus', 'bms'))
  postgres = await startPostgres()
  env = { K1CTL_PASSPHRASE: 'four random words here', K1CTL_STORE: postgres.database() }
  await ground.k1ctl(['store', 'copy', '--yes'], { env })
}, 120_000)
afterAll(async () => {
  await ground?.close()
  postgres?.stop()
}, 60_000)

describe.skipIf(reason)('two command lines and a worker at once', { timeout: 180_000 }, () => {
  const amy = (...words: string[]) => ground.k1ctl(words, { env, operator: 'amy@one' })
  const ben = (...words: string[]) => ground.elsewhere(words, { env, operator: 'ben@two' })

  it('change one person once, and each other is told who is at it', async () => {
    const person = leaver(3)
    const dated = await amy('offboard', person, '--yes', '--tenant', tenant, '--at', '2030-12-06 17:00')
    expect(dated.code, dated.stderr).toBe(0)
    await ben('tenant', 'use', tenant)
    await forgetCalls(ground)
    await ground.fault('kaseyaone', { write: true, delayMs: 3_000, times: 0 })
    const words = ['offboard', person, '--yes', '--tenant', tenant]
    const due = { env, operator: 'worker@three', now: new Date('2030-12-06T17:30:00Z') }
    const all = await Promise.all([amy(...words), ben(...words), ground.k1ctl(['worker', '--once'], due)])
    const busy = all.filter(({ stdout, stderr }) => /is at work on/.test(stdout + stderr))
    expect(busy.length, all.map(({ stdout, stderr }) => stdout + stderr).join('\n')).toBeGreaterThan(0)
    for (const { code } of busy) expect(code).toBe(3)
    const writes = (await allWrites(ground)).map(
      ({ system, method, path, digest }) => `${system} ${method} ${path} ${digest ?? ''}`,
    )
    expect(writes.length).toBeGreaterThan(3)
    expect(writes.filter((one, index) => writes.indexOf(one) !== index)).toEqual([])
    expect(await stillOpen(ground, person)).toEqual([])
  })

  it('lose nothing of one tenant, and of one protected list', async () => {
    const people = Array.from({ length: 6 }, (_, i) => `safe${i}@northwind-dental.example`)
    const domains = Array.from({ length: 6 }, (_, i) => `d${i}.example`)
    const calls = [
      ...people.map((person, i) => (i % 2 ? amy : ben)('protect', 'add', person, '--tenant', tenant)),
      ...domains.map((domain, i) => (i % 2 ? ben : amy)('tenant', 'domains', 'add', tenant, domain)),
    ]
    for (const { code, stderr } of await Promise.all(calls)) expect([0, 3], stderr).toContain(code)
    const list = (await amy('protect', 'list', '--json')).stdout
    for (const person of people) expect(list).toContain(person)
    const kept = JSON.parse((await ben('tenant', 'show', tenant, '--json')).stdout)
    expect(kept.domains).toEqual(expect.arrayContaining(domains))
  })
})
