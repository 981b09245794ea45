/** BER as LDAP uses it (RFC 4511, 5.1: definite lengths, one-byte tags) and, being a subset, DER for certificates. */

export class BerError extends Error {}

export interface Element {
  tag: number
  content: Buffer
}

/** As much as Active Directory takes in one request (MaxReceiveBuffer). */
export const longestMessage = 10 * 1024 * 1024

/** The first element of the bytes; null when they end before it does. @throws BerError for what can never become one. */
export function readElement(bytes: Buffer): { element: Element; rest: Buffer } | null {
  const [tag, first] = bytes
  if (tag === undefined) return null
  if ((tag & 0x1f) === 0x1f) throw new BerError('A tag of several bytes.')
  if (first === undefined) return null
  let start = 2
  let length = first
  if (first >= 0x80) {
    const count = first & 0x7f
    if (count === 0) throw new BerError('An indefinite length.')
    if (count > 4) throw new BerError(`A length of ${count} bytes.`)
    if (bytes.length < start + count) return null
    length = bytes.readUIntBE(start, count)
    start += count
  }
  if (length > longestMessage) throw new BerError(`An element of ${length} bytes.`)
  if (bytes.length < start + length) return null
  return { element: { tag, content: bytes.subarray(start, start + length) }, rest: bytes.subarray(start + length) }
}

/** All elements inside a constructed one. @throws BerError when the last one is cut off */
export function readElements(content: Buffer): Element[] {
  const elements: Element[] = []
  let rest = content
  while (rest.length > 0) {
    const read = readElement(rest)
    if (read === null) throw new BerError('An element that is longer than what holds it.')
    elements.push(read.element)
    rest = read.rest
  }
  return elements
}

/** The element's content when its tag is the one expected. @throws BerError */
export function expectTag(element: Element | undefined, tag: number): Buffer {
  if (element === undefined) throw new BerError(`An element 0x${tag.toString(16)} is missing.`)
  if (element.tag !== tag) throw new BerError(`0x${element.tag.toString(16)} where 0x${tag.toString(16)} belongs.`)
  return element.content
}

/** INTEGER or ENUMERATED of up to six bytes. */
export function readInteger(element: Element | undefined, tag = 0x02): number {
  const content = expectTag(element, tag)
  if (content.length === 0 || content.length > 6) throw new BerError(`A number of ${content.length} bytes.`)
  return content.readIntBE(0, content.length)
}

export function readBoolean(element: Element | undefined, tag = 0x01): boolean {
  const [value] = expectTag(element, tag)
  if (value === undefined) throw new BerError('An empty boolean.')
  return value !== 0
}

export function readText(element: Element | undefined, tag = 0x04): string {
  return expectTag(element, tag).toString('utf8')
}

export function writeElement(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  if (content.length < 0x80) return Buffer.concat([Buffer.from([tag, content.length]), content])
  const length = minimalBytes(content.length)
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, content])
}

export function writeSequence(...parts: readonly Buffer[]): Buffer {
  return writeElement(0x30, ...parts)
}

export function writeOctets(value: string | Buffer, tag = 0x04): Buffer {
  return writeElement(tag, typeof value === 'string' ? Buffer.from(value, 'utf8') : value)
}

/** A number that is not negative. */
export function writeInteger(value: number, tag = 0x02): Buffer {
  const bytes = minimalBytes(value)
  // A set first bit would make it negative.
  return writeElement(tag, ...((bytes[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : []), bytes)
}

export function writeBoolean(value: boolean, tag = 0x01): Buffer {
  return writeElement(tag, Buffer.from([value ? 0xff : 0]))
}

function minimalBytes(value: number): Buffer {
  const hex = value.toString(16)
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
}
