import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type FeatureKey, featureKeys } from '../../src/core/features.ts'
import type { CheckedDay } from '../../src/core/past-checks.ts'
import { isOpenRow, type PostureRow, postureStates } from '../../src/posture/posture-row.ts'
import { trendOf, withCheck } from '../../src/posture/trend.ts'

function rowOf(tenant: string, system: string, feature: FeatureKey, state: PostureRow['state']): PostureRow {
  const rule = { id: feature, kind: 'state', feature, on: true, at: { file: 'posture.yaml', line: 1 } } as const
  return {
    ...{ deviation: `${tenant}/${system}/${feature}`, tenant, system, feature, title: feature, state, wanted: 'on' },
    ...{ found: null, reach: 'api', why: null, next: null, file: null, line: null, readAt: null },
    ...{ accepted: null, attested: null, rule },
  }
}
const on = (day: string) => new Date(`${day}T10:00:00.000Z`)

it('keeps one letter a module and feature, its worst rule, and the last word of a day', () => {
  const first = withCheck(
    [],
    [
      rowOf('A', 'bms', 'log-in', 'holds'),
      rowOf('A', 'bms', 'log-in', 'deviates'),
      rowOf('B', 'bms', 'log-in', 'by-hand'),
    ],
    on('2026-11-20'),
  )
  expect(first).toEqual([
    {
      day: '2026-11-20',
      columns: ['bms/log-in'],
      tenants: [
        ['A', 'd'],
        ['B', 'b'],
      ],
    },
  ])
  // Another tenant and another module, later that day: what was not looked at again stands as it was found.
  const later = withCheck(first, [rowOf('A', 'graphus', 'log-in', 'holds')], on('2026-11-20'))
  expect(later).toEqual([
    {
      day: '2026-11-20',
      columns: ['bms/log-in', 'graphus/log-in'],
      tenants: [
        ['A', 'dh'],
        ['B', 'b.'],
      ],
    },
  ])
})

it('tells how much was open of what is looked at now, and who got worse', () => {
  const before = withCheck(
    [],
    [
      rowOf('A', 'bms', 'log-in', 'deviates'),
      rowOf('B', 'bms', 'log-in', 'holds'),
      rowOf('C', 'bms', 'log-in', 'deviates'),
    ],
    on('2026-11-20'),
  )
  const rows = [
    rowOf('A', 'bms', 'log-in', 'holds'),
    rowOf('B', 'bms', 'log-in', 'stale'),
    rowOf('B', 'graphus', 'log-in', 'accepted'),
    rowOf('D', 'bms', 'log-in', 'holds'),
  ]
  const { points, since } = trendOf(before, rows, on('2026-11-27'))
  expect(points).toEqual([
    { day: '2026-11-20', looked: 2, open: 1 },
    { day: '2026-11-27', looked: 4, open: 1 },
  ])
  expect(since?.day).toBe('2026-11-20')
  expect([...(since?.more ?? [])]).toEqual([
    ['A', -1],
    ['B', 1],
  ])
  expect(trendOf([], rows, on('2026-11-27')).since).toBeNull()
})

it('keeps each day of a month, then one a week, for a year', () => {
  let days: CheckedDay[] = []
  const begin = Date.parse('2025-01-01T10:00:00.000Z')
  for (let i = 0; i < 800; i++) {
    days = withCheck(days, [rowOf('A', 'bms', 'log-in', 'holds')], new Date(begin + i * 86_400_000))
  }
  expect(days.length).toBeGreaterThan(31 + 45)
  expect(days.length).toBeLessThan(31 + 55)
  expect(days.slice(-31).map(({ day }) => day)).toHaveLength(31)
  expect(days.at(-1)?.day).toBe(new Date(begin + 799 * 86_400_000).toISOString().slice(0, 10))
})

it('counts as many as there are, whatever a tenant is called', () => {
  const rows = fc.array(
    fc.record({
      tenant: fc.constantFrom('A', '__proto__', 'constructor', 'x\ny'),
      system: fc.constantFrom('bms', 'graphus'),
      feature: fc.constantFrom(...featureKeys),
      state: fc.constantFrom(...postureStates),
    }),
    { maxLength: 30 },
  )
  fc.assert(
    fc.property(rows, all => {
      const given = all.map(({ tenant, system, feature, state }) => rowOf(tenant, system, feature, state))
      const { points } = trendOf([], given, on('2026-11-27'))
      const cells = new Set(given.map(row => `${row.tenant}\n${row.system}\n${row.feature}`))
      const open = new Set(given.filter(isOpenRow).map(row => `${row.tenant}\n${row.system}\n${row.feature}`))
      expect(points).toEqual(cells.size === 0 ? [] : [{ day: '2026-11-27', looked: cells.size, open: open.size }])
    }),
  )
})
