import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from '../http/loopback.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { triesOn } from './microsoft-365-tries.ts'
import { goalOf, theOne } from './people-stage.ts'

/** What a leaver may open and send as of others: found by one search a run, taken one by one, given back. */

const stage = setGraphStage()
const { goalFor, bring } = triesOn(stage)

const searching = { othersMailboxes: 'left' }

const stateShape = z.object({
  users: z.array(z.object({ id: z.string(), mail: z.string().nullable() })),
  mailboxes: z.array(
    z.object({
      user: z.string(),
      fullAccess: z.array(z.string()),
      sendAs: z.array(z.string()),
      onBehalf: z.array(z.string()),
    }),
  ),
  calendarShares: z.array(z.object({ owner: z.string(), with: z.string(), role: z.string() })),
})

async function state() {
  const { users, mailboxes, calendarShares } = stateShape.parse(await stage.state())
  const idOf = (email: string) => users.find(({ mail }) => mail === email)?.id ?? ''
  return {
    idOf,
    box: (email: string) => mailboxes.find(({ user }) => user === idOf(email)),
    calendars: calendarShares,
  }
}

/** Emma opens Carla's mailbox, sends as her, sends on behalf of Quentin, and writes into Carla's calendar. */
async function delegate() {
  const { idOf } = await state()
  const both = { fullAccess: [estate.cloud, estate.owner], sendAs: [estate.cloud] }
  await stage.control('mailboxes', { email: estate.other, ...both })
  await stage.control('mailboxes', { email: estate.owner, onBehalf: [idOf(estate.cloud), idOf(estate.other)] })
  await stage.control('calendar-shares', { of: estate.other, with: estate.cloud, role: 'write' })
  await stage.control('calendar-shares', { of: estate.other, with: estate.owner, role: 'read' })
}

const goal = () => goalFor(estate.cloud, 'others-mailboxes-left', {}, searching)

describe("others' mailboxes", () => {
  it('are looked for only where that is set', async () => {
    const people = await stage.open()
    const goals = await people.goals(await theOne(people, estate.cloud), plain)
    expect(goals.map(({ kind }) => kind)).not.toContain('others-mailboxes-left')
  })

  it('are left one by one, what others have stays, and all of it comes back', async () => {
    await delegate()
    const left = await goal()
    expect(left.differences).toEqual([
      // The estate lets her into the first one's, too.
      { what: 'Opens', before: `${estate.breakGlass}, ${estate.other}`, after: 'none' },
      { what: 'Sends as', before: 'Carla Bell', after: 'none' },
      { what: 'Sends on behalf of', before: estate.owner, after: 'none' },
      { what: 'Calendars', before: estate.other, after: 'none' },
    ])
    const before = await left.look()
    await bring(left)
    expect((await left.look()).state).toBe('holds')
    const taken = await state()
    expect(taken.box(estate.other)).toMatchObject({ fullAccess: [estate.owner], sendAs: [] })
    expect(taken.box(estate.owner)).toMatchObject({ onBehalf: [taken.idOf(estate.other)] })
    expect(taken.calendars).toEqual([{ owner: taken.idOf(estate.other), with: estate.owner, role: 'read' }])

    const back = (await goal()).undo?.(before.state === 'not-yet' ? before.reading : undefined)
    await back?.bring?.()
    expect((await back?.look())?.state).toBe('holds')
    const given = await state()
    expect(given.box(estate.other)).toMatchObject({ fullAccess: [estate.owner, estate.cloud], sendAs: [estate.cloud] })
    expect(given.box(estate.owner)?.onBehalf).toContain(given.idOf(estate.cloud))
    expect(given.calendars).toContainEqual({ owner: given.idOf(estate.other), with: estate.cloud, role: 'write' })
  })

  it('are searched once, whoever leaves', async () => {
    await delegate()
    const people = await stage.open({ settings: searching })
    for (const who of [estate.cloud, estate.owner]) {
      const goals = await people.goals(await theOne(people, who), plain)
      await goalOf(goals, 'others-mailboxes-left').look()
    }
    const asked = (await stage.calls()).filter(({ body }) => /"Get-Mailbox","Parameters":\{"Recipient/.test(body ?? ''))
    expect(asked).toHaveLength(1)
  })

  it('of whom one cannot be opened are said, and the rest is left', async () => {
    await delegate()
    const left = await goal()
    const path = `Get-MailboxPermission .*${(await state()).idOf(estate.owner)}`
    await stage.fault({ method: 'POST', path, status: 403, body: {}, times: 2 })
    const fresh = await goalFor(estate.cloud, 'others-mailboxes-left', {}, searching)
    expect(fresh.warnings.join()).toMatch(/Of \d+ mailboxes, 1 could not be searched/)
    await bring(fresh)
    expect((await state()).box(estate.other)).toMatchObject({ fullAccess: [estate.owner], sendAs: [] })
    expect((await left.look()).state).toBe('holds')
  })

  it('whose calendars nobody may read are left all the same, and the goal does not hold', async () => {
    await delegate()
    await stage.control('rights', { granted: ['User.Read.All', 'Directory.Read.All'] })
    const left = await goal()
    expect(left.warnings.join()).toMatch(/calendars, \d+ could not be searched .*403/)
    await bring(left)
    expect((await state()).box(estate.other)?.fullAccess).toEqual([estate.owner])
    expect((await failureOf(left.look())).kind).toBe('forbidden')
  })

  it('are none where the list of mailboxes was cut', async () => {
    await stage.control('quirks', { listsCut: true })
    expect((await failureOf((await goal()).look())).message).toMatch(/whole answer to Get-Mailbox/)
  })
})
