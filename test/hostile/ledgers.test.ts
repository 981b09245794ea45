import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LedgerEntry } from '../../src/core/ledger-store.ts'
import { firstPrev, formatEntry, hashEntry } from '../../src/store/ledger-chain.ts'
import { type Ground, openGround } from '../cli/harness.ts'
import { allWrites, forgetCalls, leaver, northwind } from '../cli/leavers.ts'
import { harmIn } from './fuzz.ts'

/** A ledger that somebody edited, before every command that reads one: said, and never used as if it were whole. */
let ground: Ground
let good: LedgerEntry[]
let run: string
const one = leaver(3)
const runsFolder = () => join(ground.home, 'state', 'runs')
const path = () => join(runsFolder(), `${run}.jsonl`)
/** The same ledger in a packet, and a plan of somebody whom no run is about. */
const packet = () => join(ground.home, 'packet')
const plan = () => join(ground.home, 'plan.json')
/** A step of it that only a person can do. */
let byHand: string

beforeAll(async () => {
  ground = await openGround(northwind('graphus'))
  // What is left open makes resume and attest have something to do.
  await ground.fault('scim', { write: true, status: 500, times: 0 })
  await ground.k1ctl(['disconnect', 'datto-partner-portal'])
  await ground.k1ctl(['offboard', one, '--yes', '--reason', 'left', '--timeout', '1'])
  await ground.control('scim', 'faults', { method: 'DELETE' })
  const [name = ''] = readdirSync(runsFolder()).filter(file => file.endsWith('.jsonl'))
  run = name.replace('.jsonl', '')
  good = readFileSync(path(), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
  byHand = good.find(({ data }) => (data as { end?: string } | null)?.end === 'by-hand')?.goal ?? ''
  expect(byHand).not.toBe('')
  mkdirSync(packet())
  await ground.k1ctl(['offboard', leaver(5), '--save-plan', plan()])
  expect(existsSync(plan())).toBe(true)
}, 60_000)
afterAll(() => ground.close())

const text = (entries: readonly LedgerEntry[]) => entries.map(formatEntry).join('')
const copy = () => structuredClone(good)

/** With all hashes made anew, as whoever can write the folder can do. */
function rebuilt(change: (entries: LedgerEntry[]) => unknown): string {
  const entries = copy()
  change(entries)
  let prev = firstPrev
  return entries
    .map((entry, seq) => {
      const { hash: _, ...unhashed } = { ...entry, seq, prev }
      prev = hashEntry(unhashed)
      return formatEntry({ ...unhashed, hash: prev })
    })
    .join('')
}

function edited(change: (entries: LedgerEntry[]) => unknown): string {
  const entries = copy()
  change(entries)
  return text(entries)
}

/** The entry of the person's plan, and any of the others, as they are. */
// biome-ignore lint/suspicious/noExplicitAny: whatever is in there is to be broken
const dataOf = (entries: LedgerEntry[], at: number): any => entries[at]?.data
const planAt = () => good.findIndex(({ type, data }) => type === 'plan' && 'person' in (data as object))
const proofAt = () => good.findIndex(({ type }) => type === 'proof')
const patience = { timeout: 120_000 }
const megabytes = 'x'.repeat(10_000_000)

/** Not as k1ctl wrote them, and seen to be so. */
const unsound: [string, () => string | Buffer][] = [
  ['an entry swapped with the next', () => edited(all => all.splice(2, 2, ...all.slice(2, 4).reverse()))],
  ['an entry taken out', () => edited(all => all.splice(3, 1))],
  ['the first entry taken out', () => edited(all => all.shift())],
  ['an entry twice', () => edited(all => all.splice(3, 0, ...all.slice(3, 4)))],
  ['a verdict changed', () => edited(all => Object.assign(dataOf(all, all.length - 1), { verdict: 'proved' }))],
  ['a person changed', () => edited(all => Object.assign(dataOf(all, planAt()), { person: leaver(5) }))],
  ['an account changed', () => edited(all => Object.assign(dataOf(all, planAt()).accounts[0].account, { id: '1' }))],
  ['a member more', () => text(good).replace('"seq":2', '"also":1,"seq":2')],
  ['a prototype', () => text(good).replace('"data":{', '"data":{"__proto__":{"verdict":"proved"},')],
  ['a blank', () => text(good).replace('"seq":1,', '"seq": 1,')],
  ['line ends of Windows', () => text(good).replaceAll('\n', '\r\n')],
  ['a byte order mark', () => `\ufeff${text(good)}`],
  ['NUL bytes in between', () => text(good).replace('\n', `\n${'\0'.repeat(512)}\n`)],
  ['bytes that are no UTF-8', () => Buffer.from(text(good).replace('left', '\u00ff\u00fe'), 'latin1')],
  ['a line of 10 MB', () => `${text(good)}${megabytes}\n`],
  ['a line of 10 MB first', () => `${megabytes}\n${text(good)}`],
  ['depth', () => `${text(good)}${'['.repeat(100_000)}\n`],
  ['another run', () => text(good).replaceAll(run, '20260101-000000-0001')],
  ['nothing', () => ''],
]

/** The chain fits: a limit that the README tells of. What it says may be wrong, and what it says it in, too. */
const forged: [string, () => string][] = [
  ['cut off within a line', () => text(good).slice(0, -20)],
  ['cut off behind the plan', () => text(good.slice(0, planAt() + 1))],
  ['cut off behind the first', () => text(good.slice(0, 1))],
  ['zeros behind the end', () => text(good) + '\0'.repeat(4096)],
  ['another person', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { person: leaver(5) }))],
  [
    'no consent',
    () =>
      rebuilt(all =>
        all.splice(
          all.findIndex(e => e.type === 'consent'),
          1,
        ),
      ),
  ],
  ['no plan', () => rebuilt(all => all.splice(planAt(), 1))],
  ['no head', () => rebuilt(all => all.shift())],
  ['a reason of 10 MB', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { reason: megabytes }))],
  [
    'NUL bytes in a name',
    () => rebuilt(all => Object.assign(dataOf(all, planAt()), { name: 'a\0b\u001b[2J\n✓ proved' })),
  ],
  ['goals that are null', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { goals: null }))],
  ['a goal that is null', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { goals: [null] }))],
  [
    'goals without a specification',
    () => rebuilt(all => dataOf(all, planAt()).goals.map((g: object) => Object.assign(g, { spec: null }))),
  ],
  ['accounts that are words', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { accounts: ['a', null] }))],
  ['accounts that are none', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { accounts: 7 }))],
  ['a tenant that is a number', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { tenant: 7 }))],
  ['a person that is a list', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { person: ['a'] }))],
  ['unreached that is a word', () => rebuilt(all => Object.assign(dataOf(all, planAt()), { unreached: 'no' }))],
  ['a plan that is null', () => rebuilt(all => Object.assign(all[planAt()] ?? {}, { data: null }))],
  ['a head that is null', () => rebuilt(all => Object.assign(all[0] ?? {}, { data: null }))],
  ['a head that is a list', () => rebuilt(all => Object.assign(all[0] ?? {}, { data: [] }))],
  ['a head without options', () => rebuilt(all => Object.assign(dataOf(all, 0), { options: undefined }))],
  ['a head of no kind', () => rebuilt(all => Object.assign(dataOf(all, 0), { kind: '__proto__', command: 7 }))],
  ['tenants that are no list', () => rebuilt(all => Object.assign(dataOf(all, 0), { tenants: 7 }))],
  [
    'a consent that is null',
    () => rebuilt(all => Object.assign(all.find(e => e.type === 'consent') ?? {}, { data: null })),
  ],
  ['a result that is null', () => rebuilt(all => Object.assign(all[proofAt()] ?? {}, { data: null }))],
  ['a result without differences', () => rebuilt(all => Object.assign(dataOf(all, proofAt()), { differences: null }))],
  ['a result with another end', () => rebuilt(all => Object.assign(dataOf(all, proofAt()), { end: 'constructor' }))],
  ['a result of no system', () => rebuilt(all => Object.assign(dataOf(all, proofAt()), { system: 7, summary: null }))],
  ['a report that is null', () => rebuilt(all => Object.assign(all.at(-1) ?? {}, { data: null }))],
  ['a verdict of no kind', () => rebuilt(all => Object.assign(dataOf(all, all.length - 1), { verdict: 'toString' }))],
  ['a time that is none', () => rebuilt(all => all.map(e => Object.assign(e, { at: 'yesterday' })))],
  [
    'a prototype within',
    () =>
      rebuilt(all =>
        Object.assign(all[planAt()] ?? {}, {
          data: JSON.parse('{"__proto__":{"person":"x"},"tenant":"t","person":"p","goals":[],"unreached":[]}'),
        }),
      ),
  ],
]

/** Those that act on what it says, and those that show it. */
const acting = () => [
  ['runs', 'undo', run, '--yes'],
  ['runs', 'resume', run],
  ['runs', 'attest', run, byHand, '--note', 'done'],
  ['runs', 'seal', run, '--key', join(ground.home, 'no-key'), '--to', join(ground.home, 'sealed')],
]
const showing = () => [
  ['runs', 'list'],
  ['runs', 'list', '--json'],
  ['runs', 'list', '--output', 'csv'],
  ['runs', 'show', run],
  ['runs', 'show', run, '--json'],
  ['runs', 'verify', run],
  ['runs', 'verify', run, '--json'],
  ['runs', 'verify', '--offline', packet()],
  ['runs', 'verify', '--offline', packet(), '--json'],
  ['runs', 'report', run],
  ['runs', 'report', run, '--format', 'html'],
  ['runs', 'report', run, '--format', 'json'],
  ['runs', 'export', '--since', '2020-01-01'],
  ['runs', 'export', '--since', '2020-01-01', '--format', 'html'],
  ['runs', 'export', '--since', '2020-01-01', '--format', 'json'],
  ['doctor'],
  ['approve'],
  ['offboard', '--plan', plan(), '--dry-run'],
  ['offboard', one, '--dry-run'],
  ['schedule', 'list'],
  ['status'],
  ['completion', 'candidates', 'runs', 'show', ''],
  ['completion', 'candidates', 'runs', 'attest', run, ''],
]

const put = (bytes: string | Buffer) => {
  rmSync(path(), { recursive: true, force: true })
  writeFileSync(path(), bytes, { mode: 0o600 })
  writeFileSync(join(packet(), 'run.jsonl'), bytes)
}

async function tried(words: readonly string[]) {
  const ran = await ground.k1ctl(words)
  const said = ran.stdout + ran.stderr
  const machine = words.includes('export') || ['html', '--json', 'json', 'csv'].some(word => words.includes(word))
  return { ...ran, said, harm: harmIn(ran.stderr) ?? (machine ? null : harmIn(ran.stdout)) }
}

const wrongIn = async (words: readonly string[]) => {
  const { code, said, harm } = await tried(words)
  const bad =
    /Unexpected failure|defect|Cannot read prop|is not a function|is not iterable|undefined|\[object|\n {4}at .*:\d+/.exec(
      said,
    )?.[0]
  return bad || harm || ![0, 1, 2, 3, 4].includes(code)
    ? `${words.join(' ')}: exit ${code}, ${bad ?? harm} ${said.slice(0, 300)}`
    : undefined
}

describe('a ledger that is seen to be edited', () => {
  it.each(unsound)('%s: nothing acts on it, and whoever shows it says so', patience, async (_, bytes) => {
    put(bytes())
    const before = readFileSync(path())
    await forgetCalls(ground)
    for (const words of acting()) {
      const ran = await tried(words)
      expect([words, ran.code, ran.said]).toEqual([words, 1, expect.stringMatching(/altered|emptied/)])
      expect(ran.harm).toBe(null)
    }
    expect(readFileSync(path()).equals(before)).toBe(true)
    expect(await allWrites(ground)).toEqual([])
    const wrong = (await Promise.all(showing().map(wrongIn))).filter(Boolean)
    expect(wrong).toEqual([])
    for (const words of [
      ['runs', 'show', run],
      ['runs', 'verify', run],
      ['runs', 'verify', '--offline', packet()],
      ['runs', 'report', run],
      ['runs', 'export', '--since', '2020-01-01'],
      ['doctor'],
    ]) {
      const ran = await tried(words)
      expect([words, ran.code, ran.said]).toEqual([
        words,
        expect.toBeOneOf([1, 3]),
        expect.stringMatching(/ALTERED|EMPTIED|altered|emptied/),
      ])
    }
  })
})

describe('a ledger that was made anew', () => {
  it.each(forged)('%s: read, or refused in a sentence', patience, async (_, bytes) => {
    const wrong: unknown[] = []
    for (const words of [...showing(), ...acting()]) {
      put(bytes())
      wrong.push(await wrongIn(words))
    }
    expect(wrong.filter(Boolean)).toEqual([])
  })
})

it('something else than a file in its place is said, and hinders no other run', async () => {
  put('')
  rmSync(path())
  mkdirSync(path())
  for (const words of [...showing(), ...acting()]) expect(await wrongIn(words)).toBe(undefined)
  rmSync(path(), { recursive: true })
})
