import type { AccountGoalKind } from '../core/account-kinds.ts'
import { K1Error } from '../core/errors.ts'
import type { Goal } from '../core/goal.ts'
import { kindOf } from '../core/system.ts'
import type { Planned, Planner } from '../engine/plan.ts'
import type { KeptGoal, KeptUnreached, RunHeader, RunState } from '../engine/run-record.ts'
import { foldRun } from '../engine/run-state.ts'
import { isOffboarding, isPersonRecord } from '../offboarding/ledger-entries.ts'
import { type OffboardOptions, wayBackOptions } from '../offboarding/options.ts'
import { isAccountSpec, rebuildAccountGoal } from '../offboarding/rebuild.ts'
import { isUndoAsk, planUndo, type UndoPlan } from '../offboarding/undo.ts'
import { onlyApproved } from '../posture/approval.ts'
import { rebuild as rebuildPosture } from '../posture/goals.ts'
import { plannerFor } from '../posture/planner.ts'
import { isPostureAsk, isPostureSpec } from '../posture/posture-spec.ts'
import { planSettingsBack } from '../posture/undo.ts'
import type { Context } from './command.ts'
import { reachablesOf } from './reachables.ts'
import { requireTrusted } from './run-trust.ts'
import { type Sessions, systemOf, withSessions } from './sessions.ts'
import { settingsRules } from './settings-approval.ts'

/** How goals of past runs are built again, over the connections of today. */
export interface Rebuilding {
  rebuild(kept: KeptGoal): Promise<Goal>
  replan(asks: unknown, place: KeptUnreached): Promise<Planned[]>
}

export function withRebuilding<T>(
  context: Context,
  state: RunState,
  work: (rebuilding: Rebuilding) => Promise<T>,
): Promise<T> {
  const tenants = new Set(state.units.map(unit => unit.subject.tenant)).size
  return withSessions(context, { useEnvironment: tenants === 1 }, sessions =>
    work(rebuildingOf(context, sessions, state)),
  )
}

export function rebuildingOf(context: Context, sessions: Sessions, state: RunState): Rebuilding {
  const { clock } = context.app
  const reachables = reachablesOf(context, sessions, { only: [], except: [] })
  const options = optionsOf(state.header)
  const people = state.units.filter(isPersonRecord)
  const sent = {
    sentAt: new Map(state.units.flatMap(unit => [...unit.sentAt])),
    takenThings: new Map(state.units.flatMap(unit => [...unit.takenThings])),
    takenAt: new Map(state.units.flatMap(unit => [...unit.takenAt])),
    notes: new Map(state.units.flatMap(unit => [...unit.notes])),
    refusedThings: new Map(state.units.flatMap(unit => [...unit.refusedThings])),
  }
  const moduleOf = async (tenant: string, system: string) => sessions.module(tenant, await systemOf(context, system))
  // What was not seen when the run began, nobody has approved.
  const approved = async (planned: Planned[]) =>
    onlyApproved({ planned, unreached: [] }, await settingsRules(context)).planned
  return {
    async rebuild(kept) {
      const { id, tenant, system, spec } = kept
      if (isPostureSpec(spec)) return rebuildPosture(await moduleOf(tenant, system), id, spec)
      if (isAccountSpec(spec)) {
        const reachable = (await reachables(tenant)).find(r => r.id === system)
        const said = people.find(p => p.entry.goals.some(g => g.id === id))?.entry.successor
        const mine = { ...options, successor: said ?? options.successor }
        return rebuildAccountGoal(kept, spec, reachable, mine, clock, sent)
      }
      throw new K1Error('storage', `Goal ${id} was written by another version of k1ctl.`)
    },
    async replan(asks, { tenant, system }) {
      if (isPostureAsk(asks)) return approved(await plannerFor(await moduleOf(tenant, system), ...asks.intents).make())
      if (isUndoAsk(asks)) {
        const { undoes } = state.header as { undoes?: string }
        const planners = await undoPlannersOf(context, sessions, undoes ?? '')
        const planner = planners.find(p => p.tenant === tenant && p.system === system && p.person === asks.person)
        return planner ? approved(await planner.make()) : []
      }
      throw new K1Error('storage', `What was asked of ${system} was written by another version of k1ctl.`, {
        hint: `Give the command again: ${state.header.command}`,
      })
    },
  }
}

function optionsOf(header: RunHeader): OffboardOptions {
  return isOffboarding(header) ? header.options : wayBackOptions
}

/** The ways back of a run, as planners; for a way back that could not be planned at first. */
async function undoPlannersOf(context: Context, sessions: Sessions, run: string): Promise<readonly Planner[]> {
  const reading = await (await context.app.ledger()).read(run)
  await requireTrusted(context.app, reading)
  return (await undoOf(context, sessions, foldRun(reading))).planners
}

export async function undoOf(context: Context, sessions: Sessions, state: RunState): Promise<UndoPlan> {
  const { header } = state
  if (isOffboarding(header)) {
    const reachables = reachablesOf(context, sessions, header.options)
    const people = state.units.filter(isPersonRecord)
    return planUndo(people, reachables, header.options, await reachesIn(context), context.app.clock)
  }
  const { rebuild } = rebuildingOf(context, sessions, state)
  return { planners: state.units.map(unit => planSettingsBack(unit, rebuild)), lost: [] }
}

/** What each system can bring about, by what is known of it without credentials. */
async function reachesIn({ app }: Context): Promise<(system: string, kind: AccountGoalKind) => boolean> {
  const { all } = await app.systems()
  return (system, kind) => {
    const about = all.find(s => s.about.id === kindOf(system))?.about
    return about?.accountGoals?.find(g => g.kind === kind)?.how === 'reached'
  }
}
