import { describe, expect, it } from 'vitest'
import { K1Error } from '../../src/core/errors.ts'
import type { Clock } from '../../src/core/ports.ts'
import type { LimitBucket, Places, SharedLimits, UsedGrant } from '../../src/core/shared-limits.ts'
import { path } from '../../src/http/path.ts'
import type { RateLimit } from '../../src/http/rate.ts'
import { sharedGate } from '../../src/http/shared-gate.ts'

const clock: Clock = { now: () => new Date(), sleep: ms => new Promise(resolve => setTimeout(resolve, ms)) }

interface Asked {
  bucket: LimitBucket
  want: number
  last: UsedGrant | undefined
}

/** A store that answers what it is told to, in turn, and then all that is wanted. */
function storeOf(...answers: ((want: number) => Places | { waitMs: number })[]) {
  const asked: Asked[] = []
  const back: UsedGrant[] = []
  const limits: SharedLimits = {
    async take(bucket, want, last) {
      asked.push({ bucket, want, last })
      const answer = answers.shift() ?? (places => ({ id: String(asked.length), places, forMs: 60_000 }))
      return answer(want)
    },
    async giveBack(last) {
      back.push(last)
    },
  }
  return { limits, asked, back }
}

const away = () => {
  throw new K1Error('unreachable', 'The store is away.')
}
const x = path`/x`
const gateOf = (limits: SharedLimits, limit: Partial<RateLimit> = {}) =>
  sharedGate({ requests: 1000, perMs: 60_000, by: 'all', of: 'me', ...limit }, limits, 'BMS https://x', clock)

describe('sharedGate', () => {
  it('asks for twice as much each time, up to a fortieth, and says what it used', async () => {
    const { limits, asked } = storeOf()
    const gate = gateOf(limits)
    for (let i = 0; i < 60; i++) await gate.admit(x, 1000)
    expect(asked.map(a => a.want)).toEqual([1, 2, 4, 8, 16, 25, 25])
    expect(asked[1]?.last).toEqual({ id: '1', unused: 0 })
    expect(asked[0]?.bucket).toEqual({ name: 'BMS https://x · me', requests: 1000, perMs: 60_000 })
  })

  it('takes for all that wait at once', async () => {
    const { limits, asked } = storeOf()
    const gate = gateOf(limits)
    await Promise.all(Array.from({ length: 8 }, () => gate.admit(x, 1000)))
    expect(asked.map(a => a.want)).toEqual([8])
  })

  it('has a bucket for each endpoint where that is counted', async () => {
    const { limits, asked } = storeOf()
    const gate = gateOf(limits, { by: 'endpoint' })
    for (const id of [1, 2]) await gate.admit(path`/people/${id}`, 1000)
    await gate.admit(x, 1000)
    expect(new Set(asked.map(a => a.bucket.name))).toEqual(
      new Set(['BMS https://x · me · /people/{}', 'BMS https://x · me · /x']),
    )
  })

  it('uses no place after its time, and gives back what it did not use', async () => {
    const { limits, asked, back } = storeOf(() => ({ id: 'old', places: 5, forMs: 0 }))
    const gate = gateOf(limits)
    await gate.admit(x, 1000)
    expect(asked).toMatchObject([{ want: 1 }, { last: { id: 'old', unused: 5 } }])
    await Promise.all([1, 2, 3].map(() => gate.admit(x, 1000)))
    await gate.close()
    expect(back).toEqual([])
    const other = gateOf(storeOf(() => ({ id: 'much', places: 5, forMs: 60_000 })).limits)
    await other.admit(x, 1000)
    await other.close()
  })

  it('gives back at its end', async () => {
    const { limits, back } = storeOf(() => ({ id: 'much', places: 5, forMs: 60_000 }))
    const gate = gateOf(limits)
    await gate.admit(x, 1000)
    await gate.close()
    expect(back).toEqual([{ id: 'much', unused: 4 }])
  })

  it('waits for a limit of a minute, and tells of one of an hour', async () => {
    const short = gateOf(storeOf(() => ({ waitMs: 60 })).limits)
    const turn = await short.admit(x, 10)
    expect(turn).toEqual({ uncountedMs: expect.any(Number) })
    expect('uncountedMs' in turn && turn.uncountedMs).toBeGreaterThanOrEqual(50)
    const long = gateOf(storeOf(() => ({ waitMs: 1_800_000 })).limits, { perMs: 3_600_000 })
    const told = await long.admit(x, 30_000)
    expect('tooLongMs' in told && told.tooLongMs).toBeGreaterThan(1_799_000)
  })

  it('asks again while the store is away, for as long as the call may take, and then lets nothing leave', async () => {
    const { limits, asked } = storeOf(away, away)
    await gateOf(limits).admit(x, 5_000)
    expect(asked).toHaveLength(3)
    const gone = gateOf(storeOf(away, away, away).limits)
    await expect(gone.admit(x, 10)).rejects.toMatchObject({ kind: 'unreachable' })
  })
})
