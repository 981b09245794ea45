import {
  BerError,
  expectTag,
  readBoolean,
  readElement,
  readElements,
  readInteger,
  readText,
  writeInteger,
  writeOctets,
  writeSequence,
} from './ber.ts'

export interface Control {
  oid: string
  critical: boolean
  value: Buffer | null
}

export const pagedResults = '1.2.840.113556.1.4.319'
export const showDeleted = '1.2.840.113556.1.4.417'
export const treeDelete = '1.2.840.113556.1.4.805'
export const domainScope = '1.2.840.113556.1.4.1339'
/** Taken, and without effect, as on Samba: a client must do without it. */
const permissiveModify = '1.2.840.113556.1.4.1413'

export const supportedControls = [pagedResults, showDeleted, treeDelete, domainScope, permissiveModify]

/** @param element `[0]` of a message; absent when there are none. @throws BerError */
export function readControls(content: Buffer): Control[] {
  return readElements(content).map(element => {
    const [oid, ...rest] = readElements(expectTag(element, 0x30))
    const critical = rest[0]?.tag === 0x01 ? readBoolean(rest.shift()) : false
    const [value, ...more] = rest
    if (more.length > 0) throw new BerError('A control with too much in it.')
    return { oid: readText(oid), critical, value: value === undefined ? null : expectTag(value, 0x04) }
  })
}

export function writeControl(oid: string, value: Buffer): Buffer {
  return writeSequence(writeOctets(oid), writeOctets(value))
}

/** RFC 2696. @throws BerError */
export function readPage(value: Buffer): { size: number; cookie: string } {
  const [size, cookie] = readElements(expectTag(readElement(value)?.element, 0x30))
  return { size: readInteger(size), cookie: readText(cookie) }
}

export function writePage(cookie: string): Buffer {
  // The number of all that match is optional, and Active Directory says 0.
  return writeSequence(writeInteger(0), writeOctets(cookie))
}
