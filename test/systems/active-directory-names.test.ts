import { FilterParser } from 'ldapts'
import { describe, expect, it } from 'vitest'
import { guidBase, guidText, ridOf, sidText } from '../../src/systems/active-directory/ids.ts'
import {
  dnsNameOf,
  filter,
  isBelow,
  isSameDn,
  rdn,
  rdnValue,
  splitDn,
} from '../../src/systems/active-directory/names.ts'
import { randomPassword, unicodePassword } from '../../src/systems/active-directory/password.ts'
import { protectedName } from '../../src/systems/active-directory/protection.ts'
import { isoTime, readInteger } from '../../src/systems/active-directory/user.ts'

const values = [
  'Amy',
  'Müller, "Ann" + Söhne',
  '#1',
  ' leading and trailing ',
  '  ',
  'back\\slash\\',
  'a=b<c>d;e',
  '日本 𝒳',
  '(*)\\',
  "O'Brien",
]

describe('a part of a distinguished name', () => {
  it.each(values)('is %j again when it is read', value => {
    const part = rdn('CN', value)
    expect(rdnValue(part)).toBe(value)
    const { rdn: first, parent } = splitDn(`${part},OU=Staff\\, all,DC=corp`)
    expect([first, parent]).toEqual([part, 'OU=Staff\\, all,DC=corp'])
  })

  it.each(values)('%j survives the way in which ldapts looks for the first comma', value => {
    const whole = `${rdn('CN', value)},OU=x`
    const at = whole.search(/[^\\],/)
    expect([whole.slice(0, at + 1), whole.slice(at + 2)]).toEqual([rdn('CN', value), 'OU=x'])
  })

  it.each([
    ['CN=M\\C3\\BCller\\2C A,OU=x', 'CN=Müller\\, A,OU=x'],
    ['cn=amy, ou = Staff ,dc=CORP', 'CN=Amy,OU=Staff,DC=corp'],
    ['CN=a\\+b', 'CN=a\\2Bb'],
    ['CN=\\ a\\ ', 'CN=\\20a\\20'],
  ])('%j is %j', (one, other) => {
    expect(isSameDn(one, other)).toBe(true)
  })

  it.each([
    ['CN=a,OU=x', 'CN=a\\,OU=x'],
    ['CN=a', 'OU=a'],
    ['CN=a', 'CN=á'],
  ])('%j is not %j', (one, other) => {
    expect(isSameDn(one, other)).toBe(false)
  })

  it('is below another', () => {
    expect(isBelow('CN=a,OU=x,DC=corp,DC=test', 'dc=CORP, dc=test')).toBe(true)
    expect(isBelow('CN=a,DC=other', 'DC=corp,DC=test')).toBe(false)
    expect(isBelow('DC=corp,DC=test', 'DC=corp,DC=test')).toBe(false)
    expect(isBelow('CN=a\\,DC=corp,DC=test', 'DC=corp,DC=test')).toBe(false)
  })

  it('names the domain', () => {
    expect(dnsNameOf('OU=x,DC=corp,DC=example')).toBe('corp.example')
  })
})

describe('a filter', () => {
  it.each([...values, '*', ')(objectClass=*', '\u0000', 'jürgen\\2a'])(
    'holds %j as a value, as ldapts reads it',
    value => {
      const parsed = FilterParser.parseString(filter`(&(objectClass=user)(cn=${value}))`)
      const parts = 'filters' in parsed && Array.isArray(parsed.filters) ? parsed.filters : []
      expect(parts).toHaveLength(2)
      expect(parts[1]).toMatchObject({ attribute: 'cn', value })
    },
  )
})

describe('an id', () => {
  // Microsoft writes the first three fields with the lowest byte first.
  const bytes = Buffer.from('e04f253f894fd3119a0c0305e82c3301', 'hex')

  it('is read and written as people know it', () => {
    expect(guidText(bytes)).toBe('3f254fe0-4f89-11d3-9a0c-0305e82c3301')
    expect(guidBase('3F254FE0-4f89-11d3-9a0c-0305e82c3301')).toBe('<GUID=e04f253f894fd3119a0c0305e82c3301>')
    for (const none of ['', '3f254fe0', 'CN=x', `${'0'.repeat(31)}>`]) expect(guidBase(none)).toBeUndefined()
  })

  it('of a group is its SID', () => {
    expect(sidText(Buffer.from('01020000000000052000000020020000', 'hex'))).toBe('S-1-5-32-544')
    expect(sidText(Buffer.from('010500000000000515000000bffc06123333769141495ff401020000', 'hex'))).toBe(
      'S-1-5-21-302447807-2440442675-4099885377-513',
    )
    for (const none of ['', '0102', '02020000000000052000000020020000']) {
      expect(sidText(Buffer.from(none, 'hex'))).toBeUndefined()
    }
    expect(ridOf('S-1-5-21-1-2-3-512')).toBe(512)
  })

  it.each([
    ['S-1-5-32-544', 'Administrators'],
    ['S-1-5-32-551', 'Backup Operators'],
    ['S-1-5-21-1-2-3-512', 'Domain Admins'],
    ['S-1-5-21-9-9-9-519', 'Enterprise Admins'],
    ['S-1-5-21-1-2-3-513', undefined],
    ['S-1-5-21-1-2-3-544', undefined],
    ['S-1-5-32-545', undefined],
    ['S-1-5-11', undefined],
  ])('%s is protected as %s', (sid, name) => {
    expect(protectedName(sid)).toBe(name)
  })
})

describe('a password that nobody will know', () => {
  it('has all classes of characters, and never comes twice', () => {
    const some = Array.from({ length: 200 }, randomPassword)
    expect(new Set(some).size).toBe(200)
    for (const one of some) {
      expect(one).toHaveLength(48)
      for (const wanted of [/[A-Z]/, /[a-z]/, /[0-9]/, /[^A-Za-z0-9]/]) expect(one).toMatch(wanted)
      expect(one).not.toContain('"')
    }
  })

  it('holds neither the log-in nor a word of the name, which a policy would refuse', () => {
    // Of such short words one password in a hundred would have one.
    const words = ['abc', 'xyz', 'mno', 'q2q', 'Ann', 'lee']
    for (let n = 0; n < 300; n++) {
      const password = randomPassword({ login: 'hjk', name: words.join(' ') }).toLowerCase()
      for (const word of [...words, 'hjk']) expect(password).not.toContain(word.toLowerCase())
    }
  })

  it('is sent in quotes, as UTF-16', () => {
    expect(unicodePassword('aB').toString('hex')).toBe('2200610042002200')
  })
})

describe('a time of Windows', () => {
  it.each([
    ['134397763432832910', '2026-11-21T23:12:23.283Z'],
    ['0', null],
    ['-1', null],
    ['9223372036854775807', null],
    [undefined, null],
    ['soon', null],
  ])('%s is %s', (text, iso) => {
    expect(isoTime(readInteger(text))).toBe(iso)
  })
})
