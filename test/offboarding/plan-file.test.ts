import { describe, expect, it } from 'vitest'
import { asK1Error, K1Error } from '../../src/core/errors.ts'
import { differencesBetween, keepPerson } from '../../src/offboarding/kept-person.ts'
import { comparePlans, parsePlanFile, planFile } from '../../src/offboarding/plan-file.ts'
import type { PersonPlan } from '../../src/offboarding/unit.ts'
import { lookOf } from '../engine/scripted-goal.ts'
import { account, amy, goal, personPlan } from './parts.ts'

const options = {
  delete: false,
  successor: null,
  reason: null,
  ticket: null,
  only: [],
  except: [],
  devices: 'release',
  waitMs: 60_000,
} as const
const now = new Date('2026-11-21T17:00:00Z')
const active = lookOf({ state: 'not-yet', reading: { id: 'a1', active: true } })
const blocked = lookOf({ state: 'holds', reading: { id: 'a1', active: false } })
const planned = (system: string, standing: PersonPlan['planned'][number]['standing'] = active) => ({
  goal: goal(system, 'sign-in-blocked'),
  standing,
})
const silent = (system: string) => ({
  tenant: amy.tenant,
  system,
  reach: 'api' as const,
  error: new K1Error('unreachable', 'Nobody is there.'),
})
const made = (change: Partial<PersonPlan> = {}) => personPlan({ planned: [planned('chat')], ...change })
const id = (system: string) => `Acme/amy@x.example/${system}/sign-in-blocked`

describe('a plan file', () => {
  it('is read back as it was written, also when somebody formatted it or sorted its members', () => {
    const file = planFile(options, [made({ reason: 'leaves', ticket: 'T-1' })], now)
    const kept = parsePlanFile(JSON.stringify(file, null, 8), 'plan.json')
    expect(kept).toEqual(file)
    expect(kept.people[0]).toMatchObject({ person: amy.person, reason: 'leaves', ticket: 'T-1', refused: null })
    const turned = JSON.parse(JSON.stringify(file).replace('{"id":"a1","active":true}', '{"active":true,"id":"a1"}'))
    expect(comparePlans(turned, [made()])).toEqual([])
  })

  const good = JSON.stringify(planFile(options, [made()], now))
  it.each([
    ['nothing', '', 'is not valid JSON'],
    ['a list of people', 'amy@x.example\n', 'is not valid JSON'],
    ['another version', good.replace('"version":2', '"version":1'), 'no plan of this version'],
    ['other JSON', '{"people":[]}', 'no plan of this version'],
    ['no options', good.replace('"options":{', '"options":null,"x":{'), 'no plan of this version'],
    ['options of another shape', good.replace('"delete":false', '"delete":"no"'), 'no plan of this version'],
    ['people of another shape', good.replace('"goals":[', '"goal":['), 'no plan of this version'],
    ['null', 'null', 'no plan of this version'],
    ['a goal that is null', good.replace('"goals":[', '"goals":[null,'), 'no plan of this version'],
    ['nesting without an end', `{"people":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, 'nested more than 64 levels'],
    ['another name', good.replaceAll('amy@x.example', 'bob@x.example'), 'was edited after it was made'],
    ['deleting, too', good.replace('"delete":false', '"delete":true'), 'was edited after it was made'],
    ['no goals', good.replace(/"goals":\[\{.*?\}\]\}/, '"goals":[]}'), 'was edited after it was made'],
    ['another hash', good.replace(/"hash":"./, '"hash":"x'), 'was edited after it was made'],
  ])('%s is no plan', (_, text, sentence) => {
    try {
      parsePlanFile(text, 'plan.json')
      expect.unreachable()
    } catch (error) {
      expect(asK1Error(error)).toMatchObject({ kind: 'usage', message: expect.stringContaining(sentence) })
      expect(asK1Error(error).message).toContain('plan.json')
    }
  })
})

describe('comparePlans', () => {
  const before = planFile(options, [made()], now)
  it.each<[string, Partial<PersonPlan>, string[]]>([
    ['nothing changed', {}, []],
    ['it holds by now', { planned: [planned('chat', blocked)] }, [`${id('chat')} holds by now`]],
    ['another system', { planned: [planned('chat'), planned('bms')] }, [`${id('bms')} is new`]],
    ['it is gone', { planned: [] }, [`${id('chat')} is gone`]],
    ['refused now', { planned: [], refusal: { why: 'Protected.' } }, ['amy@x.example: Protected.']],
    ['silent now', { planned: [], unreached: [silent('chat')] }, ['amy@x.example: chat does not answer']],
    [
      'another reading',
      { planned: [planned('chat', lookOf({ state: 'not-yet', reading: { id: 'a2', active: true } }))] },
      [`${id('chat')} was {"active":true,"id":"a1"}, is now {"active":true,"id":"a2"}`],
    ],
  ])('%s', (_, change, differences) => {
    expect(comparePlans(before, [made(change)])).toEqual(differences)
  })

  it('somebody who is not there any more', () => {
    expect(comparePlans(before, [])).toEqual(['amy@x.example is in no tenant of this call'])
  })

  it('no longer refused is a change, too: nobody agreed to it', () => {
    const was = planFile(options, [made({ refusal: { why: 'Protected.' } })], now)
    expect(comparePlans(was, [made()])).toEqual(['amy@x.example: no longer refused (it was: Protected.)'])
  })
})

describe('differencesOf', () => {
  it('leaves a system out that is silent now', () => {
    const then = keepPerson(made({ planned: [planned('chat')] }))
    expect(differencesBetween(then, keepPerson(made({ planned: [], unreached: [silent('chat')] })))).toEqual([])
  })

  it('of a system that was silent then, nothing was shown', () => {
    const then = keepPerson(made({ unreached: [silent('bms')] }))
    const inBms = (id: string) => ({ system: 'bms', title: 'BMS', account: account({ id }) })
    const later = keepPerson(made({ planned: [planned('chat'), planned('bms')], accounts: [inBms('b1')] }))
    expect(differencesBetween(then, later)).toEqual([
      'amy@x.example: the account amy in bms was not shown: nothing answered there then',
    ])
    const other = keepPerson(made({ planned: [planned('chat'), planned('bms')], accounts: [inBms('b2')] }))
    expect(differencesBetween(later, other)).toEqual([
      'amy@x.example: the account amy in bms is another one than was shown',
    ])
    expect(differencesBetween(then, keepPerson(made()))).toEqual([])
  })

  it("a goal that was refused, or a person's, is not k1ctl's now", () => {
    const refusal = { why: 'The last administrator.' }
    const one = { ...planned('chat'), goal: goal('chat', 'sign-in-blocked', { refusal }) }
    const [was, now] = [keepPerson(made({ planned: [one] })), keepPerson(made())]
    expect(differencesBetween(was, now)).toEqual([
      `${id('chat')} is no longer refused (it was: The last administrator.)`,
    ])
  })
})
