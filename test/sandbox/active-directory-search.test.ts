import { Control, EqualityFilter } from 'ldapts'
import { describe, expect, it } from 'vitest'
import {
  administrator,
  base,
  change,
  codeOf,
  findNames,
  groupOf,
  leaversOu,
  passwordOf,
  people,
  peopleOu,
  personAt,
  readOne,
  setDirectoryGround,
} from './active-directory-ground.ts'

const ground = setDirectoryGround()
const leaver = personAt(2)
const showDeleted = () => new Control('1.2.840.113556.1.4.417', { critical: true })

describe('the entry without a name', () => {
  it('says to anybody what the server is, and nothing else', async () => {
    const client = ground.client()
    const { searchEntries } = await client.search('', { scope: 'base' })
    expect(searchEntries[0]).toMatchObject({
      defaultNamingContext: base,
      dnsHostName: 'dc1.ironbridge.example',
      supportedLDAPVersion: ['3', '2'],
      supportedSASLMechanisms: expect.arrayContaining(['GSSAPI', 'GSS-SPNEGO']),
      supportedControl: expect.arrayContaining(['1.2.840.113556.1.4.319', '1.2.840.113556.1.4.417']),
    })
    const one = await client.search('', { scope: 'base', attributes: ['DNSHOSTNAME'] })
    expect(one.searchEntries).toEqual([{ dn: '', dnsHostName: 'dc1.ironbridge.example' }])
    expect(await codeOf(client.search(base, { scope: 'base' }))).toBe(1)
    expect(await codeOf(client.modify(leaver.dn, change('replace', 'info', 'x')))).toBe(1)
    expect(await codeOf(client.del(leaver.dn))).toBe(1)
  })

  it('lets a name without a password in as nobody', async () => {
    const client = ground.client()
    await client.bind(administrator, '')
    expect(await client.exop('1.3.6.1.4.1.4203.1.11.3')).toMatchObject({ value: '' })
    expect(await codeOf(client.search(base, { scope: 'base' }))).toBe(1)
  })

  it('forgets who was signed in when signing in again fails', async () => {
    const client = await ground.signIn()
    expect(await codeOf(client.bind(administrator, 'wrong'))).toBe(49)
    expect(await codeOf(client.search(base, { scope: 'base' }))).toBe(1)
  })
})

describe('filters', () => {
  const login = leaver.login
  const others = people.filter(person => person.login !== login).map(person => person.login)

  it.each([
    ['equality, any case', `(mail=${leaver.email.toUpperCase()})`, [login]],
    ['an alias', `(proxyAddresses=smtp:${login}@mail.ironbridge.example)`, [login]],
    ['a GUID with dashes', null, [login]],
    ['and', `(&(objectClass=user)(sAMAccountName=${login}))`, [login]],
    ['or', `(|(sAMAccountName=${login})(sAMAccountName=nobody))`, [login]],
    ['not', `(&(sAMAccountName=${login})(!(mail=x)))`, [login]],
    ['not of what is there', `(&(sAMAccountName=${login})(!(mail=${leaver.email})))`, []],
    ['not of what is absent', `(&(sAMAccountName=${login})(!(info=x)))`, [login]],
    ['not of an unknown attribute, which nobody can tell', `(&(sAMAccountName=${login})(!(nosuch=x)))`, []],
    ['presence', `(&(sAMAccountName=${login})(mail=*)(memberOf=*))`, [login]],
    ['absence', `(&(sAMAccountName=${login})(info=*))`, []],
    ['substrings', '(sAMAccountName=d*g*.t*es)', [login]],
    ['substrings that overlap', '(sAMAccountName=diego.*.torres)', []],
    ['at least', `(&(sAMAccountName=${login})(primaryGroupID>=513))`, [login]],
    ['at most', `(&(sAMAccountName=${login})(primaryGroupID<=512))`, []],
    ['a number as text', `(&(sAMAccountName=${login})(primaryGroupID>=x))`, []],
    ['bits', `(&(sAMAccountName=${login})(userAccountControl:1.2.840.113556.1.4.803:=512))`, [login]],
    ['bits that are not set', `(&(sAMAccountName=${login})(userAccountControl:1.2.840.113556.1.4.803:=514))`, []],
    ['any of the bits', `(&(sAMAccountName=${login})(userAccountControl:1.2.840.113556.1.4.804:=514))`, [login]],
    ['a rule that there is not', `(&(sAMAccountName=${login})(userAccountControl:1.2.3:=512))`, []],
    ['a group by its name', `(&(sAMAccountName=${login})(memberOf=${groupOf('vpn users')}))`, [login]],
    ['a group that is none', `(&(sAMAccountName=${login})(memberOf=nope))`, []],
    ['contacts are persons too', '(&(objectCategory=person)(!(sAMAccountName=*)))', ['undefined']],
    [
      'computers are users, but no persons',
      '(&(objectClass=user)(!(objectCategory=person))(sAMAccountName=DC1$))',
      ['DC1$'],
    ],
    ['a password cannot be searched', '(unicodePwd=*)', []],
    ['no star of the client', '(sAMAccountName=\\2a)', []],
  ])('knows %s', async (_, filter, found) => {
    const client = await ground.signIn()
    if (filter === null) {
      const { objectGUID } = await readOne(client, leaver.dn, ['objectGUID'])
      const hex = Buffer.isBuffer(objectGUID) ? objectGUID.toString('hex') : ''
      const dashed = hex.replace(/^(..)(..)(..)(..)(..)(..)(..)(..)(....)/, '$4$3$2$1-$6$5-$8$7-$9-')
      expect(await findNames(client, `(objectGUID=${dashed})`)).toEqual(found)
      const bytes = new EqualityFilter({ attribute: 'objectGUID', value: Buffer.from(hex, 'hex') })
      expect((await client.search(base, { filter: bytes })).searchEntries).toHaveLength(1)
      expect(await findNames(client, `(objectGUID=${hex})`)).toEqual([])
      return
    }
    const names = (await findNames(client, filter)).map(name => (name === '' ? 'undefined' : name))
    expect(names).toEqual(found)
  })

  it('finds everybody, and names with awkward characters', async () => {
    const client = await ground.signIn()
    const all = await findNames(client, '(&(objectCategory=person)(objectClass=user)(mail=*))')
    expect(all).toEqual([login, ...others].sort())
    const { searchEntries } = await client.search(peopleOu, { scope: 'one', filter: '(mail=*)', attributes: ['cn'] })
    const awkward = searchEntries.filter(({ cn }) => /[,"+#\\ü]/.test(String(cn)))
    expect(awkward).toHaveLength(5)
    for (const { dn, cn } of awkward) expect((await readOne(client, dn, ['cn'])).cn).toBe(cn)
    expect(await findNames(client, '(cn=*muller*)')).toEqual([personAt(6).login])
  })
})

describe('searching', () => {
  it('reaches one entry, one level, or all below', async () => {
    const client = await ground.signIn()
    const count = async (scope: 'base' | 'one' | 'sub') =>
      (await client.search(base, { scope, attributes: ['1.1'] })).searchEntries.length
    expect(await count('base')).toBe(1)
    expect(await count('one')).toBe(9)
    expect(await count('sub')).toBeGreaterThan(people.length)
  })

  it('names other partitions in a search from the top, unless told not to', async () => {
    const client = await ground.signIn()
    const search = (dn: string, ...controls: Control[]) =>
      client.search(dn, { filter: `(sAMAccountName=${leaver.login})` }, ...controls)
    expect((await search(base)).searchReferences).toHaveLength(3)
    expect((await search(peopleOu)).searchReferences).toEqual([])
    expect((await search(base, new Control('1.2.840.113556.1.4.1339'))).searchReferences).toEqual([])
  })

  it.each([
    [`CN=No,${base}`, 32],
    ['DC=other,DC=example', 32],
    ['nope', 34],
    ['<SID=x>', 34],
    [`<SID=S-1-5-21-1-2-3-4>`, 32],
  ])('answers %s with its code', async (dn, code) => {
    expect(await codeOf((await ground.signIn()).search(dn, { scope: 'base' }))).toBe(code)
  })

  it('finds by SID, and gives only what was asked for', async () => {
    const client = await ground.signIn()
    const { objectSid } = await readOne(client, leaver.dn, ['objectSid'])
    const sid = Buffer.isBuffer(objectSid) ? objectSid.toString('hex') : ''
    expect(await readOne(client, `<SID=${sid}>`, ['MAIL', 'nosuch'])).toMatchObject({
      dn: leaver.dn,
      mail: leaver.email,
    })
    const { searchEntries } = await client.search(leaver.dn, { scope: 'base', attributes: ['1.1'] })
    expect(Object.keys(searchEntries[0] ?? {})).toEqual(['dn', '1.1'])
    const types = await client.search(leaver.dn, { scope: 'base', attributes: ['mail'], returnAttributeValues: false })
    expect(types.searchEntries[0]?.mail).toEqual([])
  })

  it('gives constructed attributes only by name, and tokenGroups only of one entry', async () => {
    const client = await ground.signIn()
    const whole = await readOne(client, leaver.dn)
    expect(whole).not.toHaveProperty('tokenGroups')
    expect(whole).not.toHaveProperty('unicodePwd')
    const { tokenGroups } = await readOne(client, leaver.dn, ['tokenGroups'])
    // Domain Users, Users, five by name, and Plant through Workshop.
    expect(tokenGroups).toHaveLength(8)
    expect(await codeOf(client.search(peopleOu, { attributes: ['tokenGroups'] }))).toBe(1)
    expect(await codeOf(client.search(peopleOu, { filter: '(canonicalName=x)' }))).toBe(18)
    expect((await readOne(client, leaver.dn, ['canonicalName'])).canonicalName).toBe(
      `ironbridge.example/People/${leaver.name}`,
    )
    expect((await readOne(client, personAt(0).dn, ['directReports'])).directReports).toContain(leaver.dn)
    expect(whole.manager).toBe(personAt(0).dn)
  })

  it('stops at the limit of the client or its own with 4, and a page at its size', async () => {
    const client = await ground.signIn()
    // Where the limit was its own, ldapts takes 4 for an end like any other.
    expect((await client.search(peopleOu, { sizeLimit: 1 })).searchEntries).toHaveLength(1)
    expect((await ground.calls()).at(-1)?.status).toBe(413)
    await ground.control('POST', 'limits', { page: 10 })
    expect(await codeOf(client.search(peopleOu))).toBe(4)
    expect((await ground.calls()).at(-1)?.status).toBe(413)
    const pages: number[] = []
    for await (const page of client.searchPaginated(peopleOu, { paged: { pageSize: 500 }, filter: '(mail=*)' })) {
      pages.push(page.searchEntries.length)
    }
    expect(pages.slice(0, -1).every(size => size === 10)).toBe(true)
    expect(pages.reduce((sum, size) => sum + size, 0)).toBe(people.length + 1)
  })

  it('gives the values of a large attribute in portions', async () => {
    const client = await ground.signIn()
    await ground.control('POST', 'limits', { values: 40 })
    const staff = groupOf('Staff')
    const first = await readOne(client, staff, ['member'])
    expect(first['member;range=0-39']).toHaveLength(40)
    expect(first.member).toEqual([])
    const rest = await readOne(client, staff, ['member;range=40-*'])
    expect(rest['member;range=40-*']).toHaveLength(people.length - 40)
  })

  it('refuses controls that it does not know only when they are critical', async () => {
    const client = await ground.signIn()
    expect(await codeOf(client.search(base, { scope: 'base' }, new Control('1.2.3', { critical: true })))).toBe(12)
    expect(await codeOf(client.search(base, { scope: 'base' }, new Control('1.2.3')))).toBe(0)
  })

  it('does not add or compare, or know other extended operations', async () => {
    const client = await ground.signIn(administrator)
    expect(await codeOf(client.add(`CN=New,${peopleOu}`, { objectClass: ['user'] }))).toBe(53)
    expect(await codeOf(client.compare(leaver.dn, 'mail', leaver.email))).toBe(53)
    expect(await codeOf(client.exop('1.2.3.4'))).toBe(2)
    expect(await codeOf(ground.client().bind('PLAIN', 'x'))).toBe(7)
    expect(await codeOf(ground.client().bind('EXTERNAL'))).toBe(49)
  })

  it('shows what is deleted only to those who may see it, and only when asked', async () => {
    const client = await ground.signIn()
    await client.del(leaver.dn)
    const deleted = async (who: typeof client, ...controls: Control[]) =>
      (await who.search(base, { filter: `(sAMAccountName=${leaver.login})` }, ...controls)).searchEntries.length
    const other = await ground.signIn(personAt(9).email, passwordOf(personAt(9).login))
    expect([await deleted(client), await deleted(client, showDeleted()), await deleted(other, showDeleted())]).toEqual([
      0, 1, 0,
    ])
    await client.modifyDN(personAt(9).dn, `CN=${personAt(9).name},${leaversOu}`)
    expect(await codeOf(other.search(base, { scope: 'base' }))).toBe(0)
  })
})
