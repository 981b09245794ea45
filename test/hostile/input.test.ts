import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type People, readPeople } from '../../src/cli/people-input.ts'
import { isK1Error } from '../../src/core/errors.ts'
import { hidesSomething } from '../../src/core/printable.ts'
import type { PeopleRow } from '../../src/core/stores.ts'
import { runIn } from '../cli/harness.ts'
import { fuzz, fuzzTimeoutMs, harmIn, hostileText, noKeyring } from './fuzz.ts'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-input-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const listOf = (text: string | Buffer): People =>
  readPeople({ kind: 'stdin', stdin: Readable.from([Buffer.from(text)]) })

/** The rows, or nothing where the list was refused in a clear sentence. */
async function rowsOf(people: People): Promise<PeopleRow[]> {
  const rows: PeopleRow[] = []
  try {
    for await (const row of people) rows.push(row)
  } catch (error) {
    if (!isK1Error(error)) throw error
    expect(error.kind).toBe('usage')
    return []
  }
  return rows
}

/** Nothing that is read from a list is carried on with what cannot be seen in it. */
function expectHarmless(rows: readonly PeopleRow[]): void {
  for (const row of rows) {
    if ('problem' in row) {
      expect(harmIn(row.problem)).toBe(null)
      continue
    }
    const { person, tenant = '', successor = '', reason = '', ticket = '' } = row
    for (const name of [person, tenant, successor]) expect(hidesSomething(name)).toBe(false)
    for (const text of [reason, ticket]) expect(harmIn(text, { wrapped: true })).toBe(null)
    expect(person).not.toMatch(/^mailto:/i)
    expect(person).toBe(person.trim())
  }
}

describe('a person', () => {
  it.each([
    ['amy\u202e@customer.example', 'It holds characters that cannot be seen: "amy\\u202e@customer.example"'],
    ['amy\u200b@customer.example', 'It holds characters that cannot be seen: "amy\\u200b@customer.example"'],
    ['\ufeffamy@customer.example\u2060', expect.stringContaining('cannot be seen')],
    ['amy\u00ad@customer.example', expect.stringContaining('cannot be seen')],
    ['\u{e0061}amy@customer.example', expect.stringContaining('cannot be seen')],
    ['mailto:amy@customer.example', 'It begins with mailto: and is no bare e-mail: "mailto:amy@customer.example"'],
    ['MAILTO:amy@customer.example', expect.stringContaining('is no bare e-mail')],
    ['amy\u001b[2J@customer.example', expect.stringContaining('control characters')],
  ])('that is %j is told, from a list and in the call', async (person, problem) => {
    for (const source of [
      { kind: 'arguments' as const, words: [person] },
      { kind: 'stdin' as const, stdin: Readable.from([`${JSON.stringify({ email: person })}\n`]) },
    ]) {
      expect(await rowsOf(readPeople(source))).toEqual([{ line: 1, problem }])
    }
  })
})

const cell = fc.oneof(hostileText, fc.constantFrom('amy@customer.example', '', '"', '""', 'email', '\ufeff', ',', ';'))
const separator = fc.constantFrom(',', ';', '\t', '\n', '\r\n', '\r', '","', '"\n"')
const csv = fc
  .tuple(
    fc.constantFrom(
      'email,tenant,reason\n',
      'E-Mail;Successor;Ticket\n',
      'user\treason\n',
      '',
      '\ufeffemail\n',
      '#email,x\n',
    ),
    fc.array(fc.tuple(cell, separator), { maxLength: 12 }),
  )
  .map(([header, cells]) => header + cells.flat().join(''))

const ndjson = fc
  .array(
    fc.oneof(
      fc
        .record({ email: cell, tenant: cell, reason: cell, successor: cell }, { requiredKeys: ['email'] })
        .map(one => JSON.stringify(one)),
      fc.json(),
      cell,
      fc.constantFrom(
        '{"email":null}',
        '{"email":{}}',
        '{"__proto__":"x"}',
        `{"email":${'['.repeat(500)}${']'.repeat(500)}}`,
      ),
    ),
    { maxLength: 8 },
  )
  .map(lines => `{"email":"first@customer.example"}\n${lines.join('\n')}`)

describe('a list', () => {
  it('in CSV is read or refused, and nothing unseen comes through', { timeout: fuzzTimeoutMs }, () =>
    fc.assert(
      fc.asyncProperty(csv, async text => expectHarmless(await rowsOf(listOf(text)))),
      fuzz(),
    ),
  )

  it('in NDJSON is read or refused, and nothing unseen comes through', { timeout: fuzzTimeoutMs }, () =>
    fc.assert(
      fc.asyncProperty(ndjson, async text => {
        const rows = await rowsOf(listOf(text))
        expectHarmless(rows)
        // A zero byte means that all of it is no text.
        if (!text.includes('\u0000')) expect(rows[0]).toEqual({ line: 1, person: 'first@customer.example' })
      }),
      fuzz(),
    ),
  )

  it('of any bytes is read or refused', { timeout: fuzzTimeoutMs }, () =>
    fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async bytes => {
        expectHarmless(await rowsOf(listOf(Buffer.from(bytes))))
      }),
      fuzz(),
    ),
  )
})

const commands = [
  ...['status', 'offboard', 'protect', 'runs', 'tenant', 'connect', 'disconnect', 'connections', 'systems', 'help'],
  ...['completion', 'unified-login', 'require-log-in', 'jit', 'deprovisioning', 'access-groups', 'orphans', 'doctor'],
]
const verbs = [
  'list',
  'show',
  'add',
  'remove',
  'enable',
  'disable',
  'verify',
  'resume',
  'report',
  'undo',
  'candidates',
  'use',
  'rename',
  'contract',
  'domains',
  'defaults',
  'set',
]
const options = [
  '--json',
  '--output',
  '--output=csv',
  '--tenant',
  '--only',
  '--except',
  '--reason',
  '--from',
  '--plan',
  '--limit',
  '--quiet',
  '--yes',
  '--dry-run',
  '--help',
  '-h',
  '--',
  '--set',
  '--url',
  '--domain',
  '--timeout',
  '--max',
  '--delete',
  '-y',
  '-o',
  '--debug',
  '--no-input',
  '--format',
]
// What would begin something that lasts, or reads another file, is left out: `sandbox`, `demo`, and their like.
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...commands) },
  { weight: 3, arbitrary: fc.constantFrom(...verbs) },
  { weight: 3, arbitrary: fc.constantFrom(...options) },
  { weight: 2, arbitrary: hostileText },
  { weight: 1, arbitrary: hostileText.map(text => `--${text}`) },
  { weight: 1, arbitrary: hostileText.map(text => `--tenant=${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('bms', 'graphus', 'last', '-', 'amy@customer.example', 'A', '0', '-1', '1e9'),
  },
)

describe('any words of a call', () => {
  it('end in an exit code and harmless lines', { timeout: fuzzTimeoutMs }, async () => {
    await runIn(home, ['tenant', 'add', 'A', '--domain', 'a.example'])
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(fc.constantFrom(...commands), fc.array(word, { maxLength: 6 })),
        async ([first, rest]) => {
          // "connect ... --from" may name a file that is there.
          const { code, stdout, stderr } = await runIn(home, [first, ...rest], {
            env: { K1CTL_SECRETS: 'plain' },
            ...noKeyring,
          })
          expect(code).toBeGreaterThanOrEqual(0)
          expect(code).toBeLessThanOrEqual(130)
          // A defect of ours would be one of these.
          expect(stderr).not.toContain('Unexpected failure')
          expect(harmIn(stdout, { csv: true })).toBe(null)
          expect(harmIn(stderr)).toBe(null)
        },
      ),
      fuzz(),
    )
  })
})

describe('any configuration', () => {
  const value = fc.oneof(hostileText, fc.jsonValue(), fc.constantFrom(null, 0, [], {}))
  const config = fc.oneof(
    hostileText,
    fc.json(),
    fc
      .record({
        version: fc.constantFrom(1, 2, '1'),
        tenants: fc.oneof(
          value,
          fc.array(fc.record({ name: value, domains: fc.oneof(value, fc.array(value, { maxLength: 3 })) }), {
            maxLength: 3,
          }),
        ),
        connections: fc.oneof(value, fc.constant([])),
        protectedPeople: value,
        current: value,
      })
      .map(one => JSON.stringify(one)),
    fc.array(hostileText, { minLength: 1, maxLength: 3 }).map(names =>
      JSON.stringify({
        version: 1,
        tenants: names.map(name => ({ name, domains: [name] })),
        connections: [],
        current: names[0],
      }),
    ),
    fc.constantFrom('['.repeat(10_000), `{"tenants":${'['.repeat(5000)}${']'.repeat(5000)}}`),
  )
  const calls = [
    ['tenant', 'list'],
    ['tenant', 'show'],
    ['connections', '--json'],
    ['protect', 'list', '--output', 'csv'],
    ['status'],
    ['doctor', '--json'],
    ['completion', 'candidates', 'tenant', 'use', ''],
  ]
  it('is read or refused, in harmless lines', { timeout: fuzzTimeoutMs }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'k1ctl-config-'))
    try {
      await fc.assert(
        fc.asyncProperty(config, fc.constantFrom(...calls), async (text, words) => {
          writeFileSync(join(folder, 'config.json'), text)
          const { code, stdout, stderr } = await runIn(folder, words, noKeyring)
          expect(code).toBeLessThanOrEqual(130)
          expect(stderr).not.toContain('Unexpected failure')
          expect(harmIn(stdout, { csv: true })).toBe(null)
          expect(harmIn(stderr)).toBe(null)
          if (words.includes('--json') && stdout !== '') JSON.parse(stdout)
        }),
        fuzz(),
      )
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
