import type { ChalkInstance } from 'chalk'
import type { Reach } from '../core/features.ts'
import type { Plan, Planned } from '../engine/plan.ts'
import { layout } from './layout.ts'

export const reachWords: Record<Reach, string> = {
  api: 'published API',
  contract: 'your endpoint, contract of k1ctl',
  'by-hand': 'by hand',
}

export type Titles = (system: string) => string

/** The title of a system; its id where it has none. An id from a ledger may be a name that every object has. */
export function titleIn(titles: Readonly<Record<string, string>>, system: string): string {
  return (Object.hasOwn(titles, system) ? titles[system] : undefined) ?? system
}

/** A plan for a person: what already holds, what changes (before and after, side by side), what a person has to do. */
export function planText(plan: Plan, titles: Readonly<Record<string, string>>, style: ChalkInstance): string {
  const blocks = plan.planned.map(p => goalText(p, titles, style))
  const unreached = plan.unreached.map(u => {
    const hint = u.error.hint ? layout`\n      ${style.cyan('→')} ${u.error.hint}` : ''
    return layout`  ${style.red('!')} ${u.tenant} · ${titleIn(titles, u.system)}: ${u.error.message}${hint}\n`
  })
  return [...blocks, ...unreached].join('')
}

function goalText({ goal, standing }: Planned, titles: Readonly<Record<string, string>>, style: ChalkInstance): string {
  const where = `${goal.tenant} · ${titleIn(titles, goal.system)} ${style.dim(`(${reachWords[goal.reach]})`)}`
  const summary = goal.summary
  if (standing.state === 'holds') return layout`  ${style.green('=')} ${where}\n      ${summary}: already\n`
  if (goal.refusal) {
    const hint = goal.refusal.hint ? layout`\n      ${style.cyan('→')} ${goal.refusal.hint}` : ''
    return layout`  ${style.red('x')} ${where}\n      refused: ${goal.refusal.why}${hint}\n`
  }
  if (goal.byHand) return layout`  ${style.yellow('?')} ${where}\n      ${summary}\n${stepsText(goal.byHand)}`
  if (standing.state === 'unseen') {
    const hint = standing.hint ? layout`\n      ${style.cyan('→')} ${standing.hint}` : ''
    return layout`  ${style.red('!')} ${where}\n      ${summary}: cannot be looked at. ${standing.why}${hint}\n`
  }
  const lines = sideBySide(standing.differences, style)
  const warnings = standing.warnings.map(w => layout`      ${style.yellow('warning:')} ${w}\n`).join('')
  return layout`  ${style.yellow('~')} ${where}\n      ${summary}\n${lines}${warnings}`
}

function sideBySide(differences: Planned['standing']['differences'], style: ChalkInstance): string {
  const what = Math.max(0, ...differences.map(d => d.what.length))
  const before = Math.max(0, ...differences.map(d => d.before.length))
  return differences
    .map(d => layout`      ${d.what.padEnd(what)}  ${style.red(d.before.padEnd(before))}  →  ${style.green(d.after)}\n`)
    .join('')
}

export function stepsText(steps: readonly string[]): string {
  return steps.map((step, i) => layout`      ${i + 1}. ${step}\n`).join('')
}

/** The same plan as data: the stable shape of `--dry-run --json`. */
export function planJson(plan: Plan) {
  return {
    goals: plan.planned.map(({ goal, standing }) => ({
      goal: goal.id,
      tenant: goal.tenant,
      system: goal.system,
      feature: goal.feature ?? null,
      reach: goal.reach,
      summary: goal.summary,
      standing: standing.state,
      action: actionOf({ goal, standing }),
      differences: standing.differences,
      warnings: standing.warnings,
      why: goal.refusal?.why ?? null,
      hint: goal.refusal?.hint ?? null,
      steps: goal.byHand ?? null,
    })),
    unreached: plan.unreached.map(u => ({
      tenant: u.tenant,
      system: u.system,
      reach: u.reach,
      why: u.error.message,
      hint: u.error.hint ?? null,
    })),
  }
}

function actionOf({ goal, standing }: Planned): 'none' | 'refused' | 'by-hand' | 'change' {
  if (standing.state === 'holds') return 'none'
  if (goal.refusal) return 'refused'
  return goal.byHand ? 'by-hand' : 'change'
}
