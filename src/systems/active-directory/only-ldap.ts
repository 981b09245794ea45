import type { Duplex } from 'node:stream'

/** Why a connection was ended on which something else came. */
export const notLdap = 'what answers there does not speak LDAP'
/** The same in the facts of an error. */
export const notLdapCode = 'NOT_LDAP'

/**
 * Ends a connection over which something else than LDAP comes, as from a web server at that port: each message is a BER
 * sequence (RFC 4511, 4.1.1 and 5.1), and the rest of anything else would be waited for until the deadline.
 */
export function endUnlessLdap(socket: Duplex): void {
  let begun = Buffer.alloc(0)
  let left = 0
  socket.on('data', (part: Buffer) => {
    for (let bytes = part; ; ) {
      const here = Math.min(left, bytes.length)
      left -= here
      bytes = bytes.subarray(here)
      if (bytes.length === 0) return
      begun = Buffer.concat([begun, bytes])
      const length = messageLength(begun)
      if (length === null) {
        socket.destroy(new Error(notLdap))
        return
      }
      if (length === undefined) return
      bytes = begun
      left = length
      begun = Buffer.alloc(0)
    }
  })
}

/** Of the message that begins here, with its header; undefined while bytes of that are missing, null where it is none. */
function messageLength(bytes: Buffer): number | null | undefined {
  const [tag, first] = bytes
  if (tag !== 0x30) return null
  if (first === undefined) return undefined
  if (first < 0x80) return 2 + first
  const more = first & 0x7f
  if (more === 0 || more > 4) return null
  return bytes.length < 2 + more ? undefined : 2 + more + bytes.readUIntBE(2, more)
}
