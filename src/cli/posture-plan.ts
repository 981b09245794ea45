import { K1Error } from '../core/errors.ts'
import { plan as makePlan, type Plan } from '../engine/plan.ts'
import type { Asked } from '../posture/plan-file.ts'
import { plannerFor } from '../posture/planner.ts'
import { refuseBesidePlan } from './beside-plan.ts'
import { concurrency } from './change.ts'
import type { Context } from './command.ts'
import { anyModuleNamed, moduleAbouts } from './posture-file.ts'
import type { Sessions } from './sessions.ts'
import { spinning } from './spinner.ts'

/** Writes down what would be done, and does not do it. */
export async function keepPlan(
  { app, output }: Context,
  file: string,
  asked: readonly Asked[],
  plan: Plan,
  canary: string | undefined,
): Promise<void> {
  const { posturePlanFile } = await import('../posture/plan-file.ts')
  await app.writeText(file, `${JSON.stringify(posturePlanFile(asked, plan, canary, app.clock.now()), null, 2)}\n`)
  output.say(`Kept in ${file}. Carry it out: k1ctl posture apply --plan ${file}`)
}

/** A kept plan, looked at anew. */
export interface KeptPlan {
  plan: Plan
  canary: string | undefined
}

/** Names and intents of a kept plan. @throws K1Error `usage` for a file that is none, and for options beside it */
export async function readKeptPlan(context: Context) {
  refuseBesidePlan(context.words, ['maxTenants', 'ticket', 'ticketNote', 'ifChanged', 'dryRun', 'exitCode'])
  const file = context.words.text('plan') ?? ''
  const { parsePosturePlan } = await import('../posture/plan-file.ts')
  return parsePosturePlan(await context.app.readText(file), file)
}

/** What is asked of each module, planned on what is there now. */
export async function lookAgain(
  context: Context,
  sessions: Sessions,
  { modules }: { modules: readonly Asked[] },
): Promise<Plan> {
  const planners = await Promise.all(
    modules.map(async ({ tenant, system, intents }) =>
      plannerFor(await sessions.module(tenant, await anyModuleNamed(context, system)), ...intents),
    ),
  )
  return spinning(context, `Planning ${planners.length} modules`, () => makePlan(planners, concurrency))
}

export async function moduleTitlesIn(context: Context, plan: Plan): Promise<Record<string, string>> {
  const titles = new Map((await moduleAbouts(context)).map(({ id, title }) => [id, title]))
  const systems = [...plan.planned.map(({ goal }) => goal.system), ...plan.unreached.map(({ system }) => system)]
  return Object.fromEntries(systems.map(system => [system, titles.get(system) ?? system]))
}

/** @throws K1Error `conflict` when anything is no longer as it was shown; nothing was changed then */
export async function planAsKept(
  context: Context,
  sessions: Sessions,
  kept: Awaited<ReturnType<typeof readKeptPlan>>,
): Promise<KeptPlan> {
  const { comparePosturePlan } = await import('../posture/plan-file.ts')
  const plan = await lookAgain(context, sessions, kept)
  const changed = comparePosturePlan(kept, plan)
  if (changed.length === 0) return { plan, canary: kept.canary ?? undefined }
  const more = changed.length > 5 ? `; and ${changed.length - 5} more` : ''
  throw new K1Error(
    'conflict',
    `What the plan was made on has changed: ${changed.slice(0, 5).join('; ')}${more}. Nothing was changed.`,
    { hint: 'Make a new plan as this one was made, with --save-plan FILE.', facts: { changed } },
  )
}
