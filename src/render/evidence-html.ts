import type { Evidence, EvidencePerson } from '../offboarding/evidence-shape.ts'
import { goalTables } from './evidence-goals.ts'
import { personSection, unreachedBox } from './evidence-person.ts'
import {
  consentText,
  evidenceTitle,
  figuresOf,
  figuresOfAll,
  isUnsound,
  ledgerText,
  openFirst,
  openGoalsFirst,
  runSaid,
  verdictSaid,
  verifyCommand,
} from './evidence-words.ts'
import { box, code, htmlPage, htmlText, mail, note, state, time } from './html.ts'

/**
 * Evidence as one HTML page. It
 * follows the reader's choice of light or dark, and prints whole on A4 and on Letter: what folds on a screen does not
 * fold on paper.
 */
export function evidenceHtml(evidence: Evidence): string {
  const { settings, unreached, lost, run } = evidence
  const people = openFirst(evidence.people)
  const title = evidenceTitle(evidence)
  // In the style the run's name is CSS, so only what a run's name is made of may pass.
  const footer = `k1ctl · ${title} · run ${run.replace(/[^0-9a-z-]/gi, '')}`
  return htmlPage(
    `${title}, run ${run}`,
    footer,
    `${cover(evidence, people, title)}
<main>
${box(
  'Cannot be given back',
  lost.map(l => `<b>${htmlText(l.title)}</b>: ${htmlText(l.summary)}${note(l.why)}`),
  'todo',
)}
${unreachedBox(unreached)}
${people.map((person, i) => personSection(person, i, people.length === 1)).join('\n')}
${settings.length > 0 ? `<section class="settings">\n<h2>What was set</h2>\n${goalTables(openGoalsFirst(settings))}\n</section>` : ''}
</main>
${proofSection(evidence)}`,
  )
}

/** Who, when, by whom, and how it went: all that fits above what is open. */
function cover(evidence: Evidence, people: readonly EvidencePerson[], title: string): string {
  const { goals, proved, left, waiting } = figuresOfAll(evidence)
  const silent = [evidence, ...people].reduce((sum, { unreached }) => sum + unreached.length, 0)
  const [only, second] = people
  const whom = second ? `${people.length} people` : only ? only.name || only.person : 'Settings'
  const facts: [string, string][] = [
    ['Operator', htmlText(evidence.operator)],
    ['Began, ended', `${time(evidence.started)} – ${time(evidence.ended)}`],
    ...optional('Reason', evidence.reason),
    ...optional('Ticket', evidence.ticket),
    ['Consent', htmlText(consentText(evidence))],
  ]
  const figures = [
    ...(people.length > 0 ? [figure(people.length, people.length === 1 ? 'person' : 'people')] : []),
    figure(goals, goals === 1 ? 'goal' : 'goals'),
    figure(proved, 'read back and proved'),
    figure(left, 'left to a person'),
    figure(waiting, 'waiting'),
    ...(silent > 0 ? [figure(silent, silent === 1 ? 'answer is missing' : 'answers are missing')] : []),
  ]
  return `<header class="cover">
<div class="head">
<div><p class="kind">${htmlText(title)}</p><h1>${htmlText(whom)}</h1></div>
${state(runSaid(evidence))}
</div>
${isUnsound(evidence.ledger) ? box('The ledger was altered', [htmlText(ledgerText(evidence).text)], 'alert') : ''}
<ul class="figures">
${figures.join('\n')}
</ul>
${factList(facts)}
${people.length > 1 ? peopleTable(people) : ''}
</header>`
}

/** What somebody needs to check all of it. */
function proofSection(evidence: Evidence): string {
  const { ledger } = evidence
  const facts: [string, string][] = [
    ['Run', code(evidence.run)],
    ['Command', code(evidence.command)],
    ['Ledger', state(ledgerText(evidence))],
    ...(ledger.hash === null ? [] : [hashFact(ledger.hash)]),
    ['Check it', code(verifyCommand(evidence))],
  ]
  return `<footer><h2>The ledger of this run</h2>\n${factList(facts)}</footer>`
}

function factList(facts: readonly (readonly [string, string])[]): string {
  return `<dl>${facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('\n')}</dl>`
}

function hashFact(hash: string): [string, string] {
  const what = '<span class="note">SHA-256 of the last entry; it depends on every entry before it</span>'
  return ['Its hash', `<span class="hash">${htmlText(hash)}</span>${what}`]
}

function optional(name: string, value: string | null): [string, string][] {
  return value === null ? [] : [[name, htmlText(value)]]
}

function figure(count: number, what: string): string {
  return `<li><b>${count}</b><span>${what}</span></li>`
}

function peopleTable(people: readonly EvidencePerson[]): string {
  const rows = people.map((person, i) => {
    const { goals, proved, left, waiting } = figuresOf(person)
    return `<tr><th scope="row"><a href="#person-${i + 1}">${mail(person.person)}</a>${note(person.name)}</th>
<td>${htmlText(person.tenant)}</td><td>${state(verdictSaid(person.verdict))}</td>
<td class="num">${proved} of ${goals}</td><td class="num">${left}</td><td class="num">${waiting}</td></tr>`
  })
  return `<div class="wide"><table>
<caption>People of this run</caption>
<colgroup><col style="width:33%"><col style="width:18%"><col style="width:18%"><col style="width:12%"><col style="width:7%"><col style="width:12%"></colgroup>
<thead><tr><th scope="col">Person</th><th scope="col">Tenant</th><th scope="col">Verdict</th>
<th scope="col" class="num">Proved</th><th scope="col" class="num">Left</th><th scope="col" class="num">Waiting</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`
}
