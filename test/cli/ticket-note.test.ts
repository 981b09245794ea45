import { rmSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { leaver } from './leavers.ts'
import { openFolder } from './posture-ground.ts'
import { smallWorld, tenantName } from './small-world.ts'

const northwind = 'Northwind Dental'
const second = tenantName('ambiguousDepartments')
const { folder, fileOf } = openFolder()
const file = fileOf('defaults:\n  datto-partner-portal: { log-in: on, deprovisioning: on }\n')

interface State {
  companies: { name: string; tickets: { number: string; notes: { details: string; internal: boolean }[] }[] }[]
}

describe('--ticket-note', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround(smallWorld('first', 'ambiguousDepartments', 'withoutBms'))
  })
  afterAll(async () => {
    await ground.close()
    rmSync(folder, { recursive: true, force: true })
  })
  beforeEach(() => ground.reset())

  const apply = (...more: string[]) =>
    ground.k1ctl(['posture', 'apply', '-f', file, '-t', northwind, '-t', second, '--yes', ...more])
  const on = ['--ticket', 'T-1042', '--ticket-note', northwind]
  const notesOn = async (ticket: string, company = northwind) => {
    const { companies } = (await ground.control('bms', 'state')) as State
    const found = companies.find(({ name }) => name === company)?.tickets.find(({ number }) => number === ticket)
    return (found?.notes ?? []).filter(({ details }) => details.startsWith('k1ctl run'))
  }

  it('writes how an apply ended on the ticket, once, as an internal note', async () => {
    const env = { K1CTL_TICKET_NOTE_TYPE: '12' }
    const ran = await ground.k1ctl(['posture', 'apply', '-f', file, '-t', northwind, '-t', second, '--yes', ...on], {
      env,
    })
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('Written on ticket T-1042.') })
    const [note, other] = await notesOn('T-1042')
    expect(other).toBeUndefined()
    expect(note).toMatchObject({
      internal: true,
      details: expect.stringMatching(/^k1ctl run \S+: proved; 2 hold, 0 open\./),
    })
    expect(note?.details).toContain(`${second} · datto-partner-portal: Automatic User Deprovisioning is on: changed`)
    const again = await ground.k1ctl(['runs', 'resume', 'last'], { env })
    expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining('Ticket T-1042 says so already.') })
    expect(await notesOn('T-1042')).toHaveLength(1)
  })

  it('a run that comes further says so in another note', async () => {
    const portal = 'datto-partner-portal'
    await ground.fault(portal, { method: 'PATCH', path: '/tenants/t-004/', status: 403, body: { code: 'x' }, times: 1 })
    expect((await apply('--ticket', 'HR-1042', '--ticket-note', northwind)).code).toBe(3)
    const [note] = await notesOn('HR-1042')
    expect(note?.details).toMatch(/: incomplete; 1 hold, 1 open\.\n/)
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
    expect((await notesOn('HR-1042')).map(({ details }) => details.split('\n')[0])).toEqual([
      expect.stringContaining('incomplete'),
      expect.stringContaining('proved; 2 hold, 0 open'),
    ])
  })

  it('a note that cannot be written is told, and never leaves a success', async () => {
    await ground.fault('bms', { method: 'POST', path: '/notes', status: 500, times: 1 })
    const ran = await apply('--ticket', 'HR-1042', '--ticket-note', northwind)
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('Nothing was written on ticket HR-1042') })
    expect(ran.stderr).toContain('To write it again: k1ctl runs resume')
    expect(await notesOn('HR-1042')).toEqual([])
    expect(await ground.k1ctl(['runs', 'resume', 'last'])).toMatchObject({ code: 0 })
    expect(await notesOn('HR-1042')).toHaveLength(1)
  })

  it('an answer that was lost is looked for, not written twice', async () => {
    await ground.fault('bms', { method: 'POST', path: '/notes', drop: 'after', times: 1 })
    expect(await apply('--ticket', 'HR-1042', '--ticket-note', northwind)).toMatchObject({ code: 0 })
    expect(await notesOn('HR-1042')).toHaveLength(1)
  })

  it.each([
    [['--ticket', 'T-9'], 'BMS has no ticket T-9', 3],
    [['--ticket', '1042'], 'BMS has no ticket 1042', 3],
    // Nobody wrote on it, and the only template is no internal one.
    [['--ticket', 'T-1042'], 'shows none in use on T-1042', 3],
  ])('%s: %s', async (words, sentence, code) => {
    const ran = await apply(...words, '--ticket-note', northwind)
    expect(ran).toMatchObject({ code, stderr: expect.stringContaining(sentence) })
  })

  it('is refused before the first change where it could not be written', async () => {
    const none = tenantName('withoutBms')
    expect(await apply('--ticket', 'T-1042', '--ticket-note', none)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining(`BMS is not connected for ${none}`),
    })
    expect(await apply('--ticket-note', northwind)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no ticket is named'),
    })
    expect(await ground.writes('datto-partner-portal')).toEqual([])
  })

  it('of an offboarding, too, by the standing wish; a ticket alone stays a word of the ledger', async () => {
    const words = ['offboard', leaver(3), '--tenant', northwind, '--only', 'graphus', '--ticket', 'HR-1042', '--yes']
    await ground.k1ctl(words)
    expect(await notesOn('HR-1042')).toEqual([])
    await ground.k1ctl([...words.slice(0, 1), leaver(5), ...words.slice(2)], { env: { K1CTL_TICKET_NOTE: northwind } })
    const [note] = await notesOn('HR-1042')
    expect(note?.details).toContain(`${northwind} · ${leaver(5)}`)
  })
})
