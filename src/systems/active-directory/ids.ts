/** Ids of Active Directory: an objectGUID and an objectSid as bytes, and as people know them. */

/** `3f2504e0-4f89-11d3-9a0c-0305e82c3301` from 16 bytes, of which the first three fields are little-endian. */
export function guidText(bytes: Buffer): string {
  const hex = mixedEndian(bytes).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/**
 * The base of a search, or the target of a change, that finds an object wherever it was moved. Undefined when the id
 * is none.
 */
export function guidBase(id: string): string | undefined {
  const hex = id.replaceAll('-', '')
  if (!/^[0-9a-f]{32}$/i.test(hex)) return undefined
  return `<GUID=${mixedEndian(Buffer.from(hex, 'hex')).toString('hex')}>`
}

function mixedEndian(bytes: Buffer): Buffer {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0, b7 = 0, ...rest] = bytes
  return Buffer.from([b3, b2, b1, b0, b5, b4, b7, b6, ...rest])
}

/** `S-1-5-21-…-513` from its bytes; undefined when they are none. */
export function sidText(bytes: Buffer): string | undefined {
  const parts = bytes[1] ?? 0
  if (bytes.length !== 8 + 4 * parts || bytes[0] !== 1) return undefined
  const authority = bytes.readUIntBE(2, 6)
  const numbers = Array.from({ length: parts }, (_, at) => bytes.readUInt32LE(8 + 4 * at))
  return ['S-1', authority, ...numbers].join('-')
}

/** The last number of a SID: which one it is within its domain. */
export function ridOf(sid: string): number {
  return Number(sid.slice(sid.lastIndexOf('-') + 1))
}

/** The SID without its last number: that of the domain. */
export function domainOf(sid: string): string {
  return sid.slice(0, sid.lastIndexOf('-'))
}
