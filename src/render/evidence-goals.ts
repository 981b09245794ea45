import type { EvidenceGoal } from '../offboarding/evidence-shape.ts'
import type { State } from '../offboarding/states.ts'
import { endSaid, placeText, shortReachWords, sideText, whenText } from './evidence-words.ts'
import { htmlText, note, state } from './html.ts'

/** So many lines of a goal are shown at once; more of them fold on a screen, and print whole. */
const mostLines = 8

/** Goals by their system: what should hold, how it ended, and each thing that was read, before and after. */
export function goalTables(goals: readonly EvidenceGoal[]): string {
  return [...bySystem(goals).values()].map(systemTable).join('\n')
}

function bySystem(goals: readonly EvidenceGoal[]): Map<string, EvidenceGoal[]> {
  const systems = new Map<string, EvidenceGoal[]>()
  for (const goal of goals) {
    const key = `${goal.tenant}\n${goal.system}`
    systems.set(key, [...(systems.get(key) ?? []), goal])
  }
  return systems
}

function systemTable(goals: readonly EvidenceGoal[]): string {
  const [first] = goals
  const reaches = [...new Set(goals.map(goal => shortReachWords[goal.reach]))].join(', ')
  return `<div class="wide"><table class="goals"><caption>${htmlText(first?.title ?? '')}${note(reaches)}</caption>
<colgroup><col style="width:38%"><col style="width:31%"><col style="width:31%"></colgroup>
<thead><tr><th scope="col">What was read</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
${goals.map(goalBodies).join('\n')}</table></div>`
}

/** The lines that changed come first; what folds is a body of its own, for the style to hide. */
function goalBodies(goal: EvidenceGoal): string {
  const head = `<tr class="goal"><th scope="rowgroup" colspan="3"><span class="what">${htmlText(goal.summary)}</span>
${state(endSaid(goal))}${note(whenText(goal))}${goal.why === null ? '' : note(goal.why)}</th></tr>`
  const lines = [...goal.states.filter(isChanged), ...goal.states.filter(one => !isChanged(one))]
  const shown = lines.length <= mostLines + 2 ? lines : lines.slice(0, mostLines)
  const rest = lines.slice(shown.length)
  if (rest.length === 0) return `<tbody>${head}\n${shown.map(stateRow).join('\n')}</tbody>`
  const changed = rest.filter(isChanged).length
  const what = changed === 0 ? 'that stayed as they were' : `${changed} of them changed`
  const folder = `<tr class="folder"><td colspan="3"><details><summary>${rest.length} more, ${what}</summary></details></td></tr>`
  return `<tbody>${head}
${shown.map(stateRow).join('\n')}
${folder}</tbody>
<tbody class="folded">${rest.map(stateRow).join('\n')}</tbody>`
}

/** Read both times, and not the same. */
function isChanged({ before, after }: State): boolean {
  return before !== null && after !== null && before !== after
}

function stateRow(one: State): string {
  const place = `<span class="of">${htmlText(placeText(one))}${one.thing === null ? '' : ':'}</span>`
  const thing = one.thing === null ? '' : ` ${htmlText(one.thing)}${note(one.id ?? '')}`
  const changed = isChanged(one) ? ' class="changed"' : ''
  return `<tr${changed}><th scope="row">${place}${thing}</th><td>${htmlText(sideText(one.before))}</td><td>${htmlText(sideText(one.after))}</td></tr>`
}
