import { expect, it } from 'vitest'
import { Outage } from '../../src/cli/outage.ts'

it('tells each trouble once, whatever numbers are in it, and how many were left out when it is over', () => {
  const outage = new Outage()
  expect(outage.over()).toBeUndefined()
  expect(outage.isNew('connect ECONNREFUSED 127.0.0.1:5432')).toBe(true)
  expect(outage.isNew('connect ECONNREFUSED 127.0.0.1:5433')).toBe(false)
  expect(outage.isNew('terminating connection')).toBe(true)
  expect(outage.over()).toEqual({ told: 2, left: 1 })
  expect(outage.over()).toBeUndefined()
  expect(outage.isNew('terminating connection')).toBe(true)
})

it('tells no more than five different ones', () => {
  const outage = new Outage()
  const told = [...'abcdefgh'].filter(text => outage.isNew(text))
  expect(told).toEqual([...'abcde'])
  expect(outage.over()).toEqual({ told: 5, left: 3 })
})
