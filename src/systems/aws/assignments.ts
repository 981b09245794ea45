import { K1Error } from '../../core/errors.ts'
import { codeOf } from './error.ts'
import { type GoalGround, insist, until } from './ground.ts'
import type { Assignment, IdentityCenter, Progress } from './identity-center.ts'

/** An assignment as a reading shows it, and as it can be given back. */
export interface SeenAssignment {
  account: string
  permissionSet: string
  permissionSetArn: string
  /** The group that it comes from; absent for one that is the user's own. */
  group?: { id: string; name: string }
}

export async function readAssignments(center: IdentityCenter, userId: string): Promise<SeenAssignment[]> {
  const all = await center.assignments(userId)
  const seen = all.map(async ({ account, permissionSet, principal }): Promise<SeenAssignment> => {
    const { name } = await center.permissionSet(permissionSet)
    const own = { account, permissionSet: name, permissionSetArn: permissionSet }
    if (principal.type === 'USER') return own
    return { ...own, group: { id: principal.id, name: await center.groupName(principal.id) } }
  })
  const found = await Promise.all(seen)
  return found.sort((a, b) => orderKey(a).localeCompare(orderKey(b)))
}

function orderKey({ account, permissionSet, group }: SeenAssignment): string {
  return `${account} ${permissionSet} ${group?.name ?? ''}`
}

export function ownAssignment(userId: string, seen: Pick<SeenAssignment, 'account' | 'permissionSetArn'>): Assignment {
  return { account: seen.account, permissionSet: seen.permissionSetArn, principal: { type: 'USER', id: userId } }
}

/**
 * Takes away what the user was given directly. AWS does it later, one after the other in an account: asks for each,
 * then waits for all. What is not there by then shows in the next look.
 * @throws K1Error `rejected` when AWS gave up on one
 */
export async function takeAssignments(
  ground: GoalGround,
  center: IdentityCenter,
  wanted: readonly Assignment[],
  end: number,
): Promise<void> {
  const begun: Progress[] = []
  for (const assignment of wanted) {
    const progress = await insist(ground, end, () => center.takeAssignment(assignment))
    if (progress !== undefined) begun.push(progress)
  }
  for (const one of begun) await finish(ground, center, 'deletion', one, end)
}

export async function giveAssignments(
  ground: GoalGround,
  center: IdentityCenter,
  wanted: readonly Assignment[],
  end: number,
): Promise<void> {
  for (const assignment of wanted) {
    const progress = await insist(ground, end, () => center.giveAssignment(assignment))
    if (progress !== undefined) await finish(ground, center, 'creation', progress, end)
  }
}

async function finish(
  ground: GoalGround,
  center: IdentityCenter,
  what: 'deletion' | 'creation',
  begun: Progress,
  end: number,
): Promise<void> {
  let now: Progress = begun
  const ended = await until(ground, end, async () => {
    if (now.state === 'IN_PROGRESS') now = await center.progressOf(what, begun.id)
    return now.state === 'IN_PROGRESS' ? null : now
  })
  if (ended?.state !== 'FAILED') return
  throw new K1Error(
    'rejected',
    `AWS gave up on the ${what} of an account assignment: ${ended.why || 'no reason given'}.`,
    {
      facts: { operation: what, request: begun.id },
      hint: 'See IAM Identity Center > AWS accounts in the console, then resume the run.',
    },
  )
}

/** Joins a group; being in it already is no conflict that time would solve. */
export async function joinGroup(center: IdentityCenter, groupId: string, userId: string): Promise<void> {
  try {
    await center.joinGroup(groupId, userId)
  } catch (error) {
    if (codeOf(error) !== 'ConflictException') throw error
  }
}
