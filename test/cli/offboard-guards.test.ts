import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoFacts } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import {
  allWrites,
  documentOf,
  domain,
  eventsOf,
  everyFollower,
  forgetCalls,
  leaver,
  northwind,
  personIn,
  staffOf,
  stillOpen,
  tenant,
} from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

/** The wrong person, nobody, and people whom nothing may touch: never a write for them, and never in the way of others. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(twins())
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const one = leaver(0)
const { breakGlass, itAdmin } = demoFacts.people
/** Two log-ins of Huddle show the same e-mail. */
const twin = leaver(9)

/** Northwind, with somebody whose log-in in Huddle is another one's e-mail. */
function twins() {
  const world = northwind(...everyFollower)
  for (const person of world.tenants[0]?.people ?? []) if (person.email === leaver(10)) person.huddleLogin = twin
  return world
}

/** Offboards somebody and one who may go, and checks that nothing was written but for the latter. */
async function besides(person: string, ...words: string[]) {
  const ran = await ground.k1ctl(['offboard', person, one, '--yes', '--json', ...words])
  const document = documentOf(ran)
  const [refused, done] = [person, one].map(who => document.people.find(p => p.person === who))
  expect(done?.verdict, ran.stdout).toBe('proved')
  expect(await stillOpen(ground, one)).toEqual([])
  const written = (await allWrites(ground)).map(w => decodeURIComponent(`${w.path} ${'body' in w ? w.body : ''}`))
  const ids = new Set<string>()
  for (const system of ['kaseyaone', 'graphus', 'datto-partner-portal', 'bms', 'scim']) {
    for (const p of await staffOf(ground, system)) if (p.email === person) ids.add(p.id)
  }
  for (const id of ids) expect(written.filter(text => text.includes(id))).toEqual([])
  return { code: ran.code, refused, document, stderr: ran.stderr }
}

describe('nobody, or not ours', () => {
  it('known nowhere: exit 3, the others done', async () => {
    const { code, refused } = await besides(`nobody@${domain}`)
    expect(code).toBe(3)
    expect(refused).toMatchObject({
      verdict: 'unknown-person',
      why: 'Found in no system that is connected.',
      results: [],
    })
  })

  it('a domain that is not the tenant’s is refused with the hint, which helps', async () => {
    const { code, refused } = await besides('x@else.example')
    expect(code).toBe(3)
    expect(refused).toMatchObject({
      verdict: 'incomplete',
      why: `else.example does not belong to Northwind Dental: its domains are ${domain}.`,
      hint: "If it does, say so once: k1ctl tenant domains add 'Northwind Dental' else.example",
    })
    expect((await ground.calls('graphus')).some(c => c.path.includes('else.example'))).toBe(false)
    expect((await ground.k1ctl(['tenant', 'domains', 'add', tenant, 'else.example'])).code).toBe(0)
    expect((await besides('x@else.example')).refused).toMatchObject({ verdict: 'unknown-person' })
  })

  it('the table says it in a word', async () => {
    const { stdout, stderr, code } = await ground.k1ctl(['offboard', `nobody@${domain}`, 'x@else.example', '--yes'])
    expect(code).toBe(3)
    expect(stdout).toContain(`x nobody@${domain}  unknown person\n    Found in no system that is connected.\n`)
    expect(stdout).toContain('x x@else.example  refused\n    else.example does not belong to Northwind Dental')
    // There is nothing to go on with.
    expect(stderr).not.toContain('runs resume')
    expect(stderr).toContain('k1ctl runs show')
  })

  it('NDJSON has a plan for them, too, with the reason', async () => {
    const events = eventsOf(await ground.k1ctl(['offboard', 'x@else.example', '--yes', '--output', 'ndjson']))
    expect(events).toMatchObject([
      { type: 'plan', person: 'x@else.example', tenant, refused: expect.stringContaining('does not belong') },
      { type: 'report', verdict: 'incomplete', people: [{ why: expect.stringContaining('does not belong') }] },
    ])
  })
})

describe('more than one', () => {
  it('several hits are refused, and both are shown', async () => {
    const accounts = (await staffOf(ground, 'scim')).filter(p => [p.email, p.login, ...p.aliases].includes(twin))
    expect(accounts).toHaveLength(2)
    const { code, refused } = await besides(twin)
    expect(code).toBe(3)
    expect(refused?.verdict).toBe('incomplete')
    for (const { id, name } of accounts) expect(refused?.why).toContain(`${name}, id ${id})`)
    expect(refused?.hint).toContain('Name the log-in')
  })

  it('by a log-in alone the person is found everywhere, also where they go by another one', async () => {
    const person = leaver(6)
    const { login } = await personIn(ground, 'scim', person)
    expect(login).not.toContain('@')
    const ran = await ground.k1ctl(['offboard', login, '--yes', '--json'])
    expect(ran.code, ran.stdout).toBe(0)
    expect(await stillOpen(ground, person)).toEqual([])
  })

  it('by an alias, too', async () => {
    const person = leaver(7)
    expect((await personIn(ground, 'scim', person)).login).toMatch(/^chat-/)
    expect((await ground.k1ctl(['offboard', person.toUpperCase(), '--yes'])).code).toBe(0)
    expect(await stillOpen(ground, person)).toEqual([])
  })
})

describe('whom nothing may touch', () => {
  it('the Root Admin', async () => {
    const { code, refused } = await besides(breakGlass)
    expect(code).toBe(3)
    expect(refused?.why).toBe(
      `${breakGlass} in KaseyaOne: the Root Admin can be neither deleted, demoted nor deactivated.`,
    )
  })

  it('somebody who is protected, by e-mail and by log-in', async () => {
    await ground.k1ctl(['protect', 'add', itAdmin.toUpperCase(), '--reason', 'the only one who knows'])
    const { refused } = await besides(itAdmin)
    expect(refused?.why).toBe(`${itAdmin} is protected: the only one who knows.`)
    const chat = await personIn(ground, 'scim', leaver(6))
    await ground.k1ctl(['protect', 'add', chat.login])
    expect((await besides(leaver(6))).refused?.why).toBe(`${leaver(6)} is protected.`)
  })

  it('the account that k1ctl signs in with', async () => {
    const { refused } = await besides('k1ctl-api')
    expect(refused).toMatchObject({
      verdict: 'incomplete',
      why: 'k1ctl-api in BMS is the account that k1ctl itself signs in with.',
    })
  })

  it('the last active Admin of KaseyaOne, once the others are gone', async () => {
    const admins = (await staffOf(ground, 'kaseyaone')).filter(p => p.active && p.roles.includes('admin'))
    expect(admins.length).toBeGreaterThan(1)
    const emails = admins.map(p => p.email)
    const ran = await ground.k1ctl(['offboard', ...emails, '--yes', '--json', '--concurrency', '1'])
    expect(ran.code).toBe(3)
    const left = (await staffOf(ground, 'kaseyaone')).filter(p => p.active && p.roles.some(role => /admin/.test(role)))
    expect(left.length).toBeGreaterThan(0)
    // Partner Portal keeps its last Security Admin, who is one of them.
    const portal = (await staffOf(ground, 'datto-partner-portal')).filter(
      p => p.active && p.roles.includes('security-admin'),
    )
    expect(portal).toHaveLength(1)
  })

  it('a protection that comes between a crash and the resume is respected', async () => {
    await ground.fault('kaseyaone', { method: 'PATCH', drop: 'before' })
    expect((await ground.k1ctl(['offboard', one, '--yes'])).code).toBe(3)
    await ground.k1ctl(['protect', 'add', one])
    await forgetCalls(ground)
    const resumed = await ground.k1ctl(['runs', 'resume', 'last'])
    expect(resumed.code).toBe(3)
    expect(resumed.stdout).toContain(`${one} is protected.`)
    expect(await allWrites(ground)).toEqual([])
  })

  it('nobody left to ask about: no question', async () => {
    const ran = await ground.k1ctl(['offboard', breakGlass, `nobody@${domain}`], { prompter: scriptedPrompter({}) })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('refused: ')
    expect(ran.stderr).toContain('found in no system that is connected')
    expect(ran.stderr).toContain('Nobody of these can be offboarded. Nothing was changed.')
  })
})

describe('too many', () => {
  const three = [leaver(1), leaver(2), leaver(3)]

  it('off a terminal: refused before the first change, nothing left behind, and --max allows it', async () => {
    const ran = await ground.k1ctl(['offboard', '-', '--max', '2', '--yes'], { stdin: three.join('\n') })
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain(
      'error: 3 people are more than the 2 that one run may offboard. Nothing was changed.\nhint: If you mean it: --max 3\n',
    )
    expect(await allWrites(ground)).toEqual([])
    expect(JSON.parse((await ground.k1ctl(['runs', 'list', '--json'])).stdout)).toEqual([])
    expect((await ground.k1ctl(['offboard', '-', '--max', '3', '--yes'], { stdin: three.join('\n') })).code).toBe(0)
  })

  it('ten by default, duplicates counted once', async () => {
    const all = [...demoFacts.leavers.slice(0, 10), demoFacts.leavers[0]]
    const more = { stdin: [...demoFacts.leavers.slice(0, 11)].join('\n') }
    expect((await ground.k1ctl(['offboard', '-', '--yes'], more)).stderr).toContain('11 people are more than the 10')
    const stdin = all.join('\n')
    // Ten of so few is too large a share, which is another limit.
    expect((await ground.k1ctl(['offboard', '-', '--yes'], { stdin })).stderr).toContain('10 people are ')
  })

  it('at a terminal the number is typed', async () => {
    const questions: string[] = []
    const typing = (answer: boolean) =>
      scriptedPrompter({
        async typed(message, expected) {
          questions.push(`${message} ${expected}`)
          return answer
        },
      })
    const words = ['offboard', ...three, '--max', '2']
    const no = await ground.k1ctl(words, { prompter: typing(false) })
    expect(no.code).toBe(130)
    expect(no.stderr).toContain('warning: 3 people are more than the 2 that one run may offboard.')
    expect(await allWrites(ground)).toEqual([])
    expect((await ground.k1ctl(words, { prompter: typing(true) })).code).toBe(0)
    expect(questions).toEqual(['Offboard 3 people? 3', 'Offboard 3 people? 3'])
  })

  it.each([['table'], ['ndjson']])('are told by a dry run (%s), all at once, as a run counts', async format => {
    const six = demoFacts.leavers.slice(0, 6)
    const nobody = ['x1', 'x2', 'x3', 'x4', 'x5'].map(name => `${name}@northwind-dental.example`)
    const words = ['offboard', ...six, ...nobody]
    const shown = await ground.k1ctl([...words, '--dry-run', '--output', format])
    const ran = await ground.k1ctl([...words, '--yes'])
    const hint = /If you mean it: --max 11 --max-share \d+/
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(hint) })
    expect(shown.stderr).toContain(hint.exec(ran.stderr)?.[0])
    expect(await allWrites(ground)).toEqual([])
  })

  it('a share of a system, also at a terminal', async () => {
    const six = demoFacts.leavers.slice(0, 6)
    const ran = await ground.k1ctl(['offboard', ...six, '--yes', '--json'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(
      /6 people are \d+ % of the \d+ accounts in .* of Northwind Dental; one run may take 25 %\./,
    )
    const hint = /--max-share (\d+)/.exec(ran.stderr)
    expect(await allWrites(ground)).toEqual([])
    let asked = 0
    const prompter = scriptedPrompter({ typed: async () => ++asked > 1 })
    expect((await ground.k1ctl(['offboard', ...six], { prompter })).code).toBe(130)
    const allowed = await ground.k1ctl(['offboard', ...six, '--yes', '--max-share', hint?.[1] ?? ''])
    // Each system has its own share; the hint names one that is enough for all.
    expect(allowed.code, allowed.stderr).toBe(0)
    expect(await stillOpen(ground, ...six)).toEqual([])
  })
})
