import { describe, expect, it } from 'vitest'
import type { AccountGoalKind } from '../../src/core/account-kinds.ts'
import { findSystem } from '../../src/systems/index.ts'
import { failureOf } from '../http/loopback.ts'
import { people as all, goalsOf, leaver, peopleOf, setAwsStage } from './aws-stage.ts'
import { alsoDelete, bringAll, goalOf, here, theOne } from './people-stage.ts'

/** What every system with people keeps, for AWS: against the sandbox's organization with two accounts. */

const stage = setAwsStage()
const { email } = leaver.person
const kinds: AccountGoalKind[] = [
  'sign-in-blocked',
  'sessions-ended',
  'credentials-revoked',
  'groups-left',
  'access-freed',
  'deleted',
]
const undoable = kinds.filter(kind => kind !== 'deleted')
const open = async () => peopleOf(await stage.open())

describe('finding', () => {
  it.each([
    ['the e-mail', email],
    ['capitals, and space around', `  ${email.toUpperCase()} `],
    ['the name of the IAM user', leaver.login.toUpperCase()],
  ])('finds what one person has in IAM and in Identity Center as one account, by %s', async (_, word) => {
    const people = await open()
    const account = await theOne(people, word)
    expect(account).toMatchObject({ email, login: leaver.login, name: 'Diego Torres', active: true })
    expect(account.id).toMatch(/^iam:AIDA[A-Z0-9]+\/diego\.torres idc:d-[0-9a-f]{10}\/[0-9a-f-]{36}$/)
    expect(account.untouchable).toBeUndefined()
    expect(await people.account(account.id)).toEqual(account)
    expect(await stage.writes()).toEqual([])
  })

  it('names what gives rights, and marks what an administrator has', async () => {
    const people = await open()
    expect((await theOne(people, email)).roles).toContainEqual({ name: 'PowerUserAccess', admin: true })
    const admin = await theOne(people, all[1]?.person.email ?? '')
    expect(admin.roles).toContainEqual({ name: 'AdministratorAccess', admin: true })
    expect(admin.roles).toContainEqual({ name: 'ReadOnly in 444455556666', admin: false })
  })

  it('finds somebody who is in Identity Center only', async () => {
    const people = await open()
    const account = await theOne(people, all[3]?.person.email ?? '')
    expect(account.id).toMatch(/^idc:\S+$/)
    expect((await people.goals(account, alsoDelete)).map(({ kind }) => kind)).toEqual([
      'sign-in-blocked',
      'groups-left',
      'deleted',
    ])
  })

  it.each(['nobody@ironbridge.example', 'diego', '*', '"', '%', '', 'diego.torres@elsewhere.example', 'x'.repeat(300)])(
    'knows nobody by %j, which is no error',
    async word => {
      expect(await (await open()).find(word)).toEqual([])
    },
  )

  it.each(['99999999', '', 'iam:AIDAQQQQQQQQQQQQQQQQ/nobody', 'iam:AIDAQQQQQQQQQQQQQQQQ/a/../b', 'idc:x/y'])(
    'knows no account with the id %j',
    async id => {
      expect(await (await open()).account(id)).toBeNull()
    },
  )

  it('lists everybody once, page by page', async () => {
    await stage.control('page-size', { size: 3 })
    const people = await open()
    const accounts = []
    for await (const account of people.list()) accounts.push(account)
    // All of the estate, and the IAM user that k1ctl has itself.
    expect(accounts).toHaveLength(all.length + 1)
    expect(new Set(accounts.map(({ id }) => id)).size).toBe(accounts.length)
    expect(accounts.find(one => one.email === email)).toMatchObject({ login: leaver.login, active: true })
    expect(await people.count()).toBeNull()
  })
})

describe('the goals', () => {
  it('are those that the facts promise, and say what they change', async () => {
    const goals = await goalsOf(await stage.open(), true)
    expect(goals.map(({ kind }) => kind)).toEqual(kinds)
    const promised = findSystem('aws')?.about.accountGoals?.filter(goal => goal.how !== 'not-here')
    expect(promised?.map(({ kind }) => kind)).toEqual(kinds)
    for (const goal of goals) expect([goal.kind, goal.differences.length]).toEqual([goal.kind, 1])
    expect(goalOf(goals, 'sign-in-blocked').warnings.join()).toMatch(/Terraform.*password/)
    expect(goalOf(goals, 'sign-in-blocked').residual).toEqual([
      expect.stringMatching(/PowerUser .* 4 hours/),
      expect.stringMatching(/ReadOnly .* 8 hours/),
    ])
    expect(await stage.writes()).toEqual([])
  })

  it('go from not yet to holds, everything denied first and lifted last; a second run writes nothing', async () => {
    const people = await open()
    const account = await theOne(people, email)
    const first = await bringAll(await people.goals(account, alsoDelete))
    expect([...first].map(([kind, { before, after }]) => [kind, before.state, after.state])).toEqual(
      kinds.map(kind => [kind, kind === 'sessions-ended' ? 'holds' : 'not-yet', 'holds']),
    )
    const written = await stage.writes()
    expect(written[0]).toBe('PutUserPolicy')
    expect(written.slice(-3)).toEqual(['DeleteUserPolicy', 'DeleteUser', 'DeleteUser of Identity Center'])
    expect(written).toContain('DeleteVirtualMFADevice')

    // As another process would: from the account as it was kept.
    const second = await bringAll(await people.goals(account, alsoDelete))
    for (const [kind, { before }] of second) expect([kind, before.state]).toEqual([kind, 'holds'])
    expect(await stage.writes()).toEqual([])
    expect(await people.find(email)).toEqual([])
    const left = await stage.state()
    const [account0] = left.accounts
    expect(account0?.users.map(({ name }) => name)).not.toContain(leaver.login)
    expect(account0?.virtualMfaDevices).toEqual([])
    expect(left.center.users.map(({ userName }) => userName)).not.toContain(email)
    expect(left.center.assignments.filter(one => account.id.endsWith(one.principal))).toEqual([])
  })

  it('holds for one who was only blocked, and writes nothing more', async () => {
    const session = await stage.open()
    await bringAll(await goalsOf(session))
    await stage.writes()
    expect((await theOne(peopleOf(session), email)).active).toBe(false)
    const goals = await goalsOf(session)
    expect(goals.flatMap(({ differences }) => differences)).toEqual([])
    for (const goal of goals) await goal.bring?.()
    expect(await stage.writes()).toEqual([])
  })

  it('give back what they took, but for the password', async () => {
    const session = await stage.open()
    const people = peopleOf(session)
    const account = await theOne(people, email)
    const goals = await people.goals(account, here)
    const brought = await bringAll(goals)
    const undo = goals.map(goal => {
      const before = brought.get(goal.kind)?.before
      return goal.undo?.(before && 'reading' in before ? before.reading : undefined)
    })
    for (const goal of undo) {
      if (goal === undefined) throw new Error('every goal but deletion can be undone')
      if ((await goal.look()).state !== 'holds') await goal.bring?.()
      expect([goal.kind, (await goal.look()).state]).toEqual([goal.kind, 'holds'])
    }
    expect(undo.map(goal => goal?.kind)).toEqual(undoable)
    const had = brought.get('sign-in-blocked')?.before
    const { back } = goalOf(goals, 'sign-in-blocked')
    const reading = had && 'reading' in had ? had.reading : undefined
    expect(back?.warnings?.(reading).join()).toContain('password does not come back')
    const blocked = { iam: { user: leaver.login, userId: 'x', deniedBy: 'k1ctl-offboarded', consolePassword: false } }
    expect(back?.changes(reading, blocked).map(({ after }) => after)).toEqual(['IAM user not denied'])
    expect(await theOne(people, email)).toEqual(account)
    const again = await bringAll([goalOf(await people.goals(account, here), 'access-freed')])
    expect(again.get('access-freed')?.before).toEqual(brought.get('access-freed')?.before)
    await stage.writes()
    for (const goal of undo.slice(0, 4)) if ((await goal?.look())?.state !== 'holds') await goal?.bring?.()
    expect(await stage.writes()).toEqual([])
  })

  it('refuses to give back from what is no snapshot', async () => {
    for (const goal of await goalsOf(await stage.open())) {
      expect(() => goal.undo?.('nothing')).toThrow(/does not say/)
    }
  })
})

describe('trouble', () => {
  it.each([
    [401, 'sign-in'],
    [403, 'forbidden'],
    [404, 'rejected'],
    [409, 'rejected'],
    [429, 'rate-limited'],
    [500, 'server'],
  ])('says what a %i means, on looking and on bringing, and proves nothing', async (status, kind) => {
    const goals = await goalsOf(await stage.open(), true)
    const headers = status === 429 ? { 'retry-after': '7200' } : {}
    await stage.control('faults', { method: 'POST', status, headers, body: {}, times: 0 })
    for (const goal of goals) {
      expect([goal.kind, (await failureOf(goal.look())).kind]).toEqual([goal.kind, kind])
      expect([goal.kind, (await failureOf(Promise.resolve(goal.bring?.()))).kind]).toEqual([goal.kind, kind])
    }
    expect(await stage.writes()).toEqual([])
  })

  it.each([0, 4, 9, 15, 23, 31, 40])('comes through when the answer number %i is lost', async skip => {
    const goals = await goalsOf(await stage.open(), true)
    await stage.control('faults', { method: 'POST', drop: 'after', skip })
    for (const [kind, { after }] of await bringAll(goals)) expect([kind, after.state]).toEqual([kind, 'holds'])
  })

  it('leaves a write in doubt that was never answered, and closes the other doors', async () => {
    const goal = goalOf(await goalsOf(await stage.open()), 'sign-in-blocked')
    // Eight reads of the two users and of what is open, and then the four attempts.
    await stage.control('faults', { method: 'POST', drop: 'before', skip: 8, times: 4 })
    const error = await failureOf(Promise.resolve(goal.bring?.()))
    expect([error.kind, error.facts.operation]).toEqual(['lost-answer', 'PutUserPolicy'])
    expect(error.message).toContain('PutUserPolicy was sent to AWS IAM')
    expect(await goal.look()).toMatchObject({
      state: 'not-yet',
      reading: {
        iam: { deniedBy: null, consolePassword: false, accessKeys: [{ active: false }, { active: false }] },
        identityCenter: { assignments: [] },
      },
    })
  })

  it('names a member that is missing', async () => {
    const people = await open()
    await stage.control('faults', { method: 'POST', omit: ['AccountAssignments.PermissionSetArn'], times: 0 })
    // Nobody is hidden by it: whoever is found is open until a goal says otherwise.
    const account = await theOne(people, all[3]?.person.email ?? '')
    expect(account.active).toBe(true)
    const goal = goalOf(await people.goals(account, here), 'sign-in-blocked')
    expect(await goal.look()).toMatchObject({ state: 'unobservable' })
    expect((await failureOf(Promise.resolve(goal.bring?.()))).message).toMatch(
      /ListAccountAssignmentsForPrincipal.*AccountAssignments\.0\.PermissionSetArn/,
    )
  })

  it.each([
    ['XML without a member', '<ListUsersResponse><ListUsersResult/></ListUsersResponse>'],
    ['a web page', '<html><body>Sign in to the network</body></html>'],
    ['half an answer', '<ListUsersResponse><ListUsersRes'],
    ['nothing', ''],
  ])('concludes nothing from %s', async (_, body) => {
    const session = await stage.open({ identityCenter: 'off' })
    await stage.control('faults', { method: 'POST', status: 200, body, times: 0 })
    expect((await failureOf(peopleOf(session).find(email))).kind).toBe('contract')
  })
})
