import { BerError, type Element, readElement } from './ber.ts'

/** Cuts what arrives on a connection into messages: a chunk may hold half of one, or several. */
export class Frames {
  #pending: Buffer[] = []
  #size = 0
  /** How many bytes must be there before it is worth looking again. */
  #enough = 1

  /** The messages that are complete now. @throws BerError when what arrives is no LDAP; the connection is lost then. */
  push(chunk: Buffer): Element[] {
    this.#pending.push(chunk)
    this.#size += chunk.length
    if (this.#size < this.#enough) return []
    let bytes: Buffer = Buffer.concat(this.#pending)
    const messages: Element[] = []
    while (bytes.length > 0) {
      if (bytes[0] !== 0x30) throw new BerError('What arrived is not an LDAP message.')
      const read = readElement(bytes)
      if (read === null) break
      messages.push(read.element)
      bytes = read.rest
    }
    this.#pending = bytes.length > 0 ? [bytes] : []
    this.#size = bytes.length
    // A long message that comes in small pieces is not put together anew for each.
    this.#enough = needed(bytes)
    return messages
  }
}

/** The full length of the message that begins here; as long as its head is not there, one byte more than there is. */
function needed(bytes: Buffer): number {
  const [, first = 0x80] = bytes
  if (first < 0x80) return first + 2
  const count = first & 0x7f
  return count === 0 || bytes.length < 2 + count ? bytes.length + 1 : bytes.readUIntBE(2, count) + 2 + count
}
