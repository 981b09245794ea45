import { canonical, plainly } from '../engine/seal.ts'
import { type PersonPlan, saidOf, type Unit } from './unit.ts'

/** What was shown of one person, and agreed to. */
export interface KeptPerson extends Unit {
  name: string
  refused: string | null
  /** Systems that did not answer. */
  unreached: string[]
  accounts: { system: string; id: string; login: string }[]
  goals: KeptGoal[]
}

interface KeptGoal {
  id: string
  system: string
  summary: string
  standing: string
  /** Why k1ctl would not bring it about itself. */
  refused: string | null
  byHand: boolean
  reading: unknown
  /** What would be changed: `[what, from, to]`, as it was shown. */
  differences: unknown[]
}

export function keepPerson(plan: PersonPlan): KeptPerson {
  const { person, tenant, name, planned, unreached, refusal } = plan
  return plainly({
    ...saidOf(plan),
    person,
    tenant,
    name,
    refused: refusal?.why ?? null,
    unreached: [...new Set(unreached.map(u => u.system))],
    accounts: plan.accounts.map(({ system, account: { id, login } }) => ({ system, id, login })),
    goals: planned.map(({ goal, standing }) => ({
      id: goal.id,
      system: goal.system,
      summary: goal.summary,
      standing: standing.state,
      refused: goal.refusal?.why ?? null,
      byHand: goal.byHand !== undefined,
      reading: standing.state === 'unobservable' ? null : standing.reading,
      differences: [...standing.differences],
    })),
  })
}

/**
 * What is not as it was for one person, a sentence each. Only silence now is left out: nothing can be done there. What
 * did not answer then was not shown, so an account that is seen there now is one that nobody agreed to.
 */
export function differencesBetween(before: KeptPerson, after: KeptPerson): string[] {
  if (after.refused !== before.refused) {
    return [`${before.person}: ${after.refused ?? `no longer refused (it was: ${before.refused})`}`]
  }
  const silent = new Set(after.unreached)
  const unseen = accountsNotShown(before, after)
  const ids = new Set([...before.goals, ...after.goals].map(g => g.id))
  const goals = [...ids].flatMap(id => {
    const [one, other] = [before, after].map(p => p.goals.find(g => g.id === id))
    if (!other) return silent.has(one?.system ?? '') ? [] : [`${id} is gone`]
    // One sentence for an account is enough.
    if (!one) return unseen.systems.has(other.system) ? [] : [`${id} is new`]
    return canonical(one) === canonical(other) ? [] : [`${id} ${changeBetween(one, other)}`]
  })
  return [...unseen.sentences, ...goals]
}

function accountsNotShown(before: KeptPerson, after: KeptPerson): { systems: Set<string>; sentences: string[] } {
  const unseen = after.accounts.filter(account => !isShown(before, account))
  return {
    systems: new Set(unseen.map(account => account.system)),
    sentences: unseen.map(
      ({ system, login }) => `${before.person}: the account ${login} in ${system} ${whyUnseen(before, system)}`,
    ),
  }
}

export function isShown(kept: KeptPerson, account: { system: string; id: string }): boolean {
  return kept.accounts.some(a => a.system === account.system && a.id === account.id)
}

export function whyUnseen({ unreached, accounts }: KeptPerson, system: string): string {
  if (unreached.includes(system)) return 'was not shown: nothing answered there then'
  return accounts.some(a => a.system === system) ? 'is another one than was shown' : 'is new'
}

function changeBetween(one: KeptGoal, other: KeptGoal): string {
  if (one.standing !== other.standing) return other.standing === 'holds' ? 'holds by now' : 'no longer holds'
  if (one.refused !== other.refused)
    return other.refused === null ? `is no longer refused (it was: ${one.refused})` : `is refused now: ${other.refused}`
  if (canonical(one.reading) === canonical(other.reading)) return 'is to be done in another way'
  return `was ${canonical(one.reading)}, is now ${canonical(other.reading)}`
}
