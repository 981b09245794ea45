import { type Change, type Difference, differencesOf } from '../core/change.ts'
import { asK1Error, type ErrorKind, type K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import type { UnseenCause } from '../core/reading.ts'

/** What a look at a goal found: the reading, judged. `reading` is what is written down of it. */
export type Look = Told &
  /** `unshown`: what no look can show, where there is such a thing. */
  (
    | { state: 'holds'; unshown?: Open }
    | (Open & { state: 'not-yet'; waitsFor?: string })
    /** It was read, or the system says that it never tells; nobody knows from it whether it holds. */
    | (Open & { state: 'unobservable'; why: string })
    | { state: 'unseen'; cause: UnseenCause; why: string; hint?: string; kind: ErrorKind }
  )

/** What every look tells; empty, and null, where nothing was seen. */
interface Told {
  reading: unknown
  /** ISO time of the reading. */
  at: string
  /** What a change would make of it, for a person. */
  differences: readonly Difference[]
  warnings: readonly string[]
  residual: readonly string[]
}

interface Open {
  changes: readonly Change[]
  /** The reading itself, for what comes next. */
  value: unknown
}

/**
 * Looks at a goal in its moment. Nothing that goes wrong leaves this function: what could not be seen is `unseen`.
 * @throws K1Error `cancelled`
 */
export async function lookAt(goal: Goal): Promise<Look> {
  const { needs, moment } = goal
  try {
    const found = await goal.read(moment.only(needs))
    const at = new Date(moment.takenAt(needs)).toISOString()
    if (found.state === 'unseen') return { ...nothing, ...found, kind: 'contract', at }
    if (found.state === 'gone') return { ...nothing, state: 'holds', reading: { gone: true }, at }
    const { value } = found
    const reading = goal.shown ? goal.shown(value) : value
    const residual = goal.residual?.(value) ?? []
    const why = goal.unobservable?.(value)
    if (why === undefined && goal.holds(value)) {
      const held = { state: 'holds', reading, at, residual, warnings: [], differences: [] } as const
      const hidden = goal.unshown?.(value) ?? []
      return hidden.length === 0 ? held : { ...held, unshown: { changes: hidden, value } }
    }
    const changes = goal.changes(value)
    const warnings = goal.warnings?.(value) ?? []
    const told = { reading, at, residual, warnings, differences: differencesOf(changes), value, changes }
    if (why !== undefined) return { state: 'unobservable', why, ...told }
    const waitsFor = goal.waitsFor?.(value)
    return waitsFor === undefined ? { state: 'not-yet', ...told } : { state: 'not-yet', waitsFor, ...told }
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (error.kind === 'cancelled') throw error
    const { kind, message: why, hint } = error
    const at = new Date(moment.takenAt([])).toISOString()
    return {
      ...nothing,
      state: 'unseen',
      cause: causeOf(error),
      why,
      kind,
      at,
      ...(hint === undefined ? {} : { hint }),
    }
  }
}

export function changesIn(look: Look): readonly Change[] {
  return look.state === 'not-yet' || look.state === 'unobservable' ? look.changes : []
}

const nothing: Omit<Told, 'at'> = { reading: null, differences: [], warnings: [], residual: [] }

function causeOf({ kind }: K1Error): UnseenCause {
  if (kind === 'forbidden' || kind === 'sign-in' || kind === 'not-set-up') return 'forbidden'
  return kind === 'contract' || kind === 'rejected' ? 'incomplete' : 'unreachable'
}
