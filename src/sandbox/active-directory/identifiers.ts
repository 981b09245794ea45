import { createHash } from 'node:crypto'

/** The two names that never change. In memory they are text; on the wire they are bytes (MS-DTYP 2.3.4 and 2.4.2). */

/** A GUID, in lower case with dashes, that is always the same for the same text. */
export function guidOf(text: string): string {
  const bytes = createHash('sha256').update(text).digest().subarray(0, 16)
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The first three groups are little-endian. */
export function guidBytes(guid: string): Buffer {
  const plain = Buffer.from(guid.replaceAll('-', ''), 'hex')
  return Buffer.concat([
    plain.subarray(0, 4).reverse(),
    plain.subarray(4, 6).reverse(),
    plain.subarray(6, 8).reverse(),
    plain.subarray(8),
  ])
}

export function guidText(bytes: Buffer): string {
  const hex = guidBytes(bytes.toString('hex')).toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** With dashes as people write it, or 32 hex digits of the bytes as they are on the wire; null for neither. */
export function parseGuid(text: string): string | null {
  if (/^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text)) return text.toLowerCase()
  return /^[0-9a-f]{32}$/i.test(text) ? guidText(Buffer.from(text, 'hex')) : null
}

/** @param sid `S-1-5-21-…` */
export function sidBytes(sid: string): Buffer {
  const [revision = 1, authority = 5, ...parts] = sid.split('-').slice(1).map(Number)
  const bytes = Buffer.alloc(8 + parts.length * 4)
  bytes.writeUInt8(revision, 0)
  bytes.writeUInt8(parts.length, 1)
  bytes.writeUIntBE(authority, 2, 6)
  for (const [index, part] of parts.entries()) bytes.writeUInt32LE(part, 8 + index * 4)
  return bytes
}

/** Null when the bytes are no SID. */
export function sidText(bytes: Buffer): string | null {
  const count = bytes[1]
  if (count === undefined || bytes.length !== 8 + count * 4) return null
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + index * 4))
  return ['S', bytes.readUInt8(0), bytes.readUIntBE(2, 6), ...parts].join('-')
}

/** `S-…`, or the bytes in hex; null for neither. */
export function parseSid(text: string): string | null {
  if (/^S-1-\d{1,15}(?:-\d{1,10}){1,15}$/i.test(text)) return text.toUpperCase()
  return /^(?:[0-9a-f]{2}){8,68}$/i.test(text) ? sidText(Buffer.from(text, 'hex')) : null
}

/** The last part of a SID. */
export function ridOf(sid: string): number {
  return Number(sid.split('-').at(-1))
}
