import { cut } from '../../core/printable.ts'
import type { Directory } from './directory.ts'
import { resultOf, results } from './failure.ts'
import { isSameDn, rdn, rdnValue, splitDn } from './names.ts'
import type { User } from './user.ts'

const longestName = 64
const needs = 'Delete User objects and Write name where the account is, and Create User objects in the other OU'

/** In an OU a name is there once; the log-in is there once in the whole domain. */
export async function moveUser(directory: Directory, user: User, name: string, place: string): Promise<void> {
  const now = splitDn(user.dn)
  if (isSameDn(now.parent, place) && rdnValue(now.rdn) === name) return
  try {
    await directory.rename(user.target, rdn('CN', name), place, needs)
  } catch (error) {
    if (resultOf(error) !== results.entryAlreadyExists || isSameDn(now.parent, place)) throw error
    const suffix = ` (${user.login})`
    await directory.rename(user.target, rdn('CN', cut(name, longestName - suffix.length) + suffix), place, needs)
  }
}
