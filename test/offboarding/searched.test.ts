import { describe, expect, it } from 'vitest'
import type { GoalResult } from '../../src/engine/verdict.ts'
import type { PersonRecord } from '../../src/offboarding/ledger-entries.ts'
import { reportPerson } from '../../src/offboarding/report-person.ts'
import { reportOf } from '../../src/offboarding/resume.ts'
import { searchedIn } from '../../src/offboarding/searched.ts'
import { onScreen } from '../../src/render/layout.ts'
import { nobodyIn, searchedText } from '../../src/render/searched.ts'
import { styleFor } from '../../src/render/style.ts'
import { about, account, amy, goal, personPlan, reachable } from './parts.ts'

const identity = { name: 'k1', email: '', tenant: 'acme.example', missing: [] }
const search = { reachable: reachable('chat'), identity, accounts: [], words: ['amy'], steps: new Set<string>() }
const mailOnly = { ...reachable('mail'), about: { ...about('mail'), searchesEmailOnly: true as const } }
const proved: GoalResult = {
  ...{ goal: goal('chat', 'sign-in-blocked').id, tenant: amy.tenant, system: 'chat', summary: '' },
  ...{ reach: 'api', end: 'changed', proved: true, at: '', differences: [] },
}

describe('how a system was searched', () => {
  it('by what, for which words, where, and what came of it', () => {
    const steps = new Set(['the list of all 40 people was read'])
    expect(searchedIn({ ...search, steps, words: ['amy', 'amy@x.example'] })).toEqual({
      system: 'chat',
      by: 'e-mail or log-in',
      accounts: 0,
      words: ['amy', 'amy@x.example'],
      within: 'acme.example',
      steps: ['the list of all 40 people was read'],
    })
  })

  it('by its id, where an earlier process had found the account', () => {
    expect(searchedIn({ ...search, words: [], accounts: [account()] })).toMatchObject({ by: 'id', accounts: 1 })
  })

  it.each([
    ['nobody can be looked up there', { ...search, accounts: [account({ assumed: true })] }, 'CHAT cannot look'],
    [
      'only an e-mail can, and none is known',
      { ...search, reachable: mailOnly },
      'MAIL looks people up by e-mail only',
    ],
  ])('blind: %s', (_, one, why) => {
    expect(searchedIn(one)).toMatchObject({ accounts: 0, blind: expect.stringContaining(why) })
  })

  it('not blind: an e-mail was found elsewhere, and asked for', () => {
    expect(searchedIn({ ...search, reachable: mailOnly, words: ['amy', 'amy@x.example'] })).not.toHaveProperty('blind')
  })
})

describe('a person of whom a system could tell nothing', () => {
  const searched = [searchedIn({ ...search, reachable: mailOnly })]

  it('is not proved by its silence, and the reason is told; in the report and from the ledger', () => {
    const why =
      'Whether there is an account, nobody can tell: MAIL looks people up by e-mail only, and no e-mail is known.'
    expect(reportPerson(personPlan({ searched }), [proved])).toMatchObject({ verdict: 'unproved', why })
    const entry = { ...amy, name: '', accounts: [], residual: [], notConnected: [], unreached: [], searched }
    const kept = { id: proved.goal, tenant: amy.tenant, system: 'chat', summary: '', spec: null }
    const record: PersonRecord = {
      subject: { kind: 'person', tenant: amy.tenant, name: amy.person },
      entry: { ...entry, goals: [kept] },
      ...{ results: [proved], begun: new Set(), open: new Set(), before: new Map(), sentAt: new Map() },
      ...{
        doubtful: new Map(),
        takenThings: new Map(),
        takenAt: new Map(),
        notes: new Map(),
        refusedThings: new Map(),
      },
    }
    expect(reportOf(record)).toMatchObject({ verdict: 'unproved', why, searched })
    expect(reportOf({ ...record, entry: { ...record.entry, searched: [] } })).toMatchObject({ verdict: 'proved' })
  })

  it('is proved where everybody could tell', () => {
    expect(reportPerson(personPlan({ searched: [searchedIn(search)] }), [proved])).toMatchObject({ verdict: 'proved' })
  })
})

describe('in text', () => {
  const plain = styleFor({}, {})
  const titles = (system: string) => system.toUpperCase()
  const searched = [
    searchedIn(search),
    { ...searchedIn({ ...search, reachable: reachable('hr') }), note: 'The receiver says so.' },
    searchedIn({ ...search, reachable: mailOnly }),
    searchedIn({ ...search, reachable: reachable('here'), accounts: [account()] }),
  ]

  it('each system that knew nobody, and how it was searched', () => {
    expect(onScreen(searchedText(searched, titles, plain))).toBe(
      [
        '  searched for amy, and nobody found:',
        '  · CHAT  by e-mail or log-in in acme.example',
        '  · HR    by e-mail or log-in in acme.example. The receiver says so.',
        '  ! MAIL  MAIL looks people up by e-mail only, and no e-mail is known.\n',
      ].join('\n'),
    )
  })

  it('nobody is said to have been searched for where nobody could be', () => {
    expect(onScreen(searchedText(searched.slice(2), titles, plain))).toBe(
      '  ! MAIL  MAIL looks people up by e-mail only, and no e-mail is known.\n',
    )
  })

  it('in one line for a person who was found', () => {
    expect(onScreen(nobodyIn(searched, titles, plain))).toBe(
      '    MAIL looks people up by e-mail only, and no e-mail is known.\n    searched, and nobody found: CHAT, HR\n',
    )
    expect(nobodyIn(searched.slice(3), titles, plain)).toBe('')
  })
})
