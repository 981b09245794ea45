import type { SignedText } from '../core/team.ts'
import type { DatedSettings } from '../dated/dated.ts'
import { comparePosturePlan } from '../posture/plan-file.ts'
import { carryOut, finish } from './change.ts'
import type { Context } from './command.ts'
import type { HeldEntry } from './dated-entry.ts'
import type { DatedOutcome } from './dated-offboarding.ts'
import { lookAgain, moduleTitlesIn } from './posture-plan.ts'
import { withSessions } from './sessions.ts'
import { noteOutcome } from './ticket-note.ts'

/** Makes the plan anew, holds it to what was agreed to, and carries it out. */
export async function settleAsAgreed(
  context: Context,
  entry: HeldEntry,
  { plan: kept, ifChanged, consent, options }: DatedSettings,
  how: { command: string; mandate: readonly SignedText[]; isApproved: boolean },
): Promise<DatedOutcome> {
  const tenants = new Set(kept.modules.map(({ tenant }) => tenant))
  return withSessions(context, { useEnvironment: tenants.size === 1 }, async sessions => {
    const plan = await lookAgain(context, sessions, kept)
    if (ifChanged === 'stop') {
      const silent = plan.unreached.map(({ system }) => system)
      if (silent.length > 0) return { silent }
      const changed = comparePosturePlan(kept, plan)
      if (changed.length > 0) return { changed }
    }
    const titles = await moduleTitlesIn(context, plan)
    const more = { command: how.command, ...(options ? { options } : {}) }
    const report = await carryOut(context, 'posture', plan, titles, ifChanged === 'go' ? 'flag' : consent, more, {
      isApproved: how.isApproved,
      mandate: how.mandate,
      onRun: run => entry.change({ state: 'begun', run, why: null }, `begun: run ${run}`),
    })
    return { code: await noteOutcome(context, report.run, finish(context, report, titles)) }
  })
}
