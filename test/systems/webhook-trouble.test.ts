import { describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver } from '../../src/sandbox/index.ts'
import { badgeSecret } from '../../src/sandbox/webhook/badges.ts'
import { webhookKinds } from '../../src/systems/webhook/about.ts'
import { createTestClock, failureOf } from '../http/loopback.ts'
import { alsoDelete, goalOf, here } from './people-stage.ts'
import { setBadges } from './webhook-badges.ts'
import { goalsFor } from './webhook-stage.ts'

/** What goes wrong between k1ctl and a receiver, and how one signs in to it. */

const badges = setBadges()
const leaver = estateLeaver(demoWorld()).person.email

describe('when things go wrong', () => {
  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [404, 'rejected'],
    [410, 'rejected'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i means, on looking and on writing', async (status, kind) => {
    const people = await badges.open()
    const goal = goalOf(await goalsFor(people, leaver, here), 'sign-in-blocked')
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await badges.fault({ status, headers, body: { error: 'Nope.' } })
    const looking = await failureOf(goal.look())
    expect(looking.kind).toBe(kind)
    await badges.fault({ skip: 1, status, headers, body: { error: 'Nope.' } })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe(kind)
    expect((await goal.look()).state).toBe('not-yet')
    expect(await badges.writes()).toEqual([])
  })

  it('says what the receiver said when it refuses', async () => {
    const people = await badges.open()
    const goal = goalOf(await goalsFor(people, leaver, here), 'sign-in-blocked')
    await badges.fault({ skip: 1, error: { Code: 1, Message: 'Under legal hold' } })
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.kind, error.message]).toEqual(['rejected', expect.stringContaining('Under legal hold')])
  })

  it('sends the same message again when the answer is lost, and it takes effect once', async () => {
    const people = await badges.open()
    const goal = goalOf(await goalsFor(people, leaver, here), 'devices-released')
    await badges.writes()
    await badges.fault({ skip: 1, drop: 'after' })
    await goal.bring?.()
    const calls = (await badges.calls()).filter(call => call.digest !== undefined)
    expect(calls.map(({ status }) => status)).toEqual([null, 202])
    expect(new Set(calls.map(({ digest }) => digest)).size).toBe(1)
  })

  it('lets a look decide when no answer comes at all', async () => {
    const people = await badges.open()
    const goal = goalOf(await goalsFor(people, leaver, here), 'sign-in-blocked')
    await badges.fault({ skip: 1, drop: 'before', times: 4 })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('lost-answer')
    expect((await goal.look()).state).toBe('not-yet')
    await badges.fault({ skip: 1, drop: 'after', times: 4 })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('lost-answer')
    expect((await goal.look()).state).toBe('holds')
  })

  it('does not believe an answer that says done', async () => {
    const people = await badges.open()
    const goal = goalOf(await goalsFor(people, leaver, here), 'sign-in-blocked')
    await badges.fault({ skip: 1, status: 200, body: { people: [] } })
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.kind, error.message]).toEqual(['rejected', expect.stringContaining('reading it back shows')])
  })

  it.each([
    ['people', 'people'],
    ['people.active', 'people.0.active'],
    ['people.id', 'people.0.id'],
    ['people.holds', 'people.0.holds'],
    ['people.holds.groups-left', 'people.0.holds.groups-left'],
  ])('names %s when it is missing, and proves nothing', async (omit, field) => {
    const people = await badges.open()
    const goal = goalOf(await goalsFor(people, leaver, here), 'groups-left')
    await badges.fault({ omit: [omit] })
    const error = await failureOf(goal.look())
    expect([error.kind, error.facts.field]).toEqual(['contract', field])
  })

  it('needs no holds of a receiver that only blocks', async () => {
    const people = await badges.open({ kinds: 'sign-in-blocked,deleted' })
    const goals = await goalsFor(people, leaver, alsoDelete)
    await badges.fault({ omit: ['people.holds', 'people.details'] })
    expect((await goalOf(goals, 'sign-in-blocked').look()).state).toBe('not-yet')
  })

  it('takes a web page, or a redirect, for what it is', async () => {
    const people = await badges.open()
    await badges.fault({ status: 200, body: '<!doctype html><title>Sign in</title>' })
    expect((await failureOf(people.find(leaver))).kind).toBe('contract')
    await badges.fault({ status: 302, headers: { location: 'https://sso.msp.example/' }, body: '' })
    expect((await failureOf(people.find(leaver))).kind).toBe('contract')
  })

  it('says no secret, even when the receiver says back what it got', async () => {
    const people = await badges.open()
    const goals = await goalsFor(people, leaver, here)
    await badges.fault({ echo: true })
    const error = await failureOf(people.find(leaver))
    const bare = badgeSecret.replace('whsec_', '')
    const said = JSON.stringify([
      error.message,
      error.hint,
      error.facts,
      goals,
      await goalOf(goals, 'groups-left').look(),
    ])
    for (const one of [badgeSecret, bare, Buffer.from(bare, 'base64').toString('hex')]) expect(said).not.toContain(one)
  })
})

describe('signing in', () => {
  it('shows who is there, once a session', async () => {
    const session = await badges.session()
    await badges.control('DELETE', 'calls')
    expect(await session.check()).toEqual({
      name: new URL(badges.connection().url ?? '').host,
      email: '',
      tenant: expect.stringMatching(/\/webhook\/t-020$/),
      missing: [],
    })
    await session.check()
    expect(await badges.calls()).toHaveLength(1)
  })

  it('asks again after a ping that failed', async () => {
    const session = await badges.session()
    await badges.fault({ status: 500 })
    expect((await failureOf(session.check())).kind).toBe('server')
    expect((await session.check()).missing).toEqual([])
  })

  it('says what the receiver does not do, and what it lacks', async () => {
    const session = await badges.session()
    await badges.fault({
      status: 200,
      body: { goals: webhookKinds.filter(kind => kind !== 'access-freed'), missing: ['No key to door 9.'] },
    })
    expect((await session.check()).missing).toEqual([
      'No key to door 9.',
      'The receiver does not do access-freed: teach it, or take it out of the setting kinds.',
    ])
  })

  it('is refused with the wrong secret, and with a clock that is six minutes off', async () => {
    const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
    const wrong = await failureOf((await badges.open({ secret: other })).find(leaver))
    expect([wrong.kind, wrong.hint]).toEqual(['sign-in', expect.stringContaining('less than five minutes apart')])
    const late = createTestClock(new Date(badges.clock.now().getTime() - 6 * 60_000).toISOString())
    const slow = await badges.open({}, late)
    expect((await failureOf(slow.find(leaver))).message).toContain('more than five minutes off')
  })

  it('changes its secret without a gap', async () => {
    const next = `whsec_${Buffer.alloc(24, 9).toString('base64')}`
    const both = await badges.open({ secret: `${next} ${badgeSecret}` })
    expect(await both.find(leaver)).toHaveLength(1)
    await badges.control('POST', 'secrets', [next])
    expect(await both.find(leaver)).toHaveLength(1)
    expect((await failureOf((await badges.open()).find(leaver))).kind).toBe('sign-in')
    expect(await (await badges.open({ secret: next })).find(leaver)).toHaveLength(1)
  })
})
