import type { Account, NoteReading } from '../core/account.ts'
import { asK1Error, K1Error } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import { quoted } from '../core/shell.ts'
import type { ProtectedPerson } from '../core/stores.ts'
import type { Identity, Session } from '../core/system.ts'
import type { Unreached } from '../engine/plan.ts'
import type { SentBefore } from './account-goals.ts'
import type { Beside } from './beside.ts'
import type { OffboardOptions } from './options.ts'
import type { Reachable, Unit } from './unit.ts'

export interface PlanPersonFacts {
  unit: Unit
  reachables: readonly Reachable[]
  options: OffboardOptions
  /** Asked once everybody was looked for, right before anything is planned. */
  protectedPeople(): Promise<readonly ProtectedPerson[]>
  /** Systems that are connected and left out; absent where none is. */
  beside?: Beside
  clock: Clock
  /** Accounts that an earlier process found: they are looked at by id, also when they are gone by now. */
  known?: readonly { system: string; account: Account }[]
  /** What an earlier process has sent. */
  earlier?: SentBefore
  asking?: Asking
}

/** Told of each system that is asked; what it answers is called once the system has answered. */
export type Asking = (system: string) => () => void

export interface PersonSearch {
  reachable: Reachable
  session: Session
  identity: Identity
  accounts: Account[]
  /** What was asked for; empty where an earlier process had found the account. */
  words: readonly string[]
  /** What finding them has read, by account and name. */
  known: Map<string, Record<string, unknown>>
  /** How they were looked for, as the system tells it. */
  steps: Set<string>
}

/**
 * Looks by the word that was given. A log-in is often another one in each system, so systems that know nobody by it are
 * asked for the e-mail that goes with it elsewhere. An e-mail is not followed to another one: it may be a shared one.
 */
export async function everywhere(facts: PlanPersonFacts): Promise<(PersonSearch | Unreached)[]> {
  const open = facts.reachables.filter(r => r.open)
  const searches = await Promise.all(open.map(r => search(facts, r)))
  if (facts.unit.person.includes('@')) return searches
  const found = searches.flatMap(s => (isUnreached(s) ? [] : s.accounts))
  const words = new Set(found.map(account => account.email.trim().toLowerCase()))
  words.delete('')
  if (words.size === 0) return searches
  return Promise.all(
    searches.map(one => (isUnreached(one) || one.accounts.length > 0 ? one : searchMore(one, [...words]))),
  )
}

async function searchMore(before: PersonSearch, words: readonly string[]): Promise<PersonSearch | Unreached> {
  const { reachable, session, known, steps } = before
  try {
    const found = await Promise.all(
      words.map(word => session.people?.find(word, noteIn(known), step => steps.add(step)) ?? []),
    )
    const accounts = [...new Map(found.flat().map(account => [account.id, account])).values()]
    return { ...before, accounts, words: [...before.words, ...words] }
  } catch (error) {
    return unreachedBy(reachable, error)
  }
}

/** Systems where an earlier process found an account, and that nobody is connected to any more. */
export function disconnected({ known = [], unit, reachables }: PlanPersonFacts): Unreached[] {
  const gone = known.map(k => k.system).filter(system => !reachables.some(r => r.id === system && r.open))
  return gone.map(system => {
    const { tenant } = unit
    const error = new K1Error('not-set-up', `${system} is not connected for ${tenant} any more.`, {
      hint: `k1ctl connect ${system} --tenant ${quoted(tenant)}`,
    })
    return { tenant, system, reach: 'by-hand', error }
  })
}

/** One system may fail at each of its goals, for the same reason. */
export function onceEach(unreached: readonly Unreached[]): Unreached[] {
  return [...new Map(unreached.map(u => [`${u.system}\n${u.error.message}`, u])).values()]
}

/** Without an endpoint KaseyaOne is still everybody's: its part is done by hand. Other systems may not be in use. */
export function byHandHere({ about }: Reachable): boolean {
  return about.isEverybodys === true && (about.accountSteps ?? []).length > 0
}

async function search(
  { unit, known, asking }: PlanPersonFacts,
  reachable: Reachable,
): Promise<PersonSearch | Unreached> {
  const answered = asking?.(reachable.id)
  try {
    const session = await reachable.open?.()
    if (!session?.people) throw new K1Error('internal', `${reachable.title} cannot look up people.`)
    const kept = known?.filter(k => k.system === reachable.id)
    const readings: PersonSearch['known'] = new Map()
    const steps = new Set<string>()
    const isKept = kept !== undefined && kept.length > 0
    const [identity, accounts] = await Promise.all([
      session.check(),
      isKept ? kept.map(k => k.account) : session.people.find(unit.person, noteIn(readings), step => steps.add(step)),
    ])
    return { reachable, session, identity, accounts, words: isKept ? [] : [unit.person], known: readings, steps }
  } catch (error) {
    return unreachedBy(reachable, error)
  } finally {
    answered?.()
  }
}

function noteIn(known: PersonSearch['known']): NoteReading {
  return (account, name, value) => known.set(account, { ...known.get(account), [name]: value })
}

export function unreachedBy({ tenant, id, about }: Reachable, error: unknown): Unreached {
  return { tenant, system: id, reach: about.reach, error: asK1Error(error) }
}

export function isUnreached<T extends object>(value: T | Unreached): value is Unreached {
  return 'error' in value
}
