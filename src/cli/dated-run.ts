import { asK1Error, type ErrorKind, type K1Error } from '../core/errors.ts'
import { partOf } from '../core/parts.ts'
import { withoutTime, withTenant } from '../dated/command.ts'
import { type Dated, isBeforeApproved, isOffboardingDate, lateAfter, latenessOf, nextStep } from '../dated/dated.ts'
import { aboutText, meantPeople, meantTenants } from '../dated/job.ts'
import { toApproveWords } from '../dated/to-approve.ts'
import { foldRun } from '../engine/run-state.ts'
import { approvalNeeded } from '../offboarding/approval.ts'
import { settingsAskedFor } from '../posture/approval.ts'
import type { Context } from './command.ts'
import type { HeldEntry } from './dated-entry.ts'
import { offboardAsAgreed } from './dated-offboarding.ts'
import { giveState } from './dated-said.ts'
import { settleAsAgreed } from './dated-settings.ts'
import { mandateOf } from './mandate.ts'
import { tenantsIn } from './offboard-agreed.ts'
import { counted } from './offboard-dated.ts'
import { settingsRules } from './settings-approval.ts'
import { zonedText } from './zoned-time.ts'

/** Does what is due with one, for whoever agreed to it. Answers the exit code. */
export async function doOne(context: Context, entry: HeldEntry): Promise<number> {
  const { app, output } = context
  await forgetEmptyRun(context, entry)
  const { dated, id } = entry
  const now = app.clock.now()
  const step = nextStep(dated, now)
  if (step === 'nothing') return 0
  const late = latenessOf(dated, now)
  const minutes = Math.floor(late / 60_000)
  output.say(
    output.talk.bold(`${id}  ${zonedText({ at: dated.due, zone: dated.zone })}, agreed to by ${dated.operator}`),
  )
  // Of what was begun in time nothing is late.
  if (late > lateAfter && dated.run === null)
    output.warn(`${output.talk.yellow('warning:')} It is ${minutes} minutes late.`)
  if (step === 'hold') {
    const why = `It was ${minutes} minutes late when a worker looked.`
    await entry.change({ state: 'on-hold', why }, 'held: late')
    output.warn(`  ${output.talk.cyan('→')} ${why} Let it go: k1ctl schedule go ${id}`)
    giveState(context, entry)
    return 3
  }
  return step === 'go on' ? goOn(context, entry) : carryOut(context, entry)
}

/** Cut off between the note that its run begins and the run's first entry: nothing was sent, and it waits as before. */
async function forgetEmptyRun({ app }: Context, { dated: { state, run }, change }: HeldEntry): Promise<void> {
  if (state !== 'begun' || run === null || (await (await app.ledger()).has(run))) return
  await change({ state: 'waiting', run: null }, `waits again: run ${run} was cut off before its first entry`)
}

/** These pass by themselves, or when somebody mends the machine: it is tried again at the next look. */
const passing: readonly ErrorKind[] = ['unreachable', 'busy', 'sign-in', 'not-set-up', 'unattended', 'storage']

async function carryOut(context: Context, entry: HeldEntry): Promise<number> {
  const { output } = context
  const { dated } = entry
  output.say(
    isOffboardingDate(dated) ? `Offboarding ${counted(meantPeople(dated).length)}` : `Changing ${aboutText(dated)}`,
  )
  try {
    const tenants = await tenantsIn(context, meantTenants(dated))
    const why = isOffboardingDate(dated)
      ? approvalNeeded(tenants, dated.plan.options, meantPeople(dated).length)
      : settingsAskedFor(dated.plan.modules, await settingsRules(context))
    const isApproved = dated.approval?.by != null && !isBeforeApproved(dated)
    if (why.length > 0 && !isApproved) return await holdForApproval(context, entry, why)
    const lacking = await whyNotMe(context, dated)
    // That is this machine's fault, and not the date's: another one may do it.
    if (lacking) return await tryAgain(context, entry, lacking.message, lacking.hint)
    const how = { command: commandOf(entry), mandate: await mandateOf(context, dated), isApproved }
    const outcome = isOffboardingDate(dated)
      ? await offboardAsAgreed(context, entry, dated, how)
      : await settleAsAgreed(context, entry, dated, how)
    if ('silent' in outcome) return await tryAgain(context, entry, `${outcome.silent.join(', ')} does not answer.`)
    if ('changed' in outcome) return await stop(context, entry, changedWords(outcome.changed))
    await end(context, entry)
    return outcome.code
  } catch (thrown) {
    const error = asK1Error(thrown)
    if (entry.dated.state !== 'waiting' || error.kind === 'cancelled') throw error
    if (passing.includes(error.kind)) return tryAgain(context, entry, error.message, error.hint)
    const why = error.message.replace(/ Nothing was changed\.$/, '')
    // What nobody who may do it has signed, the command too, is put before nobody to be pasted.
    return stop(context, entry, why, error.kind === 'forbidden' ? `k1ctl schedule show ${entry.id}` : undefined)
  }
}

/** The rule is younger than the date. */
async function holdForApproval(context: Context, entry: HeldEntry, why: string[]): Promise<number> {
  const { output } = context
  const sentence = toApproveWords(why)
  const approval = { why, by: null, at: null, atOnce: false }
  await entry.change({ state: 'to-approve', why: sentence, approval }, 'held: to be approved')
  output.warn(`${output.talk.yellow('warning:')} ${sentence} Nothing was changed.`)
  output.warn(`  ${output.talk.cyan('→')} k1ctl approve ${entry.id}`)
  giveState(context, entry)
  return 3
}

/** As it was typed, and for whom it is done. */
function commandOf({ id, dated }: HeldEntry): string {
  const approved = dated.approval?.by ? `, approved by ${dated.approval.by}` : ''
  return `${dated.command} # ${id}, agreed to by ${dated.operator}${approved}`
}

async function tryAgain(context: Context, entry: HeldEntry, why: string, hint?: string): Promise<number> {
  const { output } = context
  await entry.change({ why: `Not done yet, and tried again: ${why}` }, `not done: ${why}`)
  output.warn(`${output.talk.yellow('warning:')} ${why} Nothing was changed; it is tried again at the next look.`)
  if (hint) output.warn(`  ${output.talk.cyan('→')} ${hint}`)
  giveState(context, entry)
  return 3
}

function changedWords(changed: readonly string[]): string {
  const more = changed.length > 5 ? `; and ${changed.length - 5} more` : ''
  return `It is no longer as it was agreed to: ${changed.slice(0, 5).join('; ')}${more}.`
}

/** Whether whoever works here lacks the right to do it. */
async function whyNotMe({ app }: Context, dated: Dated): Promise<K1Error | undefined> {
  return (await partOf((await app.team())?.require('operator', meantTenants(dated)) ?? Promise.resolve())).error
}

/** @param next what to do instead of giving the command again */
async function stop(context: Context, entry: HeldEntry, why: string, next?: string): Promise<number> {
  const { output } = context
  await entry.change({ state: 'stopped', why }, 'stopped')
  output.warn(`${output.talk.yellow('stopped:')} ${why} Nothing was changed.`)
  const again = withTenant(withoutTime(entry.dated.command), meantTenants(entry.dated))
  output.warn(`  ${output.talk.cyan('→')} ${next ?? `Look again, and agree: ${again} --dry-run`}`)
  giveState(context, entry)
  return 3
}

/** Of a run that was cut off: what is not there yet is sent, nothing twice. */
async function goOn(context: Context, entry: HeldEntry): Promise<number> {
  const { app, call } = context
  const { run } = entry.dated
  if (run !== null && (await verdictOf(context, run)) !== 'proved') {
    const { error } = await partOf(mandateOf(context, entry.dated))
    if (error?.kind === 'forbidden') return stopMidway(context, entry, run, error.message)
    const code = await call(['runs', 'resume', run], app)
    await end(context, entry)
    return code
  }
  await end(context, entry)
  return 0
}

/** Who asked for it, or approved it, may not any more: what is left is for somebody who may. */
async function stopMidway({ output }: Context, entry: HeldEntry, run: string, said: string): Promise<number> {
  const why = `${said.replace(/ Nothing was changed\.$/, '')} Run ${run} is not through.`
  await entry.change({ state: 'stopped', why }, 'stopped midway')
  output.warn(`${output.talk.yellow('stopped:')} ${why}`)
  output.warn(`  ${output.talk.cyan('→')} See what is left, and ask for it anew: k1ctl runs show ${run}`)
  return 3
}

async function end(context: Context, entry: HeldEntry): Promise<void> {
  const { run } = entry.dated
  // Ctrl-C, or the machine going down: the next look goes on with it.
  if (run === null || context.app.signal.aborted) return
  const verdict = await verdictOf(context, run)
  // It could not be gone on with, or lost its store in the midst: the next look goes on with it.
  if (verdict === 'interrupted') return
  const open = verdict === 'proved' ? null : `Not everything is proved: k1ctl runs resume ${run}`
  const looked = context.app.clock.now().toISOString()
  await entry.change({ state: 'ended', verdict, why: open, looked }, `ended: ${verdict}`)
}

async function verdictOf({ app }: Context, run: string): Promise<string> {
  return foldRun(await (await app.ledger()).read(run)).verdict
}
