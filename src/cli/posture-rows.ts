import type { Attestation } from '../core/attestation.ts'
import { asK1Error } from '../core/errors.ts'
import type { TenantRecord } from '../core/stores.ts'
import type { System } from '../core/system.ts'
import { checkPosture, checkPostureInTurn, type Task } from '../posture/check.ts'
import { type PostureRow, type RowMark, rowMarkOf } from '../posture/posture-row.ts'
import type { Posture } from '../posture-file/posture.ts'
import { concurrency } from './change.ts'
import type { Context } from './command.ts'
import type { Sessions } from './sessions.ts'
import { spinning } from './spinner.ts'

/** Modules that are read at once: each tenant's is another conversation. */
const readAtOnce = 2 * concurrency

/** What the posture says of these tenants and modules, each with the module that it is about. */
export async function tasksOf(
  { app }: Context,
  sessions: Sessions,
  posture: Posture,
  tenants: readonly TenantRecord[],
  systems: readonly System[],
): Promise<Task[]> {
  const attested = attestedBy(await (await app.attestations()).latest())
  const tasks: Promise<Task>[] = []
  for (const { name } of tenants) {
    for (const said of posture.of(name)) {
      const system = systems.find(({ about }) => about.id === said.system)
      if (!system || said.rules.length === 0) continue
      tasks.push(
        sessions.module(name, system).then(module => ({
          module,
          posture: said,
          attested: attested(name, said.system),
        })),
      )
    }
  }
  return Promise.all(tasks)
}

export function attestedBy(all: readonly Attestation[]): (tenant: string, system: string) => readonly Attestation[] {
  const byModule = new Map<string, Attestation[]>()
  for (const one of all) {
    const key = `${one.tenant}\n${one.system}`
    byModule.set(key, [...(byModule.get(key) ?? []), one])
  }
  return (tenant, system) => byModule.get(`${tenant}\n${system}`) ?? []
}

export function readPostureRows(
  context: Context,
  tasks: readonly Task[],
  then: 'leave' | 'stay' = 'leave',
): Promise<PostureRow[]> {
  return spinning(context, `Reading ${tasks.length} modules`, () =>
    checkPosture(tasks, readAtOnce, () => context.app.clock.now(), then),
  )
}

/**
 * The same, each module's rows handed over as soon as those before it have been: of thousands of tenants no more is kept
 * than has to be said at the end.
 */
export async function streamPostureRows(
  context: Context,
  tasks: readonly Task[],
  tell: (rows: readonly PostureRow[]) => void,
): Promise<RowMark[]> {
  const marks: RowMark[] = []
  const take = (rows: readonly PostureRow[]) => {
    for (const row of rows) marks.push(rowMarkOf(row))
    tell(rows)
  }
  await spinning(context, `Reading ${tasks.length} modules`, () =>
    checkPostureInTurn(tasks, readAtOnce, () => context.app.clock.now(), take),
  )
  return marks
}

/** Says which acceptances are not in the file any more: what was left as it was is a deviation again, and acted on. */
export async function tellEnded({ app, output }: Context, rows: readonly RowMark[]): Promise<void> {
  const { endedAcceptances } = await import('../posture/trend.ts')
  const days = await (await app.pastChecks()).days().catch(() => [])
  for (const { tenant, system, feature, day } of endedAcceptances(days, rows)) {
    output.say(`No longer accepted, as it was on ${day}: ${tenant}/${system}/${feature}. posture apply acts on it.`)
  }
}

/** Kept for the trend in the report. It is no part of what was asked: where it cannot be kept, that is said. */
export async function keepCheck({ app, output }: Context, rows: readonly RowMark[]): Promise<void> {
  if (rows.length === 0 || app.signal.aborted) return
  const { withCheck } = await import('../posture/trend.ts')
  try {
    await (await app.pastChecks()).change(days => withCheck(days, rows, app.clock.now()))
  } catch (thrown) {
    const { message, hint } = asK1Error(thrown)
    output.warn(`! Not kept for the trend: ${message}`)
    if (hint) output.warn(`  → ${hint}`)
  }
}
