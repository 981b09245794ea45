import { K1Error } from '../../../core/errors.ts'
import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { settle } from '../change.ts'
import type { Follows } from '../people-rules.ts'
import { type GoalGround, waitFollowing } from './ground.ts'
import type { Subject } from './sign-in.ts'

export interface DeletedOptions {
  follows?: Follows | undefined
  waitMs: number
  /** Asked again right before deleting; a sentence says why not. */
  mayNot(): Promise<string | undefined>
}

/** The account is gone. */
export function deleted(ground: GoalGround, subject: Subject, options: DeletedOptions): AccountGoal {
  const { follows, waitMs, mayNot } = options
  const { id, login } = subject
  const look = async (): Promise<Standing> => {
    const user = await ground.server.user(id)
    if (user === null) return { state: 'holds', reading: { deleted: true } }
    return { state: 'not-yet', reading: { deleted: false, id, login: user.userName } }
  }
  const bring = () =>
    ground.guarded(id, async user => {
      if (user === null) return
      const why = await mayNot()
      if (why !== undefined) throw new K1Error('refused', `${login} in ${ground.server.title} is not deleted: ${why}`)
      await settle(
        () => ground.server.client.remove('Users', id),
        async () => (await look()).state === 'holds',
      )
    })
  return {
    kind: 'deleted',
    reach: ground.reach,
    summary: 'The account is deleted',
    effect: 'irreversible',
    repeatable: true,
    after: ['sign-in-blocked'],
    ...(follows ? { follows } : {}),
    differences: subject.now === null ? [] : [{ what: 'Account', before: 'there', after: 'deleted' }],
    warnings: subject.now === null ? [] : ['A deleted account cannot be brought back.'],
    look,
    bring: follows ? () => waitFollowing(ground, look, waitMs) : bring,
  }
}
