import { z } from 'zod'
import type { AccountGoal } from '../../../core/account.ts'
import { oneByOne } from '../../../core/change.ts'
import { goneReading, seen } from '../../../core/reading.ts'
import { deny, undeny } from '../denial.ts'
import { type AwsChange, act } from '../gather.ts'
import { type GoalGround, type Subject, settleMs } from '../ground.ts'
import { looksAt } from '../looks.ts'

const shape = z.union([
  z.object({ gone: z.literal(true) }),
  z.object({ user: z.string(), deniedBy: z.string().nullable() }),
])

interface SessionsReading {
  user: string
  deniedBy: string | null
}

const what = 'Open sessions'

/**
 * Everything is denied to the IAM user. Temporary keys cannot be taken back, but each request with those of the user is
 * weighed against the user's policies of that moment.
 */
export function sessionsEnded(ground: GoalGround, subject: Subject): AccountGoal<SessionsReading, AwsChange> {
  const { iam } = ground
  const isDenied = ({ deniedBy }: SessionsReading) => deniedBy !== null
  const wasOpen = (had: z.infer<typeof shape>) => 'user' in had && had.deniedBy === null
  return {
    kind: 'sessions-ended',
    reach: 'api',
    summary: 'Sessions of the IAM user can do nothing',
    effect: 'reversible',
    repeatable: true,
    after: [],
    needs: ['iam user', 'attached policies', 'inline policies', 'deny document'],
    async read(moment) {
      const looks = looksAt(ground, subject.parts, moment)
      const user = await looks.user()
      if (user === null) return goneReading
      return seen({ user: user.UserName, deniedBy: await looks.deniedBy(user.UserName) })
    },
    holds: isDenied,
    changes: now =>
      isDenied(now) ? [] : [{ id: 'deny', what, before: 'may act', after: 'denied', act: () => deny(iam, now.user) }],
    residual: () => ['Roles that the IAM user assumed before stay open until their sessions end, 12 hours at most.'],
    take: oneByOne(act),
    settlesWithin: settleMs,
    back: {
      shape,
      what: `whether sessions of ${subject.login} were denied`,
      place: 'the console',
      summary: (had: z.infer<typeof shape>) =>
        wasOpen(had) ? 'Sessions of the IAM user may act again' : 'Sessions stay as they were',
      isBack: (had: z.infer<typeof shape>, now) => !wasOpen(had) || !isDenied(now),
      changes: (had: z.infer<typeof shape>, now) =>
        !wasOpen(had) || !isDenied(now)
          ? []
          : [{ id: 'deny', what, before: 'denied', after: 'may act', act: () => undeny(iam, now.user) }],
      give: oneByOne(act),
    },
  }
}
