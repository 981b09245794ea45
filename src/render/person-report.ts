import type { ChalkInstance } from 'chalk'
import type { AccountGoalKind } from '../core/account-kinds.ts'
import { inWords } from '../core/waited-for.ts'
import type { GoalResult, Verdict } from '../engine/verdict.ts'
import type { PersonReport } from '../offboarding/unit.ts'
import { alike } from './alike.ts'
import { layout } from './layout.ts'
import { kindTitles } from './offboard.ts'
import { stepsText, type Titles } from './plan.ts'
import { endWords, isOpenEnd, markOf as resultMark } from './report.ts'
import { nobodyIn, searchedText } from './searched.ts'

/** One line when a person is through, and below it only what did not end well, and where nobody was found. */
export function personReportText(report: PersonReport, titles: Titles, style: ChalkInstance): string {
  const { verdict, results } = report
  const count = (ends: readonly string[]) => results.filter(r => ends.includes(r.end)).length
  const parts = [
    [count(['changed']), 'changed'],
    [count(['already']), 'already'],
    [count(['by-hand']), 'by hand'],
    [count(['pending']), 'pending'],
    [count(['failed', 'unknown', 'refused']), 'not done'],
  ] as const
  const since = report.sincePlan ? ` (${report.sincePlan} of them since the plan)` : ''
  const counts = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}${word === 'already' ? since : ''}`)
  const name = report.name ? ` ${report.name}` : ''
  const told = counts.length > 0 ? `  ${style.dim(counts.join(', '))}` : ''
  const line = layout`${markOf(verdict, style)} ${report.person}${style.dim(name)}  ${verdictWord(report, style)}${told}\n`
  const hint = report.hint ? layout`    ${style.cyan('→')} ${report.hint}\n` : ''
  const open = alike(results.filter(isOpenEnd), ({ end }) => end).map(group =>
    openText(group, whyIn(results, titles), titles, style),
  )
  const unreached = report.unreached.map(u => layout`    ${titles(u.system)}: no answer. ${u.why}\n`)
  const searched =
    verdict === 'unknown-person'
      ? searchedText(report.searched, titles, style)
      : nobodyIn(report.searched, titles, style)
  return line + whyText(report) + hint + open.join('') + unreached.join('') + searched
}

function openText(
  group: readonly GoalResult[],
  whyOf: (result: GoalResult) => string,
  titles: Titles,
  style: ChalkInstance,
): string {
  const [first] = group
  if (first === undefined) return ''
  const { system, end, hint, steps } = first
  const how = `${endWords[end]}${first.why ? `. ${whyOf(first)}` : ''}`
  const next = hint ? layout`      ${style.cyan('→')} ${hint}\n` : ''
  if (group.length === 1) {
    return layout`    ${titles(system)}, ${whatOf(first)}: ${how}\n${next}${steps ? stepsText(steps) : ''}`
  }
  const systems = [...new Set(group.map(one => one.system))].map(id => {
    const goals = group.filter(one => one.system === id).map(whatOf)
    return layout`      ${titles(id)}: ${goals.join(', ')}\n`
  })
  return layout`    ${group.length} goals: ${how}\n${systems.join('')}${next}`
}

function whatOf({ kind, summary }: Pick<GoalResult, 'kind' | 'summary'>): string {
  return kind ? kindTitles[kind] : summary
}

/** Why one ended as it did, with the goal that it waits for in words. */
function whyIn(results: readonly GoalResult[], titles: Titles): ({ why }: GoalResult) => string {
  return ({ why = '' }) => inWords(why, results, other => `${titles(other.system)}, ${whatOf(other)}`)
}

interface KeptGoal {
  id: string
  system: string
  kind?: AccountGoalKind
  summary: string
}

/**
 * A person of a past run with every goal: what is open first, then how each of the others ended, and when it was read
 * back; last, how each system was searched that knew nobody.
 */
export function personGoalsText(
  report: PersonReport,
  goals: readonly KeptGoal[],
  titles: Titles,
  style: ChalkInstance,
): string {
  const { person, name, tenant, results, unreached } = report
  const who = `${name ? ` <${person}>` : ''}${tenant ? ` · ${tenant}` : ''}`
  const head = layout`${markOf(report.verdict, style)} ${style.bold(name || person)}${style.dim(who)}  ${verdictWord(report, style)}\n`
  const width = Math.max(0, ...goals.map(g => titles(g.system).length))
  const ended = goals.map(goal => ({ goal, result: results.find(r => r.goal === goal.id) }))
  const openFirst = [...ended.filter(isUnsettled), ...ended.filter(one => !isUnsettled(one))]
  const whyOf = whyIn(results, titles)
  const lines = openFirst.map(({ goal, result }, at) => {
    const what = `${titles(goal.system).padEnd(width)}  ${whatOf(goal)}`
    if (!result) return layout`  ${style.red('!')} ${what}: not finished\n`
    const proof = result.proved ? style.dim(` (read back ${result.at})`) : ''
    const why = result.why ? layout`      ${whyOf(result)}\n` : ''
    // What helps several in a row is told below the last of them.
    const isRepeated = openFirst[at + 1]?.result?.hint === result.hint
    const hint = result.hint && !isRepeated ? layout`      ${style.cyan('→')} ${result.hint}\n` : ''
    const steps = result.steps ? stepsText(result.steps) : ''
    return layout`  ${resultMark(result, style)} ${what}: ${endWords[result.end]}${proof}\n${why}${hint}${steps}`
  })
  const silent = unreached.map(u => layout`  ${style.red('!')} ${titles(u.system)}: no answer. ${u.why}\n`)
  const searched = searchedText(report.searched, titles, style)
  return `${head}${whyText(report)}${silent.join('')}${lines.join('')}${searched}`
}

function isUnsettled({ result }: { result: GoalResult | undefined }): boolean {
  return result === undefined || isOpenEnd(result)
}

function whyText({ why }: PersonReport): string {
  return why ? layout`    ${why}\n` : ''
}

function markOf(verdict: Verdict, style: ChalkInstance): string {
  if (verdict === 'proved') return style.green('✓')
  return verdict === 'incomplete' || verdict === 'unknown-person' ? style.red('x') : style.yellow('?')
}

function verdictWord({ verdict, results, why }: PersonReport, style: ChalkInstance): string {
  if (verdict === 'incomplete' && results.length === 0 && why !== undefined) return style.red('refused')
  const word = verdict === 'unknown-person' ? 'unknown person' : verdict
  return verdict === 'proved' ? style.green(word) : style.yellow(word)
}
