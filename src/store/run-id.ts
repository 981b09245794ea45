import { K1Error } from '../core/errors.ts'
import type { RunFilter } from '../core/ledger-store.ts'
import { suggest } from './nearest.ts'

export const isRun = (id: string): boolean => /^\d{8}-\d{6}-[0-9a-f]{4}$/.test(id)

/**
 * Ids sort by creation: the time's, or the one after the newest that is there (empty: none), when the clock was set back
 * or several are of one second.
 * @param random answers a whole number from 0 up to, not including, `below`
 */
export function nextRun(newest: string, time: Date, random: (below: number) => number): string {
  const now = stampOf(time)
  if (newest.slice(0, now.length) < now) return `${now}-${hex(random(0x8000))}`
  const number = Number.parseInt(newest.slice(-4), 16) + 1 + random(16)
  if (number <= 0xffff) return `${newest.slice(0, now.length)}-${hex(number)}`
  return `${stampAfter(newest)}-${hex(random(0x8000))}`
}

/**
 * The one run that is meant by an id, the beginning of one, or `last`.
 * @param runs ids, newest first
 * @throws K1Error `usage` with the nearest
 */
export function findRun(text: string, runs: readonly string[]): string {
  const meant = text === 'last' ? runs.slice(0, 1) : runs.filter(run => run.startsWith(text))
  const [run] = meant
  if (text !== '' && run !== undefined && (meant.length === 1 || meant.includes(text))) return run
  if (runs.length === 0) {
    throw new K1Error('usage', text === 'last' ? 'There is no run yet.' : `There is no run "${text}".`, {
      hint: 'The ledger is empty.',
      facts: { run: text, candidates: [] },
    })
  }
  if (text !== '' && meant.length > 1) {
    throw new K1Error('usage', `"${text}" is the beginning of ${meant.length} runs.`, {
      hint: `Type more of it. There are: ${meant.slice(0, 5).join(', ')}.`,
      facts: { run: text, candidates: meant },
    })
  }
  throw new K1Error('usage', `There is no run "${text}".`, {
    hint: suggest(text, runs),
    facts: { run: text, candidates: runs.slice(0, 5) },
  })
}

/** Those of a time, and no more than a number of them. @param runs newest first */
export function runsIn(runs: readonly string[], { since, until, limit }: RunFilter): string[] {
  const [from, to] = [since && stampOf(since), until && stampOf(until)]
  const found = runs.filter(run => (from === undefined || run >= from) && (to === undefined || run < to))
  return found.slice(0, limit)
}

/** `20261121-201403`, in UTC. */
export function stampOf(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')
}

/** That of a second later. */
function stampAfter(run: string): string {
  const [, year, month, day, hour, minute, second] = /^(....)(..)(..)-(..)(..)(..)/.exec(run) ?? []
  return stampOf(new Date(Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) + 1_000))
}

function hex(number: number): string {
  return number.toString(16).padStart(4, '0')
}
