import { printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'
import type { RunState, UnitRecord } from '../engine/run-record.ts'

/** So many lines go onto a ticket; the report has the rest. */
const mostLines = 30

/**
 * How a run ended for these people or modules, as a note on a ticket: what is open first. The first line is its mark: a
 * run that was resumed and came further has another one.
 */
export function ticketText(
  { run, verdict, header, endedAt }: Pick<RunState, 'run' | 'verdict' | 'header' | 'endedAt'>,
  units: readonly UnitRecord[],
): { mark: string; text: string } {
  const goals = units.flatMap(({ subject, entry, results }) => {
    const who = subject.kind === 'person' ? `${subject.tenant} · ${subject.name}` : subject.tenant
    const told = entry.goals.map(({ id, system, summary }) => {
      const end = results.find(({ goal }) => goal === id)?.end ?? 'not begun'
      return { isDone: end === 'changed' || end === 'already', line: `${who} · ${system}: ${summary}: ${end}` }
    })
    const silent = entry.unreached.map(({ system, why }) => ({ isDone: false, line: `${who} · ${system}: ${why}` }))
    const refused = entry.refused === undefined ? [] : [{ isDone: false, line: `${who}: ${entry.refused}` }]
    return [...refused, ...told, ...silent]
  })
  const open = goals.filter(({ isDone }) => !isDone)
  const done = goals.length - open.length
  const lines = [...open, ...goals.filter(({ isDone }) => isDone)].map(({ line }) => line)
  const more = lines.length - mostLines
  return {
    mark: `k1ctl run ${run}: ${verdict}; ${done} hold, ${open.length} open.`,
    text: [
      `${header.operator}, ${endedAt}`,
      ...lines.slice(0, mostLines),
      ...(more > 0 ? [`… and ${more} more`] : []),
      `The proof: k1ctl runs report ${run}`,
    ]
      .map(line => printable(redact(line)))
      .join('\n'),
  }
}
