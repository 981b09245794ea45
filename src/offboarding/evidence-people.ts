import { offboardingSteps } from '../core/account-kinds.ts'
import { inWords } from '../core/waited-for.ts'
import type { GoalResult } from '../engine/verdict.ts'
import type { KnownSystem } from './evidence-place.ts'
import type {
  EvidenceAttestation,
  EvidenceGoal,
  EvidenceOpen,
  EvidencePerson,
  EvidenceSearched,
} from './evidence-shape.ts'
import type { PlanEntry } from './ledger-words.ts'
import { personVerdict, staysInFirst } from './report-person.ts'
import type { Searched } from './unit.ts'

/**
 * A person that was planned again (a run that went on) is one person: the later plan counts, accounts and goals add up.
 * A run that gives access back has one plan for all, with goals that name the person.
 */
export function mergePeople(plans: readonly PlanEntry[]): PlanEntry[] {
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
      searched: mergeSearched(plan.searched, before?.searched ?? null),
    })
  }
  return [...people.values()]
}

/** Whom a run found before it went on is looked at by id then: how they were found is what the first plan says. */
function mergeSearched(now: Searched[] | null, before: Searched[] | null): Searched[] | null {
  if (now === null || before === null) return now ?? before
  const first = new Map(before.map(one => [one.system, one]))
  return now.map(one => (one.words?.length ? one : (first.get(one.system) ?? one)))
}

function planOfEach(plan: PlanEntry): PlanEntry[] {
  if (plan.person !== null) return [plan]
  return plan.goals
    .filter(goal => goal.person !== null)
    .map(goal => ({ ...plan, person: goal.person, tenant: goal.tenant, goals: [goal], unreached: [] }))
}

export function personOf(
  plan: PlanEntry,
  all: ReadonlyMap<string, EvidenceGoal>,
  attestations: readonly EvidenceAttestation[],
  placeOf: (id: string) => KnownSystem,
): EvidencePerson {
  const names = [plan.person ?? '', ...plan.accounts.map(a => a.login)]
  const found = plan.goals.flatMap(({ id }) => all.get(id) ?? []).map(goal => withoutName(goal, names))
  const called = ({ summary, title }: EvidenceGoal) => `“${summary}” in ${title}`
  const goals = found.map(goal => ({ ...goal, why: goal.why === null ? null : inWords(goal.why, found, called) }))
  const own = attestations.filter(a => goals.some(g => g.goal === a.goal))
  const open = goals.filter(g => g.end !== 'changed' && g.end !== 'already' && !own.some(a => a.goal === g.goal))
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
    searched: plan.searched?.map(one => searchedOf(one, placeOf(one.system).title)) ?? null,
    leftToAPerson: staysInFirst(open.filter(g => g.end !== 'pending')).map(openOf),
    waiting: open.filter(g => g.end === 'pending').map(openOf),
    attestations: own.map(a => ({ ...a, summary: goals.find(g => g.goal === a.goal)?.summary ?? a.summary })),
  }
}

function openOf({ goal, title, summary, why, hint, steps, sent }: EvidenceGoal): EvidenceOpen {
  return { goal, title, summary, why, hint, steps, asked: sent > 0 }
}

function searchedOf(
  { words = [], within, steps = [], blind, note, ...rest }: Searched,
  title: string,
): EvidenceSearched {
  return { ...rest, title, words, within: within ?? null, steps, blind: blind ?? null, note: note ?? null }
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
  return personVerdict(goals.flatMap(asEnded), plan.unreached.length, plan.searched ?? []).verdict
}

/** Only the end and its proof decide; the rest is for the type. */
function asEnded(goal: EvidenceGoal): GoalResult[] {
  const { end, proved, at, tenant, system, reach, summary } = goal
  if (end === 'not-finished' || end === 'not-begun') return []
  return [{ goal: goal.goal, tenant, system, reach, summary, end, proved, at: at ?? '', differences: goal.differences }]
}
