import type { Account } from '../../src/core/account.ts'
import type { AccountGoalKind, OffboardingStep } from '../../src/core/account-kinds.ts'
import type { Goal } from '../../src/core/goal.ts'
import type { LedgerEntry, LedgerEntryType } from '../../src/core/ledger-store.ts'
import type { SystemAbout } from '../../src/core/system.ts'
import { goalId } from '../../src/offboarding/account-goals.ts'
import type { OrderedGoal } from '../../src/offboarding/order.ts'
import type { PersonPlan, Reachable, Unit } from '../../src/offboarding/unit.ts'
import { scriptedGoal } from '../engine/scripted-goal.ts'

export const amy: Unit = { person: 'amy@x.example', tenant: 'Acme' }

export function account(change: Partial<Account> = {}): Account {
  return { id: 'a1', login: 'amy', email: 'amy@x.example', name: 'Amy Pond', active: true, roles: [], ...change }
}

export function about(id: string, step?: OffboardingStep): SystemAbout {
  return {
    id,
    title: id.toUpperCase(),
    aliases: [],
    reach: 'api',
    settings: [],
    features: [],
    isModule: true,
    people: '',
    contract: false,
    ...(step ? { step } : {}),
  }
}

export function reachable(id: string, step: OffboardingStep = 'applications'): Reachable {
  return { tenant: amy.tenant, id, title: id.toUpperCase(), about: about(id, step) }
}

export function goal(system: string, kind: AccountGoalKind, change: Partial<Goal> = {}): Goal {
  return scriptedGoal({
    id: goalId(amy, system, kind),
    tenant: amy.tenant,
    system,
    person: amy.person,
    kind,
    summary: `amy: ${kind}`,
    spec: { kind: 'offboarding', goal: kind, account: account() },
    show: async () => ({ state: 'not-yet', reading: { active: true } }),
    ...change,
  })
}

export function ordered(
  system: string,
  kind: AccountGoalKind,
  {
    step,
    follows,
    masteredIn,
    after = [],
    behind,
    ...more
  }: {
    step?: OffboardingStep
    follows?: string
    masteredIn?: string
    after?: AccountGoalKind[]
    behind?: AccountGoalKind[]
    byHand?: readonly string[]
    later?: string
  } = {},
): OrderedGoal {
  return {
    goal: goal(system, kind, {
      ...more,
      after: after.map(one => goalId(amy, system, one)),
      ...(behind ? { behind: behind.map(one => goalId(amy, system, one)) } : {}),
    }),
    reachable: reachable(system, step),
    ...(follows ? { follows } : {}),
    ...(masteredIn ? { masteredIn } : {}),
  }
}

export function personPlan(change: Partial<PersonPlan> = {}): PersonPlan {
  const nothing = { accounts: [], planned: [], unreached: [], residual: [], notConnected: [], searched: [] }
  return { ...amy, name: 'Amy Pond', ...nothing, ...change }
}

/** Entries of a ledger; hashes do not matter here. */
export function entries(...said: [LedgerEntryType, unknown, string?][]): LedgerEntry[] {
  return said.map(([type, data, about], seq) => ({
    seq,
    at: `2026-11-21T17:00:0${seq % 10}.000Z`,
    type,
    run: 'r',
    ...(about === undefined ? {} : { goal: about }),
    data,
    prev: '',
    hash: '',
  }))
}
