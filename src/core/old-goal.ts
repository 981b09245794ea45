import type { AccountGoal } from './account.ts'
import type { AccountGoalKind } from './account-kinds.ts'
import { allAtOnce, type Change, type Difference } from './change.ts'
import type { Reach } from './features.ts'
import { seen } from './reading.ts'

/** On its way out: the form in which a goal looked and brought about by itself. */
export type OldStanding =
  | { state: 'holds'; reading: unknown }
  | { state: 'not-yet'; reading: unknown; waitsFor?: string }
  | { state: 'unobservable'; why: string }

export interface OldAccountGoal {
  kind: AccountGoalKind
  reach: Reach
  summary: string
  effect: 'reversible' | 'irreversible'
  repeatable: boolean
  after: readonly AccountGoalKind[]
  behind?: readonly AccountGoalKind[]
  later?: string
  residual?: readonly string[]
  follows?: { system: string; why: string }
  differences: readonly Difference[]
  warnings: readonly string[]
  byHand?: readonly string[]
  look(): Promise<OldStanding>
  bring?(): Promise<unknown>
  undo?(before: unknown): OldAccountGoal
}

export function fromOld(old: OldAccountGoal): AccountGoal<OldStanding> & { oldUndo?(before: unknown): AccountGoal } {
  const { look, bring, undo, differences, warnings, residual, ...rest } = old
  const all: Change[] =
    differences.length === 0
      ? [{ id: 'all', what: '', before: '', after: '' }]
      : differences.map((one, at) => ({ ...one, id: String(at) }))
  return {
    ...rest,
    needs: [`old ${old.kind}`],
    read: moment => moment.read(`old ${old.kind}`, look).then(seen),
    holds: ({ state }) => state === 'holds',
    unobservable: standing => (standing.state === 'unobservable' ? standing.why : undefined),
    waitsFor: standing => (standing.state === 'not-yet' ? standing.waitsFor : undefined),
    changes: standing => (standing.state === 'holds' ? [] : all),
    warnings: () => warnings,
    residual: () => residual ?? [],
    async take(changes) {
      let sent: unknown
      const taken = await allAtOnce(async () => {
        sent = await bring?.()
      })(changes)
      return sent === 'nothing' ? changes.map(({ id }) => ({ id, skipped: true as const })) : taken
    },
    settlesWithin: 0,
    shown: standing => (standing.state === 'unobservable' ? null : standing.reading),
    ...(undo ? { oldUndo: (before: unknown) => fromOld(undo(before)) } : {}),
  }
}
