import { describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { TenantRecord } from '../../src/core/stores.ts'
import { foldUnits } from '../../src/engine/fold-units.ts'
import type { End } from '../../src/engine/verdict.ts'
import { peopleOf, planEntry } from '../../src/offboarding/ledger-entries.ts'
import type { Row } from '../../src/offboarding/offboard.ts'
import { finishedPeople, leftOf } from '../../src/offboarding/resume.ts'
import { lookOf } from '../engine/scripted-goal.ts'
import { account, amy, entries, goal, personPlan } from './parts.ts'

const [chat, bms] = [goal('chat', 'sign-in-blocked'), goal('bms', 'sign-in-blocked')]
const both = personPlan({
  accounts: [{ system: 'chat', title: 'Chat', account: account() }],
  planned: [chat, bms].map(one => ({ goal: one, standing: lookOf({ state: 'not-yet', reading: { active: true } }) })),
})
const end = (one: typeof chat, how: End, proved = how === 'changed') => ({
  goal: one.id,
  tenant: amy.tenant,
  system: one.system,
  reach: 'api',
  summary: one.summary,
  end: how,
  proved,
  at: '',
  differences: [],
})
const silent = {
  tenant: amy.tenant,
  system: 'bms',
  reach: 'api' as const,
  error: new K1Error('unreachable', 'Nobody is there.'),
}
const tenants: TenantRecord[] = [{ name: 'Acme', domains: ['x.example'] }]
const plan = ['plan', planEntry(both)] as const

async function* iterate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

function stateOf(ledger: ReturnType<typeof entries>) {
  return { units: foldUnits(ledger), attested: new Map<string, string>() }
}

async function left(ledger: ReturnType<typeof entries>, rows: Row[] = [], among = tenants) {
  const all = []
  for await (const one of leftOf({ state: stateOf(ledger), rows: iterate(rows), tenants: among, resend: false }))
    all.push(one)
  return all
}

describe('peopleOf', () => {
  it('how goals ended, what is in doubt, and what was there before', () => {
    const [amyNow] = peopleOf(
      entries(
        [...plan],
        ['intent', { before: { active: true, at: 'intent' } }, chat.id],
        ['outcome', { sent: true }, chat.id],
        ['proof', end(chat, 'changed'), chat.id],
        ['intent', { before: { active: true } }, bms.id],
      ),
    )
    expect(amyNow?.results.map(r => [r.system, r.end])).toEqual([['chat', 'changed']])
    expect([...(amyNow?.open ?? [])]).toEqual([bms.id])
    expect(amyNow?.before.get(chat.id)).toEqual({ active: true, at: 'intent' })
  })

  it('an unknown end stays in doubt until something certain follows', () => {
    const lost = entries([...plan], ['intent', {}, chat.id], ['outcome', end(chat, 'unknown'), chat.id])
    expect([...(peopleOf(lost)[0]?.open ?? [])]).toEqual([chat.id])
    const found = entries(
      [...plan],
      ['intent', {}, chat.id],
      ['outcome', end(chat, 'unknown'), chat.id],
      ['proof', end(chat, 'changed'), chat.id],
    )
    expect(peopleOf(found)[0]?.open.size).toBe(0)
  })

  it('a second intent undoes the end before it, and keeps the first snapshot', () => {
    const [one] = peopleOf(
      entries(
        [...plan],
        ['intent', { before: { groups: ['a', 'b'] } }, chat.id],
        ['outcome', end(chat, 'failed'), chat.id],
        ['intent', { before: { groups: ['b'] } }, chat.id],
      ),
    )
    expect(one?.results).toEqual([])
    expect(one?.before.get(chat.id)).toEqual({ groups: ['a', 'b'] })
  })

  it('a later plan adds to the earlier one: an account that is gone by now is not forgotten', () => {
    const again = planEntry(personPlan({ name: '', planned: [], unreached: [silent] }))
    const [one] = peopleOf(entries([...plan], ['plan', again]))
    expect(one?.entry).toMatchObject({ name: 'Amy Pond', unreached: [{ system: 'bms' }] })
    expect(one?.entry.accounts.map(a => a.system)).toEqual(['chat'])
    expect(one?.entry.goals.map(g => g.system)).toEqual(['chat', 'bms'])
  })

  it('what another system brought about has the snapshot of the plan', () => {
    const [one] = peopleOf(entries([...plan], ['proof', end(chat, 'changed'), chat.id]))
    expect(one?.before.get(chat.id)).toEqual({ active: true })
  })
})

describe('leftOf', () => {
  const done = (one: typeof chat) => ['proof', end(one, 'changed'), one.id] as ['proof', unknown, string]

  it('nobody, when all ended for certain', async () => {
    const ledger = entries([...plan], done(chat), done(bms))
    expect(await left(ledger, [{ line: 1, person: amy.person }])).toEqual([])
    expect(finishedPeople(stateOf(ledger))).toMatchObject([{ person: amy.person, verdict: 'proved' }])
  })

  it('a person with goals that did not end, with what is settled and what is in doubt', async () => {
    const ledger = entries([...plan], done(chat), ['intent', {}, bms.id])
    const [one] = await left(ledger)
    expect(one).toMatchObject({
      unit: amy,
      earlier: { record: { entry: { accounts: [{ system: 'chat' }] }, results: [{ goal: chat.id, end: 'changed' }] } },
    })
    expect(one && 'unit' in one ? [...(one.earlier?.record.open ?? [])] : []).toEqual([bms.id])
    expect(finishedPeople(stateOf(ledger))).toEqual([])
  })

  it.each<[string, End]>([
    ['failed', 'failed'],
    ['pending', 'pending'],
    ['by hand', 'by-hand'],
  ])('a goal that is %s is looked at again', async (_, how) => {
    const ledger = entries([...plan], done(chat), ['outcome', end(bms, how, false), bms.id])
    expect(await left(ledger)).toHaveLength(1)
  })

  it('a system that did not answer is asked again', async () => {
    const ledger = entries(
      ['plan', planEntry({ ...both, planned: both.planned.slice(0, 1), unreached: [silent] })],
      done(chat),
    )
    expect(await left(ledger)).toHaveLength(1)
  })

  it('refused and unknown people are not tried again, and bad rows are told once', async () => {
    const refused = planEntry(personPlan({ refusal: { why: 'Protected.' } }))
    const unknown = planEntry(personPlan({ person: 'bo@x.example', name: '' }))
    const bad = planEntry(personPlan({ person: 'line 3', tenant: '', refusal: { why: 'It names nobody.' } }))
    const ledger = entries(['plan', refused], ['plan', unknown], ['plan', bad])
    const rows: Row[] = [
      { line: 1, person: 'AMY@x.example' },
      { line: 2, person: 'bo@x.example' },
      { line: 3, person: '', problem: 'It names nobody.' },
    ]
    expect(await left(ledger, rows)).toEqual([])
    expect(finishedPeople(stateOf(ledger)).map(p => p.verdict)).toEqual(['incomplete', 'unknown-person', 'incomplete'])
  })

  it('people that the run never came to, a bad row among them', async () => {
    const rows: Row[] = [
      { line: 1, person: amy.person },
      { line: 2, person: 'new@x.example', ticket: 'T-2' },
      { line: 3, person: '', problem: 'It names nobody.' },
      { line: 4, person: 'x@else.example' },
    ]
    const ledger = entries([...plan], done(chat), done(bms))
    expect(await left(ledger, rows)).toMatchObject([
      { unit: { person: 'new@x.example', ticket: 'T-2', tenant: 'Acme' } },
      { refused: { refusal: { why: 'It names nobody.' } } },
      { refused: { person: 'x@else.example' } },
    ])
  })

  it('of somebody in two tenants only the one that the run never came to', async () => {
    const two = [...tenants, { name: 'Blue', domains: ['x.example'] }]
    const ledger = entries([...plan], done(chat), done(bms))
    expect(await left(ledger, [{ line: 1, person: amy.person }], two)).toEqual([
      { unit: { person: amy.person, tenant: 'Blue' } },
    ])
  })
})

it('remembers when a request was last accepted, for what is queued over there', async () => {
  const ledger = entries(
    [...plan],
    ['intent', {}, chat.id],
    ['outcome', { sent: true }, chat.id],
    ['outcome', end(chat, 'pending'), chat.id],
  )
  expect(foldUnits(ledger)[0]?.sentAt).toEqual(new Map([[chat.id, '2026-11-21T17:00:02.000Z']]))
  const named = entries(
    [...plan],
    ['intent', {}, chat.id],
    ['outcome', { sent: true, round: 1, taken: ['a'] }, chat.id],
  )
  expect(foldUnits(named)[0]?.takenAt).toEqual(new Map([[chat.id, { a: '2026-11-21T17:00:02.000Z' }]]))
  const [unfinished] = await left(ledger)
  expect(unfinished).toMatchObject({
    earlier: { record: { sentAt: new Map([[chat.id, '2026-11-21T17:00:02.000Z']]) } },
  })
})
