import { K1Error } from '../core/errors.ts'
import type { RunState } from '../engine/run-record.ts'
import { keptToApprove } from '../posture/approval.ts'
import type { Context } from './command.ts'
import { readEntries } from './dated-entry.ts'
import { mandateOf } from './mandate.ts'
import { requireTrusted } from './run-trust.ts'
import { settingsRules } from './settings-approval.ts'

/**
 * Before a run is gone on with: what it says may be relied on, those who asked for it and approved it may still do so,
 * and no rule of a tenant that is younger than the run wants somebody else to approve what is left of it.
 * @throws K1Error `storage`, `forbidden`, `refused`
 */
export async function requireResumable(context: Context, state: RunState): Promise<void> {
  const { app } = context
  await requireTrusted(app, await (await app.ledger()).read(state.run))
  // What was agreed to before, and is done by that run.
  const entries = await readEntries(app)
  // One that cannot be read tells no run; the run tells whose it is.
  const unread = entries.find(one => one.error && state.header.command.includes(` # ${one.id}, `))
  if (unread?.error) throw unread.error
  const dated = entries.find(one => one.dated?.run === state.run)?.dated
  if (dated) await mandateOf(context, dated)
  if (dated?.approval?.by != null || state.verdict === 'proved') return
  const [why] = keptToApprove(
    state.units.flatMap(unit => unit.entry.goals),
    await settingsRules(context),
  )
  if (why === undefined) return
  throw new K1Error(
    'refused',
    `Somebody else has to approve what is left of run ${state.run}: ${why} Nothing was changed.`,
    {
      hint: `Ask for it anew, and it is kept until then: ${state.header.command}`,
      facts: { run: state.run },
    },
  )
}
