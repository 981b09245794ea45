import { makeDated } from '../dated/dated.ts'
import { meantModules } from '../dated/job.ts'
import { type Parted, settingsToApprove } from '../posture/approval.ts'
import { askedIn, posturePlanFile } from '../posture/plan-file.ts'
import { agreedInCall } from './agreed-call.ts'
import type { Context } from './command.ts'
import { rightNow } from './leaving-time.ts'
import { agreedBy } from './mandate.ts'
import { settingsRules } from './settings-approval.ts'

/** What of a call waits for somebody else, as `--json` has it. */
export interface WaitingSettings {
  dated: string
  tenant: string
  modules: string[]
  why: string[]
}

/** Keeps the plan of each tenant for somebody's approval, and says who is needed. Changes nothing there; for an operator (`permit`). */
export async function keepForApproval(
  context: Context,
  later: Parted['later'],
  options: { ticket: string; noteIn?: string } | undefined,
): Promise<WaitingSettings[]> {
  const { app, output } = context
  const wants = await settingsRules(context)
  const { at: time } = rightNow(context)
  const kept: WaitingSettings[] = []
  for (const { tenant, plan } of later) {
    const why = settingsToApprove(plan, wants)
    const what = {
      ...agreedInCall(context, time),
      ifLate: 'go' as const,
      approval: { why, atOnce: true, by: null, at: null },
      ...(options ? { options } : {}),
      plan: posturePlanFile(askedIn(plan), plan, undefined, app.clock.now()),
    }
    const dated = makeDated({ ...what, ...(await agreedBy(context, what)) }, app.clock.now())
    const id = await (await app.diary()).add(dated)
    const modules = meantModules(dated)
    kept.push({ dated: id, tenant, modules, why })
    if (!output.forMachine)
      output.write(
        `${output.data.bold(id)}  once it is approved: ${tenant}, ${modules.join(', ')}, changed nothing yet\n`,
      )
    output.warn(`${output.talk.yellow('!')} Somebody else has to approve it: ${why.join(' ')}`)
    output.say(`${output.talk.cyan('→')} Whoever that is: k1ctl approve ${id}`)
  }
  return kept
}
