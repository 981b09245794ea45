import { afterAll, beforeAll, expect, it } from 'vitest'
import { demoWorld, estateLeaver } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import { documentOf } from './leavers.ts'

/**
 * What was given out before a block outlives it: the report says for how long, as the vendor does, also of a person who
 * is proved. Microsoft: "Configurable token lifetimes" (a random 60 to 90 minutes), "Continuous access evaluation" (up to
 * 28 hours, and refused near real time); Kerberos: MaxTicketAge, 10 hours; AWS: role sessions of 12 hours at most.
 */
const told: Record<string, RegExp> = {
  'microsoft-365': /Access tokens .* 60 to 90 minutes\. .*up to 28 hours, and are refused within minutes of the block/,
  'active-directory': /Kerberos tickets .* 10 hours by default/,
  aws: /Sessions of roles and permission sets .* 12 hours at most/,
}

const tenant = 'Ironbridge Machining'
let ground: Ground
beforeAll(async () => {
  ground = await openGround('demo', tenant)
})
afterAll(() => ground.close())

it('says in every report how long what was given out before lasts after the block', async () => {
  const leaver = estateLeaver(demoWorld()).person.email
  const only = Object.keys(told).join(',')
  const ran = await ground.k1ctl(['offboard', leaver, '--only', only, '--yes', '--json', '--wait', '0'])
  const [person] = documentOf(ran).people
  for (const [system, text] of Object.entries(told)) {
    const block = person?.results.find(one => one.system === system && one.kind === 'sign-in-blocked')
    expect([system, block?.end]).toEqual([system, expect.stringMatching(/changed|pending/)])
    const notes = (person?.residual ?? []).filter(one => one.system === system).map(one => one.note)
    expect(notes.filter(note => text.test(note))).toHaveLength(1)
  }
  for (const format of ['md', 'html', 'json']) {
    const { stdout } = await ground.k1ctl(['runs', 'report', 'last', '--format', format])
    for (const words of ['60 to 90 minutes', '28 hours', '10 hours by default', '12 hours at most']) {
      expect([format, stdout.includes(words)]).toEqual([format, true])
    }
  }
})
