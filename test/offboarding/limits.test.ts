import { describe, expect, it } from 'vitest'
import type { PeopleAccess } from '../../src/core/account.ts'
import { K1Error } from '../../src/core/errors.ts'
import type { Session } from '../../src/core/system.ts'
import { Headcount, refuseTooMany, shareBeyond, slownessOf } from '../../src/offboarding/limits.ts'
import type { Reachable } from '../../src/offboarding/unit.ts'
import { reachable } from './parts.ts'

const limits = { most: 10, mostShare: 25 }

describe('refuseTooMany', () => {
  it.each([
    [1, false],
    [10, false],
    [11, true],
  ])('%i of at most 10', (people, refused) => {
    expect(refuseTooMany(people, limits) !== undefined).toBe(refused)
  })

  it('says how to allow it', () => {
    expect(refuseTooMany(40, limits)).toEqual({
      why: '40 people are more than the 10 that one run may offboard.',
      hint: 'If you mean it: --max 40',
    })
  })
})

describe('shareBeyond', () => {
  it.each([
    [5, 5, false],
    [6, 24, false],
    [6, 23, true],
    [6, 0, true],
    [250, 1000, false],
    [251, 1000, true],
    [1000, null, false],
  ])('%i of %s', (people, total, refused) => {
    expect(shareBeyond(people, total, limits) !== undefined).toBe(refused)
  })

  it('is none where all may go: not everybody of a list has an account everywhere', () => {
    expect(shareBeyond(30, 20, { most: 100, mostShare: 100 })).toBeUndefined()
  })

  it('says how to allow it, never more than all', () => {
    expect(shareBeyond(6, 23, limits)).toBe(27)
    expect(shareBeyond(30, 20, limits)).toBe(100)
  })
})

describe('slownessOf', () => {
  const slow = reachable('bms')
  const paced = { ...slow, about: { ...slow.about, pace: { requests: 1500, perMs: 3_600_000, each: 2 } } }

  it('says before a run what a limit of the system makes of it, and how long that takes', () => {
    expect(slownessOf(750, paced, 'Acme')).toBeUndefined()
    const told = slownessOf(4000, paced, 'Acme')
    expect(told?.why).toContain('1500 requests in 60 minutes at one endpoint, and 4000 people may need 8000')
    expect(told?.why).toContain('up to 300 minutes longer')
    expect(told?.hint).toContain('at most 750 people at a time')
  })

  it('says nothing of a system that has no such limit', () => {
    expect(slownessOf(1_000_000, slow, 'Acme')).toBeUndefined()
  })
})

describe('Headcount', () => {
  const tenants = [
    { name: 'Acme', domains: ['acme.example'] },
    { name: 'Blue', domains: ['blue.example'] },
  ]

  function system(total: number | null | Error): Reachable {
    const count = async () => {
      if (total instanceof Error) throw total
      return total
    }
    const people = { count } as unknown as PeopleAccess
    const session = { people } as unknown as Session
    return { ...reachable('graphus'), title: 'Graphus', open: async () => session }
  }

  function countOf(...people: string[]): Headcount {
    const headcount = new Headcount(tenants)
    for (const [i, person] of people.entries()) headcount.add({ line: i + 1, person })
    return headcount
  }

  const six = (domain: string) => ['a', 'b', 'c', 'd', 'e', 'f'].map(one => `${one}@${domain}`)

  it('counts who belongs somewhere, not rows that nothing will be done for', () => {
    const headcount = countOf('a@acme.example', 'x@else.example', 'login')
    headcount.add({ line: 9, person: '', problem: 'It names nobody.' })
    expect(headcount.people).toBe(1)
  })

  it('a share is of the tenant that people are in', async () => {
    const headcount = countOf(...six('acme.example').slice(0, 3), ...six('blue.example').slice(0, 3))
    expect(await headcount.refusal({ reachables: async () => [system(4)] }, limits)).toBeUndefined()
    const all = countOf(...six('blue.example'))
    const refusal = await all.refusal({ reachables: async name => [system(name === 'Blue' ? 20 : 2)] }, limits)
    expect(refusal?.why).toBe('6 people are 30 % of the 20 accounts in Graphus of Blue; one run may take 25 %.')
  })

  it('of more people than a system has accounts is all of them', async () => {
    const refusal = await countOf(...six('acme.example')).refusal({ reachables: async () => [system(4)] }, limits)
    expect(refusal).toEqual({
      why: '6 people are more than the 4 accounts in Graphus of Acme: all of them; one run may take 25 %.',
      hint: 'If you mean it: --max-share 100',
    })
    const all = { ...limits, mostShare: 100 }
    expect(await countOf(...six('acme.example')).refusal({ reachables: async () => [system(4)] }, all)).toBeUndefined()
  })

  it('says what each limit needs at once, of a share the greatest', async () => {
    const headcount = countOf(...six('acme.example'), ...six('blue.example'))
    const refusal = await headcount.refusal({ reachables: async () => [system(20), system(8), system(12)] }, limits)
    expect(refusal).toEqual({
      why:
        '12 people are more than the 10 that one run may offboard. ' +
        '6 people are 75 % of the 8 accounts in Graphus of Acme; one run may take 25 %.',
      hint: 'If you mean it: --max 12 --max-share 75',
    })
  })

  it.each([
    ['does not say how many', null],
    ['does not answer', new K1Error('unreachable', 'Nobody is there.')],
  ])('a system that %s stops nobody', async (_, total) => {
    const headcount = countOf(...six('acme.example'))
    expect(await headcount.refusal({ reachables: async () => [system(total)] }, limits)).toBeUndefined()
  })
})
