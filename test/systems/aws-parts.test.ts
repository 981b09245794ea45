import { describe, expect, it } from 'vitest'
import { quirksBySystem } from '../../src/sandbox/index.ts'
import { parseId } from '../../src/systems/aws/account-id.ts'
import { deniesAll } from '../../src/systems/aws/denial.ts'
import { isGone, readAwsError } from '../../src/systems/aws/error.ts'
import { decodeXml } from '../../src/systems/aws/xml.ts'
import { failureOf } from '../http/loopback.ts'
import { goalsOf, leaver, peopleOf, setAwsStage } from './aws-stage.ts'
import { bringAll, goalOf } from './people-stage.ts'
import type { TriedGoal } from './tried-goal.ts'

/** One thing that is refused, or not shown, stops that thing; and what is not shown is never taken for none. */

const stage = setAwsStage()
const block = async () => goalOf(await goalsOf(await stage.open()), 'sign-in-blocked')
const refusing = (action: string, times = 99, code = 'AccessDenied') =>
  stage.control('refuse', { action, code, times, message: `No ${action}` })
const bringing = (goal: TriedGoal) => failureOf(Promise.resolve(goal.bring?.()))
const user = async () => (await stage.state()).accounts[0]?.users.find(({ name }) => name === leaver.login)

describe('the block', () => {
  it('takes the second access key where the first is refused', async () => {
    const goal = await block()
    await refusing('UpdateAccessKey', 1)
    expect((await bringing(goal)).message).toContain('No UpdateAccessKey')
    const { accessKeys } = Object(await user())
    expect(accessKeys.map((key: { status: string }) => key.status)).toEqual(['Active', 'Inactive'])
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it.each([
    'ListAccessKeys',
    'GetLoginProfile',
    'ListUserPolicies',
    'ListAttachedUserPolicies',
    'ListAccountAssignmentsForPrincipal',
    'ListGroupMembershipsForMember',
    'DescribeUser',
  ])('closes what else is open where %s is refused, and does not say that it holds', async action => {
    const goal = await block()
    await refusing(action)
    expect((await bringing(goal)).message).toContain(`No ${action}`)
    const now = await user()
    expect(deniesAll(now?.inline['k1ctl-offboarded'] ?? '')).toBe(true)
    expect(Object(now).password).toBe(false)
    expect((await goal.look()).state).not.toBe('holds')
  })

  it('leaves the group that opens an account, also where the membership was not seen at first', async () => {
    const goal = await block()
    await refusing('ListGroupMembershipsForMember', 1)
    await Promise.resolve(goal.bring?.()).catch(() => undefined)
    expect((await goal.look()).state).toBe('holds')
  })

  it.each(['DescribePermissionSet', 'DescribeGroup'])('needs no names: %s is refused', async action => {
    const session = await stage.open()
    await refusing(action)
    const goal = goalOf(await goalsOf(session), 'sign-in-blocked')
    await goal.bring?.()
    expect((await goal.look()).state).toBe('holds')
  })

  it('denies the one with this id alone where nobody can tell who has the name', async () => {
    const goal = await block()
    await refusing('GetUser')
    await bringing(goal)
    const now = await user()
    expect(now?.inline['k1ctl-offboarded']).toContain(`{"StringEquals":{"aws:userid":"${Object(now).id}"}}`)
    expect(Object(now).password).toBe(true)
    expect(await goal.anyway?.()).toEqual([{ id: 'deny' }])
  })

  it.each(['Throttling', 'ThrottlingException', 'RequestLimitExceeded'])(
    'takes no %s for a refusal, however often it comes',
    async code => {
      const goal = await block()
      await refusing('PutUserPolicy', 12, code)
      await refusing('DeleteAccountAssignment', 12, code)
      await goal.bring?.()
      expect((await goal.look()).state).toBe('holds')
    },
  )
})

describe('the other goals', () => {
  it.each([
    ['credentials-revoked', 'ListSSHPublicKeys', ['certificates', 'serviceCredentials']],
    ['credentials-revoked', 'ListSigningCertificates', ['sshKeys', 'serviceCredentials']],
  ] as const)('%s: %s is refused, the others go', async (kind, action, others) => {
    const goal = goalOf(await goalsOf(await stage.open()), kind)
    await refusing(action)
    expect((await bringing(goal)).message).toContain(`No ${action}`)
    const now = Object(await user())
    for (const one of others) expect([one, now[one][0].status]).toEqual([one, 'Inactive'])
    expect(await goal.look()).toMatchObject({ state: 'unobservable', why: expect.stringContaining(`No ${action}`) })
  })

  it.each([
    ['groups-left', 'RemoveUserFromGroup', 'groups'],
    ['access-freed', 'DetachUserPolicy', 'attached'],
  ] as const)('%s: one that is refused by %s leaves no other', async (kind, action, left) => {
    const goal = goalOf(await goalsOf(await stage.open()), kind)
    await refusing(action, 1)
    expect((await bringing(goal)).message).toContain(`No ${action}`)
    expect(Object(await user())[left]).toHaveLength(1)
  })

  it('keep an inline policy whose document they may not read: it could not be given back', async () => {
    const goal = goalOf(await goalsOf(await stage.open()), 'access-freed')
    await refusing('GetUserPolicy')
    expect((await bringing(goal)).message).toContain('No GetUserPolicy')
    expect(await user()).toMatchObject({ attached: [], inline: { 'own-bucket': expect.any(String) } })
  })

  it('show the MFA devices and the applications that stay', async () => {
    const goals = await goalsOf(await stage.open())
    const residual = goals.flatMap(goal => goal.residual)
    expect(residual).toContainEqual(expect.stringMatching(/MFA devices stay.*GAHT12345678/))
    expect(residual).toContainEqual(expect.stringMatching(/Applications .*:application\/ssoins-/))
    expect(await goalOf(goals, 'credentials-revoked').look()).toMatchObject({
      reading: { mfaDevices: [expect.any(String), 'GAHT12345678'] },
    })
    expect(await goalOf(goals, 'groups-left').look()).toMatchObject({ reading: { applications: [expect.any(String)] } })
  })

  it('stand where what is evidence only may not be read, and say so', async () => {
    const session = await stage.open()
    await refusing('ListMFADevices')
    await refusing('ListApplicationAssignmentsForPrincipal')
    const goals = await goalsOf(session)
    for (const kind of ['credentials-revoked', 'groups-left'] as const) {
      await goalOf(goals, kind).bring?.()
      expect([kind, (await goalOf(goals, kind).look()).state]).toEqual([kind, 'holds'])
    }
    const residual = goals.flatMap(goal => goal.residual).join(' ')
    expect(residual).toMatch(/MFA devices .*could not be seen.*applications .*could not be seen/)
  })
})

describe('deleting', () => {
  it('takes all else where one thing is refused, and says which', async () => {
    const goal = goalOf(await goalsOf(await stage.open(), true), 'deleted')
    await refusing('DeleteSigningCertificate')
    const error = await bringing(goal)
    expect([error.message, error.facts.others]).toEqual([
      expect.stringContaining('No DeleteSigningCertificate'),
      expect.arrayContaining([expect.stringContaining('must delete signing certificates first')]),
    ])
    expect(Object(await user())).toMatchObject({ accessKeys: [], sshKeys: [], groups: [], attached: [] })
  })
})

describe('a quirk', () => {
  const ours = quirksBySystem().find(({ system }) => system === 'aws')?.quirks ?? []
  it.each(ours)('$name: everything comes to hold, and what AWS has is so', async ({ name }) => {
    const session = await stage.open()
    await stage.control('quirks', { [name]: true })
    for (const [kind, { after }] of await bringAll(await goalsOf(session, true))) {
      expect([kind, after.state]).toEqual([kind, 'holds'])
    }
    expect(await user()).toBeUndefined()
  })

  it('that there is none of is refused', async () => {
    await expect(stage.control('quirks', { floating: true })).rejects.toThrow(/no quirk floating.*throttling/)
  })
})

describe('a list of users', () => {
  it('does not prove that nobody is there unless it says that it is whole', async () => {
    const session = await stage.open({ identityCenter: 'off' })
    const body = '<ListUsersResponse><ListUsersResult><Users/></ListUsersResult></ListUsersResponse>'
    await stage.control('faults', { method: 'POST', status: 200, body, times: 0 })
    const error = await failureOf(peopleOf(session).find('nobody@ironbridge.example'))
    expect([error.kind, error.facts.field]).toEqual(['contract', expect.stringContaining('IsTruncated')])
  })
})

describe('what AWS writes', () => {
  it('is an error also with <Errors> around it', () => {
    const error = '<Error><Code>NoSuchEntity</Code><Message>Gone.</Message></Error>'
    for (const text of [
      `<ErrorResponse>${error}</ErrorResponse>`,
      `<ErrorResponse><Errors>${error}</Errors></ErrorResponse>`,
      `<Response><Errors>${error}</Errors></Response>`,
    ]) {
      expect([text, isGone(readAwsError('AWS IAM', 404, decodeXml(text)))]).toEqual([text, true])
    }
  })

  it('are user names of up to 128 characters', () => {
    const name = 'a'.repeat(128)
    expect(parseId(`iam:AIDAQQQQQQQQQQQQQQQQ/${name}`)).toEqual({ iam: { id: 'AIDAQQQQQQQQQQQQQQQQ', name } })
    expect(parseId(`iam:AIDAQQQQQQQQQQQQQQQQ/${name}a`)).toBeNull()
  })
})
