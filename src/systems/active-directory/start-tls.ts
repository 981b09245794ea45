/** The one LDAP exchange that is spoken before TLS (RFC 4511, 4.14): "turn to TLS now". */

const oid = '1.3.6.1.4.1.1466.20037'

/** LDAPMessage { messageID 1, extendedReq { requestName oid } } */
export function startTlsRequest(): Buffer {
  const name = Buffer.concat([Buffer.from([0x80, oid.length]), Buffer.from(oid)])
  const operation = Buffer.concat([Buffer.from([0x02, 0x01, 0x01, 0x77, name.length]), name])
  return Buffer.concat([Buffer.from([0x30, operation.length]), operation])
}

/** The result code of a whole answer; null while bytes are missing, undefined when it is no answer to this. */
export function startTlsResult(bytes: Buffer): number | null | undefined {
  const message = readElement(bytes, 0)
  if (message === null) return null
  // Whatever comes after it came without TLS, and from anybody.
  if (message.tag !== 0x30 || message.end !== bytes.length) return undefined
  const id = readElement(bytes, message.start)
  const response = id && readElement(bytes, id.end)
  const code = response && response.tag === 0x78 ? readElement(bytes, response.start) : null
  return code !== null && code.tag === 0x0a ? bytes[code.start] : undefined
}

/** Tag and place of one BER element. Windows writes all lengths in the long form, with four bytes. */
function readElement(bytes: Buffer, at: number): { tag: number; start: number; end: number } | null {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return null
  const more = first < 0x80 ? 0 : first & 0x7f
  const start = at + 2 + more
  if (more > 4 || bytes.length < start) return null
  const length = more === 0 ? first : bytes.readUIntBE(at + 2, more)
  return bytes.length < start + length ? null : { tag, start, end: start + length }
}
