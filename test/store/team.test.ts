import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { KeptPeople, PeopleRow } from '../../src/core/stores.ts'
import { openPastChecks } from '../../src/store/past-checks.ts'
import { openTeamStore, type TeamStore } from '../../src/store/team/index.ts'
import { clock, failureOf, makeHome, ownKeyPlace, processes } from './ground.ts'
import { type Postgres, startPostgres, whyNoPostgres } from './postgres.ts'

const reason = whyNoPostgres()
if (reason) console.warn(`The team's store is not tried: ${reason}`)

let postgres: Postgres
beforeAll(async () => {
  if (!reason) postgres = await startPostgres()
}, 60_000)
afterAll(() => postgres?.stop(), 60_000)

describe.skipIf(reason)('a store in PostgreSQL', () => {
  const open = (url: string, operator = 'amy@one', own = processes): TeamStore => {
    const store = openTeamStore({ url, operator, processes: own, clock, own: ownKeyPlace(makeHome()) })
    onTestFinished(() => store.close())
    return store
  }
  /** Two machines of one team. */
  const two = () => {
    const url = postgres.database()
    return { url, amy: open(url, 'amy@one'), ben: open(url, 'ben@two') }
  }
  const rows = async function* (...people: string[]): AsyncGenerator<PeopleRow> {
    for (const [i, person] of people.entries()) yield { line: i + 1, person }
  }

  it('keeps tenants for all, and the choice of one for each', async () => {
    const { amy, ben } = two()
    const [one, other] = [await amy.config(), await ben.config()]
    await one.addTenant({ name: 'Northwind', domains: ['northwind.example'] })
    await other.addTenant({ name: 'Contoso', domains: ['contoso.example'] })
    await one.use('Northwind')
    await other.use('Contoso')
    await one.refresh()
    await other.refresh()
    expect(one.tenants().map(t => t.name)).toEqual(['Northwind', 'Contoso'])
    expect([one.current(), other.current()]).toEqual(['Northwind', 'Contoso'])
    await other.removeTenant('Northwind')
    await one.refresh()
    expect(one.current()).toBeUndefined()
  })

  it('loses no change of many at once', async () => {
    const { amy, ben } = two()
    const configs = [await amy.config(), await ben.config()]
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => configs[i % 2]?.addTenant({ name: `T${i}`, domains: [`t${i}.example`] })),
    )
    await configs[0]?.refresh()
    expect(configs[0]?.tenants()).toHaveLength(40)
  })

  it('keeps what posture checks found, of every machine', async () => {
    const { amy, ben } = two()
    const [one, other] = [openPastChecks(amy.pastChecks), openPastChecks(ben.pastChecks)]
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 ? one : other).change(days => [
          ...days,
          { day: '2026-11-21', columns: [`c${i}`], tenants: [['A', 'h']] },
        ]),
      ),
    )
    expect(new Set((await one.days()).map(({ columns }) => columns[0])).size).toBe(20)
  })

  it('keeps a ledger as a chain that each machine reads', async () => {
    const { amy, ben } = two()
    const writer = await amy.ledger.create()
    await writer.append('plan', { goals: 2 })
    const busy = await failureOf(ben.ledger.open(writer.run))
    expect(busy).toMatchObject({ kind: 'busy' })
    await Promise.all(Array.from({ length: 50 }, (_, i) => writer.append('intent', { i }, 'a/b')))
    await writer.close()
    const reading = await ben.ledger.read('last')
    expect(reading).toMatchObject({ run: writer.run, chain: { state: 'intact' } })
    expect(reading.entries).toHaveLength(51)
    const again = await ben.ledger.open(writer.run)
    await again.append('report', { verdict: 'proved' })
    await again.close()
    expect((await amy.ledger.read(writer.run)).entries).toHaveLength(52)
  })

  it('tells of a line that somebody changed, left out, or added', async () => {
    const { url, amy } = two()
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(() => client.end())
    for (const sql of [
      `UPDATE k1ctl.entries SET line = replace(line, 'true', 'false') WHERE run = $1 AND seq = 1`,
      `DELETE FROM k1ctl.entries WHERE run = $1 AND seq = 1`,
      `INSERT INTO k1ctl.entries SELECT run, 9, line FROM k1ctl.entries WHERE run = $1 AND seq = 1`,
    ]) {
      const writer = await amy.ledger.create()
      for (const type of ['plan', 'intent', 'outcome'] as const) await writer.append(type, { send: true })
      await writer.close()
      await client.query(sql, [writer.run])
      expect((await amy.ledger.read(writer.run)).chain.state).toBe('altered')
      expect(await failureOf(amy.ledger.open(writer.run))).toMatchObject({ kind: 'storage' })
    }
  })

  it('takes no entry under a smaller number than one that is there', async () => {
    const { url, amy } = two()
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(() => client.end())
    const writer = await amy.ledger.create()
    await writer.append('plan', {})
    const { rows } = await client.query('SELECT fence FROM k1ctl.entries WHERE run = $1', [writer.run])
    expect(Number(rows[0].fence)).toBeGreaterThan(0)
    // As if another one had taken it over, and this one still believed to hold it.
    await client.query('UPDATE k1ctl.entries SET fence = fence + 1 WHERE run = $1', [writer.run])
    const refused = await failureOf(writer.append('intent', {}))
    expect(refused).toMatchObject({ kind: 'busy', message: expect.stringContaining('has taken over run') })
    expect((await amy.ledger.read(writer.run)).entries).toHaveLength(1)
    await writer.close()
  })

  it('knows who works, and takes off the list only who is not heard of', async () => {
    const { url, amy, ben } = two()
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(() => client.end())
    const one = await amy.workers.signOn({ id: 'one', operator: 'amy@one', version: '1' })
    await ben.workers.signOn({ id: 'two', operator: 'ben@two', version: '1' })
    one.doing('d1')
    await expect
      .poll(async () => (await ben.workers.list()).map(w => [w.id, w.alive, w.doing]))
      .toEqual([
        ['one', true, 'd1'],
        ['two', true, null],
      ])
    expect(await ben.workers.strike('one')).toBe(false)
    await one.signOff()
    await client.query(`UPDATE k1ctl.workers SET until = clock_timestamp() - interval '1 second'`)
    expect(await amy.workers.list()).toMatchObject([{ id: 'two', alive: false }])
    expect(await amy.workers.strike('two')).toBe(true)
    expect(await amy.workers.strike('two')).toBe(false)
  })

  it('gives each run an id of its own, in the order of their making', async () => {
    const { amy, ben } = two()
    const made = await Promise.all(Array.from({ length: 12 }, (_, i) => (i % 2 ? amy : ben).ledger.create()))
    const ids = made.map(w => w.run)
    expect(new Set(ids).size).toBe(12)
    for (const writer of made) await writer.append('plan', {})
    await Promise.all(made.map(w => w.close()))
    expect(await amy.ledger.list()).toEqual(ids.sort().reverse())
  })

  it('keeps a list of people whole, and gives out no other', async () => {
    const { url, amy, ben } = two()
    const many = Array.from({ length: 2_500 }, (_, i) => `p${i}@northwind.example`)
    const kept: KeptPeople = await amy.peopleList.writePeople('20261129-120000-0001', rows(...many))
    expect(kept).toMatchObject({ count: 2_500, problems: 0 })
    const seen: string[] = []
    for await (const row of ben.peopleList.readPeopleList('20261129-120000-0001', kept)) {
      if ('person' in row) seen.push(row.person)
    }
    expect(seen).toEqual(many)
    const failed = async function* (): AsyncGenerator<PeopleRow> {
      yield* rows('a@b.example')
      throw new Error('the pipe broke')
    }
    await expect(amy.peopleList.writePeople('20261129-120000-0002', failed())).rejects.toThrow('the pipe broke')
    const none = ben.peopleList.readPeopleList('20261129-120000-0002')[Symbol.asyncIterator]().next()
    expect(await failureOf(none)).toMatchObject({ kind: 'storage' })
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(`UPDATE k1ctl.people SET line = replace(line, 'p7@', 'boss@') WHERE n = 7`)
    await client.end()
    const swapped = ben.peopleList.readPeopleList('20261129-120000-0001', kept)[Symbol.asyncIterator]().next()
    expect(await failureOf(swapped)).toMatchObject({
      message: expect.stringContaining('not the one that was agreed to'),
    })
  })

  it('lets one of the team at a person, and tells the others who', async () => {
    const { amy, ben } = two()
    const subject = { kind: 'person', tenant: 'Northwind', name: 'Emma@northwind.example' } as const
    const by = { run: '20261129-120000-0001', operator: 'amy@one' }
    await amy.locks.hold(subject, by, async still => {
      still()
      const other = { ...subject, name: 'emma@NORTHWIND.example' }
      const busy = await failureOf(ben.locks.hold(other, { run: 'r2', operator: 'ben@two' }, async () => {}))
      expect(busy).toMatchObject({ kind: 'busy' })
      expect(busy.message).toContain('amy@one')
      expect(busy.message).toContain('in run 20261129-120000-0001, since 20')
      const both = ben.locks.hold(
        [{ ...subject, name: 'amy' }, other],
        { run: 'r2', operator: 'ben@two' },
        async () => {},
      )
      expect(await failureOf(both)).toMatchObject({ kind: 'busy' })
      expect(await amy.locks.hold({ ...subject, name: 'amy' }, by, async () => 'given back')).toBe('given back')
    })
    expect(await ben.locks.hold(subject, { run: 'r3', operator: 'ben@two' }, async () => 'mine')).toBe('mine')
  })

  it('takes over from a process of this machine that died, at once; from elsewhere when its lease is over', async () => {
    const url = postgres.database()
    const gone = { ...processes, own: 2 ** 30 }
    const dead = open(url, 'dead@here', gone)
    const ben = open(url, 'ben@two')
    const subject = { kind: 'person', tenant: 'T', name: 'p' } as const
    let release = () => {}
    const held = dead.locks.hold(
      subject,
      { run: 'r1', operator: 'dead@here' },
      () => new Promise<void>(r => (release = r)),
    )
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(await ben.locks.hold(subject, { run: 'r2', operator: 'ben@two' }, async () => 'mine')).toBe('mine')
    release()
    await held

    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    onTestFinished(() => client.end())
    const amy = open(url, 'amy@one')
    const writer = await amy.ledger.create()
    await writer.append('plan', {})
    // As if the machine had been cut off for longer than the lease, and a colleague had gone on.
    await client.query(`UPDATE k1ctl.locks SET until = clock_timestamp() - interval '1 second'`)
    const heir = await ben.ledger.open(writer.run)
    await heir.append('intent', { by: 'ben' })
    const late = await failureOf(writer.append('intent', { by: 'amy' }))
    expect(late).toMatchObject({ kind: 'busy', message: expect.stringContaining('no longer holds') })
    await heir.close()
    const { entries, chain } = await amy.ledger.read(writer.run)
    expect(chain).toEqual({ state: 'intact' })
    expect(entries.map(e => e.data)).toEqual([{}, { by: 'ben' }])
  })

  it('keeps dates, and secrets only sealed', async () => {
    const { url, amy, ben } = two()
    const id = await amy.diary.add({ due: 'friday' })
    expect(await ben.diary.find('last')).toBe(id)
    await ben.diary.write(id, { due: 'monday' })
    expect(await amy.diary.read(id)).toEqual({ due: 'monday' })
    const by = { at: '2030-12-06T16:00:00.000Z', operator: 'ben@desk' }
    expect(await ben.diary.putAway(id, by)).toBe(`k1ctl.dated, id ${id}.unreadable`)
    expect([await amy.diary.list(), await amy.diary.read(id)]).toEqual([[], undefined])
    expect(await amy.diary.between(new Date(0), new Date('2040-01-01'))).toEqual([])
    // Beside it is as it was, and a second one of that id takes its place.
    expect(await amy.diary.read(`${id}.unreadable`)).toMatchObject({ ...by, was: expect.stringContaining('monday') })
    await ben.diary.add({ due: 'tuesday' }, id)
    await ben.diary.putAway(id, by)
    expect(await amy.diary.list()).toEqual([])
    const { openSecrets } = await import('../../src/store/secret-store.ts')
    const secretsOf = (store: TeamStore) =>
      openSecrets({
        home: makeHome(),
        env: { K1CTL_PASSPHRASE: 'four random words here' },
        processes,
        keyring: { node: process.execPath },
        shared: store.sealed,
      })
    expect(await secretsOf(amy).write('northwind/bms', { password: 'very-secret-9!' })).toBe('sealed')
    expect(await secretsOf(ben).read('northwind/bms', 'sealed')).toEqual({ password: 'very-secret-9!' })
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const { rows: all } = await client.query('SELECT body FROM k1ctl.documents')
    await client.end()
    expect(JSON.stringify(all)).not.toContain('very-secret-9!')
  })

  it('is refused when it is of a later version, and says where it does not answer', async () => {
    const { url, amy } = two()
    await amy.counts()
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query('UPDATE k1ctl.version SET version = 99')
    await client.end()
    expect(await failureOf(open(url).counts())).toMatchObject({
      kind: 'storage',
      message: expect.stringContaining('is of a later k1ctl: version 99'),
    })
    expect(await failureOf(open('postgres://k1ctl:hidden-word-1@127.0.0.1:1/x').counts())).toMatchObject({
      kind: 'unreachable',
      message: expect.not.stringContaining('hidden-word-1'),
    })
    expect(await failureOf(open(url.replace(/[^/]+$/, 'nowhere')).counts())).toMatchObject({ kind: 'storage' })
  })

  it('goes on after the database was restarted', { timeout: 60_000 }, async () => {
    const { amy } = two()
    const config = await amy.config()
    await config.addTenant({ name: 'Northwind', domains: ['northwind.example'] })
    postgres.restart()
    await config.addTenant({ name: 'Contoso', domains: ['contoso.example'] })
    postgres.restart()
    await config.refresh()
    expect(config.tenants()).toHaveLength(2)
  })
})
