import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demoWorld, estatePeople, type Fault } from '../../src/sandbox/index.ts'
import { setPeopleStage } from '../systems/people-stage.ts'
import { peopleSystems } from '../systems/people-systems.ts'
import { runUnderQuirks, untruths } from '../systems/quirk-run.ts'
import { anyQuirks } from './quirk-arbitrary.ts'

/**
 * One of the estate leaves all of its systems, however they misbehave, and whatever fails besides. The clock goes on by
 * itself, so that what waits in truth takes no time here.
 */

const rounds = Number(process.env.K1CTL_PROPERTY_RUNS ?? 15)
const seed = Number(process.env.K1CTL_PROPERTY_SEED ?? Date.now() % 1_000_000)
const slowestRoundMs = 30_000

/** KaseyaOne and what follows it, to which nothing is sent for a leaver of the estate: offboard.test.ts has them. */
const besideKaseyaOne = ['kaseyaone', 'graphus', 'datto-partner-portal', 'bms']
const systems = peopleSystems.filter(id => !besideKaseyaOne.includes(id))
const tenant = 20
const people = estatePeople(demoWorld())
  .filter(one => !one.admin)
  .map(({ person }) => person.email)

const stage = setPeopleStage()

const how = fc.oneof(
  fc.record({ status: fc.constantFrom(500, 502, 504), body: fc.constant('<html><h1>Down for a while</h1></html>') }),
  fc.record({ status: fc.constant(429), headers: fc.constantFrom({ 'retry-after': '1' }, {}) }),
  fc.record({ status: fc.constantFrom(400, 401, 403, 409) }),
  // What a proxy says that lost its way: no proof that anything is gone.
  fc.record({ status: fc.constant(404), body: fc.constant('<html><h1>Not Found</h1></html>') }),
  fc.constantFrom<Fault>({ drop: 'before' }, { drop: 'after' }),
)

/** Reads and writes apart, wherever they go: what cannot be read must not keep anybody in. */
const anyFault = fc
  .record({
    system: fc.constantFrom(...systems),
    fault: how,
    write: fc.boolean(),
    skip: fc.integer({ min: 0, max: 20 }),
    times: fc.constantFrom(1, 2, 5),
  })
  .map(({ system, fault, ...when }) => ({ system, fault: { ...fault, ...when } as Fault }))

describe('offboarding one of the estate, whatever the faults, and however the systems misbehave', () => {
  it(
    'says only what is so, and sends the block wherever somebody was found',
    async () => {
      process.stderr.write(`property of the estate: ${rounds} rounds, K1CTL_PROPERTY_SEED=${seed}\n`)
      const ends = new Map<string, number>()
      const faults = fc.array(anyFault, { minLength: 0, maxLength: 4 })
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...people), faults, anyQuirks(systems, 6), async (person, given, odd) => {
          await stage.restart(() => {})
          for (const { system, name } of odd) await stage.control(system, 'POST', 'quirks', { [name]: true })
          for (const { system, fault } of given) await stage.fault(system, fault)
          const runs = await runUnderQuirks(systems, { person, tenant }, stage)
          for (const system of systems) await stage.control(system, 'DELETE', 'faults')
          expect(runs.flatMap(run => untruths(run).map(what => `${run.system}: ${what}`))).toEqual([])
          for (const { results } of runs) for (const { end } of results) ends.set(end, (ends.get(end) ?? 0) + 1)
        }),
        { numRuns: rounds, seed, endOnFailure: true },
      )
      process.stderr.write(`property of the estate: goals ended ${JSON.stringify(Object.fromEntries(ends))}\n`)
    },
    rounds * slowestRoundMs,
  )
})
