import { K1Error } from '../../core/errors.ts'
import type { CenterRef, IamRef, Parts } from './account-id.ts'
import type { Iam, IamUser } from './iam.ts'
import type { CenterUser, IdentityCenter } from './identity-center.ts'

/** All that looking at people and changing them stands on. */
export interface GoalGround {
  iam: Iam
  /** Null where the connection does without. @throws K1Error when it cannot be found */
  center(): Promise<IdentityCenter | null>
  /** How long something may take that AWS does after it said yes, in milliseconds. */
  waitMs: number
}

/** Whose account a goal is about. */
export interface Holder {
  parts: Parts
  login: string
  /** Requests for assignments that AWS has under way, by assignment: each is asked for once. */
  requests: Map<string, { what: 'deletion' | 'creation'; id: string }>
}

/** IAM may answer a read with what was before the last write, for a few seconds. */
export const settleMs = 15_000

/**
 * The IAM user with this id, whatever it is called by now. Null only when a list of all users, which works, does not
 * have it: "no such user" of a name alone proves nothing.
 */
export async function findIamUser(iam: Iam, { id, name }: IamRef): Promise<IamUser | null> {
  const named = await iam.user(name)
  if (named?.UserId === id) return named
  const listed = (await iam.users()).find(({ UserId }) => UserId === id)
  return (listed && (await iam.user(listed.UserName))) ?? null
}

/** The directory that the account's id speaks of. @throws K1Error `not-set-up` when the connection has another */
export async function directoryOf({ center }: GoalGround, { storeId }: CenterRef): Promise<IdentityCenter> {
  const found = await center()
  if (found?.storeId === storeId) return found
  throw new K1Error('not-set-up', `The connection to AWS does not reach the Identity Center directory ${storeId}.`, {
    hint: 'Connect with the region that it is in, and with identityCenter auto.',
    facts: { setting: 'identityCenter', storeId },
  })
}

/** Null only when the directory, asked for its users, answers. */
export async function findCenterUser(center: IdentityCenter, { userId }: CenterRef): Promise<CenterUser | null> {
  const found = await center.user(userId)
  if (found !== undefined) return found
  for await (const _ of center.users(1)) break
  return null
}
