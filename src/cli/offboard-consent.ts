import { K1Error } from '../core/errors.ts'
import { Headcount } from '../offboarding/limits.ts'
import type { OffboardingGround } from '../offboarding/offboard.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import { eol, layout } from '../render/layout.ts'
import { isUnknown, personPlanText, remarksOf, remarksText } from '../render/offboard.ts'
import { type Counts, countsOf, countsText, leftOutText, personBriefText, whoText } from '../render/offboard-brief.ts'
import type { Context } from './command.ts'
import { namesakesOf } from './namesakes.ts'
import { nearestPeople, placesText } from './nearest-people.ts'
import { limitsOf } from './offboard-options.ts'
import { titlesFor } from './offboard-run.ts'
import { spinning } from './spinner.ts'

/**
 * Shows everybody on a page, and asks; the details are there on a key.
 * @param when where it is not done at once: " at Fri 2030-12-06 17:00 Europe/Berlin"
 * @throws K1Error `cancelled`; `refused` when nobody is left to offboard
 */
export async function consentTo(
  context: Context,
  ground: OffboardingGround,
  plans: readonly PersonPlan[],
  when = '',
): Promise<void> {
  const { app, output } = context
  const { talk } = output
  const titles = await titlesFor(context)
  const leavers = plans.filter(isLeaver)
  const [first, second] = leavers
  const few = plans.length <= mostWithWarnings
  // Under --quiet, too: nobody says yes to names that they did not see.
  output.warn(plans.map(plan => personBriefText(plan, titles, talk, { warnings: few })).join(''))
  await sayWhoIsNear(context, ground, plans)
  if (!first) {
    throw new K1Error('refused', 'Nobody of these can be offboarded. Nothing was changed.', {
      hint: 'Each is shown above with the reason.',
    })
  }
  const counts = countsOf(leavers)
  const remarks = remarksOf(leavers, titles)
  output.warn(layout`${eol}${countsText(counts, talk)}${foldedText(counts, remarks.length, few)}`)
  for (const line of leftOutText(plans)) output.warn(line)
  if (few) await warnOfNamesakes(context, ground, leavers)
  const details = {
    key: 'd',
    what: 'details',
    show: () => {
      const texts = leavers.map(plan => personPlanText(plan, titles, talk))
      return output.tell(`${texts.join(eol)}${remarksText(plans, titles, talk)}`)
    },
  }
  const prompter = await app.prompter()
  const beyond = await headcountOf(ground, plans).refusal(ground, limitsOf(context))
  const what = ground.options.delete ? 'Offboard and DELETE' : 'Offboard'
  if (beyond) {
    output.warn(`${talk.yellow('warning:')} ${beyond.why}`)
    const people = leavers.length === 1 ? 'person' : 'people'
    if (await prompter.typed(`${what} ${leavers.length} ${people}?`, String(leavers.length), details)) return
  } else {
    const who = second ? `these ${leavers.length} people` : whoText(first)
    if (await prompter.confirm(`${what} ${who}${when}?`, details)) return
  }
  throw new K1Error('cancelled', 'Nothing was changed.')
}

/** Looking for who may be meant reads all people of a tenant; whoever gives a long list has not mistyped each. */
const mostLookedFor = 3

/** Of people who were found nowhere: who may be meant, which is said and never done. */
export async function sayWhoIsNear(
  context: Context,
  ground: OffboardingGround,
  plans: readonly PersonPlan[],
): Promise<void> {
  const { output } = context
  const unknown = plans.filter(isUnknown)
  if (output.forMachine || unknown.length === 0 || unknown.length > mostLookedFor) return
  const titles = await titlesFor(context)
  const near = await spinning(context, 'Looking for people of like names', () =>
    Promise.all(
      unknown.map(async ({ person, tenant }) => ({
        person,
        people: await nearestPeople(context, await ground.reachables(tenant), person),
      })),
    ),
  )
  for (const { person, people } of near) {
    for (const { name, who, systems } of people) {
      const where = placesText(systems.map(titles))
      output.warn(`${output.talk.cyan('→')} ${person}: is it ${name ? `${name} <${who}>` : who}? (${where})`)
    }
  }
}

/** Of so many people all warnings fit on a page. */
const mostWithWarnings = 3

/** What is not on the page: it is in the details. */
function foldedText({ warnings }: Counts, remarks: number, few: boolean): string {
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`
  const folded = [
    ...(!few && warnings > 0 ? [count(warnings, 'warning')] : []),
    ...(remarks > 0 ? [count(remarks, 'remark')] : []),
  ]
  return folded.length === 0 ? '' : ` In the details: ${folded.join(', ')}.`
}

async function warnOfNamesakes(
  context: Context,
  ground: OffboardingGround,
  leavers: readonly PersonPlan[],
): Promise<void> {
  const { output } = context
  const titles = await titlesFor(context)
  const found = await spinning(context, 'Looking for namesakes', () =>
    Promise.all(leavers.map(plan => namesakesOf(plan, ground))),
  )
  for (const { name, who, system } of found.flat()) {
    output.warn(`${output.talk.yellow('warning:')} another ${name} stays: ${who} (${titles(system)})`)
  }
}

/** Those of a plan to whom something would be done. */
export function headcountOf(ground: OffboardingGround, plans: readonly PersonPlan[]): Headcount {
  const headcount = new Headcount(ground.tenants)
  for (const { person, tenant } of plans.filter(isLeaver)) headcount.add({ line: 0, person, tenant })
  return headcount
}

export function isLeaver(plan: PersonPlan): boolean {
  return !plan.refusal && !isUnknown(plan)
}
