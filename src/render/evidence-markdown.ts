import type { Evidence, EvidenceGoal, EvidencePerson } from '../offboarding/evidence-shape.ts'
import {
  accountText,
  consentText,
  endSaid,
  evidenceTitle,
  figuresOf,
  ledgerText,
  line,
  proofOf,
  reachWords,
  stepTitles,
  timeText,
  verdictSaid,
  verifyCommand,
} from './evidence-words.ts'

/** Evidence as Markdown (GitHub's tables): for a ticket or a wiki. Text of servers is escaped. */
export function evidenceMarkdown(evidence: Evidence): string {
  const { people, settings, unreached } = evidence
  const blocks = [
    `# ${evidenceTitle(evidence)}`,
    `**${verdictSaid(evidence.verdict).text}**`,
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
    ...people.map(personBlock),
    ...(settings.length > 0 ? ['## Settings', goalTable(settings)] : []),
    ...list(
      'Could not be asked',
      unreached.map(u => `${bold(u.title)}: ${text(u.why)}`),
      '##',
    ),
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
    ...list(
      'Accounts',
      person.accounts.map(a => `${bold(a.title)}: ${text(accountText(a))}, id ${code(a.id)}`),
    ),
    ...(figuresOf(person).goals > 0 ? person.steps : []).flatMap(({ step, goals }, i) => [
      `### ${i + 1}. ${stepTitles[step]}`,
      goals.length > 0 ? goalTable(goals) : 'No goal in this step.',
    ]),
    ...list('Left to a person', person.leftToAPerson.map(leftText)),
    ...list(
      'Attested',
      person.attestations.map(
        a => `${bold(a.title)} · ${text(a.summary)}: ${text(a.note)} (${text(a.by)}, ${text(timeText(a.at))})`,
      ),
    ),
    ...list(
      'Could not be asked',
      person.unreached.map(u => `${bold(u.title)}: ${text(u.why)}`),
    ),
    ...list(
      'Not connected, so nobody looked there',
      person.notConnected.map(n => text(n.title)),
    ),
    ...list(
      'Access that may remain',
      (person.refused === null ? person.residual : []).map(r => `${bold(r.title)}: ${text(r.note)}`),
    ),
  ]
  return blocks.join('\n\n')
}

function leftText({ title, summary, why, steps }: EvidencePerson['leftToAPerson'][number]): string {
  const numbered = steps.map((step, i) => `\n  ${i + 1}. ${text(step)}`).join('')
  return `${bold(title)} · ${text(summary)}${why === null ? '' : `: ${text(why)}`}${numbered}`
}

function peopleTable(people: readonly EvidencePerson[]): string {
  const rows = people.map(person => {
    const { goals, proved, left } = figuresOf(person)
    return [
      text(person.person),
      text(person.tenant),
      verdictSaid(person.verdict).text,
      `${proved} of ${goals}`,
      `${left}`,
    ]
  })
  return table(['Person', 'Tenant', 'Verdict', 'Proved', 'Left'], rows)
}

function goalTable(goals: readonly EvidenceGoal[]): string {
  const rows = goals.map(goal => [
    `${text(goal.title)} (${reachWords[goal.reach]})`,
    text(goal.summary),
    endSaid(goal).text,
    text(proofOf(goal)),
    goal.at === null ? '' : text(timeText(goal.at)),
  ])
  return table(['System', 'What should hold', 'How it ended', 'Proof, or why not', 'When'], rows)
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
  return line(value).replace(/[\\`*_[\]<>|~&]/g, '\\$&')
}

/** Inside code a backtick has to be fenced by more of them, and a table still sees a pipe. */
function code(value: string): string {
  const plain = line(value).replaceAll('|', '\\|')
  const longest = Math.max(0, ...(plain.match(/`+/g) ?? []).map(run => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${plain}${fence}` : `${fence} ${plain} ${fence}`
}
