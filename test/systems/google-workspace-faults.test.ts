import { describe, expect, it } from 'vitest'
import type { AccountGoalOptions } from '../../src/core/account.ts'
import { failureOf } from '../http/loopback.ts'
import {
  leaver,
  open,
  openGround,
  secondAdmin,
  stateOf,
  system,
  tenant,
  userState,
  withData,
} from './google-workspace-stage.ts'
import { bringAll, goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import type { TriedGoal as AccountGoal } from './tried-goal.ts'

/** One thing that fails stops that one thing, and nothing keeps the account open. */

const stage = setPeopleStage()

async function goalsOf(options: AccountGoalOptions = here): Promise<AccountGoal[]> {
  const people = await open(stage)
  return people.goals(await theOne(people, leaver), options)
}

const bring = (goal: AccountGoal) => Promise.resolve(goal.bring?.())
const said = (code: number, reason: string, message: string) => ({
  status: code,
  body: { error: { code, message, errors: [{ domain: 'global', reason, message }] } },
})

async function blocks(): Promise<void> {
  const goals = await goalsOf()
  await goalOf(goals, 'sign-in-blocked').bring?.()
  expect((await userState(stage, leaver)).suspended).toBe(true)
}

describe('a side reading that fails', () => {
  it.each([
    ['the probe of Chromebooks', '/devices/chromeos', said(400, 'invalid', 'Bad Request')],
    ['the probe of phones', '/devices/mobile', { status: 500, body: {} }],
    ['the group itself, as of one that was just deleted', '/groups/[^/]+/members', said(404, 'notFound', 'Not Found')],
    ['app passwords', '/asps$', { status: 503, body: {} }],
    ['roles', '/roleassignments', { status: 500, body: {} }],
    ['names of roles', '/roles\\?', { status: 500, body: {} }],
    ['groups', '/groups\\?', { status: 500, body: {} }],
    ['licences', '/apps/licensing', { status: 500, body: {} }],
    ['applications', '/datatransfer', { status: 500, body: {} }],
  ])('does not keep the account open: %s', async (_, path, answer) => {
    await stage.fault(system, { method: 'GET', path, ...answer, times: 0 })
    const session = await stage.session(system, tenant)
    expect((await session.check()).email).toBe((await (await stage.session(system, tenant)).check()).email)
    await blocks()
  })

  it('is said by the check, with what could not be checked', async () => {
    await stage.fault(system, { path: '/devices/chromeos', ...said(400, 'invalid', 'Bad Request'), times: 0 })
    const session = await stage.session(system, tenant)
    expect((await session.check()).missing).toEqual([
      expect.stringMatching(/read ChromeOS devices could not be checked: .*Bad Request/),
    ])
  })

  it('is told by each name, in what is written down of it, and is no change of its own', async () => {
    const lists = { verificationCodes: 'Backup codes', asps: 'App passwords', tokens: 'OAuth tokens' }
    const path = `/(${Object.keys(lists).join('|')})$`
    await stage.fault(system, { method: 'GET', path, ...said(403, 'forbidden', 'Not here.'), times: 0 })
    const credentials = goalOf(await goalsOf(), 'credentials-revoked')
    const sentence = (what: string) => expect.stringMatching(new RegExp(`^${what}: .*Not here`))
    expect(await credentials.look()).toMatchObject({
      state: 'not-yet',
      reading: { backupCodes: null, appPasswords: null, tokens: null, unread: Object.values(lists).map(sentence) },
    })
    expect((await failureOf(bring(credentials))).message).toContain('It could not be read')
    expect((await stage.writes(system)).map(call => call.split(' ')[0])).toEqual(['PUT'])
    // With nothing else left to take, it is what the goal says.
    expect((await failureOf(credentials.look())).message).toContain('Not here')
  })

  it.each([
    ['groups-left', '/groups/[^/]+/members/', here],
    ['devices-released', '/devices/mobile/[^/?]+$', here],
    ['devices-released', '/devices/chromeos/[^/?]+$', here],
  ] as const)('%s: a 404 that is not of Google says of nothing that it is gone: %s', async (kind, path, options) => {
    const lost = { status: 404, body: '<html><h1>Not Found</h1></html>' }
    await stage.fault(system, { method: 'GET', path, ...lost, times: 0 })
    const goal = goalOf(await goalsOf({ ...options, waitMs: 0 }), kind)
    const standing = await goal.look()
    expect(standing.state).toBe('not-yet')
    expect(JSON.stringify(standing)).toMatch(/unread/)
  })

  it('a 404 that is not of Google does not say that nobody has this address', async () => {
    const people = await open(stage)
    await stage.fault(system, {
      ...{ method: 'GET', path: '/users/[^/?]+(@|%40)', status: 404, body: '<html><h1>Not Found</h1></html>' },
      times: 0,
    })
    await expect(people.find(leaver)).rejects.toMatchObject({ facts: { status: 404 } })
    expect(await people.find('nobody@ironbridge.example')).toEqual([])
  })

  it('drops roles whose names nobody may read', async () => {
    await stage.fault(system, { method: 'GET', path: '/roles\\?', status: 500, body: {}, times: 0 })
    const people = await open(stage)
    const goal = goalOf(await people.goals(await theOne(people, secondAdmin), here), 'admin-roles-dropped')
    expect((await goal.look()).state).toBe('not-yet')
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
  })

  it('hands Drive over, though Calendar is not switched on', async () => {
    await stage.fault(system, { method: 'POST', path: '/transfers', ...said(400, 'invalid', 'Bad Request'), times: 1 })
    const goal = goalOf(await goalsOf(withData), 'data-handed-over')
    await bring(goal)
    const sent = (await stage.writes(system)).filter(call => call.includes('/transfers'))
    expect(sent).toHaveLength(2)
  })

  it('leaves no goal out, and is not taken for none', async () => {
    await stage.fault(system, { path: '/asps$', status: 503, body: {}, times: 0 })
    const credentials = goalOf(await goalsOf(), 'credentials-revoked')
    expect(credentials.differences[0]?.before).toContain('backup codes (3)')
    expect((await failureOf(bring(credentials))).message).toMatch(/could not be read/)
    expect(await userState(stage, leaver)).toMatchObject({ codes: 0, tokens: [], recoveryEmail: '' })
    expect((await failureOf(credentials.look())).kind).toBe('server')
  })

  it('blocks also where the user cannot be read any more', async () => {
    const ground = await openGround()
    try {
      const goals = await ground.people.goals(await theOne(ground.people, leaver), here)
      const block = goalOf(goals, 'sign-in-blocked')
      await ground.control('POST', 'faults', [{ method: 'GET', path: '/users/', status: 403, body: {}, times: 0 }])
      expect((await block.anyway?.())?.filter(({ error }) => error)).toEqual([])
      expect(await ground.control('GET', 'state')).toMatchObject({
        users: expect.arrayContaining([expect.objectContaining({ primaryEmail: leaver, suspended: true })]),
      })
    } finally {
      await ground.close()
    }
  })
})

describe('a refusal', () => {
  it('of the sign-out, a 500 without a word, leaves the account suspended', async () => {
    const goal = goalOf(await goalsOf(), 'sign-in-blocked')
    await stage.fault(system, { method: 'POST', path: 'signOut', status: 500, body: {}, times: 0 })
    expect((await failureOf(bring(goal))).kind).toBe('server')
    expect(await userState(stage, leaver)).toMatchObject({ suspended: true, passwordChanges: 1 })
  })

  it('of the sign-out that passes is tried again', async () => {
    const goal = goalOf(await goalsOf(), 'sign-in-blocked')
    await stage.fault(system, { method: 'POST', path: 'signOut', status: 500, body: {} })
    await goal.bring?.()
    expect(await userState(stage, leaver)).toMatchObject({ suspended: true, signOuts: 1 })
  })

  it('of one app password leaves neither recovery data nor backup codes', async () => {
    const goal = goalOf(await goalsOf(), 'credentials-revoked')
    await stage.fault(system, { method: 'DELETE', path: '/asps/', ...said(400, 'invalid', 'Invalid'), times: 0 })
    expect((await failureOf(bring(goal))).kind).toBe('rejected')
    const user = await userState(stage, leaver)
    expect(user).toMatchObject({ codes: 0, tokens: [], recoveryEmail: '' })
    expect(user.asps).toHaveLength(1)
  })

  it('of one phone leaves neither the other nor the Chromebook', async () => {
    const goal = goalOf(await goalsOf({ ...here, waitMs: 10_000 }), 'devices-released')
    await stage.fault(system, { method: 'POST', path: '/mobile/', status: 403, body: {} })
    expect((await failureOf(bring(goal))).kind).toBe('forbidden')
    const { phones, chromebooks } = await stateOf(stage)
    const statuses = phones.filter(one => one.email === leaver).map(one => one.status)
    expect(statuses.sort()).toEqual(['ACCOUNT_WIPING', 'APPROVED'])
    expect(chromebooks).not.toContainEqual(expect.objectContaining({ annotatedUser: leaver }))
  })

  it('of one phone to be read is told by its name, and the other is wiped', async () => {
    const goal = goalOf(await goalsOf({ ...here, waitMs: 10_000 }), 'devices-released')
    await stage.fault(system, { method: 'GET', path: '/mobile/[^?]+$', ...said(403, 'forbidden', 'No.'), times: 1 })
    expect(await goal.look()).toMatchObject({
      state: 'not-yet',
      reading: { unread: [expect.stringContaining('SN70')] },
    })
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it('of the organizational unit leaves neither the address list nor the licence', async () => {
    const ground = await openGround({ leaversOrgUnit: '/Nowhere', licenceMode: 'remove' })
    try {
      const goal = goalOf(await ground.people.goals(await theOne(ground.people, leaver), here), 'access-freed')
      expect((await failureOf(bring(goal))).message).toContain('INVALID_OU_ID')
      expect(await goal.look()).toMatchObject({ reading: { inAddressList: false, licences: [], orgUnit: '/Staff' } })
    } finally {
      await ground.close()
    }
  })

  it('that means "is there already" is one only where Google says so', async () => {
    const goals = await goalsOf()
    const goal = goalOf(goals, 'groups-left')
    const before = await goal.look()
    await goal.bring?.()
    const undo = goal.undo?.('reading' in before ? before.reading : null)
    const aborted = { error: { code: 409, message: 'The operation was aborted.', status: 'ABORTED' } }
    await stage.fault(system, { method: 'POST', path: '/members$', status: 409, body: aborted, times: 2 })
    await undo?.bring?.()
    expect((await undo?.look())?.state).toBe('holds')
    expect(await goal.look()).toEqual(before)
  })
})

describe('a refusal for rate', () => {
  it.each([
    ['quotaExceeded', said(403, 'quotaExceeded', 'Quota exceeded')],
    ['words alone', said(403, 'forbidden', 'Request rate higher than configured.')],
    [
      'a status alone',
      {
        status: 403,
        body: {
          error: { code: 403, message: "Quota exceeded for quota metric 'Queries'", status: 'PERMISSION_DENIED' },
        },
      },
    ],
  ])('is tried until the deadline: %s', async (_, answer) => {
    const goal = goalOf(await goalsOf(), 'sign-in-blocked')
    await stage.fault(system, { path: '/users/', ...answer, times: 7 })
    expect((await goal.look()).state).toBe('not-yet')
    await stage.fault(system, { method: 'PUT', path: '/users/', ...answer, times: 6 })
    await goal.bring?.()
    expect(await userState(stage, leaver)).toMatchObject({ suspended: true, passwordChanges: 1 })
  })

  it('is told from a passing weakness, which is tried again, too', async () => {
    const goal = goalOf(await goalsOf(), 'sign-in-blocked')
    const weak = said(400, 'invalid', 'A system error has occurred. Please try your request again.')
    await stage.fault(system, { path: '/users/', ...weak, times: 2 })
    expect((await goal.look()).state).toBe('not-yet')
  })
})

describe('what is said', () => {
  const education = '101031/1010310008'
  const standard = 'Google-Apps/1010020028'

  it('licences that nobody here named are seen, and taken away', async () => {
    const ground = await openGround({ licenceMode: 'remove' })
    try {
      const unknown = 'Google-Apps/1010029999'
      await ground.control('POST', 'users', { email: leaver, licences: [standard, education, unknown] })
      const goal = goalOf(await ground.people.goals(await theOne(ground.people, leaver), here), 'access-freed')
      expect(goal.differences[0]?.before).toContain('Education Plus')
      expect(goal.summary).toContain('of Google Workspace and Google Workspace for Education')
      await goal.bring?.()
      expect(await goal.look()).toMatchObject({ state: 'holds', reading: { licences: [] } })
      expect(await ground.control('GET', 'state')).toMatchObject({
        users: expect.arrayContaining([expect.objectContaining({ primaryEmail: leaver, licences: [] })]),
      })
    } finally {
      await ground.close()
    }
  })

  it('names only the licences that were looked at', async () => {
    const ground = await openGround({ licenceMode: 'remove', licences: standard })
    try {
      await ground.control('POST', 'users', { email: leaver, licences: [standard, education] })
      const goal = goalOf(await ground.people.goals(await theOne(ground.people, leaver), here), 'access-freed')
      expect(goal.summary).toContain('licences Business Standard are free')
      await goal.bring?.()
      expect(await ground.control('GET', 'state')).toMatchObject({
        users: expect.arrayContaining([expect.objectContaining({ primaryEmail: leaver, licences: [education] })]),
      })
    } finally {
      await ground.close()
    }
  })

  it('a licence list that cannot be read is not an empty one', async () => {
    const ground = await openGround({ licenceMode: 'remove' })
    try {
      const no = said(403, 'forbidden', 'Not Authorized')
      await ground.control('POST', 'faults', [{ method: 'GET', path: '/apps/licensing', ...no, times: 0 }])
      const goal = goalOf(await ground.people.goals(await theOne(ground.people, leaver), here), 'access-freed')
      expect(goal.warnings).toEqual([expect.stringContaining('Google Vault')])
      expect(goal.differences).toContainEqual(
        expect.objectContaining({ what: 'Licences', before: 'could not be read' }),
      )
      expect((await failureOf(bring(goal))).kind).toBe('forbidden')
      expect((await failureOf(goal.look())).kind).toBe('forbidden')
    } finally {
      await ground.close()
    }
  })

  it('finds a Chromebook that is noted down under an alias', async () => {
    await stage.control(system, 'POST', 'chromebooks', { annotatedUser: leaver, to: `alias.${leaver}` })
    const goal = goalOf(await goalsOf(), 'devices-released')
    expect(goal.differences[0]?.before).toContain('Chromebook')
    await goal.bring?.()
    expect((await stateOf(stage)).chromebooks[0]?.annotatedUser).toBe('')
  })

  it('looks for the phones of an account that is gone', async () => {
    const goals = await goalsOf(withData)
    await stage.control(system, 'POST', 'users', { email: leaver, deletedAt: '2026-11-20T00:00:00.000Z' })
    expect(await goalOf(goals, 'sign-in-blocked').look()).toEqual({ state: 'holds', reading: { gone: true } })
    const devices = goalOf(goals, 'devices-released')
    expect((await devices.look()).state).toBe('not-yet')
    expect(await goalOf(goals, 'groups-left').look()).toEqual({ state: 'holds', reading: { gone: true } })
  })
})

it('reads the account once for all its goals, and lists of what all share once a session', async () => {
  const people = await open(stage)
  const account = await theOne(people, leaver)
  await stage.control(system, 'DELETE', 'calls')
  await people.goals(account, withData)
  const paths = (await stage.calls(system)).map(({ method, path }) => `${method} ${path}`)
  expect(paths.filter((one, at) => paths.indexOf(one) !== at)).toEqual([])
  expect(paths.filter(one => one.includes('/apps/licensing/'))).toHaveLength(2)
  await bringAll(await goalsOf())
})
