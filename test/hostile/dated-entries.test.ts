import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { DatedOffboarding } from '../../src/dated/dated.ts'
import { withHash } from '../../src/engine/seal.ts'
import { type Ground, openGround, type RunOptions } from '../cli/harness.ts'
import { allWrites, forgetCalls, leaver, northwind } from '../cli/leavers.ts'
import { harmIn } from './fuzz.ts'

/** What has a date, edited by somebody, before every command that reads it: said, and never acted upon. */
let ground: Ground
let id: string
let good: DatedOffboarding
const [one, other] = [leaver(3), leaver(5)]
const folder = () => join(ground.home, 'state', 'dated')
const path = () => join(folder(), `${id}.json`)
const due: RunOptions = { now: new Date('2030-12-06T16:01:00Z') }
const hostile = 'a\u001b[2J\n✓ proved\u202e'
const patience = { timeout: 120_000 }

beforeAll(async () => {
  ground = await openGround(northwind('graphus'))
  const when = ['--at', '2030-12-06 17:00', '--zone', 'Europe/Berlin', '--yes']
  expect((await ground.k1ctl(['offboard', one, ...when])).code).toBe(0)
  const [name = ''] = readdirSync(folder())
  id = name.replace('.json', '')
  good = JSON.parse(readFileSync(path(), 'utf8'))
}, 60_000)
afterAll(() => ground.close())

const text = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`
// biome-ignore lint/suspicious/noExplicitAny: whatever is in there is to be broken
const edited = (change: (dated: any) => unknown): string => {
  const copy = structuredClone(good)
  change(copy)
  return text(copy)
}

/** With its hashes made anew, as whoever can write the folder can do. */
// biome-ignore lint/suspicious/noExplicitAny: whatever is in there is to be broken
function forged(change: (dated: any) => unknown): string {
  const copy = structuredClone(good)
  change(copy)
  const anew = (value: object) => {
    const { hash: _, ...rest } = value as { hash?: string }
    return withHash(rest)
  }
  return text(anew({ ...copy, plan: copy.plan && anew(copy.plan) }))
}

/** Not as k1ctl wrote them, and seen to be so. */
const unsound: [string, () => string | Buffer][] = [
  ['another person', () => text(good).replaceAll(one, other)],
  ['another account', () => edited(d => Object.assign(d.plan.people[0].accounts[0], { id: '1' }))],
  ['a goal left out', () => edited(d => d.plan.people[0].goals.pop())],
  ['a person twice', () => edited(d => d.plan.people.push(d.plan.people[0]))],
  ['another option', () => edited(d => Object.assign(d.plan.options, { delete: true }))],
  ['another time', () => edited(d => Object.assign(d, { due: '2026-01-01T00:00:00.000Z' }))],
  ['another state', () => edited(d => Object.assign(d, { state: 'ended', verdict: 'proved' }))],
  ['another limit', () => edited(d => Object.assign(d.limits, { most: 10_000 }))],
  ['what is found does not matter', () => edited(d => Object.assign(d, { ifChanged: 'go' }))],
  [
    'approved by somebody',
    () => edited(d => Object.assign(d, { approval: { why: [], by: 'x@y', at: null, atOnce: true } })),
  ],
  ['a member more', () => edited(d => Object.assign(d, { also: 1 }))],
  [
    'only its hash anew',
    () => text(withHash((({ hash: _, ...rest }) => ({ ...rest, plan: { ...rest.plan, people: [] } }))(good))),
  ],
  ['a prototype', () => text(good).replace('{', '{"__proto__": {"state": "ended"},')],
  ['nothing', () => ''],
  ['null', () => 'null\n'],
  ['a list', () => '[]\n'],
  ['cut off', () => text(good).slice(0, -20)],
  ['zeros behind the end', () => text(good) + '\0'.repeat(4096)],
  ['bytes that are no UTF-8', () => Buffer.from(text(good).replace('waiting', 'wa\u00ffting'), 'latin1')],
  ['depth', () => '['.repeat(100_000)],
  ['10 MB', () => `${text(good)}${'x'.repeat(10_000_000)}`],
  ['a state of no kind', () => forged(d => Object.assign(d, { state: 'toString' }))],
  ['a time that is none', () => forged(d => Object.assign(d, { due: 'yesterday' }))],
  ['people that are null', () => forged(d => Object.assign(d.plan, { people: [null] }))],
  ['goals that are words', () => forged(d => Object.assign(d.plan.people[0], { goals: ['a', 7] }))],
  ['no plan', () => forged(d => Object.assign(d, { plan: null }))],
]

/** The hashes fit: a limit that the README tells of. What it says may be wrong, and what it says it in, too. */
const rebuilt: [string, () => string][] = [
  ['a zone that is none', () => forged(d => Object.assign(d, { zone: hostile }))],
  ['a due time past all dates', () => forged(d => Object.assign(d, { due: '9999-12-31T23:59:59.999Z' }))],
  [
    'names that drive a terminal',
    () => forged(d => Object.assign(d, { operator: hostile, command: hostile, why: hostile })),
  ],
  ['a person of that name', () => forged(d => Object.assign(d.plan.people[0], { person: hostile, tenant: hostile }))],
  ['a history that lies', () => forged(d => d.history.push({ at: hostile, operator: hostile, what: hostile }))],
  ['a run that is none', () => forged(d => Object.assign(d, { state: 'begun', run: '../../../etc/passwd' }))],
  ['a run of no one', () => forged(d => Object.assign(d, { state: 'begun', run: '20260101-000000-0001' }))],
  [
    'ended, and pending for ever',
    () => forged(d => Object.assign(d, { state: 'ended', verdict: 'pending', run: null })),
  ],
  ['nobody in it', () => forged(d => Object.assign(d.plan, { people: [] }))],
  ['an approval by nobody', () => forged(d => Object.assign(d, { state: 'to-approve' }))],
]

const acting = () => [
  ['schedule', 'hold', id],
  ['schedule', 'go', id],
  ['schedule', 'move', id, '--at', '2030-12-13 17:00'],
  ['approve', id, '--yes'],
  ['approve', id, '--refuse'],
  ['worker', '--once'],
]
/** Those that tell of it; the others have to bear it. */
const telling = () => [
  ['schedule', 'list'],
  ['schedule', 'list', '--json'],
  ['schedule', 'show', id],
  ['schedule', 'show', id, '--json'],
  ['approve'],
  ['runs', 'export', '--since', '2020-01-01'],
  ['runs', 'export', '--since', '2020-01-01', '--format', 'json'],
  ['doctor'],
]
const bearing = () => [
  ['worker', 'status'],
  ['runs', 'list'],
  ['offboard', other, '--dry-run'],
  ['offboard', one, '--at', '2030-12-07 17:00', '--dry-run'],
  ['completion', 'candidates', 'schedule', 'show', ''],
]

async function tried(words: readonly string[], options: RunOptions = {}) {
  const ran = await ground.k1ctl(words, options)
  const said = ran.stdout + ran.stderr
  const machine = words.includes('export') || words.includes('--json')
  return { ...ran, said, harm: harmIn(ran.stderr) ?? (machine ? null : harmIn(ran.stdout)) }
}

const wrongIn = async (words: readonly string[], options: RunOptions = {}) => {
  const { code, said, harm } = await tried(words, options)
  const bad =
    /Unexpected failure|defect|Cannot read prop|is not a function|is not iterable|undefined|\[object|Invalid time|\n {4}at .*:\d+/.exec(
      said,
    )?.[0]
  return bad || harm || ![0, 1, 2, 3, 4].includes(code)
    ? `${words.join(' ')}: exit ${code}, ${bad ?? harm} ${said.slice(0, 300)}`
    : undefined
}

const put = (bytes: string | Buffer) => {
  rmSync(path(), { recursive: true, force: true })
  writeFileSync(path(), bytes, { mode: 0o600 })
}

/** Cancelled, it is beside, with a note of who did it; no look finds it, and the doctor is well. */
async function isPutAway(before: Buffer) {
  const ran = await tried(['schedule', 'cancel', id], due)
  expect([ran.code, ran.said]).toEqual([0, expect.stringContaining(`${id} is put away`)])
  expect(ran.said).toContain(`${id} is not as k1ctl wrote it`)
  expect(ran.harm).toBe(null)
  expect(readdirSync(folder()).sort()).toEqual([`${id}.json.unreadable`, `${id}.json.unreadable.by`])
  expect(readFileSync(`${path()}.unreadable`).equals(before)).toBe(true)
  expect(readFileSync(`${path()}.unreadable.by`, 'utf8')).toMatch(/"operator": "tester@here"[\s\S]*put away/)
  expect((await tried(['worker', '--once'], due)).code).toBe(0)
  expect((await tried(['doctor'])).said).not.toContain(id)
  expect((await tried(['schedule', 'cancel', id])).code).toBe(2)
  expect(await allWrites(ground)).toEqual([])
  for (const name of readdirSync(folder())) rmSync(join(folder(), name))
}

describe('a date that is seen to be edited', () => {
  it.each(unsound)('%s: nothing acts on it, and whoever shows it says so', patience, async (_, bytes) => {
    put(bytes())
    const before = readFileSync(path())
    await forgetCalls(ground)
    for (const words of acting()) {
      const ran = await tried(words, due)
      expect([words, ran.code, ran.said]).toEqual([
        words,
        expect.toBeOneOf([1, 3]),
        expect.stringContaining('is not as k1ctl wrote it'),
      ])
      expect(ran.harm).toBe(null)
    }
    expect(readFileSync(path()).equals(before)).toBe(true)
    expect(await allWrites(ground)).toEqual([])
    for (const words of telling()) {
      const ran = await tried(words)
      expect([words, ran.said]).toEqual([words, expect.stringMatching(/is not as k1ctl wrote it|unreadable/)])
      expect(await wrongIn(words)).toBe(undefined)
    }
    for (const words of bearing()) expect(await wrongIn(words)).toBe(undefined)
    await isPutAway(before)
  })
})

it('whoever gives somebody a date is told of one that cannot be read', patience, async () => {
  put(text(good).replaceAll(one, other))
  const ran = await tried(['offboard', one, '--at', '2030-12-07 17:00', '--yes'])
  expect([ran.code, ran.said]).toEqual([0, expect.stringContaining(`${id} is not as k1ctl wrote it`)])
  for (const name of readdirSync(folder())) if (!name.startsWith(id)) rmSync(join(folder(), name))
})

describe('a date that was made anew', () => {
  it.each(rebuilt)('%s: read, or refused in a sentence', patience, async (_, bytes) => {
    const wrong: unknown[] = []
    for (const words of [...telling(), ...bearing(), ...acting()]) {
      put(bytes())
      wrong.push(await wrongIn(words, acting().some(([first]) => first === words[0]) ? due : {}))
    }
    expect(wrong.filter(Boolean)).toEqual([])
  })
})

it('something else than a file in its place is said, and hinders nothing else', patience, async () => {
  rmSync(path(), { force: true })
  mkdirSync(path())
  for (const words of [...telling(), ...bearing(), ...acting()]) expect(await wrongIn(words, due)).toBe(undefined)
  rmSync(path(), { recursive: true })
})
