import { statSync, writeFileSync } from 'node:fs'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { formatEntry, hashEntry } from '../../src/store/ledger-chain.ts'
import { type Postgres, startPostgres, whyNoPostgres } from '../store/postgres.ts'
import { type Ground, openGround, type RunOptions } from './harness.ts'
import { allWrites, forgetCalls, leaver, northwind, tenant } from './leavers.ts'

const reason = whyNoPostgres()
if (reason) console.warn(`Operators of a team are not tried: ${reason}`)

let ground: Ground
let postgres: Postgres
beforeAll(async () => {
  if (reason) return
  ground = await openGround(northwind('graphus', 'bms'))
  postgres = await startPostgres()
}, 60_000)
afterAll(async () => {
  await ground?.close()
  postgres?.stop()
}, 60_000)

describe.skipIf(reason)('operators of a team', { timeout: 120_000 }, () => {
  let env: Record<string, string> = {}
  let address = ''
  const amy = (...words: string[]) => ground.k1ctl(words, { env, operator: 'amy@one' })
  /** Another machine, whose key comes from its environment. */
  const keys: Record<string, string> = {}
  const as = (name: string, words: string[], options: RunOptions = {}) => {
    const key = keys[name]
    const own = key === undefined ? {} : { K1CTL_OPERATOR_KEY: key }
    return ground.elsewhere(words, { operator: `${name}@two`, ...options, env: { ...env, ...own } })
  }
  const sql = async (text: string, values: unknown[] = []) => {
    const client = new pg.Client({ connectionString: address })
    await client.connect()
    try {
      return (await client.query(text, values)).rows
    } finally {
      await client.end()
    }
  }
  const keyFor = async (name: string) => {
    const file = `${ground.home}/${name}.pem`
    const made = await amy('operator', 'register', '--name', name, '--to', file)
    expect(made.code, made.stderr).toBe(0)
    const { readFileSync } = await import('node:fs')
    keys[name] = readFileSync(file, 'utf8')
  }

  beforeEach(async () => {
    await ground.reset()
    address = postgres.database()
    env = { K1CTL_PASSPHRASE: 'four random words here', K1CTL_STORE: address }
    expect((await amy('store', 'copy', '--yes')).code).toBe(0)
    await forgetCalls(ground)
  }, 60_000)

  it('nobody is registered whose key could not be written', async () => {
    const full = await amy('operator', 'register', '--name', 'worker', '--to', '/dev/full')
    expect([full.code, full.stderr]).toEqual([1, expect.stringContaining('the disk is full')])
    expect(JSON.parse((await amy('operator', 'list', '--json')).stdout)).toEqual([])
    writeFileSync(`${ground.home}/worker.pem`, 'old', { mode: 0o644 })
    await keyFor('worker')
    expect(statSync(`${ground.home}/worker.pem`).mode & 0o777).toBe(0o600)
    expect(JSON.parse((await amy('operator', 'list', '--json')).stdout)).toMatchObject([
      { roles: [{ roles: ['owner'] }] },
    ])
  })

  it('are nobody until the first registers, who owns all', async () => {
    const before = await amy('offboard', leaver(3), '--yes', '--tenant', tenant)
    expect(before.code, before.stderr).toBe(0)
    expect((await amy('runs', 'verify', 'last')).stdout).toContain('not signed: of before the team had keys')
    const first = await amy('operator', 'register', '--keep', 'plain')
    expect(first, first.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('its owner') })
    expect(await amy('operator', 'register')).toMatchObject({ code: 2 })
    expect((await amy('operator', 'list')).stdout).toMatch(/amy \(you\) +owner/)
    const row = JSON.stringify(await sql('SELECT * FROM k1ctl.roster'))
    expect(row).not.toContain('PRIVATE')
    const ran = await amy('offboard', leaver(5), '--yes', '--tenant', tenant)
    expect(ran.code, ran.stderr).toBe(0)
    const verified = await amy('runs', 'verify', 'last', '--json')
    expect(verified.code, verified.stderr).toBe(0)
    expect(JSON.parse(verified.stdout).signatures).toMatchObject({ state: 'signed', by: [{ name: 'amy' }] })
  })

  it('change nothing without a key, or without the role there, and are told what to do', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    const offboard = ['offboard', leaver(3), '--yes', '--tenant', tenant]
    const keyless = await as('ben', offboard)
    expect(keyless).toMatchObject({ code: 4, stderr: expect.stringContaining('k1ctl operator register') })
    await keyFor('ben')
    const refused = [
      offboard,
      [...offboard, '--at', '2030-12-06 17:00'],
      ['deprovisioning', 'disable', 'bms', '--yes', '--tenant', tenant],
      ['attest', tenant, 'it-glue', 'log-in', '--note', 'seen'],
      ['protect', 'add', leaver(5), '--tenant', tenant],
      ['tenant', 'approval', tenant, '--for', 'delete'],
      ['tenant', 'add', 'Other', '--domain', 'other.example'],
      ['disconnect', 'bms', '--tenant', tenant],
      ['operator', 'role', 'ben', '--role', 'owner'],
    ]
    for (const words of refused) {
      const ran = await as('ben', words)
      expect([words.join(' '), ran.code, ran.stderr]).toEqual([
        words.join(' '),
        1,
        expect.stringMatching(/has not the role|is no owner/),
      ])
    }
    expect(await allWrites(ground)).toEqual([])
    expect(await sql('SELECT run FROM k1ctl.runs')).toEqual([])
    expect((await as('ben', [...offboard.slice(0, 2), '--dry-run', '--tenant', tenant])).code).toBe(0)

    await amy('operator', 'role', 'ben', '--role', 'operator', '--tenant', tenant)
    expect((await as('ben', ['tenant', 'add', 'Other'])).code).toBe(1)
    expect((await as('ben', ['protect', 'add', leaver(5), '--tenant', tenant])).code).toBe(0)
    const ran = await as('ben', offboard)
    expect(ran.code, ran.stderr).toBe(0)
    await amy('operator', 'revoke', 'ben', '--yes')
    const revoked = await as('ben', ['protect', 'add', leaver(6), '--tenant', tenant])
    expect(revoked).toMatchObject({ code: 1, stderr: expect.stringContaining('was revoked') })
    // What was signed before stays signed.
    expect((await amy('runs', 'verify', 'last')).stdout).toContain('signed by ben')
  })

  it('copy nothing into the store without the role, and are told that before all else', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    await keyFor('vera')
    await amy('operator', 'role', 'vera', '--role', 'viewer')
    await as('vera', ['tenant', 'add', 'Secret Customer', '--domain', 'secret.example'], {
      env: { K1CTL_STORE: 'files' },
    })
    const ran = await as('vera', ['store', 'copy', '--yes'])
    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('vera has not the role owner') })
    expect(ran.stderr).not.toContain('Secret Customer')
  })

  it('are told by a worker that it has no key, although nothing is due', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    const ran = await as('nobody', ['worker', '--once'])
    expect(ran).toMatchObject({ code: 4, stderr: expect.stringContaining('k1ctl operator register') })
  })

  it('keep an owner', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    for (const words of [
      ['operator', 'revoke', 'amy', '--yes'],
      ['operator', 'role', 'amy', '--role', 'viewer'],
    ]) {
      expect(await amy(...words)).toMatchObject({ code: 1, stderr: expect.stringContaining('Nobody would be left') })
    }
  })

  describe('tell, each in its own words', () => {
    let run = ''
    beforeEach(async () => {
      await amy('operator', 'register', '--keep', 'plain')
      await keyFor('ben')
      expect((await amy('offboard', leaver(3), '--yes', '--tenant', tenant)).code).toBe(0)
      run = JSON.parse((await amy('runs', 'list', '--json')).stdout)[0].run
    }, 60_000)

    const entries = async () =>
      (await sql('SELECT line FROM k1ctl.entries WHERE run = $1 ORDER BY seq', [run])).map(({ line }) =>
        JSON.parse(line),
      )
    /** By somebody who can write the tables: every hash fits again. */
    const rebuild = async (change: (entry: Record<string, unknown>) => Record<string, unknown>) => {
      let prev: string | undefined
      for (const old of await entries()) {
        const { hash: _, ...entry } = change({ ...old, ...(prev === undefined ? {} : { prev }) })
        const { sig, ...unhashed } = entry
        const hash = hashEntry(unhashed as Parameters<typeof hashEntry>[0])
        const line = formatEntry({ ...entry, hash } as Parameters<typeof formatEntry>[0])
        await sql('UPDATE k1ctl.entries SET line = $3 WHERE run = $1 AND seq = $2', [run, old.seq, line])
        prev = hash
      }
    }
    /** What is wrong is in the first line, and nothing in it says that all is well. */
    const says = async (words: string) => {
      for (const command of ['verify', 'show']) {
        const ran = await amy('runs', command, run)
        expect(ran.stdout).toContain(words.replace(/^ledger /, ''))
        expect(ran.code).toBe(3)
        expect(ran.stdout.split('\n')[0]).toContain(command === 'verify' ? words : 'not to be relied on')
      }
      expect(JSON.parse((await amy('runs', 'verify', run, '--json')).stdout)).toMatchObject({ holds: false })
      expect((await amy('runs', 'show', run)).stderr).not.toContain('k1ctl runs resume')
      const report = await amy('runs', 'report', run, '--format', 'md')
      expect([report.code, report.stdout]).toEqual([3, expect.stringContaining('**Not to be relied on**')])
      expect(report.stdout).not.toContain('Proved')
      await forgetCalls(ground)
      const acts = [['resume'], ['undo', '--yes'], ['seal', '--key', '/nonexistent/key']]
      for (const [verb = '', ...more] of acts) {
        const ran = await amy('runs', verb, run, ...more)
        expect([verb, ran.code, ran.stderr]).toEqual([verb, 1, expect.stringMatching(/altered|on the word of run/)])
      }
      expect(await allWrites(ground)).toEqual([])
    }

    it('a byte that was changed', async () => {
      await sql(`UPDATE k1ctl.entries SET line = replace(line, '"at":"2', '"at":"3') WHERE run = $1 AND seq = 4`, [run])
      await says('ledger ALTERED from entry 4 on')
    })

    it('an entry that was left out', async () => {
      await sql('DELETE FROM k1ctl.entries WHERE run = $1 AND seq = 4', [run])
      await says('ledger ALTERED: entry 4 is left out')
    })

    it('a chain made anew without the key', async () => {
      await rebuild(entry =>
        entry.seq === 1 ? { ...entry, data: { ...(entry.data as object), by: 'ben@two' } } : entry,
      )
      await says('FORGED: entry 1 has not the signature of amy')
    })

    it('a chain made anew without signatures', async () => {
      await rebuild(({ key: _, sig: __, ...entry }) => entry)
      await says('NOT SIGNED from entry 0 on, though this team signs since')
    })

    it('a chain made anew without signatures, and dated before the team had keys', async () => {
      await rebuild(({ key: _, sig: __, ...entry }) => ({ ...entry, at: '2020-01-01T00:00:00.000Z' }))
      await says('NOT SIGNED: it says that it is of before the team had keys')
    })

    it('a key that nobody registered, one without a role, one that was revoked by then', async () => {
      const { makeKey, readKey } = await import('../../src/store/team/operator-key.ts')
      const signedBy = (own: ReturnType<typeof makeKey>) =>
        rebuild(({ sig: _, hash: __, ...entry }) => {
          const unhashed = { ...entry, key: own.id } as Parameters<typeof hashEntry>[0]
          return { ...unhashed, sig: own.sign('entry', hashEntry(unhashed)).sig }
        })
      await signedBy(makeKey())
      await says('UNKNOWN KEY: entry 0')
      const ben = readKey(keys.ben ?? '', 'the test')
      await signedBy(ben)
      await says('NO ROLE: entry 0 is signed by ben')
      await amy('operator', 'role', 'ben', '--role', 'operator')
      await amy('operator', 'revoke', 'ben', '--yes')
      await rebuild(entry => ({ ...entry, at: new Date(Date.now() + 60_000).toISOString() }))
      await signedBy(ben)
      await says('REVOKED KEY: entry 0 is signed by ben')
    })
  })

  it('approve what another one agreed to, and a worker acts for both', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    await amy('tenant', 'approval', tenant, '--for', 'delete')
    for (const name of ['ben', 'cleo', 'worker']) await keyFor(name)
    await amy('operator', 'role', 'ben', '--role', 'operator', '--role', 'approver')
    await amy('operator', 'role', 'cleo', '--role', 'approver', '--tenant', tenant)
    const asked = await as('ben', ['offboard', leaver(3), '--delete', '--yes', '--tenant', tenant])
    expect(asked.code, asked.stderr).toBe(3)
    // The same key at another log-in is the same person; a key without the role approves nothing.
    const own = await as('ben', ['approve', 'last', '--yes'], { operator: 'someone@else' })
    expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('ben asked for') })
    expect(await as('worker', ['approve', 'last', '--yes'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has not the role approver'),
    })
    const approved = await as('cleo', ['approve', 'last', '--yes'])
    expect(approved, approved.stderr).toMatchObject({ code: 0, stderr: expect.stringContaining('k1ctl worker --once') })
    expect(await allWrites(ground)).toEqual([])
    // A worker without the role leaves it to one that has it.
    expect(await as('worker', ['worker', '--once'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('worker has not the role operator'),
    })
    expect(await allWrites(ground)).toEqual([])
    await amy('operator', 'role', 'worker', '--role', 'operator')
    const done = await as('worker', ['worker', '--once'])
    expect((await allWrites(ground)).length, done.stderr).toBeGreaterThan(3)
    const verified = await amy('runs', 'verify', 'last')
    expect(verified.stdout).toMatch(/signed by worker \(.*; agreement by ben \(.*\); approval by cleo/)
  })

  it('approve a change of Require Log In, signed by two keys, and a worker acts for both', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    await amy('tenant', 'approval', tenant, '--for', 'require-log-in')
    for (const name of ['ben', 'cleo', 'worker']) await keyFor(name)
    await amy('operator', 'role', 'ben', '--role', 'operator', '--role', 'approver')
    await amy('operator', 'role', 'cleo', '--role', 'approver', '--tenant', tenant)
    await amy('operator', 'role', 'worker', '--role', 'operator')
    const keeper = 'amy.breakglass@northwind-dental.example'
    const enable = ['require-log-in', 'enable', 'datto-partner-portal', '--except', keeper, '--tenant', tenant, '--yes']
    expect((await as('cleo', enable)).code).toBe(1)
    expect(JSON.parse((await amy('schedule', 'list', '--json')).stdout)).toEqual([])
    const asked = await as('ben', enable)
    expect(asked.code, asked.stderr).toBe(3)
    const own = await as('ben', ['approve', 'last', '--yes'], { operator: 'someone@else' })
    expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('ben asked for') })
    expect((await as('worker', ['approve', 'last', '--yes'])).stderr).toContain('has not the role approver')
    const approved = await as('cleo', ['approve', 'last', '--yes', '--json'])
    expect([approved.code, JSON.parse(approved.stdout).state]).toEqual([0, 'waiting'])
    expect(await allWrites(ground)).toEqual([])

    // By somebody who can write the tables: another plan under the same approval, and each seal made anew.
    const [row] = await sql('SELECT id, body FROM k1ctl.dated')
    const { hash: _, plan, ...whole } = JSON.parse(row.body)
    const { withHash } = await import('../../src/engine/seal.ts')
    const { hash: __, ...planned } = JSON.parse(JSON.stringify(plan).replaceAll(keeper, 'mallory@evil.example'))
    const other = withHash({ ...whole, plan: withHash(planned) })
    await sql('UPDATE k1ctl.dated SET body = $2 WHERE id = $1', [row.id, JSON.stringify(other)])
    const forged = await as('worker', ['worker', '--once'])
    expect(forged).toMatchObject({ code: 3, stderr: expect.stringContaining('has not the signature of') })
    expect(forged.stderr).toContain(`→ k1ctl schedule show ${row.id}`)
    expect(forged.stderr).not.toContain('--dry-run')
    expect(await allWrites(ground)).toEqual([])
    await sql('UPDATE k1ctl.dated SET body = $2 WHERE id = $1', [row.id, row.body])

    const done = await as('worker', ['worker', '--once'])
    expect(
      (await allWrites(ground)).map(({ system }) => system),
      done.stderr,
    ).toEqual(['datto-partner-portal'])
    const verified = await amy('runs', 'verify', 'last')
    expect(verified.stdout).toMatch(/signed by worker \(.*; agreement by ben \(.*\); approval by cleo/)
  })

  it('have what a worker began for them ended once their key is revoked', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    for (const name of ['ben', 'worker']) {
      await keyFor(name)
      await amy('operator', 'role', name, '--role', 'operator')
    }
    const at = ['--at', '2030-12-06 17:00', '--zone', 'UTC']
    expect((await as('ben', ['offboard', leaver(3), ...at, '--yes', '--tenant', tenant])).code).toBe(0)
    const due = { now: new Date('2030-12-06T17:01:00Z') }
    const abort = new AbortController()
    await ground.fault('kaseyaone', { write: true, delayMs: 1_500, times: 0 })
    setTimeout(() => abort.abort(), 1_200)
    const cut = await as('worker', ['worker', '--once'], { ...due, signal: abort.signal })
    expect(cut.code, cut.stderr).toBe(130)
    await ground.control('kaseyaone', 'faults', { method: 'DELETE' })
    expect((await amy('operator', 'revoke', 'ben', '--yes')).code).toBe(0)
    await forgetCalls(ground)
    const ended = await as('worker', ['worker', '--once'], due)
    expect([ended.code, ended.stderr]).toEqual([3, expect.stringContaining('was revoked')])
    expect(JSON.parse((await amy('schedule', 'list', '--all', '--json')).stdout)).toMatchObject([
      { state: 'stopped', why: expect.stringContaining('is not through') },
    ])
    const resumed = await as('worker', ['runs', 'resume', 'last'], due)
    expect([resumed.code, resumed.stderr]).toEqual([1, expect.stringContaining('was revoked')])
    expect(await allWrites(ground)).toEqual([])
  })

  it('sign what a worker does for them: what somebody else put there is not done', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    for (const name of ['ben', 'worker']) await keyFor(name)
    for (const name of ['ben', 'worker']) await amy('operator', 'role', name, '--role', 'operator')
    const dated = await as('ben', ['offboard', leaver(3), '--yes', '--tenant', tenant, '--at', '2030-12-06 17:00'])
    expect(dated.code, dated.stderr).toBe(0)
    // By somebody who can write the tables: another time, and the seal made anew.
    const [row] = await sql('SELECT id, body FROM k1ctl.dated')
    const { hash: _, ...whole } = JSON.parse(row.body)
    const { withHash } = await import('../../src/engine/seal.ts')
    const early = withHash({ ...whole, due: '2020-01-01T00:00:00.000Z' })
    await sql('UPDATE k1ctl.dated SET body = $2 WHERE id = $1', [row.id, JSON.stringify(early)])
    const stopped = await as('worker', ['worker', '--once'])
    expect(stopped).toMatchObject({ code: 3, stderr: expect.stringContaining('has not the signature of ben') })
    expect(await allWrites(ground)).toEqual([])
    // One whose key was revoked since agreed to nothing any more.
    await sql('UPDATE k1ctl.dated SET body = $2 WHERE id = $1', [row.id, row.body])
    await amy('operator', 'revoke', 'ben', '--yes')
    const late = await as('worker', ['worker', '--once'], { now: new Date('2030-12-06T17:01:00Z') })
    expect(late).toMatchObject({ code: 3, stderr: expect.stringContaining('The key of ben') })
    expect(await allWrites(ground)).toEqual([])
  })

  it('are not added, or brought back, by whoever can write the tables', async () => {
    await amy('operator', 'register', '--keep', 'plain')
    await keyFor('ben')
    await amy('operator', 'role', 'ben', '--role', 'operator')
    await amy('operator', 'revoke', 'ben', '--yes')
    await as('ben', ['operator', 'list'])
    const lines = await sql('SELECT * FROM k1ctl.roster ORDER BY seq')
    await sql('DELETE FROM k1ctl.roster WHERE seq = 3')
    const cut = 'is not the one that this machine saw before'
    expect(await amy('operator', 'list')).toMatchObject({ code: 1, stderr: expect.stringContaining(cut) })
    await sql('INSERT INTO k1ctl.roster VALUES (3, $1)', [lines[3].line])
    expect((await amy('operator', 'list')).code).toBe(0)
    await sql(`UPDATE k1ctl.roster SET line = replace(line, '"operator"', '"owner"') WHERE seq = 2`)
    const altered = await amy('offboard', leaver(3), '--yes', '--tenant', tenant)
    expect(altered).toMatchObject({ code: 1, stderr: expect.stringContaining('was altered: statement 2') })
    expect(await allWrites(ground)).toEqual([])
  })
})

it('one person alone needs no key', async () => {
  const alone = await (ground ?? (await openGround('empty'))).k1ctl(['operator', 'register'])
  expect(alone).toMatchObject({ code: 4, stderr: expect.stringContaining('k1ctl store use') })
})
