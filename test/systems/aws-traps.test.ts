import { describe, expect, it } from 'vitest'
import { deniesAll } from '../../src/systems/aws/denial.ts'
import { createTestClock, failureOf } from '../http/loopback.ts'
import { people as all, goalsOf, leaver, memberRole, peopleOf, setAwsStage } from './aws-stage.ts'
import { alsoDelete, bringAll, goalOf, here, theOne } from './people-stage.ts'

/** What is known to go wrong with AWS, one test each. */

const stage = setAwsStage()
const { email } = leaver.person
const userIn = async (account = 0) =>
  (await stage.state()).accounts[account]?.users.find(({ name }) => name === leaver.login)

describe('the deny', () => {
  const allow = { Effect: 'Allow', Action: '*', Resource: '*' }
  const deny = { Effect: 'Deny', Action: '*', Resource: '*' }
  it.each([
    [true, [deny]],
    [true, [allow, { Effect: 'Deny', Action: ['*'], Resource: ['*'] }]],
    [true, deny],
    [false, [{ ...deny, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } }]],
    [false, [{ ...deny, Resource: 'arn:aws:s3:::a' }]],
    [false, [{ ...deny, Action: 's3:*' }]],
    [false, [{ Effect: 'Deny', NotAction: 'iam:*', Resource: '*' }]],
    [false, [allow]],
    [false, []],
  ])('is %s for %j', (expected, Statement) => {
    expect(deniesAll(JSON.stringify({ Version: '2012-10-17', Statement }))).toBe(expected)
  })

  it('is false for what is no policy', () => {
    expect([deniesAll(''), deniesAll('x'), deniesAll('{}'), deniesAll('[]')]).toEqual([false, false, false, false])
  })

  it("is AWS's own policy where the user's inline policies are full", async () => {
    await stage.control('refuse', { action: 'PutUserPolicy', code: 'LimitExceeded', message: 'Maximum policy size.' })
    const session = await stage.open()
    const goals = await goalsOf(session, true)
    const block = goalOf(goals, 'sign-in-blocked')
    await block.bring?.()
    expect(await block.look()).toMatchObject({ state: 'holds', reading: { iam: { deniedBy: 'AWSDenyAll' } } })
    expect((await userIn())?.attached).toContain('arn:aws:iam::aws:policy/AWSDenyAll')
    await goalOf(goals, 'access-freed').bring?.()
    expect((await userIn())?.attached).toEqual(['arn:aws:iam::aws:policy/AWSDenyAll'])
    const undo = goalOf(goals, 'sign-in-blocked').undo?.({
      iam: { user: leaver.login, userId: 'x', deniedBy: null, consolePassword: false, accessKeys: [] },
    })
    await undo?.bring?.()
    expect((await userIn())?.attached).toEqual([])
  })

  it('keeps out the keys that are still at large', async () => {
    const session = await stage.open()
    const user = await userIn()
    const [key] = Array.isArray(user?.accessKeys) ? user.accessKeys : []
    const theirs = { accessKeyId: String(key.id), secretAccessKey: String(key.secret), identityCenter: 'off' }
    expect(await (await stage.open(theirs)).check()).toMatchObject({ name: leaver.login, tenant: '111122223333' })
    await goalOf(await goalsOf(session), 'sign-in-blocked').bring?.()
    const error = await failureOf((await stage.open(theirs)).check())
    expect([error.kind, error.facts.code]).toEqual(['sign-in', 'InvalidClientTokenId'])
  })
})

describe('IAM', () => {
  it('does not touch the one who has the name by now', async () => {
    const session = await stage.open({ identityCenter: 'off' })
    const people = peopleOf(session)
    const account = await theOne(people, email)
    await stage.control('users', { name: leaver.login, recreate: true })
    expect(await people.account(account.id)).toBeNull()
    for (const goal of await people.goals(account, alsoDelete)) {
      await goal.bring?.()
      expect([goal.kind, (await goal.look()).state]).toEqual([goal.kind, 'holds'])
    }
    expect(await stage.writes()).toEqual([])
    expect((await theOne(people, email)).id).not.toBe(account.id)
  })

  it('finds the user again who was renamed', async () => {
    const session = await stage.open()
    const goals = await goalsOf(session, true)
    await stage.control('users', { name: leaver.login, become: 'torres-old' })
    for (const [kind, { after }] of await bringAll(goals)) expect([kind, after.state]).toEqual([kind, 'holds'])
  })

  it('waits while reads are older than the last write', async () => {
    await stage.control('lag', { ms: 4000 })
    for (const [kind, { after }] of await bringAll(await goalsOf(await stage.open(), true))) {
      expect([kind, after.state]).toEqual([kind, 'holds'])
    }
  })

  it.each([
    ['DeleteLoginProfile', 'EntityTemporarilyUnmodifiable', 409],
    ['PutUserPolicy', 'ConcurrentModification', 409],
    ['UpdateAccessKey', 'Throttling', 400],
    ['DeleteAccountAssignment', 'ConflictException', 400],
    ['DeleteAccountAssignment', 'ThrottlingException', 400],
    ['DeleteGroupMembership', 'ConflictException', 400],
  ])('asks again when %s is answered with %s', async (action, code, status) => {
    await stage.control('refuse', { action, code, status, times: 2 })
    const goal = goalOf(await goalsOf(await stage.open()), 'sign-in-blocked')
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it('says that AWS is throttling when it does not stop', async () => {
    const session = await stage.open()
    await stage.control('refuse', { action: 'ListUsers', code: 'Throttling', message: 'Rate exceeded', times: 99 })
    const error = await failureOf(peopleOf(session).find(email))
    expect([error.kind, error.message]).toEqual(['rate-limited', expect.stringContaining('Rate exceeded')])
  })

  it('deletes in another round what a list did not show at first', async () => {
    const goals = await goalsOf(await stage.open(), true)
    await stage.control('refuse', {
      action: 'DeleteUser',
      code: 'DeleteConflict',
      message: 'Must delete access keys first.',
    })
    for (const [kind, { after }] of await bringAll(goals)) expect([kind, after.state]).toEqual([kind, 'holds'])
  })

  it('tells the namesake with another domain from the person', async () => {
    const people = peopleOf(await stage.open())
    expect(await people.find(`${leaver.login}@elsewhere.example`)).toEqual([])
    const session = await stage.open({ iamUserName: 'email' })
    expect((await theOne(peopleOf(session), email)).id).toMatch(/^idc:/)
  })

  it('reads lists page by page', async () => {
    await stage.control('page-size', { size: 1 })
    for (const [kind, { after }] of await bringAll(await goalsOf(await stage.open(), true))) {
      expect([kind, after.state]).toEqual([kind, 'holds'])
    }
  })

  it('never offers itself', async () => {
    const session = await stage.open()
    expect(await theOne(peopleOf(session), 'k1ctl')).toMatchObject({
      untouchable: 'the identity that k1ctl itself signs in with',
    })
    expect((await session.check()).name).toBe('k1ctl')
    // Nor whoever assumed the role that it acts as.
    const asRole = await stage.open({ roleArn: 'arn:aws:iam::111122223333:role/k1ctl', identityCenter: 'off' })
    expect(await theOne(peopleOf(asRole), 'k1ctl')).toMatchObject({ untouchable: expect.any(String) })
  })
})

describe('Identity Center', () => {
  it('leaves the groups that give access with the sign-in, the others later', async () => {
    const goals = await goalsOf(await stage.open())
    await goalOf(goals, 'sign-in-blocked').bring?.()
    const groups = [{ name: 'Everyone' }, { name: 'VPN users' }, { name: 'Workshop, CNC + lathes' }]
    expect(await goalOf(goals, 'groups-left').look()).toMatchObject({
      state: 'not-yet',
      reading: { iam: { groups: ['Developers', 'Billing'] }, identityCenter: { groups } },
    })
    const account = await theOne(peopleOf(await stage.open()), email)
    expect(account.active).toBe(false)
  })

  it('says why AWS gave up on an assignment, and closes the other doors', async () => {
    await stage.control('assignments', { fail: 'Received a 409 from the target account' })
    const goal = goalOf(await goalsOf(await stage.open()), 'sign-in-blocked')
    await goal.bring?.()
    expect(await goal.look()).toMatchObject({ waitsFor: expect.stringContaining('Received a 409') })
    const standing = await goal.look()
    expect(standing).toMatchObject({ state: 'not-yet', reading: { iam: { deniedBy: 'k1ctl-offboarded' } } })
    expect(JSON.stringify(standing)).toContain('PowerUser')
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it('never deletes a user whose assignments are still there: they could not be deleted any more', async () => {
    await stage.control('assignments', { delayMs: 3_600_000 })
    const goals = await goalsOf(await stage.open(), true)
    const error = await failureOf(Promise.resolve(goalOf(goals, 'deleted').bring?.()))
    expect([error.kind, error.message]).toEqual(['refused', expect.stringContaining('2 account assignments')])
    const { center } = await stage.state()
    expect(center.users.map(({ userName }) => userName)).toContain(email)
  })

  it('does not wait longer than it may', async () => {
    await stage.control('assignments', { delayMs: 3_600_000 })
    const goal = goalOf(await goalsOf(await stage.open()), 'sign-in-blocked')
    const begun = stage.clock.now().getTime()
    await goal.bring?.()
    expect(stage.clock.now().getTime() - begun).toBeLessThan(100_000)
    expect((await goal.look()).state).toBe('not-yet')
  })

  it('warns of somebody whom another directory brings back', async () => {
    const goals = await goalsOf(await stage.open(), false, all[4]?.person.email)
    expect(goalOf(goals, 'sign-in-blocked').warnings.join()).toContain('provisioned from another directory')
  })

  it('is not overlooked in a wrong region', async () => {
    const session = await stage.open({ region: 'us-west-2' })
    expect((await session.check()).missing).toEqual([expect.stringMatching(/no IAM Identity Center in us-west-2.*off/)])
    expect((await failureOf(peopleOf(session).find(email))).kind).toBe('not-set-up')
    expect((await theOne(peopleOf(await stage.open({ identityCenter: 'off' })), email)).id).toMatch(/^iam:\S+$/)
  })

  it('refuses an account of a directory that the connection does not reach', async () => {
    const account = await theOne(peopleOf(await stage.open()), email)
    const people = peopleOf(await stage.open({ identityCenter: 'off' }))
    const goal = goalOf(await people.goals(account, here), 'sign-in-blocked')
    expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('not-set-up')
    // The IAM user is kept out all the same.
    expect(Object.keys((await userIn())?.inline ?? {})).toContain('k1ctl-offboarded')
  })
})

describe('rights', () => {
  it('are all there for the sandbox', async () => {
    const identity = await (await stage.open()).check()
    expect(identity).toEqual({ name: 'k1ctl', email: '', tenant: '111122223333', missing: [] })
    expect(await stage.writes()).toEqual([])
  })

  it('that are missing are named, before anything is tried', async () => {
    await stage.control('deny', { actions: ['iam:PutUserPolicy', 'sso:DeleteAccountAssignment'] })
    const session = await stage.open()
    expect((await session.check()).missing).toEqual([
      expect.stringContaining('iam:PutUserPolicy'),
      expect.stringContaining('sso:DeleteAccountAssignment'),
    ])
    const error = await failureOf(Promise.resolve(goalOf(await goalsOf(session), 'sign-in-blocked').bring?.()))
    expect([error.kind, error.facts.action]).toEqual(['forbidden', 'iam:PutUserPolicy'])
    expect(error.hint).toContain('iam:PutUserPolicy')
    // One answer for each of the two assignments.
    const refused = expect.stringContaining('sso:DeleteAccountAssignment')
    expect(error.facts.others).toEqual([refused, refused])
  })

  it('that only deleting needs are named as such', async () => {
    await stage.control('deny', { actions: ['iam:DeleteUser', 'iam:AttachUserPolicy'] })
    expect((await (await stage.open()).check()).missing).toEqual([
      expect.stringMatching(/^iam:AttachUserPolicy: allow it in the policy .*\(IAM > Policies\)\.$/),
      expect.stringMatching(/^iam:DeleteUser: .* only to delete/),
    ])
  })

  it('are found by reading where the simulator may not be asked', async () => {
    await stage.control('deny', { actions: ['iam:SimulatePrincipalPolicy', 'iam:ListAccessKeys', 'sso:ListInstances'] })
    expect((await (await stage.open()).check()).missing).toEqual([
      expect.stringContaining('sso:ListInstances'),
      expect.stringContaining('iam:SimulatePrincipalPolicy'),
      expect.stringContaining('iam:ListAccessKeys'),
    ])
    expect(await stage.writes()).toEqual([])
  })

  it('are refused with a hint at the clock when that is wrong', async () => {
    const wrong = createTestClock('2026-11-21T21:00:00.000Z')
    const error = await failureOf((await stage.open({}, wrong)).check())
    expect([error.kind, error.hint]).toEqual(['sign-in', expect.stringContaining('clock')])
  })

  it('are those of the member account with a role', async () => {
    const people = peopleOf(await stage.open({ ...memberRole, identityCenter: 'off' }))
    const account = await theOne(people, email)
    for (const [, { after }] of await bringAll(await people.goals(account, alsoDelete)))
      expect(after.state).toBe('holds')
    expect(await userIn(1)).toBeUndefined()
    expect((await userIn())?.name).toBe(leaver.login)
  })
})
