import { afterEach, describe, expect, it } from 'vitest'
import { openConfig } from '../../src/store/config-store.ts'
import { homeIn, processes } from '../store/ground.ts'
import { type Ground, openGround } from './harness.ts'
import {
  allWrites,
  copyHome,
  documentOf,
  elsewhere,
  endsOf,
  everyFollower,
  type Follower,
  forgetCalls,
  leaver,
  northwind,
  personIn,
  resultIn,
  stillOpen,
  tenant,
} from './leavers.ts'

/** KaseyaOne deactivates; the modules follow, or k1ctl does their part, or a person does. */
let ground: Ground
afterEach(() => ground.close())

const person = leaver(2)
const admin = leaver(4)
const offboard = (...words: string[]) => ground.k1ctl(['offboard', person, '--yes', '--json', ...words])

async function open(...following: Follower[]) {
  ground = await openGround(northwind(...following))
}

async function followAfter(ms: number) {
  const control = ground.sandbox.systems.kaseyaone?.control
  const answer = await fetch(`${control}/deprovision-delay`, { method: 'POST', body: JSON.stringify({ ms }) })
  expect(answer.ok).toBe(true)
}

const writesOf = async (...systems: string[]) => (await allWrites(ground)).filter(w => systems.includes(w.system))

describe('deprovisioning on', () => {
  it('the modules are followed and read back, never written', async () => {
    await open(...everyFollower)
    const ran = await offboard()
    expect(ran.code, ran.stdout).toBe(0)
    const document = documentOf(ran)
    for (const system of everyFollower) {
      expect(resultIn(document, system, 'sign-in-blocked')).toMatchObject({
        end: 'changed',
        proved: true,
        why: 'It followed, as expected.',
        reading: { active: false },
      })
    }
    expect(await writesOf(...everyFollower)).toEqual([])
  })

  it('later than at once: waited for', async () => {
    await open(...everyFollower)
    await followAfter(900)
    const ran = await offboard('--wait', '20')
    expect(ran.code, ran.stdout).toBe(0)
    expect(await stillOpen(ground, person)).toEqual([])
    expect(await writesOf(...everyFollower)).toEqual([])
  })

  it('longer than --wait: pending, exit 3; resume proves it, and writes nothing', async () => {
    await open(...everyFollower)
    await followAfter(2000)
    const left = Date.now()
    const ran = await offboard('--wait', '0')
    expect(ran.code).toBe(3)
    expect(documentOf(ran).verdict).toBe('pending')
    expect(resultIn(documentOf(ran), 'graphus', 'sign-in-blocked')).toMatchObject({
      end: 'pending',
      proved: false,
      why: 'Not yet. Graphus follows KaseyaOne: automatic deprovisioning is on.',
    })
    expect((await ground.k1ctl(['runs', 'verify', 'last'])).code).toBe(3)

    // Still not: the run waits as long as it was told to, and stays pending.
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(3)
    await new Promise(resolve => setTimeout(resolve, left + 3000 - Date.now()))
    await forgetCalls(ground)
    const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    expect(resumed.code, resumed.stdout).toBe(0)
    expect(endsOf(documentOf(resumed))).toMatchObject({
      'graphus/sign-in-blocked': 'changed',
      'bms/sign-in-blocked': 'changed',
      'datto-partner-portal/sign-in-blocked': 'changed',
    })
    expect(await allWrites(ground)).toEqual([])
    expect(await stillOpen(ground, person)).toEqual([])
  })
})

describe('deprovisioning off', () => {
  it('the module’s own account is blocked; BMS is by hand, with the steps', async () => {
    await open()
    const ran = await offboard()
    expect(ran.code).toBe(3)
    const document = documentOf(ran)
    expect(document.verdict).toBe('pending')
    expect(endsOf(document)).toMatchObject({
      'graphus/sign-in-blocked': 'changed',
      'datto-partner-portal/sign-in-blocked': 'changed',
      'bms/sign-in-blocked': 'by-hand',
    })
    expect(await writesOf('graphus', 'datto-partner-portal')).toHaveLength(2)
    const bms = resultIn(document, 'bms', 'sign-in-blocked')
    expect(bms.reach).toBe('by-hand')
    expect(bms.steps?.length).toBeGreaterThan(2)
    expect(bms.steps?.join(' ')).toContain('anne-marie.smith-jones')
    expect(await writesOf('bms')).toEqual([])
    const table = await ground.k1ctl(['offboard', person, '--yes'])
    expect(table.stdout).toContain('    BMS, sign-in blocked: by hand. A person has to do it.\n      1. Sign in to BMS')
    expect(table.stderr).toMatch(
      /→ Done by hand\? Say so: k1ctl runs attest \S+ 'Northwind Dental\/[^']+\/bms\/sign-in-blocked' --note /,
    )
  })

  it('an attestation that BMS contradicts is no proof; one that it confirms is', async () => {
    await open()
    await offboard()
    const goal = `${tenant}/${person}/bms/sign-in-blocked`
    const attest = () => ground.k1ctl(['runs', 'attest', 'last', goal, '--note', 'Deactivated at 17:10'])
    expect((await attest()).code).toBe(0)
    const early = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    expect(early.code).toBe(3)
    expect(resultIn(documentOf(early), 'bms', 'sign-in-blocked')).toMatchObject({
      end: 'by-hand',
      proved: false,
      why: expect.stringMatching(
        /^Attested by tester@here at .*: Deactivated at 17:10 \(but what was read does not show it\)$/,
      ),
    })
    await deactivateInBms()
    const late = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
    expect(late.code, late.stdout).toBe(0)
    expect(resultIn(documentOf(late), 'bms', 'sign-in-blocked')).toMatchObject({
      end: 'changed',
      proved: true,
      why: expect.stringContaining('Attested by tester@here'),
      reading: { active: false },
    })
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
  })

  /** As a person would: here through KaseyaOne, with deprovisioning on for a moment. */
  async function deactivateInBms() {
    const other = copyHome(ground)
    try {
      expect((await other.k1ctl(['deprovisioning', 'enable', 'bms', '--yes'])).code).toBe(0)
      await other.k1ctl(['runs', 'undo', await offboardingRun(), '--yes'])
      expect((await other.k1ctl(['offboard', person, '--yes'])).code).toBe(0)
    } finally {
      other.remove()
    }
  }

  async function offboardingRun(): Promise<string> {
    const { stdout } = await ground.k1ctl(['runs', 'list', '--json'])
    return JSON.parse(stdout)[0].run
  }
})

describe('KaseyaOne not connected', () => {
  const goal = `${tenant}/${person}/kaseyaone/sign-in-blocked`

  async function disconnected(...following: Follower[]) {
    await open(...following)
    const person = copyHome(ground)
    const config = await openConfig(homeIn(ground.home), processes)
    await config.disconnect(tenant, 'kaseyaone')
    return person
  }

  it('by hand, attested, and the proof comes from what follows', async () => {
    const hands = await disconnected('graphus')
    try {
      const ran = await offboard('--wait', '0')
      expect(ran.code).toBe(3)
      const document = documentOf(ran)
      expect(resultIn(document, 'kaseyaone', 'sign-in-blocked')).toMatchObject({
        end: 'by-hand',
        reach: 'by-hand',
        steps: expect.arrayContaining([`Open Admin Settings > User Management and find ${person}.`]),
      })
      expect(resultIn(document, 'graphus', 'sign-in-blocked')).toMatchObject({
        end: 'pending',
        why: `Waits for ${goal}; whether that holds, nobody has seen.`,
      })
      // What follows nobody is done.
      expect(endsOf(document)).toMatchObject({
        'datto-partner-portal/sign-in-blocked': 'changed',
        'scim:huddle/groups-left': 'changed',
      })

      const attest = (...words: string[]) => ground.k1ctl(['runs', 'attest', 'last', ...words])
      const without = await attest(goal)
      expect(without).toMatchObject({ code: 2, stderr: expect.stringContaining('A note is missing') })
      const unknown = await attest('bms/nothing', '--note', 'x')
      expect(unknown.code).toBe(2)
      expect(unknown.stderr).toContain(goal)
      const done = await attest(goal.replace('kaseyaone', 'graphus'), '--note', 'x')
      expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining('Nothing waits for a person') })

      expect((await hands.k1ctl(['offboard', person, '--only', 'kaseyaone', '--yes'])).code).toBe(0)
      const said = await attest(goal, '--note', 'Deactivated in KaseyaOne at 17:10')
      expect(said.code).toBe(0)
      expect(said.stderr).toContain('k1ctl runs resume')
      const resumed = await ground.k1ctl(['runs', 'resume', 'last', '--json'])
      const after = documentOf(resumed)
      expect(resultIn(after, 'graphus', 'sign-in-blocked')).toMatchObject({ end: 'changed', proved: true })
      expect(resultIn(after, 'kaseyaone', 'sign-in-blocked')).toMatchObject({
        end: 'changed',
        proved: false,
        why: expect.stringContaining('Attested by tester@here'),
      })
      // What a person said and nobody can read is never proved; BMS is still by hand.
      expect(resumed.code).toBe(3)
      expect(after.verdict).toBe('pending')
      const { stdout } = await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])
      expect(JSON.parse(stdout).people[0].attestations).toMatchObject([
        { goal, by: 'tester@here', note: 'Deactivated in KaseyaOne at 17:10' },
      ])
    } finally {
      hands.remove()
    }
  })

  it('somebody whom no system knows has no part by hand either', async () => {
    const hands = await disconnected()
    hands.remove()
    const ran = await ground.k1ctl(['offboard', 'nobody@northwind-dental.example', '--yes', '--json'])
    expect(ran.code).toBe(3)
    expect(documentOf(ran).people).toMatchObject([{ verdict: 'unknown-person', results: [] }])
  })

  it('another system that is not connected is said: nobody looked there', async () => {
    await open(...everyFollower)
    await (await openConfig(homeIn(ground.home), processes)).disconnect(tenant, 'graphus')
    const ran = await offboard()
    expect(documentOf(ran).people[0]?.notConnected).toEqual(['graphus', ...elsewhere])
    const shown = await ground.k1ctl(['offboard', person, '--dry-run'])
    expect(shown.stdout).toContain('· not connected, not looked at: Graphus')
  })
})

describe('what cannot follow', () => {
  it('without a part in KaseyaOne, the module’s own account is done', async () => {
    await open(...everyFollower)
    // KaseyaOne has no such person, whatever it is asked; the modules have.
    await ground.fault('kaseyaone', {
      method: 'GET',
      path: '/scim/v2/Users',
      times: 0,
      status: 200,
      body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0, Resources: [] },
    })
    const ran = await offboard()
    const document = documentOf(ran)
    expect(endsOf(document)).toMatchObject({
      'graphus/sign-in-blocked': 'changed',
      'datto-partner-portal/sign-in-blocked': 'changed',
      'bms/sign-in-blocked': 'by-hand',
    })
    expect(document.people[0]?.results.map(r => r.system)).not.toContain('kaseyaone')
    expect(await writesOf('graphus', 'datto-partner-portal')).toHaveLength(2)
  })

  it('an orphan, inactive in KaseyaOne already: the module’s own account is done', async () => {
    await open(...everyFollower)
    const orphan = 'daniel.okafor@northwind-dental.example'
    const ran = await ground.k1ctl(['offboard', orphan, '--only', 'graphus', '--only', 'kaseyaone', '--yes', '--json'])
    expect(ran.code, ran.stdout).toBe(0)
    expect(await writesOf('graphus')).toHaveLength(1)
    expect((await personIn(ground, 'graphus', orphan)).active).toBe(false)
  })
})

describe('--only and --except', () => {
  it('nothing else is changed: the others are asked only who that is, and who k1ctl is', async () => {
    await open(...everyFollower)
    const ran = await offboard('--only', 'k1', '--only', 'scim:huddle')
    expect(ran.code).toBe(0)
    expect(new Set(documentOf(ran).people[0]?.results.map(r => r.system))).toEqual(
      new Set(['kaseyaone', 'scim:huddle']),
    )
    expect(await ground.writes('graphus')).toEqual([])
    await ground.reset()
    const rest = await offboard('--except', 'scim', '--except', 'dpp')
    expect(new Set(documentOf(rest).people[0]?.results.map(r => r.system))).toEqual(
      new Set(['kaseyaone', 'graphus', 'bms']),
    )
    expect(await ground.writes('scim')).toEqual([])
  })
})

describe('the last Graphus administrator', () => {
  it('is disabled, and not deleted, with --delete', async () => {
    const world = northwind()
    for (const one of world.tenants[0]?.people ?? []) {
      if (one.graphusRole === 'Admin' && one.email !== admin) one.graphusRole = 'Analyst'
    }
    ground = await openGround(world)
    const shown = await ground.k1ctl(['offboard', admin, '--delete', '--dry-run'])
    expect(shown.stdout).toContain('warning: Graphus keeps its last Admin: the account is blocked, and not deleted.')
    const ran = await ground.k1ctl(['offboard', admin, '--delete', '--except', 'bms', '--yes', '--json'])
    expect(ran.code, ran.stdout).toBe(0)
    expect(endsOf(documentOf(ran))).toMatchObject({
      'graphus/sign-in-blocked': 'changed',
      'datto-partner-portal/deleted': 'changed',
      'kaseyaone/admin-roles-dropped': 'changed',
      'kaseyaone/deleted': 'changed',
      'scim:huddle/deleted': 'changed',
    })
    expect(endsOf(documentOf(ran))).not.toHaveProperty('graphus/deleted')
    expect(await personIn(ground, 'graphus', admin)).toMatchObject({ active: false, deleted: false })
  })
})
