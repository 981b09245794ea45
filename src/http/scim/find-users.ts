import type { NoteSearch } from '../../core/account.ts'
import type { Clock } from '../../core/ports.ts'
import type { FoundUsers } from './client.ts'
import { isFilterRefused } from './error.ts'
import { anyOf, comparison, type Filter } from './filter.ts'
import type { ScimUser } from './schemas.ts'
import type { FilterUse, ScimServer } from './server.ts'

/** Finds users by e-mail, alias or log-in, exactly and ignoring case, whatever the server can filter by. */
export interface UserFinder {
  find(word: string, told?: NoteSearch): Promise<ScimUser[]>
}

export interface UserFinderOptions {
  clock: Clock
  /** False where a server may compare to the letter, although the standard ignores case: then it is tried. */
  ignoresCase: boolean
}

/** Everybody: how many they are, and their ids by all that they may be called by. */
interface Register {
  people: number
  named: Map<string, string[]>
}

/** So long a list of everybody is good enough to look a person up in; who is found is read anew. */
const registerMs = 300_000

export function createUserFinder(server: ScimServer, { clock, ignoresCase }: UserFinderOptions): UserFinder {
  const { client } = server
  let register: { at: number; read: Promise<Register> } | undefined
  let caseIgnored: Promise<boolean> | undefined = ignoresCase ? Promise.resolve(true) : undefined

  /** Undefined when the server does not take the filter. */
  async function ask(use: FilterUse, filter: Filter, isPlain: boolean): Promise<FoundUsers | undefined> {
    if (!(await server.filters(use))) return undefined
    try {
      return await client.findUsers(filter)
    } catch (error) {
      if (!isFilterRefused(error)) throw error
      // Some servers stumble over a quotation mark in a value, and over nothing else.
      if (isPlain) server.noteFilterRefused(use)
      return undefined
    }
  }

  /** In one request, or in two where the server cannot do `or`; undefined when it can do neither. */
  async function byFilter(words: readonly [string, ...string[]]): Promise<FoundUsers | undefined> {
    const [first, ...more] = words
    const isPlain = !/["\\]/.test(first)
    const equals = (attribute: string): Filter =>
      anyOf(comparison(attribute, 'eq', first), ...more.map(word => comparison(attribute, 'eq', word)))
    const anywhere = await ask('word-anywhere', anyOf(equals('userName'), equals('emails.value')), isPlain)
    if (anywhere !== undefined) return anywhere
    // Each by itself: what the server can look up by is asked, whatever else it refuses.
    const byEmail = await ask('emails', equals('emails.value'), isPlain)
    const byName = await ask('userName', equals('userName'), isPlain)
    const users = [...(byEmail?.users ?? []), ...(byName?.users ?? [])]
    const isWhole = byEmail?.isWhole === true && byName?.isWhole === true
    return (byEmail && byName) || users.length > 0 ? { users, isWhole } : undefined
  }

  /** Somebody else may have the word as an alias, so all are read before anybody is said not to exist. */
  async function byRegister(word: string, told?: NoteSearch): Promise<ScimUser[]> {
    const now = clock.now().getTime()
    if (register === undefined || now - register.at > registerMs) register = { at: now, read: readRegister() }
    const { people, named } = await register.read
    told?.(`the list of all ${people} people was read`)
    const ids = named.get(word) ?? []
    const users = await Promise.all(ids.map(id => server.user(id)))
    return users.flatMap(user => (user !== null && wordsOf(user).includes(word) ? [user] : []))
  }

  async function readRegister(): Promise<Register> {
    const named: Register['named'] = new Map()
    let people = 0
    try {
      for await (const user of client.users()) {
        people += 1
        for (const word of new Set(wordsOf(user))) named.set(word, [...(named.get(word) ?? []), user.id])
      }
      return { people, named }
    } catch (error) {
      register = undefined
      throw error
    }
  }

  /** Tried once a session, with somebody who is there: are they found by their words in the other case? */
  function tryCase(): Promise<boolean> {
    caseIgnored ??= isCaseIgnored().catch((error: unknown) => {
      caseIgnored = undefined
      throw error
    })
    return caseIgnored
  }

  async function isCaseIgnored(): Promise<boolean> {
    for await (const user of client.users()) {
      if (user.userName === '') continue
      const email = user.emails?.[0]?.value
      const tries = [comparison('userName', 'eq', otherCase(user.userName))]
      if (email !== undefined) tries.push(comparison('emails.value', 'eq', otherCase(email)))
      for (const filter of tries) {
        const found = await client.findUsers(filter).catch((error: unknown) => {
          if (isFilterRefused(error)) return { users: [] }
          throw error
        })
        if (!found.users.some(one => one.id === user.id)) return false
      }
      return true
    }
    return true
  }

  async function search(folded: string, typed: string, told?: NoteSearch): Promise<ScimUser[]> {
    const found = await byFilter(typed === folded ? [folded] : [folded, typed])
    if (found === undefined) return byRegister(folded, told)
    told?.('the service was asked by filter')
    // The server's word is not taken for it: some ignore a filter.
    const { exact, isProof } = judge(found, folded)
    return exact.length > 0 || (isProof && (await tryCase())) ? exact : byRegister(folded, told)
  }

  return {
    async find(word, told) {
      const typed = word.trim()
      if (typed === '') return []
      const folded = fold(typed)
      const found = await search(folded, typed, told)
      return [...new Map(found.map(user => [user.id, user])).values()]
    },
  }
}

/**
 * Who of them is called exactly that. The server's word is not taken for it: one that shows anybody else ignores its
 * filter, and then, as where the pages do not add up, nobody among them is no proof of nobody.
 * @param word folded
 */
export function judge({ users, isWhole }: FoundUsers, word: string): { exact: ScimUser[]; isProof: boolean } {
  const exact = users.filter(user => wordsOf(user).includes(word))
  return { exact, isProof: isWhole && exact.length === users.length }
}

/** All that a person may be called by, folded. */
export function wordsOf(user: ScimUser): string[] {
  return [user.userName, ...(user.emails ?? []).map(email => email.value)].map(fold).filter(word => word !== '')
}

function fold(word: string): string {
  return word.trim().toLowerCase()
}

/** Every letter the other way round; nothing changes where there is no letter, and then nothing is to be learned. */
function otherCase(word: string): string {
  const upper = word.toUpperCase()
  return word === upper ? word.toLowerCase() : upper
}
