import type { NoteSearch } from '../../core/account.ts'
import { K1Error } from '../../core/errors.ts'
import { partOf } from '../../core/parts.ts'
import { type JumpcloudClient, loginFields } from './client.ts'
import type { User } from './schemas.ts'

/** Everybody's ids by what they sign in with, in lower case. */
interface Spelled {
  people: number
  ids: Map<string, Set<string>>
}

/** Above this, nobody is looked for in other spellings: the list would take more than 50 requests. */
const mostPeople = 5000

/** From this look-up of a session on, many are looked for: reading the whole list costs less than three questions each. */
const manyPeople = 4

/**
 * Finds people by e-mail, alternate e-mail or log-in, exactly, ignoring case. Filters of API 1 mind upper and lower
 * case, so the word is asked for as it was given and in lower case, in which JumpCloud keeps e-mails; where that finds
 * nobody, the list is read once a session. Where many are looked for, the list comes first, each that it names is read by
 * itself, and whom it does not name is asked for like the first. `POST /search/systemusers` matches parts of words, and is not used.
 */
export function createUserFinder(client: JumpcloudClient) {
  let spelled: Promise<Spelled> | undefined
  let lookUps = 0
  let isListable = true

  async function byFilter(word: string): Promise<User[]> {
    const spellings = [...new Set([word, word.toLowerCase()])]
    const asked = spellings.flatMap(spelling => loginFields.map(field => client.usersBy(field, spelling)))
    return (await Promise.all(asked)).flat()
  }

  async function readSpellings(): Promise<Spelled> {
    const ids = new Map<string, Set<string>>()
    const count = await client.countUsers()
    if (count > mostPeople) {
      throw new K1Error(
        'contract',
        `Nobody was found by exactly this name, and ${count} people are too many to read.`,
        {
          hint: 'Give the e-mail or the username in the case that the JumpCloud Admin Portal shows.',
        },
      )
    }
    let people = 0
    for await (const user of client.userNames()) {
      people += 1
      for (const field of loginFields) {
        const name = user[field]?.toLowerCase()
        if (name) ids.set(name, (ids.get(name) ?? new Set()).add(user._id))
      }
    }
    return { people, ids }
  }

  async function bySpelling(word: string, told?: NoteSearch): Promise<User[]> {
    spelled ??= readSpellings()
    spelled.catch(() => {
      spelled = undefined
    })
    const { people, ids } = await spelled
    told?.(`the list of all ${people} people was read`)
    const named = ids.get(word.toLowerCase()) ?? []
    return (await Promise.all([...named].map(id => client.user(id)))).filter(user => user !== null)
  }

  /** Nobody where the list is too long, or may not be read: then each is asked for by name. */
  async function fromList(word: string, told?: NoteSearch): Promise<User[]> {
    const { value, error } = await partOf(bySpelling(word, told))
    if (error) isListable = false
    return value ?? []
  }

  return async function find(given: string, told?: NoteSearch): Promise<User[]> {
    const word = given.trim()
    if (!isLogin(word)) return []
    lookUps += 1
    const listed = lookUps < manyPeople || !isListable ? [] : await fromList(word, told)
    const named = listed.length > 0 ? listed : await byFilter(word)
    const found = named.length > 0 ? named : await bySpelling(word, told)
    const wanted = word.toLowerCase()
    const exact = found.filter(user => loginFields.some(field => user[field]?.toLowerCase() === wanted))
    return [...new Map(exact.map(user => [user._id, user])).values()]
  }
}

/** Characters that no log-in and no e-mail has, and that mean something in a filter. */
function isLogin(word: string): boolean {
  return word !== '' && !/[\s"*%:$()[\]{}<>,;\\|]/.test(word)
}
