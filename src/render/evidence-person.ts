import type {
  EvidenceOpen,
  EvidencePerson,
  EvidenceSearched,
  EvidenceUnreached,
} from '../offboarding/evidence-shape.ts'
import { alike } from './alike.ts'
import { goalTables } from './evidence-goals.ts'
import {
  accountText,
  figuresOf,
  foundText,
  stepTitles,
  verdictSaid,
  waitingIn,
  wordsAskedFor,
} from './evidence-words.ts'
import { box, htmlText, mail, note, state, time } from './html.ts'
import { searchText } from './searched.ts'

/** One person: what is open first, then where they were looked for, then the four steps. */
export function personSection(person: EvidencePerson, i: number, isOnly: boolean): string {
  const { refused, attestations } = person
  // The only person of a run has their name above the page already.
  const name = isOnly ? '' : person.name
  const about = [person.tenant, name === '' ? '' : person.person].filter(part => part !== '').map(htmlText)
  return `<section class="person" id="person-${i + 1}" aria-labelledby="name-${i + 1}">
<div class="head">
<div><h2 id="name-${i + 1}">${htmlText(name || person.person)}</h2><p class="sub">${about.join(' · ')}</p></div>
${state(verdictSaid(person.verdict))}
</div>
${person.reason === null ? '' : `<p>Reason: ${htmlText(person.reason)}</p>`}
${person.ticket === null ? '' : `<p>Ticket: ${htmlText(person.ticket)}</p>`}
${refused === null ? '' : box('Refused: nothing was done', [htmlText(refused)], 'alert')}
${box('Left to a person', alike(person.leftToAPerson).map(openItem), 'todo')}
${waitingIn(person)
  .map(({ title, open }) => box(title, alike(open).map(openItem), 'todo'))
  .join('')}
${unreachedBox(person.unreached)}
${box('Attested', attestations.map(attested), '')}
${searchedTable(person)}
${figuresOf(person).goals > 0 ? person.steps.map(stepBlock).join('\n') : ''}
${box('Access that may remain', remaining(person), '')}
</section>`
}

function openItem(group: readonly EvidenceOpen[]): string {
  const [{ why = null, hint = null, steps = [] } = {}] = group
  const named = group.map(({ title, summary }) => `<b>${htmlText(title)}</b>: ${htmlText(summary)}`)
  const told = `${note(why ?? '')}${note(hint ?? '')}`
  if (named.length > 1) return `${told}<ul>${named.map(one => `<li>${one}</li>`).join('')}</ul>`
  const numbered = steps.length === 0 ? '' : `<ol>${steps.map(step => `<li>${htmlText(step)}</li>`).join('')}</ol>`
  return `${named.join('')}${told}${numbered}`
}

function attested({ title, summary, note: said, by, at }: EvidencePerson['attestations'][number]): string {
  return `<b>${htmlText(title)}</b>: ${htmlText(summary)}. “${htmlText(said)}”<span class="note">${htmlText(by)}, ${time(at)}</span>`
}

export function unreachedBox(unreached: readonly EvidenceUnreached[]): string {
  return box(
    'Could not be asked',
    unreached.map(u => `<b>${htmlText(u.title)}</b>: ${htmlText(u.why)}`),
    'alert',
  )
}

/** A system a line, with all that is said of it. */
function remaining({ refused, residual }: EvidencePerson): string[] {
  if (refused !== null) return []
  const titles = [...new Set(residual.map(one => one.title))]
  return titles.map(title => {
    const notes = residual.filter(one => one.title === title).map(one => htmlText(one.note))
    return notes.length === 1
      ? `<b>${htmlText(title)}</b>: ${notes.join('')}`
      : `<b>${htmlText(title)}</b><ul>${notes.map(one => `<li>${one}</li>`).join('')}</ul>`
  })
}

/** Every system in which this person could be: what was found there, how it was searched, or why it was not. */
function searchedTable(person: EvidencePerson): string {
  const { searched, accounts, unreached, notConnected, refused } = person
  const words = wordsAskedFor(person)
  const how = (search: EvidenceSearched | undefined) => (search ? searchText(search, words) : 'not written down')
  const isFound = ({ system }: { system: string }) => accounts.some(a => a.system === system)
  const accountRows = accounts.map(a => {
    const about = [a.name, a.id === '' ? '' : `id ${a.id}`].filter(part => part !== '').join(', ')
    return row(a.title, how(searched?.find(one => one.system === a.system)), `${mail(accountText(a))}${note(about)}`)
  })
  const others = (searched ?? [])
    .filter(one => !isFound(one))
    .map(one => {
      const found = foundText(one)
      return row(one.title, how(one), found.tone === 'open' ? state(found) : htmlText(found.text))
    })
  const silent = unreached
    .filter(one => !isFound(one))
    .map(u => row(u.title, 'no answer', state({ text: 'Nobody knows', tone: 'bad' })))
  const titles = notConnected.map(n => n.title).join(', ')
  const missing = titles === '' ? [] : [row(titles, 'not connected', 'Nobody looked there')]
  const rows = [...accountRows, ...others, ...silent, ...missing]
  if (rows.length === 0)
    return refused === null ? '<p class="none">No account was found in any system that answered.</p>' : ''
  return `<h3>Where they were looked for</h3>
${words.length === 0 ? '' : `<p class="none">Asked for ${mail(words.join(', '))}, where no other word is told.</p>`}
<div class="wide"><table><colgroup><col style="width:24%"><col style="width:38%"><col style="width:38%"></colgroup>
<thead><tr><th scope="col">System</th><th scope="col">How</th><th scope="col">Found</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>`
}

/** How it was searched, and what was found, which is HTML already. */
function row(title: string, how: string, found: string): string {
  return `<tr><th scope="row">${htmlText(title)}</th><td>${htmlText(how)}</td><td>${found}</td></tr>`
}

function stepBlock({ step, goals }: EvidencePerson['steps'][number], i: number): string {
  const heading = `<h3 class="step"><i>${i + 1}</i>${stepTitles[step]}</h3>`
  return goals.length > 0 ? `${heading}\n${goalTables(goals)}` : `${heading}\n<p class="none">No goal in this step.</p>`
}
