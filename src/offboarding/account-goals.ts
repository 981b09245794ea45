import type { Account, AccountGoal, AccountGoalOptions } from '../core/account.ts'
import { type AccountGoalKind, accountGoalKinds } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { type OpenMoment, openMoment } from '../core/moment.ts'
import { partOf } from '../core/parts.ts'
import { nobodySees } from '../core/reading.ts'
import type { UnitRecord } from '../engine/run-record.ts'
import { callFor } from './option-words.ts'
import { type OffboardOptions, wayBackOptions } from './options.ts'
import type { Reachable, Unit } from './unit.ts'

/** What is needed to build a goal again from the ledger: the account by its own id. */
export interface AccountSpec {
  kind: 'offboarding'
  goal: AccountGoalKind
  account: Account | null
  /** In an undo: what was there before. */
  back?: unknown
}

export function goalId({ tenant, person }: Unit, system: string, kind: string): string {
  return `${tenant}/${person}/${system}/${kind}`
}

/** What a ledger tells of requests that were accepted before, by goal. */
export type SentBefore = Partial<Pick<UnitRecord, 'sentAt' | 'takenThings' | 'takenAt' | 'notes' | 'refusedThings'>>

/** The same of one account, by kind. */
export function earlierIn(
  unit: Unit,
  system: string,
  { sentAt, takenThings, takenAt, notes, refusedThings }: SentBefore,
): Pick<AccountGoalOptions, 'sentAt' | 'takenThen' | 'takenAt' | 'notes' | 'refusedThen'> {
  function byKind<T, V>(of: ReadonlyMap<string, T> | undefined, shown: (value: T) => V): Record<string, V> {
    // Of a new run, which most are, no ledger tells anything.
    if (of === undefined || of.size === 0) return {}
    return Object.fromEntries(
      accountGoalKinds.flatMap(kind => {
        const value = of.get(goalId(unit, system, kind))
        return value === undefined ? [] : [[kind, shown(value)]]
      }),
    )
  }
  return {
    sentAt: byKind(sentAt, at => at),
    takenThen: byKind(takenThings, ids => [...ids]),
    takenAt: byKind(takenAt, times => times),
    notes: byKind(notes, noted => noted),
    refusedThen: byKind(refusedThings, ids => [...ids]),
  }
}

/** An account's goal as the engine takes it. */
export function engineGoal(
  unit: Unit,
  reachable: Reachable,
  account: Account,
  goal: AccountGoal,
  moment: OpenMoment,
  options: OffboardOptions = wayBackOptions,
): Goal {
  const id = (kind: string) => goalId(unit, reachable.id, kind)
  const { follows, later, behind, ...spec } = goal
  return {
    ...spec,
    id: id(goal.kind),
    tenant: unit.tenant,
    system: reachable.id,
    person: unit.person,
    account: { kind: 'account', tenant: unit.tenant, name: `account ${account.id} of ${reachable.id}` },
    summary: `${account.login}: ${lowerFirst(goal.summary)}`,
    after: goal.after.map(id),
    ...(behind ? { behind: behind.map(id) } : {}),
    ...laterOf(goal),
    ...heldBlock(unit, reachable, goal, options),
    spec: { kind: 'offboarding', goal: goal.kind, account } satisfies AccountSpec,
    moment,
  }
}

/**
 * Of an administrator of whom nobody could read whether they are the last: a block that may lock everybody out is not
 * sent on the chance, and a leaver who stays in is told first, with what sends it all the same.
 */
function heldBlock(
  unit: Unit,
  { id, title }: Reachable,
  goal: AccountGoal,
  options: OffboardOptions,
): Pick<Goal, 'guard'> {
  const { guard, kind } = goal
  if (guard === undefined || kind !== 'sign-in-blocked') return {}
  return {
    guard(value) {
      const ask = guard(value)
      if (ask === undefined) return undefined
      return async () => {
        const { value: why, error } = await partOf(ask())
        if (error === undefined) return why
        if (options.blockAnyway) return undefined
        // Deleting waits for the blocks of all systems, of which such a call would see one.
        const anyway = callFor(unit, { ...options, delete: false, only: [id], except: [], blockAnyway: true })
        throw new K1Error(
          'refused',
          `${unit.person} can still sign in to ${title}: an administrator there, and whether the last one could not be read. ${error.message}`,
          {
            hint: `Sure that there is another one? ${anyway}`,
            cause: error,
          },
        )
      }
    },
  }
}

/** What follows another system is waited for again and again; what was asked for and is queued is not. */
function laterOf({ follows, later }: AccountGoal): Pick<Goal, 'later' | 'queued' | 'follows'> {
  if (follows) return { later: follows.why, follows: true }
  return later === undefined ? {} : { later, queued: true }
}

/** A goal that only a person can reach, because nothing is connected that could even look. */
export function byHandGoal(unit: Unit, { id, title, about }: Reachable): Goal {
  const why = `${title} is not connected.`
  return {
    id: goalId(unit, id, 'sign-in-blocked'),
    tenant: unit.tenant,
    system: id,
    person: unit.person,
    kind: 'sign-in-blocked',
    reach: 'by-hand',
    summary: `${unit.person}: sign-in is blocked`,
    effect: 'reversible',
    repeatable: true,
    after: [],
    spec: { kind: 'offboarding', goal: 'sign-in-blocked', account: null } satisfies AccountSpec,
    byHand: (about.accountSteps ?? []).map(step => step.replaceAll('{person}', unit.person)),
    moment: openMoment({ now: () => Date.now() }),
    ...nobodySees(why),
  }
}

/** By id: what nobody could look at in systems that do not answer, and what waits for it. Nothing is deleted then. */
export function unmetIn(unit: Unit, unreached: readonly string[]): ReadonlySet<string> {
  return new Set(unreached.map(system => goalId(unit, system, 'sign-in-blocked')))
}

/** The same goal; what deletes waits for the systems that do not answer, too. */
export function waitingFor(unmet: ReadonlySet<string>, goal: Goal): Goal {
  return goal.kind === 'deleted' ? { ...goal, after: [...goal.after, ...unmet] } : goal
}

/** "SSH keys" stays as it is. */
function lowerFirst(text: string): string {
  return /^\p{Lu}{2}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}
