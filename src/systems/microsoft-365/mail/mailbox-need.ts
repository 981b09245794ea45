import { isK1Error } from '../../../core/errors.ts'
import type { Part } from '../../../core/parts.ts'
import type { Mailbox } from '../exchange/mailbox.ts'

const gigabyte = 1024 ** 3

/** What a shared mailbox may have without a licence (learn.microsoft.com/microsoft-365/admin/email/about-shared-mailboxes). */
const freeBytes = 50 * gigabyte

/** Why a mailbox that becomes a shared one still needs a licence, and what nobody could see of that: sentences. */
export function needOf(mailbox: Mailbox | null, size: Part<number>): string[] {
  if (mailbox === null) return []
  return [
    ...sizeNeed(size),
    ...part(mailbox.archive, 'it has an archive, which is lost without a licence', 'whether it has an archive'),
    ...part(
      mailbox.held,
      'it is on hold, and what is held is lost without a licence',
      'whether it is on hold (holds over all mailboxes are shown to the role Global Reader)',
    ),
  ]
}

function sizeNeed({ value, error }: Part<number>): string[] {
  if (value === undefined || Number.isNaN(value)) {
    const why = isK1Error(error) ? ` (${error.message.replace(/\.$/, '')})` : ''
    return [`whether it has more than 50 GB was not shown${why}`]
  }
  if (value <= freeBytes) return []
  return [`it has ${gigabytes(value)}, and without a licence a shared mailbox takes no new mail over 50 GB`]
}

function part(is: boolean | undefined, need: string, what: string): string[] {
  if (is === undefined) return [`${what} was not shown`]
  return is ? [need] : []
}

/** "61.3 GB" */
export function gigabytes(bytes: number): string {
  return `${(bytes / gigabyte).toFixed(1)} GB`
}
