import { K1Error } from '../core/errors.ts'
import type { PeopleRow } from '../core/stores.ts'
import { datedIn, makeDated } from '../offboarding/dated.ts'
import type { OffboardingGround } from '../offboarding/offboard.ts'
import { planFile } from '../offboarding/plan-file.ts'
import { toRow } from '../offboarding/run.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import type { Context } from './command.ts'
import { iterate, planAll, showPlans } from './offboard-ask.ts'
import { consentTo, headcountOf, isLeaver } from './offboard-consent.ts'
import { limitsOf } from './offboard-options.ts'
import { ownZone, parseZonedTime, type ZonedTime, zonedText } from './zoned-time.ts'

/** Options that say when, or that only make sense with a time. */
const onlyWithTime = ['zone', 'ifChanged', 'ifLate'] as const

/** The time of this call, where it has one. @throws K1Error `usage` also when it is past */
export async function timeOfCall({ app, words }: Context): Promise<ZonedTime | undefined> {
  const at = words.text('at')
  if (at === undefined) {
    const stray = onlyWithTime.find(name => words.text(name) !== undefined)
    if (stray === undefined) return undefined
    const flag = stray.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
    throw new K1Error('usage', `--${flag} is about a later time, and there is none.`, {
      hint: "Say when: --at '2030-12-06 17:00'",
    })
  }
  if (words.text('savePlan') !== undefined) {
    throw new K1Error('usage', '--at keeps the plan by itself; --save-plan keeps it in a file. One of the two.')
  }
  const time = await parseZonedTime(at, words.text('zone') ?? ownZone())
  if (Date.parse(time.at) > app.clock.now().getTime()) return time
  throw new K1Error('usage', `${zonedText(time)} is past.`, { hint: 'Without --at it is done now.' })
}

/** Shows what would be done, has it agreed to, and keeps it for its time. Changes nothing in any system. */
export async function agreeForLater(
  context: Context,
  ground: OffboardingGround,
  people: AsyncIterable<PeopleRow>,
  time: ZonedTime,
): Promise<number> {
  const { app, words, output } = context
  const rows = []
  for await (const row of people) rows.push(row)
  const plans = await planAll(context, ground, iterate(rows.map(toRow)))
  const when = zonedText(time)
  await warnOfOthers(context, plans)
  await consent(context, ground, plans, when)
  const plan = planFile(ground.options, plans, app.clock.now())
  const dated = makeDated(
    {
      due: time.at,
      zone: time.zone,
      operator: app.operator,
      command: context.line,
      consent: words.flag('yes') ? 'flag' : 'terminal',
      limits: limitsOf(context),
      ifChanged: words.text('ifChanged') === 'go' ? 'go' : 'stop',
      ifLate: words.text('ifLate') === 'hold' ? 'hold' : 'go',
      plan,
    },
    app.clock.now(),
  )
  const id = await (await app.diary()).add(dated)
  const leavers = plans.filter(isLeaver)
  if (output.forMachine) output.json({ dated: id, due: time.at, zone: time.zone, people: leavers.map(p => p.person) })
  else output.write(`${output.data.bold(id)}  ${when} (${time.at}): ${counted(leavers.length)}, changed nothing yet\n`)
  await sayWhatItNeeds(context, leavers)
  return leavers.length === plans.length && plans.every(p => p.unreached.length === 0) ? 0 : 3
}

/** Whoever has a date already would be found changed at the second one, and stop it. */
async function warnOfOthers({ app, output }: Context, plans: readonly PersonPlan[]): Promise<void> {
  const diary = await app.diary()
  for (const id of await diary.list()) {
    const dated = datedIn(id, await diary.read(id))
    if (!dated || !['waiting', 'on-hold'].includes(dated.state)) continue
    const both = plans.filter(p => dated.plan.people.some(q => q.person === p.person && q.tenant === p.tenant))
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
  when: string,
): Promise<void> {
  const { words, output } = context
  if (!words.flag('yes')) {
    if (!output.canAsk) {
      throw new K1Error('unattended', 'Offboarding changes a lot, and nobody can be asked.', {
        hint: 'Look first with --dry-run, then consent with --yes.',
      })
    }
    output.warn(`At ${when}:`)
    return consentTo(context, ground, plans)
  }
  if (!output.forMachine) await showPlans(context, plans)
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
