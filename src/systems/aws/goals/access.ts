import { goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { type Access, accessShape, readAccess } from '../access-reading.ts'
import { unlessGone } from '../error.ts'
import { notShown, type Partial, unseenChanges } from '../gather.ts'
import { type GoalGround, type Holder, settleMs } from '../ground.ts'
import { looksAt } from '../looks.ts'

const isBare = ({ attached, inline }: Access) => attached.length + inline.length === 0

/** No policy is attached to the IAM user, and none is written into it, but the one that denies everything. */
export function accessFreed(ground: GoalGround, subject: Holder): ThingsGoal<Access & Partial> {
  const { iam } = ground
  return goalOfThings<Access & Partial, Access>({
    kind: 'access-freed',
    summary: 'Policies are taken away',
    needs: ['iam user', 'attached policies', 'inline policies', 'policy documents'],
    read: moment => looksAt(ground, subject.parts, moment).below(readAccess),
    unobservable: now => notShown(now, !isBare(now)),
    things: ({ attached, inline }, { user }) => [
      ...attached.map(({ name, arn }) => ({
        id: arn,
        what: 'Policies',
        name,
        take: () => unlessGone(iam.detachPolicy(user, arn)),
        give: () => iam.attachPolicy(user, arn),
      })),
      // One that was written anew meanwhile under the same name is somebody's newer word.
      ...inline.map(({ name, document }) => ({
        id: `inline ${name}`,
        what: 'Policies',
        name,
        take: () => unlessGone(iam.deletePolicy(user, name)),
        give: () => iam.putPolicy(user, name, document),
      })),
    ],
    unseen: unseenChanges,
    settlesWithin: settleMs,
    back: {
      shape: accessShape,
      what: `which policies ${subject.login} had`,
      place: 'the console',
      summary: had => (isBare(had) ? 'Policies stay as they were' : 'Policies are given back'),
    },
  })
}
