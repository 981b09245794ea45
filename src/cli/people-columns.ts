import { K1Error } from '../core/errors.ts'
import { cut, escapeUnseen, hidesSomething, printable } from '../core/printable.ts'
import type { PeopleRow } from '../core/stores.ts'

/** Names of the column that says who, the first that is there wins; and of the others that are read. */
const personNames = [
  'email',
  'emailaddress',
  'mail',
  'upn',
  'userprincipalname',
  'username',
  'login',
  'person',
  'user',
] as const

const otherNames = ['tenant', 'reason', 'ticket', 'successor'] as const

type Other = (typeof otherNames)[number]

/** What a row says besides who: `date` from the column that `--date-column` names, as it stands there. */
export type Others = Partial<Record<Other | 'date', string>>

/** A row, and when they leave, where the list was asked for it. */
export type ListedRow = PeopleRow & { date?: string }

/** Which columns the call names. */
export interface ColumnNames {
  /** `--column`: who. */
  column?: string
  /** `--date-column`: when. */
  dateColumn?: string
}

/** Columns that say that somebody leaves on a day, which may be weeks ahead. */
const dateNames = [
  'lastday',
  'lastworkingday',
  'leavingdate',
  'leavedate',
  'leaveson',
  'exitdate',
  'terminationdate',
  'separationdate',
  'offboardingdate',
  'offboardat',
]

/** Where in a row each thing stands. */
export interface Columns {
  person: number
  others: readonly { name: Other | 'date'; at: number }[]
}

/** "E-mail", "User Principal Name" and "user_name" as the lists above spell them. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[\s_-]+/g, '')
}

/** Where the columns are, by the names in a header; undefined when none says who. */
export function findColumns(header: readonly string[], { column, dateColumn }: ColumnNames): Columns | undefined {
  const names = header.map(plain)
  const wanted = column === undefined ? personNames : [plain(column)]
  const name = wanted.find(w => names.includes(w))
  if (name === undefined) return undefined
  const person = names.indexOf(name)
  const others = otherNames.flatMap(other => {
    const at = names.indexOf(other)
    return at < 0 || at === person ? [] : [{ name: other, at }]
  })
  const date = dateColumn === undefined ? -1 : names.indexOf(plain(dateColumn))
  return { person, others: date < 0 ? others : [...others, { name: 'date', at: date }] }
}

/** The column of a header that says when they leave, where nobody asked for it. */
export function unaskedDate(header: readonly string[]): string | undefined {
  return header.find(name => dateNames.includes(plain(name)))
}

/** The columns, or an error that names those that are there. @throws K1Error `usage` */
export function requireColumns(header: readonly string[], named: ColumnNames, list: string): Columns {
  const { column, dateColumn } = named
  const found = findColumns(header, named)
  const there = header.map(name => name.trim()).filter(name => name !== '')
  if (found && (dateColumn === undefined || found.others.some(({ name }) => name === 'date'))) return found
  if (found) {
    throw new K1Error('usage', `${list} has no column "${dateColumn}". It has: ${there.join(', ')}.`, {
      hint: 'Name the one that says when they leave: --date-column NAME',
      facts: { columns: there },
    })
  }
  if (column === undefined && there.some(name => name.includes('@'))) {
    throw new K1Error('usage', `The first line of ${list} is a row, not a header.`, {
      hint: 'Give one person a line, or put a header first: email,reason',
      facts: { columns: there },
    })
  }
  const missing = column === undefined ? 'no column that says who' : `no column "${column}"`
  throw new K1Error('usage', `${list} has ${missing}. It has: ${there.join(', ')}.`, {
    hint: column === undefined ? 'Name the column: --column NAME' : 'Name one of those: --column NAME',
    facts: { columns: there },
  })
}

/** Longer than any e-mail address may be. */
const longestPerson = 320

/** A row of checked, trimmed words; what is empty is left out. */
export function makeRow(line: number, person: string, others: Others = {}): ListedRow {
  const who = person.trim()
  const problem = problemWith(who)
  if (problem !== null) return { line, problem }
  const row: ListedRow & { person: string } = { line, person: who }
  for (const name of otherNames) {
    const text = others[name]?.trim()
    if (text === undefined || text === '') continue
    if (text.includes('\ufffd')) return { line, problem: notUtf8(name, text) }
    // These two are compared with names; the others are only read, by people.
    const isName = name === 'tenant' || name === 'successor'
    const problem = isName && hidesSomething(text) ? hidden(`Its ${name}`, text) : null
    if (problem !== null) return { line, problem }
    row[name] = printable(text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' '))
  }
  if (others.date !== undefined) row.date = others.date.trim()
  return row
}

export { personNames }

function problemWith(who: string): string | null {
  if (who === '') return 'It names nobody: the e-mail or log-in is empty.'
  if (who.length > longestPerson) return `It is ${who.length} characters long: no e-mail or log-in is.`
  if (who.includes('\ufffd')) return notUtf8('person', who)
  if (/[\u0000-\u001f\u007f-\u009f]/.test(who)) return `It holds control characters or a line break: ${shown(who)}`
  if (hidesSomething(who)) return hidden('It', who)
  if (/^(?:mailto|smtp|sip|upn):/i.test(who))
    return `It begins with ${who.split(':')[0]}: and is no bare e-mail: ${shown(who)}`
  if (/[,;]/.test(who) || (who.match(/@/g) ?? []).length > 1) return `It names more than one person: ${shown(who)}`
  if (/@.*\s|\s.*@/.test(who)) return `It is not only an e-mail or log-in: ${shown(who)}`
  return null
}

function notUtf8(what: string, text: string): string {
  return `Its ${what} is not UTF-8: ${shown(text)}. Save the list as CSV UTF-8.`
}

function hidden(what: string, text: string): string {
  return `${what} holds characters that cannot be seen: ${shown(text)}`
}

function shown(text: string): string {
  const plain = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
  return escapeUnseen(JSON.stringify(plain.length > 80 ? `${cut(plain, 80)}…` : plain))
}
