import { describe, expect, it } from 'vitest'
import { path } from '../../src/http/path.ts'
import { createRateKeeper } from '../../src/http/rate.ts'

const a = path`/a`
const b = path`/b`

describe('createRateKeeper', () => {
  it('lets the limit through at once, then in the rhythm of the window', () => {
    const keeper = createRateKeeper({ requests: 2, perMs: 1000, by: 'endpoint' })
    const waits = [0, 100, 200, 300, 400].map(now => keeper.reserve(a, now, Infinity))
    expect(waits).toEqual([{ waitMs: 0 }, { waitMs: 0 }, { waitMs: 800 }, { waitMs: 800 }, { waitMs: 1600 }])
  })

  it('never lets more through in any window, whatever the pattern', () => {
    const keeper = createRateKeeper({ requests: 3, perMs: 500, by: 'all' })
    let now = 0
    const sent: number[] = []
    for (let call = 0; call < 200; call++) {
      now += (call * 37) % 190
      const place = keeper.reserve(a, now, Infinity)
      if ('waitMs' in place) sent.push(now + place.waitMs)
    }
    expect(sent).toHaveLength(200)
    for (const [index, at] of sent.entries()) {
      const fourth = sent[index + 3]
      if (fourth !== undefined) expect(fourth - at).toBeGreaterThanOrEqual(500)
    }
  })

  it('counts each endpoint for itself, by its template', () => {
    const keeper = createRateKeeper({ requests: 1, perMs: 1000, by: 'endpoint' })
    expect(keeper.reserve(a, 0, Infinity)).toEqual({ waitMs: 0 })
    expect(keeper.reserve(b, 0, Infinity)).toEqual({ waitMs: 0 })
    expect(keeper.reserve(path`/x/${1}`, 0, Infinity)).toEqual({ waitMs: 0 })
    expect(keeper.reserve(path`/x/${2}`, 0, Infinity)).toEqual({ waitMs: 1000 })
  })

  it('counts all endpoints together when told to', () => {
    const keeper = createRateKeeper({ requests: 1, perMs: 1000, by: 'all' })
    keeper.reserve(a, 0, Infinity)
    expect(keeper.reserve(b, 0, Infinity)).toEqual({ waitMs: 1000 })
  })

  it('takes no place that is too far away', () => {
    const keeper = createRateKeeper({ requests: 1, perMs: 1000, by: 'all' })
    keeper.reserve(a, 0, Infinity)
    expect(keeper.reserve(a, 0, 500)).toEqual({ tooLongMs: 1000 })
    expect(keeper.reserve(a, 600, 500)).toEqual({ waitMs: 400 })
  })

  it('sends at once when the window is free, even with no time left', () => {
    expect(createRateKeeper({ requests: 1, perMs: 1, by: 'all' }).reserve(a, 0, 0)).toEqual({ waitMs: 0 })
  })
})
