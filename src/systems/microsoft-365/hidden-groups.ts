import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import type { TokenClaims } from './token-claims.ts'

/** A group that shows its members to nobody who lacks `seeingHidden`. */
export interface HiddenGroup {
  id: string
  name: string
}

export const seeingHidden = 'Member.Read.Hidden'

const groupSchema = z.object({
  id: z.string().min(1),
  displayName: z.string().nullish(),
  visibility: z.string().nullish(),
})

/**
 * Groups of which `memberOf` says nothing: their members are hidden, and the app lacks the right to see them (Graph,
 * permissions reference). The groups themselves are shown; only Microsoft 365 groups hide members. None where the right
 * is there. A token that says nothing of its rights is taken for one without it.
 */
export async function readHiddenGroups(graph: Graph, claims: TokenClaims | null): Promise<HiddenGroup[]> {
  const granted = [...(claims?.roles ?? []), ...(claims?.scp ?? '').split(' ')]
  if (granted.includes(seeingHidden)) return []
  const query = { $filter: "groupTypes/any(c:c eq 'Unified')", $select: 'id,displayName,visibility', $top: 100 }
  const found = await graph.list(path`/groups`, groupSchema, query)
  return found
    .filter(({ visibility }) => visibility === 'HiddenMembership')
    .map(({ id, displayName }) => ({ id, name: displayName || id }))
}

/** @throws K1Error `forbidden` where there are groups of which nobody can tell whether the person is in them */
export function refuseUnshown(hidden: readonly HiddenGroup[], login: string): void {
  if (hidden.length === 0) return
  const named = hidden.slice(0, 5).map(({ name }) => `"${name}"`)
  const more = hidden.length > 5 ? ` and ${hidden.length - 5} more` : ''
  throw new K1Error(
    'forbidden',
    `Whether ${login} is in ${named.join(', ')}${more} is not shown: they hide their members.`,
    {
      hint: `Grant ${seeingHidden} to the app, in the Microsoft Entra admin center.`,
    },
  )
}
