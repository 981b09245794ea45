import type { Directory } from './directory.ts'
import type { Domain } from './domain.ts'
import type { Entry } from './entry.ts'
import { guidBase } from './ids.ts'
import { filter } from './names.ts'
import { lastLogOn, readUser, type User, userAttributes } from './user.ts'

/** What is left of a deleted account. */
export interface Tombstone {
  id: string
  dn: string
  lastPlace: string | undefined
}

/** What is to be seen of an account by its id. `unseen`: neither it nor its tombstone, or not for us to see. */
export type Sight =
  | { state: 'live'; user: User }
  | { state: 'tombstone'; tombstone: Tombstone }
  | { state: 'unseen'; why: string }

export interface Users {
  find(word: string): Promise<User[]>
  /** Those people whose SID is one of these. */
  withSids(sids: readonly string[]): Promise<User[]>
  see(id: string): Promise<Sight>
  list(): AsyncIterable<User>
  count(): Promise<number>
}

const people = '(objectCategory=person)(objectClass=user)'

export function createUsers(directory: Directory, domain: Domain): Users {
  async function search(condition: string): Promise<User[]> {
    const entries = await directory.search(domain.base, {
      filter: `(&${people}${condition})`,
      attributes: userAttributes,
    })
    return entries.map(readUser)
  }

  return {
    async find(given) {
      const word = given.trim()
      const [, ofDomain, login] = /^([^\\@]+)\\([^\\@]+)$/.exec(word) ?? []
      if (ofDomain !== undefined && login !== undefined) {
        const isOurs = fold((await domain.netbiosName()) ?? '') === fold(ofDomain)
        return isOurs ? (await search(filter`(sAMAccountName=${login})`)).filter(isExactly(login, ['login'])) : []
      }
      if (word === '') return []
      const asAddress = `smtp:${word}`
      const found = (
        await search(
          filter`(|(userPrincipalName=${word})(sAMAccountName=${word})(mail=${word})(proxyAddresses=${asAddress}))`,
        )
      ).filter(isExactly(word, ['login', 'principalName', 'mail', 'addresses']))
      // Everybody may sign in as login@domain, as long as nobody has that as their principal name.
      const at = word.lastIndexOf('@')
      if (found.length > 0 || at < 1 || fold(word.slice(at + 1)) !== fold(domain.name)) return found
      const local = word.slice(0, at)
      return (await search(filter`(sAMAccountName=${local})`)).filter(isExactly(local, ['login']))
    },

    withSids: sids => search(`(|${sids.map(sid => filter`(objectSid=${sid})`).join('')})`),

    async see(id) {
      const base = guidBase(id)
      if (base === undefined) return { state: 'unseen', why: 'That is no id of Active Directory.' }
      const entry = await directory.read(base, { attributes: userAttributes })
      if (entry !== null) return { state: 'live', user: readUser(entry) }
      const gone = await directory.read(base, { attributes: ['isDeleted', 'lastKnownParent'], deleted: true })
      if (gone?.text('isDeleted')?.toUpperCase() === 'TRUE')
        return { state: 'tombstone', tombstone: readTombstone(id, gone) }
      return {
        state: 'unseen',
        why:
          'Neither the account nor its tombstone is shown: it is long gone, or the account of k1ctl may not read ' +
          'where it is now (a deleted one is in CN=Deleted Objects).',
      }
    },

    async *list() {
      const attributes = [...userAttributes, lastLogOn]
      const pages = directory.pages(domain.base, { filter: `(&${people})`, attributes })
      for await (const page of pages) for (const entry of page) yield readUser(entry)
    },

    async count() {
      let count = 0
      const pages = directory.pages(domain.base, { filter: `(&${people})`, attributes: ['1.1'] })
      for await (const page of pages) count += page.length
      return count
    },
  }
}

/** Active Directory takes letters with and without accents for the same; people do not. */
function isExactly(word: string, where: readonly ('login' | 'principalName' | 'mail' | 'addresses')[]) {
  const wanted = fold(word)
  return (user: User) => {
    const values = {
      login: [user.login],
      principalName: [user.principalName],
      mail: user.entry.texts('mail'),
      addresses: user.entry.texts('proxyAddresses').flatMap(a => (/^smtp:/i.test(a) ? [a.slice(5)] : [])),
    }
    return where.some(place => values[place].some(value => fold(value) === wanted))
  }
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

function readTombstone(id: string, entry: Entry): Tombstone {
  return { id, dn: entry.dn, lastPlace: entry.text('lastKnownParent') }
}
