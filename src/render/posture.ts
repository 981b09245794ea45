import type { ChalkInstance } from 'chalk'
import type { PostureRow, PostureState } from '../posture/posture-row.ts'
import { layout } from './layout.ts'
import { stateOrder, stateWords } from './posture-columns.ts'

/**
 * For a person: tenant by tenant, module by module; what is the same for a whole module is said once. Of several tenants
 * the next steps are told for all together (`posture-steps.ts`), and not again with each.
 */
export function postureText(all: readonly PostureRow[], style: ChalkInstance): string {
  const isFleet = new Set(all.map(({ tenant }) => tenant)).size > 1
  const rows = isFleet ? all.map(withoutCommonStep) : all
  const modules = new Map<string, PostureRow[]>()
  for (const row of rows) {
    const key = `${row.tenant}\n${row.system}`
    modules.set(key, [...(modules.get(key) ?? []), row])
  }
  return [...modules.values()].map(module => moduleText(module, style)).join('')
}

function withoutCommonStep(row: PostureRow): PostureRow {
  const isCommon = row.state === 'deviates' || row.state === 'by-hand' || row.state === 'stale'
  // Of what was never attested there is no more to say than its state.
  const why = row.state === 'by-hand' && row.attested === null ? null : row.why
  // The line to add stays: it is another step than to apply.
  return isCommon && !row.next?.includes(': add ') ? { ...row, why, next: null } : row
}

function moduleText(rows: readonly PostureRow[], style: ChalkInstance): string {
  const [first] = rows
  if (!first) return ''
  const head = layout`${style.bold(first.tenant)} · ${first.system}\n`
  const isOne =
    rows.length > 1 &&
    rows.every(
      row => row.readAt === null && row.why === first.why && row.state === first.state && row.next === first.next,
    )
  // The same next step is told once, below the last row that it is for.
  const lines = isOne
    ? [wholeText(rows, first, style)]
    : rows.map((row, i) =>
        rowText(rows.slice(i + 1).some(later => later.next === row.next) ? { ...row, next: null } : row, style),
      )
  return `${head}${lines.join('')}`
}

function wholeText(rows: readonly PostureRow[], first: PostureRow, style: ChalkInstance): string {
  const { state, why, next } = first
  const which = rows.length > 4 ? `${rows.length} rules` : rows.map(whatOf).join(', ')
  const because = why === null ? '' : layout`: ${why}`
  return layout`  ${mark(state, style)} ${stateWords[state]}${because} ${style.dim(`(${which})`)}\n${nextText(next, style)}`
}

/** The rule within its module. */
function whatOf(row: PostureRow): string {
  return row.deviation.slice(row.tenant.length + row.system.length + 2)
}

function rowText(row: PostureRow, style: ChalkInstance): string {
  const { state, wanted, found, why, next, accepted } = row
  const what = whatOf(row)
  const values =
    found === null || state === 'holds' ? layout`${wanted}` : layout`${style.red(found)}  →  ${style.green(wanted)}`
  const age = row.attested ? layout` ${style.dim(ageText(row.attested.days))}` : ''
  const until = accepted?.until ? ` until ${accepted.until}` : ''
  const by =
    state === 'accepted' && accepted ? layout` ${style.dim(`by ${accepted.by}, ${accepted.since}${until}`)}` : ''
  const because = why === null ? '' : layout`      ${why}${by}\n`
  return layout`  ${mark(state, style)} ${what}: ${values} ${style.dim('·')} ${stateWords[state]}${age}\n${because}${nextText(next, style)}`
}

function ageText(days: number): string {
  return days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`
}

function nextText(next: string | null, style: ChalkInstance): string {
  return next === null ? '' : layout`      ${style.cyan('→')} ${next}\n`
}

function mark(state: PostureState, style: ChalkInstance): string {
  switch (state) {
    case 'holds':
    case 'attested':
      return style.green('=')
    case 'accepted':
    case 'unlicensed':
      return style.dim('-')
    case 'by-hand':
    case 'stale':
      return style.yellow('?')
    case 'deviates':
      return style.yellow('~')
    default:
      return style.red('!')
  }
}

/** "3 differ, 1 no answer, 212 hold." */
export function summaryText(rows: readonly PostureRow[], style: ChalkInstance): string {
  const counts = stateOrder.flatMap(state => {
    const count = rows.filter(row => row.state === state).length
    const word = count > 1 ? (severalWords[state] ?? stateWords[state]) : stateWords[state]
    return count === 0 ? [] : [`${count} ${word}`]
  })
  const tenants = new Set(rows.map(row => row.tenant)).size
  const of = `${rows.length} ${rows.length === 1 ? 'rule' : 'rules'}, ${tenants} ${tenants === 1 ? 'tenant' : 'tenants'}`
  return style.dim(`${counts.join(', ') || 'Nothing was checked'} (${of}).`)
}

const severalWords: Partial<Record<PostureState, string>> = { deviates: 'differ', holds: 'hold' }
