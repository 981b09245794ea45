import { describe, expect, test } from 'vitest'
import { parseFilter } from '../../src/sandbox/scim/filter.ts'
import { userSchema } from '../../src/sandbox/scim/schema.ts'

const user = {
  id: 'Abc',
  userName: 'Ann@Acme.example',
  name: { givenName: 'Ann', familyName: 'O"Hara (x) [y]' },
  displayName: '',
  emails: [
    { value: 'ann@acme.example', type: 'work', primary: true },
    { value: 'ann@home.example', type: 'home' },
  ],
  active: true,
  roles: [],
}

const matches = (text: string) => parseFilter(text, userSchema.attributes, userSchema.urn)(user)

describe('a filter that fits', () => {
  test.each([
    'userName eq "ann@acme.example"',
    'USERNAME EQ "ANN@ACME.EXAMPLE"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ann"',
    'userName co "@acme"',
    'userName ew ".example"',
    'userName ne "bob"',
    'id eq "Abc"',
    'name.givenName eq "ann"',
    'name.familyName eq "o\\"hara (x) [y]"',
    'emails.value eq "ANN@home.example"',
    'emails co "home"',
    'emails[type eq "work" and value co "acme"]',
    'emails[type eq "home" and not (primary eq true)] and active eq true',
    'emails pr',
    'name pr and not (displayName pr)',
    'not (roles pr)',
    'roles eq null',
    'active eq true or userName eq "bob" and active eq false',
    'active eq true and id eq "Abc" and userName sw "a" and emails pr',
    'active eq false or id eq "x" or userName sw "a"',
    '(active eq true)',
    '((userName eq "bob" or id eq "Abc") and (active eq true))',
    '  userName   eq   "Ann@acme.example"  ',
  ])('%s', text => {
    expect(matches(text)).toBe(true)
  })
})

describe('a filter that does not fit', () => {
  test.each([
    'id eq "abc"',
    'userName ne "ANN@acme.example"',
    'emails[type eq "home" and value co "acme"]',
    '(active eq true or userName eq "bob") and active eq false',
    'not (active eq true)',
    'roles pr',
    'displayName pr',
    'name.formatted pr',
    'active eq false',
    'userName eq null',
  ])('%s', text => {
    expect(matches(text)).toBe(false)
  })
})

describe('a filter that is none', () => {
  test.each([
    '',
    'userName',
    'userName eq',
    'userName eq ann',
    'userName eq "ann',
    'userName is "ann"',
    'userName gt "a"',
    'userName eq "a" and',
    'userName eq "a" userName eq "b"',
    '(userName eq "a"',
    'userName eq "a")',
    'not userName eq "a"',
    'nickName eq "a"',
    'name.nickName eq "a"',
    'name eq "a"',
    'active eq "true"',
    'active co true',
    'userName eq true',
    'userName eq 5',
    'userName co null',
    'emails[type eq "work"',
    'emails[nonsense eq "work"]',
    'userName[value eq "a"]',
    '; drop',
  ])('%s', text => {
    expect(() => matches(text)).toThrow(expect.objectContaining({ status: 400, scimType: 'invalidFilter' }))
  })
})
