import { afterEach, describe, expect, it } from 'vitest'
import type { ErrorKind } from '../../src/core/errors.ts'
import { isK1Error } from '../../src/core/errors.ts'
import type { Fault } from '../../src/sandbox/index.ts'
import { findSystem, systems } from '../../src/systems/index.ts'
import { contractCases, exceptions } from './contract-cases.ts'
import { type Accepted, createContractGround, outOfAFile, refusal, told } from './contract-ground.ts'
import { createWatch } from './contract-watch.ts'
import { goalOf, here, setPeopleStage, theOne } from './people-stage.ts'
import type { TriedGoal } from './tried-goal.ts'

/**
 * What all systems keep in an offboarding, each against its simulator: the same questions to every one. What differs
 * is data (contract-cases.ts), also what cannot be tried, and why. Finer things are in each system's own files.
 * After every test all that it was shown is searched for secrets.
 */

const stage = setPeopleStage()
const watch = createWatch()

afterEach(() => watch.search(stage))

const statuses: [number, ErrorKind][] = [
  [401, 'sign-in'],
  [403, 'forbidden'],
  [429, 'rate-limited'],
  [500, 'server'],
  [503, 'server'],
]

const losses: [string, Fault][] = [
  ['the first write of each goal', {}],
  ['the second write of each goal', { skip: 1 }],
  ['every write of each goal, for as long as it is tried', { times: 0 }],
]

/** So many accounts there are at the end: not every system deletes. */
function leftOf(goals: readonly TriedGoal[]): number {
  return goals.some(({ kind }) => kind === 'deleted') ? 0 : 1
}

describe.each(contractCases)('$system', row => {
  const { system, tenant, person, cannot = {}, holding = {} } = row
  const ground = createContractGround(row, stage, watch)
  const { options, toTheEnd, open, ready, look, bring, during, failure, outcome, callCount, writesSince } = ground

  /** What a trial that the system has not rests on is looked at, and the reason is in the name of the test. */
  function untried(why: string): void {
    it(`cannot be tried: ${why}`, async () => {
      const { goals } = await ready(toTheEnd)
      expect(goals.length).toBeGreaterThan(0)
      for (const goal of goals) {
        const standing = await look(goal)
        const undo = standing.state === 'not-yet' ? goal.undo?.(standing.reading) : undefined
        expect([goal.kind, goal.bring, undo?.bring]).toEqual([goal.kind, undefined, undefined])
        expect(goal.byHand?.join('\n')).toContain(person.split('@')[0])
      }
    })
  }

  describe('looking', () => {
    it('finds somebody by their e-mail, whatever the case, and by their id', async () => {
      const people = await open()
      for (const word of [person, person.toUpperCase(), ` ${person} `]) {
        const account = watch.see(await theOne(people, word))
        expect(account).toMatchObject({ email: person, active: true })
        expect(account.name).toMatch(/^\S+ \S+/)
        expect(await people.account(account.id)).toEqual(account)
      }
    })

    it.each(Object.entries(row.awkward))('finds somebody with %s, and only them', async (_, word) => {
      if (row.alter) await stage.restart(row.alter)
      const people = await open()
      for (const one of [word, word.toUpperCase()]) {
        const account = watch.see(await theOne(people, one))
        expect(account.email).toBe(word)
        expect(await people.account(account.id)).toEqual(account)
      }
    })

    const [first = ''] = person.split('.')
    const injected = 'x" or id pr or userName eq "x'
    it.each([`nobody@${person.split('@')[1]}`, first, injected, '*', '"', '', '%'])(
      'knows nobody by %j, no error',
      async word => {
        expect(await (await open()).find(word)).toEqual([])
      },
    )

    it('knows no account with an id that is nobody’s', async () => {
      const people = await open()
      for (const id of [row.unknownId, '99999999']) expect(await people.account(id)).toBeNull()
    })

    it('lists everybody once, this person among them', async () => {
      const people = await open()
      const ids: string[] = []
      for await (const account of people.list()) ids.push(watch.see(account).id)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids).toContain((await theOne(people, person)).id)
      expect([ids.length, null]).toContain(await people.count())
      expect(await writesSince(0)).toEqual([])
    })

    it('has the goals that its facts promise, in an order that can be kept, and writes nothing', async () => {
      await row.prepare?.(stage)
      const from = await callCount()
      const people = await open()
      const account = await theOne(people, person)
      const goals = watch.see(await people.goals(account, toTheEnd))
      const kinds = goals.map(({ kind }) => kind)
      const promised = findSystem(system)?.about.accountGoals?.filter(({ how }) => how !== 'not-here') ?? []
      expect([...kinds].sort()).toEqual(promised.map(({ kind }) => kind).sort())
      for (const { kind, after, behind = [], bring: act, byHand, effect, undo } of goals) {
        for (const first of [...after, ...behind]) expect(kinds.indexOf(first)).toBeLessThan(kinds.indexOf(kind))
        const how = promised.find(one => one.kind === kind)?.how
        expect([kind, act === undefined, byHand !== undefined]).toEqual([kind, how === 'by-hand', how === 'by-hand'])
        if (undo) expect([kind, effect]).toEqual([kind, 'reversible'])
      }
      if (kinds.includes('deleted')) expect(kinds.at(-1)).toBe('deleted')
      const askedFor = ['deleted', 'data-handed-over', 'successor-let-in', 'meetings-cancelled']
      const unasked = kinds.filter(kind => !askedFor.includes(kind))
      expect((await people.goals(account, here)).map(({ kind }) => kind)).toEqual(unasked)
      await ground.looks(goals)
      expect(await writesSince(from)).toEqual([])
    })

    it.each(statuses)('says what a %i means, in every goal, and concludes nothing from it', async (status, kind) => {
      const { people, goals } = await ready(toTheEnd)
      await during({ ...row.looking, ...refusal(status), times: 0 }, async () => {
        for (const goal of goals) expect([goal.kind, (await failure(goal.look())).kind]).toEqual([goal.kind, kind])
        expect((await failure(people.find(person))).kind).toBe(kind)
      })
    })

    it('names a member that is missing', async () => {
      const { people, goals } = await ready()
      const missing = await during(row.needed.fault, () => failure(people.find(person)))
      expect([missing.kind, missing.facts.field]).toEqual(['contract', row.needed.field])
      const { fault, field, unobservable, partly } = row.proof
      const block = goalOf(goals, 'sign-in-blocked')
      const seen = await during(fault, () => look(block).catch((error: unknown) => watch.see(error)))
      if (partly !== undefined) {
        expect(seen, partly).toMatchObject({ state: 'not-yet' })
        expect(JSON.stringify(seen), partly).toContain(field)
      } else if (unobservable === undefined) {
        expect(isK1Error(seen) && [seen.kind, seen.facts.field]).toEqual(['contract', field])
      } else {
        expect(seen, unobservable).toEqual({ state: 'unobservable', why: expect.stringContaining(field) })
      }
    })

    it('does not mind members that it does not know', async () => {
      const { people, account, goals } = await ready(toTheEnd)
      const before = await ground.looks(goals)
      const from = await callCount()
      await during({ extra: true, times: 0 }, async () => {
        const session = await stage.session(system, tenant, row.settings)
        watch.see(await session.check())
        const fresh = session.people
        if (fresh === undefined) throw new Error('no people')
        const { asFound: _, ...same } = account
        expect(await theOne(fresh, person)).toMatchObject(same)
        expect(await fresh.account(account.id)).toMatchObject(same)
        const ids: string[] = []
        for await (const { id } of fresh.list()) ids.push(id)
        expect(ids).toContain(account.id)
        const again = watch.see(await fresh.goals(account, toTheEnd))
        if (row.shows === undefined) expect(await ground.looks(again)).toEqual(before)
        else expect(await ground.looks(again), row.shows).not.toEqual(before)
        if (cannot['bring about'] === undefined) await ground.bringInTurn(again)
      })
      const calls = await ground.callsSince(from)
      expect(calls.filter(one => one.fault === 'extra').length).toBeGreaterThan(goals.length)
      expect(await people.find(person)).toHaveLength(leftOf(goals))
    })
  })

  describe('bringing about', () => {
    if (cannot['bring about'] !== undefined) return untried(cannot['bring about'])

    it('brings every goal to hold, and writes nothing a second time, in another process', async () => {
      const { account, goals } = await ready(toTheEnd)
      const accepted: Accepted = new Map()
      const before = await ground.bringInTurn(goals, accepted)
      for (const [kind, { state }] of before) expect([kind, state]).toEqual([kind, holding[kind] ? 'holds' : 'not-yet'])
      await ground.secondTime(account, toTheEnd, accepted)
      expect(await (await open()).find(person)).toHaveLength(leftOf(goals))
    })

    it('writes nothing for somebody whom an earlier run kept out, told to or not', async () => {
      const { account, goals } = await ready()
      const accepted: Accepted = new Map()
      await ground.bringInTurn(goals, accepted)
      await ground.secondTime(account, options, accepted)
      const found = await theOne(await open(), person)
      expect(found.active).toBe(false)
      await ground.secondTime(found, options)
      const from = await callCount()
      for (const goal of await (await open()).goals(found, options)) await bring(goal)
      expect(await writesSince(from)).toEqual([])
    })
  })

  describe('giving back', () => {
    if (cannot['give back'] !== undefined) return untried(cannot['give back'])

    it('gives back what it took, where it says that it can, once', async () => {
      const { account, goals } = await ready()
      const before = await ground.bringInTurn(goals)
      expect((await theOne(await open(), person)).active).toBe(false)

      const later = await (await open()).goals(outOfAFile(account), options)
      const undos = inOrderOfUndo(
        later.flatMap(goal => {
          const taken = before.get(goal.kind)
          return taken?.state === 'not-yet' && goal.undo ? [goal.undo(outOfAFile(taken.reading))] : []
        }),
      )
      expect(watch.see(undos).map(({ kind }) => kind)).toContain('sign-in-blocked')
      for (const undo of undos) {
        expect([undo.kind, (await look(undo)).state]).toEqual([undo.kind, 'not-yet'])
        await bring(undo)
        expect([undo.kind, (await look(undo)).state]).toEqual([undo.kind, 'holds'])
      }
      const { asFound: _, ...was } = account
      expect(await theOne(await open(), person)).toMatchObject(was)
      const from = await callCount()
      for (const undo of undos) expect([undo.kind, (await look(undo)).state]).toEqual([undo.kind, 'holds'])
      expect(await writesSince(from)).toEqual([])
    })
  })

  describe('trouble on writing', () => {
    if (cannot['fail on writing'] !== undefined) return untried(cannot['fail on writing'])

    it.each(statuses)('says what a %i means, in every goal, and changes nothing', async (status, kind) => {
      const { goals } = await ready(toTheEnd)
      for (const goal of goals) {
        const before = await look(goal)
        if (before.state !== 'not-yet') continue
        const from = await callCount()
        const failed = await during({ write: true, ...refusal(status), times: 0 }, () => failure(bring(goal)))
        expect([goal.kind, failed.kind]).toEqual([goal.kind, kind])
        expect(await writesSince(from)).toEqual([])
        expect([goal.kind, told(await look(goal))]).toEqual([goal.kind, told(before)])
        await ground.bringInTurn([goal])
      }
    })
  })

  describe('a lost answer', () => {
    if (cannot['lose an answer'] !== undefined) return untried(cannot['lose an answer'])

    it('is told as such when nothing arrived, and nothing was changed', async () => {
      const { goals } = await ready(toTheEnd)
      for (const goal of goals) {
        const before = await look(goal)
        if (before.state !== 'not-yet') continue
        const from = await callCount()
        const lost = await during({ write: true, drop: 'before', times: 0 }, () => failure(bring(goal)))
        expect([goal.kind, lost.kind]).toEqual([goal.kind, 'lost-answer'])
        expect(await writesSince(from)).toEqual([])
        expect([goal.kind, told(await look(goal))]).toEqual([goal.kind, told(before)])
        await ground.bringInTurn([goal])
      }
    })

    it.each(losses)('to %s has no second effect: looking again settles it', async (_, fault) => {
      const undisturbed = new Map<string, { state: unknown; requests: number }>()
      for (const goal of (await ready(toTheEnd)).goals) {
        const from = await callCount()
        await ground.bringInTurn([goal])
        const requests = (await ground.callsSince(from)).filter(({ digest }) => digest !== undefined).length
        undisturbed.set(goal.kind, { state: await ground.stateAfter(goal), requests })
      }
      await stage.restart(() => {})
      for (const goal of (await ready(toTheEnd)).goals) {
        const { state, requests = 0 } = undisturbed.get(goal.kind) ?? {}
        if ((await look(goal)).state === 'holds') continue
        const from = await callCount()
        await during({ write: true, drop: 'after', ...fault }, () =>
          bring(goal).catch((error: unknown) => {
            watch.see(error)
            expect([goal.kind, isK1Error(error) && error.kind]).toEqual([goal.kind, 'lost-answer'])
          }),
        )
        const struck = (await ground.callsSince(from)).some(one => one.fault === 'drop-after')
        expect([goal.kind, struck]).toEqual([goal.kind, requests > (fault.skip ?? 0)])
        // Nobody sends a second time what is not repeatable: there looking has to do, a little later.
        if (goal.repeatable && (await look(goal)).state === 'not-yet') await bring(goal)
        expect([goal.kind, await ground.stateAfter(goal)]).toEqual([goal.kind, state])
        expect([goal.kind, (await look(goal)).state]).toEqual([goal.kind, 'holds'])
        const digests = (await writesSince(from)).map(({ digest }) => digest)
        if (!goal.repeatable) expect([goal.kind, new Set(digests).size]).toEqual([goal.kind, digests.length])
      }
    })
  })

  describe('a server that says everything back', () => {
    it('is not repeated where there is a secret: not on signing in, looking, or writing', async () => {
      await during({ echo: true, times: 0 }, async () => {
        await failure(open().then(people => people.find(person)))
        await outcome(stage.session(system, tenant).then(session => session.check()))
      })
      const { people, goals } = await ready(toTheEnd)
      await during({ ...row.looking, echo: true, times: 0 }, async () => {
        await failure(people.find(person))
        for (const goal of goals) await failure(goal.look())
      })
      for (const goal of goals) {
        if (!goal.bring || (await look(goal)).state === 'holds') continue
        await during({ write: true, echo: true, times: 0 }, () => failure(bring(goal)))
        await ground.bringInTurn([goal])
      }
    })
  })
})

/** As an undo goes: whatever another one waits for is given back before it. */
function inOrderOfUndo(undos: readonly TriedGoal[]): TriedGoal[] {
  const left = [...undos]
  const sorted: TriedGoal[] = []
  while (left.length > 0) {
    const at = left.findIndex(({ after }) => !after.some(kind => left.some(other => other.kind === kind)))
    sorted.push(...left.splice(Math.max(at, 0), 1))
  }
  return sorted
}

describe('the contract', () => {
  it('is kept by every system that there is', () => {
    const ids = systems.map(({ about }) => about.id)
    expect(contractCases.map(({ system }) => system).sort()).toEqual([...ids].sort())
  })

  it.each(exceptions)('has an exception for $system: $of. $why', ({ why }) => {
    expect(why).toMatch(/^[A-Z].{20,}\.$/)
  })

  it('has no other exceptions', () => {
    expect(exceptions.map(({ system, of }) => `${system}: ${of}`)).toEqual([
      'scim: the proof of the block',
      'bms: bring about',
      'bms: give back',
      'bms: fail on writing',
      'bms: lose an answer',
      'jumpcloud: admin-roles-dropped holds already',
      'jumpcloud: sessions-ended holds already',
      'google-workspace: admin-roles-dropped holds already',
      'google-workspace: sessions-ended holds already',
      'google-workspace: passwordChanges is not compared',
      'google-workspace: signOuts is not compared',
      'aws: the proof of the block',
      'aws: sessions-ended holds already',
      'webhook: access-freed holds already',
      'webhook: readings with unknown members',
    ])
  })

  it('searched what was shown for secrets that were really there', () => {
    expect(watch.figures.texts).toBeGreaterThan(1000)
    expect(watch.figures.secrets).toBeGreaterThan(1000)
    expect(watch.figures.passwords).toBeGreaterThan(10)
  })
})
