import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { isK1Error } from '../../src/core/errors.ts'
import { withHash } from '../../src/engine/seal.ts'
import { type PlanFile, parsePlanFile } from '../../src/offboarding/plan-file.ts'
import { demoFacts } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import {
  allWrites,
  clearFaults,
  documentOf,
  forgetCalls,
  leaver,
  northwind,
  staffOf,
  systems,
  takeDown,
} from '../cli/leavers.ts'
import { scriptedPrompter } from '../cli/scripted-prompter.ts'
import { fuzz, fuzzTimeoutMs, hostileText } from './fuzz.ts'

/** A plan is made, edited, and carried out while systems come and go: nothing is done that was not shown. */
let ground: Ground
/** What was shown while everything answered, of one who may go and one who may not. */
let good: string
const file = () => join(ground.home, 'plan.json')
const [one, other] = [leaver(3), leaver(5)]
const root = demoFacts.people.breakGlass

beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
  await ground.k1ctl(['offboard', one, root, '--save-plan', file()])
  good = readFileSync(file(), 'utf8')
}, 60_000)
afterAll(() => ground.close())
beforeEach(() => ground.reset())

async function carryOut(text: string, ...words: string[]) {
  writeFileSync(file(), text)
  await forgetCalls(ground)
  const ran = await ground.k1ctl(['offboard', '--plan', file(), '--yes', '--timeout', '1', ...words])
  expect(ran.stderr).not.toMatch(/Unexpected failure|Maximum call stack|undefined|\[object/)
  return ran
}

/** The plan with one thing changed in it. */
function edited(change: (plan: PlanFile, person: PlanFile['people'][number]) => unknown): string {
  const plan = JSON.parse(good) as PlanFile
  const [person] = plan.people
  if (!person) throw new Error('The plan names nobody.')
  change(plan, person)
  return JSON.stringify(plan, null, 2)
}

const put = (target: object, change: object) => Object.assign(target, change)

const edits: [string, () => string][] = [
  ['delete, too', () => edited(({ options }) => put(options, { delete: true }))],
  ['erase devices', () => edited(({ options }) => put(options, { devices: 'erase' }))],
  ['lock devices', () => edited(({ options }) => put(options, { devices: 'lock' }))],
  ['devices of no kind', () => edited(({ options }) => put(options, { devices: 'burn' }))],
  ['another successor', () => edited(({ options }) => put(options, { successor: other }))],
  ['another reason', () => edited(({ options }) => put(options, { reason: 'none' }))],
  ['another ticket', () => edited(({ options }) => put(options, { ticket: 'T-2' }))],
  ['fewer systems', () => edited(({ options }) => put(options, { only: ['kaseyaone'] }))],
  ['a system less', () => edited(({ options }) => put(options, { except: ['graphus'] }))],
  ['systems that are no list', () => edited(({ options }) => put(options, { only: 'kaseyaone' }))],
  ['another wait', () => edited(({ options }) => put(options, { waitMs: 0 }))],
  ['a wait without an end', () => edited(({ options }) => put(options, { waitMs: 1e300 }))],
  ['one more option', () => edited(({ options }) => put(options, { force: true }))],
  ['no options', () => edited(plan => put(plan, { options: null }))],
  ['another person', () => edited((_, person) => put(person, { person: other }))],
  ['another name', () => edited((_, person) => put(person, { name: 'Somebody Else' }))],
  ['another tenant', () => edited((_, person) => put(person, { tenant: 'Contoso Freight' }))],
  ['a person who is a number', () => edited((_, person) => put(person, { person: 7 }))],
  ['one person more', () => edited(({ people }, person) => people.push({ ...person, person: other }))],
  ['the same person twice', () => edited(({ people }, person) => people.push(person))],
  ['a person less', () => edited(({ people }) => people.pop())],
  ['nobody', () => edited(plan => put(plan, { people: [] }))],
  ['a person that is null', () => edited(plan => put(plan, { people: [null] }))],
  ['people that are no list', () => edited(plan => put(plan, { people: {} }))],
  ['who was refused allowed', () => edited(({ people }) => people.map(p => put(p, { refused: null })))],
  ['who was not refused', () => edited((_, person) => put(person, { refused: 'no' }))],
  ['a system that is said to be silent', () => edited((_, person) => person.unreached.push('graphus'))],
  ['another reason for the one', () => edited((_, person) => put(person, { reason: 'x' }))],
  ['another successor for the one', () => edited((_, person) => put(person, { successor: other }))],
  ['no goals', () => edited((_, person) => put(person, { goals: [] }))],
  ['no member "goals"', () => edited((_, person) => put(person, { goals: undefined }))],
  ['a goal that is null', () => edited((_, person) => put(person, { goals: [null] }))],
  ['a goal less', () => edited((_, person) => person.goals.pop())],
  ['a goal twice', () => edited((_, { goals }) => goals.push(...goals.slice(0, 1)))],
  ['another goal', () => edited((_, { goals }) => put(goals[0] ?? {}, { id: 'x/y/graphus/deleted' }))],
  ['a goal of another system', () => edited((_, { goals }) => put(goals[0] ?? {}, { system: 'bms' }))],
  ['another sentence', () => edited((_, { goals }) => put(goals[0] ?? {}, { summary: 'Nothing happens' }))],
  ['all of it holding', () => edited((_, { goals }) => goals.map(goal => put(goal, { standing: 'holds' })))],
  ['another reading', () => edited((_, { goals }) => put(goals[0] ?? {}, { reading: { active: false } }))],
  ['no differences', () => edited((_, { goals }) => goals.map(goal => put(goal, { differences: [] })))],
  ['a goal that is by hand', () => edited((_, { goals }) => put(goals[0] ?? {}, { byHand: true }))],
  ['no accounts', () => edited((_, person) => put(person, { accounts: [] }))],
  ['another account', () => edited((_, { accounts }) => put(accounts[0] ?? {}, { id: '1' }))],
  ['another log-in', () => edited((_, { accounts }) => put(accounts[0] ?? {}, { login: other }))],
  ['another time', () => edited(plan => put(plan, { madeAt: '2027-01-01T00:00:00.000Z' }))],
  ['an earlier version', () => edited(plan => put(plan, { version: 1 }))],
  ['a version of words', () => edited(plan => put(plan, { version: '2' }))],
  ['no hash', () => edited(plan => put(plan, { hash: undefined }))],
  ['another hash', () => edited(plan => put(plan, { hash: '0'.repeat(64) }))],
  ['a prototype', () => good.replace('"version"', '"__proto__":{"delete":true},"version"')],
  ['a member twice', () => good.replace('"delete": false', '"delete": false, "delete": true')],
  ['depth', () => good.replace('"goals": [', `"goals": [${'['.repeat(10_000)}${']'.repeat(10_000)},`)],
  ['a half', () => good.slice(0, good.length / 2)],
  ['a list', () => `[${good}]`],
  ['nothing', () => ''],
  ['null', () => 'null'],
]

describe('a plan that was edited', () => {
  it.each(edits)('%s: refused, and nothing is sent', async (_, text) => {
    expect(text()).not.toBe(good)
    const ran = await carryOut(text())
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('Make a new one with --save-plan FILE.') })
    expect(await allWrites(ground)).toEqual([])
    for (const system of Object.keys(ground.sandbox.systems)) expect(await ground.calls(system)).toEqual([])
  })

  it('only in its looks is carried out, and only on what it shows', async () => {
    const plan = JSON.parse(good) as PlanFile
    const before = await everybody()
    const turned = JSON.stringify(Object.fromEntries(Object.entries(plan).reverse()), null, '\t')
    const ran = await carryOut(turned, '--json')
    const [gone] = documentOf(ran).people.filter(p => p.person === one)
    expect(gone?.verdict, ran.stdout).toBe('proved')
    const shown = plan.people.flatMap(p => (p.refused === null ? p.accounts.map(a => a.id) : []))
    expect(shown).toHaveLength(systems.length)
    const after = await everybody()
    const changed = [...before].filter(([id, was]) => after.get(id) !== was)
    expect(changed.map(([id]) => id.slice(id.indexOf(' ') + 1)).sort()).toEqual(shown.sort())
  })

  const sealedAgain: [string, () => string][] = [
    ['delete, too', () => edited(({ options }) => put(options, { delete: true }))],
    ['fewer systems', () => edited(({ options }) => put(options, { only: ['kaseyaone'] }))],
    ['no goals', () => edited((_, person) => put(person, { goals: [] }))],
    ['another person', () => edited((_, person) => put(person, { person: other }))],
    ['another account', () => edited((_, { accounts }) => put(accounts[0] ?? {}, { id: '1' }))],
    ['no accounts', () => edited((_, person) => put(person, { accounts: [] }))],
    ['who was refused allowed', () => edited(({ people }) => people.map(p => put(p, { refused: null })))],
    [
      'a system that is said to have been silent',
      () =>
        edited((_, person) => {
          put(person, { unreached: ['graphus'] })
          put(person, { goals: person.goals.filter(g => g.system !== 'graphus') })
          put(person, { accounts: person.accounts.filter(a => a.system !== 'graphus') })
        }),
    ],
  ]
  it.each(sealedAgain)('and sealed again, %s: not as it is, so nothing is sent', async (_, text) => {
    const { hash: __, ...plan } = JSON.parse(text()) as PlanFile
    const ran = await carryOut(JSON.stringify(withHash(plan)))
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('has changed') })
    expect(await allWrites(ground)).toEqual([])
  })
})

describe('any edit of a plan', () => {
  const refuses = (text: string) => {
    try {
      expect(parsePlanFile(text, 'plan.json')).toEqual(JSON.parse(good))
    } catch (error) {
      if (!isK1Error(error)) throw error
      expect(error.kind).toBe('usage')
      expect(error.hint).toContain('--save-plan')
    }
  }

  it('of its bytes is refused, or none', { timeout: fuzzTimeoutMs }, () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 40 }), hostileText, (at, length, text) => {
        const from = at % good.length
        refuses(good.slice(0, from) + text + good.slice(from + length))
        refuses(good.slice(0, from) + good.slice(from + length))
      }),
      fuzz(),
    )
  })

  it('of one value, wherever it is, is refused', { timeout: fuzzTimeoutMs }, () => {
    fc.assert(
      fc.property(fc.nat(), fc.oneof(fc.jsonValue(), hostileText, fc.constantFrom(null, true, [], {})), (at, value) => {
        const plan = JSON.parse(good) as object
        const places = placesIn(plan)
        const [owner, name] = places[at % places.length] ?? [plan, 'hash']
        Reflect.set(owner, name, value)
        refuses(JSON.stringify(plan))
      }),
      fuzz(),
    )
  })
})

/** Everybody in every system, by system and id. */
async function everybody(): Promise<Map<string, string>> {
  const all = await Promise.all(
    systems.map(async system =>
      (await staffOf(ground, system)).map(one => [`${system} ${one.id}`, JSON.stringify(one)] as const),
    ),
  )
  return new Map(all.flat())
}

/** Each member of each object in it, and each item. */
function placesIn(value: object): [object, string][] {
  return Object.entries(value).flatMap(([name, member]): [object, string][] => [
    [value, name],
    ...(typeof member === 'object' && member !== null ? placesIn(member) : []),
  ])
}

describe.each(systems)('%s', system => {
  const id = system === 'scim' ? 'scim:huddle' : system

  it.each([[[]], [['--delete']]])('down when the plan was made with %j, up when it is carried out', async words => {
    await takeDown(ground, system)
    await ground.k1ctl(['offboard', one, ...words, '--save-plan', file(), '--timeout', '1'])
    await clearFaults(ground)
    const ran = await carryOut(readFileSync(file(), 'utf8'))
    expect(ran.code, ran.stderr).toBe(1)
    expect(ran.stderr).toContain(`in ${id} was not shown: nothing answered there then`)
    expect(await allWrites(ground)).toEqual([])
  })

  it('down now: refused; down both times: the others, and nothing of it', async () => {
    await takeDown(ground, system)
    expect((await carryOut(good)).code).toBe(1)
    expect(await allWrites(ground)).toEqual([])
    await ground.k1ctl(['offboard', one, '--save-plan', file(), '--timeout', '1', '--wait', '1'])
    const ran = await carryOut(readFileSync(file(), 'utf8'), '--json')
    expect(ran.code, ran.stdout).toBe(3)
    expect(documentOf(ran).people[0]?.unreached.map(u => u.system)).toEqual([id])
    const written = new Set((await allWrites(ground)).map(w => w.system))
    expect(written.has(system)).toBe(false)
  })

  it('down when it was shown at a terminal, up when somebody had said yes: nothing is done to them', async () => {
    await takeDown(ground, system)
    const ran = await ground.k1ctl(['offboard', one, '--timeout', '1', '--wait', '1'], {
      prompter: scriptedPrompter({
        async confirm() {
          await clearFaults(ground)
          // A system that does not answer is asked anew only some seconds later.
          await new Promise(resolve => setTimeout(resolve, 5_200))
          await forgetCalls(ground)
          return true
        },
      }),
    })
    expect(ran.code, ran.stdout).toBe(3)
    expect(ran.stdout).toContain('was not shown: nothing answered there then')
    expect(await allWrites(ground)).toEqual([])
  })

  it('down in a run that was agreed to at a terminal, up at its resume: its account stays', async () => {
    await takeDown(ground, system)
    const prompter = scriptedPrompter({ confirm: async () => true })
    const ran = await ground.k1ctl(['offboard', one, '--timeout', '1', '--wait', '1'], { prompter })
    expect(ran.code, ran.stdout).toBe(3)
    await clearFaults(ground)
    await forgetCalls(ground)
    const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    const results = documentOf(resumed).people[0]?.results.filter(r => r.system === id) ?? []
    expect(results.length).toBeGreaterThan(0)
    // Graphus and BMS follow KaseyaOne: there it was done without k1ctl.
    const open = results.filter(r => r.end !== 'already')
    expect(open.length > 0).toBe(id !== 'graphus' && id !== 'bms')
    expect(resumed.code).toBe(open.length > 0 ? 3 : 0)
    // What would only take away waits for the block that nobody agreed to.
    const [refused, waiting] = [open.filter(r => r.end === 'refused'), open.filter(r => r.end !== 'refused')]
    expect(refused.length > 0).toBe(open.length > 0)
    for (const { why } of refused) expect(why).toContain('You did not agree to it')
    for (const { end, why } of waiting) {
      expect({ end, why }).toEqual({ end: 'pending', why: expect.stringContaining('sign-in-blocked') })
    }
    expect((await allWrites(ground)).filter(w => w.system === system)).toEqual([])
  })
})
