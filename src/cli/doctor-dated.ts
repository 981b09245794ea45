import type { Context } from './command.ts'
import { readEntries } from './dated-entry.ts'

interface DatedCheck {
  what: string
  state: 'fail'
  detail: string
  next: string | null
}

/** What has a date and was edited: no worker does anything on its word. */
export async function checkDated({ app }: Context): Promise<DatedCheck[]> {
  const unread = (await readEntries(app)).flatMap(({ id, error }) => (error ? [{ id, error }] : []))
  return unread.map(({ id, error: { message, hint = null } }) => ({
    what: `date ${id}`,
    state: 'fail',
    detail: message,
    next: hint,
  }))
}
