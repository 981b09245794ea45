import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { centerActions, furtherActions, groupActions, listActions, userActions } from '../../src/systems/aws/rights.ts'
import { goalsOf, memberRole, peopleOf, setAwsStage } from '../systems/aws-stage.ts'
import { bringAll } from '../systems/people-stage.ts'
import { awsModel } from './aws-model.ts'

/**
 * Every request that an offboarding, its undo and a deletion send fits AWS's own service models: the operation is
 * there, required members are given, none is made up, and each value has the length and the pattern that AWS wants.
 */

const model = awsModel()
if (model === null) console.log('aws-model.test.ts is skipped: ../shared/specs has no service models of AWS here')

const stage = setAwsStage()
const seenCall = z.object({ operation: z.string(), body: z.string() })

interface Sent {
  service: string
  operation: string
  input: Record<string, unknown>
}

/** A form as the structure that it stands for: `ActionNames.member.1` is the first of a list. */
function read({ operation: named, body }: z.infer<typeof seenCall>): Sent {
  const [service = '', operation = ''] = (named.split(' ')[0] ?? '').split(':')
  if (body.startsWith('{'))
    return { service, operation, input: z.record(z.string(), z.unknown()).parse(JSON.parse(body)) }
  const input: Record<string, unknown> = {}
  const lists = new Map<string, string[]>()
  for (const [name, value] of new URLSearchParams(body)) {
    if (name === 'Action' || name === 'Version') continue
    const list = /^(\w+)\.member\.\d+$/.exec(name)?.[1]
    if (list === undefined) input[name] = value
    else lists.set(list, [...(lists.get(list) ?? []), value])
  }
  return { service, operation, input: { ...input, ...Object.fromEntries(lists) } }
}

async function everythingSent(): Promise<Sent[]> {
  await stage.control('page-size', { size: 1 })
  const session = await stage.open()
  await session.check()
  const goals = await goalsOf(session)
  const brought = await bringAll(goals)
  for (const goal of goals) {
    const before = brought.get(goal.kind)?.before
    await goal.undo?.(before && 'reading' in before ? before.reading : undefined).bring?.()
  }
  await bringAll(await goalsOf(session, true))
  await peopleOf(session).find('nobody@ironbridge.example')
  for await (const _ of peopleOf(session).list()) break
  const member = await stage.open({ ...memberRole, identityCenter: 'off' })
  await member.check()
  return z
    .array(seenCall)
    .parse(await stage.seen())
    .map(read)
}

describe.skipIf(model === null)("AWS's service models", () => {
  it('take every request, page by page, and each action is among the rights', async () => {
    const sent = await everythingSent()
    const faults = sent.flatMap(({ service, operation, input }) => model?.faults(service, operation, input) ?? [])
    expect([...new Set(faults)]).toEqual([])
    const paged = sent.filter(({ input }) => 'Marker' in input || 'NextToken' in input)
    expect(new Set(paged.map(({ operation }) => operation)).size).toBeGreaterThan(5)
    for (const { service, operation } of paged)
      expect([operation, model?.isPaged(service, operation)]).toEqual([operation, true])

    const named: string[] = [...userActions, ...groupActions, ...listActions, ...centerActions, ...furtherActions]
    // Anybody may ask who they are; these three are told of apart.
    const others = ['sts:GetCallerIdentity', 'sts:AssumeRole', 'iam:SimulatePrincipalPolicy', 'iam:GetRole']
    const asked = new Set(sent.map(({ service, operation }) => `${service}:${operation}`))
    expect([...asked].filter(action => !named.includes(action) && !others.includes(action))).toEqual([])
    // Sent where another call could not be made, or where what was begun is not there yet.
    const seldom = ['iam:AttachUserPolicy', 'sso:DescribeAccountAssignmentCreationStatus']
    expect(named.filter(action => !asked.has(action) && !seldom.includes(action))).toEqual([])
  })

  it('know the errors that are waited for, or that mean that a thing is gone', () => {
    const codes = (service: string) => [...(model?.errorCodes(service) ?? [])]
    expect(codes('iam')).toEqual(
      expect.arrayContaining([
        'NoSuchEntity',
        'LimitExceeded',
        'DeleteConflict',
        'ConcurrentModification',
        'EntityTemporarilyUnmodifiable',
      ]),
    )
    const center = ['ResourceNotFoundException', 'ConflictException', 'ThrottlingException', 'AccessDeniedException']
    expect(codes('sso')).toEqual(expect.arrayContaining(center))
    expect(codes('identitystore')).toEqual(expect.arrayContaining(center))
  })

  it('refuse what is wrong', () => {
    expect(model?.faults('iam', 'GetUsers', {})).toEqual(['iam:GetUsers is no operation'])
    const wrong = model?.faults('iam', 'UpdateAccessKey', { AccessKeyId: 'x', Status: 'Off', Who: 'me' }).join('; ')
    expect(wrong).toMatch(/AccessKeyId has a wrong length.*Status is "Off".*Who is unknown/)
    expect(model?.faults('iam', 'PutUserPolicy', { UserName: 'a b' }).join('; ')).toMatch(
      /PolicyName is missing.*PolicyDocument is missing.*UserName is "a b"/,
    )
  })
})
