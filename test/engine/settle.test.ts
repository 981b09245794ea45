import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/core/change.ts'
import type { Moment } from '../../src/core/moment.ts'
import { openMoment } from '../../src/core/moment.ts'
import type { Clock } from '../../src/core/ports.ts'
import { seen } from '../../src/core/reading.ts'
import { settle } from '../../src/engine/settle.ts'
import { scriptedGoal } from './scripted-goal.ts'

const change: Change = { id: 'key', what: 'Key', before: 'set', after: 'none' }

/** A goal on three readings, which comes to hold at the third look; what was asked for, in order. */
function watched(more: object = {}) {
  const asked: string[] = []
  let looks = 0
  let refusals = 1
  const now = { ms: 0 }
  const clock: Clock = {
    now: () => new Date(now.ms),
    sleep: async ms => {
      now.ms += ms
    },
  }
  const ask = (moment: Moment, name: string) =>
    moment.read(name, async () => {
      asked.push(name)
      return name
    })
  const moment = openMoment({ now: () => now.ms })
  const goal = scriptedGoal({
    needs: ['account', 'keys', 'agent', 'refused once'],
    moment,
    settlesWithin: 60_000,
    async read(given) {
      looks += 1
      for (const name of ['account', 'keys', 'agent']) await ask(given, name)
      await given
        .read('refused once', async () => {
          asked.push('refused once')
          if (refusals-- > 0) throw new Error('not now')
        })
        .catch(() => undefined)
      return seen(looks)
    },
    holds: value => Number(value) >= 4,
    unobservable: () => undefined,
    waitsFor: () => undefined,
    shown: value => value,
    changes: () => [change],
    ...more,
  })
  return { goal, asked, clock, look: () => goal.read(moment.only(goal.needs)) }
}

async function afterChange(more: object, changes: readonly Change[] = [change]) {
  const { goal, asked, clock, look } = watched(more)
  await look()
  asked.length = 0
  const { state } = await settle(goal, [{ id: 'key' }], changes, { clock })
  expect(state).toBe('holds')
  return asked
}

describe('what is read after a change', () => {
  const first = ['account', 'keys', 'agent', 'refused once']

  it('is all that the goal needs, where it does not say what its change touches', async () => {
    expect(await afterChange({})).toEqual([...first, ...first, ...first])
  })

  it('is what the change can have touched, and whatever failed before', async () => {
    expect(await afterChange({ touches: () => ['keys', 'agent'] })).toEqual([
      ...['keys', 'agent', 'refused once'],
      ...['keys', 'agent'],
      ...['keys', 'agent'],
    ])
  })

  it('is, while it waits, what can still bring it', async () => {
    const asked = await afterChange({ touches: () => ['keys', 'agent'], comesIn: () => ['agent'] })
    expect(asked).toEqual(['keys', 'agent', 'refused once', 'agent', 'agent'])
  })

  it('is all where nobody knows what was sent', async () => {
    expect((await afterChange({ touches: () => ['keys'], changes: () => [] }, [])).slice(0, 4)).toEqual(first)
  })

  it('is older than ten seconds never', async () => {
    const asked = await afterChange({
      touches: () => ['agent'],
      holds: (value: unknown) => Number(value) >= 8,
    })
    expect(asked.filter(name => name === 'account').length).toBeGreaterThan(0)
  })
})
