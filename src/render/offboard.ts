import type { ChalkInstance } from 'chalk'
import { type AccountGoalKind, phaseOf, phases } from '../core/account-kinds.ts'
import type { Goal } from '../core/goal.ts'
import type { Look } from '../engine/look.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import { layout } from './layout.ts'
import { reachWords, stepsText, type Titles } from './plan.ts'
import { nobodyIn, searchedText } from './searched.ts'

export const kindTitles: Record<AccountGoalKind, string> = {
  'admin-roles-dropped': 'admin roles dropped',
  'sign-in-blocked': 'sign-in blocked',
  'sessions-ended': 'sessions ended',
  'credentials-revoked': 'credentials revoked',
  'groups-left': 'groups left',
  'others-mailboxes-left': "others' mailboxes left",
  'mail-kept-in': 'mail kept in',
  'meetings-cancelled': 'meetings cancelled',
  'mailbox-shared': 'mailbox shared',
  'access-freed': 'access and licences freed',
  'data-handed-over': 'data handed over',
  'successor-let-in': 'successor let in',
  'licences-freed': 'licences freed',
  'devices-released': 'devices released',
  deleted: 'deleted',
}

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
    const searched = searchedText(plan.searched, titles, style)
    return layout`${head}  ${style.red('x')} found in no system that is connected\n${searched}`
  }
  const width = Math.max(0, ...plan.planned.map(p => titles(p.goal.system).length))
  const goals = plan.planned.map(({ goal, standing }, at) => {
    const phase = phaseOf(goal.kind)
    const isFirst = at === 0 || phaseOf(plan.planned[at - 1]?.goal.kind) !== phase
    const head = isFirst ? style.dim(layout`  ${phases.indexOf(phase) + 1} ${phase}\n`) : ''
    return head + goalText(goal, standing, width, titles, style)
  })
  const unreached = plan.unreached.map(u => layout`  ${style.red('!')} ${titles(u.system)}: ${u.error.message}\n`)
  return head + goals.join('') + unreached.join('') + nobodyIn(plan.searched, titles, style)
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

/** What remains whatever is done, and where nobody looked: once, below the plans of all people. */
export function remarksText(plans: readonly PersonPlan[], titles: Titles, style: ChalkInstance): string {
  return remarksOf(plans, titles)
    .map(remark => layout`  ${style.dim(`· ${remark}`)}\n`)
    .join('')
}

export function remarksOf(plans: readonly PersonPlan[], titles: Titles): string[] {
  const found = plans.filter(p => !p.refusal && !isUnknown(p))
  const residual = new Set(found.flatMap(p => p.residual.map(r => `${titles(r.system)}: ${r.note}`)))
  const missing = new Set(plans.flatMap(p => p.notConnected.map(titles)))
  const blind = missing.size > 0 ? [`not connected, not looked at: ${[...missing].join(', ')}`] : []
  return [...residual, ...blind]
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
    searched: plan.searched,
    notConnected: plan.notConnected,
  }
}
