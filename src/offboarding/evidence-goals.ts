import type { LedgerEntry } from '../core/ledger-store.ts'
import type { KnownSystem } from './evidence-place.ts'
import type { EvidenceAttestation, EvidenceGoal } from './evidence-shape.ts'
import {
  type ClosingEntry,
  member,
  type PlanEntry,
  type PlannedGoal,
  parseClosingEntry,
  textOr,
} from './ledger-words.ts'
import { readingText } from './reading-text.ts'
import { statesOf } from './states.ts'

/** What happened to one goal. */
interface Story {
  intents: LedgerEntry[]
  /** The last word on it; none after an intent that nothing closes. */
  closing: ClosingEntry | null
}

/** Every goal that any plan names, with how it ended. */
export function goalsOf(
  plans: readonly PlanEntry[],
  entries: readonly LedgerEntry[],
  before: ReadonlyMap<string, unknown>,
  placeOf: (id: string) => KnownSystem,
): Map<string, EvidenceGoal> {
  const stories = new Map<string, Story>()
  for (const entry of entries) {
    if (entry.goal === undefined) continue
    const story = stories.get(entry.goal) ?? { intents: [], closing: null }
    stories.set(entry.goal, story)
    if (entry.type === 'intent') {
      story.intents.push(entry)
      story.closing = null
    } else story.closing = parseClosingEntry(entry) ?? story.closing
  }
  const planned = plans.flatMap(p => p.goals)
  return new Map(
    planned.map(goal => {
      const { title } = placeOf(goal.system)
      return [goal.id, evidenceGoal(goal, title, stories.get(goal.id), before.get(goal.id) ?? undefined)]
    }),
  )
}

function evidenceGoal(goal: PlannedGoal, title: string, story: Story | undefined, was: unknown): EvidenceGoal {
  const { intents = [], closing = null } = story ?? {}
  // Of what held already one reading tells all.
  const before = closing?.end === 'already' ? undefined : was
  const after = closing?.reading ?? undefined
  return {
    goal: goal.id,
    tenant: goal.tenant,
    system: goal.system,
    title,
    kind: goal.kind ?? closing?.kind ?? null,
    summary: closing?.summary ?? goal.summary,
    reach: goal.reach ?? closing?.reach ?? 'by-hand',
    end: closing?.end ?? (intents.length > 0 ? 'not-finished' : 'not-begun'),
    proved: closing?.proved ?? false,
    at: closing?.at ?? null,
    sentAt: intents.at(-1)?.at ?? null,
    // A second round of the same change, or a further part of one, is no second beginning.
    sent: intents.filter(({ data }) => ['round', 'part'].every(name => Number(member(data, name) ?? 1) === 1)).length,
    proof: closing?.proved && after !== undefined ? readingText(after) : null,
    before: before ?? null,
    after: after ?? null,
    states: statesOf(before, after),
    why: closing?.why ?? null,
    hint: closing?.hint ?? null,
    steps: closing?.steps ?? [],
    differences: closing?.differences ?? [],
  }
}

export function attestationsOf(
  entries: readonly LedgerEntry[],
  goals: ReadonlyMap<string, EvidenceGoal>,
): EvidenceAttestation[] {
  return entries.flatMap(({ type, goal = '', at, data }) => {
    if (type !== 'attestation') return []
    const about = goals.get(goal)
    const by = textOr(member(data, 'by') ?? member(data, 'operator'), '')
    const note = textOr(member(data, 'note'), '')
    return [{ goal, title: about?.title ?? '', summary: about?.summary ?? goal, at, by, note }]
  })
}
