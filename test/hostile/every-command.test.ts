import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { describe, expect, it } from 'vitest'
import type { World } from '../../src/sandbox/index.ts'
import { type Ground, openGround, type Ran } from '../cli/harness.ts'
import { smallWorld } from '../cli/small-world.ts'
import { makeFolder } from '../store/ground.ts'
import { forged, harmIn, hostileStrings, sampleHostile } from './fuzz.ts'

/** As many strings as one world has names. */
const batchSize = 80

/** The first demo tenant, in which every name that a system would show is hostile. */
function hostileWorld(strings: readonly string[]): World {
  const world = smallWorld('first')
  let at = 0
  const next = () => strings[at++ % strings.length] ?? ''
  for (const operator of world.operators) operator.displayName = next()
  for (const { people, bms } of world.tenants) {
    for (const person of people) {
      person.givenName = next()
      person.familyName = next()
      person.kaseyaOneGroups = [next()]
    }
    if (bms) {
      bms.departments = [1, 2, 3].map(id => ({ id, name: next() }))
      bms.settings.mappings = [{ groupId: 'g-1', groupName: next(), roleIds: [1], order: 1 }]
      bms.settings.userExceptionIds = [1002, 1003]
    }
  }
  return world
}

const formats = [[], ['--output', 'csv'], ['--json'], ['--output', 'ndjson']]
const reads = [
  ['status', '--all-tenants'],
  ['unified-login', 'show', 'bms'],
  ['require-log-in', 'show', 'graphus'],
  ['require-log-in', 'exceptions', 'list', 'bms'],
  ['deprovisioning', 'show', 'bms'],
  ['jit', 'show', 'bms'],
  ['jit', 'defaults', 'show', 'bms'],
  ['jit', 'defaults', 'options', 'bms'],
  ['access-groups', 'list', 'bms'],
  ['orphans'],
  ['connections'],
  ['systems'],
  ['tenant', 'list'],
  ['tenant', 'show'],
  ['protect', 'list'],
  ['doctor'],
  ['attest', 'list'],
  ['runs', 'list'],
  ['runs', 'show', 'last'],
  ['runs', 'verify', 'last'],
  ['explain', 'bms'],
  ['config', 'list'],
  ['alias', 'list'],
  ['schedule', 'list'],
  ['schedule', 'show', 'last'],
  ['approve'],
  ['store', 'show'],
  ['tenant', 'approval', 'Northwind Dental'],
]

/** Every command that prints, once, with these strings in the systems, in the call, in the ledger and in errors. */
async function runAll(strings: readonly string[]): Promise<{ runs: number; seen: number }> {
  const ground = await openGround(hostileWorld(strings))
  let at = 0
  const next = () => strings[at++ % strings.length] ?? ''
  let runs = 0
  /** Outputs in which something hostile was shown. */
  let seen = 0
  const run = async (words: readonly string[], stdin?: string): Promise<Ran> => {
    const colour = runs++ % 2 === 0
    const options = { ...(colour ? { env: { FORCE_COLOR: '1' } } : {}), ...(stdin === undefined ? {} : { stdin }) }
    const ran = await ground.k1ctl(words, options)
    const where = JSON.stringify(words)
    const isCsv = words.includes('csv')
    const machine = words.includes('--json') || words.includes('ndjson') || isCsv
    if (isCsv) expect([where, formulaIn(ran.stdout)]).toEqual([where, null])
    expect([where, harmIn(ran.stdout, { colour: colour && !machine, csv: isCsv })]).toEqual([where, null])
    expect([where, harmIn(ran.stderr, { colour })]).toEqual([where, null])
    expect(ran.stderr).not.toContain('Unexpected failure')
    if (/[\u2400-\u2421]|\\u[0-9a-f{]/.test(ran.stdout + ran.stderr)) seen += 1
    if (words.includes('--json') && ran.stdout !== '') JSON.parse(ran.stdout)
    if (words.includes('ndjson')) for (const line of ran.stdout.split('\n').filter(Boolean)) JSON.parse(line)
    return ran
  }
  try {
    const [world] = ground.sandbox.tenants
    const leavers =
      hostileWorld(strings)
        .tenants[0]?.people.slice(4, 7)
        .map(p => p.email) ?? []
    const [first = '', second = '', third = ''] = leavers
    expect(world?.name).toBeDefined()

    await run(['protect', 'add', 'boss@customer.example', '--reason', next()])
    await run(['unified-login', 'enable', 'graphus', '--yes'])
    for (const format of formats.filter(f => !f.includes('csv'))) await run(['offboard', first, '--dry-run', ...format])
    const offboard = await run(['offboard', first, '--yes', '--reason', next(), '--ticket', next()])
    expect(offboard.stdout).toContain(first)
    await run(
      ['offboard', '-', '--yes', '--output', 'ndjson'],
      `${JSON.stringify({ email: second, reason: next() })}\n`,
    )
    await run(
      ['offboard', '-', '--dry-run'],
      `email,reason,tenant\n${third},"${next().replaceAll('"', '')}",${next().replace(/["\n\r,]/g, '')}\n`,
    )
    await run(['runs', 'attest', 'last', next(), '--note', next()])
    // With a date, and for somebody else to approve: kept, shown, refused.
    const dated = ['offboard', first, '--at', '2030-12-06 17:00', '--yes']
    await run([...dated, '--reason', next(), '--ticket', next()])
    await run(['tenant', 'approval', 'Northwind Dental', '--for', 'people=1', '--for', 'delete'])
    await run(['offboard', first, second, '--yes', '--delete', '--reason', next()])
    await run(['schedule', 'hold', 'last', '--reason', next()])
    await run(['approve', 'last', '--refuse', '--reason', next()])
    for (const format of ['csv', 'html', 'json']) {
      const exported = await run(['runs', 'export', '--since', '2020-01-01', '--format', format])
      expect(exported.code, exported.stderr).toBeLessThan(4)
    }
    await run(['people', 'find', first])
    await run(['people', 'find', next()])
    for (const string of strings.slice(0, 10)) {
      await run(['alias', 'set', string.replace(/^x/, 'zz'), `status ${string}`])
      await run(['alias', 'set', `zz${at}`, `protect add ${string}`])
      await run(['config', 'set', string, string])
      await run(['config', 'set', 'zone', string])
      await run(['man', string])
      await run(['explain', string])
      await run(['worker', 'run', string])
    }
    await run(['man', 'offboard'])
    for (const format of ['md', 'html', 'json']) await run(['runs', 'report', 'last', '--format', format])
    await run(['runs', 'undo', 'last', '--dry-run'])
    for (const words of reads) {
      for (const format of formats) expect((await run([...words, ...format])).code, words.join(' ')).toBeLessThan(4)
    }
    const posture = postureFile()
    for (const format of ['table', 'csv', 'json', 'ndjson', 'sarif', 'junit']) {
      await run(['posture', 'check', '-f', posture, '--all', '--format', format])
    }
    await run(['posture', 'apply', '-f', posture, '--dry-run'])
    const made = await run(['posture', 'export'])
    const checked = await run(['posture', 'check', '-f', '-', '--exit-code'], made.stdout)
    expect({ code: checked.code, stdout: checked.stdout }).toEqual({ code: 0, stdout: '' })
    for (const string of strings.slice(0, 5)) {
      await run(['posture', 'accept', string, '-f', posture, '--reason', string])
      await run(['posture', 'check', '-f', string])
      await run(['attest', string, string, string, '--note', string])
      await run(['attest', 'Northwind Dental', 'datto-rmm', 'log-in', '--note', string])
    }
    await run([
      'posture',
      'accept',
      'Northwind Dental/bms/require-log-in/except',
      '-f',
      posture,
      '--reason',
      'so be it',
    ])
    await run(['posture', 'check', '-f', posture])
    await run(['connect', 'graphus', '--password-stdin', ...credentialsOf(ground)], passwordOf(ground))
    await run(['help', 'output'])
    await run(['completion', 'candidates', 'tenant', 'use', ''])

    // In the call itself.
    const calls = [
      'status',
      'offboard',
      'protect',
      'tenant',
      'runs',
      'connect',
      'help',
      'completion',
      'systems',
      'orphans',
      ...['man', 'explain', 'config', 'alias', 'schedule', 'approve', 'posture', 'people', 'worker', 'store'],
    ]
    for (const string of strings) {
      const call = calls[at++ % calls.length] ?? ''
      await run([call, string])
      await run([call, `--${string}`])
      await run(['runs', 'show', string])
      await run(['tenant', 'add', string, '--domain', string])
      await run(['status', '--tenant', string, '--json'])
      await run(['protect', 'add', string, '--reason', string])
    }

    // In what a system answers, refusals first.
    for (const string of strings.slice(0, 3)) {
      const body = { detail: string, title: string, message: string, errors: [string], Message: string }
      for (const system of ['bms', 'graphus', 'kaseyaone']) {
        await ground.fault(system, {
          status: [400, 403, 409, 500][at % 4],
          body,
          times: 0,
          path: '^(?!.*(log-in|authenticate|token))',
        })
      }
      await run(['status'])
      await run(['status', '--json'])
      await run(['unified-login', 'enable', 'bms', '--yes'])
      await run(['offboard', third, '--yes'])
      await run(['runs', 'show', 'last'])
      await run(['doctor'])
      for (const system of ['bms', 'graphus', 'kaseyaone']) await ground.control(system, 'faults', { method: 'DELETE' })
    }
    return { runs, seen }
  } finally {
    await ground.close()
  }
}

/** A posture from which everything with a hostile name deviates. */
function postureFile(): string {
  const path = join(makeFolder(), 'posture.yaml')
  writeFileSync(
    path,
    `defaults:
  bms:
    require-log-in: { except: [nobody@x.example] }
    user-creation: { defaults: { department: None, manager: Nobody } }
    access-groups: { groups: { Nobody: [Technician] } }
  datto-rmm: { log-in: on }
`,
  )
  return path
}

/** A cell of CSV that a spreadsheet would run; null where there is none. */
function formulaIn(text: string): string | null {
  const rows: string[][] = parse(text, { relax_column_count: true })
  return rows.flat().find(cell => /^[\s"]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u.test(cell)) ?? null
}

function credentialsOf({ sandbox }: Ground): string[] {
  const { url = '', credentials = {} } = sandbox.systems.graphus ?? {}
  const words = Object.entries({ url, username: credentials.username, company: credentials.company })
  return words.flatMap(([name, value]) => (value ? [`--${name}`, value] : []))
}

function passwordOf({ sandbox }: Ground): string {
  return sandbox.systems.graphus?.credentials.password ?? ''
}

describe('no byte that reaches a terminal can move the cursor or end a line', () => {
  const strings = sampleHostile(hostileStrings)
  const batches = Array.from({ length: Math.ceil(strings.length / batchSize) }, (_, at) =>
    strings.slice(at * batchSize, (at + 1) * batchSize),
  )

  it(`of ${strings.length} strings through every command that prints`, {
    timeout: 60_000 + strings.length * 500,
  }, async () => {
    let runs = 0
    let seen = 0
    for (const batch of batches) {
      const ran = await runAll(batch)
      runs += ran.runs
      seen += ran.seen
    }
    console.info(`${strings.length} hostile strings, ${runs} runs of commands, ${seen} that showed them`)
    expect(seen / runs).toBeGreaterThan(0.4)
    expect(runs).toBeGreaterThan(100)
  })

  it('and the judge would see one', () => {
    expect(harmIn(`a\n${forged} ✓ proved\n`)).not.toBe(null)
    for (const bad of ['\u001b[2J', '\r', '\u009b', '\u202e', '\u2028', '\u200b', '\t', '\u{e0041}']) {
      expect(harmIn(`a${bad}b\n`)).not.toBe(null)
    }
    expect(harmIn('\u001b[31ma\u001b[39m\n', { colour: true })).toBe(null)
    expect(harmIn('\u001b[31ma\u001b[2K\n', { colour: true })).not.toBe(null)
  })
})
