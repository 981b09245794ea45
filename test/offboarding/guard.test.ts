import { describe, expect, it } from 'vitest'
import type { Identity } from '../../src/core/system.ts'
import { accountRefusalFor, refuseSeveral, refuseTwoPeople } from '../../src/offboarding/guard.ts'
import type { FoundAccount } from '../../src/offboarding/unit.ts'
import { account } from './parts.ts'

const found = (system: string, change = {}): FoundAccount => ({
  system,
  title: system.toUpperCase(),
  account: account(change),
})
const identity = (name: string, email: string): Identity => ({ name, email, tenant: 'Acme', missing: [] })
const nobody = new Map<string, Identity>()
const protect = (person: string, reason: string | null = null) => ({ person, reason })

describe('refusalFor', () => {
  it('lets an ordinary person through', () => {
    const operators = new Map([['graphus', identity('jo', 'jo@msp.example')]])
    expect(accountRefusalFor('amy', [found('graphus')], operators, [protect('bo@x.example')])).toBeUndefined()
  })

  it.each([
    ['the word that was given', 'AMY@x.example', []],
    ['the e-mail of an account', 'amy', [found('graphus')]],
    ['the log-in of an account', 'amy@x.example', [found('bms', { login: 'AMY@X.example', email: '' })]],
  ])('protected, by %s', (_, person, accounts) => {
    expect(accountRefusalFor(person, accounts, nobody, [protect(' Amy@X.Example ', 'break-glass')])).toEqual({
      why: `${person} is protected: break-glass.`,
      hint: "If that is no longer so: k1ctl protect remove ' Amy@X.Example '",
    })
  })

  it.each([
    ['by log-in, in that system', 'bms', { login: 'k1ctl-api', email: '' }, true],
    ['by e-mail, in that system', 'bms', { login: 'api', email: 'API@msp.example' }, true],
    ['by e-mail, in another system', 'graphus', { login: 'x', email: 'api@msp.example' }, true],
    ['not by a log-in of another system', 'graphus', { login: 'k1ctl-api', email: '' }, false],
  ])('the account that k1ctl signs in with: %s', (_, system, change, refused) => {
    const operators = new Map([['bms', identity('K1CTL-api', 'api@msp.example')]])
    const refusal = accountRefusalFor('somebody', [found(system, change)], operators, [])
    expect(refusal?.why.includes('k1ctl itself signs in with') ?? false).toBe(refused)
  })

  it('an identity without name and e-mail is nobody', () => {
    const operators = new Map([['scim:chat', identity('', '')]])
    expect(accountRefusalFor('amy', [found('scim:chat', { email: '', login: '' })], operators, [])).toBeUndefined()
  })

  it.each([
    ['an id, whatever the account is called by now', { accounts: [{ system: 'bms', id: 'a1' }] }, 'bms', true],
    ['an id of another system', { accounts: [{ system: 'graphus', id: 'a1' }] }, 'bms', false],
    ['another address', { words: ['AMY@x.example'] }, 'bms', true],
  ])('protected, by %s', (_, known, system, refused) => {
    const people = [{ ...protect('pond@x.example'), ...known }]
    expect(accountRefusalFor('somebody', [found(system)], nobody, people) !== undefined).toBe(refused)
    // The same where nothing is done there.
    expect(accountRefusalFor('somebody', [], nobody, people, [found(system)]) !== undefined).toBe(refused)
  })

  it('a full-width letter and a zero width make no other person', () => {
    expect(accountRefusalFor('ａmy\u200b@x.example', [], nobody, [protect('amy@x.example')])).toBeDefined()
  })

  it('the account that k1ctl signs in with, in a system that nothing is done in', () => {
    const operators = new Map([['bms', identity('k1ctl-api', '')]])
    const own = found('bms', { login: 'k1ctl-api', email: '' })
    expect(accountRefusalFor('k1ctl-api', [], operators, [], [own])?.why).toContain('k1ctl itself signs in with')
    expect(accountRefusalFor('amy', [], nobody, [], [found('bms', { untouchable: 'the Root Admin' })])).toBeUndefined()
  })

  it('untouchable, with a hint only where something can be done', () => {
    const last = accountRefusalFor('amy', [found('graphus', { untouchable: 'the last active Admin' })], nobody, [])
    expect(last).toEqual({
      why: 'amy in GRAPHUS: the last active Admin.',
      hint: 'Give the role to somebody else first.',
    })
    expect(accountRefusalFor('amy', [found('k1', { untouchable: 'the Root Admin' })], nobody, [])).toEqual({
      why: 'amy in K1: the Root Admin.',
    })
  })
})

describe('who is meant', () => {
  it('several accounts are shown, all of them', () => {
    const refusal = refuseSeveral('amy', 'Graphus', [account(), account({ id: 'a2', login: 'amy2', name: '' })])
    expect(refusal.why).toBe('2 accounts in Graphus match amy: amy (Amy Pond, id a1); amy2 (amy@x.example, id a2).')
  })

  it.each([
    ['amy', ['amy@x.example', 'AMY@X.example'], false],
    ['amy', ['amy@x.example', ''], false],
    ['amy', ['amy@x.example', 'amy.other@x.example'], true],
    // An e-mail is one person's, under whatever address a system shows them.
    ['amy@x.example', ['amy@x.example', 'amy.pond@x.example'], false],
  ])('%s with %s', (person, emails, refused) => {
    const accounts = emails.map((email, i) => found(`s${i}`, { email }))
    expect(refuseTwoPeople(person, accounts) !== undefined).toBe(refused)
  })
})
