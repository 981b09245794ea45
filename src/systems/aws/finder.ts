import type { Clock } from '../../core/ports.ts'
import type { Iam, IamUser } from './iam.ts'
import type { CenterUser, IdentityCenter } from './identity-center.ts'
import { keptFor } from './kept-for.ts'
import { centerEmails, foldName, iamEmail, iamNameFor, taggedEmail } from './names.ts'

export interface Found {
  iam?: IamUser
  center?: CenterUser
}

export interface Finder {
  find(word: string): Promise<Found[]>
}

interface FinderOptions {
  iam: Iam
  center: () => Promise<IdentityCenter | null>
  clock: Clock
  rule: 'email' | 'local-part'
}

/** Finds what one person has in IAM and in Identity Center, by e-mail or log-in, exactly but for upper and lower case. */
export function createFinder({ iam, center, clock, rule }: FinderOptions): Finder {
  // Whoever is found in a list is read again, so an old one shows nobody who is gone.
  const iamNames = keptFor(
    async () => new Map((await iam.users()).map(one => [foldName(one.UserName), one.UserName])),
    clock,
  )
  const directory = keptFor(async () => indexOf(await center()), clock)

  /**
   * The IAM user that is called like this person. Where only the first half of an e-mail is the name, it may be that of
   * a namesake with another domain: then the tag with the e-mail tells, if there is one.
   */
  async function iamUserFor(word: string): Promise<IamUser | undefined> {
    const folded = foldName(word)
    const known = await iamNames()
    const name = known.get(folded) ?? known.get(iamNameFor(word, rule))
    const user = name === undefined ? undefined : await iam.user(name)
    if (user === undefined) return undefined
    const email = foldName(taggedEmail(user))
    return folded.includes('@') && email !== '' && email !== folded && foldName(user.UserName) !== folded
      ? undefined
      : user
  }

  /** Asks for the exact words first; the whole directory only when nobody has them. */
  async function centerUsersFor(word: string): Promise<CenterUser[]> {
    const store = await center()
    if (store === null) return []
    const words = [...new Set([word.trim(), foldName(word)])].filter(one => /^[^\s*]{1,128}$/.test(one))
    const asked = words.flatMap(one => [
      store.userIdBy('userName', one),
      ...(one.includes('@') ? [store.userIdBy('emails.value', one)] : []),
    ])
    const ids = new Set((await Promise.all(asked)).filter(id => id !== undefined))
    if (ids.size === 0) for (const id of (await directory()).get(foldName(word)) ?? []) ids.add(id)
    const users = await Promise.all([...ids].map(id => store.user(id)))
    return users.filter(user => user !== undefined).filter(user => wordsOf(user).includes(foldName(word)))
  }

  return {
    async find(word) {
      if (foldName(word) === '') return []
      const [named, centerUsers] = await Promise.all([iamUserFor(word), centerUsersFor(word)])
      const [only] = centerUsers
      if (centerUsers.length > 1) {
        return [...centerUsers.map(one => ({ center: one })), ...(named ? [{ iam: named }] : [])]
      }
      if (named === undefined) {
        if (only === undefined) return []
        const others = await Promise.all(wordsOf(only).map(iamUserFor))
        const same = others.find(one => one !== undefined)
        return [{ center: only, ...(same ? { iam: same } : {}) }]
      }
      if (only) return [{ iam: named, center: only }]
      const email = iamEmail(named)
      const others = email === '' || foldName(email) === foldName(word) ? [] : await centerUsersFor(email)
      if (others.length > 1) return [{ iam: named }, ...others.map(one => ({ center: one }))]
      return [{ iam: named, ...(others[0] ? { center: others[0] } : {}) }]
    },
  }
}

/** All that a user of the directory goes by, in lower case. */
function wordsOf(user: CenterUser): string[] {
  return [...new Set([user.UserName ?? '', ...centerEmails(user)].map(foldName).filter(Boolean))]
}

async function indexOf(center: IdentityCenter | null): Promise<Map<string, string[]>> {
  const index = new Map<string, string[]>()
  if (center === null) return index
  for await (const page of center.users()) {
    for (const user of page) {
      for (const word of wordsOf(user)) index.set(word, [...(index.get(word) ?? []), user.UserId])
    }
  }
  return index
}
