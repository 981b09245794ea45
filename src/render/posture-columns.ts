import type { PostureRow, PostureState } from '../posture/posture-row.ts'
import type { Column } from './records.ts'

export const postureColumns: readonly Column<Omit<PostureRow, 'rule' | 'reason'>>[] = [
  { title: 'Tenant', cell: r => r.tenant },
  { title: 'System', cell: r => r.system },
  { title: 'Feature', cell: r => r.feature },
  { title: 'State', cell: r => r.state },
  { title: 'Wanted', cell: r => r.wanted },
  { title: 'Found', cell: r => r.found ?? '' },
  { title: 'Why', cell: r => r.why ?? '' },
  { title: 'Next', cell: r => r.next ?? '' },
  { title: 'Deviation', cell: r => r.deviation },
  { title: 'Reach', cell: r => r.reach },
  { title: 'File', cell: r => r.file ?? '' },
  { title: 'Line', cell: r => String(r.line ?? '') },
  { title: 'Read at', cell: r => r.readAt ?? '' },
  { title: 'Accepted by', cell: r => r.accepted?.by ?? '' },
  { title: 'Accepted until', cell: r => r.accepted?.until ?? '' },
  { title: 'Attested by', cell: r => r.attested?.by ?? '' },
  { title: 'Attested at', cell: r => r.attested?.at ?? '' },
]

/** A word for a person. */
export const stateWords: Record<PostureState, string> = {
  deviates: 'differs',
  'no-answer': 'no answer',
  'sign-in-refused': 'sign-in refused',
  'locked-secret': 'locked secret',
  'not-connected': 'not connected',
  'by-hand': 'by hand',
  stale: 'stale',
  unlicensed: 'unlicensed',
  accepted: 'accepted',
  attested: 'attested',
  holds: 'holds',
}

/** Worst first. */
export const stateOrder = Object.keys(stateWords).filter((word): word is PostureState => word in stateWords)
