import type { Change, Difference, Taken } from '../../src/core/change.ts'
import type { Goal } from '../../src/core/goal.ts'
import { openMoment } from '../../src/core/moment.ts'
import { type Reading, seen } from '../../src/core/reading.ts'
import type { Look } from '../../src/engine/look.ts'

/** What a scripted look shows: a reading that holds or not, that nobody can judge, or an error. */
export type Script =
  | { state: 'holds'; reading: unknown }
  | { state: 'not-yet'; reading: unknown; waitsFor?: string }
  | { state: 'unobservable'; why: string }

export interface ScriptedGoal extends Partial<Goal> {
  show?(): Promise<Script>
  do?(): Promise<readonly Taken[] | undefined>
  differences?: readonly Difference[]
}

const one: Change = { id: 'it', what: 'It', before: 'off', after: 'on' }

/** A goal whose looks and change are those of a test. */
export function scriptedGoal(change: ScriptedGoal = {}): Goal {
  const { show = async () => notYet, do: act = async () => undefined, differences, ...rest } = change
  const changes = differences?.map((difference, at) => ({ ...difference, id: String(at) })) ?? [one]
  return {
    id: 'g',
    tenant: 't',
    system: 's',
    reach: 'api',
    summary: 'It is on',
    effect: 'reversible',
    repeatable: true,
    after: [],
    spec: null,
    needs: ['it'],
    moment: openMoment({ now: () => Date.now() }),
    read: (moment): Promise<Reading<Script>> => moment.read('it', show).then(seen),
    holds: script => isScript(script) && script.state === 'holds',
    unobservable: script => (isScript(script) && script.state === 'unobservable' ? script.why : undefined),
    waitsFor: script => (isScript(script) && script.state === 'not-yet' ? script.waitsFor : undefined),
    shown: script => (isScript(script) && script.state !== 'unobservable' ? script.reading : null),
    changes: () => changes,
    take: async () => (await act()) ?? [],
    settlesWithin: 0,
    ...rest,
  }
}

const notYet: Script = { state: 'not-yet', reading: 'off' }

function isScript(value: unknown): value is Script {
  return typeof value === 'object' && value !== null && 'state' in value
}

/** A look as a plan has it. */
export function lookOf(
  script: Script,
  { differences = [], warnings = [] }: { differences?: readonly Difference[]; warnings?: readonly string[] } = {},
): Look {
  const at = '2026-11-21T20:00:00.000Z'
  if (script.state === 'holds') return { ...script, at, differences: [], warnings: [], residual: [] }
  const reading = script.state === 'not-yet' ? script.reading : null
  return { ...script, reading, at, differences, warnings, residual: [], changes: [], value: script }
}
