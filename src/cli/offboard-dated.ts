import { K1Error } from '../core/errors.ts'
import { makeDated } from '../dated/dated.ts'
import { meantPeople, meantTenants } from '../dated/job.ts'
import type { OffboardingGround } from '../offboarding/offboard.ts'
import { type PlanFile, planFile } from '../offboarding/plan-file.ts'
import { toRow } from '../offboarding/run.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import { eol } from '../render/layout.ts'
import { agreedInCall } from './agreed-call.ts'
import type { Context } from './command.ts'
import { readEntries } from './dated-entry.ts'
import { byTime, type CallTime, type Together } from './leaving-time.ts'
import { agreedBy } from './mandate.ts'
import { iterate, planAll, showPlans } from './offboard-ask.ts'
import { consentTo, headcountOf, isLeaver } from './offboard-consent.ts'
import { limitsOf } from './offboard-options.ts'
import type { ListedRow } from './people-columns.ts'
import { permit } from './permit.ts'
import { clockChange, type ZonedTime, zonedText } from './zoned-time.ts'

/** Shows what would be done, has it agreed to, and keeps it for its time. Changes nothing in any system. */
export async function agreeForLater(
  context: Context,
  ground: OffboardingGround,
  people: AsyncIterable<ListedRow>,
  call: CallTime,
  approval?: ForApproval,
): Promise<number> {
  const { app } = context
  const groups: (Together & { plans: PersonPlan[] })[] = []
  for (const group of await byTime(people, call, app.clock.now())) {
    groups.push({ ...group, plans: await planAll(context, ground, iterate(group.rows.map(toRow))) })
  }
  const plans = groups.flatMap(group => group.plans)
  await warnOfOthers(context, plans)
  await consent(context, ground, plans, approval?.atOnce ? onceApproved : whenOf(groups))
  const kept: Kept[] = []
  for (const { time, plans: together } of groups) {
    // A time at which nobody leaves is no date.
    if (time !== null && together.some(isLeaver))
      kept.push(await keep(context, planFile(ground.options, together, app.clock.now()), time, approval))
  }
  if (context.output.forMachine) {
    const [only] = kept
    const left = plans.filter(plan => !isLeaver(plan)).map(({ person, refusal }) => ({ person, why: whyLeft(refusal) }))
    context.output.json(call.byRow ? { dates: kept, left } : { ...only, left })
  }
  const leavers = plans.filter(isLeaver)
  if (approval) sayWhoIsNeeded(context, approval, kept)
  else await sayWhatItNeeds(context, leavers)
  if (approval) return 3
  return leavers.length === plans.length && plans.every(p => p.unreached.length === 0) ? 0 : 3
}

/** When it is done: above what is shown, and behind whom the question names. */
interface When {
  head: string
  behind: string
}

const onceApproved: When = {
  head: 'Once somebody else has approved it:',
  behind: ', once somebody else has approved it',
}

/** "At Fri 2030-12-06 17:00 Europe/Berlin", or a line a time. */
function whenOf(groups: readonly Together[]): When {
  const times = groups.flatMap(({ time, rows }) =>
    time === null ? [] : [{ when: zonedText(time), people: rows.length }],
  )
  const [only, second] = times
  if (only && !second) return { head: `At ${only.when}:`, behind: ` at ${only.when}` }
  const lines = times.map(({ when, people }) => `  ${when}: ${counted(people)}`)
  return { head: ['At their time:', ...lines].join(eol), behind: ', each at their time' }
}

export interface Kept {
  dated: string
  due: string
  zone: string
  people: string[]
}

/** What needs the approval of somebody else, and whether it is done as soon as there is one. */
export interface ForApproval {
  why: string[]
  atOnce: boolean
}

/** Keeps a plan for its time, or for somebody's approval. */
export async function keep(context: Context, plan: PlanFile, time: ZonedTime, approval?: ForApproval): Promise<Kept> {
  const { app, words, output } = context
  await permit(context, 'operator', meantTenants({ plan }))
  const what = {
    ...agreedInCall(context, time),
    limits: limitsOf(context),
    ifLate: words.text('ifLate') === 'hold' ? ('hold' as const) : ('go' as const),
    ...(approval ? { approval: { ...approval, by: null, at: null } } : {}),
    plan,
  }
  const dated = makeDated({ ...what, ...(await agreedBy(context, what)) }, app.clock.now())
  const id = await (await app.diary()).add(dated)
  const people = meantPeople({ plan }).map(({ person }) => person)
  if (!output.forMachine) {
    const when = approval?.atOnce ? 'once it is approved' : `${zonedText(time)} (${time.at})`
    output.write(`${output.data.bold(id)}  ${when}: ${counted(people.length)}, changed nothing yet\n`)
    const change = approval?.atOnce ? null : clockChange(time, app.clock.now())
    if (change !== null) output.say(`${output.talk.cyan('→')} ${change}`)
  }
  return { dated: id, due: time.at, zone: time.zone, people }
}

export function sayWhoIsNeeded({ output }: Context, { why }: ForApproval, kept: readonly Kept[]): void {
  output.warn(`${output.talk.yellow('!')} Somebody else has to approve it: ${why.join(' ')}`)
  for (const { dated } of kept) output.say(`${output.talk.cyan('→')} Whoever that is: k1ctl approve ${dated}`)
}

function whyLeft(refusal: PersonPlan['refusal']): string {
  return refusal?.why ?? 'Found in no system that is connected.'
}

/** Whoever has a date already would be found changed at the second one, and stop it. */
async function warnOfOthers({ app, output }: Context, plans: readonly PersonPlan[]): Promise<void> {
  for (const { id, dated, error } of await readEntries(app)) {
    if (error) output.warn(`${output.talk.yellow('warning:')} ${error.message}`)
    if (!dated || !['waiting', 'on-hold'].includes(dated.state)) continue
    const both = plans.filter(p => meantPeople(dated).some(q => q.person === p.person && q.tenant === p.tenant))
    if (both.length === 0) continue
    const when = zonedText({ at: dated.due, zone: dated.zone })
    const who = both.map(p => p.person).join(', ')
    output.warn(`${output.talk.yellow('warning:')} ${who}: there is a date already, ${when} (${id}).`)
    output.warn(`  ${output.talk.cyan('→')} k1ctl schedule move ${id}, or k1ctl schedule cancel ${id}`)
  }
}

async function consent(
  context: Context,
  ground: OffboardingGround,
  plans: readonly PersonPlan[],
  when: When,
): Promise<void> {
  const { words, output } = context
  if (!words.flag('yes')) {
    if (!output.canAsk) {
      throw new K1Error('unattended', 'Offboarding changes a lot, and nobody can be asked.', {
        hint: 'Look first with --dry-run, then consent with --yes.',
      })
    }
    output.warn(when.head)
    return consentTo(context, ground, plans, when.behind)
  }
  if (!output.forMachine) await showPlans(context, plans)
  // Each row of a list that has no date then is somebody who stays.
  else
    for (const { person, refusal } of plans.filter(plan => !isLeaver(plan)))
      output.warn(`${output.talk.yellow('warning:')} ${person === '' ? '' : `${person}: `}${whyLeft(refusal)}`)
  if (!plans.some(isLeaver)) throw new K1Error('refused', 'Nobody of these can be offboarded. Nothing was kept.')
  const refusal = await headcountOf(ground, plans).refusal(ground, limitsOf(context))
  if (refusal) throw new K1Error('refused', refusal.why, refusal.hint ? { hint: refusal.hint } : {})
}

/** What has to be so at that time, which nobody will see then. */
async function sayWhatItNeeds({ app, output }: Context, leavers: readonly PersonPlan[]): Promise<void> {
  const { talk } = output
  const silent = [...new Set(leavers.flatMap(p => p.unreached.map(u => u.system)))]
  if (silent.length > 0) {
    const names = silent.join(', ')
    output.warn(
      `${talk.yellow('warning:')} ${names} did not answer: an account that is found there then was not shown, and stops it.`,
    )
  }
  const config = await app.config()
  const tenants = new Set(leavers.map(p => p.tenant))
  const sealed = [...tenants].some(t => config.connections(t).some(c => c.place === 'sealed'))
  if (sealed) output.say(`${talk.cyan('→')} The worker needs K1CTL_PASSPHRASE: the secrets are sealed.`)
  output.say(`${talk.cyan('→')} A worker has to look then: k1ctl worker install, or k1ctl worker --once from cron`)
  output.say(`${talk.cyan('→')} k1ctl schedule list | show | hold | move | cancel`)
}

export function counted(people: number): string {
  return people === 1 ? '1 person' : `${people} people`
}
