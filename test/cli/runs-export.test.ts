import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround, type Ran } from './harness.ts'
import { leaver, northwind } from './leavers.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const [one, two, three] = [leaver(3), leaver(5), leaver(7)]
const december = ['--since', '2030-12-01', '--until', '2030-12-31', '--zone', 'Europe/Berlin']
const on = (time: string) => ({ now: new Date(time) })
const after = on('2031-01-02T08:00:00Z')
const leave = (who: string, time: string, ...words: string[]) =>
  ground.k1ctl(['offboard', who, '--yes', '--wait', '1', ...words], on(time))
const exported = (...words: string[]) =>
  ground.k1ctl(['runs', 'export', ...december, '--format', 'json', ...words], after)
const peopleOf = (ran: Ran) => JSON.parse(ran.stdout).people

describe('everybody who left in a period', () => {
  it('is a line each: who agreed, when it was due, when nobody could sign in, and the verdict', async () => {
    await leave(two, '2030-11-30T22:59:59Z')
    await leave(one, '2030-12-01T10:00:00Z', '--ticket', 'HR-1042', '--reason', 'left')
    const ran = await exported()
    expect(ran.code, ran.stderr).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      since: '2030-11-30T23:00:00.000Z',
      until: '2030-12-31T23:00:00.000Z',
      withinMinutes: null,
      problems: [],
      people: [
        {
          person: one,
          tenant: 'Northwind Dental',
          what: 'offboarded',
          ticket: 'HR-1042',
          reason: 'left',
          due: '2030-12-01T10:00:00.000Z',
          by: 'tester@here',
          blocked: expect.stringMatching(/^2030-12-01T10:00:/),
          done: expect.stringMatching(/^2030-12-01T10:00:/),
          verdict: 'proved',
          open: 0,
          within: null,
          ledger: 'intact',
        },
      ],
    })
  })

  it('has no time of a block where a system did not answer', async () => {
    await ground.fault('bms', { status: 503 })
    await leave(one, '2030-12-01T10:00:00Z', '--timeout', '1')
    const [line] = peopleOf(await exported('--within', '4h'))
    expect(line).toMatchObject({ verdict: 'incomplete', blocked: null, done: null, within: 'missed' })
    expect(line.open).toBeGreaterThan(0)
    expect(line.why).toBeTruthy()
  })

  it('holds whoever had a date and was not done, first of all', async () => {
    const date = (at: string, who: string) =>
      ground.k1ctl(['offboard', who, '--at', at, '--zone', 'UTC', '--if-late', 'hold', '--yes'])
    await date('2030-12-06 17:00', one)
    await date('2030-12-06 18:00', two)
    await date('2031-02-01 17:00', three)
    await ground.k1ctl(['worker', '--once'], on('2030-12-06T17:01:00Z'))
    await ground.k1ctl(['worker', '--once'], on('2030-12-06T19:01:00Z'))
    const lines = peopleOf(await exported('--within', '30m'))
    expect(lines).toMatchObject([
      { person: one, due: '2030-12-06T17:00:00.000Z', verdict: 'proved', within: 'met', dated: expect.any(String) },
      { person: two, run: null, verdict: 'on-hold', within: 'missed', why: expect.stringContaining('61 minutes late') },
    ])
    const page = await ground.k1ctl(['runs', 'export', ...december, '--format', 'html', '--within', '30m'], after)
    const text = page.stdout.replaceAll('<wbr>', '')
    expect(text).toContain(one)
    expect(text.indexOf(`>${two}`)).toBeLessThan(text.indexOf(`>${one}`))
    expect(page.stdout).toContain('On hold')
    expect(page.stdout).toContain('blocked within 30 min')
  })

  it('says when access was given back', async () => {
    await leave(one, '2030-12-01T10:00:00Z')
    await ground.k1ctl(['runs', 'undo', 'last', '--yes'], on('2030-12-02T10:00:00Z'))
    const lines = peopleOf(await exported('--within', '4h'))
    expect(lines).toMatchObject([
      { person: one, what: 'offboarded', within: 'met' },
      { person: one, what: 'given back', blocked: null, within: null },
    ])
  })

  it('names a ledger that was altered, and a date that is not as it was written', async () => {
    await leave(one, '2030-12-01T10:00:00Z')
    const file = readdirSync(join(ground.home, 'state', 'runs')).find(name => name.endsWith('.jsonl')) ?? ''
    const path = join(ground.home, 'state', 'runs', file)
    writeFileSync(path, readFileSync(path, 'utf8').replace('"end":"changed"', '"end":"already"'))
    await ground.k1ctl(['offboard', two, '--at', '2030-12-06 17:00', '--yes'])
    const folder = join(ground.home, 'state', 'dated')
    const date = readdirSync(folder)[0] ?? ''
    writeFileSync(join(folder, date), readFileSync(join(folder, date), 'utf8').replace('2030-12', '2031-12'))
    const ran = await exported()
    expect(ran.code).toBe(3)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      people: [{ person: one, ledger: 'altered' }],
      problems: [{ why: expect.stringContaining('not as k1ctl wrote it') }, { what: file.slice(0, -6) }],
    })
    expect(ran.stderr).toContain('must not be relied on')
  })

  it('is CSV that a spreadsheet opens, into a file', async () => {
    await leave(one, '2030-12-01T10:00:00Z', '--reason', '=HYPERLINK("x")')
    const file = join(mkdtempSync(join(tmpdir(), 'k1ctl-test-')), 'leavers.csv')
    const ran = await ground.k1ctl(['runs', 'export', ...december, '--to', file], after)
    expect(ran).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('1 line.') })
    const [head, line] = readFileSync(file, 'utf8').split('\r\n')
    expect(head).toMatch(/^Person,Name,Tenant,What,Ticket,Reason,Agreed,By,Due,Blocked,Done,Verdict,Open,/)
    expect(line).toContain(`"'=HYPERLINK(""x"")"`)
  })

  it('is of one tenant where one is named, and refuses a name that nobody knows', async () => {
    await leave(one, '2030-12-01T10:00:00Z')
    expect(peopleOf(await exported('--tenant', 'northwind dental'))).toHaveLength(1)
    const wrong = await exported('--tenant', 'Northwind Dentl')
    expect(wrong).toMatchObject({ code: 4, stderr: expect.stringContaining('Did you mean Northwind Dental?') })
  })

  it.each([
    [['--within', 'soon'], '--within takes a time as 4h, 30m or 2d, not "soon".'],
    [['--since', '2030-02-30'], 'There is no day 2030-02-30.'],
    [['--since', 'yesterday'], '--since takes a date and a time, not "yesterday".'],
    [['--since', '2030-12-02', '--until', '2030-12-01'], 'The period ends before it begins.'],
    [['--zone', 'Berlin', '--since', '2030-12-01'], 'There is no time zone called "Berlin".'],
  ])('refuses %j', async (words, sentence) => {
    const ran = await ground.k1ctl(['runs', 'export', ...words])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) })
  })
})
