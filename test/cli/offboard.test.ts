import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import {
  allWrites,
  documentOf,
  elsewhere,
  endsOf,
  eventsOf,
  everyFollower,
  forgetCalls,
  leaver,
  northwind,
  type OffboardEventLine,
  staffOf,
  stillOpen,
  tenant,
} from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'
import { smallWorld, tenantName } from './small-world.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind(...everyFollower))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const [one, two] = [leaver(0), leaver(1)]
const piped = { stdin: `${one}\n${two}\n` }
const goalsOfOne = [
  'kaseyaone/admin-roles-dropped',
  'kaseyaone/sign-in-blocked',
  'kaseyaone/groups-left',
  'bms/sign-in-blocked',
  'graphus/sign-in-blocked',
  'datto-partner-portal/sign-in-blocked',
  'scim:huddle/admin-roles-dropped',
  'scim:huddle/sign-in-blocked',
  'scim:huddle/groups-left',
]

describe('two leavers over stdin, everything on', () => {
  it('all proved, every goal listed; again: all already, and not one write', async () => {
    expect(await stillOpen(ground, one, two)).not.toEqual([])
    const first = await ground.k1ctl(['offboard', '-', '--yes', '--json'], piped)
    expect(first.code, first.stderr).toBe(0)
    const document = documentOf(first)
    expect(document).toMatchObject({ verdict: 'proved', people: [{ verdict: 'proved' }, { verdict: 'proved' }] })
    for (const person of [one, two])
      expect(Object.keys(endsOf(document, person)).sort()).toEqual([...goalsOfOne].sort())
    expect(document.people.flatMap(p => p.results).every(r => r.proved && r.reading !== undefined)).toBe(true)
    expect(await stillOpen(ground, one, two)).toEqual([])

    await forgetCalls(ground)
    const again = await ground.k1ctl(['offboard', '-', '--yes', '--json'], piped)
    expect(again.code, again.stderr).toBe(0)
    expect(new Set(documentOf(again).people.flatMap(p => p.results.map(r => r.end)))).toEqual(new Set(['already']))
    expect(await allWrites(ground)).toEqual([])
  })

  it('the directory first, then what follows and what does not', async () => {
    await ground.k1ctl(['offboard', one, '--yes'])
    const writes = (await allWrites(ground)).map(w => w.system)
    expect(new Set(writes)).toEqual(new Set(['kaseyaone', 'scim']))
    expect(writes.indexOf('scim')).toBeGreaterThan(writes.indexOf('kaseyaone'))
  })

  it('NDJSON: an event a line, the report last', async () => {
    const ran = await ground.k1ctl(['offboard', '-', '--yes', '--output', 'ndjson'], piped)
    expect(ran.code, ran.stderr).toBe(0)
    const events = eventsOf(ran)
    const last = events.at(-1)
    const name = { [one]: "Siobhan O'Brien", [two]: 'Dana Whitfield' }
    expect(last).toEqual({
      type: 'report',
      run: expect.stringMatching(/^\d{8}-\d{6}-[0-9a-f]{4}$/),
      verdict: 'proved',
      people: expect.arrayContaining(
        [one, two].map(person => ({ person, tenant, name: name[person], verdict: 'proved' })),
      ),
    })
    expect(new Set(events.map(e => e.type))).toEqual(new Set(['plan', 'intent', 'proof', 'report']))
    expect(new Set(events.map(e => e.run))).toEqual(new Set([last?.run]))
    for (const person of [one, two]) expectWhole(events.filter(e => e.person === person))
    expect(events.filter(e => e.type === 'report')).toHaveLength(1)
  })

  /** One person's events: the plan, then each goal with its intent before its proof. */
  function expectWhole(events: OffboardEventLine[]): void {
    const [plan, ...rest] = events
    const goals = (plan?.goals ?? []) as { goal: string; system: string; kind: string; standing: string }[]
    expect(plan).toMatchObject({
      type: 'plan',
      tenant,
      refused: null,
      unreached: [],
      notConnected: elsewhere,
    })
    expect(goals.map(g => `${g.system}/${g.kind}`).sort()).toEqual([...goalsOfOne].sort())
    for (const { goal, system, kind, standing } of goals) {
      const told = rest.filter(e => e.goal === goal)
      const proof = told.at(-1)
      expect(proof).toMatchObject({ type: 'proof', tenant, system, kind, proved: true, at: expect.any(String) })
      // What another system brings about in time needs no intent of its own.
      const intents = told.filter(e => e.type === 'intent')
      if (standing === 'holds') expect(intents).toEqual([])
      expect(told).toHaveLength(intents.length + 1)
    }
    expect(rest).toHaveLength(rest.filter(e => goals.some(g => g.goal === e.goal)).length)
  }

  it('a line a person, and below only what is left to do', async () => {
    const ran = await ground.k1ctl(['offboard', '-', '--yes'], piped)
    expect(ran.stdout.split('\n').sort()).toEqual([
      '',
      `✓ ${two} Dana Whitfield  proved  7 changed, 2 already`,
      `✓ ${one} Siobhan O'Brien  proved  7 changed, 2 already`,
    ])
    expect(ran.stderr).toMatch(
      /^Tenant: Northwind Dental\nRun (\S+)\nproved: every change was read back · run \1\n→ k1ctl runs report \1 --format html --to \1.html\n$/,
    )
    expect((await ground.k1ctl(['offboard', one, '--yes', '--quiet'])).stderr).toBe('')
  })
})

describe('Harbor Light, as it is seeded', () => {
  it('two of its people: proved, and by the simulators, too', async () => {
    const harbor = await openGround(smallWorld('everythingOn'), tenantName('everythingOn'))
    try {
      const people = (
        (await harbor.control('kaseyaone', 'state')) as {
          people: Record<string, { email: string; active: boolean; roles: string[] }[]>
        }
      ).people['t-002']
      const leavers = (people ?? [])
        .filter(p => p.active && !p.roles.includes('admin'))
        .slice(0, 2)
        .map(p => p.email)
      const ran = await harbor.k1ctl(['offboard', '-', '--yes', '--json'], { stdin: `${leavers.join('\n')}\n` })
      expect(ran.code, ran.stderr + ran.stdout).toBe(0)
      expect(documentOf(ran).people.map(p => p.verdict)).toEqual(['proved', 'proved'])
      for (const system of ['kaseyaone', 'graphus', 'datto-partner-portal', 'bms', 'scim']) {
        const { people: all } = (await harbor.control(system, 'state')) as {
          people: Record<string, { email: string; active: boolean }[]>
        }
        expect((all['t-002'] ?? []).filter(p => leavers.includes(p.email) && p.active)).toEqual([])
      }
      await forgetCalls(harbor)
      expect((await harbor.k1ctl(['offboard', ...leavers, '--yes'])).code).toBe(0)
      expect(await allWrites(harbor)).toEqual([])
    } finally {
      await harbor.close()
    }
  })
})

describe('consent', () => {
  it('without --yes and without a terminal: exit 2, and nothing but reads', async () => {
    const ran = await ground.k1ctl(['offboard', '-', '--json'], piped)
    expect(ran.code).toBe(2)
    expect(JSON.parse(ran.stdout)).toMatchObject({ error: { kind: 'unattended' } })
    expect(ran.stderr).toContain('Look first with --dry-run, then consent with --yes.')
    expect(await allWrites(ground)).toEqual([])
    expect(JSON.parse((await ground.k1ctl(['runs', 'list', '--json'])).stdout)).toEqual([])
  })

  it.each([['--json'], ['--no-input'], ['--output', 'ndjson']])(
    '%s never asks, even at a terminal',
    async (...words) => {
      const ran = await ground.k1ctl(['offboard', one, ...words], { prompter: scriptedPrompter({}) })
      expect(ran.code).toBe(2)
      expect(await allWrites(ground)).toEqual([])
    },
  )

  it('at a terminal all is shown before the question, and told in it, under --quiet, too; no is 130', async () => {
    const asked: string[] = []
    const prompter = scriptedPrompter({
      async confirm(message, more) {
        asked.push(message)
        await more?.show()
        return false
      },
    })
    for (const words of [[], ['--quiet']]) {
      const ran = await ground.k1ctl(['offboard', one, ...words], { prompter })
      expect(ran.code).toBe(130)
      const [page = '', details = ''] = ran.stderr.split('In the details: 8 remarks.\n')
      expect(page).toContain(`Siobhan O'Brien <${one}> of ${tenant}\n`)
      expect(page).toContain('  ~ KaseyaOne                  sign-in, groups\n')
      expect(page).toContain('7 changes in 5 systems; 2 hold already. ')
      expect(page).not.toContain('  · ')
      expect(details.match(/^ {2}· /gm)).toHaveLength(8)
      expect(details).toContain('  ~ KaseyaOne                  sign-in blocked: allowed → blocked\n')
      expect(ran.stderr).toContain('sign-in blocked (expected to follow): allowed → blocked\n')
      expect(ran.stderr).toContain('Nothing was changed.')
    }
    const question = `Offboard Siobhan O'Brien <${one}> of ${tenant}?`
    expect(asked).toEqual([question, question])
    expect(await allWrites(ground)).toEqual([])
    expect(JSON.parse((await ground.k1ctl(['runs', 'list', '--json'])).stdout)).toEqual([])
  })

  it('yes is kept in the ledger, with who said it', async () => {
    const ran = await ground.k1ctl(['offboard', one, two, '--delete'], {
      prompter: scriptedPrompter({
        async confirm(message) {
          expect(message).toBe('Offboard and DELETE these 2 people?')
          return true
        },
      }),
    })
    expect(ran.code, ran.stderr).toBe(0)
    const report = await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])
    expect(JSON.parse(report.stdout).consents).toMatchObject([{ by: 'tester@here', how: 'terminal' }])
  })

  it('what changes while somebody thinks is refused, not done', async () => {
    const ran = await ground.k1ctl(['offboard', one, two], {
      prompter: scriptedPrompter({
        async confirm() {
          expect((await ground.k1ctl(['offboard', one, '--only', 'scim', '--yes'])).code).toBe(0)
          await forgetCalls(ground)
          return true
        },
      }),
    })
    expect(ran.code).toBe(3)
    expect(ran.stdout).toMatch(new RegExp(`x ${one.replace('.', '\\.')} .* refused`))
    expect(ran.stdout).toContain('It is no longer as it was when you agreed: ')
    expect(await stillOpen(ground, two)).toEqual([])
    const kaseyaone = (await staffOf(ground, 'kaseyaone')).find(p => p.email === one)
    expect(kaseyaone?.active).toBe(true)
  })
})

describe('--dry-run', () => {
  it('shows who, where and what, and changes nothing', async () => {
    const ran = await ground.k1ctl(['offboard', one, '--dry-run'])
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain(
      `Siobhan O'Brien <${one}> · ${tenant}\n  1 keep out\n  = KaseyaOne                  admin roles dropped: already\n`,
    )
    expect(ran.stdout).toContain('huddle (SCIM 2.0 service)  groups left: Front Office → none\n')
    expect(await allWrites(ground)).toEqual([])
  })

  it('what remains is said once for all people', async () => {
    const { stdout } = await ground.k1ctl(['offboard', one, two, '--dry-run'])
    expect(stdout.match(/Modules without automatic deprovisioning keep/g)).toHaveLength(1)
  })

  it('--exit-code: 5 while there is something to do, 0 after', async () => {
    expect((await ground.k1ctl(['offboard', one, '--dry-run', '--exit-code'])).code).toBe(5)
    expect((await ground.k1ctl(['offboard', one, '--yes'])).code).toBe(0)
    expect((await ground.k1ctl(['offboard', one, '--dry-run', '--exit-code'])).code).toBe(0)
  })

  it('JSON is one document, NDJSON a plan a line', async () => {
    const json = await ground.k1ctl(['offboard', one, 'nobody@northwind-dental.example', '--dry-run', '--json'])
    expect(json.code).toBe(3)
    expect(JSON.parse(json.stdout)).toMatchObject({
      people: [
        {
          person: one,
          refused: null,
          goals: expect.arrayContaining([expect.objectContaining({ standing: 'not-yet' })]),
        },
        { person: 'nobody@northwind-dental.example', accounts: [], goals: [] },
      ],
    })
    const lines = eventsOf(await ground.k1ctl(['offboard', '-', '--dry-run', '--output', 'ndjson'], piped))
    expect(lines.map(l => [l.type, l.run, l.person])).toEqual([
      ['plan', null, one],
      ['plan', null, two],
    ])
  })

  it('warns when one run may not take so many', async () => {
    const ran = await ground.k1ctl(['offboard', one, two, '--max', '1', '--dry-run'])
    expect(ran.code).toBe(0)
    expect(ran.stderr).toContain('2 people are more than the 1 that one run may offboard.')
  })
})

describe('usage', () => {
  it.each([
    [['offboard'], 'Nobody is named.'],
    [['offboard', one, '--output', 'csv', '--yes'], 'offboard has no CSV output.'],
    [['offboard', one, '--only', 'graphs', '--yes'], 'There is no system called graphs.'],
    [['offboard', one, '--only', 'bms', '--except', 'bms', '--yes'], '--only bms and --except bms contradict'],
    [['offboard', one, '--successor', 'bob', '--yes'], '--successor takes an e-mail, or the word manager, not "bob".'],
    [['offboard', one, '--max-share', '101', '--yes'], '--max-share takes a whole number from 1 to 100'],
    [['offboard', one, '--wait', '3s', '--yes'], '--wait takes a whole number of seconds from 0 to 86400, not "3s"'],
    [['offboard', one, '--column', 'email', '--yes'], '--column is for a list'],
  ])('%s', async (words, sentence) => {
    const ran = await ground.k1ctl(words)
    expect(ran.code).toBe(2)
    expect(ran.stderr).toContain(sentence)
    expect(await allWrites(ground)).toEqual([])
  })

  it('nothing connected is exit 4, not an unknown person', async () => {
    const only = await ground.k1ctl(['offboard', one, '--only', 'scim:nope', '--yes'])
    expect(only.code).toBe(4)
    expect(only.stderr).toContain('No system that --only and --except let in is connected for Northwind Dental')
    await ground.k1ctl(['tenant', 'add', 'Bare', '--domain', 'bare.example'])
    const bare = await ground.k1ctl(['offboard', 'a@bare.example', '--tenant', 'Bare', '--yes'])
    expect(bare.code).toBe(4)
    expect(bare.stderr).toContain('No system is connected for Bare: nobody can be looked for.')
  })
})
