import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openTeamStore } from '../../src/store/team/index.ts'
import { sendJson, startLoopback } from '../http/loopback.ts'
import { bundleChild, clock, failureOf, makeFolder, makeHome, ownKeyPlace, processes } from './ground.ts'
import { type Postgres, startPostgres, whyNoPostgres } from './postgres.ts'

const reason = whyNoPostgres()
if (reason) console.warn(`Limits of a team are not tried: ${reason}`)

/** `K1CTL_LIMIT_MINUTES=3`: 600 a minute for so long, instead of 120 in ten seconds for thirty. */
const minutes = Number(process.env.K1CTL_LIMIT_MINUTES ?? 0)
const declared = minutes > 0 ? { requests: 600, perMs: 60_000 } : { requests: 120, perMs: 10_000 }
const forMs = minutes > 0 ? minutes * 60_000 : 30_000
/** On a machine that does much else a process of a short trial does not come to its turn. */
const least = minutes > 0 ? 0.85 : 0.7

let postgres: Postgres
beforeAll(async () => {
  if (!reason) postgres = await startPostgres()
}, 60_000)
afterAll(() => postgres?.stop(), 60_000)

const open = (url: string) => {
  const store = openTeamStore({ url, operator: 'amy@one', processes, clock, own: ownKeyPlace(makeHome()) })
  onTestFinished(() => store.close())
  return store
}

/** The most of these times that lie within any stretch of `ms`. */
function mostWithin(times: readonly number[], ms: number): number {
  let [most, from] = [0, 0]
  for (const [index, time] of times.entries()) {
    while ((times[from] ?? time) <= time - ms) from += 1
    most = Math.max(most, index - from + 1)
  }
  return most
}

describe.skipIf(reason)('a limit that a team shares', () => {
  it(
    'is never passed by four processes together, and used',
    async () => {
      const times: number[] = []
      const server = await startLoopback((_, response) => {
        times.push(performance.now())
        setTimeout(() => sendJson(response, {}), 20)
      })
      onTestFinished(() => server.close())
      const child = await bundleChild(makeFolder(), 'limit-child')
      const words = [child, postgres.database(), server.url, declared.requests, declared.perMs, forMs].map(String)
      const ends = await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, words)))
      const told = ends.map(({ stdout }) => JSON.parse(stdout))
      expect(told.flatMap(({ failures }) => failures)).toEqual([])
      const most = mostWithin(times, declared.perMs)
      const first = times[0] ?? 0
      const inTime = times.filter(time => time < first + forMs).length
      const used = inTime / ((declared.requests * forMs) / declared.perMs)
      const questions = told.reduce((sum, { questions }) => sum + questions, 0)
      console.log(`most ${most} of ${declared.requests}; ${Math.round(used * 100)} % used; ${questions} questions`)
      expect(most).toBeLessThanOrEqual(declared.requests)
      expect(used).toBeGreaterThanOrEqual(least)
      // Of 600 fifteen are taken at once, of 120 hardly more than one.
      expect(questions).toBeLessThan(minutes > 0 ? inTime / 2 : inTime * 2)
      for (const { sent } of told) expect(sent).toBeGreaterThan(0)
    },
    forMs + 40_000,
  )

  it('has a grant back that was not used, and counts one of a process that died', async () => {
    const { limits } = open(postgres.database())
    const bucket = { name: 'a', requests: 10, perMs: 3_600_000 }
    const got = await limits.take(bucket, 8)
    if (!('places' in got)) throw new Error('no place')
    expect(got.places).toBe(8)
    expect(await limits.take(bucket, 8)).toMatchObject({ places: 2 })
    const none = await limits.take(bucket, 1)
    expect(none).toEqual({ waitMs: expect.any(Number) })
    expect('waitMs' in none && none.waitMs).toBeGreaterThan(3_500_000)
    await limits.giveBack({ id: got.id, unused: 5 })
    expect(await limits.take(bucket, 8)).toMatchObject({ places: 5 })
    expect(await limits.list()).toEqual([{ ...bucket, taken: 10 }])
    expect(await limits.take({ ...bucket, name: 'b' }, 99)).toMatchObject({ places: 10 })
  })

  it('gives many at once no place twice', async () => {
    const url = postgres.database()
    const stores = Array.from({ length: 4 }, () => open(url))
    const bucket = { name: 'a', requests: 50, perMs: 3_600_000 }
    const asked = Array.from({ length: 40 }, (_, i) => stores[i % 4]?.limits.take(bucket, 3))
    const got = (await Promise.all(asked)).map(one => (one && 'places' in one ? one.places : 0))
    expect(got.reduce((a, b) => a + b, 0)).toBe(50)
  })

  it('cannot be asked where the database is away', async () => {
    const { limits } = open('postgres://k1ctl@127.0.0.1:1/k1ctl')
    expect(await failureOf(limits.take({ name: 'a', requests: 1, perMs: 1 }, 1))).toMatchObject({ kind: 'unreachable' })
  })
})
