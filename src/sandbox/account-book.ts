import type { Account } from './account.ts'

/** The accounts of one system and tenant, by id, and found by log-in or e-mail without going over everybody. */
export class AccountBook extends Map<string, Account> {
  /** Ids by each log-in and e-mail that an account has, in lower case. */
  readonly #byWord = new Map<string, Set<string>>()
  /** Another one after each change, and in each book. */
  revision: object = {}
  /** Another one after each that came or went, and in each book. */
  membership: object = {}

  static of(accounts: Iterable<Account>): AccountBook {
    const book = new AccountBook()
    for (const account of accounts) book.set(account.id, account)
    return book
  }

  override set(id: string, account: Account): this {
    this.#forget(id)
    for (const word of wordsOf(account)) {
      const ids = this.#byWord.get(word)
      if (ids) ids.add(id)
      else this.#byWord.set(word, new Set([id]))
    }
    this.revision = {}
    if (!this.has(id)) this.membership = {}
    return super.set(id, account)
  }

  override delete(id: string): boolean {
    this.#forget(id)
    this.revision = {}
    this.membership = {}
    return super.delete(id)
  }

  /** Everybody with this log-in or e-mail, whatever the case; in no order. */
  named(word: string): Account[] {
    return [...(this.#byWord.get(word.toLowerCase()) ?? [])].flatMap(id => this.get(id) ?? [])
  }

  #forget(id: string): void {
    const before = this.get(id)
    if (before) for (const word of wordsOf(before)) this.#byWord.get(word)?.delete(id)
  }
}

function wordsOf({ userName, emails }: Account): Set<string> {
  return new Set([userName, ...emails.map(({ value }) => value)].map(word => word.toLowerCase()))
}
