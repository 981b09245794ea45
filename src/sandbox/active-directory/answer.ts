import { writeElement, writeInteger, writeOctets, writeSequence } from './ber.ts'
import type { Operation } from './request.ts'

export interface SeenEntry {
  dn: string
  attributes: { name: string; values: Buffer[] }[]
}

/** What becomes of an operation. */
export interface Outcome {
  /** RFC 4511, appendix A. */
  code: number
  message?: string
  matchedDn?: string
  entries?: SeenEntry[]
  /** URLs of other servers that hold a part. */
  references?: string[]
  /** Each as `writeControl` made it. */
  controls?: Buffer[]
  /** Of an extended operation. */
  value?: string
  /** StartTLS went well: from here on everything is encrypted. */
  startTls?: true
  /** Sent as it is, in place of an answer. */
  raw?: string
}

const tags: Partial<Record<Operation['kind'], number>> = {
  bind: 0x61,
  'bind-sasl': 0x61,
  search: 0x65,
  modify: 0x67,
  add: 0x69,
  delete: 0x6b,
  'modify-dn': 0x6d,
  compare: 0x6f,
  extended: 0x78,
}

/** All messages of an answer. */
export function writeAnswer(id: number, operation: Operation, outcome: Outcome): Buffer {
  if (outcome.raw !== undefined) return Buffer.from(outcome.raw, 'utf8')
  const tag = tags[operation.kind]
  if (tag === undefined) return Buffer.alloc(0)
  const { code, message = '', matchedDn = '', entries = [], references = [], controls = [], value } = outcome
  const oid = operation.kind === 'extended' && code === 0 ? [writeOctets(operation.oid, 0x8a)] : []
  const result = writeElement(
    tag,
    writeInteger(code, 0x0a),
    writeOctets(matchedDn),
    writeOctets(message),
    ...oid,
    ...(value === undefined ? [] : [writeOctets(value, 0x8b)]),
  )
  return Buffer.concat([
    ...entries.map(entry => writeMessage(id, writeEntry(entry))),
    ...references.map(url => writeMessage(id, writeElement(0x73, writeOctets(url)))),
    writeMessage(id, result, controls),
  ])
}

/** What the server says before it hangs up on somebody who does not speak LDAP (RFC 4511, 4.4.1). */
export function writeDisconnection(message: string): Buffer {
  const oid = writeOctets('1.3.6.1.4.1.1466.20036', 0x8a)
  return writeMessage(0, writeElement(0x78, writeInteger(2, 0x0a), writeOctets(''), writeOctets(message), oid))
}

function writeMessage(id: number, operation: Buffer, controls: readonly Buffer[] = []): Buffer {
  return writeSequence(writeInteger(id), operation, ...(controls.length > 0 ? [writeElement(0xa0, ...controls)] : []))
}

function writeEntry({ dn, attributes }: SeenEntry): Buffer {
  const list = attributes.map(({ name, values }) =>
    writeSequence(writeOctets(name), writeElement(0x31, ...values.map(value => writeOctets(value)))),
  )
  return writeElement(0x64, writeOctets(dn), writeSequence(...list))
}
