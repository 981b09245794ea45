import type { OffboardingStep } from '../core/account-kinds.ts'
import type { Reach } from '../core/features.ts'
import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import { quoted } from '../core/shell.ts'
import type { Evidence, EvidenceGoal, EvidencePerson } from '../offboarding/evidence-shape.ts'

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
export const reachWords: Record<Reach, string> = {
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

/** What proves the goal, or why nothing does. */
export function proofOf({ end, proved, proof, why, differences }: EvidenceGoal): string {
  if (!proved) return why ?? ''
  const taken = end === 'changed' ? differences.map(d => `${d.what}: was ${d.before}`) : []
  return [proof ?? 'read back', ...taken, ...(why === null ? [] : [why])].join('. ')
}

/** "2026-11-21 20:14:03 UTC"; what is no ISO time stays as it is. */
export function timeText(iso: string): string {
  const parts = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/.exec(iso)
  return parts ? `${parts[1]} ${parts[2]} UTC` : line(iso)
}

export function ledgerText({ ledger }: Evidence): Said {
  const entries = `${ledger.entries} ${ledger.entries === 1 ? 'entry' : 'entries'}`
  if (ledger.state === 'altered') {
    return { text: `ALTERED from entry ${ledger.alteredFrom} on; the ${entries} before it are told here`, tone: 'bad' }
  }
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
  /** What waits for somebody. */
  left: number
}

export function figuresOf(person: EvidencePerson): Figures {
  const goals = person.steps.flatMap(s => s.goals)
  return { goals: goals.length, proved: goals.filter(g => g.proved).length, left: person.leftToAPerson.length }
}

/** Of all people, and of the goals that are about nobody. */
export function figuresOfAll({ people, settings }: Evidence): Figures {
  const all = people.map(figuresOf)
  const sum = (key: keyof Figures) => all.reduce((total, figures) => total + figures[key], 0)
  return {
    goals: sum('goals') + settings.length,
    proved: sum('proved') + settings.filter(g => g.proved).length,
    left: sum('left') + settings.filter(g => g.end !== 'changed' && g.end !== 'already').length,
  }
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
