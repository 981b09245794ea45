import { describe, expect, it } from 'vitest'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { demoWorld, estateLeaver, estatePeople } from '../../src/sandbox/index.ts'
import { failureOf } from '../http/loopback.ts'
import { alsoDelete, bringAll, goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal, TriedPeople as PeopleAccess } from './tried-goal.ts'

/** What the connector changes, against the sandbox's domain controller. A real one is in test/live. */

const system = 'active-directory'
const tenant = 20
const stage = setPeopleStage()
const leaver = estateLeaver(demoWorld()).person.email
const kinds: AccountGoalKind[] = ['sign-in-blocked', 'credentials-revoked', 'groups-left', 'access-freed', 'deleted']

const open = () => stage.open(system, tenant)
const goalsFor = async (people: PeopleAccess, options = here) => people.goals(await theOne(people, leaver), options)
const brought = (goal: AccountGoal) => failureOf(Promise.resolve(goal.bring?.()))

describe('changing', () => {
  it('brings each goal from not yet to holds, and a second time writes nothing', async () => {
    const people = await open()
    const account = await theOne(people, leaver)
    const first = await bringAll(await people.goals(account, alsoDelete))
    expect([...first.keys()]).toEqual(kinds)
    for (const [kind, { before, after }] of first)
      expect([kind, before.state, after.state]).toEqual([kind, 'not-yet', 'holds'])
    const written = await stage.writes(system)
    // Control, two passwords, five groups, mark, move, delete.
    expect(written.map(call => call.split(' ')[0])).toEqual([...Array(9).fill('MODIFY'), 'MODIFYDN', 'DELETE'])
    for (const [kind, { before }] of await bringAll(await people.goals(account, alsoDelete))) {
      expect([kind, before.state]).toEqual([kind, 'holds'])
    }
    expect(await people.find(leaver)).toEqual([])
    expect(await stage.writes(system)).toEqual([])
  })

  it('leaves groups before it moves the account, and does both by id', async () => {
    const people = await open()
    await bringAll(await goalsFor(people))
    const written = await stage.writes(system)
    expect(written.at(-1)).toMatch(/^MODIFYDN .*OU=People/)
    expect(written.filter(call => call.includes('OU=Groups'))).toHaveLength(5)
    const goals = await goalsFor(people)
    for (const goal of goals)
      expect([goal.kind, goal.differences, (await goal.look()).state]).toEqual([goal.kind, [], 'holds'])
    for (const goal of goals) await goal.bring?.()
    expect(await stage.writes(system)).toEqual([])
  })

  it('gives back what it took', async () => {
    const people = await open()
    const goals = await goalsFor(people)
    const first = await bringAll(goals)
    for (const goal of goals) {
      const before = first.get(goal.kind)?.before
      const undo = goal.undo?.(before?.state === 'not-yet' ? before.reading : undefined)
      if (undo === undefined) continue
      expect([goal.kind, (await undo.look()).state]).toEqual([goal.kind, 'not-yet'])
      await undo.bring?.()
      expect([goal.kind, (await undo.look()).state]).toEqual([goal.kind, 'holds'])
    }
    for (const goal of goals.filter(({ undo }) => undo)) expect(await goal.look()).toEqual(first.get(goal.kind)?.before)
    expect((await theOne(people, leaver)).active).toBe(true)
  })

  it('refuses a snapshot that is none', async () => {
    for (const { undo } of await goalsFor(await open())) {
      if (undo) expect((await failureOf(Promise.resolve().then(() => undo({ other: 1 })))).kind).toBe('storage')
    }
  })

  it('lets a look decide when the answer to a write is lost', async () => {
    const people = await open()
    const goals = await goalsFor(people, alsoDelete)
    for (const kind of ['sign-in-blocked', 'deleted'] as const) {
      const goal = goalOf(goals, kind)
      const method = kind === 'deleted' ? 'DELETE' : 'MODIFY'
      await stage.fault(system, { method, drop: 'before' })
      expect((await brought(goal)).kind).toBe('lost-answer')
      expect((await goal.look()).state).toBe('not-yet')
      await stage.fault(system, { method, drop: 'after' })
      await goal.bring?.()
      expect((await goal.look()).state).toBe('holds')
    }
  })

  it('moves whose mark was refused, and marks whose move was lost', async () => {
    const people = await open()
    const goal = goalOf(await goalsFor(people), 'access-freed')
    await stage.fault(system, { method: 'MODIFY', status: 403 })
    expect((await brought(goal)).kind).toBe('forbidden')
    expect(await stage.writes(system)).toEqual([expect.stringMatching(/^MODIFYDN/)])
    expect((await goal.look()).state).toBe('not-yet')
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
    await stage.restart(() => {})
    const again = goalOf(await goalsFor(await open()), 'access-freed')
    await stage.fault(system, { method: 'MODIFYDN', drop: 'after' })
    await again.bring?.()
    expect((await again.look()).state).toBe('holds')
  })

  it('replaces the password the second time also when the first answer was lost', async () => {
    const goal = goalOf(await goalsFor(await open()), 'credentials-revoked')
    await stage.fault(system, { method: 'MODIFY', drop: 'before' })
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
    expect(await stage.writes(system)).toHaveLength(1)
  })

  it.each([
    [{ status: 403 }, 'forbidden', /Reset Password on users/],
    [{ error: { Code: 19, Message: '0000052D: Constraint violation' } }, 'rejected', /password policy/],
    [{ error: { Code: 53, Message: '0000001F: WILL_NOT_PERFORM' } }, 'rejected', /\(53\)/],
    [{ status: 500, times: 2 }, 'server', /failed at MODIFY/],
    [{ echo: true as const, times: 2 }, 'server', /\[secret\]/],
  ])('says what %j on writing means, without the password', async (fault, kind, words) => {
    const goal = goalOf(await goalsFor(await open()), 'credentials-revoked')
    await stage.fault(system, { method: 'MODIFY', ...fault })
    const error = await brought(goal)
    expect([error.kind, error.message]).toEqual([kind, expect.stringMatching(words)])
    expect(JSON.stringify([error.message, error.hint, error.facts])).toMatch(/^(?!.*unicodePwd: "(?!\[secret))/)
    expect((await goal.look()).state).toBe('not-yet')
  })

  it('says before it moves somebody that the cloud may lose them', async () => {
    const people = await open()
    const account = await theOne(people, leaver)
    const present = new Set(['active-directory', 'microsoft-365'])
    const said = async (more: { present: ReadonlySet<string> }) =>
      goalOf(await people.goals(account, { ...here, ...more }), 'access-freed').warnings.join()
    expect(await said({ present })).toMatch(/OU=Leavers.*deletes the account in Microsoft 365/)
    expect(await said({ present: new Set() })).toBe('')
  })

  it('cuts a name for the log-in behind it, and no character in half', async () => {
    const people = await open()
    const second = estatePeople(demoWorld()).find(one => !one.admin && one.person.email !== leaver)
    const away = async (email: string, name: string) => {
      const account = await theOne(people, email)
      const goal = goalOf(await people.goals(account, here), 'access-freed')
      await goal
        .undo?.({ description: null, attributes: {}, name, place: 'OU=People,DC=ironbridge,DC=example' })
        .bring?.()
      await goal.bring?.()
      const standing = await goal.look()
      return standing.state === 'holds' ? standing.reading : standing
    }
    const suffix = ` (${second?.login})`
    const kept = 'x'.repeat(64 - suffix.length - 1)
    // The smile is two units of UTF-16 long, and the second one would be the 65th.
    const name = `${kept}🙂`.padEnd(64, 'y')
    expect(await away(leaver, name)).toMatchObject({ name, place: expect.stringMatching(/^OU=Leavers/) })
    expect(await away(second?.person.email ?? '', name)).toMatchObject({
      name: `${kept}${suffix}`,
      place: expect.stringMatching(/^OU=Leavers/),
    })
  })

  it('does not stop at a group that refuses', async () => {
    const people = await open()
    const goal = goalOf(await goalsFor(people), 'groups-left')
    await stage.fault(system, { method: 'MODIFY', path: 'VPN', status: 403 })
    const error = await brought(goal)
    expect([error.kind, error.message]).toEqual(['forbidden', expect.stringContaining('Write Members on groups')])
    const after = await goal.look()
    expect(after).toMatchObject({ state: 'not-yet', reading: { groups: [{ name: 'VPN users' }] } })
  })

  it('leaves a group whose members nobody may read, and joins it again', async () => {
    await stage.control(system, 'POST', 'quirks', { membersHidden: true })
    const goal = goalOf(await goalsFor(await open()), 'groups-left')
    const before = await goal.look()
    expect(before).toMatchObject({ state: 'not-yet', reading: { groups: { length: 5 } } })
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { groups: [] } })
    await goal.undo?.('reading' in before ? before.reading : null).bring?.()
    expect(JSON.stringify(await goal.look())).toContain('Orders')
  })

  it('is not kept from blocking by groups that cannot be read, and takes none for left', async () => {
    const people = await open()
    const account = await theOne(people, leaver)
    // Searches below the domain are those for groups; without a token nothing else tells which somebody is in.
    await stage.fault(system, { method: 'SEARCH', path: '^DC=', status: 403, times: 0 })
    await stage.fault(system, { method: 'SEARCH', path: 'OU=People', omit: ['tokenGroups'], times: 0 })
    const goals = await people.goals(account, here)
    const block = goalOf(goals, 'sign-in-blocked')
    await block.bring?.()
    expect((await block.look()).state).toBe('holds')
    expect((await failureOf(goalOf(goals, 'groups-left').look())).kind).toBe('forbidden')
  })

  it('leaves all groups, also more than a controller shows of one attribute', async () => {
    await stage.control(system, 'POST', 'limits', { page: 1000, values: 2 })
    const goal = goalOf(await goalsFor(await open()), 'groups-left')
    expect(goal.differences[0]?.before).toMatch(/^Licences: Business Premium, Orders, Staff, VPN users, Workshop/)
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { groups: [] } })
  })

  it('takes a group for left when only the answer was lost', async () => {
    const people = await open()
    const goal = goalOf(await goalsFor(people), 'groups-left')
    await stage.fault(system, { method: 'MODIFY', path: 'VPN', drop: 'after' })
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it('says which right is missing before anything is tried', async () => {
    await stage.control(system, 'POST', 'rights', { without: ['write-person', 'write-members', 'move'] })
    const { missing } = await (await stage.session(system, tenant)).check()
    expect(missing).toEqual([
      expect.stringMatching(/may not write userAccountControl, description, primaryGroupID, manager/),
      expect.stringMatching(/may not write the members of groups/),
      expect.stringMatching(/may not create users in OU=Leavers/),
    ])
    expect(await stage.writes(system)).toEqual([])
  })

  it('does not delete what is protected from accidental deletion, and proves nothing where it sees no tombstones', async () => {
    const people = await open()
    const goal = goalOf(await goalsFor(people, alsoDelete), 'deleted')
    const { login } = await theOne(people, leaver)
    await stage.control(system, 'POST', 'protected', { account: login, on: true })
    const error = await brought(goal)
    expect([error.kind, error.hint]).toEqual(['forbidden', expect.stringContaining('accidental deletion')])
    await stage.control(system, 'POST', 'protected', { account: login, on: false })
    await stage.control(system, 'POST', 'rights', { without: ['read-deleted'] })
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ state: 'unobservable', why: expect.stringContaining('Deleted Objects') })
  })

  it('refuses whoever became an administrator on the way', async () => {
    const people = await open()
    const admin = estatePeople(demoWorld())[0]
    const account = await theOne(people, admin?.person.email ?? '')
    expect(account.untouchable).toMatch(/AdminSDHolder|last member of Domain Admins/)
    for (const goal of await people.goals(account, alsoDelete)) expect((await brought(goal)).kind).toBe('refused')
    expect(await stage.writes(system)).toEqual([])
  })
})
