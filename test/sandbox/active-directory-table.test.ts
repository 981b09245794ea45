import { Control } from 'ldapts'
import { describe, expect, it } from 'vitest'
import {
  administrator,
  base,
  change,
  codeOf,
  findNames,
  groupOf,
  guidHex,
  leaversOu,
  messageOf,
  passwordOf,
  peopleOu,
  personAt,
  quoted,
  readOne,
  setDirectoryGround,
  workshopGroup,
} from './active-directory-ground.ts'

/** Every row of what was seen on a real Samba 4.17 domain controller, with its result codes. ldapts is the client. */

const ground = setDirectoryGround()
const leaver = personAt(2)
const vpn = groupOf('VPN users')
const staff = groupOf('Staff')
const domainUsers = `CN=Domain Users,CN=Users,${base}`
const showDeleted = () => new Control('1.2.840.113556.1.4.417', { critical: true })
const treeDelete = () => new Control('1.2.840.113556.1.4.805', { critical: true })

describe('signing in', () => {
  it('refuses a simple bind in the clear with 8, and takes it after StartTLS', async () => {
    const clear = ground.plainClient()
    expect(await codeOf(clear.bind(administrator, ground.password))).toBe(8)

    const upgraded = ground.plainClient()
    await upgraded.startTLS({ ca: ground.ca, host: '127.0.0.1' })
    await upgraded.bind(administrator, ground.password)
    expect(await upgraded.exop('1.3.6.1.4.1.4203.1.11.3')).toMatchObject({ value: 'u:IRONBRIDGE\\Administrator' })
    expect((await readOne(upgraded, base, ['dc'])).dc).toBe('ironbridge')
    expect(await codeOf(upgraded.startTLS({ ca: ground.ca, host: '127.0.0.1' }))).not.toBe(0)
  })

  it.each([
    ['UPN', administrator],
    ['DN', `CN=Administrator,CN=Users,${base}`],
    ['DOMAIN\\user', 'IRONBRIDGE\\Administrator'],
  ])('takes a %s', async (_, name) => {
    const client = await ground.signIn(name)
    expect(await client.exop('1.3.6.1.4.1.4203.1.11.3')).toMatchObject({ value: 'u:IRONBRIDGE\\Administrator' })
  })

  it.each([
    ['a wrong password', administrator, 'wrong'],
    ['nobody', 'nobody@ironbridge.example', 'wrong'],
    ['the bare account name', 'Administrator', null],
    ['a distinguished name of nobody', `CN=No,${base}`, 'wrong'],
    ['no name at all', '=,=', 'wrong'],
  ])('answers %s with 49 and data 52e', async (_, name, password) => {
    const client = ground.client()
    const binding = client.bind(name, password ?? ground.password)
    expect(await messageOf(binding)).toContain('data 52e')
    expect(await codeOf(binding)).toBe(49)
  })

  it('answers 533 for a disabled account, but only to the right password', async () => {
    const client = await ground.signIn()
    await client.modify(leaver.dn, change('replace', 'userAccountControl', '514'))
    expect(await messageOf(ground.client().bind(leaver.email, passwordOf(leaver.login)))).toContain('data 533')
    expect(await messageOf(ground.client().bind(leaver.email, 'wrong'))).toContain('data 52e')
  })

  it('answers 701 for an expired account and 773 where the password has to be changed', async () => {
    const client = await ground.signIn()
    await client.modify(leaver.dn, change('replace', 'accountExpires', '116444736000000000'))
    expect(await messageOf(ground.client().bind(leaver.email, passwordOf(leaver.login)))).toContain('data 701')
    await client.modify(leaver.dn, [change('replace', 'accountExpires', '0'), change('replace', 'pwdLastSet', '0')])
    expect(await messageOf(ground.client().bind(leaver.email, passwordOf(leaver.login)))).toContain('data 773')
  })
})

describe('finding', () => {
  it('finds by account name, with binary ids that lead back to the entry after it was moved', async () => {
    const client = await ground.signIn()
    const filter = `(&(objectCategory=person)(objectClass=user)(sAMAccountName=${leaver.login}))`
    const { searchEntries } = await client.search(base, {
      filter,
      explicitBufferAttributes: ['objectGUID', 'objectSid'],
    })
    expect(searchEntries).toHaveLength(1)
    expect(searchEntries[0]).toMatchObject({
      dn: leaver.dn,
      userAccountControl: '512',
      primaryGroupID: '513',
      mail: leaver.email,
    })
    const hex = await guidHex(client, leaver.dn)
    const dashed = hex.replace(/^(..)(..)(..)(..)(..)(..)(..)(..)(....)/, '$4$3$2$1-$6$5-$8$7-$9-')
    await client.modifyDN(leaver.dn, `CN=${leaver.name},${leaversOu}`)
    for (const id of [hex, dashed, hex.toUpperCase()]) {
      expect((await readOne(client, `<GUID=${id}>`, ['cn'])).dn).toBe(`CN=${leaver.name},${leaversOu}`)
    }
    expect(await codeOf(readOne(client, `<GUID=${'0'.repeat(32)}>`))).toBe(32)
    expect(await codeOf(readOne(client, '<GUID=zz>'))).toBe(34)
  })

  it('pages', async () => {
    const client = await ground.signIn()
    const all = await findNames(client, '(objectClass=user)')
    const pages: number[] = []
    const names: string[] = []
    const options = { filter: '(objectClass=user)', attributes: ['sAMAccountName'], paged: { pageSize: 20 } }
    for await (const { searchEntries } of client.searchPaginated(base, options)) {
      pages.push(searchEntries.length)
      names.push(...searchEntries.map(entry => String(entry.sAMAccountName)))
    }
    expect(pages.slice(0, -1).every(size => size === 20)).toBe(true)
    expect(pages.length).toBe(Math.ceil(all.length / 20))
    expect(names.sort()).toEqual(all)
  })

  it('finds groups that somebody is in through others', async () => {
    const client = await ground.signIn()
    const direct = await findNames(client, `(member=${leaver.dn})`)
    expect(direct).toEqual(['licences-e3', 'orders', 'staff', 'vpn-users', 'workshop'])
    const rule = '1.2.840.113556.1.4.1941'
    expect(await findNames(client, `(member:${rule}:=${leaver.dn})`)).toEqual([...direct, 'plant'].sort())
    expect(await findNames(client, `(memberOf:${rule}:=CN=Plant,OU=Groups,${base})`)).toContain(leaver.login)
  })
})

describe('the steps of an offboarding', () => {
  it('disables, twice with the same answer', async () => {
    const client = await ground.signIn()
    for (const _ of [1, 2]) {
      expect(await codeOf(client.modify(leaver.dn, change('replace', 'userAccountControl', '514')))).toBe(0)
    }
    expect((await readOne(client, leaver.dn)).userAccountControl).toBe('514')
    const disabled = '(&(objectCategory=person)(userAccountControl:1.2.840.113556.1.4.803:=2))'
    expect(await findNames(client, disabled)).toContain(leaver.login)
  })

  it('resets a password, and refuses one that is too weak with 19 and 0000052D', async () => {
    const client = await ground.signIn()
    const before = await readOne(client, leaver.dn, ['pwdLastSet'])
    const reset = (password: Buffer) => client.modify(leaver.dn, change('replace', 'unicodePwd', password))
    expect(await messageOf(reset(quoted('abc')))).toContain('0000052D')
    expect(await codeOf(reset(quoted('abc')))).toBe(19)
    expect(await codeOf(reset(quoted('onlylettershere')))).toBe(19)
    expect(await codeOf(reset(Buffer.from('Fresh-Passw0rd', 'utf16le')))).toBe(53)
    expect(await codeOf(reset(Buffer.from('"Fresh-Passw0rd"')))).toBe(53)
    expect(await readOne(client, leaver.dn, ['pwdLastSet'])).toEqual(before)

    ground.clock.at = new Date('2026-03-02T09:05:00Z')
    expect(await codeOf(reset(quoted('Fresh-Passw0rd')))).toBe(0)
    const after = await readOne(client, leaver.dn, ['pwdLastSet', 'unicodePwd'])
    expect(Number(after.pwdLastSet)).toBeGreaterThan(Number(before.pwdLastSet))
    expect(after.unicodePwd).toEqual([])
    expect(await codeOf(ground.client().bind(leaver.email, passwordOf(leaver.login)))).toBe(49)
    expect(await codeOf(ground.client().bind(leaver.email, 'Fresh-Passw0rd'))).toBe(0)
  })

  it('lets a person change their own password with delete and add, and only so', async () => {
    const self = await ground.signIn(leaver.email, passwordOf(leaver.login))
    const old = quoted(passwordOf(leaver.login))
    const modify = (...changes: ReturnType<typeof change>[]) => codeOf(self.modify(leaver.dn, changes))
    expect(await modify(change('replace', 'unicodePwd', quoted('Fresh-Passw0rd')))).toBe(50)
    expect(await modify(change('add', 'unicodePwd', quoted('Fresh-Passw0rd')))).toBe(53)
    expect(await modify(change('delete', 'unicodePwd', old))).toBe(53)
    const fresh = change('add', 'unicodePwd', quoted('Fresh-Passw0rd'))
    expect(await modify(change('delete', 'unicodePwd', quoted('Wrong-Passw0rd')), fresh)).toBe(19)
    expect(await modify(change('delete', 'unicodePwd', old), fresh)).toBe(0)
    expect(await codeOf(ground.client().bind(leaver.email, 'Fresh-Passw0rd'))).toBe(0)
  })

  it('stamps and clears attributes; deleting what is not there is 16', async () => {
    const client = await ground.signIn()
    const modify = (...changes: ReturnType<typeof change>[]) => codeOf(client.modify(leaver.dn, changes))
    expect(await modify(change('replace', 'description', 'left'), change('replace', 'info', 'ticket 4'))).toBe(0)
    for (const _ of [1, 2]) expect(await modify(change('replace', 'telephoneNumber'))).toBe(0)
    expect(await modify(change('delete', 'telephoneNumber'))).toBe(16)
    expect(await modify(change('delete', 'mail', 'other@ironbridge.example'))).toBe(16)
    const read = await readOne(client, leaver.dn, ['description', 'info', 'telephoneNumber'])
    expect(read).toMatchObject({ description: 'left', info: 'ticket 4', telephoneNumber: [] })
  })

  it('takes members out once; the second time is 53, with the control for being permissive too', async () => {
    const client = await ground.signIn()
    const leave = (...controls: Control[]) =>
      codeOf(client.modify(workshopGroup, change('delete', 'member', leaver.dn), ...controls))
    expect(await codeOf(client.modify(workshopGroup, change('add', 'member', leaver.dn)))).toBe(68)
    expect(await leave()).toBe(0)
    expect(await leave()).toBe(53)
    expect(await leave(new Control('1.2.840.113556.1.4.1413', { critical: true }))).toBe(53)
    expect(await codeOf(client.modify(workshopGroup, change('add', 'member', `CN=No,${base}`)))).toBe(32)
    expect((await readOne(client, leaver.dn)).memberOf).toEqual([staff, vpn, groupOf('Orders'), expect.any(String)])
  })

  it('leaves a primary group only for another that the person is in', async () => {
    const client = await ground.signIn(administrator)
    const { objectSid } = await readOne(client, vpn, ['objectSid'])
    const rid = String(Buffer.isBuffer(objectSid) ? objectSid.readUInt32LE(objectSid.length - 4) : 0)
    const leave = (group: string) => codeOf(client.modify(group, change('delete', 'member', leaver.dn)))
    const makePrimary = (value: string) => codeOf(client.modify(leaver.dn, change('replace', 'primaryGroupID', value)))

    expect(await leave(domainUsers)).toBe(16)
    expect(await codeOf(client.modify(domainUsers, change('add', 'member', leaver.dn)))).toBe(68)
    await client.modify(vpn, change('delete', 'member', leaver.dn))
    expect(await makePrimary(rid)).toBe(53)
    await client.modify(vpn, change('add', 'member', leaver.dn))
    expect(await makePrimary(rid)).toBe(0)
    const { memberOf } = await readOne(client, leaver.dn)
    expect(memberOf).toContain(domainUsers)
    expect(memberOf).not.toContain(vpn)
    expect(await leave(domainUsers)).toBe(0)
    expect(await leave(vpn)).toBe(16)
    expect(await makePrimary('513')).toBe(53)
  })

  it('moves, and the old name is nobody from then on', async () => {
    const client = await ground.signIn()
    const moved = `CN=${leaver.name},${leaversOu}`
    await client.modifyDN(leaver.dn, moved)
    expect(await codeOf(client.modify(leaver.dn, change('replace', 'description', 'x')))).toBe(32)
    expect(await codeOf(client.modifyDN(leaver.dn, moved))).toBe(32)
    expect(await codeOf(client.search(leaver.dn, { scope: 'base' }))).toBe(32)
    expect((await readOne(client, vpn)).member).toContain(moved)

    await client.modifyDN(moved, 'CN=Torres \\, Diego')
    expect(await readOne(client, `CN=Torres \\, Diego,${leaversOu}`)).toMatchObject({ name: 'Torres , Diego' })
    expect(await codeOf(client.modifyDN(personAt(8).dn, `CN=${personAt(9).name}`))).toBe(68)
    expect(await codeOf(client.modifyDN(personAt(8).dn, `CN=${personAt(8).name},OU=Nowhere,${base}`))).toBe(80)
  })

  it('deletes into a tombstone, and brings one back without its groups', async () => {
    const client = await ground.signIn()
    const hex = await guidHex(client, leaver.dn)
    expect(await codeOf(client.del(leaver.dn))).toBe(0)
    expect(await codeOf(client.del(leaver.dn))).toBe(32)
    expect(await codeOf(client.del(`<GUID=${hex}>`))).toBe(32)
    expect(await codeOf(client.search(`<GUID=${hex}>`, { scope: 'base' }))).toBe(32)
    expect((await readOne(client, vpn)).member).not.toContain(leaver.dn)

    const filter = `(&(isDeleted=TRUE)(sAMAccountName=${leaver.login}))`
    const { searchEntries } = await client.search(base, { filter }, showDeleted())
    const [tombstone] = searchEntries
    if (tombstone === undefined) throw new Error('no tombstone')
    expect(tombstone).toMatchObject({ isDeleted: 'TRUE', isRecycled: 'TRUE', lastKnownParent: peopleOu })
    expect(tombstone.dn).toMatch(/^CN=Diego Torres\\0ADEL:[0-9a-f-]{36},CN=Deleted Objects,DC=ironbridge,DC=example$/)
    expect(tombstone).not.toHaveProperty('memberOf')
    expect(tombstone).not.toHaveProperty('mail')

    const back = [change('delete', 'isDeleted'), change('replace', 'distinguishedName', leaver.dn)]
    expect(await codeOf(client.modify(tombstone.dn, back))).toBe(32)
    expect(await codeOf(client.modify(tombstone.dn, [change('delete', 'isDeleted')], showDeleted()))).toBe(53)
    expect(await codeOf(client.modify(tombstone.dn, [change('replace', 'info', 'x')], showDeleted()))).toBe(53)
    expect(await codeOf(client.modify(tombstone.dn, back, showDeleted()))).toBe(0)
    expect(await guidHex(client, leaver.dn)).toBe(hex)
    const returned = await readOne(client, leaver.dn)
    expect(returned).toMatchObject({ primaryGroupID: '513', accountExpires: '0', pwdLastSet: '0' })
    for (const name of ['memberOf', 'mail', 'userPrincipalName', 'isDeleted']) expect(returned).not.toHaveProperty(name)
  })

  it('refuses to delete what has something below it with 66, but for the control for trees', async () => {
    const client = await ground.signIn(administrator)
    const { searchEntries } = await client.search(peopleOu, { filter: '(cn=ExchangeActiveSyncDevices)' })
    const holder = searchEntries[0]?.dn.replace(/^CN=ExchangeActiveSyncDevices,/, '') ?? ''
    expect(holder).toMatch(/^CN=\\#/)
    expect(await codeOf(client.del(holder))).toBe(66)
    expect(await codeOf(client.del(holder, treeDelete()))).toBe(0)
    expect(await codeOf(client.search(holder, { scope: 'base' }))).toBe(32)
  })
})
