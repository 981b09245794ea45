import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { allWrites, documentOf, eventsOf, everyFollower, leaver, northwind, stillOpen, tenant } from './leavers.ts'
import { scriptedPrompter } from './scripted-prompter.ts'
import { smallWorld, tenantName } from './small-world.ts'

/** Lists as people have them: each row has its own verdict, and no row stands in the way of another. */
const harbor = tenantName('everythingOn')
const [one, two, three] = [leaver(0), leaver(1), leaver(3)]

let ground: Ground
let ofHarbor = ''
beforeAll(async () => {
  ground = await openGround(twoTenants())
  const { people } = (await ground.control('kaseyaone', 'state')) as {
    people: Record<string, { email: string; active: boolean; roles: string[] }[]>
  }
  ofHarbor = (people['t-002'] ?? []).find(p => p.active && !p.roles.includes('admin'))?.email ?? ''
  expect(ofHarbor).toContain('@')
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

function twoTenants() {
  const world = northwind(...everyFollower)
  return { ...world, tenants: [...world.tenants, ...smallWorld('everythingOn').tenants] }
}

function list(name: string, text: string): string {
  const path = join(ground.home, name)
  writeFileSync(path, text)
  return path
}

interface EvidencePerson {
  person: string
  tenant: string
  reason: string | null
  ticket: string | null
  refused: string | null
}

async function evidence(): Promise<EvidencePerson[]> {
  const { stdout } = await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])
  return JSON.parse(stdout).people
}

describe('CSV with BOM, CRLF, quotes, bad rows, duplicates, and a tenant column', () => {
  const csv = () => [
    '\ufeff"E-Mail",Tenant,Reason,Ticket',
    `"${one}",${tenant},"retires, at last",T-1`,
    `${ofHarbor},${harbor},,T-2`,
    '',
    `"${one.toUpperCase()}",${tenant},again,T-3`,
    ',Northwind Dental,nobody,T-4',
    `"${two};bo@x.example",${tenant},two at once,T-5`,
    `${two},Nowhere Inc,no such tenant,T-6`,
    `${three},"northwind dental",,`,
    `svc-login,,no tenant named,T-7`,
    '',
  ]

  it('each row its verdict; reason and ticket of the row in the evidence', async () => {
    const path = list('leavers.csv', csv().join('\r\n'))
    const ran = await ground.k1ctl([
      'offboard',
      '--from',
      path,
      '--all-tenants',
      '--reason',
      'the call',
      '--yes',
      '--json',
    ])
    expect(ran.code).toBe(3)
    const document = documentOf(ran)
    const verdicts = Object.fromEntries(document.people.map(p => [p.person, [p.tenant, p.verdict, p.why ?? '']]))
    expect(verdicts).toEqual({
      [one]: [tenant, 'proved', ''],
      [ofHarbor]: [harbor, 'proved', ''],
      'line 6': ['', 'incomplete', 'It names nobody: the e-mail or log-in is empty.'],
      'line 7': ['', 'incomplete', `It names more than one person: "${two};bo@x.example"`],
      [two]: ['Nowhere Inc', 'incomplete', 'The list says tenant Nowhere Inc. No tenant is called that.'],
      [three]: [tenant, 'proved', ''],
      'svc-login': ['', 'incomplete', 'svc-login may be somebody else in each of the 2 tenants.'],
    })
    expect(await stillOpen(ground, one, three)).toEqual([])
    expect(await stillOpen(ground, two)).not.toEqual([])

    const told = Object.fromEntries((await evidence()).map(p => [p.person, p]))
    expect(told[one]).toMatchObject({ reason: 'retires, at last', ticket: 'T-1', refused: null })
    expect(told[ofHarbor]).toMatchObject({ tenant: harbor, ticket: 'T-2' })
    expect(told[two]).toMatchObject({ reason: 'no such tenant', ticket: 'T-6' })
    expect(told['line 6']?.refused).toContain('It names nobody')
    const whole = JSON.parse((await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])).stdout)
    expect(whole.reason).toBe('the call')

    // A resume has nothing to do, says the same, and counts nobody twice.
    const writes = await allWrites(ground)
    const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    expect(resumed.code).toBe(3)
    expect(
      documentOf(resumed)
        .people.map(p => [p.person, p.verdict])
        .sort(),
    ).toEqual(document.people.map(p => [p.person, p.verdict]).sort())
    expect(await allWrites(ground)).toEqual(writes)
  })

  it('in one tenant, rows of another are refused with the way out', async () => {
    const path = list('leavers.csv', `email,tenant\n${one},${tenant}\n${ofHarbor},${harbor}\n`)
    const ran = await ground.k1ctl(['offboard', '--from', path, '--yes'])
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain(
      `x ${ofHarbor}  refused\n    The list says tenant ${harbor}. This call is about ${tenant} alone.\n    → For several tenants: --all-tenants\n`,
    )
    expect(ran.stdout).toContain(`✓ ${one}`)
  })
})

describe('other lists', () => {
  it('NDJSON, with reason and ticket; a broken line has its own verdict', async () => {
    const stdin = [
      JSON.stringify({ email: one, reason: 'leaves', ticket: 'T-9' }),
      '{"email": "broken',
      JSON.stringify({ email: two, successor: three }),
    ].join('\n')
    const ran = await ground.k1ctl(['offboard', '-', '--yes', '--output', 'ndjson'], { stdin })
    expect(ran.code).toBe(3)
    const events = eventsOf(ran)
    expect(events.at(-1)).toMatchObject({ type: 'report', verdict: 'incomplete' })
    const said = Object.fromEntries((events.at(-1)?.people ?? []).map(p => [p.person, p.verdict]))
    expect(said).toEqual({ [one]: 'proved', [two]: 'proved', 'line 2': 'incomplete' })
    expect((await evidence()).find(p => p.person === one)).toMatchObject({ reason: 'leaves', ticket: 'T-9' })
  })

  it('what a list says is kept at a terminal, too', async () => {
    const path = list('leavers.csv', `email,ticket\n${one},T-1\n`)
    const prompter = scriptedPrompter({ confirm: async () => true })
    expect((await ground.k1ctl(['offboard', '--from', path], { prompter })).code).toBe(0)
    expect((await evidence())[0]).toMatchObject({ person: one, ticket: 'T-1' })
  })

  it('a bad row at a terminal is shown, makes it exit 3, and stays in the run', async () => {
    const path = list('leavers.csv', `email,ticket\n${one},T-1\n,T-2\n`)
    const prompter = scriptedPrompter({ confirm: async () => true })
    const ran = await ground.k1ctl(['offboard', '--from', path], { prompter })
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('line 3\n  x refused: It names nobody: the e-mail or log-in is empty.')
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(3)
  })

  it.each([
    ['', 'Nobody'],
    ['\n\n', 'Nobody'],
  ])('an empty list is exit 2', async (stdin, sentence) => {
    const ran = await ground.k1ctl(['offboard', '-', '--yes'], { stdin })
    expect(ran.code).toBe(2)
    expect(ran.stderr.toLowerCase()).toContain(sentence.toLowerCase())
    expect(JSON.parse((await ground.k1ctl(['runs', 'list', '--json'])).stdout)).toEqual([])
  })

  it('a column that is not there names those that are', async () => {
    const path = list('leavers.csv', `mailbox,ticket\n${one},T-1\n`)
    const ran = await ground.k1ctl(['offboard', '--from', path, '--column', 'mail', '--yes'])
    expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('It has: mailbox, ticket.') })
    expect((await ground.k1ctl(['offboard', '--from', path, '--column', 'mailbox', '--yes'])).code).toBe(0)
  })

  it('one e-mail that serves two tenants is ended in both', async () => {
    await ground.k1ctl(['tenant', 'domains', 'add', harbor, 'northwind-dental.example'])
    const ran = await ground.k1ctl(['offboard', one, '--all-tenants', '--yes', '--json'])
    expect(
      documentOf(ran)
        .people.map(p => [p.tenant, p.verdict])
        .sort(),
    ).toEqual([
      [harbor, 'unknown-person'],
      [tenant, 'proved'],
    ])
  })
})
