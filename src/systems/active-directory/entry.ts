import type { Entry as LdapEntry } from 'ldapts'
import { K1Error } from '../../core/errors.ts'

/** Attributes whose values are bytes. */
export const binaryAttributes = ['objectGUID', 'objectSid', 'tokenGroups'] as const

/** What a search found, by attribute name; upper and lower case make no difference. */
export class Entry {
  readonly dn: string
  readonly #values: ReadonlyMap<string, readonly (string | Buffer)[]>

  constructor(found: LdapEntry) {
    const { dn, ...attributes } = found
    this.dn = dn
    const values = new Map<string, (string | Buffer)[]>()
    for (const [name, value] of Object.entries(attributes)) {
      values.set(name.toLowerCase(), Array.isArray(value) ? value : [value])
    }
    this.#values = values
  }

  texts(name: string): string[] {
    return this.#of(name).map(value => (typeof value === 'string' ? value : value.toString('utf8')))
  }

  text(name: string): string | undefined {
    return this.texts(name)[0]
  }

  allBytes(name: string): Buffer[] {
    return this.#of(name).map(value => (typeof value === 'string' ? Buffer.from(value) : value))
  }

  bytes(name: string): Buffer | undefined {
    return this.allBytes(name)[0]
  }

  /** @throws K1Error `contract` */
  needed(name: string): string {
    return this.text(name) ?? this.#lack(name)
  }

  /** @throws K1Error `contract` */
  neededBytes(name: string): Buffer {
    return this.bytes(name) ?? this.#lack(name)
  }

  /** Undefined where it is not shown. @throws K1Error `contract` for what is no number */
  number(name: string): number | undefined {
    return this.text(name) === undefined ? undefined : this.neededNumber(name)
  }

  /** @throws K1Error `contract` */
  neededNumber(name: string): number {
    const number = Number(this.needed(name))
    return Number.isSafeInteger(number) ? number : this.#lack(name)
  }

  #of(name: string): readonly (string | Buffer)[] {
    return this.#values.get(name.toLowerCase()) ?? []
  }

  #lack(name: string): never {
    throw new K1Error('contract', `Active Directory does not show ${name} of ${this.dn}.`, {
      hint: `Let the account of k1ctl read ${name}.`,
      facts: { system: 'Active Directory', method: 'SEARCH', path: this.dn, field: name },
    })
  }
}
