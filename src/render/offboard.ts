import type { ChalkInstance } from 'chalk'
import type { AccountGoalKind } from '../core/account.ts'
import { printable } from '../core/redact.ts'
import type { Verdict } from '../engine/verdict.ts'
import type { PersonPlan, PersonReport } from '../offboarding/unit.ts'
import { reachWords, stepsText } from './plan.ts'

export const kindTitles: Record<AccountGoalKind, string> = {
  'admin-roles-dropped': 'admin roles dropped',
  'sign-in-blocked': 'sign-in blocked',
  'sessions-ended': 'sessions ended',
  'credentials-revoked': 'credentials revoked',
  'groups-left': 'groups left',
  'access-freed': 'access and licences freed',
  'data-handed-over': 'data handed over',
  'devices-released': 'devices released',
  deleted: 'deleted',
}

export type Titles = (system: string) => string

/** The plan for one person, for consent: who it is, where they were found, what will change there. */
export function personPlanText(plan: PersonPlan, titles: Titles, style: ChalkInstance): string {
  const head = `${style.bold(printable(plan.name) || plan.person)} ${style.dim(`<${plan.person}> · ${plan.tenant}`)}\n`
  if (plan.refusal) {
    const hint = plan.refusal.hint ? `\n    ${style.cyan('→')} ${plan.refusal.hint}` : ''
    return `${head}  ${style.red('x')} refused: ${printable(plan.refusal.why)}${hint}\n`
  }
  if (plan.accounts.length === 0 && plan.unreached.length === 0) {
    return `${head}  ${style.red('x')} found in no system that is connected\n`
  }
  const width = Math.max(0, ...plan.planned.map(p => titles(p.goal.system).length))
  const goals = plan.planned.map(({ goal, standing }) => {
    const place = titles(goal.system).padEnd(width)
    const what = goal.kind ? kindTitles[goal.kind] : goal.summary
    if (standing.state === 'holds') return `  ${style.green('=')} ${place}  ${what}: already\n`
    if (goal.byHand) return `  ${style.yellow('?')} ${place}  ${what}: by hand\n${stepsText(goal.byHand)}`
    const changes = goal.differences.map(d => `${printable(d.before)} → ${printable(d.after)}`).join('; ')
    const follows = goal.later ? ` ${style.dim('(expected to follow)')}` : ''
    const warnings = goal.warnings.map(w => `      ${style.yellow('warning:')} ${printable(w)}\n`).join('')
    return `  ${style.yellow('~')} ${place}  ${what}${follows}${changes ? style.dim(`: ${changes}`) : ''}\n${warnings}`
  })
  const unreached = plan.unreached.map(u => `  ${style.red('!')} ${titles(u.system)}: ${printable(u.error.message)}\n`)
  return head + goals.join('') + unreached.join('') + remarks(plan, titles, style)
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
  const name = report.name ? ` ${printable(report.name)}` : ''
  const line = `${markOf(verdict, style)} ${report.person}${style.dim(name)}  ${verdictWord(verdict, style)}  ${style.dim(counts.join(', '))}\n`
  const why = report.why ? `    ${printable(report.why)}\n` : ''
  const hint = report.hint ? `    ${style.cyan('→')} ${report.hint}\n` : ''
  const open = results
    .filter(r => r.end !== 'changed' && r.end !== 'already')
    .map(r => {
      const what = r.kind ? kindTitles[r.kind] : r.summary
      return `    ${titles(r.system)}, ${what}: ${r.end}${r.why ? `. ${printable(r.why)}` : ''}\n${r.steps ? stepsText(r.steps) : ''}`
    })
  const unreached = report.unreached.map(u => `    ${titles(u.system)}: no answer. ${printable(u.why)}\n`)
  return line + why + hint + open.join('') + unreached.join('')
}

function remarks(plan: PersonPlan, titles: Titles, style: ChalkInstance): string {
  const residual = plan.residual.map(r => `  ${style.dim(`· ${titles(r.system)}: ${r.note}`)}\n`)
  const missing = plan.notConnected.map(titles)
  const blind = missing.length > 0 ? `  ${style.dim(`· not connected, not looked at: ${missing.join(', ')}`)}\n` : ''
  return residual.join('') + blind
}

function markOf(verdict: Verdict, style: ChalkInstance): string {
  if (verdict === 'proved') return style.green('✓')
  return verdict === 'incomplete' || verdict === 'unknown-person' ? style.red('x') : style.yellow('?')
}

function verdictWord(verdict: Verdict, style: ChalkInstance): string {
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
      summary: goal.summary,
      reach: goal.reach,
      reachedBy: reachWords[goal.reach],
      standing: standing.state,
      reading: standing.state === 'unobservable' ? null : standing.reading,
      differences: goal.differences,
      warnings: goal.warnings,
      steps: goal.byHand ?? null,
    })),
    unreached: plan.unreached.map(u => ({ system: u.system, why: u.error.message })),
    refused: plan.refusal?.why ?? null,
    hint: plan.refusal?.hint ?? null,
    residual: plan.residual,
    notConnected: plan.notConnected,
  }
}
