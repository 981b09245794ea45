import { K1Error } from '../../core/errors.ts'
import { codeOf, unlessGone } from './error.ts'
import type { Holder } from './ground.ts'
import type { Assignment, IdentityCenter, Progress } from './identity-center.ts'

/** An assignment as a reading shows it, and as it can be given back. */
export interface SeenAssignment {
  account: string
  permissionSet: string
  permissionSetArn: string
  /** The group that it comes from; absent for one that is the user's own. */
  group?: { id: string; name: string } | undefined
  /** Why AWS gave up on taking it away. */
  gaveUp?: string | undefined
  session?: string | undefined
}

/**
 * With the names of what they give. Where one was to be taken and is still there, AWS is asked how its request went:
 * it does assignments later, one after the other in an account.
 */
export async function readAssignments(
  center: IdentityCenter,
  all: readonly Assignment[],
  requests?: Holder['requests'],
): Promise<SeenAssignment[]> {
  // AWS does them one after the other: of the first that is still there, how it goes.
  const waiting = all.find(one => one.principal.type === 'USER' && requests?.has(keyOf(one)))
  const request = waiting && requests?.get(keyOf(waiting))
  const progress = request && (await center.progressOf(request.what, request.id))
  const found = await Promise.all(
    all.map(async (one): Promise<SeenAssignment> => {
      const { account, permissionSet, principal } = one
      const { name, session } = await center.permissionSet(permissionSet)
      const seen = { account, permissionSet: name, permissionSetArn: permissionSet, session }
      if (principal.type === 'GROUP') {
        return { ...seen, group: { id: principal.id, name: await center.groupName(principal.id) } }
      }
      const isOver = one === waiting && progress?.state === 'FAILED'
      return isOver ? { ...seen, gaveUp: progress.why || 'no reason given' } : seen
    }),
  )
  return found.sort((a, b) => orderKey(a).localeCompare(orderKey(b)))
}

function orderKey({ account, permissionSet, group }: SeenAssignment): string {
  return `${account} ${permissionSet} ${group?.name ?? ''}`
}

export function ownAssignment(userId: string, seen: Pick<SeenAssignment, 'account' | 'permissionSetArn'>): Assignment {
  return { account: seen.account, permissionSet: seen.permissionSetArn, principal: { type: 'USER', id: userId } }
}

function keyOf({ account, permissionSet, principal }: Assignment): string {
  return `${account} ${permissionSet} ${principal.id}`
}

/**
 * Asks AWS to take away what the user was given directly, or to give it back. It does so later: the next looks show it.
 * @throws K1Error `rejected` when AWS gave up at once
 */
export async function askFor(
  what: 'deletion' | 'creation',
  assignment: Assignment,
  center: IdentityCenter,
  requests: Holder['requests'],
): Promise<void> {
  const begun: Progress | undefined =
    what === 'deletion' ? await unlessGone(center.takeAssignment(assignment)) : await center.giveAssignment(assignment)
  if (begun === undefined) return
  requests.set(keyOf(assignment), { what, id: begun.id })
  if (begun.state !== 'FAILED') return
  throw new K1Error('rejected', gaveUpOn(what, begun.why || 'no reason given'), {
    facts: { operation: what, request: begun.id },
    hint: 'See IAM Identity Center > AWS accounts in the console, then resume the run.',
  })
}

export function gaveUpOn(what: 'deletion' | 'creation', why: string): string {
  return `AWS gave up on the ${what} of an account assignment: ${why.replace(/\.$/, '')}.`
}

/** Joins a group; who is in it already is a conflict that says so. */
export async function joinGroup(center: IdentityCenter, groupId: string, userId: string): Promise<void> {
  try {
    await center.joinGroup(groupId, userId)
  } catch (error) {
    if (codeOf(error) !== 'ConflictException') throw error
  }
}
