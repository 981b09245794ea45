import type { Evidence, EvidenceGoal, EvidenceOpen, EvidencePerson } from '../offboarding/evidence-shape.ts'
import { alike } from './alike.ts'
import {
  accountText,
  consentText,
  endSaid,
  evidenceTitle,
  figuresOf,
  foundText,
  ledgerText,
  line,
  openFirst,
  openGoalsFirst,
  placeText,
  plainTimes,
  runSaid,
  shortReachWords,
  sideText,
  stepTitles,
  timeText,
  verdictSaid,
  verifyCommand,
  waitingIn,
  whenText,
  wordsAskedFor,
} from './evidence-words.ts'
import { searchText } from './searched.ts'

/** Evidence as Markdown (GitHub's tables): for a ticket or a wiki. Text of servers is escaped. */
export function evidenceMarkdown(evidence: Evidence): string {
  const { settings, unreached, lost } = evidence
  const people = openFirst(evidence.people)
  const blocks = [
    `# ${evidenceTitle(evidence)}`,
    `**${runSaid(evidence).text}**`,
    factsTable([
      ['Run', code(evidence.run)],
      ['Command', code(evidence.command)],
      ['Operator', text(evidence.operator)],
      ['Started', text(timeText(evidence.started))],
      ['Ended', text(timeText(evidence.ended))],
      ...(evidence.reason === null ? [] : [['Reason', text(evidence.reason)] as const]),
      ...(evidence.ticket === null ? [] : [['Ticket', text(evidence.ticket)] as const]),
      ['Consent', text(consentText(evidence))],
      ['Ledger', text(ledgerText(evidence).text)],
      ...(evidence.ledger.hash === null ? [] : [['SHA-256 of the last entry', code(evidence.ledger.hash)] as const]),
      ['Check it', code(verifyCommand(evidence))],
    ]),
    ...(people.length > 1 ? [peopleTable(people)] : []),
    ...list(
      'Cannot be given back',
      lost.map(l => `${bold(l.title)}: ${text(l.summary)}: ${text(l.why)}`),
      '##',
    ),
    ...list(
      'Could not be asked',
      unreached.map(u => `${bold(u.title)}: ${text(u.why)}`),
      '##',
    ),
    ...people.map(personBlock),
    ...(settings.length > 0 ? ['## What was set', ...goalTables(openGoalsFirst(settings))] : []),
  ]
  return `${blocks.join('\n\n')}\n`
}

function personBlock(person: EvidencePerson): string {
  const heading = person.name === '' ? person.person : `${person.name} (${person.person})`
  const blocks = [
    `## ${text(heading)}`,
    `**${verdictSaid(person.verdict).text}** · ${text(person.tenant)}`,
    ...(person.refused === null ? [] : [`Nothing was done: ${text(person.refused)}`]),
    ...(person.reason === null ? [] : [`Reason: ${text(person.reason)}`]),
    ...(person.ticket === null ? [] : [`Ticket: ${text(person.ticket)}`]),
    ...list('Left to a person', alike(person.leftToAPerson).map(openText)),
    ...waitingIn(person).flatMap(({ title, open }) => list(title, alike(open).map(openText))),
    ...list(
      'Could not be asked',
      person.unreached.map(u => `${bold(u.title)}: ${text(u.why)}`),
    ),
    ...list(
      'Attested',
      person.attestations.map(
        a => `${bold(a.title)} · ${text(a.summary)}: ${text(a.note)} (${text(a.by)}, ${text(timeText(a.at))})`,
      ),
    ),
    ...list(
      'Access that may remain',
      (person.refused === null ? person.residual : []).map(r => `${bold(r.title)}: ${text(r.note)}`),
    ),
    ...searchedTable(person),
    ...(figuresOf(person).goals > 0 ? person.steps : []).flatMap(({ step, goals }, i) => [
      `### ${i + 1}. ${stepTitles[step]}`,
      ...(goals.length > 0 ? goalTables(goals) : ['No goal in this step.']),
    ]),
  ]
  return blocks.join('\n\n')
}

function openText(group: readonly EvidenceOpen[]): string {
  const [{ why = null, hint = null, steps = [] } = {}] = group
  const said = [why, hint].flatMap(one => (one === null ? [] : [text(one)])).join(' ')
  const named = group.map(({ title, summary }) => `${bold(title)} · ${text(summary)}`)
  if (named.length > 1) return [said, ...named.map(one => `  - ${one}`)].join('\n')
  const numbered = steps.map((step, i) => `\n  ${i + 1}. ${text(step)}`).join('')
  return `${named.join('')}${said === '' ? '' : `: ${said}`}${numbered}`
}

/** Every system in which this person could be: what was found there, how it was searched, or why it was not. */
function searchedTable(person: EvidencePerson): string[] {
  const { searched, accounts, unreached, notConnected } = person
  const words = wordsAskedFor(person)
  const how = (system: string) => {
    const search = searched?.find(one => one.system === system)
    return search === undefined ? 'not written down' : searchText(search, words)
  }
  const isFound = ({ system }: { system: string }) => accounts.some(a => a.system === system)
  const rows = [
    ...accounts.map(a => [text(a.title), text(how(a.system)), `${text(accountText(a))}, id ${code(a.id)}`]),
    ...(searched ?? [])
      .filter(one => !isFound(one))
      .map(one => [text(one.title), text(searchText(one, words)), text(foundText(one).text)]),
    ...unreached.filter(one => !isFound(one)).map(u => [text(u.title), 'no answer', 'nobody knows']),
    ...notConnected.map(n => [text(n.title), 'not connected', 'nobody looked there']),
  ]
  if (rows.length === 0) return []
  const asked = words.length === 0 ? [] : [`Asked for ${text(words.join(', '))}, where no other word is told.`]
  return ['### Where they were looked for', ...asked, table(['System', 'How', 'Found'], rows)]
}

function peopleTable(people: readonly EvidencePerson[]): string {
  const rows = people.map(person => {
    const { goals, proved, left, waiting } = figuresOf(person)
    return [
      text(person.person),
      text(person.tenant),
      verdictSaid(person.verdict).text,
      `${proved} of ${goals}`,
      `${left}`,
      `${waiting}`,
    ]
  })
  return table(['Person', 'Tenant', 'Verdict', 'Proved', 'Left', 'Waiting'], rows)
}

/** How each goal ended; below it each thing that was read, before and after. */
function goalTables(goals: readonly EvidenceGoal[]): string[] {
  const ends = goals.map(goal => [
    `${text(goal.title)} (${shortReachWords[goal.reach]})`,
    text(goal.summary),
    endSaid(goal).text,
    text([whenText(goal), goal.why ?? ''].filter(part => part !== '').join('. ')),
  ])
  const states = goals.flatMap(goal =>
    goal.states.map(one => [
      text(goal.title),
      text(`${placeText(one)}${one.thing === null ? '' : `: ${one.thing}`}${one.id === null ? '' : ` (${one.id})`}`),
      text(sideText(one.before)),
      text(sideText(one.after)),
    ]),
  )
  return [
    table(['System', 'What should hold', 'How it ended', 'When, and why'], ends),
    ...(states.length === 0 ? [] : [table(['System', 'What was read', 'Before', 'After'], states)]),
  ]
}

function factsTable(rows: readonly (readonly [string, string])[]): string {
  return table(['', ''], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function list(title: string, items: readonly string[], level = '###'): string[] {
  return items.length === 0 ? [] : [`${level} ${title}`, items.map(item => `- ${item}`).join('\n')]
}

function bold(value: string): string {
  return `**${text(value)}**`
}

/** Nothing in it is Markdown or HTML afterwards; an e-mail stays as it is, to be searched for. */
function text(value: string): string {
  return plainTimes(line(value)).replace(/[\\`*_[\]<>|~&]/g, '\\$&')
}

/** Inside code a backtick has to be fenced by more of them, and a table still sees a pipe. */
function code(value: string): string {
  const plain = line(value).replaceAll('|', '\\|')
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`
}
