import { z } from 'zod'
import { goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { deny, undeny } from '../denial.ts'
import { type GoalGround, type Holder, settleMs } from '../ground.ts'
import { looksAt } from '../looks.ts'

const shape = z.object({ user: z.string(), deniedBy: z.string().nullable() })
type Sessions = z.infer<typeof shape>

const isOpen = ({ deniedBy }: Sessions) => deniedBy === null

/**
 * Everything is denied to the IAM user. Temporary keys cannot be taken back, but each request with those of the user is
 * weighed against the user's policies of that moment.
 */
export function sessionsEnded(ground: GoalGround, subject: Holder): ThingsGoal<Sessions> {
  const { iam } = ground
  return goalOfThings<Sessions>({
    kind: 'sessions-ended',
    summary: 'Sessions of the IAM user can do nothing',
    needs: ['iam user', 'attached policies', 'inline policies', 'deny document'],
    read: moment =>
      looksAt(ground, subject.parts, moment).below(async (user, looks) => ({
        user,
        deniedBy: await looks.deniedBy(user),
      })),
    things: (had, { user }) =>
      isOpen(had)
        ? [
            {
              id: 'deny',
              what: 'Open sessions',
              name: 'may act',
              without: 'denied',
              take: () => deny(iam, user),
              give: () => undeny(iam, user),
            },
          ]
        : [],
    residual: () => ['Roles that the IAM user assumed before stay open until their sessions end, 12 hours at most.'],
    settlesWithin: settleMs,
    back: {
      shape,
      what: `whether sessions of ${subject.login} were denied`,
      place: 'the console',
      summary: had => (isOpen(had) ? 'Sessions of the IAM user may act again' : 'Sessions stay as they were'),
    },
  })
}
