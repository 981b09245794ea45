import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { failureOf } from '../http/loopback.ts'
import { people as estate, plain, setGraphStage } from './microsoft-365-stage.ts'
import { triesOn } from './microsoft-365-tries.ts'
import { theOne } from './people-stage.ts'

const stage = setGraphStage()
const { goalFor, bring } = triesOn(stage)

const stateShape = z.object({
  users: z.array(
    z.object({ id: z.string(), userPrincipalName: z.string(), licenseAssignmentStates: z.array(z.unknown()) }),
  ),
  mailboxes: z.array(z.looseObject({ user: z.string(), type: z.string(), hidden: z.boolean() })),
})

async function mailboxOf(email: string) {
  const { users, mailboxes } = stateShape.parse(await stage.state())
  const user = users.find(({ userPrincipalName }) => userPrincipalName === email)
  return { ...mailboxes.find(one => one.user === user?.id), licences: user?.licenseAssignmentStates.length }
}

const remove = { licences: 'remove' }
const all = ['mailbox-shared', 'mail-kept-in', 'successor-let-in', 'groups-left'] as const

describe('the mailbox', () => {
  it('is shared and hidden, and theirs again', async () => {
    const goal = await goalFor(estate.cloud, 'mailbox-shared')
    const before = await goal.look()
    expect(before).toMatchObject({ state: 'not-yet', reading: { type: 'UserMailbox', hidden: false, size: '2.1 GB' } })
    await bring(goal)
    expect(await mailboxOf(estate.cloud)).toMatchObject({ type: 'SharedMailbox', hidden: true })
    const undo = goal.undo?.(before.state === 'not-yet' ? before.reading : undefined)
    await undo?.bring?.()
    expect(await mailboxOf(estate.cloud)).toMatchObject({ type: 'UserMailbox', hidden: false })
  })

  it('of who is synced is shared here, and hidden on premises, with the command for it', async () => {
    const goal = await goalFor(estate.synced, 'mailbox-shared')
    expect(goal.residual.join()).toMatch(/Get-ADUser .*'diego\.torres@.*msExchHideFromAddressLists/)
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    expect(await mailboxOf(estate.synced)).toMatchObject({ type: 'SharedMailbox', hidden: false })
  })

  it.each(['SharedMailbox', 'RoomMailbox'])('is none of a person already: %s', async type => {
    await stage.control('mailboxes', { email: estate.cloud, type, hidden: true })
    expect((await (await goalFor(estate.cloud, 'mailbox-shared')).look()).state).toBe('holds')
  })

  it('that is not there is named, and holds', async () => {
    await stage.control('people', { key: 'x', givenName: 'No', surname: 'Mail', email: 'no.mail@ironbridge.example' })
    const goal = await goalFor('no.mail@ironbridge.example', 'mailbox-shared')
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { type: null } })
    expect(goal.residual.join()).toContain('no mailbox')
    for (const kind of ['mail-kept-in', 'groups-left'] as const) {
      expect((await (await goalFor('no.mail@ironbridge.example', kind)).look()).state).toBe('holds')
    }
  })
})

describe('licences', () => {
  it('wait for a conversion of 40 s that is read back, and none is lost before', async () => {
    await stage.control('conversion', { ms: 40_000 })
    const licences = await goalFor(estate.cloud, 'licences-freed', {}, remove)
    expect(licences.after).toEqual(['mailbox-shared'])
    expect((await failureOf(bring(licences))).message).toContain('not a shared one yet')
    const shared = await goalFor(estate.cloud, 'mailbox-shared')
    await bring(shared)
    expect((await shared.look()).state).toBe('holds')
    const waited = stage.clock.waits.reduce((sum, ms) => sum + ms, 0)
    expect([waited >= 40_000, waited < 60_000]).toEqual([true, true])
    await bring(licences)
    expect(await mailboxOf(estate.cloud)).toMatchObject({ type: 'SharedMailbox', licences: 0 })
  })

  it('are kept where the conversion never comes', async () => {
    await stage.control('conversion', { ms: null })
    const shared = await goalFor(estate.cloud, 'mailbox-shared')
    await bring(shared)
    expect(await shared.look()).toMatchObject({ state: 'not-yet', waitsFor: expect.stringContaining('conversion') })
    const licences = await goalFor(estate.cloud, 'licences-freed', {}, remove)
    expect((await failureOf(bring(licences))).kind).toBe('refused')
    expect(await mailboxOf(estate.cloud)).toMatchObject({ type: 'UserMailbox', licences: 2 })
  })

  it.each([
    ['it has 61.0 GB', { bytes: 65_498_251_264 }],
    ['it has an archive', { archive: true }],
    ['it is on hold', { litigationHold: true }],
    ['it is on hold', { inPlaceHolds: ['mbxcdbbb86ce60342489bff371876e7f224:2'] }],
  ])('that the mailbox needs are kept and named: %s', async (why, members) => {
    await stage.control('mailboxes', { email: estate.cloud, ...members })
    const shared = await goalFor(estate.cloud, 'mailbox-shared')
    expect(shared.warnings.join()).toContain(why)
    await bring(shared)
    const goal = await goalFor(estate.cloud, 'licences-freed', {}, remove)
    await bring(goal)
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { licences: [{}] } })
    const again = await goalFor(estate.cloud, 'licences-freed', {}, remove)
    expect(again.residual.join()).toMatch(new RegExp(`SPB is kept, and paid for, as the mailbox needs it: ${why}`))
    expect(await mailboxOf(estate.cloud)).toMatchObject({ licences: 1 })
  })

  it('are kept where a hold is on all mailboxes, but not where this one is left out', async () => {
    await stage.control('organization-holds', { holds: ['mbx7cfb30345d454ac0a989ab3041051209:2'] })
    await stage.control('mailboxes', { email: estate.cloud, type: 'SharedMailbox' })
    const held = await goalFor(estate.cloud, 'licences-freed', {}, remove)
    expect(held.warnings.join()).toContain('it is on hold')
    await stage.control('mailboxes', { email: estate.cloud, inPlaceHolds: ['-mbx7cfb30345d454ac0a989ab3041051209'] })
    expect((await goalFor(estate.cloud, 'licences-freed', {}, remove)).warnings).toEqual([])
  })

  it('are all kept where nobody can tell which of them the mailbox needs', async () => {
    await stage.control('mailboxes', { email: estate.cloud, archive: true, type: 'SharedMailbox' })
    await stage.fault({ method: 'GET', path: 'subscribedSkus', status: 403, body: {}, times: 0 })
    const goal = await goalFor(estate.cloud, 'licences-freed', {}, remove)
    expect([(await goal.look()).state, goal.residual.join()]).toEqual([
      'holds',
      expect.stringContaining('All licences are kept'),
    ])
  })

  it('are kept where the size of the mailbox was not shown', async () => {
    await stage.control('mailboxes', { email: estate.cloud, type: 'SharedMailbox' })
    await stage.fault({
      method: 'POST',
      body: undefined,
      path: 'InvokeCommand',
      omit: ['value.TotalItemSize'],
      times: 0,
    })
    const goal = await goalFor(estate.cloud, 'licences-freed', {}, remove)
    await bring(goal)
    expect(goal.residual.join()).toContain('more than 50 GB was not shown')
    expect(await mailboxOf(estate.cloud)).toMatchObject({ licences: 1 })
  })
})

describe('mail', () => {
  it('is sent on to nobody outside: forwarding ends, rules are disabled, and both come back', async () => {
    const goal = await goalFor(estate.cloud, 'mail-kept-in')
    expect(goal.differences.map(({ what, before }) => `${what} ${before}`)).toEqual([
      'Forwarding emma.suzuki@mailhost.example',
      'Rules Copy to home',
      'Mail on phones allowed',
    ])
    const before = await goal.look()
    await bring(goal)
    expect(await mailboxOf(estate.cloud)).toMatchObject({
      forwardingSmtpAddress: null,
      rules: [{ displayName: 'Copy to home', isEnabled: false }],
      protocols: {
        ActiveSyncEnabled: false,
        ImapEnabled: false,
        OWAEnabled: true,
        SmtpClientAuthenticationDisabled: true,
      },
    })
    await goal.undo?.(before.state === 'not-yet' ? before.reading : undefined).bring?.()
    expect(await mailboxOf(estate.cloud)).toMatchObject({
      forwardingSmtpAddress: 'smtp:emma.suzuki@mailhost.example',
      keepsCopy: true,
      rules: [{ isEnabled: true }],
      protocols: { ActiveSyncEnabled: true, SmtpClientAuthenticationDisabled: null },
    })
  })

  it('goes on inside the organization, and that is named', async () => {
    const rule = { id: 'r', displayName: 'To Carla', isEnabled: true, isReadOnly: false, forwardTo: [estate.other] }
    await stage.control('mailboxes', {
      email: estate.cloud,
      forwardingSmtpAddress: `smtp:${estate.other}`,
      rules: [rule],
    })
    const goal = await goalFor(estate.cloud, 'mail-kept-in')
    expect(goal.differences.map(({ what }) => what)).toEqual(['Mail on phones'])
    expect(goal.residual.join()).toMatch(/forwarded to carla.*"To Carla" sends mail on to carla/)
  })

  it('goes to no contact in the address list who is somebody outside', async () => {
    await stage.control('contacts', { name: 'Emma at home', external: 'emma@home.example' })
    const forwarding = { forwardingAddress: 'Emma at home', forwardingSmtpAddress: null, rules: [] }
    await stage.control('mailboxes', { email: estate.cloud, ...forwarding })
    const goal = await goalFor(estate.cloud, 'mail-kept-in')
    expect(goal.differences[0]).toMatchObject({ what: 'Forwarding', before: 'emma@home.example' })
    await bring(goal)
    expect(await mailboxOf(estate.cloud)).toMatchObject({ forwardingAddress: null })
  })

  it('is fetched by no phone; with erase its mail is removed from it', async () => {
    const goal = await goalFor(estate.synced, 'mail-kept-in')
    await bring(goal)
    expect(await mailboxOf(estate.synced)).toMatchObject({ partners: [] })
    const partner = { guid: 'g', name: 'Pixel', system: 'Android', wipeRequestedAt: null }
    await stage.control('mailboxes', { email: estate.synced, partners: [partner] })
    const erasing = await goalFor(estate.synced, 'mail-kept-in', { devices: 'erase' })
    await bring(erasing)
    expect((await erasing.look()).state).toBe('holds')
    expect(await mailboxOf(estate.synced)).toMatchObject({ partners: [{ wipeRequestedAt: expect.any(String) }] })
  })

  it('is not said to stay in where Exchange does not say where it goes', async () => {
    const goal = await goalFor(estate.cloud, 'mail-kept-in')
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    await stage.fault({ path: 'InvokeCommand', omit: ['value.ForwardingAddress'], times: 0 })
    expect((await failureOf(goal.look())).facts.field).toBe('ForwardingAddress')
  })

  it('is not said to stay in where what shows it was refused', async () => {
    const goal = await goalFor(estate.cloud, 'mail-kept-in')
    await bring(goal)
    await stage.fault({ method: 'GET', path: 'messageRules', status: 403, body: {}, times: 0 })
    expect((await failureOf(goal.look())).kind).toBe('forbidden')
  })
})

describe('the successor', () => {
  it('opens the mailbox, sends from it, gets new mail where that is wanted, and loses all of it again', async () => {
    await bring(await goalFor(estate.cloud, 'mail-kept-in'))
    const goal = await goalFor(estate.cloud, 'successor-let-in', { successor: estate.other }, { forward: 'successor' })
    const before = await goal.look()
    await bring(goal)
    expect(await mailboxOf(estate.cloud)).toMatchObject({
      fullAccess: [estate.other],
      sendAs: [estate.other],
      forwardingSmtpAddress: `smtp:${estate.other}`,
      keepsCopy: true,
    })
    await goal.undo?.(before.state === 'not-yet' ? before.reading : undefined).bring?.()
    expect(await mailboxOf(estate.cloud)).toMatchObject({ fullAccess: [], sendAs: [], forwardingSmtpAddress: null })
  })

  it('is their manager, or nobody, where the tenant is set so', async () => {
    const goal = await goalFor(estate.cloud, 'successor-let-in', {}, { successor: 'manager' })
    await bring(goal)
    expect(await mailboxOf(estate.cloud)).toMatchObject({ fullAccess: [estate.breakGlass] })
    const people = await stage.open({ settings: { successor: 'nobody' } })
    const account = await theOne(people, estate.cloud)
    const goals = await people.goals(account, { ...plain, successor: estate.other })
    expect(goals.map(({ kind }) => kind)).not.toContain('successor-let-in')
    const none = await goalFor(estate.breakGlass, 'successor-let-in', {}, { successor: 'manager' })
    expect((await failureOf(none.look())).message).toContain('names none')
  })

  it('who is nobody there gets nothing', async () => {
    const goal = await goalFor(estate.cloud, 'successor-let-in', { successor: 'nobody@ironbridge.example' })
    expect((await failureOf(goal.look())).message).toContain('there is no such account')
  })
})

describe('beside mail', () => {
  it('OneDrive is opened to the successor, and its link is told', async () => {
    const goal = await goalFor(estate.cloud, 'data-handed-over', { successor: estate.other })
    expect(goal.differences.map(({ what }) => what)).toEqual(['OneDrive'])
    await bring(goal)
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { oneDrive: { shared: true } } })
    expect(goal.residual.join()).toMatch(/OneDrive, for carla.*https:.*emma_suzuki.*30 days/)
  })

  it('OneDrive that may not be seen is not said to be handed over', async () => {
    await stage.fault({ method: 'GET', path: '/drive', status: 403, body: {}, times: 0 })
    const goal = await goalFor(estate.cloud, 'data-handed-over', { successor: estate.other })
    expect((await failureOf(goal.look())).kind).toBe('forbidden')
  })

  it('the number in Teams is freed, and theirs again while it is still free', async () => {
    const goal = await goalFor(estate.synced, 'access-freed')
    expect(goal.differences.find(({ what }) => what === 'Teams number')?.before).toBe('+15550100142')
    const before = await goal.look()
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    await goal.undo?.(before.state === 'not-yet' ? before.reading : undefined).bring?.()
    expect(await goal.look()).toEqual(before)
  })

  it('a number that may not be seen is named, and stops nothing', async () => {
    await stage.fault({ path: 'numberAssignments', status: 403, times: 0 })
    const goal = await goalFor(estate.cloud, 'access-freed')
    expect(goal.residual.join()).toContain('TeamsTelephoneNumber.ReadWrite.All')
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
  })
})

describe('distribution lists', () => {
  it('are left and joined again, also where Graph is behind', async () => {
    const goal = await goalFor(estate.cloud, 'groups-left')
    const before = await goal.look()
    expect(before).toMatchObject({ reading: { lists: [{ name: 'Orders' }] } })
    await bring(goal)
    expect(await goal.look()).toMatchObject({ state: 'holds', reading: { lists: null } })
    await goal.undo?.(before.state === 'not-yet' ? before.reading : undefined).bring?.()
    expect(await goal.look()).toMatchObject({ reading: { lists: [{ name: 'Orders' }] } })
  })

  it('that are synced stay, and are named', async () => {
    await stage.control('groups', { name: 'Press', members: [estate.cloud], mail: true, synced: true })
    const goal = await goalFor(estate.cloud, 'groups-left')
    await bring(goal)
    expect((await goal.look()).state).toBe('holds')
    expect((await goalFor(estate.cloud, 'groups-left')).residual.join()).toContain('"Press" is synced')
  })
})

describe('without the right', () => {
  it.each([
    [{ granted: [] }, 'Exchange.ManageAsApp'],
    [{ roles: ['0997a1d0-0d1d-4acb-b408-d5ca73121e90'] }, 'Exchange Recipient Administrator'],
  ])('a person goes on, with the commands filled in: %j', async (rights, missing) => {
    await stage.control('exchange-rights', rights)
    expect((await (await stage.session()).check()).missing.join()).toContain(missing)
    const options = { successor: estate.other }
    for (const kind of all) {
      const goal = await goalFor(estate.cloud, kind, options)
      const steps = kind === 'groups-left' ? goal.residual.join('\n') : goal.byHand?.join('\n')
      expect([kind, steps]).toEqual([kind, expect.stringContaining(`'${estate.cloud}'`)])
      if (kind !== 'groups-left') expect(steps).toContain(missing)
    }
    const licences = await goalFor(estate.cloud, 'licences-freed', options, remove)
    await bring(licences)
    expect(await mailboxOf(estate.cloud)).toMatchObject({ type: 'UserMailbox', licences: 1 })
  })

  it('to see holds over all mailboxes, the licence with the mailbox is kept, and doctor says so', async () => {
    await stage.control('exchange-rights', { roles: ['31392ffb-586c-42d1-9346-e59415a2cc4e'] })
    expect((await (await stage.session({ settings: remove })).check()).missing.join()).toContain('Global Reader')
    expect((await (await stage.session()).check()).missing).toEqual([])
    await bring(await goalFor(estate.cloud, 'mailbox-shared'))
    const goal = await goalFor(estate.cloud, 'licences-freed', {}, remove)
    expect(goal.warnings.join()).toMatch(/SPB is kept.*whether it is on hold/)
    await bring(goal)
    expect(await mailboxOf(estate.cloud)).toMatchObject({ type: 'SharedMailbox', licences: 1 })
  })

  it('or with an address that is none, the block is sent all the same', async () => {
    const settings = { exchangeUrl: 'ftp://exchange.example' }
    const block = await goalFor(estate.cloud, 'sign-in-blocked', {}, settings)
    await bring(block)
    expect((await block.look()).state).toBe('holds')
    expect((await goalFor(estate.cloud, 'mailbox-shared', {}, settings)).byHand).toBeDefined()
  })
})
