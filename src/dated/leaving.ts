import type { Evidence, EvidencePerson } from '../offboarding/evidence-shape.ts'
import type { Dated } from './dated.ts'
import { meantPeople } from './job.ts'

/** One person of one run, or of a date that had no run: a line of the list that an auditor asks for. */
export interface Leaving {
  /** As the operator named them, and as the systems know them; `name` is empty where they were found nowhere. */
  person: string
  name: string
  tenant: string
  /** `given back`: a run that gave somebody's access back. */
  what: 'offboarded' | 'given back'
  ticket: string | null
  reason: string | null
  /** Null where it had a date and did not begin. */
  run: string | null
  dated: string | null
  /** ISO times: when somebody agreed, and for when. Without a date it was due when its run began. */
  agreed: string
  due: string
  by: string
  /** When every sign-in that was found had been read back as blocked; null where one was not. */
  blocked: string | null
  /** When the last goal was read back, with every goal proved; null where one was not. */
  done: string | null
  verdict: EvidencePerson['verdict'] | Dated['state']
  /** Goals that are left to a person or waiting, and systems that did not answer. */
  open: number
  why: string | null
  /** Whether the block came within the target after it was due; null without a target, and where access was given back. */
  within: 'met' | 'missed' | 'still open' | null
  /** Of the run's ledger. */
  ledger: Evidence['ledger']['state'] | null
}

/** What was aimed at: so many milliseconds from the time that was agreed to until nobody can sign in. */
export interface Target {
  within: number
  now: Date
}

/** The people of a run. `dated`: the date that it was done for. */
export function leavingsOf(evidence: Evidence, dated: Dated | undefined, id: string | null): Leaving[] {
  const [consent] = evidence.consents
  const agreed = dated?.history[0]?.at ?? consent?.at ?? evidence.started
  return evidence.people.map(person => ({
    person: person.person,
    name: person.name,
    tenant: person.tenant,
    what: evidence.kind === 'offboarding' ? 'offboarded' : 'given back',
    ticket: person.ticket ?? evidence.ticket,
    reason: person.reason ?? evidence.reason,
    run: evidence.run,
    dated: id,
    agreed,
    due: dated?.due ?? evidence.started,
    by: dated?.operator ?? consent?.by ?? evidence.operator,
    blocked: evidence.kind === 'offboarding' ? blockedAt(person) : null,
    done: doneAt(person),
    verdict: person.verdict,
    open: person.leftToAPerson.length + person.waiting.length + person.unreached.length,
    why: person.refused ?? person.leftToAPerson[0]?.why ?? person.unreached[0]?.why ?? null,
    within: null,
    ledger: evidence.ledger.state,
  }))
}

/** Whoever had a date, and of whom nothing was done: the line that nobody may overlook. */
export function leavingsLeft(dated: Dated, id: string): Leaving[] {
  const { plan } = dated
  const { ticket = null, reason = null } = 'people' in plan ? plan.options : {}
  return meantPeople(dated).map(({ person, name, tenant }) => ({
    person,
    name,
    tenant,
    what: 'offboarded',
    ticket,
    reason,
    run: null,
    dated: id,
    agreed: dated.history[0]?.at ?? dated.due,
    due: dated.due,
    by: dated.operator,
    blocked: null,
    done: null,
    verdict: dated.state,
    open: 0,
    why: dated.why,
    within: null,
    ledger: null,
  }))
}

export function judged(leaving: Leaving, { within, now }: Target): Leaving {
  if (leaving.what !== 'offboarded' || leaving.verdict === 'cancelled') return leaving
  const end = leaving.blocked === null ? now.getTime() : Date.parse(leaving.blocked)
  const isLate = end - Date.parse(leaving.due) > within
  return { ...leaving, within: isLate ? 'missed' : leaving.blocked === null ? 'still open' : 'met' }
}

/** Where a system did not answer, or a sign-in was not found, nobody knows that all of them are blocked. */
function blockedAt(person: EvidencePerson): string | null {
  const blocks = goalsIn(person).filter(({ kind }) => kind === 'sign-in-blocked')
  return person.unreached.length === 0 ? lastProof(blocks) : null
}

function doneAt(person: EvidencePerson): string | null {
  return person.verdict === 'proved' ? lastProof(goalsIn(person)) : null
}

const goalsIn = ({ steps }: EvidencePerson) => steps.flatMap(({ goals }) => goals)

function lastProof(goals: readonly { proved: boolean; at: string | null }[]): string | null {
  const times = goals.map(({ proved, at }) => (proved ? at : null)).sort()
  return times.includes(null) ? null : (times.at(-1) ?? null)
}
