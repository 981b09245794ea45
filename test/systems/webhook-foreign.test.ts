import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createTestClock, failureOf, sendJson } from '../http/loopback.ts'
import { bringAll, goalOf, here, theOne } from './people-stage.ts'
import { goalsFor, type Received, secret, setForeignStage } from './webhook-stage.ts'

/** Receivers that other people wrote: what goes over the wire, and what odd ones answer. */

const email = 'amy.chen@msp.example'
const amy = { id: '17', login: 'amy', email, name: "Amy O'Chen", active: true }

const { start, open } = setForeignStage()

/** Somebody who is blocked when told so. */
function blocker(more: Record<string, unknown> = {}) {
  let active = true
  return ({ message }: Received, response: ServerResponse) => {
    if (message.type === 'person.ensure') active = message.hold !== true
    sendJson(response, { people: [{ ...amy, active, ...more }] })
  }
}

describe('what is sent', () => {
  it('is signed as the specification says, to the very URL, and fresh', async () => {
    const { received, url } = await start(blocker())
    const clock = createTestClock()
    const people = await open({}, clock)
    await bringAll(await goalsFor(people, email, here))
    expect(received.length).toBeGreaterThan(4)
    for (const one of received) {
      expect([one.genuine, one.target, one.contentType]).toEqual([true, '/hooks/k1ctl', 'application/json'])
      expect(Math.abs(one.timestamp - clock.now().getTime() / 1000)).toBeLessThan(60)
      expect(one.id).toMatch(/^[\w-]+$/)
    }
    expect(received.find(one => one.message.type === 'person.ensure')?.message).toEqual({
      type: 'person.ensure',
      person: { id: '17', login: 'amy', email, name: "Amy O'Chen" },
      goal: 'sign-in-blocked',
      hold: true,
    })
    await open({ url: `${url}/` }).then(slash => slash.find(email))
    await open({ url: new URL(url).origin }).then(root => root.find(email))
    await open({ url: `${url}/b%20c%2Fd` }).then(odd => odd.find(email))
    expect(received.slice(-3).map(one => one.target)).toEqual(['/hooks/k1ctl/', '/', '/hooks/k1ctl/b%20c%2Fd'])
  })

  it('keeps its bytes when names are awkward', async () => {
    const { received } = await start(blocker({ name: 'Zoë "Ö" 李 \u{1f511}\\' }))
    await bringAll(await goalsFor(await open(), email, here))
    expect(received.every(({ genuine }) => genuine)).toBe(true)
    expect(received.some(({ text }) => text.includes('李'))).toBe(true)
  })

  it('is signed with each secret while one takes the place of another', async () => {
    const next = `whsec_${Buffer.alloc(24, 3).toString('base64')}`
    const { received } = await start(blocker(), [next])
    await (await open({ secret: `${secret}  ${next}` })).find(email)
    expect([received[0]?.signatures.length, received[0]?.genuine]).toEqual([2, true])
    await (await open({ secret: `${secret.replace('whsec_', '')}` })).find(email)
    expect([received[1]?.signatures.length, received[1]?.genuine]).toEqual([1, false])
  })

  it('has one id for one wish, however often it is sent, and a new time', async () => {
    let refusals = 2
    const { received } = await start(({ message }, response) => {
      if (message.type !== 'person.ensure') return sendJson(response, { people: [amy] })
      refusals -= 1
      sendJson(response, { error: 'busy' }, refusals < 0 ? 202 : 503, { 'retry-after': '2' })
    })
    const sent = () => received.filter(one => one.message.type === 'person.ensure')
    const clock = createTestClock()
    const options = { ...here, waitMs: 0 }
    const people = await open({}, clock)
    const account = await theOne(people, email)
    await goalOf(await people.goals(account, options), 'sign-in-blocked').bring?.()
    // Another process, with the account as the run kept it.
    await goalOf(await (await open({}, clock)).goals(account, options), 'sign-in-blocked').bring?.()
    expect(sent()).toHaveLength(4)
    expect(new Set(sent().map(({ id }) => id)).size).toBe(1)
    expect(new Set(sent().map(({ text }) => text)).size).toBe(1)
    expect((sent()[2]?.timestamp ?? 0) - (sent()[0]?.timestamp ?? 0)).toBeGreaterThanOrEqual(4)
    expect(sent().every(({ genuine }) => genuine)).toBe(true)
    // A new run is a new occasion: whoever left, came back, and leaves again is blocked again.
    const anew = await open({}, clock)
    await goalOf(await goalsFor(anew, email, options), 'sign-in-blocked').bring?.()
    expect(sent()[4]?.text).toBe(sent()[0]?.text)
    expect(sent()[4]?.id).not.toBe(sent()[0]?.id)
  })

  it('has another id for another person, goal, or wish', async () => {
    const { received } = await start(({ message }, response) => {
      const id = String(message.id ?? '')
      sendJson(
        response,
        { people: [{ ...amy, id, holds: { 'groups-left': false } }] },
        message.type === 'person.ensure' ? 202 : 200,
      )
    })
    const people = await open({ kinds: 'sign-in-blocked,groups-left' })
    const options = { ...here, waitMs: 0 }
    for (const id of ['1', '2']) {
      const account = { ...amy, id, roles: [] }
      const goals = await people.goals(account, options)
      for (const goal of goals) await goal.bring?.()
    }
    const ids = received.filter(one => one.message.type === 'person.ensure').map(({ id }) => id)
    expect([ids.length, new Set(ids).size]).toEqual([4, 4])
  })
})

describe('odd receivers', () => {
  it('may add members, and say null for what they do not know', async () => {
    await start(blocker({ email: null, name: null, aliases: [email], roles: null, shoeSize: 43, details: null }))
    const people = await open()
    expect(await people.find(email)).toMatchObject([{ id: '17', email: '', name: '', roles: [] }])
    const brought = await bringAll(await goalsFor(people, email, here))
    expect(brought.get('sign-in-blocked')?.after.state).toBe('holds')
  })

  it('may know several people by one word, for the caller to refuse', async () => {
    await start((_, response) => sendJson(response, { people: [amy, { ...amy, id: '18', login: 'amy2' }] }))
    expect((await (await open()).find(email)).map(({ id }) => id)).toEqual(['17', '18'])
  })

  it.each([
    ['somebody else by a word', (people: typeof amy) => ({ ...people, email: `x${email}` })],
    ['somebody else by an id', (people: typeof amy) => ({ ...people, id: '18' })],
  ])('may not answer with %s', async (_, alter) => {
    await start((_received, response) => sendJson(response, { people: [alter(amy)] }))
    const people = await open()
    const looked = alter(amy).id === amy.id ? people.find(email) : people.account('17')
    expect((await failureOf(looked)).kind).toBe('contract')
  })

  it('may be unable to tell: it is sent once, nothing is proved, and a blocked account is left alone', async () => {
    let active = true
    const told: unknown[] = []
    await start(({ message }, response) => {
      if (message.type === 'person.ensure') told.push(message.goal)
      if (message.goal === 'sign-in-blocked') active = false
      sendJson(response, { people: [{ ...amy, active, holds: { 'sessions-ended': null } }] })
    })
    const people = await open({ kinds: 'sessions-ended,sign-in-blocked' })
    const brought = await bringAll(await goalsFor(people, email, here))
    expect(brought.get('sessions-ended')?.after).toEqual({
      state: 'unobservable',
      why: expect.stringMatching(/cannot tell: sessions\.$/),
    })
    expect(told).toEqual(['sign-in-blocked', 'sessions-ended'])
    for (const goal of await goalsFor(people, email, here)) await goal.bring?.()
    expect(told).toHaveLength(2)
  })

  it('may take it for later: it is waited for as long as that is worth it', async () => {
    let looks = 0
    await start(({ message }, response) => {
      if (message.type === 'person.ensure') return sendJson(response, {}, 202, { 'retry-after': '20' })
      looks += 1
      sendJson(response, { people: [{ ...amy, active: looks < 6 }] })
    })
    const clock = createTestClock()
    const goal = goalOf(await goalsFor(await open({}, clock), email, here), 'sign-in-blocked')
    await goal.bring?.()
    expect(clock.waits[0]).toBe(20_000)
    expect((await goal.look()).state).toBe('holds')
    expect(clock.waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThan(60_000)
  })

  it('may give back only a part, which is not all of it', async () => {
    let doors = ['Front', 'Back']
    await start(({ message }, response) => {
      if (message.type === 'person.ensure') doors = message.hold === true ? [] : ['Front']
      const details = { 'groups-left': { doors, count: doors.length } }
      sendJson(response, { people: [{ ...amy, holds: { 'groups-left': doors.length === 0 }, details }] })
    })
    const goal = goalOf(await goalsFor(await open({ kinds: 'groups-left' }), email, here), 'groups-left')
    const before = await goal.look()
    await goal.bring?.()
    const undo = goal.undo?.(before.state === 'not-yet' ? before.reading : null)
    expect((await failureOf(Promise.resolve(undo?.bring?.()))).message).toContain('reading it back shows')
    expect(await undo?.look()).toMatchObject({ state: 'not-yet', reading: { details: { doors: ['Front'] } } })
    doors = ['Back', 'Front', 'Side']
    expect((await undo?.look())?.state).toBe('holds')
  })

  it('may list nobody, and must not list in a circle', async () => {
    await start((_, response) => sendJson(response, { error: 'no lists' }, 501))
    const none = await open()
    expect((await failureOf(none.list()[Symbol.asyncIterator]().next())).kind).toBe('refused')
    await start((_, response) => sendJson(response, { people: [amy], next: 'again' }))
    const circle = await open()
    const error = await failureOf(
      (async () => {
        for await (const one of circle.list()) expect(one.id).toBe('17')
      })(),
    )
    expect([error.kind, error.facts.field]).toEqual(['contract', 'next'])
  })
})
