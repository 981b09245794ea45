import { type OffboardingStep, offboardingSteps } from '../core/account-kinds.ts'
import type { LedgerEntry, LedgerReading } from '../core/ports.ts'
import type { SystemAbout } from '../core/system.ts'
import { foldRun } from '../engine/run-state.ts'
import { type GoalResult, verdictOf } from '../engine/verdict.ts'
import type { Evidence, EvidenceAttestation, EvidenceGoal, EvidencePerson } from './evidence-shape.ts'
import {
  type ClosingEntry,
  member,
  type PlanEntry,
  type PlannedGoal,
  parseClosingEntry,
  parsePlanEntry,
  textOr,
} from './ledger-words.ts'
import { readingText } from './reading-text.ts'

/** What is known of a system by its id: `graphus`, or `scim:zoom` for one of several of a kind. */
interface Place {
  title: string
  step: OffboardingStep
}

/**
 * The evidence of a run, from its ledger alone.
 * @throws K1Error `storage` when the ledger has no plan, or was altered from its first entry on
 */
export function evidenceOf(reading: LedgerReading, systems: readonly SystemAbout[]): Evidence {
  const record = foldRun(reading)
  const { entries, chain } = reading
  const placeOf = placesOf(systems)
  const plans = entries.filter(e => e.type === 'plan').map(parsePlanEntry)
  const [head] = plans
  const goals = goalsOf(plans, entries, placeOf)
  const attestations = attestationsOf(entries, goals)
  const people = mergePeople(plans).map(plan => personOf(plan, goals, attestations, placeOf))
  const inPeople = new Set(people.flatMap(p => p.steps.flatMap(s => s.goals.map(g => g.goal))))
  const { run, header, startedAt, endedAt, verdict } = record
  return {
    run,
    kind: header.kind === 'offboarding' ? 'offboarding' : 'change',
    command: header.command,
    operator: header.operator,
    started: startedAt,
    ended: endedAt,
    verdict,
    reason: head?.reason ?? null,
    ticket: head?.ticket ?? null,
    consents: entries
      .filter(e => e.type === 'consent')
      .map(({ at, data }) => ({ at, by: textOr(member(data, 'by'), ''), how: textOr(member(data, 'how'), '') })),
    ledger: {
      state: chain.state,
      alteredFrom: chain.state === 'altered' ? chain.seq : null,
      entries: entries.length,
      hash: entries.at(-1)?.hash ?? null,
    },
    people,
    settings: [...goals.values()].filter(g => !inPeople.has(g.goal)),
    unreached: plans
      .filter(p => p.person === null)
      .flatMap(p => p.unreached)
      .map(u => ({ ...u, title: placeOf(u.system).title })),
  }
}

function placesOf(systems: readonly SystemAbout[]): (id: string) => Place {
  const known = new Map(systems.map(about => [about.id, about]))
  return id => {
    const [kind = '', ...name] = id.split(':')
    const about = known.get(id) ?? known.get(kind)
    const title = about === undefined ? id : known.has(id) ? about.title : `${name.join(':')} (${about.title})`
    return { title, step: about?.step ?? 'applications' }
  }
}

/**
 * A person that was planned again (a run that went on) is one person: the later plan counts, accounts and goals add up.
 * A run that gives access back has one plan for all, with goals that name the person.
 */
function mergePeople(plans: readonly PlanEntry[]): PlanEntry[] {
  const people = new Map<string, PlanEntry>()
  for (const plan of plans.flatMap(planOfEach)) {
    const key = `${plan.tenant}\n${plan.person}`
    const before = people.get(key)
    const goals = new Map([...(before?.goals ?? []), ...plan.goals].map(goal => [goal.id, goal]))
    const accounts = new Map([...(before?.accounts ?? []), ...plan.accounts].map(a => [`${a.system}\n${a.id}`, a]))
    people.set(key, {
      ...plan,
      name: plan.name || (before?.name ?? ''),
      accounts: [...accounts.values()],
      goals: [...goals.values()],
    })
  }
  return [...people.values()]
}

function planOfEach(plan: PlanEntry): PlanEntry[] {
  if (plan.person !== null) return [plan]
  return plan.goals
    .filter(goal => goal.person !== null)
    .map(goal => ({ ...plan, person: goal.person, tenant: goal.tenant, goals: [goal], unreached: [] }))
}

/** What happened to one goal. */
interface Story {
  intents: LedgerEntry[]
  /** The last word on it; none after an intent that nothing closes. */
  closing: ClosingEntry | null
}

/** Every goal that any plan names, with how it ended. */
function goalsOf(
  plans: readonly PlanEntry[],
  entries: readonly LedgerEntry[],
  placeOf: (id: string) => Place,
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
  return new Map(planned.map(goal => [goal.id, evidenceGoal(goal, placeOf(goal.system).title, stories.get(goal.id))]))
}

function evidenceGoal(goal: PlannedGoal, title: string, story: Story | undefined): EvidenceGoal {
  const { intents = [], closing = null } = story ?? {}
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
    sent: intents.length,
    proof: closing?.proved && closing.reading !== undefined ? readingText(closing.reading) : null,
    why: closing?.why ?? null,
    hint: closing?.hint ?? null,
    steps: closing?.steps ?? [],
    differences: closing?.differences ?? [],
  }
}

function attestationsOf(
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

function personOf(
  plan: PlanEntry,
  all: ReadonlyMap<string, EvidenceGoal>,
  attestations: readonly EvidenceAttestation[],
  placeOf: (id: string) => Place,
): EvidencePerson {
  const names = [plan.person ?? '', ...plan.accounts.map(a => a.login)]
  const goals = plan.goals.flatMap(({ id }) => all.get(id) ?? []).map(goal => withoutName(goal, names))
  const own = attestations.filter(a => goals.some(g => g.goal === a.goal))
  // Whatever system a device is in, it belongs to the last step.
  const stepOf = ({ kind, system }: EvidenceGoal) => (kind === 'devices-released' ? 'devices' : placeOf(system).step)
  const titled = <T extends { system: string }>(thing: T) => ({ ...thing, title: placeOf(thing.system).title })
  return {
    person: plan.person ?? '',
    name: plan.name,
    tenant: plan.tenant,
    verdict: verdictOn(plan, goals),
    reason: plan.reason,
    ticket: plan.ticket,
    refused: plan.refused,
    accounts: plan.accounts.map(titled),
    steps: offboardingSteps.map(step => ({ step, goals: goals.filter(goal => stepOf(goal) === step) })),
    unreached: plan.unreached.map(titled),
    notConnected: plan.notConnected.map(system => ({ system, title: placeOf(system).title })),
    residual: plan.residual.map(titled),
    leftToAPerson: goals
      .filter(g => g.end !== 'changed' && g.end !== 'already' && !own.some(a => a.goal === g.goal))
      .map(({ goal, title, summary, why, hint, steps }) => ({ goal, title, summary, why: why ?? hint, steps })),
    attestations: own.map(a => ({ ...a, summary: goals.find(g => g.goal === a.goal)?.summary ?? a.summary })),
  }
}

/** "amy@x.example: sign-in is blocked" says whose it is once more, below the person's own heading. */
function withoutName(goal: EvidenceGoal, names: readonly string[]): EvidenceGoal {
  const name = names.find(n => n !== '' && goal.summary.startsWith(`${n}: `))
  if (name === undefined) return goal
  const rest = goal.summary.slice(name.length + 2)
  return { ...goal, summary: rest.charAt(0).toUpperCase() + rest.slice(1) }
}

function verdictOn(plan: PlanEntry, goals: readonly EvidenceGoal[]): EvidencePerson['verdict'] {
  if (plan.refused !== null) return 'refused'
  if (goals.length === 0 && plan.unreached.length === 0) return 'unknown-person'
  if (goals.some(g => g.end === 'not-finished' || g.end === 'not-begun')) return 'interrupted'
  return verdictOf(goals.flatMap(asEnded), plan.unreached.length)
}

/** Only the end and its proof decide; the rest is for the type. */
function asEnded(goal: EvidenceGoal): GoalResult[] {
  const { end, proved, at, tenant, system, reach, summary } = goal
  if (end === 'not-finished' || end === 'not-begun') return []
  return [{ goal: goal.goal, tenant, system, reach, summary, end, proved, at: at ?? '', differences: goal.differences }]
}
