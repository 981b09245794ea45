import type { Leaving } from '../dated/leaving.ts'
import { type Said, verdictSaid } from './evidence-words.ts'
import type { Column } from './records.ts'

/** From `since` up to, not including, `until`. */
export interface Period {
  since: Date
  until: Date
}

/** Everybody who left in a period, in the order of what was due. */
export interface LeavingList extends Period {
  leavings: readonly Leaving[]
  /** Runs and dates that could not be told of, or must not be relied on. */
  problems: readonly { what: string; why: string }[]
  /** From due to blocked, in milliseconds. */
  target: number | null
}

/** The stable columns of `runs export --format csv`; times are ISO, UTC. */
export const leavingColumns: readonly Column<Leaving>[] = [
  { title: 'Person', cell: l => l.person },
  { title: 'Name', cell: l => l.name },
  { title: 'Tenant', cell: l => l.tenant },
  { title: 'What', cell: l => l.what },
  { title: 'Ticket', cell: l => l.ticket ?? '' },
  { title: 'Reason', cell: l => l.reason ?? '' },
  { title: 'Agreed', cell: l => l.agreed },
  { title: 'By', cell: l => l.by },
  { title: 'Due', cell: l => l.due },
  { title: 'Blocked', cell: l => l.blocked ?? '' },
  { title: 'Done', cell: l => l.done ?? '' },
  { title: 'Verdict', cell: l => l.verdict },
  { title: 'Open', cell: l => String(l.open) },
  { title: 'Why', cell: l => l.why ?? '' },
  { title: 'Target', cell: l => l.within ?? '' },
  { title: 'Run', cell: l => l.run ?? '' },
  { title: 'Date', cell: l => l.dated ?? '' },
  { title: 'Ledger', cell: l => l.ledger ?? '' },
]

const states: Record<string, Said> = {
  'to-approve': { text: 'Not approved', tone: 'bad' },
  waiting: { text: 'Not yet due, or not begun', tone: 'open' },
  'on-hold': { text: 'On hold', tone: 'bad' },
  begun: { text: 'Begun', tone: 'open' },
  ended: { text: 'Ended', tone: 'open' },
  stopped: { text: 'Stopped, not done', tone: 'bad' },
  cancelled: { text: 'Cancelled', tone: 'open' },
}

/** How it stands with one, as a word: of a date that had no run, what became of the date. */
export function leavingSaid({ verdict, ledger }: Leaving): Said {
  if (ledger === 'altered') return { text: 'Not to be relied on', tone: 'bad' }
  return isDateState(verdict) ? (states[verdict] ?? { text: verdict, tone: 'open' }) : verdictSaid(verdict)
}

function isDateState(verdict: Leaving['verdict']): verdict is keyof typeof states & Leaving['verdict'] {
  return Object.hasOwn(states, verdict)
}

export function targetSaid({ within }: Leaving): Said | null {
  if (within === null) return null
  const tones = { met: 'good', missed: 'bad', 'still open': 'open' } as const
  return { text: within.charAt(0).toUpperCase() + within.slice(1), tone: tones[within] }
}

/** "2 h 5 min", "40 s", "3 d 4 h". */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60]
  const parts = days > 0 ? [`${days} d`, `${hours} h`] : hours > 0 ? [`${hours} h`, `${rest} min`] : [`${minutes} min`]
  return parts.filter(part => !part.startsWith('0 ')).join(' ')
}
