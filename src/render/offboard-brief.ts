import type { ChalkInstance } from 'chalk'
import type { AccountGoalKind } from '../core/account-kinds.ts'
import type { Planned } from '../engine/plan.ts'
import type { PersonPlan } from '../offboarding/unit.ts'
import { layout } from './layout.ts'
import { isUnknown } from './offboard.ts'
import type { Titles } from './plan.ts'

const shortKinds: Record<AccountGoalKind, string> = {
  'admin-roles-dropped': 'admin roles',
  'sign-in-blocked': 'sign-in',
  'sessions-ended': 'sessions',
  'credentials-revoked': 'credentials',
  'groups-left': 'groups',
  'access-freed': 'access',
  'licences-freed': 'licences',
  'others-mailboxes-left': "others' mailboxes",
  'mail-kept-in': 'mail kept in',
  'meetings-cancelled': 'meetings',
  'mailbox-shared': 'mailbox',
  'successor-let-in': 'successor',
  'data-handed-over': 'data',
  'devices-released': 'devices',
  deleted: 'DELETE',
}

/** "Diego Torres <diego.torres@ironbridge.example> of Ironbridge Machining": nobody says yes to a first name. */
export function whoText({ name, person, tenant, accounts }: PersonPlan): string {
  const email = accounts.find(({ account }) => account.email !== '')?.account.email
  const mail = person.includes('@') || email === undefined ? person : `${email}> (${person}`
  const who = name && name !== person ? `${name} <${mail}${mail === person ? '>' : ')'}` : person
  return tenant ? `${who} of ${tenant}` : who
}

/**
 * The plan for one person on a page: a line a system. What holds already, the values before and after, and the remarks
 * are in the details, which are there on a key.
 */
export function personBriefText(
  plan: PersonPlan,
  titles: Titles,
  style: ChalkInstance,
  { warnings }: { warnings: boolean },
): string {
  const head = layout`${style.bold(whoText(plan))}\n`
  if (plan.refusal) {
    const hint = plan.refusal.hint ? layout`    ${style.cyan('→')} ${plan.refusal.hint}\n` : ''
    return layout`${head}  ${style.red('x')} refused: ${plan.refusal.why}\n${hint}`
  }
  if (isUnknown(plan)) return layout`${head}  ${style.red('x')} found in no system that is connected\n`
  const open = plan.planned.filter(p => p.standing.state !== 'holds')
  const systems = [...new Set(open.map(p => p.goal.system))]
  const width = Math.max(0, ...systems.map(system => titles(system).length))
  const lines = systems.flatMap(system => {
    const here = open.filter(p => p.goal.system === system)
    const byHand = here.filter(p => p.goal.byHand)
    const unseen = here.filter(p => !p.goal.byHand && p.standing.state === 'unseen')
    const sent = here.filter(p => !byHand.includes(p) && !unseen.includes(p))
    const place = titles(system).padEnd(width)
    const line = (mark: string, text: string) => layout`  ${mark} ${place}  ${text}\n`
    return [
      ...(sent.length > 0 ? [line(style.yellow('~'), sent.map(p => kindText(p, style)).join(', '))] : []),
      ...(byHand.length > 0
        ? [line(style.yellow('?'), `by hand: ${byHand.map(p => kindText(p, style)).join(', ')}`)]
        : []),
      ...unseen.map(p => line(style.red('!'), `${kindText(p, style)} cannot be looked at. ${whyUnseen(p)}`)),
    ]
  })
  const silent = plan.unreached.map(u => layout`  ${style.red('!')} ${titles(u.system)}: ${u.error.message}\n`)
  const known = warnings ? open.flatMap(p => p.standing.warnings.map(text => `${titles(p.goal.system)}: ${text}`)) : []
  const told = [...new Set(known)].map(text => layout`  ${style.yellow('warning:')} ${text}\n`)
  return head + lines.join('') + silent.join('') + told.join('')
}

function kindText({ goal }: Planned, style: ChalkInstance): string {
  const word = goal.kind ? shortKinds[goal.kind] : goal.summary
  if (goal.effect === 'irreversible') return `${word} ${style.yellow('(for good)')}`
  return goal.later && !goal.queued ? `${word} ${style.dim('(follows)')}` : word
}

function whyUnseen({ standing }: Planned): string {
  return standing.state === 'unseen' ? standing.why : ''
}

export interface Counts {
  changes: number
  systems: number
  forGood: number
  already: number
  byHand: number
  warnings: number
}

/** What somebody is asked to agree to, in numbers. */
export function countsOf(plans: readonly PersonPlan[]): Counts {
  const planned = plans.flatMap(p => p.planned)
  const open = planned.filter(p => p.standing.state !== 'holds')
  const ours = open.filter(p => !p.goal.byHand)
  return {
    changes: ours.length,
    systems: new Set(ours.map(p => p.goal.system)).size,
    forGood: ours.filter(p => p.goal.effect === 'irreversible').length,
    already: planned.length - open.length,
    byHand: open.length - ours.length,
    warnings: open.flatMap(p => p.standing.warnings).length,
  }
}

/** "38 changes in 11 systems, 9 of them cannot be undone; 2 by hand; 7 hold already." */
export function countsText({ changes, systems, forGood, already, byHand }: Counts, style: ChalkInstance): string {
  const where = `in ${systems} ${systems === 1 ? 'system' : 'systems'}`
  const lost = forGood > 0 ? style.yellow(`, ${forGood} of them cannot be undone`) : ''
  const parts = [
    changes > 0 ? `${changes === 1 ? '1 change' : `${changes} changes`} ${where}${lost}` : 'Nothing to change',
    ...(byHand > 0 ? [`${byHand} by hand`] : []),
    ...(already > 0 ? [`${already} ${already === 1 ? 'holds' : 'hold'} already`] : []),
  ]
  return layout`${parts.join('; ')}.`
}

/** Those of a list for whom nothing is done, by why; empty where there are none. */
export function leftOutText(plans: readonly PersonPlan[]): string[] {
  const unknown = plans.filter(isUnknown)
  const refused = plans.filter(p => p.refusal)
  return [
    ...(unknown.length > 0 ? [`Not found: ${named(unknown)}.`] : []),
    ...(refused.length > 0 ? [`Refused: ${named(refused)}.`] : []),
  ]
}

const mostNamed = 5

function named(plans: readonly PersonPlan[]): string {
  const more = plans.length > mostNamed ? `, and ${plans.length - mostNamed} more` : ''
  const names = plans.slice(0, mostNamed).map(p => p.person)
  return `${plans.length} (${names.join(', ')}${more})`
}
