import { describe, expect, it } from 'vitest'
import { type ErrorKind, K1Error } from '../../src/core/errors.ts'
import type { Goal } from '../../src/core/goal.ts'
import type { LedgerEntry, LedgerWriter } from '../../src/core/ledger-store.ts'
import { openMoment } from '../../src/core/moment.ts'
import type { Clock } from '../../src/core/ports.ts'
import { unseen } from '../../src/core/reading.ts'
import { execute } from '../../src/engine/execute.ts'
import type { ExecuteOptions } from '../../src/engine/execute-options.ts'
import { createTurns } from '../../src/engine/turns.ts'
import { type ScriptedGoal, type Script as Standing, scriptedGoal } from './scripted-goal.ts'

const clock: Clock = { now: () => new Date('2026-11-21T20:00:00Z'), sleep: async () => {} }
const holds: Standing = { state: 'holds', reading: 'on' }
const notYet: Standing = { state: 'not-yet', reading: 'off' }
const unobservable: Standing = { state: 'unobservable', why: 'No way to look.' }

/** A ledger in memory that notes, for each entry, what had been done by then. */
function memory(deeds: string[]) {
  const notes: string[] = []
  const writer: LedgerWriter = {
    run: 'r',
    async append(type, data, goal): Promise<LedgerEntry> {
      const end = typeof data === 'object' && data !== null && 'end' in data ? ` ${String(data.end)}` : ''
      notes.push(`${type}${end} after ${deeds.length}`)
      return { seq: notes.length - 1, at: '', type, run: 'r', ...(goal ? { goal } : {}), data, prev: '', hash: '' }
    },
    async close() {},
  }
  return { notes, writer }
}

interface Scene {
  looks: (Standing | Error)[]
  bring?: Error
  goal?: ScriptedGoal
  options?: Partial<ExecuteOptions>
}

async function play({ looks, bring, goal: more, options }: Scene) {
  const deeds: string[] = []
  const left = [...looks]
  const goal = scriptedGoal({
    repeatable: false,
    async show() {
      deeds.push('look')
      const found = left.shift()
      if (found === undefined) throw new Error('Looked too often.')
      if (found instanceof Error) throw found
      return found
    },
    async do() {
      deeds.push('bring')
      if (bring) throw bring
      return undefined
    },
    ...more,
  })
  const { notes, writer } = memory(deeds)
  const [result] = await execute([goal], { ledger: writer, clock, concurrency: 1, turns: createTurns(), ...options })
  expect(left).toEqual([])
  return { result, deeds, notes }
}

function error(kind: ErrorKind): K1Error {
  return new K1Error(kind, `It was ${kind}.`, { hint: 'Do this.' })
}

describe('the last question before a change', () => {
  async function asked(guard: () => Promise<string | undefined>, change: Partial<Goal> = {}) {
    let sent = 0
    const goal = scriptedGoal({
      guard: () => guard,
      async take() {
        sent++
        return []
      },
      async anyway() {
        sent++
        return []
      },
      ...change,
    })
    const [result] = await execute([goal], { ledger: memory([]).writer, clock, concurrency: 1, turns: createTurns() })
    return { end: result?.end, sent, why: result?.why, hint: result?.hint }
  }
  const unseenUser = { read: async () => unseen('unreachable', 'No answer.') }

  it.each<[string, () => Promise<string | undefined>, Partial<Goal>, object]>([
    ['goes on without an objection', async () => undefined, {}, { sent: 1 }],
    ['goes on where nothing could be read', async () => undefined, unseenUser, { sent: 1 }],
    [
      'sends nothing on an objection',
      async () => 'The last one.',
      {},
      { end: 'refused', sent: 0, why: 'The last one.' },
    ],
    ['is asked also where nothing could be read', async () => 'The last one.', unseenUser, { end: 'refused', sent: 0 }],
    [
      'sends nothing where nobody can tell',
      () => Promise.reject(error('server')),
      {},
      { end: 'failed', sent: 0, why: 'It was server.', hint: 'Do this.' },
    ],
    ['says when it is held', () => Promise.reject(error('refused')), {}, { end: 'refused', sent: 0, hint: 'Do this.' }],
  ])('%s', async (_, guard, change, expected) => {
    expect(await asked(guard, change)).toMatchObject(expected)
  })
})

describe('a goal that is queued, and was refused in part by an earlier process', () => {
  const differences = [
    { what: 'A', before: 'on', after: 'off' },
    { what: 'B', before: 'on', after: 'off' },
  ]

  async function resumed(refused: string[]) {
    const asked: string[][] = []
    const kept: unknown[] = []
    const goal = scriptedGoal({
      differences,
      queued: true,
      later: 'It is queued.',
      show: async () => notYet,
      async take(changes) {
        asked.push(changes.map(({ id }) => id))
        return changes.map(({ id }) => ({ id }))
      },
    })
    const ledger = memory([]).writer
    const [result] = await execute([goal], {
      ledger: {
        ...ledger,
        append(...entry) {
          kept.push(entry[1])
          return ledger.append(...entry)
        },
      },
      clock,
      concurrency: 1,
      turns: createTurns(),
      sentBefore: new Set(['g']),
      refusedBefore: new Map([['g', new Set(refused)]]),
    })
    return { asked, end: result?.end, kept }
  }

  it('asks again for what was refused, and for nothing else', async () => {
    const { asked, end, kept } = await resumed(['1'])
    expect([asked, end]).toEqual([[['1']], 'pending'])
    expect(kept).toContainEqual({ sent: true, round: 1, taken: ['1'] })
  })

  it('asks for nothing where all was taken', async () => {
    expect(await resumed([])).toMatchObject({ asked: [], end: 'pending' })
  })
})

describe('one goal', () => {
  it('is brought about between two looks; intent, outcome and proof are each on disk before the next move', async () => {
    const { result, deeds, notes } = await play({ looks: [notYet, holds] })
    expect(result).toMatchObject({ end: 'changed', proved: true, reading: 'on' })
    expect(deeds).toEqual(['look', 'bring', 'look'])
    expect(notes).toEqual(['intent after 1', 'outcome after 2', 'proof changed after 3'])
  })

  it('is looked at while the disk takes what was sent; nothing is sent, or said, before it has', async () => {
    const deeds: string[] = []
    const goals = ['a', 'b'].map(id =>
      scriptedGoal({
        id,
        moment: openMoment({ now: () => 0 }),
        async show() {
          deeds.push(`${id} look`)
          return deeds.includes(`${id} sent`) ? holds : notYet
        },
        async do() {
          deeds.push(`${id} sent`)
          return undefined
        },
      }),
    )
    const { writer } = memory([])
    let disk: Promise<unknown> = Promise.resolve()
    const slow: LedgerWriter = {
      ...writer,
      append(type, data, goal) {
        const entry = disk.then(() => new Promise(resolve => setTimeout(resolve, 5)))
        disk = entry
        return entry.then(() => {
          deeds.push(`${goal} ${type} on disk`)
          return writer.append(type, data, goal)
        })
      },
    }
    const onEvent: ExecuteOptions['onEvent'] = ({ type, goal }) => deeds.push(`${goal.id} ${type} said`)
    await execute(goals, { ledger: slow, clock, concurrency: 1, turns: createTurns(), onEvent })
    expect(deeds).toEqual([
      ...['a look', 'a intent said', 'a intent on disk', 'a sent', 'a look', 'a outcome on disk'],
      ...['b look', 'b intent said', 'a proof on disk', 'a end said', 'b intent on disk', 'b sent', 'b look'],
      ...['b outcome on disk', 'b proof on disk', 'b end said'],
    ])
  })

  it.each(['outcome', 'proof'] as const)(
    'ends where its %s cannot be written, and nothing more is sent',
    async failing => {
      const sent: string[] = []
      const goals = ['a', 'b'].map(id =>
        scriptedGoal({
          id,
          show: async () => (sent.includes(id) ? holds : notYet),
          do: async () => void sent.push(id),
        }),
      )
      const { writer } = memory([])
      let isBroken = false
      const broken: LedgerWriter = {
        ...writer,
        async append(type, data, goal) {
          isBroken ||= type === failing
          if (isBroken) throw error('storage')
          return writer.append(type, data, goal)
        },
      }
      const said: string[] = []
      const options = {
        clock,
        concurrency: 1,
        turns: createTurns(),
        onEvent: ({ type }: { type: string }) => said.push(type),
      }
      await expect(execute(goals, { ledger: broken, ...options })).rejects.toThrow('It was storage.')
      expect(sent).toEqual(['a'])
      expect(said).not.toContain('end')
    },
  )

  it('that holds is proved by the look alone', async () => {
    const { result, deeds, notes } = await play({ looks: [holds] })
    expect(result).toMatchObject({ end: 'already', proved: true })
    expect([deeds, notes]).toEqual([['look'], ['proof already after 1']])
  })

  it.each<[string, Scene, object, string[]]>([
    [
      'is refused, after a look',
      { looks: [notYet], goal: { refusal: { why: 'No.' } } },
      { end: 'refused', why: 'No.' },
      ['look'],
    ],
    ['is refused, but holds', { looks: [holds], goal: { refusal: { why: 'No.' } } }, { end: 'already' }, ['look']],
    ['is by hand', { looks: [notYet], goal: { byHand: ['Do it.'] } }, { end: 'by-hand', steps: ['Do it.'] }, ['look']],
    ['cannot be looked at', { looks: [error('unreachable')] }, { end: 'failed', why: 'It was unreachable.' }, ['look']],
    [
      'does not hold afterwards',
      { looks: [notYet, notYet] },
      { end: 'failed', proved: false },
      ['look', 'bring', 'look'],
    ],
    [
      'cannot be read back',
      { looks: [unobservable, unobservable] },
      { end: 'changed', proved: false, why: expect.stringContaining('Nobody can read it back') },
      ['look', 'bring', 'look'],
    ],
    [
      'cannot be reached to read back',
      { looks: [notYet, error('server')] },
      { end: 'unknown', why: expect.stringContaining('Sent and accepted'), hint: 'Do this.' },
      ['look', 'bring', 'look'],
    ],
    ['was cancelled before it began', { looks: [], options: { signal: AbortSignal.abort() } }, { end: 'pending' }, []],
  ])('%s', async (_name, scene, expected, deeds) => {
    const played = await play(scene)
    expect(played.result).toMatchObject(expected)
    expect(played.deeds).toEqual(deeds)
  })
})

describe('what an error of the change means', () => {
  it.each<[ErrorKind, string]>([
    ['refused', 'refused'],
    ['conflict', 'refused'],
    ['rejected', 'failed'],
    ['forbidden', 'failed'],
    ['unreachable', 'failed'],
    ['rate-limited', 'failed'],
    ['sign-in', 'failed'],
    ['cancelled', 'unknown'],
    ['lost-answer', 'unknown'],
    ['server', 'unknown'],
    ['contract', 'unknown'],
    ['internal', 'unknown'],
  ])('%s: %s', async (kind, end) => {
    const { result, notes } = await play({
      looks: kind === 'cancelled' ? [notYet] : [notYet, notYet],
      bring: error(kind),
    })
    expect(result).toMatchObject({ end, proved: false, why: `It was ${kind}.`, hint: 'Do this.' })
    expect(notes).toEqual(['intent after 1', `outcome ${end} after ${kind === 'cancelled' ? 2 : 3}`])
  })

  it('what is no error of ours is unknown, too', async () => {
    const { result } = await play({ looks: [notYet, notYet], bring: new TypeError('x is not a function') })
    expect(result).toMatchObject({ end: 'unknown' })
  })
})

describe('a goal in doubt', () => {
  const inDoubt = new Set(['g'])
  it.each<[string, Scene, string, string[]]>([
    ['that holds was changed by the earlier request', { looks: [holds] }, 'changed', ['look']],
    ['that does not hold is sent', { looks: [notYet, holds] }, 'changed', ['look', 'bring', 'look']],
    ['that nobody can see is not sent again', { looks: [unobservable] }, 'unknown', ['look']],
    [
      'that nobody can see, but may be repeated, is sent again',
      { looks: [unobservable, unobservable], goal: { repeatable: true } },
      'changed',
      ['look', 'bring', 'look'],
    ],
    [
      'that nobody can see is sent again when told to',
      { looks: [unobservable, unobservable], options: { resend: true } },
      'changed',
      ['look', 'bring', 'look'],
    ],
  ])('%s', async (_name, scene, end, deeds) => {
    const played = await play({ ...scene, options: { ...scene.options, inDoubt } })
    expect(played.result?.end).toBe(end)
    expect(played.deeds).toEqual(deeds)
  })
})

it('what was not sent, on purpose, and that nobody can read back, is neither changed nor proved', async () => {
  const { result, notes } = await play({
    looks: [unobservable],
    goal: { do: async () => [{ id: 'it', skipped: true }] },
  })
  expect(result).toMatchObject({ end: 'already', proved: false, why: expect.stringContaining('Nothing was sent') })
  expect(notes.at(-1)).toMatch(/^outcome already/)
})

it.each<[string, Partial<ScriptedGoal>, string]>([
  ['does not hold', { do: async () => [{ id: 'it', skipped: true }] }, 'Nothing was sent, and it does not hold.'],
  [
    'could not be read',
    {
      read: async () => unseen('unreachable', 'No answer.'),
      anyway: async () => [{ id: 'it', skipped: true }],
    },
    'Nothing was sent. No answer.',
  ],
])('what was not sent, on purpose, and %s, is not called accepted', async (_, goal, why) => {
  const { result } = await play({ looks: goal.read ? [] : [notYet], goal })
  expect(result).toMatchObject({ proved: false, why })
  expect(['failed', 'pending']).toContain(result?.end)
})

describe('a goal that is queued over there', () => {
  it('names what it waits for', async () => {
    const waits: Standing = { ...notYet, waitsFor: 'a laptop' }
    const { result } = await play({ looks: [notYet, waits], goal: { later: 'It is off.', queued: true } })
    expect(result).toMatchObject({ end: 'pending', why: 'Not yet. It is off. Waits for a laptop.' })
  })

  const goal: ScriptedGoal = { later: 'The agent has not called in.', queued: true }
  const inDoubt = new Set(['g'])
  const sentBefore = new Set(['g'])
  it.each<[string, Scene, string, string[]]>([
    ['is pending until it comes', { looks: [notYet, notYet] }, 'pending', ['look', 'bring', 'look']],
    ['is only looked at once it was accepted', { looks: [notYet], options: { sentBefore } }, 'pending', ['look']],
    ['that came meanwhile holds', { looks: [holds], options: { sentBefore } }, 'already', ['look']],
    ['is not sent again in doubt', { looks: [notYet], options: { inDoubt } }, 'unknown', ['look']],
    [
      'is sent again when told to',
      { looks: [notYet, holds], options: { inDoubt, sentBefore, resend: true } },
      'changed',
      ['look', 'bring', 'look'],
    ],
    [
      'is sent again when that does no harm',
      { looks: [notYet, holds], goal: { repeatable: true }, options: { inDoubt } },
      'changed',
      ['look', 'bring', 'look'],
    ],
  ])('%s', async (_name, scene, end, deeds) => {
    const played = await play({ ...scene, goal: { ...goal, ...scene.goal } })
    expect(played.result?.end).toBe(end)
    expect(played.deeds).toEqual(deeds)
  })
})

it.each([
  ['rejected', 'failed', '2 of 3 were refused: B (on): no. C (on): no.'],
  ['unreachable', 'failed', '2 of 3 were not done: B (on): no. C (on): no.'],
  ['contract', 'unknown', '2 of 3 have no certain answer: B (on): no. C (on): no.'],
] as const)('of several things, some %s: %s', async (kind, end, why) => {
  const no = new K1Error(kind, 'no.')
  const goal = scriptedGoal({
    show: async () => notYet,
    do: async () => [{ id: '0' }, { id: '1', error: no }, { id: '2', error: no }],
    differences: ['A', 'B', 'C'].map(what => ({ what, before: 'on', after: 'off' })),
  })
  const { writer } = memory([])
  const [result] = await execute([goal], { ledger: writer, clock, concurrency: 1, turns: createTurns() })
  expect(result).toMatchObject({ end, why })
})

it.each([
  ['did not hold when it was read', async () => notYet, 'Waits for first, which does not hold.'],
  [
    'nobody could read',
    async () => {
      throw error('unreachable')
    },
    'Waits for first; whether that holds, nobody has seen.',
  ],
] as const)('what waits for a goal that %s says so', async (_, show, why) => {
  const refused = async () => {
    throw error('rejected')
  }
  const goals = [scriptedGoal({ id: 'first', show, do: refused }), scriptedGoal({ id: 'second', after: ['first'] })]
  const { writer } = memory([])
  const [, second] = await execute(goals, { ledger: writer, clock, concurrency: 1, turns: createTurns() })
  expect(second).toMatchObject({ end: 'pending', why })
})

it('what only has to be asked for after another one does not wait until that shows, or ends', async () => {
  const asked: string[] = []
  const goal = (id: string, showsWith: string, more: ScriptedGoal = {}) =>
    scriptedGoal({
      ...{ id, system: id, settlesWithin: 3_600_000, ...more },
      show: async () => (asked.includes(showsWith) ? holds : notYet),
      async do() {
        asked.push(id)
        return undefined
      },
    })
  const refused = goal('refused', 'never', { settlesWithin: 0 })
  const goals = [
    goal('slow', 'next'),
    goal('next', 'next', { past: ['slow', 'refused'] }),
    goal('last', 'last', { behind: ['slow'] }),
    { ...refused, take: async () => Promise.reject(error('rejected')) },
  ]
  const { writer } = memory([])
  const ticking = { now: () => new Date(Date.parse('2026-11-21T20:00:00Z')), sleep: nextTurn }
  const results = await execute(goals, { ledger: writer, clock: ticking, concurrency: 8, turns: createTurns() })
  expect(results.map(({ end }) => end)).toEqual(['changed', 'changed', 'changed', 'failed'])
  expect(asked).toEqual(['slow', 'next', 'last'])
})

const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve))

it('a failure stops what depends on it, and nothing else', async () => {
  const done: string[] = []
  const goal = (id: string, after: string[], bring: () => void): Goal => {
    let on = false
    return scriptedGoal({
      id,
      system: id,
      after,
      show: async () => (on ? holds : notYet),
      async do() {
        bring()
        done.push(id)
        on = true
        return undefined
      },
    })
  }
  const { writer } = memory([])
  const results = await execute(
    [
      goal('first', [], () => {
        throw error('rejected')
      }),
      goal('second', ['first'], () => {}),
      goal('other', [], () => {}),
    ],
    { ledger: writer, clock, concurrency: 1, turns: createTurns() },
  )
  expect(results.map(r => [r.goal, r.end])).toEqual([
    ['first', 'failed'],
    ['second', 'pending'],
    ['other', 'changed'],
  ])
  expect(results[1]?.why).toContain('Waits for first')
  expect(done).toEqual(['other'])
})
