import { describe, expect, it } from 'vitest'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import { openMoment } from '../../src/core/moment.ts'
import { chromebookChanges } from '../../src/systems/google-workspace/chromebooks.ts'
import { failureOf } from '../http/loopback.ts'
import {
  acting,
  leaver,
  open,
  openGround,
  secondAdmin,
  stateOf,
  successor,
  system,
  tenant,
  userState,
  withAll,
  withData,
} from './google-workspace-stage.ts'
import { bringAll, goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal } from './tried-goal.ts'

/** What surprises in Google's APIs, one test each. */

const stage = setPeopleStage()

async function goalsOf(options: AccountGoalOptions = here, email = leaver): Promise<AccountGoal[]> {
  const people = await open(stage)
  return people.goals(await theOne(people, email), options)
}

const bring = (goal: AccountGoal) => Promise.resolve(goal.bring?.())
const quirks = (change: Record<string, unknown>) => stage.control(system, 'POST', 'quirks', change)
const said = (code: number, reason: string, message: string) => ({
  status: code,
  body: { error: { code, message, errors: [{ domain: 'global', reason, message }] } },
})

describe('order', () => {
  it('revokes credentials before it suspends, and suspends alone in its request', async () => {
    const goals = await goalsOf()
    expect(goalOf(goals, 'sign-in-blocked').behind).toContain('credentials-revoked')
    await stage.writes(system)
    await goalOf(goals, 'sign-in-blocked').bring?.()
    const id = (await userState(stage, leaver)).id
    const user = `/admin/directory/v1/users/${id}`
    expect(await stage.writes(system)).toEqual([`PUT ${user}`, `POST ${user}/signOut`, `PUT ${user}`])
    expect(await userState(stage, leaver)).toMatchObject({ suspended: true, passwordChanges: 1, signOuts: 1 })
  })

  it('suspends also where Google refuses the new password, and says so', async () => {
    const goal = goalOf(await goalsOf(), 'sign-in-blocked')
    await stage.fault(system, { method: 'PUT', path: '/users/', ...said(403, 'forbidden', 'Not Authorized') })
    const error = await failureOf(bring(goal))
    expect([error.kind, error.message]).toEqual(['forbidden', expect.stringContaining('may still be the old one: ')])
    expect(await goal.look()).toMatchObject({ state: 'holds' })
    expect(await userState(stage, leaver)).toMatchObject({ suspended: true, passwordChanges: 0 })
  })

  it('revokes what can be revoked of a suspended account, and says that backup codes stay', async () => {
    await stage.control(system, 'POST', 'users', { email: leaver, suspended: true })
    const goal = goalOf(await goalsOf(), 'credentials-revoked')
    const error = await failureOf(bring(goal))
    expect([error.kind, error.facts.backupCodes]).toEqual(['refused', 3])
    expect(await userState(stage, leaver)).toMatchObject({ codes: 3, asps: [], tokens: [], recoveryEmail: '' })
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { backupCodes: 3, tokens: [] } })
  })

  it('says that nobody can read credentials that Google hides, and writes nothing then', async () => {
    await quirks({ hideCredentialsOfSuspended: true })
    const goals = await goalsOf()
    await bringAll(goals)
    await stage.writes(system)
    const goal = goalOf(await goalsOf(), 'credentials-revoked')
    expect(await goal.look()).toMatchObject({ state: 'unobservable' })
    await goal.bring?.()
    expect(await stage.writes(system)).toEqual([])
  })

  it('hands the data over before the account is archived, and deletes last', async () => {
    const goals = await goalsOf(withAll)
    expect(goalOf(goals, 'access-freed')).toMatchObject({ after: ['data-handed-over'], behind: ['data-handed-over'] })
    expect(goalOf(goals, 'deleted').after).toContain('data-handed-over')
  })
})

describe('answers', () => {
  it.each(['userRateLimitExceeded', 'quotaExceeded'])('waits for a 403 that means slow down: %s', async reason => {
    const goals = await goalsOf()
    await stage.fault(system, { path: '/users/', ...said(403, reason, 'Quota exceeded'), times: 2 })
    expect((await goalOf(goals, 'sign-in-blocked').look()).state).toBe('not-yet')
    await stage.fault(system, { path: '/users/', ...said(403, reason, 'Quota exceeded'), times: 0 })
    expect((await failureOf(goalOf(goals, 'sign-in-blocked').look())).kind).toBe('rate-limited')
  })

  it('sends again after a 409 about requests that met, and after a 500 that passes', async () => {
    const goals = await goalsOf()
    const meet = said(409, 'conflict', 'Conflicting requests. Please try again.')
    await stage.fault(system, { method: 'PUT', ...meet, times: 2 })
    await stage.fault(system, { method: 'POST', path: 'signOut', ...said(500, 'backendError', 'Backend Error') })
    await goalOf(goals, 'sign-in-blocked').bring?.()
    expect((await goalOf(goals, 'sign-in-blocked').look()).state).toBe('holds')
  })

  it('takes a 412 about a deleted user for gone', async () => {
    const goals = await goalsOf(withAll)
    await stage.fault(system, { path: '/users/\\d+$', ...said(412, 'conditionNotMet', 'User is deleted.'), times: 0 })
    expect(await goalOf(goals, 'deleted').look()).toEqual({ state: 'holds', reading: { deleted: true } })
    await goalOf(goals, 'deleted').bring?.()
  })

  it('tells a 403 about a stranger from one about an administrator that it may not see', async () => {
    const people = await open(stage)
    expect(await people.find('somebody@elsewhere.example')).toEqual([])
    const no = said(403, 'forbidden', 'Not Authorized to access this resource/api')
    await stage.fault(system, { path: `/users/${encodeURIComponent(secondAdmin)}`, ...no })
    expect((await failureOf(people.find(secondAdmin))).kind).toBe('forbidden')
  })

  it('reads every page', async () => {
    await quirks({ pageSize: 1 })
    const goals = await goalsOf(withAll)
    expect(goalOf(goals, 'groups-left').differences[0]?.before.split(', ').length).toBeGreaterThan(4)
    expect(goalOf(goals, 'devices-released').differences[0]?.before.split('), ')).toHaveLength(3)
    for (const [kind, { after }] of await bringAll(goals)) expect([kind, after.state]).toEqual([kind, 'holds'])
  })

  it('refuses to walk in circles', async () => {
    await stage.fault(system, { path: '/groups\\?.*userKey', body: { nextPageToken: 'again' }, times: 0 })
    const goal = goalOf(await goalsOf(), 'groups-left')
    expect(await failureOf(goal.look())).toMatchObject({ kind: 'contract', facts: { field: 'nextPageToken' } })
  })
})

describe('groups', () => {
  it('waits for the list to follow, and asks the groups themselves', async () => {
    await quirks({ groupLagMs: 8000 })
    const goal = goalOf(await goalsOf(), 'groups-left')
    await goal.bring?.()
    expect(await goal.look()).toEqual({ state: 'holds', reading: { groups: [] } })
  })

  it('does not believe a list that lost groups which were there', async () => {
    const goal = goalOf(await goalsOf(), 'groups-left')
    await stage.fault(system, { path: '/groups\\?.*userKey', body: { kind: 'admin#directory#groups' }, times: 0 })
    expect((await goal.look()).state).toBe('not-yet')
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it('leaves the others when one group refuses', async () => {
    await stage.control(system, 'POST', 'groups', { email: 'staff@ironbridge.example', dynamic: true })
    const goal = goalOf(await goalsOf(), 'groups-left')
    expect((await failureOf(bring(goal))).kind).toBe('rejected')
    expect(await goal.look()).toMatchObject({ state: 'not-yet', reading: { groups: [{ name: 'Staff' }] } })
  })
})

describe('rights', () => {
  it('plans and does the rest when the right for one thing is missing', async () => {
    await quirks({ tokenLacks: ['admin.directory.device.mobile.action', 'admin.directory.rolemanagement'] })
    const goals = await goalsOf()
    const devices = goalOf(goals, 'devices-released')
    expect(await devices.look()).toMatchObject({ state: 'not-yet', reading: { unread: [expect.any(String)] } })
    expect(await failureOf(bring(devices))).toMatchObject({ kind: 'forbidden' })
    expect((await stateOf(stage)).chromebooks).not.toContainEqual(expect.objectContaining({ annotatedUser: leaver }))
    expect((await failureOf(devices.look())).kind).toBe('forbidden')
    expect((await failureOf(goalOf(goals, 'admin-roles-dropped').look())).kind).toBe('forbidden')
    await goalOf(goals, 'sign-in-blocked').bring?.()
    expect((await goalOf(goals, 'sign-in-blocked').look()).state).toBe('holds')
  })
})

describe('administrators', () => {
  it('does not touch the last active super administrator', async () => {
    const known = await stage.session(system, tenant)
    expect((await known.check()).name).toBe(acting)
    await stage.control(system, 'POST', 'users', { email: secondAdmin, suspended: true })
    const people = await open(stage)
    const admin = await theOne(people, acting)
    expect(admin.untouchable).toBeDefined()
    const goal = goalOf(await people.goals(admin, here), 'sign-in-blocked')
    expect((await failureOf(bring(goal))).kind).toBe('refused')
    expect((await userState(stage, acting)).suspended).toBe(false)
  })

  it('asks again right before it writes whether somebody became the last', async () => {
    const goals = await goalsOf(here, secondAdmin)
    await stage.control(system, 'POST', 'users', { email: acting, isAdmin: false })
    expect((await failureOf(bring(goalOf(goals, 'admin-roles-dropped')))).message).toContain('last active super')
    await stage.control(system, 'POST', 'users', { email: acting, isAdmin: true })
  })

  it('takes away roles that come through a group', async () => {
    const people = await open(stage)
    const { groups } = JSON.parse(JSON.stringify(await stage.control(system, 'GET', 'state')))
    const [group] = groups.filter((one: { email: string }) => one.email.startsWith('workshop'))
    await stage.control(system, 'POST', 'assignments', {
      roleAssignmentId: '7099',
      roleId: '13801188331880453',
      assignedTo: group.id,
      assigneeType: 'group',
      scopeType: 'CUSTOMER',
    })
    const account = await theOne(people, leaver)
    expect(account.roles).toEqual([{ name: 'Group keepers', admin: true }])
    const goal = goalOf(await people.goals(account, here), 'admin-roles-dropped')
    const before = await goal.look()
    expect(before).toMatchObject({ state: 'not-yet', reading: { roles: [{ through: group.id }] } })
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
    await goal.undo?.('reading' in before ? before.reading : null).bring?.()
    expect(await goal.look()).toEqual(before)
  })
})

describe('data', () => {
  it('needs a successor who is there', async () => {
    for (const wrong of ['nobody@ironbridge.example', leaver]) {
      const goal = goalOf(await goalsOf({ ...here, successor: wrong }), 'data-handed-over')
      expect(await failureOf(goal.look())).toMatchObject({ kind: 'refused' })
    }
    await stage.control(system, 'POST', 'users', { email: successor, suspended: true })
    const goals = await goalsOf(withData)
    expect((await failureOf(goalOf(goals, 'data-handed-over').look())).message).toContain('suspended')
    await goalOf(goals, 'sign-in-blocked').bring?.()
    expect((await userState(stage, leaver)).suspended).toBe(true)
  })

  it('is not sent twice: neither while it runs nor after a lost answer', async () => {
    await quirks({ transferMs: 600_000 })
    const goal = goalOf(await goalsOf(withData), 'data-handed-over')
    expect(goal).toMatchObject({ effect: 'irreversible', repeatable: false, later: expect.any(String) })
    await stage.fault(system, { method: 'POST', path: '/transfers', drop: 'after' })
    // The answer is lost; a look shows that it was taken.
    await goal.bring?.()
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({
      state: 'not-yet',
      reading: { transfers: [{ status: 'inProgress' }, {}] },
    })
    expect((await stateOf(stage)).transfers).toHaveLength(1)
    await stage.clock.sleep(600_000)
    expect((await goal.look()).state).toBe('holds')
  })

  it('is sent again when it failed, and when somebody signed in since', async () => {
    await quirks({ transferMs: 600_000 })
    const goal = goalOf(await goalsOf(withData), 'data-handed-over')
    await goal.bring?.()
    await stage.control(system, 'POST', 'transfers/fail')
    await quirks({ transferMs: 1000 })
    expect(await goal.look()).toMatchObject({ reading: { transfers: [{ status: 'failed' }, {}] } })
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
    const lastLoginTime = stage.clock.now().toISOString()
    await stage.control(system, 'POST', 'users', { email: leaver, lastLoginTime })
    expect((await goal.look()).state).toBe('not-yet')
  })
})

describe('devices', () => {
  it('waits for a phone that is off, says so, and does not ask it again', async () => {
    await stage.control(system, 'POST', 'devices', { online: false })
    const goal = goalOf(await goalsOf({ ...here, waitMs: 5000 }), 'devices-released')
    await goal.bring?.()
    expect(goal.later).toBeDefined()
    expect(await goal.look()).toMatchObject({
      state: 'not-yet',
      reading: { phones: [{ status: 'ACCOUNT_WIPING', lastContact: expect.any(String) }, {}], chromebooks: [] },
    })
    await stage.writes(system)
    await goal.bring?.()
    expect(await stage.writes(system)).toEqual([])
    await stage.control(system, 'POST', 'devices/contact')
    expect((await goal.look()).state).toBe('holds')
  })

  it('locks: blocks phones first, also where that is not possible, and disables Chromebooks', async () => {
    const goal = goalOf(await goalsOf({ ...here, devices: 'lock' }), 'devices-released')
    await goal.bring?.()
    const state = await stateOf(stage)
    expect(state.chromebooks).toEqual([expect.objectContaining({ status: 'DISABLED', annotatedUser: leaver })])
    expect(state.phones.filter(one => one.email === leaver).map(one => one.status)).toEqual([
      'ACCOUNT_WIPED',
      'ACCOUNT_WIPED',
    ])
    expect((await goal.look()).state).toBe('holds')
  })

  it('wipes the account of phones with basic management, which cannot be blocked', async () => {
    await quirks({ basicMobileManagement: true })
    const goal = goalOf(await goalsOf({ ...here, devices: 'lock' }), 'devices-released')
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it('erases only with erase, once, and deprovisions what has been erased', async () => {
    const goal = goalOf(await goalsOf({ ...here, devices: 'erase' }), 'devices-released')
    expect(goal).toMatchObject({ repeatable: false, effect: 'irreversible' })
    await goal.bring?.()
    const state = await stateOf(stage)
    expect(state.chromebooks[0]?.status).toBe('DEPROVISIONED')
    expect(state.phones.filter(one => one.email === leaver).map(one => one.status)).toEqual(['WIPED', 'WIPED'])
    expect((await goal.look()).state).toBe('holds')
  })

  it('deprovisions no Chromebook that has not been erased yet', async () => {
    await stage.control(system, 'POST', 'devices', { online: false })
    const goal = goalOf(await goalsOf({ ...here, devices: 'erase', waitMs: 3000 }), 'devices-released')
    await goal.bring?.()
    expect((await stateOf(stage)).chromebooks[0]?.status).toBe('ACTIVE')
    expect((await goal.look()).state).toBe('not-yet')
  })

  it('deprovisions in a later run what was off, by the command that the first one noted, and erases it once', async () => {
    await stage.control(system, 'POST', 'devices', { online: false })
    const erase = { ...here, devices: 'erase', waitMs: 3000 } as const
    const account = await theOne(await open(stage), leaver)
    const goal = goalOf(await goalsOf(erase), 'devices-released')
    const found = await goal.read(openMoment({ now: () => stage.clock.now().getTime() }))
    if (found.state !== 'seen') throw new Error('no devices')
    const taken = await goal.take(goal.changes(found.value), found.value)
    const notes = Object.fromEntries(taken.flatMap(({ id, note }) => (note === undefined ? [] : [[id, note]])))
    expect(Object.keys(notes)).toEqual([expect.stringMatching(/^erase /)])
    await stage.control(system, 'POST', 'devices/contact')
    await stage.writes(system)
    const goals = await (await open(stage)).goals(account, { ...erase, notes: { 'devices-released': notes } })
    await goalOf(goals, 'devices-released').bring?.()
    expect((await stateOf(stage)).chromebooks[0]?.status).toBe('DEPROVISIONED')
    expect((await stage.writes(system)).filter(call => /issueCommand|action$/.test(call))).toEqual([])
    expect((await goalOf(goals, 'devices-released').look()).state).toBe('holds')
  })

  it('erases a Chromebook first, and deprovisions those that did it together, or without one that never does', () => {
    const chromebook = (deviceId: string, erased?: boolean) => ({ deviceId, status: 'ACTIVE', erased })
    const send = { release: async () => {}, erase: async () => {} }
    const stepsOf = (...open: ReturnType<typeof chromebook>[]) =>
      chromebookChanges(open, 'erase', 'erased', send).map(({ id, of, waits }) => [id, of, waits])
    expect(stepsOf(chromebook('A'))).toEqual([['erase A', 'chromebook A', undefined]])
    expect(stepsOf(chromebook('A', true), chromebook('B', false))).toEqual([
      ['chromebook A', undefined, 'until-over'],
      ['chromebook B', undefined, 'until-ready'],
    ])
    expect(stepsOf(chromebook('A', true), chromebook('B', true))).toEqual([
      ['chromebook A', undefined, undefined],
      ['chromebook B', undefined, undefined],
    ])
    // One that was refused holds up nobody.
    expect(stepsOf(chromebook('A', true), chromebook('B'))[0]).toEqual(['chromebook A', undefined, undefined])
  })

  it("leaves alone devices whose owner's address only contains the leaver's", async () => {
    const { phones } = await stateOf(stage)
    const other = phones.filter(one => one.email !== leaver)
    await goalOf(await goalsOf(), 'devices-released').bring?.()
    expect((await stateOf(stage)).phones.filter(one => one.email !== leaver)).toEqual(other)
  })
})

describe('licences', () => {
  it.each([
    ['keep', { licences: ['Google-Apps/1010020028'], archived: false }],
    ['remove', { licences: [], archived: false }],
    ['archive', { licences: ['Google-Apps/1010020028'], archived: true }],
  ])('follow licenceMode %s', async (licenceMode, expected) => {
    const ground = await openGround({ licenceMode })
    const { people } = ground
    const goals = await people.goals(await theOne(people, leaver), withData)
    for (const [kind, { after }] of await bringAll(goals)) expect([kind, after.state]).toEqual([kind, 'holds'])
    expect(await ground.control('GET', 'state')).toMatchObject({
      users: expect.arrayContaining([expect.objectContaining({ primaryEmail: leaver, ...expected })]),
    })
    await ground.writes()
    const again = await people.goals(await theOne(people, leaver), withData)
    for (const goal of again) if ((await goal.look()).state !== 'holds') await goal.bring?.()
    expect(await ground.writes()).toEqual([])
    const access = goalOf(goals, 'access-freed')
    const undo = access.undo?.({
      orgUnit: '/Staff',
      inAddressList: true,
      archived: false,
      licences: ['Google-Apps/1010020028'],
    })
    const found = await undo?.read(openMoment({ now: () => Date.now() }).only(undo.needs))
    const changes = found?.state === 'seen' ? undo?.changes(found.value) : undefined
    const told = (changes ?? []).map(one => `${one.what}: ${one.before} → ${one.after}`)
    expect(told).toContain('Address list: hidden → shown')
    const licence = 'Business Standard: not held → held'
    expect(told.includes(licence)).toBe(licenceMode === 'remove')
    expect(told.includes('Account: archived → active licence')).toBe(licenceMode === 'archive')
    await undo?.bring?.()
    expect((await undo?.look())?.state).toBe('holds')
    await ground.close()
  })

  it('move to no organizational unit unless one is set, and only to one that exists', async () => {
    const none = await openGround({ leaversOrgUnit: '' })
    const access = goalOf(await none.people.goals(await theOne(none.people, leaver), here), 'access-freed')
    await access.bring?.()
    expect(await access.look()).toMatchObject({ state: 'holds', reading: { orgUnit: '/Staff', inAddressList: false } })
    await none.close()
    const wrong = await openGround({ leaversOrgUnit: '/Nowhere' })
    const goal = goalOf(await wrong.people.goals(await theOne(wrong.people, leaver), here), 'access-freed')
    expect((await failureOf(bring(goal))).message).toContain('INVALID_OU_ID')
    await wrong.close()
  })
})
