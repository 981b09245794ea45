import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { withHash } from '../../src/engine/seal.ts'
import { type Ground, openGround, type RunOptions } from './harness.ts'
import { allWrites, forgetCalls } from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'
import { smallWorld, tenantName } from './small-world.ts'

/** Require Log In, where a tenant wants somebody else to approve it: whatever way leads there. */
const ruled = 'Northwind Dental'
const free = tenantName('ambiguousDepartments')
const portal = 'datto-partner-portal'
const keeper = 'amy.breakglass@northwind-dental.example'
const bob: RunOptions = { operator: 'bob@desk' }

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first', 'ambiguousDepartments'))
})
afterAll(() => ground.close())
beforeEach(async () => {
  await ground.reset()
  const logIn = await ground.k1ctl(['unified-login', 'enable', portal, '--all-tenants', '--yes'])
  expect([0, 3], logIn.stderr).toContain(logIn.code)
  await rule()
  await forgetCalls(ground)
})

const rule = () => ground.k1ctl(['tenant', 'approval', ruled, '--for', 'require-log-in'])
const noRule = () => ground.k1ctl(['tenant', 'approval', ruled, '--none'])
const enable = ['require-log-in', 'enable', portal, '--except', keeper]
const ask = (...more: string[]) => ground.k1ctl([...enable, '--tenant', ruled, '--yes', ...more])
const dates = async () => JSON.parse((await ground.k1ctl(['schedule', 'list', '--all', '--json'])).stdout)
const isOn = async (tenant = ruled) => {
  const shown = await ground.k1ctl(['require-log-in', 'show', portal, '--tenant', tenant, '--json'])
  return JSON.parse(shown.stdout)[0].state === 'on'
}
const folderOf = () => join(ground.home, 'state', 'dated')
const file = () => join(folderOf(), readdirSync(folderOf())[0] ?? '')
const postureFile = (text: string) => {
  const path = join(ground.home, 'posture.yaml')
  writeFileSync(path, text)
  return path
}

describe('Require Log In that somebody else has to approve', () => {
  it('is asked for, changes nothing, and is done as soon as somebody else approves it', async () => {
    const asked = await ask()
    expect(asked.code, asked.stderr).toBe(3)
    expect(asked.stdout).toMatch(/^d\d+-[0-9a-f]{4} {2}once it is approved: Northwind Dental, datto-partner-portal/)
    expect(asked.stderr).toContain(`Somebody else has to approve it: ${ruled}: Require Log In of ${portal} is changed.`)
    expect(asked.stderr).toMatch(/→ Whoever that is: k1ctl approve d\d+-[0-9a-f]{4}\n/)
    await ground.k1ctl(['worker', '--once'], { now: new Date(Date.now() + 86_400_000) })
    expect(await allWrites(ground)).toEqual([])
    const open = JSON.parse((await ground.k1ctl(['approve', '--json'], bob)).stdout)
    expect(open).toMatchObject([{ operator: 'tester@here', due: null, people: [], modules: [portal] }])
    expect((await ground.k1ctl(['schedule', 'list'])).stdout).toContain(`settings of ${portal} of ${ruled}`)
    const shown = (await ground.k1ctl(['schedule', 'show', 'last'])).stdout
    expect(shown).toMatch(/approved {4}by nobody yet[\s\S]*off {2}→ {2}on/)

    const done = await ground.k1ctl(['approve', 'last', '--yes'], bob)
    expect(done.code, done.stderr).toBe(0)
    expect(await isOn()).toBe(true)
    expect(await dates()).toMatchObject([{ state: 'ended', verdict: 'proved', run: expect.any(String) }])
    const run = JSON.parse((await ground.k1ctl(['runs', 'show', 'last', '--json'])).stdout)
    expect(run.header.command).toMatch(/agreed to by tester@here, approved by bob@desk$/)
  })

  it.each(['tester@here', 'Tester@elsewhere'])('is not approved by whoever asked for it (%s)', async operator => {
    await ask()
    const own = await ground.k1ctl(['approve', 'last', '--yes'], { operator })
    expect(own).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot approve it') })
    expect(await allWrites(ground)).toEqual([])
  })

  it('may be refused, and then nothing is done with it', async () => {
    await ask()
    const no = await ground.k1ctl(['approve', 'last', '--refuse', '--reason', 'not yet', '--json'], bob)
    expect([no.code, JSON.parse(no.stdout)]).toEqual([
      0,
      expect.objectContaining({ state: 'cancelled', run: null, why: 'Refused by bob@desk: not yet' }),
    ])
    expect(await dates()).toMatchObject([{ state: 'cancelled', why: 'Refused by bob@desk: not yet' }])
    const none = await ground.k1ctl(['approve', 'last', '--yes'], bob)
    expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing waits for an approval.') })
    expect(await allWrites(ground)).toEqual([])
  })

  it('is not approved without an id', async () => {
    await ask()
    for (const words of [['--yes'], ['--refuse'], ['--reason', 'why not']]) {
      const ran = await ground.k1ctl(['approve', ...words], bob)
      expect(ran).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('Name the one that is approved'),
      })
    }
    expect(await dates()).toMatchObject([{ state: 'to-approve' }])
  })

  it('last is the newest that waits for an approval, whatever else has a date since', async () => {
    const idOf = (text: string) => /d\d+-[0-9a-f]{4}/.exec(text)?.[0]
    const at = (hour: string) => ({ now: new Date(`2030-12-06T${hour}:00:00Z`) })
    const say = (words: string[], hour: string) => ground.k1ctl(words, at(hour))
    await say([...enable, '--yes'], '10')
    const second = idOf((await say([...enable, '--yes'], '11')).stdout)
    const third = idOf((await say([...enable, '--yes'], '12')).stdout)
    await ground.k1ctl(['approve', third ?? '', '--refuse'], bob)
    const ran = await ground.k1ctl(['approve', 'last', '--refuse'], bob)
    expect(ran.stderr).toContain(`${second} is refused.`)
  })

  it('is shown to whoever approves at a terminal, and asked', async () => {
    await ask()
    const asked: string[] = []
    const prompter = scriptedPrompter({
      confirm: async message => {
        asked.push(message)
        return false
      },
    })
    const ran = await ground.k1ctl(['approve', 'last'], { ...bob, prompter })
    expect(ran.code).toBe(130)
    expect(ran.stdout).toContain('Require Log In')
    expect(asked).toEqual([`tester@here asks for it. Change the settings of ${portal} of ${ruled}?`])
    expect(await allWrites(ground)).toEqual([])
  })

  it('says at a terminal that it will wait', async () => {
    const asked: string[] = []
    const prompter = scriptedPrompter({
      confirm: async message => {
        asked.push(message)
        return true
      },
    })
    expect((await ground.k1ctl([...enable, '--tenant', ruled], { prompter })).code).toBe(3)
    expect(asked).toEqual(['Make this change, once somebody else has approved it?'])
    expect(await dates()).toMatchObject([{ state: 'to-approve' }])
  })

  it('is told by a dry run, which keeps nothing', async () => {
    const ran = await ask('--dry-run')
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('Somebody else has to approve it') })
    expect(await dates()).toEqual([])
  })

  it('stops where it is no longer as it was shown, and goes on with --if-changed go', async () => {
    // The tenant that is chosen on this machine is not that of whoever pastes it.
    await ground.k1ctl([...enable, '--yes'])
    await ask('--if-changed', 'go')
    expect((await ground.k1ctl(['deprovisioning', 'enable', portal, '--tenant', ruled, '--yes'])).code).toBe(0)
    const writes = (await allWrites(ground)).length
    const [first, second] = (await dates()) as { id: string }[]
    const stopped = await ground.k1ctl(['approve', first?.id ?? '', '--yes', '--json'], bob)
    expect(JSON.parse(stopped.stdout)).toMatchObject({ dated: first?.id, state: 'stopped', run: null, verdict: null })
    expect(stopped).toMatchObject({ code: 3, stderr: expect.stringContaining('no longer as it was agreed to') })
    expect(stopped.stderr).toContain(`--except ${keeper} --tenant 'Northwind Dental' --dry-run\n`)
    expect((await allWrites(ground)).length).toBe(writes)
    expect((await ground.k1ctl(['approve', second?.id ?? '', '--yes'], bob)).code).toBe(0)
    expect(await isOn()).toBe(true)
    expect((await dates()).map((date: { state: string }) => date.state).sort()).toEqual(['ended', 'stopped'])
  })

  it('approved and refused by the module, it is gone on with by a resumption', async () => {
    await ask()
    await ground.fault(portal, { status: 503, write: true, times: 0 })
    const ran = await ground.k1ctl(['approve', 'last', '--yes', '--timeout', '1'], bob)
    expect(ran.code, ran.stderr).toBe(3)
    expect(await dates()).toMatchObject([{ state: 'ended', run: expect.any(String) }])
    await ground.control(portal, 'faults', { method: 'DELETE' })
    expect(await isOn()).toBe(false)
    expect((await ground.k1ctl(['runs', 'resume', 'last'], bob)).code).toBe(0)
    expect(await isOn()).toBe(true)
  })

  it('waits where the module does not answer at the time', async () => {
    await ask()
    await ground.fault(portal, { drop: 'before', times: 0 })
    const ran = await ground.k1ctl(['approve', 'last', '--yes', '--json'], bob)
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('does not answer') })
    expect(JSON.parse(ran.stdout)).toMatchObject({ state: 'waiting', why: expect.stringContaining('does not answer') })
    await ground.control(portal, 'faults', { method: 'DELETE' })
    expect(await dates()).toMatchObject([{ state: 'waiting' }])
    expect((await ground.k1ctl(['worker', '--once'], { now: new Date(Date.now() + 60_000) })).code).toBe(0)
    expect(await isOn()).toBe(true)
  })
})

describe('has no other way in', () => {
  it('the others of a fleet go on, and that one waits', async () => {
    const posture = postureFile(`defaults:\n  ${portal}: { require-log-in: on, deprovisioning: on }\n`)
    const ran = await ground.k1ctl(['posture', 'apply', '-f', posture, '--all-tenants', '--yes', '--json'])
    expect(ran.code, ran.stderr).toBe(3)
    const { verdict, results, waiting } = JSON.parse(ran.stdout)
    expect(verdict).toBe('pending')
    expect(waiting).toMatchObject([{ tenant: ruled, modules: [portal], dated: expect.any(String) }])
    expect(new Set(results.map((one: { tenant: string }) => one.tenant))).toEqual(new Set([free]))
    expect((await allWrites(ground)).every(({ path }) => path.includes('t-004'))).toBe(true)
    expect(await isOn()).toBe(false)
    await ground.k1ctl(['approve', 'last', '--yes'], bob)
    expect(await dates()).toMatchObject([{ state: 'ended' }])
  })

  it('a canary that waits keeps the others from beginning', async () => {
    const posture = postureFile(`defaults:\n  ${portal}: { require-log-in: on }\n`)
    const words = ['posture', 'apply', '-f', posture, '--all-tenants', '--canary', ruled, '--yes']
    const ran = await ground.k1ctl(words)
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('1 other tenant was not begun') })
    expect(await allWrites(ground)).toEqual([])
  })

  it('a plan of before the rule waits, too', async () => {
    await noRule()
    const posture = postureFile(`defaults:\n  ${portal}:\n    require-log-in: { state: on, except: [${keeper}] }\n`)
    const plan = join(ground.home, 'plan.json')
    const saved = await ground.k1ctl(['posture', 'apply', '-f', posture, '--tenant', ruled, '--save-plan', plan])
    expect(saved.code, saved.stderr).toBe(0)
    await rule()
    const ran = await ground.k1ctl(['posture', 'apply', '--plan', plan, '--yes'])
    expect(ran, ran.stderr).toMatchObject({ code: 3, stderr: expect.stringContaining('k1ctl approve') })
    expect(await allWrites(ground)).toEqual([])
  })

  it('a run of before the rule does not go on with it', async () => {
    await noRule()
    const abort = new AbortController()
    await ground.fault(portal, { write: true, delayMs: 1_500, status: 503, times: 0 })
    setTimeout(() => abort.abort(), 800)
    const cut = await ground.k1ctl([...enable, '--tenant', ruled, '--yes'], { signal: abort.signal })
    expect(cut.code, cut.stderr).toBe(130)
    await ground.control(portal, 'faults', { method: 'DELETE' })
    await rule()
    await forgetCalls(ground)
    const resumed = await ground.k1ctl(['runs', 'resume', 'last'])
    expect(resumed.stderr).toContain(`Somebody else has to approve what is left of run `)
    expect(resumed.code).toBe(1)
    expect(await allWrites(ground)).toEqual([])
    await noRule()
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
    expect(await isOn()).toBe(true)
  })

  it('an exception, and turning it off, wait, too', async () => {
    await noRule()
    expect((await ask()).code).toBe(0)
    await rule()
    await forgetCalls(ground)
    const add = await ground.k1ctl([
      'require-log-in',
      'exceptions',
      'remove',
      portal,
      keeper,
      '--tenant',
      ruled,
      '--yes',
    ])
    const off = await ground.k1ctl(['require-log-in', 'disable', portal, '--tenant', ruled, '--yes'])
    expect([add.code, off.code], add.stderr).toEqual([3, 3])
    expect(await allWrites(ground)).toEqual([])
  })

  it('an undo is refused, and says how it is asked for', async () => {
    await noRule()
    expect((await ask()).code).toBe(0)
    await rule()
    await forgetCalls(ground)
    const undo = await ground.k1ctl(['runs', 'undo', 'last', '--yes'])
    expect(undo.code).toBe(3)
    expect(undo.stdout + undo.stderr).toContain('Somebody else has to approve a change of Require Log In here.')
    // As it stands there it is kept until somebody approves it.
    const [, asking = ''] = /with k1ctl approve:\s+k1ctl (.+)/.exec(undo.stdout + undo.stderr) ?? []
    expect(asking).toBe(`require-log-in disable ${portal} --tenant '${ruled}'`)
    expect(await allWrites(ground)).toEqual([])
  })

  it.each([
    ['after', noRule, rule],
    ['before', rule, rule],
  ])(
    'a module that was silent when a run began is not changed by its resumption (the rule came %s that)',
    async (...[, before, after]) => {
      await before()
      await ground.fault(portal, { drop: 'before', times: 0, path: 't-001' })
      const posture = postureFile(`defaults:\n  ${portal}: { require-log-in: on, deprovisioning: on }\n`)
      const began = await ground.k1ctl(['posture', 'apply', '-f', posture, '--all-tenants', '--yes', '--json'])
      expect(began.code).toBe(3)
      expect(JSON.parse(began.stdout)).toMatchObject({ run: expect.any(String), unreached: [{ tenant: ruled }] })
      await ground.control(portal, 'faults', { method: 'DELETE' })
      await after()
      const resumed = await ground.k1ctl(['runs', 'resume', 'last'])
      expect(resumed.code, resumed.stderr).not.toBe(2)
      expect(await isOn()).toBe(false)
    },
  )

  it.each([
    ['approved by an edit of the file', (text: string) => text.replace(/"by":\s*null/, '"by":"bob@desk"')],
    ['let go by an edit of the file', (text: string) => text.replace('"to-approve"', '"waiting"')],
    ['another plan by an edit of the file', (text: string) => text.replaceAll(keeper, 'mallory@evil.example')],
  ])('is not %s', async (_, edit) => {
    await ask()
    const text = readFileSync(file(), 'utf8')
    expect(edit(text)).not.toBe(text)
    writeFileSync(file(), edit(text))
    const ran = await ground.k1ctl(['approve', 'last', '--yes'], bob)
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('not as k1ctl wrote it') })
    const [hint = ''] = /k1ctl schedule cancel d\S+/.exec(ran.stderr) ?? []
    expect(ran.stderr).not.toContain('offboard')
    expect((await ground.k1ctl(hint.split(' ').slice(1))).code).toBe(0)
    expect(await dates()).toEqual([])
    expect((await ground.k1ctl(['worker', '--once'])).code).toBe(0)
    expect(await allWrites(ground)).toEqual([])
  })

  it('without an approval in it, however well sealed, it is held', async () => {
    await ask()
    const { hash: _, approval: __, ...whole } = JSON.parse(readFileSync(file(), 'utf8'))
    writeFileSync(file(), JSON.stringify(withHash({ ...whole, state: 'waiting' })))
    const ran = await ground.k1ctl(['worker', '--once', '--json'], { now: new Date(Date.now() + 60_000) })
    expect(ran).toMatchObject({ code: 3, stderr: expect.stringContaining('k1ctl approve') })
    expect(JSON.parse(ran.stdout)).toMatchObject({ dated: expect.any(String), state: 'to-approve', run: null })
    expect(await allWrites(ground)).toEqual([])
    expect(await dates()).toMatchObject([{ state: 'to-approve' }])
  })
})
