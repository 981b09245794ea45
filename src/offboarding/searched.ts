import type { Account } from '../core/account.ts'
import type { Identity } from '../core/system.ts'
import type { Reachable, Searched } from './unit.ts'

interface Search {
  reachable: Reachable
  identity: Identity
  accounts: readonly Account[]
  /** Empty where an earlier process had found the account: then it is looked at by its id. */
  words: readonly string[]
  steps: ReadonlySet<string>
}

/** How one system was searched, for whoever asks later whether anything was overlooked there. */
export function searchedIn({ reachable, identity, accounts, words, steps }: Search): Searched {
  const { id, about } = reachable
  const blind = blindness(reachable, accounts, words)
  const found = accounts.filter(account => !account.assumed).length
  return {
    system: id,
    by: words.length === 0 ? 'id' : (about.searchedBy ?? 'e-mail or log-in'),
    accounts: found,
    words,
    ...(identity.tenant === '' ? {} : { within: identity.tenant }),
    ...(steps.size === 0 ? {} : { steps: [...steps] }),
    ...(blind === undefined ? {} : { blind }),
    ...(found > 0 || about.absence === undefined ? {} : { note: about.absence }),
  }
}

/** Why nobody found there is no proof that there is nobody. */
function blindness(
  { about, title }: Reachable,
  accounts: readonly Account[],
  words: readonly string[],
): string | undefined {
  if (accounts.some(account => account.assumed)) return `${title} cannot look anybody up.`
  if (about.searchesEmailOnly && accounts.length === 0 && words.length > 0 && !words.some(word => word.includes('@'))) {
    return `${title} looks people up by e-mail only, and no e-mail is known.`
  }
  return undefined
}

/** Those where nobody was found. */
export function notFoundIn(searched: readonly Searched[]): Searched[] {
  return searched.filter(one => one.accounts === 0)
}

/** The sentence for a person about whom all else is proved. */
export function blindText(searched: readonly Searched[]): string | undefined {
  const blind = searched.flatMap(one => one.blind ?? [])
  return blind.length === 0 ? undefined : `Whether there is an account, nobody can tell: ${blind.join(' ')}`
}
