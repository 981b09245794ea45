import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  BerError,
  longestMessage,
  readBoolean,
  readElement,
  readElements,
  readInteger,
  writeElement,
  writeInteger,
  writeOctets,
  writeSequence,
} from '../../src/sandbox/active-directory/ber.ts'
import { createIdentity } from '../../src/sandbox/active-directory/certificate.ts'
import { dnKey, fold, formatDn, parseDn } from '../../src/sandbox/active-directory/dn.ts'
import { readFilter } from '../../src/sandbox/active-directory/filter.ts'
import { Frames } from '../../src/sandbox/active-directory/frames.ts'
import {
  guidBytes,
  guidOf,
  guidText,
  parseGuid,
  parseSid,
  sidBytes,
  sidText,
} from '../../src/sandbox/active-directory/identifiers.ts'
import { readRequest } from '../../src/sandbox/active-directory/request.ts'
import { fileTime, generalizedTime } from '../../src/sandbox/active-directory/time.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('BER', () => {
  it.each([
    ['30 00', 0x30, 0],
    ['04 03 616263', 0x04, 3],
    [`04 81 80 ${'61'.repeat(128)}`, 0x04, 128],
    ['04 84 00000001 61', 0x04, 1],
  ])('reads %s', (bytes, tag, length) => {
    const read = readElement(hex(bytes))
    expect(read?.element.tag).toBe(tag)
    expect(read?.element.content).toHaveLength(length)
    expect(read?.rest).toHaveLength(0)
  })

  it.each(['', '30', '30 05 0201', '30 82 01', '30 84 0000'])('waits for more after "%s"', bytes => {
    expect(readElement(hex(bytes))).toBeNull()
  })

  it.each([
    ['a tag of several bytes', '1f 8101 00'],
    ['an indefinite length', '30 80 0000'],
    ['a length of five bytes', '30 85 0000000001 61'],
    ['more than one message may hold', '30 84 ffffffff'],
  ])('refuses %s', (_, bytes) => {
    expect(() => readElement(hex(bytes))).toThrow(BerError)
  })

  it('refuses an element that is longer than what holds it, and empty or endless numbers', () => {
    expect(() => readElements(hex('0201'))).toThrow(BerError)
    expect(() => readInteger({ tag: 0x02, content: hex('') })).toThrow(BerError)
    expect(() => readInteger({ tag: 0x02, content: hex('01020304050607') })).toThrow(BerError)
    expect(() => readInteger({ tag: 0x04, content: hex('01') })).toThrow(BerError)
    expect(() => readInteger(undefined)).toThrow(BerError)
    expect(() => readBoolean({ tag: 0x01, content: hex('') })).toThrow(BerError)
  })

  it.each([0, 1, 127, 128, 255, 256, 65_535, 2_147_483_647])('writes %i as it reads it', value => {
    const read = readElement(writeInteger(value))
    expect(readInteger(read?.element)).toBe(value)
  })

  it.each([0, 127, 128, 255, 256, 70_000])('writes %i bytes as it reads them', length => {
    const content = Buffer.alloc(length, 7)
    expect(readElement(writeOctets(content))?.element.content).toEqual(content)
  })
})

describe('messages out of chunks', () => {
  const message = (size: number) => writeSequence(writeInteger(1), writeOctets(Buffer.alloc(size, 0x61)))

  it('puts one together from single bytes', () => {
    const frames = new Frames()
    const bytes = message(300)
    const got = [...bytes].flatMap(byte => frames.push(Buffer.from([byte])))
    expect(got).toHaveLength(1)
    expect(got[0]?.content).toEqual(bytes.subarray(4))
  })

  it('gives several that come at once, and keeps the half one', () => {
    const frames = new Frames()
    const [one, two, three] = [message(3), message(200), message(70_000)]
    expect(frames.push(Buffer.concat([one, two, three.subarray(0, 100)]))).toHaveLength(2)
    expect(frames.push(three.subarray(100, 60_000))).toHaveLength(0)
    expect(frames.push(Buffer.concat([three.subarray(60_000), one]))).toHaveLength(2)
    expect(frames.push(one)).toHaveLength(1)
  })

  it.each(['GET / HTTP/1.1\r\n', '\u0000', '\u0004\u0001a'])('refuses %j at once', text => {
    expect(() => new Frames().push(Buffer.from(text))).toThrow(BerError)
  })

  it('refuses a message that says it is longer than any may be, before it has come', () => {
    const head = Buffer.concat([hex('30 84'), Buffer.alloc(4)])
    head.writeUInt32BE(longestMessage + 1, 2)
    expect(() => new Frames().push(head)).toThrow(BerError)
  })
})

describe('requests', () => {
  const request = (...parts: Buffer[]) => ({ tag: 0x30, content: Buffer.concat([writeInteger(1), ...parts]) })

  it.each([
    ['an operation that there is not', writeElement(0x7f)],
    ['LDAPv2', writeElement(0x60, writeInteger(2), writeOctets(''), writeOctets('', 0x80))],
    ['a bind without a password', writeElement(0x60, writeInteger(3), writeOctets(''))],
    ['a modification that is cut off', writeElement(0x66, writeOctets('DC=x'))],
    ['an unknown scope', writeElement(0x63, writeOctets(''), writeInteger(9, 0x0a))],
    ['nothing', Buffer.alloc(0)],
  ])('refuses %s', (_, operation) => {
    expect(() => readRequest(request(operation))).toThrow(BerError)
  })

  it('refuses a number that is none of a message', () => {
    expect(() => readRequest({ tag: 0x30, content: Buffer.concat([hex('0201ff'), writeElement(0x42)]) })).toThrow(
      BerError,
    )
  })
})

describe('distinguished names', () => {
  it.each([
    ['CN=Amy,DC=x', ['Amy', 'x']],
    ['cn = Amy , dc = x', ['Amy', 'x']],
    ['CN=O\\, Amy \\+ \\"B\\" \\<c\\>\\;\\\\,DC=x', ['O, Amy + "B" <c>;\\', 'x']],
    ['CN=M\\C3\\BCller,DC=x', ['Müller', 'x']],
    ['CN=M\\c3\\bcller;DC=x', ['Müller', 'x']],
    ['CN=\\#1\\ ,DC=x', ['#1 ', 'x']],
    ['CN=\\ lead,DC=x', [' lead', 'x']],
    ['CN=a=b,DC=x', ['a=b', 'x']],
    ['CN=Amy\\0ADEL:1,DC=x', ['Amy\nDEL:1', 'x']],
    ['CN=#0403616263,DC=x', ['abc', 'x']],
    ['2.5.4.3=Amy', ['Amy']],
    ['', []],
  ])('reads %s', (text, values) => {
    expect(parseDn(text)?.map(({ value }) => value)).toEqual(values)
  })

  it.each([
    'nope',
    'CN=',
    'CN=a,',
    'CN=a,,DC=x',
    'CN=a"b',
    'CN=a\\',
    'CN=a\\zz',
    '=a',
    'CN=a+SN=b',
    'CN=#04',
    ',',
    '=,=',
  ])('does not take %s for one', text => {
    expect(parseDn(text)).toBeNull()
  })

  it.each([
    'Plain',
    'O, Amy',
    'a+b',
    '"q"',
    '\\',
    '#1',
    ' a ',
    'a\nDEL:1',
    'x=y',
    '<z>;',
    'Müller',
    '太郎',
    '(*)',
    '  ',
  ])('writes %j as it reads it', value => {
    const parts = [
      { type: 'CN', value },
      { type: 'DC', value: 'x' },
    ]
    expect(parseDn(formatDn(parts))).toEqual(parts)
  })

  it('compares without case, spaces and accents, as Active Directory does', () => {
    const key = (text: string) => dnKey(parseDn(text) ?? [])
    expect(key('cn=zoe  MULLER, dc=X')).toBe(key('CN=Zoë Müller,DC=x'))
    expect(key('CN=a\\,b,DC=x')).not.toBe(key('CN=a,CN=b,DC=x'))
    expect(fold('ＡＢＣ')).toBe('abc')
  })
})

describe('identifiers', () => {
  it('writes GUIDs with the first three groups turned round', () => {
    const guid = '7f3e253a-adf7-452c-8d00-783aee7f1cab'
    const wire = hex('3a253e7f f7ad 2c45 8d00 783aee7f1cab')
    expect(guidBytes(guid)).toEqual(wire)
    expect(guidText(wire)).toBe(guid)
    expect(parseGuid(wire.toString('hex'))).toBe(guid)
    expect(parseGuid(guid.toUpperCase())).toBe(guid)
    expect([parseGuid(''), parseGuid('zz'), parseGuid(`${guid}0`)]).toEqual([null, null, null])
    expect(guidOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(guidOf('a')).not.toBe(guidOf('b'))
  })

  it('writes SIDs', () => {
    const sid = 'S-1-5-21-3558648614-2681775149-303545224-1103'
    const wire = hex('01050000 00000005 15000000 26ab1cd4 2da4d89f 88bb1712 4f040000')
    expect(sidBytes(sid)).toEqual(wire)
    expect(sidText(wire)).toBe(sid)
    expect(parseSid(wire.toString('hex'))).toBe(sid)
    expect([sidText(hex('01')), sidText(Buffer.alloc(0)), parseSid('S-1'), parseSid('x')]).toEqual([
      null,
      null,
      null,
      null,
    ])
  })

  it('writes moments', () => {
    const at = new Date('2026-11-21T23:18:19.985Z')
    expect(generalizedTime(at)).toBe('20261121231819.0Z')
    expect(fileTime(new Date(0))).toBe('116444736000000000')
    expect(fileTime(at)).toBe('134397766999850000')
  })
})

describe('filters', () => {
  it('refuses what is nested too deep, and what is none', () => {
    let bytes = writeOctets('cn', 0x87)
    for (let depth = 0; depth < 100; depth += 1) bytes = writeElement(0xa2, bytes)
    expect(() => readFilter(readElement(bytes)?.element)).toThrow('too deep')
    expect(() => readFilter(undefined)).toThrow(BerError)
    expect(() => readFilter({ tag: 0xaf, content: Buffer.alloc(0) })).toThrow(BerError)
    const empty = Buffer.concat([writeOctets('cn'), writeSequence()])
    expect(() => readFilter({ tag: 0xa4, content: empty })).toThrow(BerError)
  })
})

describe('the certificate', () => {
  it('is of its authority, for the host and for 127.0.0.1, and new each time', () => {
    const identity = createIdentity('dc1.corp.example', new Date())
    const [ca, certificate] = [new X509Certificate(identity.ca), new X509Certificate(identity.certificate)]
    expect(certificate.verify(ca.publicKey)).toBe(true)
    expect(certificate.checkIssued(ca)).toBe(true)
    expect(ca.verify(ca.publicKey)).toBe(true)
    expect([ca.ca, certificate.ca]).toEqual([true, false])
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkHost('dc1.corp.example')).toBe('dc1.corp.example')
    expect(certificate.checkHost('other.example')).toBeUndefined()
    expect(new Date(certificate.validTo).getTime()).toBeGreaterThan(Date.now() + 3000 * 24 * 3_600_000)
    expect(createIdentity('dc1.corp.example', new Date()).key).not.toBe(identity.key)
  })
})
