import { Control } from 'ldapts'
import { describe, expect, it } from 'vitest'
import {
  administrator,
  base,
  change,
  codeOf,
  groupOf,
  leaversOu,
  operator,
  passwordOf,
  peopleOu,
  personAt,
  quoted,
  readOne,
  setDirectoryGround,
} from './active-directory-ground.ts'

const ground = setDirectoryGround()
const leaver = personAt(2)
const admin = personAt(1)
const vpn = groupOf('VPN users')
const domainAdmins = `CN=Domain Admins,CN=Users,${base}`
const reset = change('replace', 'unicodePwd', quoted('Fresh-Passw0rd'))
const disable = change('replace', 'userAccountControl', '514')

describe('the account of the connection', () => {
  it.each([
    ['disable', disable],
    ['reset a password', reset],
    ['stamp', change('replace', 'info', 'x')],
  ])('may %s for people, and not for those who are or were in a protected group', async (_, wanted) => {
    const client = await ground.signIn()
    expect(await codeOf(client.modify(leaver.dn, wanted))).toBe(0)
    expect(await codeOf(client.modify(admin.dn, wanted))).toBe(50)
    expect(await codeOf(client.modify(`CN=krbtgt,CN=Users,${base}`, wanted))).toBe(50)
    expect((await readOne(client, admin.dn)).userAccountControl).toBe('512')
  })

  it('may not move or delete a protected account, nor change protected groups, nor where it has no rights', async () => {
    const client = await ground.signIn()
    expect(await codeOf(client.modifyDN(admin.dn, `CN=${admin.name},${leaversOu}`))).toBe(50)
    expect(await codeOf(client.del(admin.dn))).toBe(50)
    expect(await codeOf(client.modify(domainAdmins, change('delete', 'member', admin.dn)))).toBe(50)
    expect(await codeOf(client.modify(vpn, change('replace', 'description', 'x')))).toBe(50)
    expect(await codeOf(client.modifyDN(leaver.dn, `CN=${leaver.name},OU=Service Accounts,${base}`))).toBe(50)
    expect(await codeOf(client.modify(leaver.dn, change('replace', 'servicePrincipalName', 'x/y')))).toBe(50)
    expect(
      await codeOf(client.modify(leaver.dn, [change('replace', 'info', 'x'), change('replace', 'adminCount', '0')])),
    ).toBe(50)
    expect((await readOne(client, leaver.dn, ['info'])).info).toEqual([])
  })

  it('reads beforehand what it may write', async () => {
    const client = await ground.signIn()
    const effective = async (dn: string, name = 'allowedAttributesEffective') =>
      [(await readOne(client, dn, [name]))[name] ?? []].flat()
    expect(await effective(leaver.dn)).toEqual(
      expect.arrayContaining(['userAccountControl', 'pwdLastSet', 'description', 'manager', 'cn']),
    )
    expect(await effective(admin.dn)).toEqual([])
    expect(await effective(vpn)).toEqual(['member'])
    expect(await effective(domainAdmins)).toEqual([])
    expect(await effective(leaversOu, 'allowedChildClassesEffective')).toEqual(['user'])
    expect(await effective(`OU=Groups,${base}`, 'allowedChildClassesEffective')).toEqual([])

    await ground.control('POST', 'rights', { without: ['reset-password', 'write-members', 'move'] })
    expect(await effective(leaver.dn)).not.toEqual(expect.arrayContaining(['pwdLastSet']))
    expect(await effective(vpn)).toEqual([])
    expect(await effective(leaversOu, 'allowedChildClassesEffective')).toEqual([])
  })

  it.each([
    ['write-person', (client: Awaited<ReturnType<typeof ground.signIn>>) => client.modify(leaver.dn, disable)],
    ['reset-password', client => client.modify(leaver.dn, reset)],
    ['write-members', client => client.modify(vpn, change('delete', 'member', leaver.dn))],
    ['move', client => client.modifyDN(leaver.dn, `CN=${leaver.name},${leaversOu}`)],
    ['delete', client => client.del(leaver.dn)],
  ] as [string, (client: Awaited<ReturnType<typeof ground.signIn>>) => Promise<unknown>][])(
    'is refused with 50 without the right %s, and not after it was given back',
    async (right, act) => {
      const client = await ground.signIn()
      await ground.control('POST', 'rights', { without: [right] })
      expect(await codeOf(act(client))).toBe(50)
      expect((await ground.calls()).filter(call => call.write)).toEqual([])
      await ground.control('POST', 'rights', { without: [] })
      expect(await codeOf(act(client))).toBe(0)
    },
  )

  it('sees no tombstones without the right to, and reanimates none', async () => {
    const client = await ground.signIn()
    const showDeleted = () => new Control('1.2.840.113556.1.4.417', { critical: true })
    await client.del(leaver.dn)
    const tombstones = async () =>
      (await client.search(base, { filter: `(sAMAccountName=${leaver.login})` }, showDeleted())).searchEntries
    const [tombstone] = await tombstones()
    const back = [change('delete', 'isDeleted'), change('replace', 'distinguishedName', leaver.dn)]
    await ground.control('POST', 'rights', { without: ['reanimate', 'read-deleted'] })
    expect(await tombstones()).toEqual([])
    expect(await codeOf(client.modify(tombstone?.dn ?? '', back, showDeleted()))).toBe(50)
    await ground.control('POST', 'rights', { without: [] })
    const elsewhere = change('replace', 'distinguishedName', `CN=${leaver.name},CN=Users,${base}`)
    expect(await codeOf(client.modify(tombstone?.dn ?? '', [back[0] ?? elsewhere, elsewhere], showDeleted()))).toBe(50)
    expect(await codeOf(client.modify(tombstone?.dn ?? '', back, showDeleted()))).toBe(0)
    // Nobody knows a password of it any more, so it cannot be enabled without one.
    await client.modify(leaver.dn, disable)
    expect(await codeOf(client.modify(leaver.dn, change('replace', 'userAccountControl', '512')))).toBe(53)
    await client.modify(leaver.dn, reset)
    expect(await codeOf(client.modify(leaver.dn, change('replace', 'userAccountControl', '512')))).toBe(0)
  })
})

describe('others', () => {
  it('may read, and write nothing', async () => {
    const client = await ground.signIn(personAt(9).email, passwordOf(personAt(9).login))
    expect((await readOne(client, leaver.dn)).mail).toBe(leaver.email)
    expect(await codeOf(client.modify(leaver.dn, disable))).toBe(50)
    expect(await codeOf(client.modify(personAt(9).dn, change('replace', 'department', 'x')))).toBe(50)
    expect(await codeOf(client.modify(leaver.dn, change('replace', 'memberOf')))).toBe(50)
    expect(await codeOf(client.modifyDN(leaver.dn, `CN=${leaver.name},${leaversOu}`))).toBe(50)
    expect(await codeOf(client.del(leaver.dn))).toBe(50)
  })

  it('may do everything as an administrator, but not what the system forbids', async () => {
    const client = await ground.signIn(administrator)
    expect(await codeOf(client.modify(admin.dn, disable))).toBe(0)
    expect(await codeOf(client.modify(domainAdmins, change('delete', 'member', admin.dn)))).toBe(0)
    expect((await readOne(client, admin.dn)).adminCount).toBe('1')
    expect(await codeOf(client.del(`CN=Administrator,CN=Users,${base}`))).toBe(80)
    expect(await codeOf(client.modifyDN(`CN=krbtgt,CN=Users,${base}`, `CN=krbtgt,${leaversOu}`))).toBe(53)
    expect(await codeOf(client.del(peopleOu))).toBe(66)
    const { description } = await readOne(client, `CN=k1ctl offboarding,OU=Service Accounts,${base}`)
    expect(description).toBe('Signs in for k1ctl')
  })

  it('keeps what is protected from accidental deletion, from administrators too', async () => {
    const client = await ground.signIn(administrator)
    await ground.control('POST', 'protected', { account: leaver.login, on: true })
    expect(await codeOf(client.del(leaver.dn))).toBe(50)
    expect(await codeOf(client.modifyDN(leaver.dn, `CN=${leaver.name},${leaversOu}`))).toBe(50)
    await ground.control('POST', 'protected', { account: leaver.login, on: false })
    expect(await codeOf(client.del(leaver.dn))).toBe(0)
  })
})

describe('writing', () => {
  it.each([
    ['an unknown attribute', change('replace', 'nosuchthing', 'x'), 16],
    ['a back link', change('delete', 'memberOf', vpn), 53],
    ['a back link, all of it', change('replace', 'memberOf'), 53],
    ['an id', change('replace', 'objectGUID', 'x'), 19],
    ['a SID', change('replace', 'objectSid', 'x'), 53],
    ['a time of the server', change('replace', 'whenChanged', '20200101000000.0Z'), 19],
    ['the name', change('replace', 'cn', 'x'), 67],
    ['the whole name', change('replace', 'distinguishedName', `CN=x,${base}`), 19],
    ['what is constructed', change('replace', 'tokenGroups', 'x'), 53],
    ['text for a number', change('replace', 'userAccountControl', 'abc'), 21],
    ['nothing for a number that must be', change('replace', 'userAccountControl'), 53],
    ['an empty value', change('replace', 'description', ''), 21],
    ['lower case for a boolean', change('replace', 'msExchHideFromAddressLists', 'true'), 21],
    ['no name for a link', change('replace', 'manager', 'nope'), 34],
    ['nobody for a link', change('replace', 'manager', `CN=No,${base}`), 19],
    ['a second value', change('add', 'mail', 'x@y.example'), 20],
    ['two values for one', change('replace', 'mail', 'a@y.example', 'b@y.example'), 20],
    ['a value twice', change('replace', 'otherTelephone', '1', '1'), 20],
    ['a value that is there', change('add', 'proxyAddresses', `SMTP:${leaver.email.toUpperCase()}`), 20],
    ['nothing to add', change('add', 'otherTelephone'), 2],
    ['a time for the password', change('replace', 'pwdLastSet', '5'), 80],
    ['the account name of another', change('replace', 'sAMAccountName', personAt(3).login), 68],
    ['members of a person', change('add', 'member', leaver.dn), 65],
    ['a group that nobody is in', change('replace', 'primaryGroupID', '99999'), 53],
  ])('refuses %s, and keeps nothing of the same modification', async (_, wrong, code) => {
    const client = await ground.signIn(administrator)
    const before = await readOne(client, leaver.dn)
    expect(await codeOf(client.modify(leaver.dn, [change('replace', 'info', 'x'), wrong]))).toBe(code)
    expect(await readOne(client, leaver.dn)).toEqual(before)
  })

  it('knows the account type again that was left out, and the bits that only the server sets', async () => {
    const client = await ground.signIn()
    await client.modify(leaver.dn, change('replace', 'userAccountControl', String(2 | 0x10)))
    expect((await readOne(client, leaver.dn)).userAccountControl).toBe('514')
  })

  it('counts what was written, by the clock of the sandbox', async () => {
    const client = await ground.signIn(operator)
    const before = await readOne(client, leaver.dn, ['uSNChanged', 'whenChanged'])
    ground.clock.at = new Date('2026-03-02T10:11:12Z')
    await client.modify(leaver.dn, change('replace', 'info', 'x'))
    const after = await readOne(client, leaver.dn, ['uSNChanged', 'whenChanged'])
    expect(after.whenChanged).toBe('20260302101112.0Z')
    expect(Number(after.uSNChanged)).toBeGreaterThan(Number(before.uSNChanged))
  })
})
