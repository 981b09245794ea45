import { K1Error } from '../core/errors.ts'

/** Nobody has so many pages of anything: at a hundred rows each, half a million people. */
const mostPages = 5000

export interface PageGuard {
  /**
   * Called before the next page is asked for.
   * @param next what leads there, where the server says it: a link, a token, a marker
   * @param rows what tells the page that was just read from others, where only an offset is counted on
   * @throws K1Error `contract` when it leads in a circle, or never ends
   */
  goOn(page: { next?: string; rows?: readonly unknown[] }): void
}

/**
 * Ends every reading of pages. A server that sends the same page again would be asked for it for ever.
 * @param field where the server says what leads to the next page
 */
export function guardPages(system: string, what: string, field?: string): PageGuard {
  const seen = new Set<string>()
  let last = ''
  let pages = 0
  const refuse = (how: string) =>
    new K1Error('contract', `${system} ${how} of ${what}.`, {
      facts: { system, list: what, pages, ...(field === undefined ? {} : { field }) },
      hint: `Nothing was concluded from the list. Tell whoever runs ${system}.`,
    })
  return {
    goOn({ next, rows }) {
      pages += 1
      if (pages >= mostPages) throw refuse('does not come to the end')
      if (next !== undefined && seen.has(next)) throw refuse('leads in a circle through the pages')
      if (next !== undefined) seen.add(next)
      if (rows === undefined || rows.length === 0) return
      const page = JSON.stringify(rows)
      if (page === last) throw refuse('sent the same page again')
      last = page
    },
  }
}
