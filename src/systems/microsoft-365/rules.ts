import { z } from 'zod'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'

const recipients = z
  .array(z.object({ emailAddress: z.object({ address: z.string().nullish(), name: z.string().nullish() }).nullish() }))
  .nullish()

const ruleSchema = z.object({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  isEnabled: z.boolean(),
  isReadOnly: z.boolean().nullish(),
  actions: z.object({ forwardTo: recipients, forwardAsAttachmentTo: recipients, redirectTo: recipients }).nullish(),
})

/** A rule of an inbox that sends mail on. */
export interface SendingRule {
  id: string
  name: string
  enabled: boolean
  /** Exchange lets nobody change it over Graph. */
  readOnly: boolean
  /** Addresses; empty text for one that is not shown. */
  to: string[]
}

export async function readSendingRules(graph: Graph, userId: string): Promise<SendingRule[]> {
  const found = await graph.list(path`/users/${userId}/mailFolders/inbox/messageRules`, ruleSchema)
  return found.flatMap(({ id, displayName, isEnabled, isReadOnly, actions }) => {
    const { forwardTo, forwardAsAttachmentTo, redirectTo } = actions ?? {}
    const all = [forwardTo, forwardAsAttachmentTo, redirectTo].flatMap(one => one ?? [])
    const to = all.map(({ emailAddress }) => emailAddress?.address?.toLowerCase() ?? '')
    return to.length === 0
      ? []
      : [{ id, name: displayName || id, enabled: isEnabled, readOnly: isReadOnly === true, to }]
  })
}
