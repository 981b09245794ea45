import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { openMoment } from '../../src/core/moment.ts'
import { failureOf } from '../http/loopback.ts'
import { emails, goalsFor, leaver, other, readingOf, setJumpcloudStage } from './jumpcloud-stage.ts'
import { alsoDelete, bringAll, goalOf, here, theOne } from './people-stage.ts'

/** Traps of JumpCloud, goal by goal. Devices have a file of their own. */

const { stage, open, alter } = setJumpcloudStage()
const admin = emails[1] ?? ''

describe('an offboarding in JumpCloud', () => {
  it('suspends with both fields, and cancels what would undo it', async () => {
    const people = await open()
    const block = goalOf(await goalsFor(people, leaver), 'sign-in-blocked')
    expect(block.differences.map(({ what }) => what)).toEqual(['Sign-in', 'Scheduled activations'])
    await block.bring?.()
    expect(await block.look()).toEqual({
      state: 'holds',
      reading: { state: 'SUSPENDED', suspended: true, activations: [] },
    })
    expect((await stage.writes('jumpcloud')).map(call => call.replace(/[0-9a-f]{24}/g, 'ID'))).toEqual([
      'PUT /api/systemusers/ID',
      'DELETE /api/v2/bulk/userstates/ID',
    ])
    await stage.clock.sleep(10 * 86_400_000)
    expect((await block.look()).state).toBe('holds')
  })

  it('takes nobody else out of a scheduled activation', async () => {
    const people = await open()
    const [third = '', fourth = ''] = emails.slice(3)
    const before = await readingOf(goalOf(await goalsFor(people, fourth), 'sign-in-blocked'))
    const block = goalOf(await goalsFor(people, third), 'sign-in-blocked')
    await block.bring?.()
    expect((await block.look()).state).toBe('holds')
    const schema = z.object({ activations: z.array(z.object({ date: z.string() })) })
    const after = await readingOf(goalOf(await goalsFor(people, fourth), 'sign-in-blocked'))
    expect(schema.parse(after)).toEqual(schema.parse(before))
    expect(schema.parse(after).activations).toHaveLength(1)
  })

  it('resets MFA only where nobody can enrol again, and keeps foreign passwords', async () => {
    const people = await open()
    const revoke = goalOf(await goalsFor(people, leaver), 'credentials-revoked')
    expect(revoke.residual?.join()).toContain('WebAuthn')
    await stage.writes('jumpcloud')
    await expect(revoke.bring?.()).rejects.toThrow('TOTP of an account that can sign in is left')
    expect((await stage.writes('jumpcloud')).join()).not.toMatch(/resetmfa|expire/)
    expect((await revoke.look()).state).toBe('not-yet')
    await goalOf(await goalsFor(people, leaver), 'sign-in-blocked').bring?.()
    await revoke.bring?.()
    expect((await stage.writes('jumpcloud')).join()).toMatch(/resetmfa.*expire/)
    expect(await readingOf(revoke)).toEqual({ sshKeys: [], pushEndpoints: [], totp: false, passwordExpired: true })

    await alter(other, { delegatedAuthority: { name: 'ActiveDirectory' }, sshKeys: [], totp_enabled: false })
    const foreign = goalOf(await goalsFor(people, other), 'credentials-revoked')
    expect(await foreign.look()).toMatchObject({ state: 'holds', reading: { passwordExpired: null } })
    expect(foreign.residual?.join()).toContain('kept elsewhere')
  })

  it('leaves dynamic groups to their rule, and says so', async () => {
    const people = await open()
    const groups = goalOf(await goalsFor(people, leaver), 'groups-left')
    expect(groups.residual).toEqual([expect.stringContaining('"Everyone" is dynamic')])
    await groups.bring?.()
    expect(await groups.look()).toMatchObject({
      state: 'holds',
      reading: { groups: [], dynamic: [{ name: 'Everyone' }] },
    })
    expect(await stage.writes('jumpcloud')).toHaveLength(5)
  })

  it('leaves the other groups when one refuses, and tells which', async () => {
    const people = await open()
    const groups = goalOf(await goalsFor(people, leaver), 'groups-left')
    await stage.fault('jumpcloud', { method: 'POST', path: '/members', status: 403, body: { message: 'no' } })
    const error = await failureOf(Promise.resolve(groups.bring?.()))
    expect(error.kind).toBe('forbidden')
    expect(await groups.look()).toMatchObject({ state: 'not-yet', reading: { groups: [{ name: expect.any(String) }] } })
    expect(await stage.writes('jumpcloud')).toHaveLength(4)
  })

  it('unbinds every direct association but devices', async () => {
    const people = await open()
    const access = goalOf(await goalsFor(people, leaver), 'access-freed')
    expect(access.differences[0]?.before).toContain('Office Wi-Fi (radius server)')
    expect(access.warnings.join()).toContain('Google Workspace')
    await access.bring?.()
    expect(await access.look()).toEqual({ state: 'holds', reading: { bound: [] } })
    const devices = await readingOf(goalOf(await goalsFor(people, leaver), 'devices-released'))
    expect(JSON.stringify(devices).match(/"bound":true/g)).toHaveLength(3)
  })

  it('takes the organization from an administrator, but never from the last one', async () => {
    const people = await open()
    const account = await theOne(people, admin)
    expect(account.roles).toEqual([{ name: 'Administrator', admin: true }])
    const drop = goalOf(await people.goals(account, here), 'admin-roles-dropped')
    await stage.control('jumpcloud', 'POST', 'administrators/unlink', { email: emails[0] })
    expect(await theOne(people, admin)).toMatchObject({ untouchable: 'the last administrator of the organization' })
    expect((await failureOf(Promise.resolve(drop.bring?.()))).kind).toBe('refused')
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it('says what else an administrator administers, or that it is not shown, and takes this one all the same', async () => {
    await stage.fault('jumpcloud', { method: 'GET', path: 'organizationlinks', status: 500, times: 0 })
    const people = await open()
    const drop = goalOf(await people.goals(await theOne(people, admin), here), 'admin-roles-dropped')
    expect(drop.residual.join()).toContain('could not be read')
    await drop.bring?.()
    expect((await drop.look()).state).toBe('holds')
  })

  it('does not take the administration of who is gone for gone, where nobody saw whether there was one', async () => {
    const provider = 'providers|administratorlinks|users/getSelf|/api/users'
    await stage.fault('jumpcloud', { method: 'GET', path: provider, status: 403, body: {}, times: 0 })
    const people = await open()
    const account = await theOne(people, leaver)
    expect(account.asFound).not.toHaveProperty('administrators')
    const drop = goalOf(await people.goals(account, here), 'admin-roles-dropped')
    await stage.control('jumpcloud', 'DELETE', 'faults')
    const seen = await theOne(people, leaver)
    expect(seen.asFound?.administrators).toBe('')
    const known = goalOf(await people.goals(seen, alsoDelete), 'admin-roles-dropped')
    await goalOf(await people.goals(seen, alsoDelete), 'deleted').bring?.()
    expect(await drop.look()).toMatchObject({ state: 'unobservable', why: expect.stringContaining('was not seen') })
    expect(await known.look()).toEqual({ state: 'holds', reading: { gone: true } })
  })

  it('gives those who were managed to the successor, or to nobody', async () => {
    const people = await open()
    const [boss = ''] = emails
    const goals = await goalsFor(people, boss, { ...alsoDelete, successor: leaver.toUpperCase() })
    const end = goalOf(goals, 'deleted')
    expect(end.differences[1]).toMatchObject({ before: 'priya.baker', after: 'diego.torres' })
    await end.bring?.()
    expect((await end.look()).state).toBe('holds')
    const [heir] = await people.find(leaver)
    expect(await stage.writes('jumpcloud')).toEqual([expect.stringContaining(`cascade_manager=${heir?.id}`)])

    const next = goalOf(await goalsFor(people, leaver, { ...alsoDelete, successor: 'x@y.example' }), 'deleted')
    expect(next.differences[1]).toMatchObject({ after: 'nobody' })
    await next.bring?.()
    expect(await stage.writes('jumpcloud')).toEqual([expect.stringContaining('cascade_manager=null')])
  })

  it('says of nothing that it was accepted that went in a request that was refused', async () => {
    const end = goalOf(await goalsFor(await open(), emails[0] ?? '', alsoDelete), 'deleted')
    const reading = await end.read(openMoment({ now: () => 0 }).only(end.needs))
    if (reading.state !== 'seen') throw new Error(reading.state)
    const refused = { method: 'DELETE', path: 'systemusers', status: 403, body: {} }
    await stage.fault('jumpcloud', refused)
    const changes = end.changes(reading.value)
    expect(changes.map(({ what }) => what)).toEqual(['Account', expect.stringMatching(/^Manager of [1-9]/)])
    const answers = await end.take(changes, reading.value, [])
    expect(answers.map(({ error }) => error?.kind)).toEqual(['forbidden', 'forbidden'])
  })

  it('tells no secret and no key of a disk', async () => {
    const people = await open()
    const account = await theOne(people, leaver)
    const goals = await people.goals(account, { ...alsoDelete, devices: 'lock' })
    const brought = await bringAll(goals.slice(0, -1))
    const text = JSON.stringify([account, goals, [...brought]])
    expect(text).not.toMatch(/jca_|730416|ssh-ed25519|"key"/)
    expect((await stage.calls('jumpcloud')).filter(call => call.path.includes('fdekey'))).toEqual([])
  })
})
