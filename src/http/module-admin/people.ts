import { distance } from 'fastest-levenshtein'
import { isK1Error } from '../../core/errors.ts'
import type { ModuleUser } from '../../core/features.ts'
import type { ScimClient } from '../scim/client.ts'
import { anyOf, comparison } from '../scim/filter.ts'
import { judge, wordsOf } from '../scim/find-users.ts'
import { emailOf, nameOf, readActive } from '../scim/read-account.ts'
import type { ScimUser } from '../scim/schemas.ts'

const mostNear = 5
/** So many candidates are compared for "did you mean". */
const mostCandidates = 100

/**
 * Users whose e-mail or log-in is exactly `text`, ignoring case; and where there is none, those who are spelled alike.
 */
export async function findModuleUsers(
  scim: ScimClient,
  title: string,
  text: string,
): Promise<{ exact: ModuleUser[]; near: ModuleUser[] }> {
  const wanted = text.trim().toLowerCase()
  if (wanted === '') return { exact: [], near: [] }
  const filter = anyOf(comparison('userName', 'eq', wanted), comparison('emails.value', 'eq', wanted))
  const found = judge(await scim.findUsers(filter), wanted)
  const exact = found.exact.length > 0 || found.isProof ? found.exact : await amongAll(scim, wanted)
  return {
    exact: exact.map(user => readUser(title, user)),
    near: exact.length > 0 ? [] : await near(scim, title, wanted),
  }
}

/** @throws K1Error `contract` when the list is not whole */
async function amongAll(scim: ScimClient, wanted: string): Promise<ScimUser[]> {
  const exact: ScimUser[] = []
  for await (const user of scim.users()) if (wordsOf(user).includes(wanted)) exact.push(user)
  return exact
}

async function near(scim: ScimClient, title: string, wanted: string): Promise<ModuleUser[]> {
  const local = wanted.split('@')[0] || wanted
  const longest = local.split(/[^\p{L}\p{N}]+/u).reduce((one, other) => (other.length > one.length ? other : one), '')
  const start = comparison('userName', 'sw', local.slice(0, 2))
  let candidates: ScimUser[]
  try {
    const filter = longest.length > 2 ? anyOf(comparison('userName', 'co', longest), start) : start
    candidates = (await scim.findUsers(filter, mostCandidates)).users
  } catch (error) {
    // "Did you mean" is a courtesy: a server that cannot filter like this does not make the look-up fail.
    if (isK1Error(error) && error.kind === 'rejected') return []
    throw error
  }
  return candidates
    .map(user => ({ user, far: Math.min(...spellings(user, wanted).map(word => distance(word, wanted))) }))
    .filter(({ far }) => far <= Math.max(3, wanted.length / 3))
    .sort((a, b) => a.far - b.far || a.user.userName.localeCompare(b.user.userName))
    .slice(0, mostNear)
    .map(({ user }) => readUser(title, user))
}

/** What is compared with a slip: whole words, or only what stands before the @ where no domain was given. */
function spellings(user: ScimUser, wanted: string): string[] {
  if (wanted.includes('@')) return wordsOf(user)
  return wordsOf(user).flatMap(word => [word, word.split('@')[0] ?? word])
}

function readUser(title: string, user: ScimUser): ModuleUser {
  const active = readActive(title, user, true) === true
  return { id: user.id, name: nameOf(user), email: emailOf(user), active }
}
