import type { ChalkInstance } from 'chalk'
import type { Searched } from '../offboarding/unit.ts'
import { layout } from './layout.ts'
import type { Titles } from './plan.ts'

type Search = Pick<Searched, 'by' | 'words' | 'steps'> & { within?: string | null }

/**
 * "by e-mail or log-in (amy@x.example) in Northwind; the list of all 40 people was read".
 * @param known words that are told already
 */
export function searchText({ by, words = [], within, steps = [] }: Search, known: readonly string[] = []): string {
  const isKnown = words.length === 0 || words.join() === known.join()
  const asked = isKnown ? '' : ` (${words.join(', ')})`
  const where = within ? ` in ${within}` : ''
  return [`by ${by}${asked}${where}`, ...steps].join('; ')
}

/** Each system that knew nobody: how it was searched, and whose word that is; and those that could not be searched. */
export function searchedText(searched: readonly Searched[], titles: Titles, style: ChalkInstance): string {
  const none = searched.filter(one => one.accounts === 0)
  if (none.length === 0) return ''
  const width = Math.max(0, ...none.map(one => titles(one.system).length))
  const words = none.find(one => one.blind === undefined && one.words?.length)?.words ?? []
  const lineOf = (one: Searched) => {
    const place = titles(one.system).padEnd(width)
    if (one.blind !== undefined) return layout`  ${style.yellow('!')} ${place}  ${one.blind}\n`
    const note = one.note === undefined ? '' : `. ${one.note}`
    return layout`  ${style.dim(`· ${place}  ${searchText(one, words)}${note}`)}\n`
  }
  const [blind, silent] = [none.filter(one => one.blind !== undefined), none.filter(one => one.blind === undefined)]
  if (silent.length === 0) return blind.map(lineOf).join('')
  const asked = words.length === 0 ? '' : ` for ${words.join(', ')}`
  return layout`  ${style.dim(`searched${asked}, and nobody found:`)}\n${silent.map(lineOf).join('')}${blind.map(lineOf).join('')}`
}

/** The same in one line, for a person who was found elsewhere; whoever cannot tell has a line of its own. */
export function nobodyIn(searched: readonly Searched[], titles: Titles, style: ChalkInstance): string {
  const none = searched.filter(one => one.accounts === 0 && one.blind === undefined)
  const blind = searched.flatMap(one => (one.blind === undefined ? [] : [layout`    ${one.blind}\n`]))
  if (none.length === 0) return blind.join('')
  const places = none.map(one => titles(one.system)).join(', ')
  return layout`${blind.join('')}    ${style.dim(`searched, and nobody found: ${places}`)}\n`
}
