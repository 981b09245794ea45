import { describe, expect, test } from 'vitest'
import { evidenceOf } from '../../src/offboarding/evidence.ts'
import { evidenceHtml } from '../../src/render/evidence-html.ts'
import { evidenceJson } from '../../src/render/evidence-json.ts'
import { evidenceMarkdown } from '../../src/render/evidence-markdown.ts'
import {
  consent,
  end,
  groups,
  head,
  ledgerOf,
  refusedPerson,
  type Step,
  steps,
  systems,
  unknownPerson,
} from './evidence-ledger.ts'

const amy = "Amy O'Brien"
const mail = 'amy@northwind.example'
const whole = async () =>
  evidenceOf(await ledgerOf([head, consent, ...steps(mail, amy), refusedPerson, unknownPerson, end]), systems)
const withGoals = (plan: unknown, which: RegExp) => {
  const { goals } = plan as { goals: { id: string }[] }
  return { ...(plan as object), goals: goals.filter(({ id }) => which.test(id)) }
}
const goalOf = (system: string, kind: string) => `Northwind Dental/${mail}/${system}/${kind}`

describe('evidence of a ledger', () => {
  test('who, what, when, by whom', async () => {
    const reading = await ledgerOf([head, consent, ...steps(mail, amy), refusedPerson, unknownPerson, end])
    const evidence = evidenceOf(reading, systems)
    expect(evidence).toMatchObject({
      run: reading.run,
      kind: 'offboarding',
      command: "k1ctl offboard - --yes --reason 'left the company'",
      operator: 'amy@helpdesk',
      started: reading.entries[0]?.at,
      ended: reading.entries.at(-1)?.at,
      verdict: 'incomplete',
      reason: 'left the company',
      ticket: 'T-4711',
      consents: [{ by: 'amy@helpdesk', how: 'flag' }],
      ledger: {
        state: 'intact',
        alteredFrom: null,
        entries: reading.entries.length,
        hash: reading.entries.at(-1)?.hash,
        doubt: null,
      },
      settings: [],
    })
    expect(evidence.people.map(p => [p.person, p.name, p.tenant, p.verdict])).toEqual([
      [mail, amy, 'Northwind Dental', 'pending'],
      ['root@northwind.example', 'Rosa Root', 'Northwind Dental', 'refused'],
      ['nobody@northwind.example', '', 'Northwind Dental', 'unknown-person'],
    ])
  })

  test('the goals by their step, each with the reading that proved it', async () => {
    const [person] = (await whole()).people
    expect(
      person?.steps.map(s => [s.step, s.goals.map(g => `${g.title}: ${g.summary} · ${g.end} · ${g.proof}`)]),
    ).toEqual([
      [
        'directory',
        [
          'KaseyaOne: Administrator roles are dropped · already · roles: none',
          `KaseyaOne: Sign-in is blocked · changed · active: no, id: u-1001, login: ${mail}`,
          'KaseyaOne: Groups are left · changed · groups: none',
        ],
      ],
      ['infrastructure', []],
      [
        'applications',
        [
          'Graphus: Sign-in is blocked · pending · null',
          'BMS: Sign-in is blocked · by-hand · null',
          'huddle (SCIM 2.0): Sign-in is blocked · changed · keys: AKIA0001 (active: no); AKIA0002 (active: no), id: 0b0c7a52-55f1-4f02-a5c1-0d9a2a3b9f10',
        ],
      ],
      ['devices', []],
    ])
    // What follows another system waits; what a person said they did is not left to anybody.
    expect(person?.leftToAPerson).toEqual([])
    expect(person?.waiting.map(l => l.goal)).toEqual([goalOf('graphus', 'sign-in-blocked')])
    expect(person?.attestations).toMatchObject([
      { goal: goalOf('bms', 'sign-in-blocked'), by: 'ben@helpdesk', note: 'Deactivated in the console, ticket T-4712' },
    ])
    expect(person?.residual).toEqual([
      { system: 'graphus', title: 'Graphus', note: 'Mail that was forwarded before stays where it went.' },
    ])
    expect(person?.notConnected).toEqual([{ system: 'datto-partner-portal', title: 'datto-partner-portal' }])
  })

  test('what was read before and after, a thing a line, however many there are', async () => {
    const [person] = (await whole()).people
    const goals = person?.steps.flatMap(step => step.goals) ?? []
    const statesIn = (goal: string) =>
      goals.find(g => g.goal === goal)?.states.map(s => [s.of, s.thing, s.before, s.after])
    expect(statesIn(goalOf('kaseyaone', 'groups-left'))).toEqual(groups.map(one => ['groups', one, 'there', 'gone']))
    expect(statesIn(goalOf('scim:huddle', 'sign-in-blocked'))).toEqual([
      ['keys', 'AKIA0001', 'active: yes', 'active: no'],
      ['keys', 'AKIA0002', 'active: yes', 'active: no'],
      ['id', null, expect.any(String), expect.any(String)],
    ])
    // Of what held already, one reading tells all; of what ended without one, none does.
    expect(statesIn(goalOf('kaseyaone', 'admin-roles-dropped'))).toEqual([['roles', null, null, 'none']])
    expect(statesIn(goalOf('bms', 'sign-in-blocked'))).toEqual([])
    expect(goals.find(g => g.goal === goalOf('kaseyaone', 'sign-in-blocked'))).toMatchObject({
      before: { active: true, id: 'u-1001', login: mail },
      after: { active: false, id: 'u-1001', login: mail },
    })
  })

  test('where somebody was looked for and not found, and how much that says', async () => {
    const evidence = await whole()
    const [person, , nobody] = evidence.people
    expect(person?.searched?.filter(one => one.accounts === 0)).toEqual([
      {
        ...{ system: 'scim:wiki', title: 'wiki (SCIM 2.0)', by: 'user name', words: ['amy'], within: 'wiki.example' },
        ...{ steps: ['the list was read'], accounts: 0, blind: null, note: null },
      },
      expect.objectContaining({ system: 'scim:post', blind: 'It looks up e-mails only.' }),
      expect.objectContaining({ system: 'scim:doors', note: 'The receiver says so.' }),
    ])
    // A ledger of before that was written down.
    expect(nobody?.searched).toBeNull()
    for (const text of [evidenceHtml(evidence), evidenceMarkdown(evidence)]) {
      expect(text).toContain('by user name (amy) in wiki.example; the list was read')
      expect(text).toContain('Cannot tell. It looks up e-mails only.')
      expect(text).toContain('Nobody. The receiver says so.')
    }
  })

  test('is not proved on the silence of a system that cannot tell', async () => {
    const all = steps(mail, amy)
    const kept = all.filter(([, , goal]) => goal === undefined || /kaseyaone|huddle/.test(goal))
    const only = kept.map(
      (step): Step => (step[0] === 'plan' ? [step[0], withGoals(step[1], /kaseyaone|huddle/)] : step),
    )
    const { people } = evidenceOf(await ledgerOf([head, consent, ...only]), systems)
    expect(people[0]?.verdict).toBe('unproved')
  })

  test('an undo that had to leave something is not called proved', async () => {
    const lost = [{ goal: 'g', system: 'bms', summary: 'deleted', why: 'the account stays deleted' }]
    const goal = { id: 'n/bms/require', tenant: 'n', system: 'bms', summary: 'It is back', spec: {} }
    const proof = proofOf(goal)
    const evidence = evidenceOf(
      await ledgerOf([
        [
          'plan',
          { kind: 'undo', command: 'k1ctl runs undo last', operator: 'a@b', goals: [goal], unreached: [], lost },
        ],
        ['proof', proof, goal.id],
        ['report', { verdict: 'proved' }],
      ]),
      systems,
    )
    expect(evidence.verdict).toBe('incomplete')
    expect(evidence.lost).toMatchObject([{ title: 'BMS', why: 'the account stays deleted' }])
    for (const text of [evidenceHtml(evidence), evidenceMarkdown(evidence)]) {
      expect(text).toContain('Cannot be given back')
      expect(text).toContain('the account stays deleted')
      expect(text).not.toMatch(/>Proved<|\*\*Proved\*\*/)
    }
  })

  test('of a process that died says what was begun and what was not', async () => {
    const cut = [head, consent, ...steps(mail, amy)].slice(0, 6)
    const { verdict, people } = evidenceOf(await ledgerOf(cut), systems)
    expect(verdict).toBe('interrupted')
    expect(people[0]?.verdict).toBe('interrupted')
    expect(people[0]?.steps[0]?.goals.map(g => [g.kind, g.end, g.sent])).toEqual([
      ['admin-roles-dropped', 'already', 0],
      ['sign-in-blocked', 'not-finished', 1],
      ['groups-left', 'not-begun', 0],
    ])
    expect(people[0]?.leftToAPerson).toHaveLength(5)
  })

  test('of a run that went on counts the last word, and how often a change was begun', async () => {
    const all = [head, consent, ...steps(mail, amy)]
    const [plan, ...rest] = steps(mail, amy)
    if (!plan) throw new Error('no plan')
    const { people } = evidenceOf(await ledgerOf([...all.slice(0, 6), plan, ...rest, end]), systems)
    expect(people).toHaveLength(1)
    expect(people[0]?.steps.flatMap(s => s.goals)).toHaveLength(6)
    expect(people[0]?.steps[0]?.goals[1]).toMatchObject({ end: 'changed', proved: true, sent: 2 })
  })

  test('an earlier proof does not speak for a change that was begun after it', async () => {
    const again: Step = ['intent', { summary: '', differences: [] }, goalOf('kaseyaone', 'groups-left')]
    const { people } = evidenceOf(await ledgerOf([head, consent, ...steps(mail, amy), again]), systems)
    expect(people[0]?.steps[0]?.goals[2]).toMatchObject({ end: 'not-finished', proved: false, proof: null })
  })

  test('of an altered ledger tells only what is proved to be as it was', async () => {
    const reading = await ledgerOf([head, consent, ...steps(mail, amy), end])
    const altered = { ...reading, entries: reading.entries.slice(0, 4), chain: { state: 'altered', seq: 4 } as const }
    const evidence = evidenceOf(altered, systems)
    expect(evidence.ledger).toMatchObject({
      state: 'altered',
      alteredFrom: 4,
      entries: 4,
      hash: reading.entries[3]?.hash,
    })
    expect(evidenceHtml(evidence)).toContain('ALTERED from entry 4 on')
    expect(evidenceMarkdown(evidence)).toContain('ALTERED from entry 4 on')
  })

  test('goals about no person are told too', async () => {
    const goal = { id: 'n/bms/require', tenant: 'n', system: 'bms', summary: 'Require Log In is on', spec: {} }
    const proof = proofOf(goal)
    const steps: Step[] = [
      ['plan', { command: 'k1ctl require-log-in enable bms', operator: 'a@b', goals: [goal], unreached: [] }],
      ['proof', proof, goal.id],
      ['report', { verdict: 'proved' }],
    ]
    const evidence = evidenceOf(await ledgerOf(steps), systems)
    expect(evidence.people).toEqual([])
    expect(evidence.settings).toMatchObject([{ title: 'BMS', end: 'changed', proved: true, proof: 'on: yes' }])
    expect(evidenceHtml(evidence)).toContain('Require Log In is on')
  })
})

/** As a ledger has it when the goal came to hold. */
function proofOf({ id, spec: _, ...kept }: Record<'id' | 'tenant' | 'system' | 'summary', string> & { spec: object }) {
  const at = '2026-11-21T17:00:30.000Z'
  return { ...kept, goal: id, end: 'changed', proved: true, at, differences: [], reading: { on: true } }
}

const nasty = `<img src=x onerror=alert(1)> & "q" 'a' \`c\` | [l](http://e) **b** \u001b[31m\u0007\u202e\r\n# x`

async function nastyEvidence() {
  const person = `${nasty}@x.example`
  const goal = { id: 'g', tenant: nasty, person, system: nasty, kind: 'sign-in-blocked', summary: nasty, reach: 'api' }
  const closing = {
    ...goal,
    goal: 'g',
    end: 'by-hand',
    proved: false,
    at: nasty,
    differences: [],
    why: nasty,
    hint: nasty,
    steps: [nasty],
  }
  const account = { id: nasty, login: nasty, email: nasty, name: nasty, active: true, roles: [] }
  const plan = {
    ...{ person, tenant: nasty, name: nasty, refused: nasty, goals: [goal], notConnected: [nasty] },
    ...{ accounts: [{ system: nasty, account }], residual: [{ system: nasty, note: nasty }] },
    unreached: [{ tenant: nasty, system: nasty, why: nasty }],
  }
  const reading = await ledgerOf([
    ['plan', { command: nasty, operator: nasty, options: { reason: nasty, ticket: nasty }, goals: [], unreached: [] }],
    ['consent', { by: nasty, how: nasty }],
    ['plan', plan],
    ['plan', { ...plan, person: 'second', goals: [] }],
    ['outcome', closing, 'g'],
    ['attestation', { by: nasty, note: nasty }, 'g'],
  ])
  return evidenceOf({ ...reading, run: nasty, entries: reading.entries.map(e => ({ ...e, run: nasty })) }, systems)
}

/** The tags of a page, without what is between them. */
function tags(html: string): string[] {
  return (html.match(/<[^>]*>/g) ?? []).map(tag => tag.replace(/^<\/?([a-z0-9!]+).*$/is, '$1'))
}

describe('HTML', () => {
  test('is one page that needs nothing else', async () => {
    const html = evidenceHtml(await whole())
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`)
    expect(html).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|url\(|@import|\son\w+=|https?:/i)
  })

  test('is light or dark as its reader likes it, and light on paper', async () => {
    const html = evidenceHtml(await whole())
    expect(html).toContain('<meta name="color-scheme" content="light dark">')
    expect(html).toContain('@media screen and (prefers-color-scheme: dark)')
    expect(html.match(/prefers-color-scheme/g)).toHaveLength(1)
  })

  test('folds what is long, on a screen only, and leaves nothing of it out', async () => {
    const html = evidenceHtml(await whole())
    for (const group of groups) expect(html).toContain(`${group}<span class="note">k1-${group}</span>`)
    expect(html).toContain('<summary>6 more, 6 of them changed</summary>')
    expect(html).toMatch(
      /@media screen \{ tbody:has\(details:not\(\[open\]\)\) \+ tbody\.folded \{ display: none; \} \}/,
    )
    expect(html.match(/display: none/g)).toHaveLength(2)
  })

  test('tells what is open before anything else of a person, and people of whom nothing is open last', async () => {
    const html = evidenceHtml(await whole())
    const at = (text: string) => html.indexOf(text)
    expect(at('Waiting: asked for')).toBeGreaterThan(0)
    expect(at('Waiting: asked for')).toBeLessThan(at('Where they were looked for'))
    expect(at('Where they were looked for')).toBeLessThan(at('</i>Directory'))
  })

  test('every table has headers with a scope, every section its person', async () => {
    const html = evidenceHtml(await whole())
    expect(html.match(/<th(?! scope="(col|row|rowgroup)")[\s>]/g)).toBeNull()
    expect(html.match(/<section class="person"/g)).toHaveLength(3)
    for (const i of [1, 2, 3]) {
      expect(html).toContain(`href="#person-${i}"`)
      expect(html).toContain(`id="person-${i}" aria-labelledby="name-${i}"`)
    }
  })

  test('every element that is opened is closed', async () => {
    for (const evidence of [await whole(), await nastyEvidence()]) {
      const open: string[] = []
      for (const tag of evidenceHtml(evidence).match(/<\/?[a-z][^>]*>/g) ?? []) {
        const name = tag.replace(/^<\/?([a-z0-9]+).*$/s, '$1')
        if (['meta', 'col', 'wbr'].includes(name)) continue
        if (tag.startsWith('</')) expect(open.pop()).toBe(name)
        else open.push(name)
      }
      expect(open).toEqual([])
    }
  })

  test('whatever a server or an operator wrote is text', async () => {
    const html = evidenceHtml(await nastyEvidence())
    expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;q&quot; &#39;a&#39;')
    expect(tags(html)).not.toContain('img')
    expect(html).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e]/)
    // In the style, the run's name is CSS: nothing of it may end the rule.
    expect(html.match(/<\/style>/g)).toHaveLength(1)
    expect(html.match(/@bottom-left \{ content: "([^"]*)"/)?.[1]).toMatch(/^[\w ·-]*$/)
  })
})

describe('Markdown', () => {
  test('tells the same in tables', async () => {
    const text = evidenceMarkdown(await whole())
    expect(text).toContain(`## Amy O'Brien (${mail})`)
    expect(text).toContain(
      '| KaseyaOne (contract of k1ctl) | Groups are left | Done, proved | read back 2026-11-21 17:00:30 UTC |',
    )
    for (const group of groups) expect(text).toContain(`| KaseyaOne | Groups: ${group} (k1-${group}) | there | gone |`)
    expect(text).toContain('| huddle (SCIM 2.0) | Keys: AKIA0001 | active: yes | active: no |')
    expect(text).toContain('### Access that may remain\n\n- **Graphus**: Mail that was forwarded')
    expect(text).toContain('Nothing was done: root in KaseyaOne: the Root Admin.')
  })

  test('has as many cells in every row as in its head, whatever the text', async () => {
    for (const evidence of [await whole(), await nastyEvidence()]) {
      const blocks = evidenceMarkdown(evidence)
        .split('\n\n')
        .filter(block => block.startsWith('|'))
      expect(blocks.length).toBeGreaterThan(2)
      for (const block of blocks) {
        const cells = block
          .trimEnd()
          .split('\n')
          .map(row => row.replaceAll(/\\[\\|]/g, '').split('|').length)
        expect(new Set(cells).size).toBe(1)
      }
    }
  })

  test('whatever a server or an operator wrote is text', async () => {
    const text = evidenceMarkdown(await nastyEvidence())
    expect(text).toContain('\\<img src=x onerror=alert(1)\\> \\& "q" \'a\' \\`c\\` \\| \\[l\\](http://e) \\*\\*b\\*\\*')
    expect(text.replaceAll(/(`+).*?[^`]\1(?!`)/g, '')).not.toMatch(/(?<!\\)<img/)
    expect(text).not.toMatch(/^# x/m)
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  })
})

describe('JSON', () => {
  test('keeps its shape', async () => {
    const document = JSON.parse(evidenceJson(await whole()))
    expect(document).toMatchObject({ format: 'k1ctl-evidence', version: 1 })
    expect(Object.keys(document)).toEqual(
      'format version run kind command operator started ended verdict reason ticket consents ledger people settings unreached lost'.split(
        ' ',
      ),
    )
    expect(Object.keys(document.people[0])).toEqual(
      'person name tenant verdict reason ticket refused accounts steps unreached notConnected residual searched leftToAPerson waiting attestations'.split(
        ' ',
      ),
    )
    expect(Object.keys(document.people[0].steps[0].goals[0])).toEqual(
      'goal tenant system title kind summary reach end proved at sentAt sent proof before after states why hint steps differences'.split(
        ' ',
      ),
    )
  })
})
