import { randomInt } from 'node:crypto'
import { K1Error } from '../core/errors.ts'
import { suggest } from './nearest.ts'

export const isDatedId = (id: string): boolean => /^d\d{8}-[0-9a-f]{4}$/.test(id)

/** `d20261121-4f2a`, which nothing else is called. */
export function freeDatedId(now: Date, taken: ReadonlySet<string>): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '')
  for (;;) {
    const id = `d${day}-${randomInt(0x10000).toString(16).padStart(4, '0')}`
    if (!taken.has(id)) return id
  }
}

/** By an id, the beginning of one, or `last`. @throws K1Error `usage` with the nearest */
export function findDated(text: string, all: readonly string[]): string {
  const meant = text === 'last' ? all.slice(-1) : all.filter(id => id.startsWith(text))
  const [id] = meant
  if (text !== '' && id !== undefined && (meant.length === 1 || meant.includes(text))) return id
  const message =
    meant.length > 1 ? `"${text}" is the beginning of ${meant.length}.` : `Nothing called "${text}" has a date.`
  throw new K1Error('usage', message, {
    hint: all.length === 0 ? "k1ctl offboard amy@customer.example --at '2030-12-06 17:00'" : suggest(text, all),
    facts: { id: text, candidates: all.slice(0, 5) },
  })
}
