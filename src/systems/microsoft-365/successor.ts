import { K1Error } from '../../core/errors.ts'
import type { GraphUser, Users } from './users.ts'

/** Whoever gets what the leaver had. @throws K1Error `refused` where it is nobody who could use it */
export async function findSuccessor(users: Users, leaverId: string, word: string): Promise<GraphUser> {
  const found = await users.find(word)
  const [heir] = found
  const refuse = (why: string) =>
    new K1Error('refused', `Nothing was handed over to ${word} in Microsoft 365: ${why}.`, {
      hint: 'Name somebody who has an active account there with --successor.',
    })
  if (heir === undefined) throw refuse('there is no such account')
  if (found.length > 1) throw refuse('several accounts match')
  if (heir.id === leaverId) throw refuse('it is the leaver')
  if (!heir.accountEnabled) throw refuse('the account is blocked')
  return heir
}
