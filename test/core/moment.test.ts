import { describe, expect, it } from 'vitest'
import { openMoment } from '../../src/core/moment.ts'

/** A moment whose answers take so long each, and how often it asked. */
function moment(answersTakeMs: number) {
  const now = { ms: 0 }
  let asked = 0
  const open = openMoment({ now: () => now.ms })
  const look = () =>
    open.read('user', async () => {
      asked += 1
      await undefined
      now.ms += answersTakeMs
      return asked
    })
  const later = async (ms: number) => {
    now.ms += ms
    await look()
    return asked
  }
  return { open, look, later }
}

describe('what a moment read', () => {
  it('is asked for once in ten seconds where answers come at once', async () => {
    const { look, later } = moment(0)
    await look()
    expect(await later(10_000)).toBe(1)
    expect(await later(1)).toBe(2)
  })

  it('lasts longer where answers are slow: asked for anew, it would be as late again', async () => {
    const { look, later } = moment(1_000)
    await look()
    expect(await later(28_000)).toBe(1)
    expect(await later(3_000)).toBe(2)
  })

  it('is never older than a minute, however slow they are', async () => {
    const { look, later } = moment(10_000)
    await look()
    expect(await later(49_000)).toBe(1)
    expect(await later(2_000)).toBe(2)
  })

  it('is asked for anew once something was written that it may show', async () => {
    const { open, look, later } = moment(1_000)
    await look()
    open.forget(['user'])
    expect(await later(0)).toBe(2)
  })
})
