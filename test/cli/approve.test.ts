import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround, type RunOptions } from './harness.ts'
import { allWrites, leaver, northwind, tenant } from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
})
afterAll(() => ground.close())
beforeEach(async () => {
  await ground.reset()
  expect((await ground.k1ctl(['tenant', 'approval', tenant, '--for', 'delete', '--for', 'people=2'])).code).toBe(0)
})

const [one, two, three] = [leaver(3), leaver(5), leaver(7)]
const bob: RunOptions = { operator: 'bob@desk' }
const ask = (...words: string[]) => ground.k1ctl(['offboard', ...words, '--yes', '--wait', '5'])
const file = () => {
  const folder = join(ground.home, 'state', 'dated')
  return join(folder, readdirSync(folder)[0] ?? '')
}
const dates = async () => JSON.parse((await ground.k1ctl(['schedule', 'list', '--all', '--json'])).stdout)

describe('what somebody else has to approve', () => {
  it('is asked for, changes nothing, and is done as soon as somebody else approves it', async () => {
    const asked = await ask(one, '--delete')
    expect(asked.code, asked.stderr).toBe(3)
    expect(asked.stdout).toContain('once it is approved: 1 person, changed nothing yet')
    expect(asked.stderr).toContain(`Somebody else has to approve it: ${tenant}: accounts are deleted.`)
    // Not by a worker, however late it gets.
    await ground.k1ctl(['worker', '--once'], { now: new Date(Date.now() + 86_400_000) })
    expect(await allWrites(ground)).toEqual([])
    const open = JSON.parse((await ground.k1ctl(['approve', '--json'], bob)).stdout)
    expect(open).toMatchObject([{ operator: 'tester@here', due: null, people: [one] }])

    const done = await ground.k1ctl(['approve', 'last', '--yes'], bob)
    expect((await allWrites(ground)).length, done.stderr).toBeGreaterThan(3)
    expect(await dates()).toMatchObject([{ state: 'ended', run: expect.any(String) }])
    const shown = JSON.parse((await ground.k1ctl(['runs', 'show', 'last', '--json'])).stdout)
    expect(shown.header.command).toMatch(/agreed to by tester@here, approved by bob@desk$/)
  })

  it.each(['tester@here', 'Tester@elsewhere'])('is not approved by whoever asked for it (%s)', async operator => {
    await ask(one, '--delete')
    const own = await ground.k1ctl(['approve', 'last', '--yes'], { operator })
    expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot approve it') })
    expect(await allWrites(ground)).toEqual([])
  })

  it('may be refused, and then nothing is done with it', async () => {
    await ask(one, '--delete')
    const no = await ground.k1ctl(['approve', 'last', '--refuse', '--reason', 'she stays'], bob)
    expect(no.code, no.stderr).toBe(0)
    expect(await dates()).toMatchObject([{ state: 'cancelled', why: 'Refused by bob@desk: she stays' }])
    expect((await ground.k1ctl(['approve', 'last', '--yes'], bob)).code).toBe(2)
    expect(await allWrites(ground)).toEqual([])
  })

  it('is shown to whoever approves at a terminal, and asked', async () => {
    await ask(one, '--delete')
    const asked: string[] = []
    const prompter = scriptedPrompter({
      confirm: async message => {
        asked.push(message)
        return false
      },
    })
    const ran = await ground.k1ctl(['approve', 'last'], { ...bob, prompter })
    expect(ran.code).toBe(130)
    expect(ran.stdout).toContain(one)
    expect(asked).toEqual([`tester@here asks for it. Offboard and DELETE ${one}?`])
    expect(await ground.k1ctl(['approve', 'last'], bob)).toMatchObject({ code: 2 })
    expect(await allWrites(ground)).toEqual([])
  })

  it('stops where it is no longer as it was shown', async () => {
    await ask(one, '--delete')
    await ground.k1ctl(['tenant', 'approval', tenant, '--none'])
    const meanwhile = await ground.k1ctl(['offboard', one, '--only', 'graphus', '--yes', '--wait', '1'])
    const writes = (await allWrites(ground)).length
    expect(writes, meanwhile.stderr).toBeGreaterThan(0)
    const ran = await ground.k1ctl(['approve', 'last', '--yes'], bob)
    expect(ran.code).toBe(3)
    expect(await dates()).toMatchObject([{ state: 'stopped' }])
    expect((await allWrites(ground)).length).toBe(writes)
  })

  it('with a date it waits for both, and is done at its time', async () => {
    await ask(one, '--delete', '--at', '2030-12-06 17:00', '--zone', 'UTC')
    const due = { now: new Date('2030-12-06T17:01:00Z') }
    await ground.k1ctl(['worker', '--once'], due)
    expect(await allWrites(ground)).toEqual([])
    expect((await ground.k1ctl(['approve', 'last', '--yes'], bob)).code).toBe(0)
    expect(await allWrites(ground)).toEqual([])
    await ground.k1ctl(['worker', '--once'], due)
    expect(await dates()).toMatchObject([{ state: 'ended', run: expect.any(String) }])
  })

  it('moved to another time, it has to be approved for that', async () => {
    await ask(one, '--delete', '--at', '2030-12-06 17:00', '--zone', 'UTC')
    await ground.k1ctl(['approve', 'last', '--yes'], bob)
    const moved = await ground.k1ctl(['schedule', 'move', 'last', '--at', '2030-12-01 17:00'])
    expect(moved).toMatchObject({ code: 0, stderr: expect.stringContaining('once somebody else approves that') })
    const due = { now: new Date('2030-12-01T17:01:00Z') }
    await ground.k1ctl(['worker', '--once'], due)
    expect(await allWrites(ground)).toEqual([])
    expect(await dates()).toMatchObject([{ state: 'to-approve' }])
    expect((await ground.k1ctl(['approve', 'last', '--yes'], { ...bob, ...due })).code).toBe(0)
    expect((await allWrites(ground)).length).toBeGreaterThan(0)
  })

  it('brought forward by an edit, it is held until it is approved for that', async () => {
    await ask(one, '--delete', '--at', '2030-12-06 17:00', '--zone', 'UTC')
    await ground.k1ctl(['approve', 'last', '--yes'], bob)
    const { hash: _, ...whole } = JSON.parse(readFileSync(file(), 'utf8'))
    const { withHash } = await import('../../src/engine/seal.ts')
    writeFileSync(file(), JSON.stringify(withHash({ ...whole, due: '2030-12-01T17:00:00.000Z' })))
    const ran = await ground.k1ctl(['worker', '--once'], { now: new Date('2030-12-01T17:01:00Z') })
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('k1ctl approve') })
    expect(await allWrites(ground)).toEqual([])
    expect(await dates()).toMatchObject([{ state: 'to-approve' }])
  })

  it('counts people, and lets fewer pass', async () => {
    const few = await ask(one, two)
    expect(few.code, few.stderr).toBe(0)
    await ground.reset()
    await ground.k1ctl(['tenant', 'approval', tenant, '--for', 'people=2'])
    const many = await ask(one, two, three)
    expect(many.code).toBe(3)
    expect(many.stderr).toContain('3 people, more than 2 at once.')
    expect(await allWrites(ground)).toEqual([])
  })

  it('has no other way in: a plan file, a date of before the rule', async () => {
    await ground.k1ctl(['tenant', 'approval', tenant, '--none'])
    const file = join(ground.home, 'plan.json')
    await ground.k1ctl(['offboard', one, '--delete', '--save-plan', file])
    await ask(two, '--delete', '--at', '2030-12-06 17:00', '--zone', 'UTC')
    await ground.k1ctl(['tenant', 'approval', tenant, '--for', 'delete'])
    const plan = await ground.k1ctl(['offboard', '--plan', file, '--yes'])
    expect(plan).toMatchObject({ code: 3, stderr: expect.stringContaining('k1ctl approve') })
    const dated = await ground.k1ctl(['worker', '--once'], { now: new Date('2030-12-06T17:01:00Z') })
    expect(dated).toMatchObject({ code: 3, stderr: expect.stringContaining('k1ctl approve') })
    expect(await allWrites(ground)).toEqual([])
    expect(await dates()).toMatchObject([{ state: 'to-approve' }, { state: 'to-approve' }])
  })

  it('is not approved by an edit of the file', async () => {
    await ask(one, '--delete')
    const text = readFileSync(file(), 'utf8')
    const edited = text.replace(/"by":\s*null/, '"by":"bob@desk"').replace('"to-approve"', '"waiting"')
    expect(edited).not.toBe(text)
    writeFileSync(file(), edited)
    const ran = await ground.k1ctl(['worker', '--once'], { now: new Date(Date.now() + 3_600_000) })
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('not as k1ctl wrote it') })
    expect(await allWrites(ground)).toEqual([])
  })
})

describe('the rule of a tenant', () => {
  it('is shown, kept when the tenant is renamed, and taken away', async () => {
    const text = 'somebody else has to approve deleting accounts, more than 2 people at once'
    expect((await ground.k1ctl(['tenant', 'show', tenant])).stdout).toContain(text)
    await ground.k1ctl(['tenant', 'rename', tenant, 'Other'])
    await ground.k1ctl(['tenant', 'domains', 'add', 'Other', 'other.example'])
    expect((await ground.k1ctl(['tenant', 'approval', 'Other'])).stdout).toContain(text)
    await ground.k1ctl(['tenant', 'approval', 'Other', '--none'])
    expect((await ground.k1ctl(['tenant', 'approval', 'Other', '--json'])).stdout).toContain('"approval": null')
  })

  it.each([
    [['--for', 'everything'], '--for takes delete, erase, people=N or require-log-in'],
    [['--for', 'people=many'], 'takes a whole number'],
    [['--for', 'delete', '--none'], 'contradict each other'],
  ])('refuses %j', async (words, sentence) => {
    const ran = await ground.k1ctl(['tenant', 'approval', tenant, ...words])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) })
  })
})
