import type { Evidence, EvidenceGoal, EvidencePerson } from '../offboarding/evidence-shape.ts'
import { evidenceStyle } from './evidence-style.ts'
import {
  accountText,
  consentText,
  endSaid,
  evidenceTitle,
  figuresOf,
  figuresOfAll,
  ledgerText,
  line,
  proofOf,
  reachWords,
  type Said,
  stepTitles,
  timeText,
  verdictSaid,
  verifyCommand,
} from './evidence-words.ts'

/**
 * Evidence as one HTML page that needs nothing else: no script (its own policy forbids any), no request, no font. It
 * prints on A4 and on Letter, each of several people on a page of their own.
 */
export function evidenceHtml(evidence: Evidence): string {
  const { people, settings, unreached, run } = evidence
  const title = evidenceTitle(evidence)
  // In the style the run's name is CSS, so only what a run's name is made of may pass.
  const footer = `k1ctl · ${title} · run ${run.replace(/[^0-9a-z-]/gi, '')}`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>${text(`${title}, run ${run}`)}</title>
<style>${evidenceStyle(footer)}</style>
</head>
<body class="${people.length > 1 ? 'many' : 'one'}">
${cover(evidence, title)}
<main>
${people.map(personSection).join('\n')}
${settings.length > 0 ? `<section>\n<h2>Settings</h2>\n${goalTable(settings, 'Goals of this run')}\n</section>` : ''}
${unreachedBox(unreached)}
</main>
</body>
</html>
`
}

function cover(evidence: Evidence, title: string): string {
  const { people, ledger } = evidence
  const { goals, proved, left } = figuresOfAll(evidence)
  const [only, second] = people
  const whom = second ? `${people.length} people` : only ? only.name || only.person : 'Settings'
  const chain = ledgerText(evidence)
  const facts: [string, string][] = [
    ['Run', `<code>${text(evidence.run)}</code>`],
    ['Operator', text(evidence.operator)],
    ['Started', time(evidence.started)],
    ['Ended', time(evidence.ended)],
    ['Command', `<code>${text(evidence.command)}</code>`],
    ...optional('Reason', evidence.reason),
    ...optional('Ticket', evidence.ticket),
    ['Consent', text(consentText(evidence))],
    ['Ledger', `<span class="state ${chain.tone}">${text(chain.text)}</span>`],
    ...(ledger.hash === null ? [] : [hashFact(ledger.hash)]),
    ['Check it', `<code>${text(verifyCommand(evidence))}</code>`],
  ]
  return `<header class="cover">
<div class="head">
<div><p class="kind">${text(title)}</p><h1>${text(whom)}</h1></div>
${state(verdictSaid(evidence.verdict))}
</div>
<ul class="figures">
${people.length > 0 ? figure(people.length, people.length === 1 ? 'person' : 'people') : ''}
${figure(goals, goals === 1 ? 'goal' : 'goals')}${figure(proved, 'read back and proved')}${figure(left, 'left to a person')}
</ul>
<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('\n')}</dl>
${people.length > 1 ? peopleTable(people) : ''}
</header>`
}

function hashFact(hash: string): [string, string] {
  const what = '<span class="note">SHA-256 of the last entry; it depends on every entry before it</span>'
  return ['Ledger’s hash', `<span class="hash">${text(hash)}</span>${what}`]
}

function optional(name: string, value: string | null): [string, string][] {
  return value === null ? [] : [[name, text(value)]]
}

function figure(count: number, what: string): string {
  return `<li><b>${count}</b><span>${what}</span></li>\n`
}

function peopleTable(people: readonly EvidencePerson[]): string {
  const rows = people.map((person, i) => {
    const { goals, proved, left } = figuresOf(person)
    return `<tr><th scope="row"><a href="#person-${i + 1}">${mail(person.person)}</a>${note(person.name)}</th>
<td>${text(person.tenant)}</td><td>${state(verdictSaid(person.verdict))}</td>
<td class="num">${proved} of ${goals}</td><td class="num">${left}</td></tr>`
  })
  return `<div class="wide"><table>
<caption>People of this run</caption>
<colgroup><col style="width:40%"><col style="width:20%"><col style="width:21%"><col style="width:11%"><col style="width:8%"></colgroup>
<thead><tr><th scope="col">Person</th><th scope="col">Tenant</th><th scope="col">Verdict</th>
<th scope="col" class="num">Proved</th><th scope="col" class="num">Left</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`
}

function personSection(person: EvidencePerson, i: number): string {
  const { name, refused, attestations, notConnected, residual } = person
  const about = [person.tenant, name === '' ? '' : person.person].filter(part => part !== '').map(text)
  return `<section class="person" id="person-${i + 1}" aria-labelledby="name-${i + 1}">
<div class="head">
<div><h2 id="name-${i + 1}">${text(name || person.person)}</h2><p class="sub">${about.join(' · ')}</p></div>
${state(verdictSaid(person.verdict))}
</div>
${person.reason === null ? '' : `<p>Reason: ${text(person.reason)}</p>`}
${person.ticket === null ? '' : `<p>Ticket: ${text(person.ticket)}</p>`}
${refused === null ? '' : box('Refused: nothing was done', [text(refused)], 'alert')}
${accountsBlock(person)}
${figuresOf(person).goals > 0 ? person.steps.map(stepBlock).join('\n') : ''}
${box('Left to a person', person.leftToAPerson.map(leftItem), 'todo')}
${box('Attested', attestations.map(attested), '')}
${unreachedBox(person.unreached)}
${box(
  'Not connected: nobody looked there',
  notConnected.map(n => text(n.title)),
  'todo',
)}
${box(
  'Access that may remain',
  residual.map(r => `<b>${text(r.title)}</b>: ${text(r.note)}`),
  '',
)}
</section>`
}

function accountsBlock({ accounts, refused }: EvidencePerson): string {
  if (accounts.length > 0) return accountTable(accounts)
  return refused === null ? '<p class="none">No account was found in any system that answered.</p>' : ''
}

function accountTable(accounts: EvidencePerson['accounts']): string {
  const rows = accounts.map(
    a => `<tr><th scope="row">${text(a.title)}</th><td>${mail(accountText(a))}${note(a.name)}</td>
<td><code>${text(a.id)}</code></td></tr>`,
  )
  return `<h3>Accounts</h3>
<div class="wide"><table><colgroup><col style="width:26%"><col style="width:44%"><col style="width:30%"></colgroup>
<thead><tr><th scope="col">System</th><th scope="col">Account</th><th scope="col">Id</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`
}

function stepBlock({ step, goals }: EvidencePerson['steps'][number], i: number): string {
  const heading = `<h3 class="step"><i>${i + 1}</i>${stepTitles[step]}</h3>`
  return goals.length > 0 ? `${heading}\n${goalTable(goals)}` : `${heading}\n<p class="none">No goal in this step.</p>`
}

function goalTable(goals: readonly EvidenceGoal[], caption = ''): string {
  const rows = goals.map(goal => {
    const again = goal.sent > 1 ? `, begun ${goal.sent} times` : ''
    const when =
      goal.at === null ? '' : `<span class="note">${goal.proved ? 'read ' : ''}${time(goal.at)}${again}</span>`
    return `<tr><th scope="row">${text(goal.title)}${note(reachWords[goal.reach])}</th>
<td>${text(goal.summary)}</td><td>${state(endSaid(goal))}</td><td>${text(proofOf(goal))}${when}</td></tr>`
  })
  return `<div class="wide"><table>${caption === '' ? '' : `<caption>${text(caption)}</caption>`}
<colgroup><col style="width:20%"><col style="width:27%"><col style="width:19%"><col style="width:34%"></colgroup>
<thead><tr><th scope="col">System</th><th scope="col">What should hold</th><th scope="col">How it ended</th>
<th scope="col">Proof, or why not</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`
}

function leftItem({ title, summary, why, steps }: EvidencePerson['leftToAPerson'][number]): string {
  const numbered = steps.length === 0 ? '' : `<ol>${steps.map(step => `<li>${text(step)}</li>`).join('')}</ol>`
  return `<b>${text(title)}</b>: ${text(summary)}${note(why ?? '')}${numbered}`
}

function attested({ title, summary, note: said, by, at }: EvidencePerson['attestations'][number]): string {
  return `<b>${text(title)}</b>: ${text(summary)}. “${text(said)}”<span class="note">${text(by)}, ${time(at)}</span>`
}

function unreachedBox(unreached: readonly { title: string; why: string }[]): string {
  return box(
    'Could not be asked',
    unreached.map(u => `<b>${text(u.title)}</b>: ${text(u.why)}`),
    'alert',
  )
}

/** Items are HTML already. Nothing where there are none. */
function box(title: string, items: readonly string[], kind: '' | 'todo' | 'alert'): string {
  if (items.length === 0) return ''
  const list = items.map(item => `<li>${item}</li>`).join('\n')
  return `<div class="box ${kind}"><h3>${title}</h3><ul>${list}</ul></div>`
}

function state({ text: word, tone }: Said): string {
  return `<span class="state ${tone}">${text(word)}</span>`
}

function note(value: string): string {
  return value === '' ? '' : `<span class="note">${text(value)}</span>`
}

/** An e-mail that is too long for its cell breaks before the @, not in the middle of a word. */
function mail(value: string): string {
  return text(value).replaceAll('@', '<wbr>@')
}

function time(iso: string): string {
  return `<time datetime="${text(iso)}">${text(timeText(iso))}</time>`
}

/** Text as HTML, fit for an element and for a quoted attribute; no control characters. */
function text(value: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return line(value).replace(/[&<>"']/g, mark => names[mark] ?? '')
}
