import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { changeDated, readDated } from '../../src/dated/dated.ts'
import { type Ground, openGround, type Ran } from './harness.ts'
import { allWrites, forgetCalls, leaver, northwind, takeDown, tenant } from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const [one, two] = [leaver(3), leaver(5)]
/** In Berlin; 16:00 UTC. */
const friday = ['--at', '2030-12-06 17:00', '--zone', 'Europe/Berlin']
const at = (time: string) => ({ now: new Date(time) })
const [before, due, late] = [at('2030-12-06T15:59:00Z'), at('2030-12-06T16:01:00Z'), at('2030-12-06T16:20:00Z')]
const agree = (...words: string[]) => ground.k1ctl(['offboard', one, ...friday, '--yes', ...words])
const work = (options: { now: Date; signal?: AbortSignal }) => ground.k1ctl(['worker', '--once'], options)
const logged = ({ stderr }: { stderr: string }) =>
  stderr.split('\n').flatMap(line => (line === '' ? [] : [JSON.parse(line) as { dated?: string }]))
const folder = () => join(ground.home, 'state', 'dated')
const kept = () => JSON.parse(readFileSync(join(folder(), readdirSync(folder())[0] ?? ''), 'utf8'))

describe('an offboarding with a date', () => {
  it('is shown and agreed to now, and changes nothing', async () => {
    const ran = await agree()
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stdout).toContain('sign-in blocked: allowed → blocked')
    expect(ran.stdout).toMatch(
      /d\d{8}-[0-9a-f]{4} {2}Fri 2030-12-06 17:00 Europe\/Berlin \(2030-12-06T16:00:00.000Z\): 1 person/,
    )
    expect(ran.stderr).toContain('k1ctl worker install')
    expect(await allWrites(ground)).toEqual([])
    const list = await ground.k1ctl(['schedule', 'list', '--json'])
    expect(JSON.parse(list.stdout)).toMatchObject([
      { due: '2030-12-06T16:00:00.000Z', zone: 'Europe/Berlin', state: 'waiting', people: [one], run: null },
    ])
  })

  it('is done at its time, once, and the run says who agreed', async () => {
    await agree('--ticket', 'HR-7')
    const early = await work(before)
    expect(early).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Nothing is due. Next: Fri 2030-12-06 17:00 Europe/Berlin.'),
    })
    expect(await allWrites(ground)).toEqual([])

    const ran = await work(due)
    expect(ran.code, ran.stderr).toBe(0)
    expect((await allWrites(ground)).length).toBeGreaterThan(3)
    const { run, verdict, state } = kept()
    expect({ verdict, state }).toEqual({ verdict: 'proved', state: 'ended' })
    const shown = JSON.parse((await ground.k1ctl(['runs', 'show', run, '--json'])).stdout)
    expect(shown.header.command).toMatch(/^k1ctl offboard .* # d\d{8}-[0-9a-f]{4}, agreed to by tester@here$/)

    await forgetCalls(ground)
    expect((await work(late)).code).toBe(0)
    expect(await allWrites(ground)).toEqual([])
  })

  it('whose run was cut off before its first entry is begun anew', async () => {
    await agree()
    const [file = ''] = readdirSync(folder())
    const run = '20301206-160000-0a0b'
    const note = { at: due.now, operator: 'tester@here', what: `begun: run ${run}` }
    const begun = changeDated(readDated(file.replace('.json', ''), kept()), { state: 'begun', run }, note)
    writeFileSync(join(folder(), file), JSON.stringify(begun))

    const ran = await work(due)
    expect(ran.code, ran.stderr).toBe(0)
    const ended = kept()
    expect(ended).toMatchObject({ state: 'ended', verdict: 'proved', run: expect.not.stringContaining(run) })
    expect(ended.history.map(({ what }: { what: string }) => what)).toContain(
      `waits again: run ${run} was cut off before its first entry`,
    )
    expect((await allWrites(ground)).length).toBeGreaterThan(3)
  })

  it('is asked for at a terminal, with its time', async () => {
    let question = ''
    const confirm = async (message: string) => {
      question = message
      return false
    }
    const no = await ground.k1ctl(['offboard', one, ...friday], { prompter: scriptedPrompter({ confirm }) })
    expect(no.stderr).toContain('At Fri 2030-12-06 17:00 Europe/Berlin:')
    expect(question).toMatch(/^Offboard .+ at Fri 2030-12-06 17:00 Europe\/Berlin\?$/)
    expect(no.code).toBe(130)
    expect(existsSync(folder())).toBe(false)
    const nobody = await ground.k1ctl(['offboard', one, ...friday])
    expect(nobody).toMatchObject({ code: 2, stderr: expect.stringContaining('nobody can be asked') })
  })

  it.each([
    [['--at', '2020-12-04 17:00'], 'is past.', 'Without --at it is done now.'],
    [['--at', 'tomorrow'], '--at takes a date and a time, not "tomorrow".', "--at '2030-12-06 17:00'"],
    [['--at', '2030-02-30 17:00'], '--at takes a date and a time', "--at '2030-12-06 17:00'"],
    [['--at', '2030-12-06 17:00', '--zone', 'Mars/Base'], 'There is no time zone called "Mars/Base".', 'Europe/Berlin'],
    [
      ['--at', '2030-03-31 02:30', '--zone', 'Europe/Berlin'],
      'There is no 2030-03-31 02:30 in Europe/Berlin: the clocks go forward.',
      '--at 2030-03-31T01:30:00+01:00, or --at 2030-03-31T03:30:00+02:00',
    ],
    [
      ['--at', '2030-10-27 02:30', '--zone', 'Europe/Berlin'],
      '2030-10-27 02:30 is there twice in Europe/Berlin: the clocks go back.',
      '--at 2030-10-27T02:30:00+02:00, or --at 2030-10-27T02:30:00+01:00',
    ],
    [['--zone', 'UTC'], '--zone is about a later time, and there is none.', '--at'],
    [['--if-changed', 'go'], '--if-changed is about a later time, and there is none.', '--at'],
    [['--at', '2030-12-06 17:00', '--save-plan', 'x'], '--save-plan keeps it in a file', ''],
  ])('with %j is refused', async (words, message, hint) => {
    const ran = await ground.k1ctl(['offboard', one, '--yes', ...words])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(message)
    expect(ran.stderr).toContain(hint)
    expect(existsSync(folder())).toBe(false)
  })

  it.each([
    ['2030-10-27T02:30:00+02:00', '2030-10-27T00:30:00.000Z'],
    ['2030-10-27T02:30:00+01:00', '2030-10-27T01:30:00.000Z'],
    ['2030-10-27 03:30', '2030-10-27T02:30:00.000Z'],
    ['2030-03-31 03:30', '2030-03-31T01:30:00.000Z'],
  ])('of %s is at %s, whichever way the clocks go', async (time, utc) => {
    const ran = await ground.k1ctl(['offboard', one, '--at', time, '--zone', 'Europe/Berlin', '--yes'])
    expect(ran.code, ran.stderr).toBe(0)
    expect(kept().due).toBe(utc)
  })

  it('stops for a person when it is no longer as it was shown', async () => {
    await agree()
    await ground.k1ctl(['offboard', one, '--only', 'graphus', '--yes'])
    await forgetCalls(ground)
    const ran = await work(due)
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('stopped: It is no longer as it was agreed to: ')
    expect(ran.stderr).toContain(`Look again, and agree: k1ctl offboard ${one} --tenant '${tenant}' --dry-run`)
    expect(await allWrites(ground)).toEqual([])
    expect(kept()).toMatchObject({ state: 'stopped', run: null })
    expect((await work(late)).code).toBe(0)
  })

  it('goes all the same where that was agreed to', async () => {
    await agree('--if-changed', 'go')
    await ground.k1ctl(['offboard', one, '--only', 'graphus', '--yes'])
    expect((await work(due)).code).toBe(0)
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved' })
  })

  it('waits for a system that does not answer, and is done at the next look', async () => {
    await agree()
    await takeDown(ground, 'graphus')
    const ran = await ground.k1ctl(['worker', '--once', '--timeout', '1'], due)
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('graphus does not answer. Nothing was changed; it is tried again at the next look.')
    expect(await allWrites(ground)).toEqual([])
    expect(kept()).toMatchObject({ state: 'waiting', why: expect.stringContaining('graphus does not answer') })
    const list = await ground.k1ctl(['schedule', 'list'], late)
    expect(list.code).toBe(3)
    expect(list.stderr).toContain('past the time, and nobody did it')
    await ground.control('graphus', 'faults', { method: 'DELETE' })
    const again = await work(late)
    expect(again.code, again.stderr).toBe(0)
    expect(again.stderr).toContain('It is 20 minutes late.')
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved', why: null })
  })

  it('late, is held where that was chosen, until somebody lets it go', async () => {
    await agree('--if-late', 'hold')
    const ran = await work(late)
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('k1ctl schedule go') })
    expect(await allWrites(ground)).toEqual([])
    expect(kept().state).toBe('on-hold')
    expect((await ground.k1ctl(['schedule', 'go', 'last'], late)).code).toBe(0)
    expect((await work(late)).code).toBe(0)
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved' })
  })

  it('is held, let go, moved and cancelled', async () => {
    await agree()
    const schedule = (...words: string[]): Promise<Ran> => ground.k1ctl(['schedule', ...words], before)
    expect(await schedule('hold', 'last', '--reason', 'notice withdrawn?')).toMatchObject({ code: 0 })
    expect((await work(due)).stderr).toContain('Nothing is due.')
    expect(await schedule('hold', 'last')).toMatchObject({ code: 1, stderr: expect.stringContaining('is on-hold') })
    expect(await schedule('go', 'last')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('waits for its time'),
    })
    expect(await schedule('move', 'last', '--at', '2030-12-13 17:00')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('Fri 2030-12-13 17:00 Europe/Berlin (2030-12-13T16:00:00.000Z)'),
    })
    expect((await work(due)).stderr).toContain('Nothing is due.')
    expect(await schedule('move', 'last')).toMatchObject({ code: 2 })
    expect(await schedule('move', 'last', '--at', '2020-12-13 17:00')).toMatchObject({ code: 2 })
    expect(await schedule('cancel', 'last')).toMatchObject({ code: 0 })
    expect(await schedule('go', 'last')).toMatchObject({ code: 1 })
    expect((await work(at('2031-01-01T00:00:00Z'))).code).toBe(0)
    expect(await allWrites(ground)).toEqual([])
    const show = await schedule('show', 'last')
    // What is to be done says one time, the one that it has.
    expect(show.stdout).toContain(`--at '2030-12-13 17:00' --zone Europe/Berlin`)
    expect(show.stdout).not.toContain("--at '2030-12-06")
    for (const word of ['cancelled', 'held: notice withdrawn?', 'let go', 'moved to Fri 2030-12-13', one])
      expect(show.stdout).toContain(word)
  })

  it('that was edited is not done, and keeps no other from being done', async () => {
    await agree()
    const file = join(folder(), readdirSync(folder())[0] ?? '')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"delete": false', '"delete": true'))
    await ground.k1ctl(['offboard', two, ...friday, '--yes'])
    const ran = await work(due)
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('is not as k1ctl wrote it. Nothing is done with it.')
    const people = (await ground.k1ctl(['runs', 'show', 'last'])).stdout
    expect(people).toContain(two)
    expect(people).not.toContain(one)
    const list = await ground.k1ctl(['schedule', 'list', '--json'])
    expect(JSON.parse(list.stdout).map((r: { state: string }) => r.state)).toEqual(['unreadable'])
  })

  it('that was cut off is gone on with, and nothing is sent twice', async () => {
    await agree()
    const abort = new AbortController()
    await ground.fault('kaseyaone', { write: true, delayMs: 1_500, times: 0 })
    setTimeout(() => abort.abort(), 1_200)
    const cut = await work({ ...due, signal: abort.signal })
    expect(cut.code, cut.stderr + cut.stdout).toBe(130)
    expect(kept()).toMatchObject({ state: 'begun', run: expect.any(String) })
    await ground.control('kaseyaone', 'faults', { method: 'DELETE' })
    // Who agreed to what is left nobody can tell while the date cannot be read.
    const file = join(folder(), readdirSync(folder())[0] ?? '')
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.replace('"delete": false', '"delete": true'))
    const refused = await ground.k1ctl(['runs', 'resume', 'last'])
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('is not as k1ctl wrote it')])
    writeFileSync(file, text)
    const ran = await work(late)
    expect(ran.code, ran.stderr).toBe(0)
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved' })
    const again = await ground.k1ctl(['offboard', one, '--dry-run', '--exit-code'])
    expect(again.code, again.stdout).toBe(0)
  })

  it('is done by one of two workers', async () => {
    await agree()
    const both = await Promise.all([work(due), work(due)])
    expect(both.map(r => r.code).sort()).toContain(0)
    expect((await ground.k1ctl(['runs', 'list', '--json'])).stdout.match(/"run":/g)).toHaveLength(1)
    expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved' })
  })

  it('is told of in JSON, a document a line, where logs are collected', async () => {
    const idle = await ground.k1ctl(['worker', '--once', '--log', 'json'], before)
    expect(logged(idle)).toEqual([expect.objectContaining({ level: 'info', text: 'Nothing is due.' })])
    await agree()
    const ran = await ground.k1ctl(['worker', '--once', '--log', 'json'], due)
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code: 0, stdout: '' })
    expect(logged(ran).length).toBeGreaterThan(3)
    expect(new Set(logged(ran).map(({ dated }) => dated))).toEqual(new Set([expect.stringMatching(/^d\d{8}-/)]))
  })

  it('tells of a date that there is already', async () => {
    await agree()
    const again = await agree()
    expect(again.stderr).toMatch(/there is a date already, Fri 2030-12-06 17:00 Europe\/Berlin \(d\d{8}-[0-9a-f]{4}\)/)
  })

  it('keeps to the limits that were given with --yes', async () => {
    const ran = await ground.k1ctl(['offboard', one, two, ...friday, '--yes', '--max', '1'])
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('2 people are more than the 1') })
    expect(existsSync(folder())).toBe(false)
  })
})

describe('k1ctl worker install', () => {
  it('writes a service and a timer for this user, without secrets', async () => {
    const env = { HOME: ground.home, PATH: '/usr/bin:/opt/100%', K1CTL_PASSPHRASE: 'hidden-words-7' }
    const ran = await ground.k1ctl(['worker', 'install', '--minutes', '10'], { env })
    expect(ran.code, ran.stderr).toBe(0)
    const units = join(ground.home, '.config', 'systemd', 'user')
    expect(ran.stdout).toBe(`${units}/k1ctl-worker.service\n${units}/k1ctl-worker.timer\n`)
    const service = readFileSync(join(units, 'k1ctl-worker.service'), 'utf8')
    expect(service).toContain('ExecStart=/usr/bin/env k1ctl worker --once')
    expect(service).toContain(`Environment="K1CTL_HOME=${ground.home}"`)
    expect(service).toContain('Environment="PATH=/usr/bin:/opt/100%%"')
    expect(service).not.toContain('hidden-words-7')
    expect(readFileSync(join(units, 'k1ctl-worker.timer'), 'utf8')).toContain('OnCalendar=*:0/10')
  })

  it("writes a service that stays for a team's store, and no password into it", async () => {
    const env = { HOME: ground.home, PATH: '/usr/bin', K1CTL_STORE: 'postgres://k1ctl@127.0.0.1:1/k1ctl' }
    const ran = await ground.k1ctl(['worker', 'install'], { env })
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stderr).toContain('npm install -g @dbos-inc/dbos-sdk@5.3')
    const file = join(ground.home, '.config', 'systemd', 'user', 'k1ctl-worker.service')
    expect(ran.stdout).toBe(`${file}\n`)
    const service = readFileSync(file, 'utf8')
    expect(service).toContain('ExecStart=/usr/bin/env k1ctl worker --log json')
    expect(service).toContain('Restart=always')
    expect(service).not.toContain('oneshot')
    expect(service).toContain(`Environment="K1CTL_STORE=${env.K1CTL_STORE}"`)
    await ground.k1ctl(['worker', 'install'], {
      env: { ...env, K1CTL_STORE: 'postgres://k1ctl:hidden-word-2@h/k1ctl' },
    })
    expect(readFileSync(file, 'utf8')).not.toContain('hidden-word-2')
  })

  it.each([[[]], [['--cron']]])('lets no setting write a line of its own (%s)', async how => {
    const env = { HOME: ground.home, K1CTL_CA_FILE: '/ca.pem"\nExecStart=/bin/false' }
    const refused = await ground.k1ctl(['worker', 'install', ...how], { env })
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('K1CTL_CA_FILE has a line end in it') })
    expect(refused.stdout).toBe('')
    expect(existsSync(join(ground.home, '.config'))).toBe(false)
  })

  it('prints a line for cron', async () => {
    const ran = await ground.k1ctl(['worker', 'install', '--cron'])
    expect(ran.stdout).toBe(`*/5 * * * * K1CTL_HOME=${ground.home} k1ctl worker --once\n`)
  })

  it('tells what is due, and that nobody does it', async () => {
    await agree()
    const status = async (now: string) => {
      const ran = await ground.k1ctl(['worker', 'status', '--json'], at(now))
      return { code: ran.code, ...JSON.parse(ran.stdout) }
    }
    const iso = '2030-12-06T16:00:00.000Z'
    expect(await status('2030-12-06T15:00:00Z')).toMatchObject({
      ...{ code: 0, store: 'files', due: 0, oldest: null, workers: [], limits: [] },
      next: { due: iso, zone: 'Europe/Berlin' },
    })
    expect(await status('2030-12-06T16:01:00Z')).toMatchObject({ code: 0, due: 1, oldest: iso, oldestSeconds: 60 })
    expect(await status('2030-12-06T16:20:00Z')).toMatchObject({ code: 3, due: 1, next: null })
    const told = await ground.k1ctl(['worker', 'status'], at('2030-12-06T16:20:00Z'))
    expect(told.stdout).toContain(`1, the oldest since ${iso}`)
    expect(told.stderr).toContain('Something is due, and nobody does it.')
  })

  it('knows no other action', async () => {
    expect(await ground.k1ctl(['worker', 'dance'])).toMatchObject({ code: 2 })
  })
})

it('a run that waits is looked at again by the worker, once an hour, until it is proved', async () => {
  const ms = 3000
  await ground.control('kaseyaone', 'deprovision-delay', { method: 'POST', body: JSON.stringify({ ms }) })
  await agree('--wait', '0')
  expect((await work(due)).code).toBe(3)
  const began = Date.now()
  expect(kept()).toMatchObject({ state: 'ended', verdict: 'pending' })
  await forgetCalls(ground)
  expect((await work(at('2030-12-06T16:30:00Z'))).code).toBe(0)
  expect(await ground.calls('graphus')).toEqual([])
  await new Promise(resolve => setTimeout(resolve, began + ms + 500 - Date.now()))
  const again = await work(at('2030-12-06T17:02:00Z'))
  expect(again.code, again.stderr).toBe(0)
  expect(again.stderr).not.toContain('minutes late')
  expect(kept()).toMatchObject({ state: 'ended', verdict: 'proved', why: null, looked: '2030-12-06T17:02:00.000Z' })
  await forgetCalls(ground)
  expect((await work(at('2030-12-06T20:00:00Z'))).code).toBe(0)
  expect(await ground.calls('graphus')).toEqual([])
})

describe('a list that says when each leaves', () => {
  const list = (text: string) => {
    const file = join(ground.home, 'hr.csv')
    writeFileSync(file, text)
    return file
  }
  const give = (text: string, ...words: string[]) =>
    ground.k1ctl(['offboard', '--from', list(text), '--zone', 'Europe/Berlin', '--yes', '--json', ...words])
  const byDay = ['--date-column', 'Last day', '--at', '17:00']
  const waiting = async () => JSON.parse((await ground.k1ctl(['schedule', 'list', '--json'])).stdout)

  it('becomes a date for each time, and each is done at its own', async () => {
    const three = leaver(7)
    const text = `email;Last day\n${one};2030-12-06\n${two};2030-12-07 09:30\n${three};2030-12-06\n`
    const ran = await give(text, ...byDay)
    expect(ran.code, ran.stderr).toBe(0)
    expect(await waiting()).toMatchObject([
      { due: '2030-12-06T16:00:00.000Z', people: [one, three], state: 'waiting' },
      { due: '2030-12-07T08:30:00.000Z', people: [two], state: 'waiting' },
    ])
    await work(due)
    expect(await waiting()).toMatchObject([{ people: [two], state: 'waiting' }])
    const gone = await ground.k1ctl(['offboard', one, '--dry-run', '--exit-code'])
    expect(gone.code, gone.stderr).toBe(0)
  })

  it('names each row whose date nobody can be sure of, and keeps the others', async () => {
    const text = `email,Last day\n${one},2030-12-06\n${two},06.12.2030\n${leaver(7)},\n${leaver(8)},2020-01-01\n`
    const ran = await give(text, ...byDay)
    expect(ran.code).toBe(3)
    expect(await waiting()).toMatchObject([{ people: [one] }])
    expect(ran.stdout).toContain('not \\"06.12.2030\\"')
    expect(ran.stdout).toContain(`${leaver(7)}: the list does not say when.`)
    expect(ran.stdout).toContain('2020-01-01 17:00 Europe/Berlin is past.')
  })

  it('asks for the time of days, and takes a whole time for whoever has none', async () => {
    const ran = await give(`email,Last day\n${one},2030-12-06\n`, '--date-column', 'Last day')
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('says no time: give one for all such days, as --at 17:00.')
    await give(`email,Last day\n${one},\n`, '--date-column', 'Last day', '--at', '2030-12-06 17:00')
    expect(await waiting()).toMatchObject([{ due: '2030-12-06T16:00:00.000Z', people: [one] }])
  })

  it.each([
    [
      `email,Last day\n${one},2030-12-06\n`,
      [],
      'has a column "Last day", and all of them would be offboarded now.',
      "--date-column 'Last day' --at 17:00",
    ],
    [`email\n${one}\n`, byDay, 'has no column "Last day"', '--date-column NAME'],
    [`email,Last day\n${one},2030-12-06\n`, [...byDay, '--now'], 'contradict each other', ''],
  ])('is refused where it would be done otherwise than it says: %j', async (text, words, sentence, hint) => {
    const ran = await ground.k1ctl(['offboard', '--from', list(text), '--yes', '--json', ...words])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(sentence)
    expect(ran.stderr).toContain(hint)
    expect(await allWrites(ground)).toEqual([])
  })

  it('is refused as lines of JSON, too, and done at once with --now', async () => {
    const text = `{"email":"${one}","leavingDate":"2030-12-06"}\n`
    const ran = await ground.k1ctl(['offboard', '--from', list(text), '--yes', '--json'])
    expect(ran.stdout).toContain('It says when they leave (leavingDate)')
    expect(await allWrites(ground)).toEqual([])
    const now = await ground.k1ctl(['offboard', '--from', list(text), '--yes', '--json', '--now', '--wait', '1'])
    expect(now.code, now.stderr).toBe(0)
  })
})
