import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from '../http/loopback.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { triesOn } from './microsoft-365-tries.ts'
import { theOne } from './people-stage.ts'

/** What is done only when it is asked for: meetings, the immutable id, Autopilot; and lists that somebody owns. */

const stage = setGraphStage()
const { goalFor, bring } = triesOn(stage)

const stateShape = z.object({
  users: z.array(
    z.object({ id: z.string(), mail: z.string().nullable(), onPremisesImmutableId: z.string().nullable() }),
  ),
  meetings: z.array(z.object({ subject: z.string() })),
  groups: z.array(z.object({ displayName: z.string(), owners: z.array(z.string()) })),
  autopilot: z.array(z.object({ serialNumber: z.string(), userPrincipalName: z.string() })),
})

async function state() {
  const { users, ...rest } = stateShape.parse(await stage.state())
  return { ...rest, user: (email: string) => users.find(({ mail }) => mail === email) }
}

describe('meetings', () => {
  const day = (n: number) => new Date(stage.clock.now().getTime() + n * 86_400_000).toISOString()
  const attendees = [estate.other]

  async function call(subject: string, more: object) {
    await stage.control('meetings', { email: estate.cloud, subject, attendees, ...more })
  }

  it('are cancelled only when it is asked for', async () => {
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.cloud), plain)
    expect(goals.map(({ kind }) => kind)).not.toContain('meetings-cancelled')
  })

  it('that they called are cancelled and read back in the calendar; others, and their own notes, stay', async () => {
    await call('Planning', { start: day(3) })
    await call('Stand-up', { start: day(-30), every: 7 })
    await call('Dentist', { start: day(5), attendees: [] })
    await stage.control('meetings', {
      ...{ email: estate.other, subject: 'Theirs', start: day(2), attendees: [estate.cloud] },
    })
    const goal = await goalFor(estate.cloud, 'meetings-cancelled', { cancelMeetings: true })
    for (const subject of ['Planning', 'Stand-up', 'Shift hand-over']) {
      expect(goal.differences[0]?.before).toContain(`${subject} (`)
    }
    expect(goal.differences[0]?.before).not.toMatch(/Dentist|Theirs/)
    expect(goal.warnings.join()).toContain('Nobody can take that back')
    expect(goal.undo).toBeUndefined()
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    expect((await state()).meetings.map(({ subject }) => subject)).toEqual(['Dentist', 'Theirs'])
  })

  it('are not cancelled unseen', async () => {
    await call('Planning', { start: day(3) })
    await stage.control('rights', { granted: ['User.Read.All', 'Directory.Read.All'] })
    const goal = await goalFor(estate.cloud, 'meetings-cancelled', { cancelMeetings: true })
    expect((await failureOf(goal.look())).kind).toBe('forbidden')
    expect((await state()).meetings.map(({ subject }) => subject)).toContain('Planning')
  })

  it('are a command for a person, where the right for Exchange is missing', async () => {
    await stage.control('exchange-rights', { granted: [] })
    const goal = await goalFor(estate.cloud, 'meetings-cancelled', { cancelMeetings: true })
    expect(goal.byHand?.join()).toContain(
      `Remove-CalendarEvents -Identity '${estate.cloud}' -CancelOrganizedMeetings -QueryWindowInDays 730`,
    )
  })

  it('are cancelled before the licence goes', async () => {
    const goal = await goalFor(estate.cloud, 'licences-freed', { cancelMeetings: true }, { licences: 'remove' })
    expect(goal.behind).toContain('meetings-cancelled')
  })
})

describe('lists that somebody owns', () => {
  it('get the successor before they lose the leaver, and are read back', async () => {
    await stage.control('groups', { name: 'Press', members: [], mail: true, owners: [estate.cloud] })
    const goal = await goalFor(estate.cloud, 'data-handed-over', { successor: estate.other })
    expect(goal.differences).toContainEqual({ what: 'Owner of', before: 'Press', after: estate.other })
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    const { groups, user } = await state()
    expect(groups.find(({ displayName }) => displayName === 'Press')?.owners).toEqual([user(estate.other)?.id])
    const sent = (await stage.calls()).flatMap(
      ({ body = '' }) => /"ManagedBy":\{[^}]*"(add|remove)"/.exec(body)?.[1] ?? [],
    )
    expect(sent).toEqual(['add', 'remove'])
  })

  it('are named where nobody gets them and nobody else owns them', async () => {
    await stage.control('groups', { name: 'Press', members: [], mail: true, owners: [estate.cloud] })
    await stage.control('groups', { name: 'Shop', members: [], mail: true, owners: [estate.cloud, estate.other] })
    const { residual } = await goalFor(estate.cloud, 'groups-left')
    expect(residual.join()).toContain('The only owner of the list "Press"')
    expect(residual.join()).not.toContain('Shop')
  })

  it('are not left where lists are kept', async () => {
    const goal = await goalFor(estate.cloud, 'groups-left', {}, { lists: 'kept' })
    expect(goal.differences.map(({ what }) => what)).not.toContain('Lists')
    expect(goal.residual.join()).toContain('The list "Orders" is kept (lists=kept).')
  })
})

describe('the immutable id', () => {
  const id = 'AAECAwQFBgcICQoLDA0ODw=='
  const cleared = { immutableId: 'cleared' }

  it('is cleared where the account is not synced, and comes back', async () => {
    await stage.control('people/change', { email: estate.cloud, onPremisesImmutableId: id })
    const goal = await goalFor(estate.cloud, 'access-freed', {}, cleared)
    const before = await goal.look()
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    expect((await state()).user(estate.cloud)?.onPremisesImmutableId).toBeNull()
    await goal.undo?.(before.state === 'not-yet' ? before.reading : undefined).bring?.()
    expect((await state()).user(estate.cloud)?.onPremisesImmutableId).toBe(id)
  })

  it.each([
    ['kept', estate.cloud, {}],
    ['synced', estate.synced, cleared],
  ])('stays: %s', async (_, who, settings) => {
    if (who === estate.cloud) await stage.control('people/change', { email: who, onPremisesImmutableId: id })
    const goal = await goalFor(who, 'access-freed', {}, settings)
    expect(goal.differences.map(({ what }) => what)).not.toContain('Immutable id')
    await bring(goal)
    expect((await state()).user(who)?.onPremisesImmutableId).not.toBeNull()
  })
})

describe('devices', () => {
  it("are nobody's in Autopilot, where that is set", async () => {
    const kept = await goalFor(estate.cloud, 'devices-released')
    expect(kept.differences.map(({ what }) => what)).not.toContain('Autopilot')
    const goal = await goalFor(estate.cloud, 'devices-released', {}, { autopilot: 'unassigned' })
    expect(goal.differences).toContainEqual({ what: 'Autopilot', before: expect.any(String), after: 'nobody' })
    await bring(goal)
    const theirs = (await state()).autopilot.filter(({ userPrincipalName }) => userPrincipalName === estate.cloud)
    expect(theirs).toEqual([])
  })

  it('have their recovery keys counted, and no key is ever asked for', async () => {
    const goal = await goalFor(estate.cloud, 'devices-released')
    expect(await goal.look()).toMatchObject({ reading: { recoveryKeys: [{ device: 'emma.suzuki Surface', keys: 1 }] } })
    const asked = (await stage.calls()).filter(({ path }) => path.includes('recoveryKeys')).map(({ path }) => path)
    expect(asked).not.toEqual([])
    expect(asked.filter(path => /select|recoveryKeys\//.test(path))).toEqual([])
  })

  it.each([
    [
      'is missing',
      'rights',
      { granted: ['User.Read.All', 'Directory.Read.All', 'DeviceManagementManagedDevices.Read.All'] },
      /could not be read \(BitlockerKey/,
    ],
    [
      'there is none',
      'devices',
      { email: estate.cloud, name: 'Spare', os: 'Windows' },
      /no BitLocker recovery key of "Spare"/,
    ],
  ])('of which no key is known are named: %s', async (_, path, body, sentence) => {
    await stage.control(path, body)
    const goal = await goalFor(estate.cloud, 'devices-released')
    expect(goal.warnings.join()).toMatch(sentence)
    expect((await goal.look()).state).toBe('not-yet')
  })
})
