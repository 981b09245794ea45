import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoFacts } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import {
  allWrites,
  documentOf,
  endsOf,
  forgetCalls,
  leaver,
  northwind,
  personIn,
  resultIn,
  staffOf,
  stillOpen,
  takeDown,
  tenant,
} from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind('graphus', 'bms'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const [one, two] = [leaver(3), leaver(5)]

const whom = ({ person, tenant }: { person: string; tenant: string }) => ({ person, tenant })

describe('--delete', () => {
  it('nothing is deleted before sign-in is blocked everywhere; again: already', async () => {
    const words = ['offboard', one, '--delete', '--yes', '--json']
    const ran = await ground.k1ctl(words)
    expect(ran.code, ran.stdout).toBe(0)
    const document = documentOf(ran)
    const deleted = ['kaseyaone', 'graphus', 'datto-partner-portal', 'scim:huddle']
    for (const system of deleted) expect(endsOf(document)[`${system}/deleted`]).toBe('changed')
    expect(endsOf(document)).not.toHaveProperty('bms/deleted')

    const { stdout } = await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])
    const entries = ledger()
    const proofs = entries.filter(e => e.type === 'proof' && e.goal?.endsWith('/sign-in-blocked'))
    const deletions = entries.filter(e => e.type === 'intent' && e.goal?.endsWith('/deleted'))
    expect(proofs).toHaveLength(5)
    expect(deletions.length).toBeGreaterThanOrEqual(3)
    expect(Math.max(...proofs.map(e => e.seq))).toBeLessThan(Math.min(...deletions.map(e => e.seq)))
    const writes = await allWrites(ground)
    const firstDelete = writes.findIndex(w => w.method === 'DELETE')
    expect(writes.slice(firstDelete).every(w => w.method === 'DELETE')).toBe(true)
    expect(JSON.parse(stdout).verdict).toBe('proved')

    await forgetCalls(ground)
    const again = await ground.k1ctl(words)
    // Deleted everywhere but in BMS, which keeps its employees: that one still knows the name.
    expect(again.code, again.stdout).toBe(0)
    expect(new Set(Object.values(endsOf(documentOf(again))))).toEqual(new Set(['already']))
    expect(await allWrites(ground)).toEqual([])
  })

  it('a system that does not answer: nothing is deleted anywhere, and resume does it later', async () => {
    await takeDown(ground, 'graphus')
    const ran = await ground.k1ctl(['offboard', one, '--delete', '--yes', '--json', '--timeout', '1'])
    expect(ran.code).toBe(3)
    expect(resultIn(documentOf(ran), 'kaseyaone', 'deleted')).toMatchObject({
      end: 'pending',
      why: `Waits for ${tenant}/${one}/graphus/sign-in-blocked; whether that holds, nobody has seen.`,
    })
    expect((await allWrites(ground)).filter(w => w.method === 'DELETE')).toEqual([])
    await ground.control('graphus', 'faults', { method: 'DELETE' })
    const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    expect(resumed.code, resumed.stdout).toBe(0)
    expect((await personIn(ground, 'kaseyaone', one)).deleted).toBe(true)
    expect((await personIn(ground, 'graphus', one)).deleted).toBe(true)
  })

  it('a block that fails: nothing is deleted anywhere', async () => {
    await ground.fault('datto-partner-portal', { method: 'PATCH', path: '/Users/', status: 403, times: 0 })
    const ran = await ground.k1ctl(['offboard', one, '--delete', '--yes', '--json'])
    expect(ran.code).toBe(3)
    const ends = endsOf(documentOf(ran))
    expect(ends['datto-partner-portal/sign-in-blocked']).toBe('failed')
    for (const system of ['kaseyaone', 'datto-partner-portal', 'scim:huddle']) {
      expect(ends[`${system}/deleted`]).toBe('pending')
    }
    expect((await allWrites(ground)).filter(w => w.method === 'DELETE')).toEqual([])
  })

  it('what waits for a block that fails is told together, and with the same call: nothing is asked for besides', async () => {
    await ground.fault('kaseyaone', { method: 'PATCH', path: '/Users/', status: 403, times: 0 })
    const asked = ['--only kaseyaone', '--only scim:huddle', '--rest-anyway', "--reason 'leaves us'"]
    const words = ['--only', 'kaseyaone', '--only', 'scim:huddle', '--reason', 'leaves us', '--delete']
    const { code, stdout } = await ground.k1ctl(['offboard', one, ...words, '--yes'])
    expect(code).toBe(3)
    const call = `k1ctl offboard ${one} --tenant '${tenant}' --delete ${asked.join(' ')}\n`
    expect(stdout.split(`. Without waiting for it: ${call}`)).toHaveLength(2)
    expect(stdout).toContain('goals: pending. Waits for KaseyaOne, sign-in blocked, which does not hold.\n')
    expect(stdout).not.toContain(`${one}/kaseyaone/sign-in-blocked`)
    const shown = (await ground.k1ctl(['runs', 'show', 'last'])).stdout
    expect(shown.split(call)).toHaveLength(2)
    expect(shown).toContain('Waits for KaseyaOne, sign-in blocked, which does not hold.')
    const report = (await ground.k1ctl(['runs', 'report', 'last'])).stdout
    expect(report).toMatch(
      /### Not begun: nothing of it was asked for\n\n- Waits for “Sign-in is blocked” in KaseyaOne, which does not hold\. .+\n {2}- \*\*KaseyaOne\*\* · /,
    )
    expect(report.split('--rest-anyway')).toHaveLength(2)
    const page = (await ground.k1ctl(['runs', 'report', 'last', '--format', 'html'])).stdout
    expect(page).toContain('<h3>Not begun: nothing of it was asked for</h3>')
    for (const text of [report, page]) expect(text).not.toContain('Waiting: asked for')
  })
})

describe('a kept plan', () => {
  const file = () => join(ground.home, 'plan.json')
  const save = (...words: string[]) => ground.k1ctl(['offboard', ...words, '--save-plan', file()])
  const carryOut = (...words: string[]) => ground.k1ctl(['offboard', '--plan', file(), ...words])

  it('is kept, changes nothing, and is carried out later with all that it says', async () => {
    const list = join(ground.home, 'leavers.csv')
    writeFileSync(list, `email,ticket\n${one},T-1\n${two},T-2\n`)
    const saved = await ground.k1ctl([
      'offboard',
      '--from',
      list,
      '--reason',
      'leaves',
      '--delete',
      '--save-plan',
      file(),
    ])
    expect(saved.code).toBe(0)
    expect(saved.stderr).toContain(`Kept in ${file()}. Carry it out: k1ctl offboard --plan ${file()}`)
    expect(await allWrites(ground)).toEqual([])

    const ran = await carryOut('--yes', '--json')
    expect(ran.code, ran.stderr + ran.stdout).toBe(0)
    expect(ran.stderr).toContain('Tenant: Northwind Dental')
    expect(documentOf(ran).people.map(p => p.verdict)).toEqual(['proved', 'proved'])
    expect((await personIn(ground, 'scim', one)).deleted).toBe(true)
    const report = JSON.parse((await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])).stdout)
    expect(report.reason).toBe('leaves')
    expect(report.people.map((p: { ticket: string }) => p.ticket).sort()).toEqual(['T-1', 'T-2'])

    // A second time it is no longer as it was.
    const again = await carryOut('--yes')
    expect(again.code).toBe(1)
    expect(again.stderr).toContain('What the plan was made on has changed: ')
  })

  it.each([
    ['--delete'],
    ['--rest-anyway'],
    ['--devices', 'lock'],
    ['--successor', two],
    ['--only', 'bms,graphus,kaseyaone'],
    ['--except', 'bms'],
    ['--wait', '7'],
    ['--reason', 'leaves', '--ticket', 'T-7'],
  ])('is read again with %s %s, and its run is gone on with', async (...option) => {
    await save(one, ...option)
    const ran = await carryOut('--yes', '--json')
    expect(ran.stderr).not.toContain('error:')
    expect([0, 3]).toContain(ran.code)
    const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    expect(resumed.stderr).not.toContain('error:')
    expect(resumed.code).toBe(ran.code)
    // What it was made on has changed by now: the hint is the command that makes the same plan anew.
    const { options, people } = JSON.parse(readFileSync(file(), 'utf8'))
    const [, command = ''] = /Make a new plan: k1ctl (.+)/.exec((await carryOut('--yes')).stderr) ?? []
    const words = execFileSync('sh', ['-c', `printf '%s\\n' ${command}`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n')
    expect([0, 3]).toContain((await ground.k1ctl(words)).code)
    const made = JSON.parse(readFileSync(file(), 'utf8'))
    expect(made.options).toEqual(options)
    expect(made.people.map(whom)).toEqual(people.map(whom))
  })

  it('at a terminal it is shown and asked for', async () => {
    await save(one)
    const no = await carryOut()
    expect(no).toMatchObject({ code: 2, stderr: expect.stringContaining('Carrying out a plan changes a lot') })
    const ran = await ground.k1ctl(['offboard', '--plan', file()], {
      prompter: scriptedPrompter({
        async confirm(message) {
          expect(message).toBe(`Offboard 太郎 山田 <${one}> of ${tenant}?`)
          return true
        },
      }),
    })
    expect(ran.code, ran.stderr).toBe(0)
    expect(ran.stderr).toContain(`太郎 山田 <${one}> of ${tenant}`)
  })

  it('changed in between: refused before the first change, with what changed', async () => {
    await save(one, two)
    expect((await ground.k1ctl(['offboard', one, '--only', 'scim', '--yes'])).code).toBe(0)
    await ground.k1ctl(['protect', 'add', two])
    await forgetCalls(ground)
    const ran = await carryOut('--yes', '--json')
    expect(ran.code).toBe(1)
    const { error } = JSON.parse(ran.stdout)
    expect(error.kind).toBe('conflict')
    expect(error.changed ?? error.facts?.changed).toEqual([
      `${tenant}/${one}/scim:huddle/sign-in-blocked holds by now`,
      `${tenant}/${one}/scim:huddle/groups-left holds by now`,
      `${two}: ${two} is protected.`,
    ])
    expect(await allWrites(ground)).toEqual([])
  })

  it('with a system that does not answer now: refused', async () => {
    await save(one)
    await takeDown(ground, 'graphus')
    const ran = await carryOut('--yes', '--timeout', '1')
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining(`${one}: graphus does not answer`) })
    expect(await allWrites(ground)).toEqual([])
  })

  it('with a system that did not answer then, and does now: its account was never shown', async () => {
    await takeDown(ground, 'graphus')
    const saved = await ground.k1ctl(['offboard', one, '--delete', '--save-plan', file(), '--timeout', '1'])
    expect(saved.code).toBe(3)
    await ground.control('graphus', 'faults', { method: 'DELETE' })
    await forgetCalls(ground)
    const ran = await carryOut('--yes')
    expect(ran).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('was not shown: nothing answered there then'),
    })
    expect(await allWrites(ground)).toEqual([])
  })

  it('who was refused then stays so, is in the evidence, and makes it exit 3', async () => {
    const root = demoFacts.people.breakGlass
    expect((await save(root, one, 'x@else.example')).code).toBe(3)
    const ran = await carryOut('--yes', '--json')
    expect(ran.code).toBe(3)
    const people = documentOf(ran).people
    expect(people.find(p => p.person === one)?.verdict).toBe('proved')
    expect(
      people
        .filter(p => p.person !== one)
        .map(p => p.why)
        .sort(),
    ).toEqual([expect.stringContaining('Root Admin'), expect.stringContaining('does not belong')])
  })

  it.each([
    [['--plan', 'nowhere.json'], 'nowhere.json'],
    [['--plan', 'README.md'], 'README.md is not valid JSON.'],
    [['--plan', 'package.json'], 'package.json is no plan of this version of k1ctl.'],
  ])('%s', async (words, sentence) => {
    const ran = await ground.k1ctl(['offboard', ...words, '--yes'])
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(sentence)
  })

  it('of another version is refused', async () => {
    await save(one)
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('"version": 2', '"version": 1'))
    expect(await carryOut('--yes')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no plan of this version'),
    })
    expect(await allWrites(ground)).toEqual([])
  })

  it.each([
    ['--dry-run', '--dry-run is given and --plan is, too'],
    ['--delete', '--delete is given and --plan is, too'],
    ['--devices=release', '--devices is given and --plan is, too'],
    ['--only=scim', '--only is given and --plan is, too'],
    ['--wait=5', '--wait is given and --plan is, too'],
    ['--exit-code', '--exit-code is given and --plan is, too'],
    ['--all-tenants', '--all-tenants is given and --plan is, too'],
    [two, 'People are named and --plan is, too'],
  ])('with %s it is refused: that would count for nothing', async (word, sentence) => {
    await save(one)
    const ran = await carryOut(word, '--yes')
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) })
    expect(await allWrites(ground)).toEqual([])
  })
})

describe('a limit on systems', () => {
  it('people of a fleet are counted in their own tenants', async () => {
    const six = demoFacts.leavers.slice(0, 6)
    const ran = await ground.k1ctl(['offboard', ...six, '--all-tenants', '--yes'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('of Northwind Dental; one run may take 25 %.')
    expect(await stillOpen(ground, ...six)).not.toEqual([])
    expect((await staffOf(ground, 'kaseyaone')).length).toBeGreaterThan(20)
  })
})

interface Entry {
  seq: number
  type: string
  goal?: string
}

/** The entries of the newest run, as they are on the disk. */
function ledger(): Entry[] {
  const folder = join(ground.home, 'state', 'runs')
  const newest = readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .at(-1)
  return readFileSync(join(folder, newest ?? ''), 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Entry)
}
