import { z } from 'zod'
import type { Account } from '../../core/account.ts'
import { isK1Error } from '../../core/errors.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { isNotFound } from './graph-error.ts'

const mailboxSchema = z.object({
  automaticRepliesSetting: z
    .object({ status: z.string().nullish(), internalReplyMessage: z.string().nullish() })
    .nullish(),
})

/** The automatic reply that is on now; `off`: none is, or not always; `no mailbox`: there is nothing to set it on. */
export type Reply = { on: string } | 'off' | 'no mailbox'

export async function readReply(graph: Graph, userId: string): Promise<Reply> {
  try {
    const { automaticRepliesSetting } = await graph.get(path`/users/${userId}/mailboxSettings`, mailboxSchema)
    const isOn = automaticRepliesSetting?.status === 'alwaysEnabled'
    return isOn ? { on: textOf(automaticRepliesSetting.internalReplyMessage ?? '') } : 'off'
  } catch (error) {
    if (isNotFound(error) || (isK1Error(error) && /MailboxNotEnabled/i.test(String(error.facts.code)))) {
      return 'no mailbox'
    }
    throw error
  }
}

/** Exchange gives the text back as a page of HTML. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim()
}

/** What stands for somebody in the text of an automatic reply. */
const placeholder = /\{(name|successor)\}/g

/** The text for one leaver; a sentence that names a successor goes where there is none. */
export function replyText(
  text: string | undefined,
  { name }: Pick<Account, 'name'>,
  successor: string | undefined,
): string | undefined {
  if (text === undefined) return undefined
  const sentences = [...new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)].map(one => one.segment)
  const kept = successor === undefined ? sentences.filter(one => !one.includes('{successor}')).join('') : text
  const filled = kept.replace(placeholder, (_, what: string) => (what === 'name' ? name : (successor ?? '')))
  return filled.trim() || undefined
}

export function isReply(reply: Reply, text: string): boolean {
  return typeof reply === 'object' && reply.on === text.replace(/\s+/g, ' ')
}

/** On for everybody, inside and outside. */
export function replySetting(text: string): Readonly<Record<string, string>> {
  const message = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return {
    status: 'alwaysEnabled',
    externalAudience: 'all',
    internalReplyMessage: message,
    externalReplyMessage: message,
  }
}
