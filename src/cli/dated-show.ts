import { type Dated, type DatedOffboarding, isOffboardingDate } from '../dated/dated.ts'
import { keptSettingsText } from '../render/kept-settings.ts'
import type { Context } from './command.ts'
import { titlesFor } from './offboard-run.ts'
import { moduleAbouts } from './posture-file.ts'
import { zonedText } from './zoned-time.ts'

/** Shows one: when, who, what was agreed to, and what came of it. */
export async function showDated(context: Context, id: string, dated: Dated): Promise<void> {
  const { output } = context
  const { bold, dim } = output.data
  output.write(`${bold(id)}  ${zonedText({ at: dated.due, zone: dated.zone })} (${dated.due})\n`)
  output.write(`  state       ${dated.verdict === null ? dated.state : `${dated.state}: ${dated.verdict}`}\n`)
  if (dated.why !== null) output.write(`  why         ${dated.why}\n`)
  if (dated.run !== null) output.write(`  run         ${dated.run}\n`)
  output.write(`  agreed by   ${dated.operator}\n`)
  if (dated.approval) output.write(`  approved    ${dated.approval.by ?? 'by nobody yet'}\n`)
  output.write(`  command     ${dated.command}\n`)
  output.write(`  if changed  ${dated.ifChanged}; if late: ${dated.ifLate}\n`)
  if (isOffboardingDate(dated)) await showPeople(context, dated)
  else output.write(keptSettingsText(dated.plan, await moduleTitles(context), output.data))
  for (const { at, operator, what } of dated.history) output.write(dim(`  ${at}  ${operator}  ${what}`).concat('\n'))
}

async function showPeople(context: Context, { plan }: DatedOffboarding): Promise<void> {
  const { output } = context
  const titles = await titlesFor(context)
  for (const person of plan.people) {
    const open = person.goals.filter(g => g.standing !== 'holds')
    const systems = new Set(open.map(g => g.system)).size
    const what = person.refused ?? `${open.length} changes in ${systems} systems`
    output.write(
      `  ${person.refused === null ? '~' : '!'} ${person.name || person.person} <${person.person}> · ${person.tenant}: ${what}\n`,
    )
    for (const goal of open) {
      output.write(`      ${titles(goal.system)}: ${goal.summary}${goal.byHand ? ' (by hand)' : ''}\n`)
    }
  }
}

async function moduleTitles(context: Context): Promise<Record<string, string>> {
  return Object.fromEntries((await moduleAbouts(context)).map(({ id, title }) => [id, title]))
}
