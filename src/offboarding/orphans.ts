import type { Account } from '../core/account.ts'
import { K1Error } from '../core/errors.ts'

/**
 * `gone`: active in the system, and the authority has no such account. `disabled`: it has, and none that is active.
 * `unmatched`: the account has no e-mail, and its log-in is unknown to the authority: a service account, or somebody.
 */
export type OrphanState = 'gone' | 'disabled' | 'unmatched'

export interface Orphan {
  account: Account
  state: OrphanState
}

/** Who is active in the authority, by every word that an account there goes by, in lower case. */
export type Authority = ReadonlyMap<string, boolean>

/**
 * Reads all accounts of the authority.
 * @param tellUnseen told of how many of them nobody could see whether they are active; they count as active
 * @throws K1Error `refused` when it has none: then everybody everywhere would be an orphan
 */
export async function readAuthority(
  accounts: AsyncIterable<Account>,
  title: string,
  tellUnseen: (count: number) => void = () => {},
): Promise<Authority> {
  const active = new Map<string, boolean>()
  let unseen = 0
  for await (const account of accounts) {
    if (account.activeUnseen) unseen += 1
    for (const word of [account.email, account.login].map(fold)) {
      if (word !== '') active.set(word, account.active || active.get(word) === true)
    }
  }
  if (unseen > 0) tellUnseen(unseen)
  if (active.size > 0) return active
  throw new K1Error('refused', `${title} lists no account at all; compared with it, everybody would be an orphan.`, {
    hint: 'Look whether the connection sees the right tenant: k1ctl doctor',
  })
}

/**
 * The accounts of a system that are active there and not in the authority. An account is matched by its e-mail, and by
 * its log-in where nobody has that e-mail; upper and lower case make no difference.
 */
export async function* findOrphans(authority: Authority, accounts: AsyncIterable<Account>): AsyncGenerator<Orphan> {
  for await (const account of accounts) {
    const state = account.active ? stateOf(authority, account) : null
    if (state !== null) yield { account, state }
  }
}

function stateOf(authority: Authority, { email, login }: Account): OrphanState | null {
  const active = authority.get(fold(email)) ?? authority.get(fold(login))
  if (active !== undefined) return active ? null : 'disabled'
  return email.trim() !== '' || login.includes('@') ? 'gone' : 'unmatched'
}

function fold(word: string): string {
  return word.trim().toLowerCase()
}
