import { describe, expect, it } from 'vitest'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { demoWorld, estateLeaver, estatePeople, startSandbox } from '../../src/sandbox/index.ts'
import { activeDirectory } from '../../src/systems/active-directory/index.ts'
import { failureOf } from '../http/loopback.ts'
import { alsoDelete, goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import type { TriedPeople as PeopleAccess } from './tried-goal.ts'

/** The connector against the sandbox's domain controller. A real one is in test/live. */

const system = 'active-directory'
const tenant = 20
const stage = setPeopleStage()
const leaver = estateLeaver(demoWorld()).person.email
const administrator = estatePeople(demoWorld()).find(one => one.admin && !one.breakGlass)?.person.email ?? ''
const kinds: AccountGoalKind[] = ['sign-in-blocked', 'credentials-revoked', 'groups-left', 'access-freed', 'deleted']

const open = () => stage.open(system, tenant)
const goalsFor = async (people: PeopleAccess, options = here) => people.goals(await theOne(people, leaver), options)

describe('looking', () => {
  it('finds everybody of the estate by their e-mail and their log-in, and only them', async () => {
    const people = await open()
    for (const { person, login } of estatePeople(demoWorld()).slice(0, 12)) {
      const account = await theOne(people, person.email.toUpperCase())
      expect([account.login, account.email, account.active]).toEqual([login, person.email, true])
      expect((await theOne(people, login)).id).toBe(account.id)
    }
    expect(await stage.writes(system)).toEqual([])
  })

  it('lists all pages, and counts them', async () => {
    const people = await open()
    await stage.control(system, 'POST', 'limits', { page: 7, values: 1500 })
    const ids: string[] = []
    for await (const { id } of people.list()) ids.push(id)
    expect(ids.length).toBeGreaterThan(50)
    expect(new Set(ids).size).toBe(ids.length)
    expect(await people.count()).toBe(ids.length)
  })

  it('has the goals that its facts promise', async () => {
    const goals = await goalsFor(await open(), alsoDelete)
    expect(goals.map(({ kind }) => kind)).toEqual(kinds)
    const promised = activeDirectory.about.accountGoals?.filter(({ how }) => how !== 'not-here')
    expect(promised?.map(({ kind }) => kind)).toEqual(kinds)
    for (const goal of goals) expect([goal.kind, goal.differences.length]).toEqual([goal.kind, 1])
  })

  it.each([
    [{ status: 401 }, 'sign-in'],
    [{ status: 403 }, 'forbidden'],
    [{ status: 429 }, 'rate-limited'],
    [{ status: 503 }, 'server'],
    [{ error: { Code: 10, Message: 'ldap://other.example' } }, 'rejected'],
    [{ error: { Code: 1, Message: 'DSID-0C090A5C, a successful bind must be completed' } }, 'sign-in'],
  ])('says what %j means', async (fault, kind) => {
    const goal = goalOf(await goalsFor(await open()), 'sign-in-blocked')
    await stage.fault(system, { method: 'SEARCH', ...fault, times: 0 })
    expect((await failureOf(goal.look())).kind).toBe(kind)
  })

  it('asks a busy controller again', async () => {
    const goal = goalOf(await goalsFor(await open()), 'sign-in-blocked')
    await stage.fault(system, { method: 'SEARCH', status: 429, times: 2 })
    expect((await goal.look()).state).toBe('not-yet')
  })

  it.each(['objectGUID', 'sAMAccountName'])('names %s where it is not shown, and proves nothing', async name => {
    const people = await open()
    const goal = goalOf(await goalsFor(people), 'sign-in-blocked')
    await stage.fault(system, { method: 'SEARCH', omit: [name], times: 0 })
    for (const failed of [failureOf(people.find(leaver)), failureOf(goal.look())]) {
      const error = await failed
      expect([error.kind, error.facts.field]).toEqual(['contract', name])
    }
  })

  it.each([
    ['userAccountControl', 'sign-in-blocked'],
    ['primaryGroupID', 'groups-left'],
  ] as const)('finds somebody whose %s is hidden; only %s stands on it', async (name, kind) => {
    const people = await open()
    await stage.fault(system, { method: 'SEARCH', omit: [name], times: 0 })
    expect(await theOne(people, leaver)).toMatchObject({ email: leaver, active: true })
    for (const goal of await goalsFor(people)) {
      const seen = await goal.look().catch((error: unknown) => error)
      if (goal.kind === kind) expect(seen).toMatchObject({ kind: 'contract', facts: { field: name } })
      else expect(seen).toMatchObject({ state: 'not-yet' })
    }
    const listed: string[] = []
    for await (const { email } of people.list()) listed.push(email)
    expect(listed).toContain(leaver)
    expect(listed).toHaveLength((await people.count()) ?? 0)
  })

  it('reads all values where the controller gives them in portions', async () => {
    const whole = await theOne(await open(), administrator)
    await stage.control(system, 'POST', 'limits', { page: 2, values: 1 })
    const people = await open()
    expect(await theOne(people, administrator)).toEqual(whole)
    expect(whole.untouchable).toMatch(/Domain Admins/)
    expect((await goalOf(await goalsFor(people), 'groups-left').look()).state).toBe('not-yet')
  })

  it.each([
    ['closes the connection before it answers', { drop: 'before' as const }],
    ['closes the connection after it worked', { drop: 'after' as const }],
  ])('connects again, once, to a controller that %s', async (_, fault) => {
    const goal = goalOf(await goalsFor(await open()), 'sign-in-blocked')
    await stage.fault(system, { method: 'SEARCH', ...fault })
    expect((await goal.look()).state).toBe('not-yet')
    await stage.fault(system, { method: 'SEARCH', ...fault, times: 2 })
    expect((await failureOf(goal.look())).kind).toBe('unreachable')
  })

  it('signs in again, a few times, to a controller that answered before and is away for a moment', async () => {
    const page = { status: 502, body: '<html><h1>Down for a while</h1></html>' }
    const goal = goalOf(await goalsFor(await open()), 'sign-in-blocked')
    await stage.fault(system, { method: 'SEARCH', ...page }, { method: 'BIND', ...page, times: 2 })
    expect((await goal.look()).state).toBe('not-yet')
    await stage.fault(system, { method: 'SEARCH', ...page }, { method: 'BIND', ...page, times: 3 })
    const error = await failureOf(goal.look())
    expect([error.kind, error.message]).toEqual(['unreachable', expect.stringContaining('does not speak LDAP')])
  })

  it('is not asked again whether it speaks LDAP, when nothing there ever did', async () => {
    await stage.fault(system, { method: 'BIND', status: 400, body: 'HTTP/1.1 400 Bad Request' })
    expect((await failureOf(open())).message).toContain('does not speak LDAP')
    expect((await stage.calls(system)).filter(({ method }) => method === 'BIND')).toHaveLength(1)
  })

  it('waits no longer than it was told', async () => {
    const sandbox = await startSandbox({ seed: 'demo' })
    const known = sandbox.tenants[tenant - 1]?.connections[system]
    const deps = { clock: stage.clock, http: { env: {}, deadlineMs: 400 } }
    const session = await activeDirectory.open({ ...known?.settings, ...known?.secrets }, deps)
    const faults = `${sandbox.systems[system]?.control}/faults`
    await fetch(faults, { method: 'POST', body: JSON.stringify([{ method: 'SEARCH', hang: true, times: 2 }]) })
    const error = await failureOf(Promise.resolve(session.people?.find(leaver)))
    expect([error.kind, error.message]).toEqual(['unreachable', expect.stringContaining('did not answer within')])
    await session.close()
    await sandbox.close()
  })
})
