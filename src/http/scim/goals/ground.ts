import { K1Error } from '../../../core/errors.ts'
import type { Reach } from '../../../core/features.ts'
import type { OldStanding as Standing } from '../../../core/old-goal.ts'
import type { Clock } from '../../../core/ports.ts'
import { unreadableSnapshot } from '../../../core/snapshot.ts'
import { type Waiting, waitFor } from '../../wait-for.ts'
import type { Memberships } from '../memberships.ts'
import type { PeopleRules } from '../people-rules.ts'
import type { ScimUser } from '../schemas.ts'
import type { ScimServer } from '../server.ts'

/** All that the goals of one system's accounts stand on. */
export interface GoalGround {
  server: ScimServer
  memberships: Memberships
  reach: Reach
  rules: PeopleRules
  clock: Clock
  signal?: AbortSignal | undefined
  /**
   * Runs a change of one account, after the rules were asked again whether it may be touched; one at a time, so that
   * the last two administrators do not both leave because the other one was still there.
   */
  guarded(userId: string, act: (user: ScimUser | null) => Promise<void>): Promise<void>
  /** The value of the role that people call so, as somebody in the system has it. */
  roleCalled(name: string): Promise<{ value: string; display?: string } | undefined>
}

/** Waits until the system that is followed has had its effect here. */
export function waitFollowing(ground: GoalGround, look: () => Promise<Standing>, waitMs: number): Promise<void> {
  const { clock, signal } = ground
  const waiting: Waiting = { clock, waitMs, ...(signal ? { signal } : {}) }
  return waitFor(look, waiting)
}

export const notASnapshot = (what: string) => unreadableSnapshot(what, 'the console')

/** @throws K1Error `refused` */
export function goneForGood({ server }: GoalGround, login: string): K1Error {
  return new K1Error(
    'refused',
    `${login} is no longer there in ${server.title}: a deleted account cannot be given back.`,
  )
}
