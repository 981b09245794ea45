import { describe, expect, it } from 'vitest'
import { type GuardFacts, moduleRefusalFor, warningsFor } from '../../src/posture/guard.ts'
import type { Intent } from '../../src/posture/intent.ts'
import { about, reading, readingWith, user } from './readings.ts'

const operator = { name: 'k1ctl-api', email: 'k1ctl-api@customer.example', tenant: 'Northwind', missing: [] }
const own = user('k1ctl-api')
const amy = user('amy')
const requireOn: Intent = { kind: 'feature', feature: 'require-log-in', on: true }
const jitOn: Intent = { kind: 'feature', feature: 'user-creation', on: true }

function facts(change: Partial<GuardFacts>): GuardFacts {
  return {
    tenant: "O'Hara & Sons",
    about: about(),
    intent: requireOn,
    target: { on: { 'require-log-in': true } },
    reading: reading(),
    operator,
    ...change,
  }
}

const turnOn = { 'require-log-in': true }
const remove = (...users: (typeof amy)[]): Partial<GuardFacts> => ({
  intent: { kind: 'exceptions', mode: 'remove', users: users.map(u => u.email), roles: [] },
  target: { users: { exclude: users } },
})

const cases: [name: string, facts: Partial<GuardFacts>, why: RegExp | null][] = [
  ['Require with nobody', {}, /^Nobody could log in/],
  ['Require with somebody else only', { target: { on: turnOn, users: { include: [amy] } } }, /might lock itself out/],
  [
    'Require with the own account alone',
    { target: { on: turnOn, users: { include: [own] } } },
    /^Nobody .* k1ctl's own\.$/,
  ],
  ['Require with the own account and a person', { target: { on: turnOn, users: { include: [own, amy] } } }, null],
  [
    'Require with the own account, whose e-mail is spelled otherwise',
    { target: { on: turnOn, users: { include: [amy, { ...own, email: 'K1CTL-API@Customer.example' }] } } },
    null,
  ],
  [
    'Require with an inactive exception only',
    { target: { on: turnOn, users: { include: [user('gone', false)] } } },
    /^Nobody could log in/,
  ],
  [
    'Require with an always-exempt administrator, who is not k1ctl',
    { reading: reading({ alwaysExempt: [{ ...amy, why: 'Security Admin' }] }) },
    /might lock itself out/,
  ],
  [
    'Require where k1ctl itself is always exempt',
    { reading: reading({ alwaysExempt: [{ ...own, why: 'Security Admin' }] }) },
    null,
  ],
  [
    'Require over the contract, whose sign-in is that of KaseyaOne',
    { about: about({ contract: true }), target: { on: turnOn, users: { include: [amy] } } },
    null,
  ],
  ['Require over the contract with nobody', { about: about({ contract: true }) }, /^Nobody could log in/],
  [
    'an operator without an e-mail, known by name',
    { operator: { ...operator, email: '' }, target: { on: turnOn, users: { include: [own, amy] } } },
    null,
  ],
  [
    'an operator without an e-mail is not everybody without an e-mail',
    {
      operator: { ...operator, email: '', name: '' },
      target: { on: turnOn, users: { include: [{ ...amy, email: '' }] } },
    },
    /might lock itself out/,
  ],
  [
    'removing somebody else, while another person stays',
    {
      ...remove(amy),
      reading: readingWith(['require-log-in'], { exceptions: { users: [own, amy, user('bob')], roles: [] } }),
    },
    null,
  ],
  [
    'removing the last person, so that only the own account is left',
    { ...remove(amy), reading: readingWith(['require-log-in'], { exceptions: { users: [own, amy], roles: [] } }) },
    /^Nobody .* k1ctl's own\.$/,
  ],
  [
    'removing the own account',
    { ...remove(own), reading: readingWith(['require-log-in'], { exceptions: { users: [own, amy], roles: [] } }) },
    /might lock itself out/,
  ],
  [
    'removing the last one',
    { ...remove(own), reading: readingWith(['require-log-in'], { exceptions: { users: [own], roles: [] } }) },
    /^Nobody could log in/,
  ],
  [
    'removing somebody while Require is off',
    { ...remove(own), reading: reading({ exceptions: { users: [own], roles: [] } }) },
    null,
  ],
  [
    'removing somebody else where k1ctl got in by a role that stays',
    {
      ...remove(amy),
      reading: readingWith(['require-log-in'], { exceptions: { users: [amy], roles: [{ id: '6', name: 'API' }] } }),
    },
    null,
  ],
  [
    'a switch that has nothing to do with it, whatever the exceptions',
    { intent: jitOn, target: { on: { 'user-creation': true } }, reading: readingWith(['require-log-in']) },
    null,
  ],
  [
    'rights missing',
    { operator: { ...operator, missing: ['You are not an administrator.'] } },
    /k1ctl-api may not change settings in The Module: You are not an administrator\./,
  ],
  [
    'Log In off',
    { reading: reading({ on: { 'log-in': false, 'require-log-in': false } }) },
    /^Log In with KaseyaOne is off in The Module/,
  ],
  ['no active mapping', { reading: reading({ organization: null }) }, /no active mapping/],
  [
    'turning something off needs no mapping',
    {
      intent: { ...requireOn, on: false },
      target: { on: { 'require-log-in': false } },
      reading: readingWith(['require-log-in'], { organization: null }),
    },
    null,
  ],
  [
    'JIT without a default',
    { intent: jitOn, target: { on: { 'user-creation': true } }, reading: reading({ defaults: { role: null } }) },
    /no default yet for role\./,
  ],
  [
    'any write where each carries all defaults',
    {
      about: about({ defaultsWithEveryWrite: true }),
      intent: { kind: 'feature', feature: 'deprovisioning', on: true },
      target: { on: { deprovisioning: true } },
      reading: reading({ defaults: { role: null } }),
    },
    /takes no change without them/,
  ],
  [
    'a mapping there, which is not a write of the settings',
    {
      about: about({ defaultsWithEveryWrite: true }),
      intent: { kind: 'map', group: 'Finance', roles: ['Finance'] },
      target: { map: { group: { id: 'g', name: 'Finance' }, roles: [] } },
      reading: reading({ defaults: { role: null } }),
    },
    null,
  ],
]

describe('refusalFor', () => {
  it.each(cases)('%s', (_name, change, why) => {
    const refusal = moduleRefusalFor(facts(change))
    if (why === null) expect(refusal).toBeUndefined()
    else expect(refusal?.why).toMatch(why)
  })

  it.each<[name: string, intent: GuardFacts['intent'], target: GuardFacts['target'], hint: string]>([
    [
      'the users and roles of an enabling',
      { ...requireOn, exceptUsers: ['amy@customer.example'], exceptRoles: ['Break Glass'] },
      { on: turnOn, users: { include: [amy] } },
      "enable module --except amy@customer.example --except k1ctl-api@customer.example --role 'Break Glass'",
    ],
    [
      'the whole list that was set',
      { kind: 'exceptions', mode: 'set', users: ['amy@customer.example'], roles: ['Break Glass'] },
      { on: turnOn, users: { exactly: [amy] } },
      "exceptions set module amy@customer.example k1ctl-api@customer.example --role 'Break Glass'",
    ],
  ])('keeps %s in its hint', (_, intent, target, hint) => {
    expect(moduleRefusalFor(facts({ intent, target }))?.hint).toContain(hint)
  })

  it('names a command for the same tenant, quoted for the shell', () => {
    expect(moduleRefusalFor(facts({}))?.hint).toMatch(/--except USER --except \S+ --tenant 'O'\\''Hara & Sons'$/)
  })

  it('says what comes first when Log In is turned off', () => {
    const refusal = moduleRefusalFor(
      facts({
        intent: { kind: 'feature', feature: 'log-in', on: false },
        target: { on: { 'log-in': false } },
        reading: readingWith(['user-creation', 'deprovisioning']),
      }),
    )
    expect(refusal?.why).toContain('Automatic User Creation and Automatic User Deprovisioning')
    expect(refusal?.hint).toMatch(/k1ctl jit disable module .*; k1ctl deprovisioning disable module /)
  })
})

describe('warningsFor', () => {
  const admin = { id: 'a', name: 'Admin', admin: true }
  it.each<[string, Partial<GuardFacts>, RegExp[]]>([
    ['JIT on', { intent: jitOn }, [/charges/]],
    [
      'JIT on with an admin default',
      { intent: jitOn, reading: reading({ defaults: { role: admin } }) },
      [/charges/, /Admin/],
    ],
    ['JIT off', { intent: { ...jitOn, on: false } }, []],
    [
      'an admin default chosen',
      { intent: { kind: 'defaults', values: {} }, target: { defaults: { role: admin } } },
      [/The default role Admin is an administrator's/],
    ],
    ['deprovisioning on', { intent: { kind: 'feature', feature: 'deprovisioning', on: true } }, [/documented nowhere/]],
    ['Require off', { intent: { ...requireOn, on: false } }, [/local password/]],
    [
      'access groups on with none mapped',
      { intent: { kind: 'feature', feature: 'access-groups', on: true } },
      [/mapped/],
    ],
    ['Log In on', { intent: { kind: 'feature', feature: 'log-in', on: true } }, []],
  ])('%s', (_name, change, expected) => {
    const warnings = warningsFor(facts({ target: {}, ...change }))
    expect(warnings).toHaveLength(expected.length)
    for (const [i, pattern] of expected.entries()) expect(warnings[i]).toMatch(pattern)
  })
})
