import { afterEach, describe, expect, it } from 'vitest'
import { demoWorld, estateLeaver, estatePeople, quirksBySystem } from '../../src/sandbox/index.ts'
import { contractCases } from './contract-cases.ts'
import { createWatch } from './contract-watch.ts'
import { setPeopleStage } from './people-stage.ts'
import { type QuirkRun, runUnderQuirks, untruths } from './quirk-run.ts'

/**
 * The contract under each way in which a vendor misbehaves: somebody is offboarded by the real engine, and what it says
 * is compared with the simulator's own state. A goal ends proved with the state as wanted, or not proved with a reason;
 * the request that blocks the sign-in is sent whenever the account was found. K1CTL_QUIRKS=all also goes on to the end
 * (`--delete`), takes every two quirks of a system together, and all of them, and somebody who has more.
 */

const stage = setPeopleStage()
const watch = createWatch()
afterEach(() => watch.search(stage))

const all = process.env.K1CTL_QUIRKS === 'all'

/** Somebody with devices of all kinds, administrators, and another: not everything of theirs comes to hold. */
const people = estatePeople(demoWorld())
const isOfEstate = (email: string) => people.some(({ person }) => person.email === email)
const richer = [estateLeaver(demoWorld()), ...people.slice(0, 2), ...people.slice(3, 4)].map(one => one.person.email)

const listed = new Map(quirksBySystem().map(({ system, quirks }) => [system, quirks.map(({ name }) => name)]))

describe.each(contractCases)('$system', row => {
  const { system } = row
  const names = listed.get(system) ?? []

  async function oneRun(person: string, toTheEnd = false): Promise<QuirkRun> {
    const [run] = watch.see(await runUnderQuirks([system], { ...row, person }, stage, { toTheEnd }))
    if (run === undefined) throw new Error('no run')
    return run
  }

  async function tried(on: readonly string[], { toTheEnd = false, person = row.person } = {}) {
    await row.prepare?.(stage)
    if (on.length > 0) {
      await stage.control(system, 'POST', 'quirks', Object.fromEntries(on.map(name => [name, true])))
    }
    const run = await oneRun(person, toTheEnd)
    expect(untruths(run)).toEqual([])
    return run
  }

  it('as it should be: everything is proved, and so it is', async () => {
    const { accounts, results, truth } = await tried([], { toTheEnd: true })
    expect(accounts).toBe(1)
    if (row.cannot?.['bring about']) return
    expect(results.filter(({ proved }) => !proved).map(({ kind, why }) => [kind, why])).toEqual([])
    expect(Object.values(truth).flat()).toEqual([])
  })

  it.each(names)('says nothing that is not so, and keeps out: %s', async name => {
    await tried([name])
  })

  if (!all) return

  it.each(names)('to the end: %s', async name => {
    await tried([name], { toTheEnd: true })
  })

  const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other): [string, string] => [one, other]))
  it.each(pairs)('two together: %s, %s', async (...on) => {
    await tried(on)
  })

  if (names.length > 2) it('all of them', async () => void (await tried(names)))

  if (!isOfEstate(row.person) || names.length === 0) return

  describe.each(richer)('for %s', person => {
    it.each(names)('%s', async name => {
      const { refusal } = await oneRun(person)
      await stage.restart(() => {})
      if (refusal === undefined || blind[system] === name) return void (await tried([name], { person }))
      // Who may not be touched is not touched the more because the system answers badly.
      await stage.control(system, 'POST', 'quirks', { [name]: true })
      const run = await oneRun(person)
      expect([run.sent.size, run.results]).toEqual([0, []])
      expect(run.refusal ?? run.unreached.map(({ error }) => error.message).join()).not.toBe('')
    })
  })
})

/** Where nobody may see who is an administrator, keeping out goes first: the roles are told as unseen. */
const blind: Record<string, string> = { 'microsoft-365': 'rolesForbidden' }

it('counts the quirks', () => {
  const counts = contractCases.map(({ system }) => [system, listed.get(system)?.length ?? 0])
  process.stderr.write(`quirks by system: ${JSON.stringify(Object.fromEntries(counts))}\n`)
  for (const { quirks } of quirksBySystem()) {
    for (const { name, source, what } of quirks) {
      expect([name, source, what]).toEqual([
        expect.stringMatching(/^[a-z][A-Za-z0-9]+$/),
        expect.stringMatching(/\w+\.\w+\/.+|published contract|vendor|documented/),
        expect.stringMatching(/^[A-Za-z].+\."?$/),
      ])
    }
  }
})
