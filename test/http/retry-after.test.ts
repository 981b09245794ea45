import { expect, it } from 'vitest'
import { parseRetryAfter } from '../../src/http/retry-after.ts'

const now = new Date('2026-11-21T20:00:00Z')

it.each([
  ['0', 0],
  ['120', 120_000],
  [' 7 ', 7000],
  ['1.5', 1500],
  ['Sat, 21 Nov 2026 20:00:30 GMT', 30_000],
  ['Saturday, 21-Nov-26 20:01:00 GMT', 60_000],
  ['Sat Nov 21 20:00:05 2026', 5000],
  ['Sat, 21 Nov 2026 19:00:00 GMT', 0],
  ['99999999999999', 366 * 24 * 3600 * 1000],
  [undefined, undefined],
  ['', undefined],
  ['-5', undefined],
  ['soon', undefined],
  ['Someday, maybe', undefined],
  ['1e9', undefined],
])('%j asks for %s ms', (value, ms) => {
  expect(parseRetryAfter(value, now)).toBe(ms)
})
