import { expect, it } from 'vitest'
import { shortTimes } from '../../src/render/time.ts'

it.each([
  ['2026-11-21T20:00:03.123Z', undefined, '2026-11-21 20:00 UTC'],
  ['Waits for L3, last heard of 2026-11-17T08:12:00Z.', undefined, 'Waits for L3, last heard of 2026-11-17 08:12 UTC.'],
  ['2026-11-21T20:00:03Z', '2026-11-21T07:00:00.000Z', '20:00 UTC'],
  ['2026-11-22T00:01:03Z', '2026-11-21T07:00:00.000Z', '2026-11-22 00:01 UTC'],
  ['set 2026-11-21, of 2026-11-21T20:00:03+02:00', undefined, 'set 2026-11-21, of 2026-11-21T20:00:03+02:00'],
])('%s on the day of %s', (text, day, short) => expect(shortTimes(text, day)).toBe(short))
