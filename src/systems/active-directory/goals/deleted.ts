import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { resultOf, results } from '../failure.ts'
import type { User } from '../user.ts'
import { changeAccount, type GoalGround, type Subject, settle } from './ground.ts'

const needs = 'Delete User objects in its OU'

/** Only the tombstone is left. What shows neither the account nor a tombstone proves nothing. */
export function deleted(ground: GoalGround, subject: Subject): AccountGoal {
  const { account, now } = subject
  const look = async (): Promise<Standing> => {
    const sight = await ground.users.see(account.id)
    if (sight.state === 'unseen') return { state: 'unobservable', why: sight.why }
    if (sight.state === 'live') return { state: 'not-yet', reading: { deleted: false, dn: sight.user.dn } }
    const { dn, lastPlace } = sight.tombstone
    return { state: 'holds', reading: { deleted: true, tombstone: dn, lastPlace: lastPlace ?? null } }
  }
  return {
    kind: 'deleted',
    reach: 'api',
    summary: 'The account is deleted',
    effect: 'irreversible',
    repeatable: true,
    after: ['sign-in-blocked'],
    behind: ['credentials-revoked', 'groups-left', 'access-freed'],
    differences: now === null ? [] : [{ what: 'Account', before: 'there', after: 'deleted' }],
    warnings:
      now === null
        ? []
        : ['k1ctl cannot bring a deleted account back. Without the AD Recycle Bin nobody can bring back its groups.'],
    look,
    bring: () =>
      changeAccount(ground, subject, user =>
        settle(
          () => remove(ground, user),
          async () => (await look()).state === 'holds',
        ),
      ),
  }
}

/** Phones that synced mail leave entries below the account of their owner. */
async function remove({ directory }: GoalGround, user: User): Promise<void> {
  try {
    await directory.remove(user.target, needs)
  } catch (error) {
    const code = resultOf(error)
    if (code === results.noSuchObject) return
    if (code !== results.notAllowedOnNonLeaf) throw error
    await directory.remove(user.target, needs, { withChildren: true })
  }
}
