import type { Account } from '../../core/account.ts'
import { readDenial } from './denial.ts'
import type { Iam } from './iam.ts'
import type { IdentityCenter } from './identity-center.ts'
import { centerEmails, foldName, iamNameFor } from './names.ts'
import { readWho } from './read-account.ts'

interface Sources {
  iam: Iam
  directory: IdentityCenter | null
  rule: 'email' | 'local-part'
}

/**
 * Everybody in Identity Center with the IAM user of the same name, then the IAM users that are left. Roles and tags are
 * not asked for here: they would cost several calls for each; whether somebody may do anything costs one or two.
 */
export async function* listAccounts({ iam, directory, rule }: Sources): AsyncIterable<Account> {
  const users = new Map((await iam.users()).map(user => [foldName(user.UserName), user]))

  for await (const page of directory?.users() ?? []) {
    for (const person of page) {
      const names = [person.UserName ?? '', ...centerEmails(person)].map(word => iamNameFor(word, rule))
      const user = names.map(name => users.get(name)).find(one => one !== undefined)
      if (user) users.delete(foldName(user.UserName))
      const found = { center: person, ...(user ? { iam: user } : {}) }
      const open = (await directory?.assignments(person.UserId)) ?? []
      const active = open.length > 0 || (user !== undefined && (await readDenial(iam, user)) === null)
      yield { ...readWho(found, directory?.storeId ?? ''), active, roles: [], ...lastSignIn(user) }
    }
  }
  for (const user of users.values()) {
    const active = (await readDenial(iam, user)) === null
    yield { ...readWho({ iam: user }, ''), active, roles: [], ...lastSignIn(user) }
  }
}

/** By password, at the console: what the list tells along. */
function lastSignIn(user: { PasswordLastUsed?: string | undefined } | undefined): { lastSignIn?: string } {
  const at = new Date(user?.PasswordLastUsed ?? Number.NaN)
  return Number.isNaN(at.getTime()) ? {} : { lastSignIn: at.toISOString() }
}
