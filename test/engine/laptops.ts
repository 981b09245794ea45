import type { Change } from '../../src/core/change.ts'
import { K1Error } from '../../src/core/errors.ts'
import type { Goal } from '../../src/core/goal.ts'
import type { LedgerEntry, LedgerEntryType, LedgerWriter } from '../../src/core/ledger-store.ts'
import { openMoment } from '../../src/core/moment.ts'
import { seen } from '../../src/core/reading.ts'
import { execute } from '../../src/engine/execute.ts'
import { foldUnits } from '../../src/engine/fold-units.ts'
import type { UnitRecord } from '../../src/engine/run-record.ts'
import { createTurns } from '../../src/engine/turns.ts'
import { scriptedGoal } from './scripted-goal.ts'

/** A goal of two steps: laptops are released and, once they have heard of that, erased. What came of it shows nowhere. */

interface Laptop {
  bound: boolean
  releasedAt: number
  /** So long after its release it calls in, in milliseconds. */
  hearsAfter: number
  erasures: number
  /** It had its order before it could hear of its release. */
  overtaken: boolean
  refuses?: ('release' | 'erase')[]
  losesAnswerTo?: 'erase'
}

const names = ['a', 'b'] as const
export const waitMs = 10_000
export type Fleet = Record<(typeof names)[number], Laptop>

export function setOut(more: Partial<Fleet['a']> = {}): { fleet: Fleet; now: { ms: number } } {
  const laptop = () => ({ bound: true, releasedAt: 0, hearsAfter: 4000, erasures: 0, overtaken: false, ...more })
  return { fleet: { a: laptop(), b: laptop() }, now: { ms: Date.parse('2026-11-29T00:00:00Z') } }
}

type Ground = ReturnType<typeof setOut>

function laptopsErased({ fleet, now }: Ground, taken: ReadonlySet<string> | undefined, more: Partial<Goal>): Goal {
  const accepted = new Set(taken)
  const hasHeard = (one: Laptop) => !one.bound && now.ms >= one.releasedAt + one.hearsAfter
  const send = (name: string, step: 'release' | 'erase') => {
    const laptop = fleet[name === 'a' ? 'a' : 'b']
    if (laptop.refuses?.includes(step)) throw new K1Error('rejected', `${name} does not ${step}.`)
    if (step === 'release') Object.assign(laptop, { bound: false, releasedAt: now.ms })
    else Object.assign(laptop, { erasures: laptop.erasures + 1, overtaken: !hasHeard(laptop) })
    if (step === laptop.losesAnswerTo) throw new K1Error('lost-answer', 'No answer.')
    if (step === 'erase') accepted.add(name)
  }
  return scriptedGoal({
    moment: openMoment({ now: () => now.ms }),
    later: 'It has not called in.',
    queued: true,
    repeatable: false,
    settlesWithin: waitMs,
    read: async () => seen(structuredClone(fleet)),
    holds: value => Object.entries(value as Fleet).every(([name, one]) => !one.bound && accepted.has(name)),
    unobservable: () => undefined,
    waitsFor: () => undefined,
    shown: value => Object.values(value as Fleet).map(({ bound }) => (bound ? 'bound' : 'released')),
    changes: value => {
      const early = Object.values(value as Fleet).some(one => !hasHeard(one))
      return Object.entries(value as Fleet).flatMap(([name, { bound }]): Change[] => {
        const change = { what: name, before: 'on', after: 'erased' }
        if (bound) return [{ ...change, id: `release ${name}`, of: name, again: true }]
        return accepted.has(name) ? [] : [{ ...change, id: name, ...(early ? { waits: 'until-over' as const } : {}) }]
      })
    },
    async take(changes) {
      return changes.map(({ id, of }) => {
        try {
          send(of ?? id, of ? 'release' : 'erase')
          return { id }
        } catch (error) {
          return { id, error: error as K1Error }
        }
      })
    },
    ...more,
  })
}

const planned = { tenant: 't', person: 'p', goals: [{ id: 'g', tenant: 't', system: 's', summary: '' }], unreached: [] }

class Killed extends Error {}
/** A process dies in front of the nth entry that it writes, or right behind it. */
export type KillAt = { before: number } | { behind: number }

export function ledgerOf(entries: LedgerEntry[], killAt?: KillAt): LedgerWriter {
  let written = 0
  function entry(type: LedgerEntryType, data: unknown, goal?: string): LedgerEntry {
    const at = '2026-11-29T00:00:00.000Z'
    return { seq: entries.length, at, type, run: 'r', ...(goal ? { goal } : {}), data, prev: '', hash: '' }
  }
  if (entries.length === 0) entries.push(entry('plan', planned))
  return {
    run: 'r',
    async append(type, data, goal) {
      written += 1
      // The dead write no more, whatever they had handed over.
      if (killAt && 'before' in killAt && written >= killAt.before) throw new Killed()
      if (killAt && 'behind' in killAt && written > killAt.behind) throw new Killed()
      const made = entry(type, structuredClone(data), goal)
      entries.push(made)
      if (killAt && 'behind' in killAt && killAt.behind === written) throw new Killed()
      return made
    },
    async close() {},
  }
}

export interface Process {
  killAt?: KillAt
  resend?: boolean
  signal?: AbortSignal
  goal?: Partial<Goal>
}

/** One process over what earlier ones noted: as `runs resume` does. Undefined where it was killed. */
export function run(ground: Ground, entries: LedgerEntry[], { goal = {}, ...process }: Process = {}) {
  return runOver(record => laptopsErased(ground, record?.takenThings.get('g'), goal), entries, process, ground.now)
}

/** The same of any goal, which each process makes anew. */
export async function runOver(
  goal: (record: UnitRecord | undefined) => Goal,
  entries: LedgerEntry[],
  { killAt, resend = false, signal }: Omit<Process, 'goal'> = {},
  now = { ms: Date.parse('2026-11-29T00:00:00Z') },
) {
  const [record] = foldUnits(entries)
  const clock = {
    now: () => new Date(now.ms),
    sleep: async (ms: number) => {
      now.ms += ms
    },
  }
  try {
    const [result] = await execute([goal(record)], {
      ledger: ledgerOf(entries, killAt),
      clock,
      concurrency: 1,
      turns: createTurns(),
      ...(signal ? { signal } : {}),
      ...(record
        ? {
            begunBefore: record.begun,
            inDoubt: record.open,
            doubtful: record.doubtful,
            sentBefore: new Set(record.sentAt.keys()),
            takenBefore: record.takenThings,
            refusedBefore: record.refusedThings,
            resend,
          }
        : {}),
    })
    return result
  } catch (error) {
    if (error instanceof Killed) return undefined
    throw error
  }
}

export const erasures = ({ fleet }: Ground) => names.map(name => fleet[name].erasures)

export function words(entries: readonly LedgerEntry[]): unknown[] {
  return entries.slice(1).map(({ type, data }) => {
    const { things, taken, end } = data as { things?: string[]; taken?: string[]; end?: string }
    return [type, end ?? taken ?? things]
  })
}
