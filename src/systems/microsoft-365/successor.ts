import { z } from 'zod'
import { K1Error } from '../../core/errors.ts'
import { path } from '../../http/client.ts'
import type { Graph } from './graph.ts'
import { isNotFound } from './graph-error.ts'
import type { GraphUser, Users } from './users.ts'

const hint = 'Name somebody who has an active account there with --successor.'

/** Whoever gets what the leaver had. @throws K1Error `refused` where it is nobody who could use it */
export async function findSuccessor(users: Users, leaverId: string, word: string): Promise<GraphUser> {
  const found = await users.find(word)
  const [heir] = found
  const refuse = (why: string) => refusal(`Nothing was handed over to ${word} in Microsoft 365: ${why}.`)
  if (heir === undefined) throw refuse('there is no such account')
  if (found.length > 1) throw refuse('several accounts match')
  if (heir.id === leaverId) throw refuse('it is the leaver')
  if (!heir.accountEnabled) throw refuse('the account is blocked')
  return heir
}

/** Their manager, as Entra has it. @throws K1Error `refused` */
export async function managerAsSuccessor(graph: Graph, users: Users, leaverId: string): Promise<GraphUser> {
  const manager = await managerOf(graph, leaverId)
  const heir = manager === null ? null : await users.user(manager)
  if (heir === null) throw refusal('Nothing was handed over to their manager: Microsoft 365 names none.')
  if (!heir.accountEnabled) {
    throw refusal(`Nothing was handed over to their manager: the account ${heir.userPrincipalName} is blocked.`)
  }
  return heir
}

/** Null: Entra names nobody. */
export async function managerOf(graph: Graph, userId: string): Promise<string | null> {
  try {
    const where = path`/users/${userId}/manager`
    return (await graph.get(where, z.object({ id: z.string().min(1) }), { $select: 'id' })).id
  } catch (error) {
    if (isNotFound(error)) return null
    throw error
  }
}

function refusal(sentence: string): K1Error {
  return new K1Error('refused', sentence, { hint })
}
