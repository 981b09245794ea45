import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import {
  allWrites,
  documentOf,
  domain,
  forgetCalls,
  leaver,
  northwind,
  personIn,
  staffOf,
  stillOpen,
  takeDown,
  tenant,
} from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

/** What can be told, checked and given back of a run over people. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'datto-partner-portal'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const one = leaver(0)
/** An administrator of KaseyaOne and the modules, one of several. */
const admin = leaver(4)
const runs = (...words: string[]) => ground.k1ctl(['runs', ...words])
const offboard = (...words: string[]) => ground.k1ctl(['offboard', ...words, '--except', 'bms', '--yes'])

describe('runs list and show', () => {
  it('list: the run with its people’s goals, its tenant and its command', async () => {
    await offboard(one, '--ticket', 'T-1')
    const [row] = JSON.parse((await runs('list', '--json')).stdout)
    expect(row).toMatchObject({ verdict: 'proved', goals: 8, tenants: [tenant], operator: 'tester@here' })
    expect(row.command).toContain('--ticket T-1')
    expect(row).toMatchObject({ about: one, ticket: 'T-1', startedAt: expect.stringMatching(/T.*Z$/) })
  })

  it('list: when, how it ended, about whom and for which ticket, by whom', async () => {
    await offboard(one, '--ticket', 'T-1')
    await offboard(one, `nobody@${domain}`)
    await ground.k1ctl(['deprovisioning', 'disable', 'graphus', '--yes'])
    await runs('undo', 'last', '--yes')
    const { stdout } = await runs('list')
    const [head, ...rows] = stdout.trimEnd().split('\n')
    expect(head).toMatch(/^RUN +STARTED +VERDICT +ABOUT +OPERATOR$/)
    const row = (verdict: string, about: string) =>
      expect.stringMatching(new RegExp(`^\\S{20} +\\d{4}-\\S+Z +${verdict} +${about} +tester@here$`))
    expect(rows).toEqual([
      row('proved', 'undo: graphus'),
      row('proved', 'graphus'),
      row('unknown-person', '2 people'),
      row('proved', `${one} \\(T-1\\)`),
    ])
    const csv = (await runs('list', '--output', 'csv')).stdout.split('\r\n')
    expect(csv[0]).toBe('Run,Started,Verdict,About,Operator,Ticket,Goals,Tenants,Command')
    expect(csv[1]).toMatch(/,\d{4}-\d\d-\d\dT[\d:.]+Z,/)
  })

  it('show: person by person, also those for whom nothing was done', async () => {
    await offboard(one, `nobody@${domain}`, 'x@else.example')
    const { code, stdout, stderr } = await runs('show', 'last')
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^\d{8}-\d{6}-[0-9a-f]{4} {2}incomplete: not everything holds\n {2}command {3}k1ctl offboard /,
    )
    expect(stdout).toContain('  ledger    intact\n')
    expect(stdout).toContain(
      `✓ Siobhan O'Brien <${one}> · ${tenant}  proved\n  = KaseyaOne                  admin roles dropped: already (read back 20`,
    )
    expect(stdout).toContain('  ✓ huddle (SCIM 2.0 service)  groups left: changed (read back 20')
    expect(stdout).toContain(
      `x nobody@${domain} · ${tenant}  unknown person\n    Found in no system that is connected.\n`,
    )
    expect(stdout).toContain(`x x@else.example · ${tenant}  refused\n    else.example does not belong to ${tenant}`)
    // Nothing is left to go on with: what was refused for good is the command's own.
    expect(stderr).not.toContain('runs resume')
    expect(stderr).toMatch(/the command again: k1ctl offboard .+ x@else\.example --except bms --yes --tenant .+\n/)
  })

  it('show as JSON', async () => {
    await offboard(one)
    const record = JSON.parse((await runs('show', 'last', '--json')).stdout)
    expect(record).toMatchObject({ verdict: 'proved', open: [], chain: { state: 'intact' } })
    expect(record.results).toHaveLength(8)
    expect(record.results.every((r: { person: string; proved: boolean }) => r.person === one && r.proved)).toBe(true)
  })
})

describe('runs verify', () => {
  it('0 while it holds, 3 after somebody was let in again, and writes nothing', async () => {
    await offboard(one)
    await forgetCalls(ground)
    expect((await runs('verify', 'last')).code).toBe(0)
    expect(await allWrites(ground)).toEqual([])
    const before = ledgerText()
    await letInAgain()
    const ran = await runs('verify', 'last')
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain(`  x ${tenant} · huddle (SCIM 2.0 service): ${one}: sign-in is blocked · not-yet\n`)
    expect(ran.stderr).toContain('1 of 8 does not hold: they come first.')
    expect(ledgerText()).toBe(before)
    await takeDown(ground, 'kaseyaone')
    const unseen = await runs('verify', 'last', '--timeout', '1')
    expect(unseen.stderr).toMatch(/^1 of 8 does not hold, and of \d nobody can tell: they come first\.$/m)
    await ground.control('kaseyaone', 'faults', { method: 'DELETE' })
    const json = JSON.parse((await runs('verify', 'last', '--json')).stdout)
    expect(json.holds).toBe(false)
    expect(json.goals.filter((g: { state: string }) => g.state !== 'holds')).toHaveLength(1)
    // Offboarding again closes it, and the old run is true again.
    expect((await offboard(one)).code).toBe(0)
    expect((await runs('verify', json.run)).code).toBe(0)
  })

  it('a run in which a system was silent is not whole, whatever holds', async () => {
    await takeDown(ground, 'graphus')
    expect((await offboard(one, '--timeout', '1')).code).toBe(3)
    await ground.control('graphus', 'faults', { method: 'DELETE' })
    const ran = await runs('verify', 'last')
    expect(ran.code).toBe(3)
    expect(ran.stdout).toMatch(/! Northwind Dental · Graphus: /)
    expect(ran.stderr).toContain('The run is not whole: k1ctl runs resume')
  })

  it('an altered ledger is told by all, and nothing is written to it', async () => {
    await offboard(one)
    const lines = ledgerText().trimEnd().split('\n')
    const at = lines.findIndex(line => line.includes('"end":"changed"'))
    const altered = lines.map((line, i) => (i === at ? line.replace('"proved":true', '"proved":false') : line))
    writeFileSync(ledgerPath(), `${altered.join('\n')}\n`)
    const verified = await runs('verify', 'last')
    expect(verified.code).toBe(3)
    expect(verified.stdout).toContain(`ledger ALTERED from entry ${at} on`)
    expect((await runs('show', 'last')).stdout).toContain('ALTERED')
    expect((await runs('report', 'last')).code).toBe(3)
    expect((await runs('resume', 'last')).code).toBe(1)
    expect(JSON.parse((await runs('list', '--json')).stdout)[0].verdict).toBe('altered')
    expect(ledgerText()).toBe(`${altered.join('\n')}\n`)
  })
})

describe('runs report', () => {
  it.each(['md', 'html', 'json'])(
    '%s says who, what, when, by whom, the proof, the rest, and the hash',
    async format => {
      const words = [one, '--reason', 'retires', '--ticket', 'T-7']
      expect((await ground.k1ctl(['offboard', ...words, '--yes'])).code).toBe(3)
      const hash = JSON.parse(ledgerText().trimEnd().split('\n').at(-1) ?? '').hash
      const file = join(ground.home, `evidence.${format}`)
      const ran = await runs('report', 'last', '--format', format, '--to', file)
      expect(ran).toMatchObject({ code: 0, stdout: '', stderr: `Written to ${file}.\n` })
      const text = readFileSync(file, 'utf8').replaceAll('&#39;', "'").replaceAll('&#x27;', "'")
      for (const word of [
        one,
        "Siobhan O'Brien",
        tenant,
        'retires',
        'T-7',
        'tester@here',
        ...(format === 'json' ? ['Front Office'] : []),
        'Make the employee inactive and save.',
        'Sessions that are open, API tokens and app passwords may last until the service itself ends them.',
        hash,
        new Date().toISOString().slice(0, 10),
      ]) {
        expect(text).toContain(word)
      }
      if (format === 'html') expect(text).not.toMatch(/(src|href)="(https?:)?\/\//)
      const stdout = await runs('report', 'last', '--format', format)
      expect(stdout.stdout.replaceAll('&#39;', "'").replaceAll('&#x27;', "'")).toBe(text)
    },
  )

  it('of a run where somebody was refused, and of one that was cut short', async () => {
    await offboard(one, 'x@else.example')
    const report = JSON.parse((await runs('report', 'last', '--format', 'json')).stdout)
    const verdicts = report.people.map((p: { person: string; verdict: string }) => [p.person, p.verdict])
    expect(Object.fromEntries(verdicts)).toEqual({ [one]: 'proved', 'x@else.example': 'refused' })
    const lines = ledgerText().trimEnd().split('\n')
    writeFileSync(ledgerPath(), `${lines.slice(0, 8).join('\n')}\n`)
    expect(JSON.parse((await runs('report', 'last', '--format', 'json')).stdout).verdict).toBe('interrupted')
  })
})

describe('runs undo', () => {
  const roles = async (system: string) => (await personIn(ground, system, admin)).roles
  const groups = async (system: string) => (await personIn(ground, system, admin)).groups

  it('sign-in, groups and roles come back, as a run of its own; twice: already', async () => {
    const was = {
      roles: await roles('kaseyaone'),
      groups: await groups('kaseyaone'),
      chat: await groups('scim'),
    }
    expect(was.roles).toContain('admin')
    expect(was.groups).not.toEqual([])
    expect((await offboard(admin)).code).toBe(0)
    expect(await groups('kaseyaone')).toEqual([])
    const run = lastRun()

    const shown = await runs('undo', run, '--dry-run')
    expect(shown.code).toBe(0)
    expect(shown.stdout).toContain(': sign-in is allowed again\n      Sign-in  blocked  →  allowed\n')
    expect((await personIn(ground, 'scim', admin)).active).toBe(false)
    expect((await runs('undo', run, '--dry-run', '--exit-code')).code).toBe(5)
    expect(JSON.parse((await runs('undo', run, '--dry-run', '--json')).stdout)).toMatchObject({
      lost: [],
      unreached: [],
    })

    const back = await runs('undo', run, '--yes', '--json')
    expect(back.code, back.stdout + back.stderr).toBe(0)
    const report = JSON.parse(back.stdout)
    expect(report).toMatchObject({ verdict: 'proved', lost: [] })
    expect(report.run).not.toBe(run)
    // An undo is a run like any other.
    expect((await runs('verify', report.run)).code).toBe(0)
    expect((await runs('resume', report.run)).stderr).not.toContain('another version')
    for (const system of ['kaseyaone', 'graphus', 'datto-partner-portal', 'scim']) {
      expect((await personIn(ground, system, admin)).active, system).toBe(true)
    }
    expect(await roles('kaseyaone')).toEqual(was.roles)
    expect([...(await groups('kaseyaone'))].sort()).toEqual([...was.groups].sort())
    expect([...(await groups('scim'))].sort()).toEqual([...was.chat].sort())

    await forgetCalls(ground)
    const twice = await runs('undo', run, '--yes', '--json')
    expect(twice.code, twice.stdout).toBe(0)
    expect(new Set(JSON.parse(twice.stdout).results.map((r: { end: string }) => r.end))).toEqual(new Set(['already']))
    expect(await allWrites(ground)).toEqual([])
    // The first run is no longer true, and says so.
    expect((await runs('verify', run)).code).toBe(3)
  })

  it('what held before the run is not given back', async () => {
    expect((await offboard(admin, '--only', 'scim')).code).toBe(0)
    expect((await offboard(admin)).code).toBe(0)
    expect((await runs('undo', 'last', '--yes')).code).toBe(0)
    expect((await personIn(ground, 'scim', admin)).active).toBe(false)
    expect((await personIn(ground, 'kaseyaone', admin)).active).toBe(true)
  })

  it('deleted accounts are said to be lost, and nothing is tried there', async () => {
    const ran = await offboard(one, '--delete', '--only', 'scim', '--only', 'graphus')
    expect(ran.code, ran.stdout).toBe(0)
    await forgetCalls(ground)
    const back = await runs('undo', 'last', '--yes')
    expect(back.code).toBe(3)
    expect(back.stderr).toContain('the account was deleted, and stays deleted')
    expect(back.stderr).toContain('There is nothing that could be given back.')
    expect(await allWrites(ground)).toEqual([])
    const json = JSON.parse((await runs('undo', 'last', '--yes', '--json')).stdout)
    expect(json.lost.length).toBeGreaterThan(2)
  })

  it('part of it lost: the rest comes back, and it is not called whole', async () => {
    expect((await offboard(one, '--only', 'scim', '--delete')).code).toBe(0)
    const first = lastRun()
    expect((await offboard(admin)).code).toBe(0)
    const back = await runs('undo', first, '--yes', '--json')
    expect(back.code).toBe(3)
    expect((await runs('undo', lastRun(), '--yes')).code).toBe(0)
    expect((await staffOf(ground, 'scim')).find(p => p.email === one)?.deleted).toBe(true)
  })

  it('a run that was cut in the middle: also what it may have sent', async () => {
    expect((await offboard(admin)).code).toBe(0)
    const run = lastRun()
    const lines = ledgerText().trimEnd().split('\n')
    const last = lines.findLastIndex(line => JSON.parse(line).type === 'intent')
    writeFileSync(ledgerPath(), `${lines.slice(0, last + 1).join('\n')}\n`)
    const goal = JSON.parse(lines[last] ?? '').goal
    const shown = JSON.parse((await runs('undo', run, '--dry-run', '--json')).stdout)
    expect(shown.goals.map((g: { goal: string }) => g.goal)).toContain(`${goal}/undo`)
  })

  it('a system that does not answer: said, and exit 3', async () => {
    expect((await offboard(one, '--only', 'scim')).code).toBe(0)
    await takeDown(ground, 'scim')
    const dry = await runs('undo', 'last', '--dry-run', '--timeout', '1')
    expect(dry.code).toBe(3)
    const ran = await runs('undo', 'last', '--yes', '--timeout', '1')
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('huddle (SCIM 2.0 service)')
  })

  it('consent: exit 2 off a terminal, 130 when refused', async () => {
    await offboard(one)
    const writes = await allWrites(ground)
    expect((await runs('undo', 'last')).code).toBe(2)
    const prompter = scriptedPrompter({ confirm: async () => false })
    const no = await ground.k1ctl(['runs', 'undo', 'last'], { prompter })
    expect(no.code).toBe(130)
    expect(no.stderr).toContain('sign-in is allowed again')
    expect(await allWrites(ground)).toEqual(writes)
  })

  it('of settings, too; what was given back is no run to undo', async () => {
    await ground.k1ctl(['deprovisioning', 'disable', 'graphus', '--yes'])
    const ran = await runs('undo', 'last', '--yes')
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('The settings are as they were · changed')])
    expect((await runs('verify', 'last')).code).toBe(0)
    expect(await runs('undo', 'last', '--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/Run \S+ gave back what another run took/),
    })
  })
})

describe('a run that is through', () => {
  it('resume says the same again, and sends nothing', async () => {
    await offboard(one)
    await forgetCalls(ground)
    const resumed = await runs('resume', 'last', '--json')
    expect(resumed.code).toBe(0)
    expect(documentOf(resumed)).toMatchObject({ verdict: 'proved', people: [{ person: one, verdict: 'proved' }] })
    expect(await allWrites(ground)).toEqual([])
    expect(await stillOpen(ground, one)).toEqual([`${one} is still active in bms`])
  })
})

/** Somebody makes the account active again in Huddle, behind k1ctl's back. */
async function letInAgain() {
  const { id } = await personIn(ground, 'scim', one)
  const huddle = ground.sandbox.tenants[0]?.connections['scim:huddle']
  const answer = await fetch(`${huddle?.settings.url}/Users/${id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${huddle?.secrets.token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: true }],
    }),
  })
  expect(answer.status).toBeLessThan(300)
}

const folder = () => join(ground.home, 'state', 'runs')
const ledgerPath = () => join(folder(), `${lastRun()}.jsonl`)
const ledgerText = () => readFileSync(ledgerPath(), 'utf8')

function lastRun(): string {
  const newest = readdirSync(folder())
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .at(-1)
  return (newest ?? '').replace('.jsonl', '')
}
