import { K1Error } from '../../core/errors.ts'
import { cut, printable } from '../../core/printable.ts'
import type { Path } from '../../http/client.ts'

/**
 * The next page of a list. Graph gives its whole address, and says not to look into it; but the token goes with the
 * request, so it is followed only to the place that the first page came from.
 * @throws K1Error `contract` for an address elsewhere
 */
export function nextPage(base: string, link: string, first: Path, service = 'Microsoft 365'): Path {
  const from = new URL(base)
  const to = URL.canParse(link) ? new URL(link) : undefined
  const below = `${from.pathname.replace(/\/+$/, '')}/`
  if (to?.origin !== from.origin || !to.pathname.startsWith(below)) {
    const shown = cut(printable(to?.origin ?? link), 100)
    throw new K1Error('contract', `${service} sends to another place for the next page: ${shown}.`, {
      hint: 'It was not followed. Check the URLs of the connection.',
      facts: { path: first.text },
    })
  }
  return { text: to.pathname.slice(below.length - 1) + to.search, template: first.template }
}
