import { describe, expect, it } from 'vitest'
import { createBearer } from '../../src/http/bearer.ts'
import { createTestClock } from './loopback.ts'

function play(seconds = 3600) {
  const clock = createTestClock()
  let fetched = 0
  const bearer = createBearer(clock, async () => {
    fetched += 1
    return { token: `t${fetched}`, seconds }
  })
  return { clock, bearer, fetched: () => fetched }
}

describe('a bearer token', () => {
  it('is fetched when it is first needed, once for all that ask side by side', async () => {
    const { bearer, fetched } = play()
    expect(fetched()).toBe(0)
    expect(await Promise.all([bearer.token(), bearer.token(), bearer.token()])).toEqual(['t1', 't1', 't1'])
    const headers: Record<string, string> = {}
    await bearer.authorize(headers)
    expect([headers, fetched()]).toEqual([{ authorization: 'Bearer t1' }, 1])
  })

  it('is replaced a minute before it ends', async () => {
    const { clock, bearer } = play(3600)
    await bearer.token()
    await clock.sleep(3_539_000)
    expect(await bearer.token()).toBe('t1')
    await clock.sleep(1_000)
    expect(await bearer.token()).toBe('t2')
  })

  it('is replaced when it was refused, once for all that were refused', async () => {
    const { bearer, fetched } = play()
    const authorization = `Bearer ${await bearer.token()}`
    expect(await Promise.all([bearer.renew({ authorization }), bearer.renew({ authorization })])).toEqual([true, true])
    expect([await bearer.token(), fetched()]).toEqual(['t2', 2])
    // Whoever comes late with the old one finds the new one.
    await bearer.renew({ authorization })
    expect(fetched()).toBe(2)
  })

  it('is asked for again after a failure', async () => {
    let broken = true
    const bearer = createBearer(createTestClock(), async () => {
      if (broken) throw new Error('no')
      return { token: 't', seconds: 10 }
    })
    await expect(bearer.token()).rejects.toThrow('no')
    broken = false
    expect(await bearer.token()).toBe('t')
  })
})
