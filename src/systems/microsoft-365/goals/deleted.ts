import type { OldAccountGoal as AccountGoal, OldStanding as Standing } from '../../../core/old-goal.ts'
import { waitFor } from '../../../http/wait-for.ts'
import { deleteUser } from '../write.ts'
import { type Ground, type Subject, settled } from './ground.ts'
import { follows, isSynced, stepsInActiveDirectory } from './sign-in.ts'

/** The account is gone, to the deleted users. Who is synced is deleted in Active Directory. */
export function deleted(ground: Ground, subject: Subject): AccountGoal {
  const { account, now, options } = subject
  const { clock, signal } = ground
  const look = async (): Promise<Standing> => {
    const user = await ground.users.user(account.id)
    if (user === null) return { state: 'holds', reading: { deleted: true } }
    return { state: 'not-yet', reading: { deleted: false, id: user.id, login: user.userPrincipalName } }
  }
  const base = {
    kind: 'deleted',
    reach: 'api',
    summary: 'The account is deleted',
    effect: 'irreversible',
    repeatable: true,
    after: ['sign-in-blocked'],
    behind: ['groups-left', 'access-freed', 'data-handed-over', 'devices-released'],
    differences: now === null ? [] : [{ what: 'Account', before: 'there', after: 'deleted' }],
    warnings: now === null ? [] : ['For 30 days the account can be restored in the Entra admin center, Deleted users.'],
    look,
  } satisfies AccountGoal
  if (!isSynced(subject)) {
    const remove = () => ground.guarded(account.id, user => ground.graph.write(deleteUser(user.id)))
    return { ...base, bring: () => settled(ground, remove, look) }
  }
  if (options.present.has(follows.system)) {
    return { ...base, follows, bring: () => waitFor(look, { clock, signal, waitMs: options.waitMs }) }
  }
  return { ...base, byHand: stepsInActiveDirectory(account.login, 'delete the account') }
}
