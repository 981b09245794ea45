import type { Account } from '../core/account.ts'
import type { Refusal } from '../core/goal.ts'
import { withoutUnseen } from '../core/printable.ts'
import { quoted } from '../core/shell.ts'
import type { ProtectedPerson } from '../core/stores.ts'
import type { Identity } from '../core/system.ts'
import type { FoundAccount } from './unit.ts'

/** Several accounts of one system match: nobody can tell whose is meant. */
export function refuseSeveral(person: string, title: string, accounts: readonly Account[]): Refusal {
  const shown = accounts.map(a => `${a.login} (${a.name || a.email}, id ${a.id})`).join('; ')
  return {
    why: `${accounts.length} accounts in ${title} match ${person}: ${shown}.`,
    hint: 'Name the log-in that only one of them has.',
  }
}

/**
 * A log-in without a domain that belongs to one e-mail here and to another there: then it may be two people.
 */
export function refuseTwoPeople(person: string, found: readonly FoundAccount[]): Refusal | undefined {
  if (person.includes('@')) return undefined
  const named = new Map(found.map(({ title, account }) => [foldWord(account.email), `${account.email} in ${title}`]))
  named.delete('')
  if (named.size < 2) return undefined
  return { why: `${person} may be more than one person: ${[...named.values()].join('; ')}.`, hint: 'Name the e-mail.' }
}

/**
 * The first reason not to touch this person anywhere, or none.
 * @param beside their accounts in systems that nothing is done in; who k1ctl is there is among `operators`
 */
export function accountRefusalFor(
  person: string,
  found: readonly FoundAccount[],
  operators: ReadonlyMap<string, Identity>,
  protectedPeople: readonly ProtectedPerson[],
  beside: readonly FoundAccount[] = [],
): Refusal | undefined {
  const everything = [...found, ...beside]
  const words = new Set([person, ...everything.flatMap(f => [f.account.email, f.account.login])].map(foldWord))
  words.delete('')
  const isTheirs = (own: { system: string; id: string }) =>
    everything.some(({ system, account }) => system === own.system && account.id === own.id)
  const kept = protectedPeople.find(
    p => [p.person, ...(p.words ?? [])].some(word => words.has(foldWord(word))) || p.accounts?.some(isTheirs),
  )
  if (kept) {
    return {
      why: `${person} is protected${kept.reason ? `: ${kept.reason}` : ''}.`,
      hint: `If that is no longer so: k1ctl protect remove ${quoted(kept.person)}`,
    }
  }
  const ownEmails = new Set([...operators.values()].map(operator => foldWord(operator.email)))
  for (const { system, title, account } of everything) {
    // A log-in name says who it is in its own system only; an e-mail says it everywhere.
    const ownName = foldWord(operators.get(system)?.name ?? '')
    const words = [foldWord(account.email), foldWord(account.login)].filter(Boolean)
    if (words.some(word => ownEmails.has(word) || word === ownName)) {
      return {
        why: `${account.login} in ${title} is the account that k1ctl itself signs in with.`,
        hint: 'Connect with another account first.',
      }
    }
  }
  for (const { title, account } of found) {
    if (account.untouchable !== undefined) {
      // Nothing makes a root account touchable; the last of a kind is no longer it once there is another.
      const isLast = account.untouchable.startsWith('the last')
      return {
        why: `${account.login} in ${title}: ${account.untouchable}.`,
        ...(isLast ? { hint: 'Give the role to somebody else first.' } : {}),
      }
    }
  }
  return undefined
}

/** A word as it is compared: nothing that cannot be seen, and no other writing of it, makes another person. */
export function foldWord(word: string): string {
  return withoutUnseen(word.normalize('NFKC')).trim().toLowerCase()
}
