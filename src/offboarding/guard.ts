import type { Account } from '../core/account.ts'
import type { Identity } from '../core/system.ts'
import type { FoundAccount } from './unit.ts'

export interface Refusal {
  why: string
  hint?: string
}

export interface ProtectedPerson {
  person: string
  reason: string | null
}

/** Several accounts of one system match: nobody can tell whose is meant. */
export function refuseSeveral(person: string, title: string, accounts: readonly Account[]): Refusal {
  const shown = accounts.map(a => `${a.login} (${a.name || a.email}, id ${a.id})`).join('; ')
  return {
    why: `${accounts.length} accounts in ${title} match ${person}: ${shown}.`,
    hint: 'Name the log-in that only one of them has.',
  }
}

/** The first reason not to touch this person anywhere, or none. */
export function refusalFor(
  person: string,
  found: readonly FoundAccount[],
  operators: ReadonlyMap<string, Identity>,
  protectedPeople: readonly ProtectedPerson[],
): Refusal | undefined {
  const words = new Set([person, ...found.flatMap(f => [f.account.email, f.account.login])].map(fold).filter(Boolean))
  const kept = protectedPeople.find(p => words.has(fold(p.person)))
  if (kept) {
    return {
      why: `${person} is protected${kept.reason ? `: ${kept.reason}` : ''}.`,
      hint: `k1ctl protect remove ${kept.person}, if that is no longer so.`,
    }
  }
  for (const { system, title, account } of found) {
    const operator = operators.get(system)
    if (operator && [operator.email, operator.name].map(fold).some(word => word !== '' && isNamed(account, word))) {
      return {
        why: `${account.login} is the account that k1ctl itself signs in to ${title} with.`,
        hint: 'Connect with another account first.',
      }
    }
    if (account.untouchable !== undefined) {
      return {
        why: `${account.login} in ${title}: ${account.untouchable}.`,
        hint: 'Make somebody else an administrator first.',
      }
    }
  }
  return undefined
}

function isNamed(account: Account, word: string): boolean {
  return fold(account.email) === word || fold(account.login) === word
}

function fold(word: string): string {
  return word.trim().toLowerCase()
}
