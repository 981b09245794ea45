import type { Account } from '../core/account.ts'
import { foldWord } from '../offboarding/guard.ts'
import type { Reachable } from '../offboarding/unit.ts'
import type { Context } from './command.ts'
import { type Hit, searchPeople } from './people-search.ts'

/** Somebody who may be meant, and where they are. */
export interface FoundPerson {
  name: string
  /** E-mail, else log-in. */
  who: string
  systems: string[]
  /** In one of them at least. */
  isActive: boolean
}

/** "BMS, Graphus", or a number where a list would bury who is meant. */
export function placesText(titles: readonly string[]): string {
  return titles.length > 3 ? `in ${titles.length} systems` : titles.join(', ')
}

/** Longer words are names, in which one letter more is easily off. */
const slips = (word: string) => (word.length < 4 ? 0 : word.length < 5 ? 1 : 2)

/**
 * Up to three people whom somebody who typed this may mean, by e-mail, log-in or display name, over all systems that are
 * connected. Off by a letter or two, or the same name under another address; no more, for a wrong person is worse
 * than none.
 */
export async function nearestPeople(
  { app }: Pick<Context, 'app'>,
  places: readonly Reachable[],
  text: string,
): Promise<FoundPerson[]> {
  const typed = wordsOf(text)
  if (typed.length === 0) return []
  const distance = await app.letterDistance()
  const isNear = (word: string, other: string) => distance(word, other) <= slips(word)
  const fits = ({ name, email, login }: Account) =>
    [name, email, login].some(text => {
      const others = wordsOf(text)
      return typed.length <= others.length && typed.every(word => others.some(other => isNear(word, other)))
    })
  const { hits } = await searchPeople(places, fits)
  const people = foundPeople(hits)
  const order = await app.nearest(
    text,
    people.map(p => p.who),
  )
  const rank = ({ who }: FoundPerson) => (order.includes(who) ? order.indexOf(who) : order.length)
  return people.sort((a, b) => rank(a) - rank(b)).slice(0, 3)
}

/** "Diego Torres", `diego.torres@ironbridge.example` and `torres_diego` are the words diego and torres. */
function wordsOf(text: string): string[] {
  const [local = ''] = foldWord(text).split('@')
  return local
    .replace(/['’`]/g, '')
    .split(/[\s._+-]+/)
    .filter(word => word.length > 1)
}

/** Accounts with the same e-mail, or the same log-in where there is none, as one person. */
export function foundPeople(hits: readonly Hit[]): FoundPerson[] {
  const people = new Map<string, FoundPerson>()
  for (const { system, account } of hits) {
    const who = account.email || account.login
    const known = people.get(foldWord(who)) ?? { name: account.name, who, systems: [], isActive: false }
    if (!known.systems.includes(system)) known.systems.push(system)
    known.isActive ||= account.active
    people.set(foldWord(who), known)
  }
  return [...people.values()]
}
