import type { ChalkInstance } from 'chalk'
import type { StatusRow } from '../posture/status.ts'
import type { Column } from './records.ts'

export const statusColumns: readonly Column<Omit<StatusRow, 'reason'>>[] = [
  { title: 'Tenant', cell: r => r.tenant },
  { title: 'System', cell: r => r.system },
  { title: 'Feature', cell: r => r.feature },
  { title: 'State', cell: r => r.state },
  { title: 'Reach', cell: r => r.reach },
  { title: 'Detail', cell: r => r.detail ?? '' },
  { title: 'Next', cell: r => r.next ?? '', wide: true },
  { title: 'Read at', cell: r => r.readAt ?? '', wide: true },
]

/** Colours of the state column. */
export function statusPaint(style: ChalkInstance): (title: string, text: string) => string {
  const colours: Record<string, ChalkInstance> = {
    on: style.green,
    off: style.yellow,
    'by-hand': style.cyan,
    unsupported: style.dim,
    unreachable: style.red,
  }
  return (title, text) => {
    if (title === '') return style.bold(text)
    // A name may be one that every object has: "constructor".
    const colour = title === 'State' && Object.hasOwn(colours, text) ? colours[text] : undefined
    return colour ? colour(text) : text
  }
}
