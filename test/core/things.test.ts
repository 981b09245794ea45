import { expect, it } from 'vitest'
import { z } from 'zod'
import { K1Error } from '../../src/core/errors.ts'
import { seen } from '../../src/core/reading.ts'
import { goalOfThings } from '../../src/core/things.ts'
import { changeName, endOf } from '../../src/engine/end-of.ts'
import { lookOf, scriptedGoal } from '../engine/scripted-goal.ts'

const refuse = async () => {
  throw new K1Error('conflict', 'Somebody else has it.')
}
const lockers = goalOfThings<{ has: readonly string[] }>({
  kind: 'access-freed',
  summary: 'Lockers are given back',
  needs: ['lockers'],
  read: async () => seen({ has: [] }),
  things: ({ has }) => has.map(name => ({ id: name, what: 'Lockers', name, take: refuse, give: refuse })),
  back: {
    shape: z.any(),
    what: 'which lockers they had',
    place: 'the hall',
    summary: () => 'Lockers are theirs again',
  },
})

it('a thing has its name on the way there and on the way back', async () => {
  const had = { has: ['hall-007', 'hall-009'] }
  const taken = lockers.changes(had)
  const given = lockers.back?.changes(had, { has: [] }) ?? []
  const names = ['Lockers (hall-007)', 'Lockers (hall-009)']
  expect([taken.map(changeName), given.map(changeName)]).toEqual([names, names])
  const answers = (await lockers.back?.give(given, { has: [] }, had)) ?? []
  const left = lookOf({ state: 'not-yet', reading: null })
  const some = [...answers.slice(1), { id: 'hall-007' }]
  expect(endOf(scriptedGoal(), given, some, { ...left, changes: given } as typeof left).why).toBe(
    '1 of 2 was refused: Lockers (hall-009): Somebody else has it.',
  )
})
