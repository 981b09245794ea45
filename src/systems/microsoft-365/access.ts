import { z } from 'zod'
import { isK1Error } from '../../core/errors.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { isNotFound } from './graph-error.ts'
import { type Membership, readMemberships } from './memberships.ts'
import type { GraphUser } from './users.ts'

const appRoleSchema = z.object({
  id: z.string().min(1),
  appRoleId: z.string(),
  principalId: z.string(),
  resourceId: z.string(),
  resourceDisplayName: z.string().nullish(),
})

const consentSchema = z.object({
  id: z.string().min(1),
  clientId: z.string(),
  consentType: z.string().nullish(),
  principalId: z.string().nullish(),
  resourceId: z.string(),
  scope: z.string().nullish(),
})

const mailboxSchema = z.object({
  automaticRepliesSetting: z
    .object({ status: z.string().nullish(), internalReplyMessage: z.string().nullish() })
    .nullish(),
})

/** What a person may use besides what groups give. */
export interface Access {
  appRoles: z.infer<typeof appRoleSchema>[]
  consents: z.infer<typeof consentSchema>[]
  licences: { skuId: string; disabledPlans: string[] }[]
  /** Groups that give a licence, and that Graph can take the person out of. */
  licenceGroups: Membership[]
  /** The automatic reply that is on now; null: off. Undefined: there is no mailbox, or it was not asked for. */
  reply: string | null | undefined
}

export async function readAccess(graph: Graph, user: GraphUser, asksReply: boolean): Promise<Access> {
  const { id } = user
  const [appRoles, consents, memberships, reply] = await Promise.all([
    graph.list(path`/users/${id}/appRoleAssignments`, appRoleSchema),
    graph.list(path`/users/${id}/oauth2PermissionGrants`, consentSchema),
    readMemberships(graph, id),
    asksReply ? readReply(graph, id) : undefined,
  ])
  return {
    // Those of their groups are listed, too, and go with the group.
    appRoles: appRoles.filter(({ principalId }) => principalId === id),
    // A consent that an administrator gave for everybody is nobody's own.
    consents: consents.filter(({ consentType, principalId }) => consentType !== 'AllPrincipals' && principalId === id),
    licences: (user.licenseAssignmentStates ?? [])
      .filter(({ assignedByGroup }) => !assignedByGroup)
      .map(({ skuId, disabledPlans }) => ({ skuId, disabledPlans: disabledPlans ?? [] })),
    licenceGroups: memberships.filter(({ kind }) => kind === 'licence'),
    reply,
  }
}

async function readReply(graph: Graph, userId: string): Promise<string | null | undefined> {
  try {
    const { automaticRepliesSetting } = await graph.get(path`/users/${userId}/mailboxSettings`, mailboxSchema)
    const isOn = automaticRepliesSetting?.status === 'alwaysEnabled'
    return isOn ? textOf(automaticRepliesSetting.internalReplyMessage ?? '') : null
  } catch (error) {
    if (isNotFound(error) || (isK1Error(error) && /MailboxNotEnabled/i.test(String(error.facts.code)))) return undefined
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
