import { beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../http/loopback.ts'
import { bringAll, goalOf, theOne } from '../systems/people-stage.ts'
import { noController, setStage, stay } from './stage.ts'

/** Situations in which an earlier k1ctl went wrong, against a real controller. */

/** A group as large as some are, where there is time: K1CTL_CROWD=1. */
const crowd = process.env.K1CTL_CROWD ? 3000 : 200

describe.skipIf(noController())('Active Directory, as it goes wrong', () => {
  const stage = setStage()
  const staff = (name: string) => `CN=${name},OU=Staff,${stage.samba.base}`

  async function offboard(login: string) {
    const people = await stage.people()
    const goals = await people.goals(await theOne(people, login), stay)
    const brought = await bringAll(goals)
    for (const [kind, { after }] of brought) expect([kind, after.state]).toEqual([kind, 'holds'])
    const undos = goals.flatMap(goal => {
      const before = brought.get(goal.kind)?.before
      return before?.state === 'not-yet' && goal.undo ? [goal.undo(JSON.parse(JSON.stringify(before.reading)))] : []
    })
    return { undos, people }
  }

  describe('an operator', () => {
    beforeAll(async () => {
      await stage.corp.addUser(staff('Op Erator'), 'op')
    })

    it.each<[string, () => Promise<string> | string]>([
      ['distinguished name', () => staff('Op Erator')],
      ['log-in with the domain of old', () => 'CORP\\op'],
      ['log-in at the domain of old', () => 'op@CORP'],
      ['canonical name', () => 'corp.test/Staff/Op Erator'],
      ['SID', () => stage.corp.sidOf('op')],
    ])('who signs in by their %s does not offboard themself', async (_, name) => {
      const session = await stage.session({ username: await name(), password: stage.corp.password })
      expect((await session.check()).name).toBe('op')
      expect(await theOne(session.people ?? (await stage.people()), 'op')).toMatchObject({
        untouchable: expect.stringContaining('signs in with'),
      })
    })
  })

  it('gives somebody back to a manager who has moved meanwhile', async () => {
    const { corp, samba } = stage
    await corp.addUser(staff('Chief'), 'chief')
    await corp.addUser(staff('Report'), 'report', { manager: staff('Chief') })
    const { undos } = await offboard('report')
    await offboard('chief')
    const chief = (await corp.find('(sAMAccountName=chief)'))?.dn
    expect(chief).toBe(`CN=Chief,OU=Leavers,${samba.base}`)
    for (const undo of undos) {
      await undo.bring?.()
      expect([undo.kind, (await undo.look()).state]).toEqual([undo.kind, 'holds'])
    }
    expect(await corp.find('(sAMAccountName=report)')).toMatchObject({ dn: staff('Report'), manager: chief })
  })

  it('gives everything else back where a group was deleted meanwhile', async () => {
    const { corp } = stage
    await corp.addUser(staff('Short'), 'short')
    const [kept, lost] = [await corp.addGroup('Kept'), await corp.addGroup('Lost')]
    for (const group of [kept, lost]) await corp.join(group, staff('Short'))
    const { undos } = await offboard('short')
    await corp.remove(lost)
    const groups = goalOf(undos, 'groups-left')
    const error = await failureOf(Promise.resolve(groups.bring?.()))
    expect(error.message).toContain('Lost')
    for (const undo of undos) if (undo !== groups) await undo.bring?.()
    const entry = await corp.find('(sAMAccountName=short)')
    expect(entry).toMatchObject({ dn: staff('Short'), memberOf: kept })
    expect(Number(entry?.userAccountControl) & 2).toBe(0)
  })

  it('leaves sixty groups, and joins them again', async () => {
    const { corp } = stage
    await corp.addUser(staff('Joiner'), 'joiner')
    const groups: string[] = []
    for (let n = 1; n <= 60; n++) groups.push(await corp.addGroup(`Sixty ${n}`, [staff('Joiner')]))
    const { undos } = await offboard('joiner')
    expect((await corp.find('(sAMAccountName=joiner)'))?.memberOf ?? []).toEqual([])
    for (const undo of undos) await undo.bring?.()
    const back = (await corp.find('(sAMAccountName=joiner)'))?.memberOf
    expect([back].flat().sort()).toEqual(groups.sort())
  }, 120_000)

  it(`leaves a group of ${crowd} members, and nobody else does`, async () => {
    const { corp } = stage
    const others = Array.from({ length: crowd - 1 }, (_, at) => staff(`Member ${at + 1}`))
    for (const dn of others) await corp.add(dn, { objectClass: 'contact' })
    await corp.addUser(staff('Last'), 'last')
    const group = await corp.addGroup('Everybody here', [...others, staff('Last')])
    await offboard('last')
    const left = await corp.find('(sAMAccountName=last)')
    expect(left?.memberOf ?? []).toEqual([])
    const inGroup = await corp.find(`(distinguishedName=${group})`)
    const values = Object.entries(inGroup ?? {}).flatMap(([name, value]) =>
      /^member/i.test(name) ? [value].flat() : [],
    )
    expect(values.length).toBe(crowd - 1)
  }, 600_000)
})
