import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Postgres, startPostgres, whyNoPostgres } from '../store/postgres.ts'
import { type Ground, openGround } from './harness.ts'
import { allWrites, forgetCalls, leaver, northwind } from './leavers.ts'

const reason = whyNoPostgres()
if (reason) console.warn(`k1ctl store is not tried with a database: ${reason}`)

let ground: Ground
let postgres: Postgres
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
  if (!reason) postgres = await startPostgres()
}, 60_000)
afterAll(async () => {
  await ground.close()
  postgres?.stop()
}, 60_000)
beforeEach(() => ground.reset())

const [one, two] = [leaver(3), leaver(5)]
const sealing = { K1CTL_PASSPHRASE: 'four random words here' }

describe('k1ctl store', () => {
  it('is files until something else is chosen', async () => {
    const ran = await ground.k1ctl(['store', 'show', '--json'])
    expect(JSON.parse(ran.stdout)).toMatchObject({ kind: 'files' })
    expect(await ground.k1ctl(['store', 'copy', '--yes'])).toMatchObject({ code: 4 })
  })

  it.each([
    ['mysql://db/k1ctl', 2, 'no address of a PostgreSQL database'],
    ['nonsense', 2, 'no address of a PostgreSQL database'],
    ['postgres://k1ctl:hidden-word-1@127.0.0.1:1/k1ctl', 2, 'A password does not go on a command line'],
    ['postgres://k1ctl@127.0.0.1:1/k1ctl', 1, 'does not answer'],
  ])('refuses %s, and stays as it was', async (address, code, message) => {
    const ran = await ground.k1ctl(['store', 'use', address])
    expect(ran.stderr).toContain(message)
    expect(ran.stderr).not.toContain('hidden-word-1')
    expect([code, 3, 4]).toContain(ran.code)
    expect(JSON.parse((await ground.k1ctl(['store', 'show', '--json'])).stdout)).toMatchObject({ kind: 'files' })
  })
})

describe.skipIf(reason)('a team', () => {
  it('takes over what one machine had, and works on from two', async () => {
    await ground.k1ctl(['offboard', one, '--yes'])
    await ground.k1ctl(['protect', 'add', two, '--reason', 'sync'])
    await ground.k1ctl(['offboard', leaver(6), '--at', '2030-12-06 17:00', '--yes'])
    const address = postgres.database()
    const env = { ...sealing, K1CTL_STORE: address }
    const used = await ground.k1ctl(['store', 'use', address])
    expect(used.code, used.stderr).toBe(0)
    expect(used.stderr).toContain('k1ctl store copy')
    const copied = await ground.k1ctl(['store', 'copy', '--yes'], { env: sealing })
    expect(copied.code, copied.stderr).toBe(0)
    expect(copied.stdout).toContain('copied: 1 runs, 1 dates')
    expect((await ground.k1ctl(['store', 'copy', '--yes'], { env: sealing })).stdout).toContain(
      'copied: 0 runs, 0 dates',
    )

    const elsewhere = (words: string[]) => ground.elsewhere(words, { env, operator: 'ben@two' })
    const verified = await elsewhere(['runs', 'verify', 'last'])
    expect(verified.code, verified.stdout + verified.stderr).toBe(0)
    expect(verified.stdout).toContain('ledger intact')
    expect((await elsewhere(['protect', 'list'])).stdout).toContain(two)
    expect((await elsewhere(['schedule', 'list', '--json'])).stdout).toContain(leaver(6))

    await forgetCalls(ground)
    await elsewhere(['tenant', 'use', 'Northwind Dental'])
    const ran = await elsewhere(['offboard', leaver(8), '--yes'])
    expect(ran.code, ran.stderr).toBe(0)
    expect((await allWrites(ground)).length).toBeGreaterThan(3)
    const here = await ground.k1ctl(['runs', 'show', 'last'], { env: sealing })
    expect(here.stdout).toContain('ben@two')
    const undone = await ground.k1ctl(['runs', 'undo', 'last', '--yes'], { env: sealing })
    expect([0, 3], undone.stderr).toContain(undone.code)

    const check = JSON.parse((await ground.k1ctl(['store', 'check', '--json'])).stdout)
    expect(check).toMatchObject({ tenants: 1, runs: 3, dated: 1, locks: 0 })
    await ground.k1ctl(['store', 'use', 'files'])
    expect((await ground.k1ctl(['runs', 'list', '--json'])).stdout.match(/"run":/g)).toHaveLength(1)
  })

  it('brings what was attested and checked, once, and whoever said something last has the last word', async () => {
    const posture = join(ground.home, 'posture.yaml')
    writeFileSync(posture, 'defaults:\n  bms: { deprovisioning: on }\n')
    const attest = (words: string[], options = {}) =>
      ground.k1ctl(['attest', 'Northwind Dental', 'it-glue', 'log-in', ...words], options)
    const attested = async (env = {}) => JSON.parse((await ground.k1ctl(['attest', 'list', '--json'], { env })).stdout)
    const early = { now: new Date('2026-11-01T08:00:00Z') }
    const first = await attest(['--note', 'seen here'], early)
    expect(first.code, first.stderr).toBe(0)
    await ground.k1ctl(['posture', 'check', '-f', posture])
    const here = await attested()
    expect(here).toHaveLength(1)
    const env = { ...sealing, K1CTL_STORE: postgres.database() }
    await ground.k1ctl(['tenant', 'add', 'Northwind Dental'], { env })
    await attest(['--note', 'seen by the team'], { env, now: new Date('2026-11-02T08:00:00Z') })
    const copied = await ground.k1ctl(['store', 'copy', '--yes'], { env })
    expect(copied.stdout, copied.stderr).toContain('1 attestation, and')
    expect(await attested(env)).toMatchObject([{ note: 'seen by the team' }])
    expect((await ground.k1ctl(['store', 'copy', '--yes'], { env })).stdout).toContain('0 attestations, and')
    const report = await ground.k1ctl(['posture', 'report', '-f', posture, '--format', 'json'], { env })
    expect(report.stdout).toContain(new Date().toISOString().slice(0, 10))
  })

  it('leaves a run whose people cannot be read, and says so', async () => {
    await ground.k1ctl(['offboard', one, '--yes'])
    const runs = join(ground.home, 'state', 'runs')
    const list = readdirSync(runs).find(name => name.endsWith('.people')) ?? ''
    writeFileSync(join(runs, list), 'not a list\n')
    const env = { ...sealing, K1CTL_STORE: postgres.database() }
    const copied = await ground.k1ctl(['store', 'copy', '--yes'], { env })
    expect(copied.code).toBe(3)
    expect(copied.stderr).toContain(list.replace('.people', ''))
    expect((await ground.k1ctl(['runs', 'list', '--json'], { env })).stdout).toBe('[]\n')
  })

  it('brings a run with its people or not at all: cut off in between, the next copy finishes it', async () => {
    await ground.k1ctl(['offboard', one, '--yes'])
    const address = postgres.database()
    const env = { ...sealing, K1CTL_STORE: address }
    // Its tables, and then entries that no database would take; and what a copy of before 2026-11-29 left behind.
    await ground.k1ctl(['store', 'check'], { env })
    const sql = (text: string) => askDatabase(address, text)
    await sql('ALTER TABLE k1ctl.entries ADD CONSTRAINT never CHECK (seq < 3)')
    const cut = await ground.k1ctl(['store', 'copy', '--yes'], { env })
    expect(cut.code, cut.stderr).toBe(3)
    for (const table of ['runs', 'entries', 'people_lists', 'people']) {
      expect([table, await sql(`SELECT * FROM k1ctl.${table}`)]).toEqual([table, []])
    }
    await sql('ALTER TABLE k1ctl.entries DROP CONSTRAINT never')
    const [run = ''] = readdirSync(join(ground.home, 'state', 'runs')).map(name => name.split('.')[0])
    await sql(`INSERT INTO k1ctl.people_lists (run) VALUES ('${run}')`)
    const copied = await ground.k1ctl(['store', 'copy', '--yes'], { env })
    expect(copied, copied.stderr).toMatchObject({ code: 0, stdout: expect.stringContaining('copied: 1 runs') })
    expect(await sql('SELECT count FROM k1ctl.people_lists')).toEqual([{ count: 1 }])
    const again = await ground.k1ctl(['store', 'copy', '--yes'], { env })
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('copied: 0 runs') })
    expect((await ground.k1ctl(['runs', 'verify', 'last'], { env })).code).toBe(0)
  })

  it('lets one of two technicians at a person, and tells the other', async () => {
    const env = { ...sealing, K1CTL_STORE: postgres.database() }
    await ground.k1ctl(['store', 'copy', '--yes'], { env })
    await ground.fault('kaseyaone', { write: true, delayMs: 1_000, times: 0 })
    const words = ['offboard', one, '--yes', '--tenant', 'Northwind Dental']
    const first = ground.k1ctl(words, { env })
    await new Promise(resolve => setTimeout(resolve, 900))
    const second = await ground.elsewhere(words, { env, operator: 'ben@two' })
    expect(second.code).toBe(3)
    expect(second.stdout + second.stderr).toContain('tester@here')
    const ran = await first
    expect(ran.code, ran.stderr).toBe(0)
  })

  it('says of a role that may only read what it cannot do, and why nothing is changed', async () => {
    const address = postgres.database()
    await ground.k1ctl(['store', 'copy', '--yes'], { env: { ...sealing, K1CTL_STORE: address } })
    await askDatabase(address, 'CREATE ROLE reader LOGIN')
    await askDatabase(address, 'GRANT USAGE ON SCHEMA k1ctl TO reader')
    await askDatabase(address, 'GRANT SELECT ON ALL TABLES IN SCHEMA k1ctl TO reader')
    const env = { ...sealing, K1CTL_STORE: address.replace('k1ctl@', 'reader@') }
    const row = async () => {
      const ran = await ground.k1ctl(['doctor', '--json'], { env })
      return JSON.parse(ran.stdout).find((one: { what: string }) => one.what === "the team's store")
    }
    expect(await row()).toMatchObject({
      state: 'warn',
      detail: expect.stringMatching(/not written \(choices, dated, .*locks/),
    })
    expect((await ground.k1ctl(['store', 'check'], { env })).stdout).toContain(
      'may be read, and not written (choices, dated, ',
    )
    expect((await ground.k1ctl(['protect', 'list'], { env })).code).toBe(0)
    await forgetCalls(ground)
    for (const words of [
      ['protect', 'add', two],
      ['offboard', one, '--yes', '--tenant', 'Northwind Dental'],
    ]) {
      expect(await ground.k1ctl(words, { env })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('GRANT SELECT, INSERT'),
      })
    }
    expect(await allWrites(ground)).toEqual([])
    await askDatabase(address, 'ALTER ROLE k1ctl SET default_transaction_read_only = on')
    const standby = await ground.k1ctl(['protect', 'add', two], { env: { ...env, K1CTL_STORE: address } })
    expect(standby).toMatchObject({ code: 1, stderr: expect.stringContaining('read-only transaction') })
    const owner = new pg.Client({ connectionString: address })
    await owner.connect()
    await owner.query('SET transaction_read_only = off; ALTER ROLE k1ctl RESET default_transaction_read_only')
    await owner.end()
  })
})

async function askDatabase(address: string, text: string): Promise<object[]> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}
