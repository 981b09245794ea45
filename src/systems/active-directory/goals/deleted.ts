import { seen, unseen } from '../../../core/reading.ts'
import { accountThing, goalOfThings, type ThingsGoal } from '../../../core/things.ts'
import { resultOf, results } from '../failure.ts'
import { type GoalGround, guardOf, type Holder, sightOf } from '../ground.ts'
import type { User } from '../user.ts'
import type { Sight } from '../users.ts'

const needs = 'Delete User objects in its OU'

type Seen = Exclude<Sight, { state: 'unseen' }>

/** Only the tombstone is left. What shows neither the account nor a tombstone proves nothing. */
export function deleted(tools: GoalGround, subject: Holder): ThingsGoal<Seen> {
  return goalOfThings<Seen>({
    kind: 'deleted',
    summary: 'The account is deleted',
    after: ['sign-in-blocked'],
    behind: ['credentials-revoked', 'groups-left', 'access-freed'],
    needs: ['user'],
    async read(moment) {
      const sight = await sightOf(tools, subject, moment)
      return sight.state === 'unseen' ? unseen('not-shown', sight.why) : seen(sight)
    },
    things: now => (now.state === 'live' ? [accountThing(() => remove(tools, now.user))] : []),
    warnings: () => [
      'k1ctl cannot bring a deleted account back. Without the AD Recycle Bin nobody can bring back its groups.',
    ],
    shown: now =>
      now.state === 'live'
        ? { deleted: false, dn: now.user.dn }
        : { deleted: true, tombstone: now.tombstone.dn, lastPlace: now.tombstone.lastPlace ?? null },
    guard: now => (now?.state === 'live' ? guardOf(subject, now.user) : undefined),
  })
}

/** Phones that synced mail leave entries below the account of their owner. */
async function remove({ directory }: GoalGround, user: User): Promise<void> {
  try {
    await directory.remove(user.target, needs)
  } catch (error) {
    if (resultOf(error) !== results.notAllowedOnNonLeaf) throw error
    await directory.remove(user.target, needs, { withChildren: true })
  }
}
