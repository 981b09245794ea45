import type { Leaving } from '../dated/leaving.ts'
import { box, exact, htmlPage, htmlText, mail, note, state, time } from './html.ts'
import { type LeavingList, leavingSaid, spanText, targetSaid } from './leavings.ts'

/**
 * Everybody who left in a period, as one HTML page that needs nothing else, tenant by tenant, what is open first.
 * @param by who made it, and `at` when
 */
export function leavingsHtml(list: LeavingList, by: string, at: Date): string {
  const { leavings, since, until, problems, target } = list
  const tenants = [...new Set(leavings.map(({ tenant }) => tenant))].sort((a, b) => a.localeCompare(b, 'en'))
  return htmlPage(
    'Leavers',
    'k1ctl · Leavers',
    `<header class="cover">
<p class="kind">Leavers</p><h1>${time(since.toISOString())} – ${time(until.toISOString())}</h1>
<ul class="figures">
${figures(list).join('\n')}
</ul>
<dl><dt>Made</dt><dd>${time(at.toISOString())} by ${htmlText(by)}</dd>
${target === null ? '' : `<dt>Target</dt><dd>blocked within ${spanText(target)} from when it was due</dd>`}
<dt>What it rests on</dt><dd>The ledgers of the runs, and the dates. Check one: <code>k1ctl runs verify RUN</code></dd></dl>
${box(
  'Cannot be told',
  problems.map(({ what, why }) => `<b>${htmlText(what)}</b>: ${htmlText(why)}`),
  'alert',
)}
</header>
<main>
${leavings.length === 0 ? '<p class="none">Nobody left in that time.</p>' : ''}
${tenants.map(tenant => tenantSection(tenant, list)).join('\n')}
</main>`,
  )
}

function figures({ leavings, target }: LeavingList): string[] {
  const left = leavings.filter(({ what }) => what === 'offboarded')
  const count = (of: (leaving: Leaving) => boolean) => left.filter(of).length
  const figure = (number: number, what: string) => `<li><b>${number}</b><span>${what}</span></li>`
  return [
    figure(left.length, left.length === 1 ? 'leaver' : 'leavers'),
    figure(count(isProved), 'proved'),
    figure(
      count(one => !isProved(one) && one.verdict !== 'cancelled'),
      'open',
    ),
    ...(target === null
      ? []
      : [
          figure(
            count(({ within }) => within === 'missed'),
            'past the target',
          ),
        ]),
    ...(leavings.length > left.length ? [figure(leavings.length - left.length, 'given back')] : []),
  ]
}

function tenantSection(tenant: string, { leavings, target }: LeavingList): string {
  const mine = leavings.filter(one => one.tenant === tenant)
  const rows = [...mine.filter(one => !isProved(one)), ...mine.filter(isProved)].map(one => row(one, target !== null))
  return `<section class="settings"><h2>${htmlText(tenant)}</h2>
<div class="wide"><table>
<colgroup><col style="width:27%"></colgroup>
<thead><tr><th scope="col">Person</th><th scope="col">Due</th><th scope="col">Blocked after</th><th scope="col">Done</th>
<th scope="col">Verdict</th>${target === null ? '' : '<th scope="col">Target</th>'}<th scope="col">Run</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></section>`
}

function row(leaving: Leaving, hasTarget: boolean): string {
  const { person, name, ticket, due, by, blocked, done, why, what, run, dated } = leaving
  const target = targetSaid(leaving)
  const back = what === 'given back' ? note('access was given back') : ''
  const after = blocked === null ? '—' : spanText(Date.parse(blocked) - Date.parse(due))
  return `<tr><th scope="row">${mail(person)}${note(name === person ? '' : name)}${note(ticket ?? '')}${back}</th>
<td>${time(due)}${note(by)}</td><td>${after}</td><td>${done === null ? '—' : time(done)}</td>
<td>${state(leavingSaid(leaving))}${isProved(leaving) ? '' : note(why ?? '')}</td>
${hasTarget ? `<td>${target ? state(target) : '—'}</td>` : ''}<td><code>${exact(run ?? dated ?? '')}</code></td></tr>`
}

const isProved = ({ verdict, ledger }: Leaving) => verdict === 'proved' && ledger !== 'altered'
