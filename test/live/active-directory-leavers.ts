import { describe, expect, it } from 'vitest'
import type { Account } from '../../src/core/account.ts'
import { redact } from '../../src/core/redact.ts'
import { bringAll, goalOf, theOne } from '../systems/people-stage.ts'
import type { TriedGoal as AccountGoal } from '../systems/tried-goal.ts'
import { awkward, go, noController, setStage, stay } from './stage.ts'

describe.skipIf(noController())('leavers in a real Active Directory', () => {
  const stage = setStage()

  describe('offboarding somebody with an awkward name', () => {
    let account: Account
    let goals: AccountGoal[]
    let before: Awaited<ReturnType<typeof bringAll>>

    it('brings every goal from not yet to holds', async () => {
      expect(await stage.corp.signIn('ann@corp.test')).toBe('signed in')
      const people = await stage.people()
      account = await theOne(people, 'ann')
      goals = await people.goals(account, stay)
      const groups = goalOf(goals, 'groups-left').differences[0]?.before
      expect(groups).toBe('VPN, Workshop, CNC + "lathes", Contractors (primary); through them: All remote, Remote')
      before = await bringAll(goals)
      for (const [kind, { before: was, after }] of before) {
        expect([kind, was.state, after.state]).toEqual([kind, 'not-yet', 'holds'])
      }
    })

    it('leaves the account as it should be', async () => {
      const entry = await stage.corp.find('(sAMAccountName=ann)')
      expect(entry).toMatchObject({
        userAccountControl: '66050',
        primaryGroupID: '513',
        description: expect.stringMatching(/^Offboarded by k1ctl \d{4}-\d\d-\d\d\. Before: Welder, night shift$/),
        cn: awkward.name,
      })
      expect(entry?.dn).toMatch(/,OU=Leavers,DC=corp,DC=test$/)
      for (const gone of ['manager', 'telephoneNumber', 'memberOf']) expect(entry?.[gone] ?? []).toEqual([])
      expect(await stage.corp.signIn('ann@corp.test')).toMatch(/data 5(33|2e)/i)
      await stage.corp.set(entry?.dn ?? '', 'userAccountControl', '66048')
      expect(await stage.corp.signIn('ann@corp.test')).toMatch(/data 52e/i)
      await stage.corp.set(entry?.dn ?? '', 'userAccountControl', '66050')
    })

    it('writes nothing a second time, neither as found anew nor as kept', async () => {
      const people = await stage.people()
      const usn = await stage.corp.usn()
      for (const one of [await theOne(people, 'ann'), account]) {
        const again = await people.goals(one, stay)
        if (one !== account) expect(again.flatMap(({ differences }) => differences)).toEqual([])
        for (const [kind, { before: was }] of await bringAll(again)) expect([kind, was.state]).toEqual([kind, 'holds'])
        for (const goal of again) await goal.bring?.()
      }
      expect(await stage.corp.usn()).toEqual(usn)
    })

    it('gives sign-in, groups, primary group, place and attributes back', async () => {
      const undone = goals.flatMap(goal => goal.undo?.(readingOf(before, goal)) ?? [])
      expect(undone.map(({ kind }) => kind)).toEqual(['sign-in-blocked', 'groups-left', 'access-freed'])
      for (const goal of undone) {
        expect([goal.kind, (await goal.look()).state]).toEqual([goal.kind, 'not-yet'])
        await goal.bring?.()
        expect([goal.kind, (await goal.look()).state]).toEqual([goal.kind, 'holds'])
      }
      for (const kind of ['sign-in-blocked', 'groups-left', 'access-freed'] as const) {
        expect(await goalOf(goals, kind).look()).toEqual(before.get(kind)?.before)
      }
      const entry = await stage.corp.find('(sAMAccountName=ann)')
      expect(entry).toMatchObject({
        userAccountControl: '66048',
        description: 'Welder, night shift',
        telephoneNumber: '+49 30 1',
        manager: `CN=Boss,OU=Staff,${stage.samba.base}`,
      })
      expect(entry?.dn).toMatch(/,OU=Staff,DC=corp,DC=test$/)
      const usn = await stage.corp.usn()
      for (const goal of undone) if ((await goal.look()).state !== 'holds') await goal.bring?.()
      expect(await stage.corp.usn()).toEqual(usn)
    })

    it('never shows a password', async () => {
      const shown = JSON.stringify([...before.values()])
      expect(redact(shown)).toBe(shown)
    })
  })

  describe('deleting', () => {
    it('moves beside somebody of the same name, and leaves a tombstone that proves it', async () => {
      const people = await stage.people()
      const account = await theOne(people, 'umit')
      const brought = await bringAll(await people.goals(account, go))
      expect([...brought.keys()].at(-1)).toBe('deleted')
      for (const [kind, { after }] of brought) expect([kind, after.state]).toEqual([kind, 'holds'])
      expect(JSON.stringify(brought.get('access-freed')?.after)).toContain('#Ümit (umit)')
      expect(brought.get('deleted')?.after).toMatchObject({
        reading: { deleted: true, tombstone: expect.stringMatching(/DEL:.*CN=Deleted Objects/) },
      })
      expect(await people.find('umit')).toEqual([])
      expect(await people.account(account.id)).toBeNull()
      expect((await stage.corp.find('(&(isDeleted=TRUE)(sAMAccountName=umit))'))?.isDeleted).toBe('TRUE')

      const usn = await stage.corp.usn()
      for (const [kind, { before }] of await bringAll(await people.goals(account, go))) {
        expect([kind, before.state]).toEqual([kind, 'holds'])
      }
      expect(await stage.corp.usn()).toEqual(usn)
    })

    it('takes what is below the account with it', async () => {
      const { base } = stage.samba
      await stage.corp.addUser(`CN=Phone,OU=Staff,${base}`, 'phone')
      await stage.corp.add(`CN=Devices,CN=Phone,OU=Staff,${base}`, { objectClass: 'classStore' })
      const people = await stage.people({ leaversOu: '' })
      const brought = await bringAll(await people.goals(await theOne(people, 'phone'), go))
      expect(brought.get('deleted')?.after.state).toBe('holds')
    })

    it('proves nothing to an account that sees no tombstones', async () => {
      const { base } = stage.samba
      await stage.corp.addUser(`CN=Gone,OU=Staff,${base}`, 'gone')
      const people = await stage.people({ username: 'helper@corp.test', password: stage.corp.password })
      const goals = await people.goals(await theOne(people, 'gone'), go)
      await stage.corp.remove(`CN=Gone,OU=Staff,${base}`)
      for (const goal of goals) expect([goal.kind, (await goal.look()).state]).toEqual([goal.kind, 'unobservable'])
    })
  })

  describe('when the account changes on the way', () => {
    it('follows it by its id, wherever others move it', async () => {
      const { base } = stage.samba
      await stage.corp.addUser(`CN=Walker,OU=Staff,${base}`, 'walker')
      const people = await stage.people()
      const goals = await people.goals(await theOne(people, 'walker'), stay)
      await stage.corp.move(`CN=Walker,OU=Staff,${base}`, `CN=Walker 2,OU=Groups,${base}`)
      const brought = await bringAll(goals)
      for (const [kind, { after }] of brought) expect([kind, after.state]).toEqual([kind, 'holds'])
    })
  })
})

function readingOf(brought: Awaited<ReturnType<typeof bringAll>>, { kind }: AccountGoal): unknown {
  const before = brought.get(kind)?.before
  return before === undefined || before.state === 'unobservable' ? undefined : before.reading
}
