import type { ChalkInstance } from 'chalk'
import { type AccountGoalKind, phaseOf, phases } from '../core/account-kinds.ts'
import type { Goal } from '../core/goal.ts'
import type { Look } from '../engine/look.ts'
import type { Verdict } from '../engine/verdict.ts'
import type { PersonPlan, PersonReport } from '../offboarding/unit.ts'
import { layout } from './layout.ts'
import { reachWords, stepsText } from './plan.ts'
import { endWords, markOf as resultMark } from './report.ts'

export const kindTitles: Record<AccountGoalKind, string> = {
  'admin-roles-dropped': 'admin roles dropped',
  'sign-in-blocked': 'sign-in blocked',
  'sessions-ended': 'sessions ended',
  'credentials-revoked': 'credentials revoked',
  'groups-left': 'groups left',
  'mail-kept-in': 'mail kept in',
  'mailbox-shared': 'mailbox shared',
  'access-freed': 'access and licences freed',
  'data-handed-over': 'data handed over',
  'successor-let-in': 'successor let in',
  'licences-freed': 'licences freed',
  'devices-released': 'devices released',
  deleted: 'deleted',
}

export type Titles = (system: string) => string

/** The plan for one person, for consent: who it is, where they were found, what will change there. */
export function personPlanText(plan: PersonPlan, titles: Titles, style: ChalkInstance): string {
  const who = plan.name ? ` <${plan.person}>` : ''
  const where = plan.tenant ? ` · ${plan.tenant}` : ''
  const head = layout`${style.bold(plan.name || plan.person)}${style.dim(`${who}${where}`)}\n`
  if (plan.refusal) {
    const hint = plan.refusal.hint ? layout`\n    ${style.cyan('→')} ${plan.refusal.hint}` : ''
    return layout`${head}  ${style.red('x')} refused: ${plan.refusal.why}${hint}\n`
  }
  if (isUnknown(plan)) {
    return layout`${head}  ${style.red('x')} found in no system that is connected\n`
  }
  const width = Math.max(0, ...plan.planned.map(p => titles(p.goal.system).length))
  const goals = plan.planned.map(({ goal, standing }, at) => {
    const phase = phaseOf(goal.kind)
    const isFirst = at === 0 || phaseOf(plan.planned[at - 1]?.goal.kind) !== phase
    const head = isFirst ? style.dim(layout`  ${phases.indexOf(phase) + 1} ${phase}\n`) : ''
    return head + goalText(goal, standing, width, titles, style)
  })
  const unreached = plan.unreached.map(u => layout`  ${style.red('!')} ${titles(u.system)}: ${u.error.message}\n`)
  return head + goals.join('') + unreached.join('')
}

function goalText(goal: Goal, standing: Look, width: number, titles: Titles, style: ChalkInstance): string {
  const place = titles(goal.system).padEnd(width)
  const what = goal.kind ? kindTitles[goal.kind] : goal.summary
  if (standing.state === 'holds') return layout`  ${style.green('=')} ${place}  ${what}: already\n`
  if (goal.byHand) return layout`  ${style.yellow('?')} ${place}  ${what}: by hand\n${stepsText(goal.byHand)}`
  if (standing.state === 'unseen') {
    const sent = goal.anyway ? ' (the block is sent all the same)' : ''
    return layout`  ${style.red('!')} ${place}  ${what}: cannot be looked at${sent}. ${standing.why}\n`
  }
  // One difference is what the goal says already; several need to be told apart.
  const named = standing.differences.length > 1
  const changes = standing.differences.map(d => `${named ? `${d.what} ` : ''}${d.before} → ${d.after}`).join('; ')
  const expected = goal.later && !goal.queued ? ` ${style.dim('(expected to follow)')}` : ''
  const forGood = goal.effect === 'irreversible' ? ` ${style.yellow('(cannot be undone)')}` : ''
  const warnings = standing.warnings.map(w => layout`      ${style.yellow('warning:')} ${w}\n`).join('')
  return layout`  ${style.yellow('~')} ${place}  ${what}${expected}${forGood}${changes ? style.dim(`: ${changes}`) : ''}\n${warnings}`
}

/** Found in no system, and every system answered. */
export function isUnknown(plan: PersonPlan): boolean {
  return plan.accounts.length + plan.planned.length + plan.unreached.length === 0 && !plan.refusal
}

/** One line when a person is through, and below it only what did not end well. */
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
  const counts = parts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`)
  const name = report.name ? ` ${report.name}` : ''
  const told = counts.length > 0 ? `  ${style.dim(counts.join(', '))}` : ''
  const line = layout`${markOf(verdict, style)} ${report.person}${style.dim(name)}  ${verdictWord(report, style)}${told}\n`
  const why = report.why ? layout`    ${report.why}\n` : ''
  const hint = report.hint ? layout`    ${style.cyan('→')} ${report.hint}\n` : ''
  const open = results
    .filter(r => r.end !== 'changed' && r.end !== 'already')
    .map(r => {
      const what = r.kind ? kindTitles[r.kind] : r.summary
      const next = r.hint ? layout`      ${style.cyan('→')} ${r.hint}\n` : ''
      const steps = r.steps ? stepsText(r.steps) : ''
      return layout`    ${titles(r.system)}, ${what}: ${endWords[r.end]}${r.why ? `. ${r.why}` : ''}\n${next}${steps}`
    })
  const unreached = report.unreached.map(u => layout`    ${titles(u.system)}: no answer. ${u.why}\n`)
  return line + why + hint + open.join('') + unreached.join('')
}

/** A person of a past run with every goal: how it ended, and when it was read back. */
export function personGoalsText(
  report: PersonReport,
  goals: readonly { id: string; system: string; kind?: AccountGoalKind; summary: string }[],
  titles: Titles,
  style: ChalkInstance,
): string {
  const { person, name, tenant, results, unreached } = report
  const head = layout`${markOf(report.verdict, style)} ${style.bold(name || person)}${style.dim(`${name ? ` <${person}>` : ''}${tenant ? ` · ${tenant}` : ''}`)}  ${verdictWord(report, style)}\n`
  const width = Math.max(0, ...goals.map(g => titles(g.system).length))
  const lines = goals.map(goal => {
    const what = `${titles(goal.system).padEnd(width)}  ${goal.kind ? kindTitles[goal.kind] : goal.summary}`
    const result = results.find(r => r.goal === goal.id)
    if (!result) return layout`  ${style.red('!')} ${what}: not finished\n`
    const proof = result.proved ? style.dim(` (read back ${result.at})`) : ''
    const why = result.why ? layout`      ${result.why}\n` : ''
    const hint = result.hint ? layout`      ${style.cyan('→')} ${result.hint}\n` : ''
    const steps = result.steps ? stepsText(result.steps) : ''
    return layout`  ${resultMark(result, style)} ${what}: ${endWords[result.end]}${proof}\n${why}${hint}${steps}`
  })
  const why = report.why ? layout`    ${report.why}\n` : ''
  const silent = unreached.map(u => layout`  ${style.red('!')} ${titles(u.system)}: no answer. ${u.why}\n`)
  return `${head}${why}${lines.join('')}${silent.join('')}`
}

/** What remains whatever is done, and where nobody looked: once, below the plans of all people. */
export function remarksText(plans: readonly PersonPlan[], titles: Titles, style: ChalkInstance): string {
  const found = plans.filter(p => !p.refusal && !isUnknown(p))
  const residual = new Set(found.flatMap(p => p.residual.map(r => `${titles(r.system)}: ${r.note}`)))
  const missing = new Set(plans.flatMap(p => p.notConnected.map(titles)))
  const blind = missing.size > 0 ? [`not connected, not looked at: ${[...missing].join(', ')}`] : []
  return [...residual, ...blind].map(remark => layout`  ${style.dim(`· ${remark}`)}\n`).join('')
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

/** The same plan as data: one person of `--dry-run --json`, and the `plan` event of NDJSON. */
export function personPlanJson(plan: PersonPlan) {
  return {
    person: plan.person,
    tenant: plan.tenant,
    name: plan.name,
    accounts: plan.accounts.map(({ system, account: { id, login, email, name, active } }) => ({
      system,
      id,
      login,
      email,
      name,
      active,
    })),
    goals: plan.planned.map(({ goal, standing }) => ({
      goal: goal.id,
      system: goal.system,
      kind: goal.kind ?? null,
      phase: phaseOf(goal.kind),
      summary: goal.summary,
      reach: goal.reach,
      reachedBy: reachWords[goal.reach],
      standing: standing.state,
      ...('why' in standing ? { why: standing.why } : {}),
      reading: standing.state === 'unobservable' ? null : standing.reading,
      differences: standing.differences,
      warnings: standing.warnings,
      steps: goal.byHand ?? null,
    })),
    unreached: plan.unreached.map(u => ({ system: u.system, why: u.error.message })),
    refused: plan.refusal?.why ?? null,
    hint: plan.refusal?.hint ?? null,
    residual: plan.residual,
    notConnected: plan.notConnected,
  }
}
