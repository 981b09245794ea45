import { describe, expect, it } from 'vitest'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import { demoFacts, demoWorld } from '../../src/sandbox/index.ts'
import { failureOf } from '../http/loopback.ts'
import { alsoDelete, bringAll, goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import { runUnderQuirks } from './quirk-run.ts'
import type { TriedPeople as PeopleAccess } from './tried-goal.ts'

/** What distinguishes the systems: who is never touched, who is never deleted, and what follows KaseyaOne. */

const stage = setPeopleStage()
const modules = ['graphus', 'datto-partner-portal', 'bms'] as const
const withKaseyaOne: AccountGoalOptions = { ...alsoDelete, present: new Set(['kaseyaone']) }

/** Somebody of the second tenant, where everything is on, with an account everywhere and no administrator's role. */
const follower = demoWorld().tenants[1]?.people.find(
  one =>
    one.active &&
    one.kaseyaOneRole === 'User' &&
    one.graphusRole === 'Analyst' &&
    one.partnerPortalRole !== undefined &&
    one.bmsEmployeeId !== undefined,
)?.email

/** An active administrator of Graphus in the tenant where there is only one. */
const lastGraphusAdmin = demoWorld().tenants[2]?.people.find(one => one.graphusRole === 'Admin')?.email ?? ''
const onlySecurityAdmin = demoFacts.people.itAdmin

async function blockGoal(people: PeopleAccess, word: string, options: AccountGoalOptions) {
  return goalOf(await people.goals(await theOne(people, word), options), 'sign-in-blocked')
}

describe('KaseyaOne', () => {
  it('never touches the Root Admin', async () => {
    const people = await stage.open('kaseyaone')
    const account = await theOne(people, demoFacts.people.breakGlass)
    expect(account.untouchable).toMatch(/Root Admin/)
    expect(account.roles).toEqual([{ name: 'Root Admin', admin: true }])
    for (const goal of await people.goals(account, alsoDelete)) {
      if (goal.kind === 'groups-left') continue
      expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('refused')
    }
    expect(await stage.writes('kaseyaone')).toEqual([])
  })

  it('never touches the last Admin, and lets one of two go', async () => {
    await stage.restart(world => {
      const people = world.tenants[0]?.people ?? []
      for (const person of people) if (person.kaseyaOneRole === 'Root Admin') person.kaseyaOneRole = 'User'
    })
    const people = await stage.open('kaseyaone')
    const first = await theOne(people, onlySecurityAdmin)
    expect(first.untouchable).toBeUndefined()
    const admins: string[] = []
    for await (const one of people.list()) if (one.active && one.roles.some(role => role.admin)) admins.push(one.login)
    expect(admins.length).toBeGreaterThan(1)

    // All at once, each planned while the others were still there.
    const goals = await Promise.all(
      admins.map(async login => goalOf(await people.goals(await theOne(people, login), here), 'admin-roles-dropped')),
    )
    const ends = await Promise.allSettled(goals.map(goal => Promise.resolve(goal.bring?.())))
    expect(ends.filter(end => end.status === 'rejected').map(end => end.reason.kind)).toEqual(['refused'])
    const left: string[] = []
    for await (const one of people.list()) if (one.active && one.roles.some(role => role.admin)) left.push(one.login)
    expect(left).toHaveLength(1)
    expect((await theOne(people, left[0] ?? '')).untouchable).toBe('the last active Admin')
  })

  it('counts an Admin who is inactive for nothing', async () => {
    await stage.restart(world => {
      const people = world.tenants[0]?.people ?? []
      for (const person of people) {
        if (!person.kaseyaOneRole.includes('Admin') || person.email === onlySecurityAdmin) continue
        person.kaseyaOneRole = 'Admin'
        person.active = false
      }
    })
    const people = await stage.open('kaseyaone')
    expect((await theOne(people, onlySecurityAdmin)).untouchable).toBe('the last active Admin')
    expect((await theOne(people, demoFacts.people.breakGlass)).untouchable).toBeUndefined()
  })

  it('makes a User of an Admin, and an Admin again', async () => {
    const people = await stage.open('kaseyaone')
    const account = await theOne(people, 'eric.hansen@northwind-dental.example')
    const goal = goalOf(await people.goals(account, here), 'admin-roles-dropped')
    expect(goal.differences).toEqual([{ what: 'Roles', before: 'Admin', after: 'User' }])
    const before = await goal.look()
    expect(before).toEqual({
      state: 'not-yet',
      reading: { roles: [{ id: 'admin', name: 'Admin', admin: true, primary: true }] },
    })
    await goal.bring?.()
    expect((await theOne(people, account.login)).roles).toEqual([{ name: 'User', admin: false }])
    const undo = goal.undo?.(before.state === 'not-yet' ? before.reading : undefined)
    await undo?.bring?.()
    expect(await undo?.look()).toEqual({ state: 'holds', reading: before.state === 'not-yet' ? before.reading : null })
    expect((await theOne(people, account.login)).roles).toEqual([{ name: 'Admin', admin: true }])
  })

  it('that shows no roles says nothing of who is an Admin, and blocks', async () => {
    await stage.fault('kaseyaone', { method: 'GET', path: '/Users', omit: ['roles', 'Resources.roles'], times: 0 })
    const people = await stage.open('kaseyaone')
    const goals = await people.goals(await theOne(people, 'eric.hansen@northwind-dental.example'), here)
    expect(await goalOf(goals, 'admin-roles-dropped').look()).toMatchObject({
      state: 'unobservable',
      why: expect.stringContaining('shows no role of anybody'),
    })
    await goalOf(goals, 'sign-in-blocked').bring?.()
    expect((await goalOf(goals, 'sign-in-blocked').look()).state).toBe('holds')
  })

  it('follows nobody', async () => {
    const people = await stage.open('kaseyaone', 2)
    for (const goal of await people.goals(await theOne(people, follower ?? ''), withKaseyaOne)) {
      expect(goal.follows).toBeUndefined()
    }
  })
})

describe('Graphus', () => {
  it('blocks its last Admin, never deletes them, and says so', async () => {
    const people = await stage.open('graphus', 3)
    const account = await theOne(people, lastGraphusAdmin)
    expect(account.untouchable).toBeUndefined()
    const goals = await people.goals(account, alsoDelete)
    expect(goals.map(goal => goal.kind)).toEqual(['sign-in-blocked'])
    expect(goals[0]?.warnings.join()).toMatch(/last Admin/)
    expect([...(await bringAll(goals)).values()].map(one => one.after.state)).toEqual(['holds'])
    // The one who is blocked by now is still the last one who ever held it.
    expect((await people.goals(account, alsoDelete)).map(goal => goal.kind)).toEqual(['sign-in-blocked'])
    expect((await people.goals(account, here))[0]?.warnings).toEqual([])
  })

  it('does not delete somebody who has become its last Admin meanwhile', async () => {
    const people = await stage.open('graphus')
    const admins: string[] = []
    for await (const one of people.list()) if (one.active && one.roles.some(role => role.admin)) admins.push(one.login)
    const plans = await Promise.all(admins.map(async login => people.goals(await theOne(people, login), alsoDelete)))
    const deletions = plans.map(goals => goalOf(goals, 'deleted'))
    const last = deletions.pop()
    for (const goal of deletions) await goal.bring?.()
    expect((await failureOf(Promise.resolve(last?.bring?.()))).kind).toBe('refused')
    expect(deletions.length).toBeGreaterThan(0)
  })
})

describe('Datto Partner Portal', () => {
  it('never touches its last Security Admin', async () => {
    const people = await stage.open('datto-partner-portal')
    const account = await theOne(people, onlySecurityAdmin)
    expect(account.untouchable).toBe('the last active Security Admin')
    for (const goal of await people.goals(account, alsoDelete)) {
      expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('refused')
    }
    expect(await stage.writes('datto-partner-portal')).toEqual([])
  })
})

describe.each(modules)('%s, which follows KaseyaOne', system => {
  async function open(delayMs: number) {
    await stage.control('kaseyaone', 'POST', 'deprovision-delay', { ms: delayMs })
    const kaseyaone = await stage.open('kaseyaone', 2)
    const people = await stage.open(system, 2)
    const goals = await people.goals(await theOne(people, follower ?? ''), withKaseyaOne)
    const first = await kaseyaone.goals(await theOne(kaseyaone, follower ?? ''), alsoDelete)
    return { people, goals, first }
  }

  it('waits for it, and writes nothing itself', async () => {
    const { goals, first } = await open(4000)
    for (const goal of goals) {
      expect(goal.follows).toEqual({ system: 'kaseyaone', why: expect.stringContaining('KaseyaOne') })
      expect(goal.byHand).toBeUndefined()
      expect((await goal.look()).state).toBe('not-yet')
    }
    await bringAll(first)
    stage.clock.waits.splice(0)
    const brought = await bringAll(goals)
    for (const [kind, { before, after }] of brought) {
      expect([kind, after.state]).toEqual([kind, 'holds'])
      if (kind === 'sign-in-blocked') expect(before.state).toBe('not-yet')
    }
    // Looks at BMS wait 25 ms for company.
    const polls = stage.clock.waits.filter(ms => ms !== 25)
    expect(polls.length).toBeGreaterThan(1)
    expect(Math.min(...polls)).toBe(250)
    expect(await stage.writes(system)).toEqual([])
  })

  it('gives up waiting when the time is over, without an error', async () => {
    const { goals } = await open(0)
    const [goal] = goals
    const begun = stage.clock.now().getTime()
    await goal?.bring?.()
    const took = stage.clock.now().getTime() - begun
    expect(took).toBeGreaterThanOrEqual(60_000)
    expect(took).toBeLessThan(65_000)
    expect(Math.max(...stage.clock.waits)).toBe(5000)
    expect((await goal?.look())?.state).toBe('not-yet')
    expect(await stage.writes(system)).toEqual([])
  })

  it('does not wait for somebody who has no part in KaseyaOne', async () => {
    const people = await stage.open(system, 2)
    const goal = await blockGoal(people, follower ?? '', here)
    expect(goal.follows).toBeUndefined()
    expect(goal.byHand === undefined).toBe(system !== 'bms')
  })

  it('reads the setting once for many people, and anew after a while', async () => {
    const { people } = await open(0)
    const account = await theOne(people, follower ?? '')
    const readings = async () =>
      (await stage.calls(system)).filter(call => /unified-login$|accesscontrol\/settings$/.test(call.path)).length
    const before = await readings()
    await Promise.all([1, 2, 3].map(() => people.goals(account, withKaseyaOne)))
    expect(await readings()).toBe(before)
    await stage.clock.sleep(61_000)
    await people.goals(account, withKaseyaOne)
    expect(await readings()).toBe(before + 1)
  })
})

describe('BMS', () => {
  it('leaves it to a person where nothing follows, and reads back what the person did', async () => {
    const people = await stage.open('bms')
    const account = await theOne(people, demoFacts.leavers[3])
    const goal = await blockGoal(people, demoFacts.leavers[3], { ...here, present: new Set(['kaseyaone']) })
    expect(goal.bring).toBeUndefined()
    expect(goal.byHand?.join('\n')).toContain(account.login)
    expect(goal.byHand?.join('\n')).not.toContain('{')
    expect(await goal.look()).toEqual({
      state: 'not-yet',
      reading: { active: true, id: account.id, login: account.login },
    })

    await setActive(Number(account.id), false)
    expect((await goal.look()).state).toBe('holds')
    const undo = goal.undo?.({ active: true })
    expect([(await undo?.look())?.state, undo?.byHand?.join()]).toEqual([
      'not-yet',
      expect.stringContaining('active and save'),
    ])
    await setActive(Number(account.id), true)
    expect((await undo?.look())?.state).toBe('holds')
    expect(await stage.writes('bms')).toEqual([])
  })

  it('is found and looked at, and says who it is, whatever becomes of reading its settings', async () => {
    await stage.fault('bms', { method: 'GET', path: 'accesscontrol', status: 500, body: {}, times: 0 })
    const session = await stage.session('bms')
    expect((await session.check()).missing).toEqual([expect.stringContaining('could not be tried')])
    const people = await stage.open('bms')
    const goal = await blockGoal(people, demoFacts.leavers[3], { ...here, present: new Set(['kaseyaone']) })
    expect(goal.warnings.join()).toContain('could not be read, so a person has to do it')
    expect([goal.byHand === undefined, (await goal.look()).state]).toEqual([false, 'not-yet'])
  })

  it('is not said to be without somebody before everybody was read, the inactive too', async () => {
    const people = await stage.open('bms')
    const account = await theOne(people, demoFacts.leavers[3])
    const goal = await blockGoal(people, demoFacts.leavers[3], here)
    const nobody = { Success: true, Result: [], TotalRecords: 0 }
    const hide = (...paths: string[]) =>
      stage.fault('bms', ...paths.map(path => ({ method: 'GET', path, status: 200, body: nobody, times: 0 })))
    // Neither by number nor by name, as of somebody whose name has changed.
    await hide('Filter\\.Ids', 'Filter_Text')
    await setActive(Number(account.id), false)
    expect(await goal.look()).toEqual({
      state: 'holds',
      reading: { active: false, id: account.id, login: account.login },
    })
    await stage.control('bms', 'POST', 'quirks', { inactiveUnlisted: true })
    expect((await goal.look()).state).toBe('holds')
    expect(JSON.stringify(await goal.look())).not.toContain('gone')
    expect((await people.account(account.id))?.active).toBe(false)
    await hide('searchselect')
    expect((await failureOf(goal.look())).message).toContain('shows no employee at all')
    await stage.control('bms', 'DELETE', 'faults')
    await stage.fault('bms', { method: 'GET', path: 'searchselect', status: 200, body: { Success: true }, times: 0 })
    expect((await failureOf(goal.look())).kind).toBe('contract')
  })

  it('finds by the user name as well, and ignores case', async () => {
    const people = await stage.open('bms')
    const account = await theOne(people, demoFacts.leavers[3])
    expect(account.login).not.toBe(account.email)
    expect(await theOne(people, account.login.toUpperCase())).toEqual(account)
  })

  async function setActive(id: number, active: boolean) {
    await stage.control('bms', 'POST', 'employee', { company: demoWorld().tenants[0]?.bms?.company, id, active })
  }
})

describe('a SCIM service', () => {
  it('that does not count its users is no less able to find and block one', async () => {
    const [run] = await runUnderQuirks(['scim'], { person: demoFacts.leavers[0] }, stage)
    expect(run?.results.map(({ kind, proved }) => [kind, proved])).toContainEqual(['sign-in-blocked', true])
    await stage.restart(() => {})
    await stage.fault('scim', {
      method: 'GET',
      path: '/Users\\?startIndex=1&count=1$',
      status: 500,
      body: {},
      times: 0,
    })
    expect((await (await stage.session('scim')).check()).missing).toEqual([
      expect.stringContaining('could not be tried'),
    ])
    const [other] = await runUnderQuirks(['scim'], { person: demoFacts.leavers[0] }, stage)
    expect([other?.unreached, other?.truth['sign-in-blocked']]).toEqual([[], []])
  })

  it('finds somebody by a log-in, and by an alias, that differ from the e-mail', async () => {
    const people = await stage.open('scim')
    for (const email of ['rebecca.lowe@northwind-dental.example', 'liam.lambert@northwind-dental.example']) {
      const account = await theOne(people, email)
      expect(account.login).not.toBe(email)
      expect((await theOne(people, account.login.toUpperCase())).id).toBe(account.id)
    }
  })

  it('says who it is by its host, and what the token may not do', async () => {
    const session = await stage.session('scim')
    const identity = await session.check()
    expect(identity).toEqual({
      name: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      email: '',
      tenant: expect.stringMatching(/\/scim\/t-001$/),
      missing: [],
    })
    await stage.fault('scim', { method: 'GET', path: '/Users', status: 403, body: {} })
    expect((await session.check()).missing).toEqual([expect.stringContaining('may not read users')])
    await stage.fault('scim', { method: 'GET', path: '/Users', status: 401, body: {} })
    expect((await failureOf(session.check())).kind).toBe('sign-in')
    expect(session.features).toBeUndefined()
  })

  it('reads what it can do once a session', async () => {
    const people = await stage.open('scim')
    for (const email of demoFacts.leavers) await bringAll(await people.goals(await theOne(people, email), here))
    const config = (await stage.calls('scim')).filter(call => call.path.endsWith('/ServiceProviderConfig'))
    expect(config).toHaveLength(1)
  })

  it('takes many people out of their groups at once, and mistakes none of them for a lost member', async () => {
    const people = await stage.open('scim')
    const goals = await Promise.all(
      demoFacts.leavers.map(async email =>
        goalOf(await people.goals(await theOne(people, email), here), 'groups-left'),
      ),
    )
    await Promise.all(goals.map(goal => goal.bring?.()))
    for (const goal of goals) expect(await goal.look()).toEqual({ state: 'holds', reading: { groups: [] } })
  })
})
