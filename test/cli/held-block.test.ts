import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoFacts } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import { documentOf, northwind, staffOf } from './leavers.ts'

/**
 * An administrator of whom nobody can read whether they are the last: locking everybody out is worse than a delay, and
 * a leaver who stays in unheard is worse than either.
 */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(northwind())
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const at = 'kaseyaone'

async function admins() {
  return (await staffOf(ground, at)).filter(one => one.active && one.roles.includes('admin'))
}

/** Users are found and read; the list that would show other administrators is not. */
async function hideTheOthers() {
  await ground.fault(at, { method: 'GET', path: '/Users\\?(?!.*filter)', times: 0, status: 500 })
}

describe('whether there is another administrator cannot be read', () => {
  it('holds the block of an administrator, first in the report, with the words that send it all the same', async () => {
    const email = (await admins()).find(one => one.email !== demoFacts.people.itAdmin)?.email ?? ''
    await hideTheOthers()
    const asked = ['--delete', '--devices', 'lock', '--except', 'scim']
    const ran = await ground.k1ctl(['offboard', email, '--yes', '--json', ...asked])
    expect(ran.code, ran.stderr).toBe(3)
    const [person] = documentOf(ran).people
    const block = person?.results[0]
    expect(block).toMatchObject({ system: at, kind: 'sign-in-blocked', end: 'refused', proved: false })
    expect(block?.why).toMatch(`${email} can still sign in to KaseyaOne: an administrator there, and whether the last`)
    expect(block?.hint).toBe(
      `Sure that there is another one? k1ctl offboard ${email} --tenant 'Northwind Dental' --devices lock --only kaseyaone --block-anyway`,
    )
    expect((await admins()).map(one => one.email)).toContain(email)

    const report = await ground.k1ctl(['runs', 'report', 'last', '--format', 'json'])
    const [told] = JSON.parse(report.stdout).people
    expect(told.leftToAPerson[0]).toMatchObject({ title: 'KaseyaOne', hint: expect.stringContaining('--block-anyway') })
    expect(told.verdict).toBe('incomplete')

    const sent = await ground.k1ctl(['offboard', email, '--only', at, '--block-anyway', '--yes', '--json'])
    // Their roles could not be taken: that is not the block, and waits.
    expect(sent.code).toBe(3)
    expect(documentOf(sent).people[0]?.results).toContainEqual(
      expect.objectContaining({ kind: 'sign-in-blocked', end: 'changed', proved: true }),
    )
    expect((await admins()).map(one => one.email)).not.toContain(email)
  })

  it('sends the block of everybody else', async () => {
    const other = (await staffOf(ground, at)).find(one => one.active && one.roles.every(role => role === 'user'))
    await hideTheOthers()
    const ran = await ground.k1ctl(['offboard', other?.email ?? '', '--only', at, '--yes', '--json'])
    expect(documentOf(ran).people[0]?.results).toContainEqual(
      expect.objectContaining({ kind: 'sign-in-blocked', end: 'changed', proved: true }),
    )
  })

  it('never blocks whom it read to be the last, whatever is asked', async () => {
    const { itAdmin } = demoFacts.people
    const words = ['offboard', itAdmin, '--only', 'datto-partner-portal', '--block-anyway', '--yes', '--json']
    const ran = await ground.k1ctl(words)
    expect(ran.code).toBe(3)
    expect(documentOf(ran).people[0]?.why).toContain('the last active Security Admin')
    const seen = (await staffOf(ground, 'datto-partner-portal')).find(one => one.email === itAdmin)
    expect(seen?.active).toBe(true)
  })
})
