import type { OffboardingStep } from '../core/account-kinds.ts'
import type { Reach } from '../core/features.ts'
import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import { quoted } from '../core/shell.ts'
import type {
  Evidence,
  EvidenceGoal,
  EvidenceOpen,
  EvidencePerson,
  EvidenceSearched,
} from '../offboarding/evidence-shape.ts'
import type { State as EvidenceState } from '../offboarding/states.ts'

/** Good: done and proved. Open: somebody still has to act, or nobody can read it back. Bad: it does not hold. */
export type Tone = 'good' | 'open' | 'bad'

export interface Said {
  text: string
  tone: Tone
}

export const stepTitles: Record<OffboardingStep, string> = {
  directory: 'Directory',
  infrastructure: 'Infrastructure',
  applications: 'Applications',
  devices: 'Devices',
}

/** How a system is reached, in a narrow column. */
export const shortReachWords: Record<Reach, string> = {
  api: 'published API',
  contract: 'contract of k1ctl',
  'by-hand': 'by hand',
}

const verdicts: Record<EvidencePerson['verdict'], Said> = {
  proved: { text: 'Proved', tone: 'good' },
  unproved: { text: 'Done, not all read back', tone: 'open' },
  pending: { text: 'Pending', tone: 'open' },
  incomplete: { text: 'Incomplete', tone: 'bad' },
  'unknown-person': { text: 'Found nowhere', tone: 'bad' },
  interrupted: { text: 'Interrupted', tone: 'bad' },
  refused: { text: 'Refused', tone: 'bad' },
}

export function verdictSaid(verdict: EvidencePerson['verdict']): Said {
  return verdicts[verdict]
}

/** Of the whole run: a word of success has nothing beside it that takes it back. */
export function runSaid({ verdict, ledger }: Evidence): Said {
  return isUnsound(ledger) ? { text: 'Not to be relied on', tone: 'bad' } : verdicts[verdict]
}

export function isUnsound({ state, doubt }: Evidence['ledger']): boolean {
  return state === 'altered' || doubt !== null
}

const ends: Record<EvidenceGoal['end'], Said> = {
  changed: { text: 'Done', tone: 'open' },
  already: { text: 'Held already', tone: 'good' },
  refused: { text: 'Refused', tone: 'bad' },
  'by-hand': { text: 'By hand', tone: 'open' },
  pending: { text: 'Pending', tone: 'open' },
  failed: { text: 'Failed', tone: 'bad' },
  unknown: { text: 'Unknown', tone: 'bad' },
  'not-finished': { text: 'Not finished', tone: 'bad' },
  'not-begun': { text: 'Not begun', tone: 'bad' },
}

export function endSaid({ end, proved }: EvidenceGoal): Said {
  if (end !== 'changed') return ends[end]
  return proved ? { text: 'Done, proved', tone: 'good' } : { text: 'Done, unproved', tone: 'open' }
}

/** "IAM, access keys: AKIA…", the place as a sentence begins. */
export function placeText({ of }: EvidenceState): string {
  return of.charAt(0).toUpperCase() + of.slice(1)
}

/** Where nothing was read there is nothing to say. */
export function sideText(side: string | null): string {
  return side ?? '—'
}

/** When it was read back, or ended, and how often it was begun. */
export function whenText({ at, proved, sent }: EvidenceGoal): string {
  const when = at === null || at === '' ? [] : [`${proved ? 'read back ' : ''}${timeText(at)}`]
  return [...when, ...(sent > 1 ? [`begun ${sent} times`] : [])].join(', ')
}

/** What most systems were asked for: told once, and not of each of them. */
export function wordsAskedFor({ searched }: EvidencePerson): readonly string[] {
  return searched?.find(({ words }) => words.length > 0)?.words ?? []
}

/** What was found where somebody was looked for; whoever was not found is told so, and whose word that is. */
export function foundText({ accounts, blind, note }: EvidenceSearched): Said {
  if (blind !== null) return { text: `Cannot tell. ${blind}`, tone: 'open' }
  if (accounts > 0) return { text: accounts === 1 ? '1 account' : `${accounts} accounts`, tone: 'good' }
  return { text: note === null ? 'Nobody' : `Nobody. ${note}`, tone: 'good' }
}

/** People of whom something is open first, then the others, each in the order of the run. */
export function openFirst(people: readonly EvidencePerson[]): EvidencePerson[] {
  const isDone = ({ verdict }: EvidencePerson) => verdict === 'proved'
  return [...people.filter(person => !isDone(person)), ...people.filter(isDone)]
}

/** "2026-11-21 20:14:03 UTC"; what is no ISO time stays as it is. */
export function timeText(iso: string): string {
  return line(plainTimes(iso))
}

/** Each ISO time of a text as a person writes it, to the second: evidence is compared with logs. */
export function plainTimes(text: string): string {
  return text.replace(/(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z/g, '$1 $2 UTC')
}

export function ledgerText({ ledger }: Evidence): Said {
  const entries = `${ledger.entries} ${ledger.entries === 1 ? 'entry' : 'entries'}`
  if (ledger.state === 'altered') {
    return { text: `ALTERED from entry ${ledger.alteredFrom} on; the ${entries} before it are told here`, tone: 'bad' }
  }
  if (ledger.doubt !== null) return { text: `${ledger.doubt}; ${entries}`, tone: 'bad' }
  if (ledger.state === 'torn') return { text: `intact, ${entries}; a crash cut the last line off`, tone: 'open' }
  return { text: `intact, ${entries}`, tone: 'good' }
}

export function consentText({ consents }: Evidence): string {
  const how: Record<string, string> = {
    flag: 'with --yes',
    terminal: 'at a terminal',
    'not-needed': 'not needed: nothing but steps for a person',
  }
  return (
    consents
      .map(c => `${line(c.by)} ${Object.hasOwn(how, c.how) ? how[c.how] : line(c.how)}, ${timeText(c.at)}`)
      .join('; ') || 'none'
  )
}

export interface Figures {
  goals: number
  proved: number
  /** What needs somebody to act. */
  left: number
  /** What was asked for, and comes later. */
  waiting: number
}

export function figuresOf({ steps, leftToAPerson, waiting }: EvidencePerson): Figures {
  const goals = steps.flatMap(s => s.goals)
  const proved = goals.filter(g => g.proved).length
  return { goals: goals.length, proved, left: leftToAPerson.length, waiting: waiting.length }
}

/** Of all people, and of the goals that are about nobody. */
export function figuresOfAll({ people, settings }: Evidence): Figures {
  const all = people.map(figuresOf)
  const sum = (key: keyof Figures) => all.reduce((total, figures) => total + figures[key], 0)
  return {
    goals: sum('goals') + settings.length,
    proved: sum('proved') + settings.filter(g => g.proved).length,
    left: sum('left') + settings.filter(g => !isWell(g) && g.end !== 'pending').length,
    waiting: sum('waiting') + settings.filter(g => g.end === 'pending').length,
  }
}

export function openGoalsFirst(goals: readonly EvidenceGoal[]): EvidenceGoal[] {
  return [...goals.filter(goal => !isWell(goal)), ...goals.filter(isWell)]
}

function isWell({ end }: EvidenceGoal): boolean {
  return end === 'changed' || end === 'already'
}

/** How anybody who has the ledger checks this report. */
export function verifyCommand({ run }: Evidence): string {
  return `k1ctl runs verify ${quoted(line(run))}`
}

export function evidenceTitle(evidence: Evidence): string {
  return evidence.kind === 'offboarding' ? 'Offboarding evidence' : 'Evidence of a change'
}

/** "amy (amy@x.example)", or one of the two where they are the same. */
export function accountText({ login, email }: EvidencePerson['accounts'][number]): string {
  return email === '' || email.toLowerCase() === login.toLowerCase() ? login : `${login} (${email})`
}

/** Text of a server, or of an operator, on one line and without control characters. */
export function line(text: string): string {
  return printable(redact(text).replace(/[\r\n\t\u2028\u2029]+/g, ' '))
}

/** What is pending: asked for, or not even begun. A part of which there is nothing has no entries. */
export function waitingIn({ waiting }: EvidencePerson): { title: string; open: EvidenceOpen[] }[] {
  return [
    { title: 'Waiting: asked for, and to be looked at again', open: waiting.filter(({ asked }) => asked) },
    { title: 'Not begun: nothing of it was asked for', open: waiting.filter(({ asked }) => !asked) },
  ]
}
