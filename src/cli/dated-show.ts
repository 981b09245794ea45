import type { Dated } from '../offboarding/dated.ts'
import type { Context } from './command.ts'
import { titlesFor } from './offboard-run.ts'
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
  const titles = await titlesFor(context)
  for (const person of dated.plan.people) {
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
  for (const { at, operator, what } of dated.history) output.write(dim(`  ${at}  ${operator}  ${what}`).concat('\n'))
}
