import { describe, expect, it } from 'vitest'
import { failureOf } from '../http/loopback.ts'
import { goalOf, theOne } from '../systems/people-stage.ts'
import { awkward, go, noController, setStage, stay } from './stage.ts'

describe.skipIf(noController())('Active Directory, a real one', () => {
  const stage = setStage()

  describe('signing in', () => {
    it('says who we are, and that a Domain Administrator lacks nothing', async () => {
      const session = await stage.session()
      expect(await session.check()).toEqual({
        name: 'Administrator',
        email: '',
        tenant: 'corp.test, dc1.corp.test',
        missing: [],
      })
    })

    it('begins TLS on the plain port, and says nothing before', async () => {
      const people = await stage.people({ url: `ldap://${stage.samba.host}` })
      expect((await people.find('boss')).map(({ login }) => login)).toEqual(['boss'])
    })

    it.each([
      ['a wrong password', { password: 'not-it-at-all' }, 'sign-in', 'the user name or the password is wrong'],
      ['nobody', { username: 'nobody@corp.test' }, 'sign-in', 'the user name or the password is wrong'],
      ['another name than that of the certificate', { serverName: 'dc2.corp.test' }, 'unreachable', 'for another host'],
      ['no name but the address', { serverName: '' }, 'unreachable', 'for another host'],
      ['an authority that nobody knows', { ca: '' }, 'unreachable', 'authority that this machine does not trust'],
      ['a port where nothing listens', { port: '1636' }, 'unreachable', 'nothing listens there'],
    ])('says what is wrong with %s', async (_, more, kind, words) => {
      const { port, ...given } = { port: '636', ...more }
      const error = await failureOf(stage.session({ url: `ldaps://${stage.samba.host}:${port}`, ...given }))
      expect([error.kind, error.message]).toEqual([kind, expect.stringContaining(words)])
      expect(JSON.stringify([error.message, error.hint, error.facts])).not.toContain(stage.samba.administrator.password)
    })

    it('tells the name that the certificate is for', async () => {
      const error = await failureOf(stage.session({ serverName: 'dc2.corp.test' }))
      expect(error.hint).toMatch(/serverName.*DC1\.corp\.test/i)
    })

    it('says that an account is disabled', async () => {
      await stage.corp.addUser(`CN=Out,OU=Staff,${stage.samba.base}`, 'out')
      await stage.corp.set(`CN=Out,OU=Staff,${stage.samba.base}`, 'userAccountControl', '514')
      const error = await failureOf(stage.session({ username: 'out@corp.test', password: stage.corp.password }))
      expect([error.kind, error.message]).toEqual(['sign-in', expect.stringContaining('the account is disabled')])
    })

    it('names the rights that an ordinary account lacks', async () => {
      const session = await stage.session({ username: 'helper@corp.test', password: stage.corp.password })
      const { name, missing } = await session.check()
      expect(name).toBe('helper')
      expect(missing.join('\n')).toMatch(/may not write userAccountControl, description, primaryGroupID/)
      expect(missing.join('\n')).toMatch(/may not write the members of groups/)
      expect(missing.join('\n')).toMatch(/may not create users in OU=Leavers/)
      const { people } = session
      if (!people) throw new Error('no people')
      const goals = await people.goals(await theOne(people, 'boss'), stay)
      for (const kind of ['sign-in-blocked', 'groups-left'] as const) await goalOf(goals, kind).look()
      const error = await failureOf(Promise.resolve(goalOf(goals, 'sign-in-blocked').bring?.()))
      expect([error.kind, error.message]).toEqual(['forbidden', expect.stringContaining('Write userAccountControl')])
    })
  })

  describe('finding people', () => {
    it.each([
      ['log-in', 'ann'],
      ['capitals and space', '  ANN '],
      ['principal name', 'ann@corp.test'],
      ['mail', "ann+o'brien@corp-mail.example"],
      ['alias', 'A.Mueller@corp-mail.example'],
      ['domain and log-in', 'corp\\ann'],
    ])('by %s', async (_, word) => {
      const people = await stage.people()
      const account = await theOne(people, word)
      expect(account).toMatchObject({ login: 'ann', name: awkward.name, active: true, roles: [] })
      expect(account.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/)
      expect(account.email).toBe("ann+o'brien@corp-mail.example")
      expect(await people.account(account.id)).toEqual(account)
    })

    it.each([
      '',
      '*',
      'an*',
      '"',
      '%',
      'ann)(objectClass=*',
      'other\\ann',
      '\\',
      'a\u0000nn',
      'mueller@corp-mail.example',
    ])('and nobody by %j', async word => {
      expect(await (await stage.people()).find(word)).toEqual([])
    })

    it('does not take an umlaut for a plain letter', async () => {
      const people = await stage.people()
      expect((await theOne(people, 'ÜMIT@corp-mail.example')).login).toBe('umit')
      expect((await theOne(people, 'umit@corp-mail.example')).login).toBe('umit2')
    })

    it('finds an account that has no principal name by its implicit one', async () => {
      const people = await stage.people()
      expect((await theOne(people, 'administrator@CORP.test')).login).toBe('Administrator')
      expect(await people.find('administrator@elsewhere.test')).toEqual([])
    })

    it('lists everybody once, and counts them, also over several pages', async () => {
      const people = await stage.people()
      const logins: string[] = []
      for await (const { login } of people.list()) logins.push(login)
      expect(new Set(logins).size).toBe(logins.length)
      expect(logins).toEqual(expect.arrayContaining(['ann', 'boss', 'Administrator', 'krbtgt']))
      expect(logins.some(login => login.endsWith('$'))).toBe(false)
      expect(await people.count()).toBe(logins.length)
    })

    it('knows nothing of ids that nobody has', async () => {
      const people = await stage.people()
      expect(await people.account('00112233-4455-6677-8899-aabbccddeeff')).toBeNull()
      expect(await people.account('no id')).toBeNull()
    })
  })

  describe('protected accounts', () => {
    it.each([
      ['krbtgt', /key of all tickets/],
      ['Administrator', /itself signs in/],
      ['Guest', /critical system object/],
      ['dora', /in Administrators, Domain Admins, .*AdminSDHolder/],
    ])('%s is not touched', async (login, words) => {
      const people = await stage.people()
      const account = await theOne(people, login)
      expect(account.untouchable).toMatch(words)
      const before = await stage.corp.usn()
      for (const goal of await people.goals(account, go)) {
        const held = (await goal.look()).state === 'holds'
        if (!held) expect((await failureOf(Promise.resolve(goal.bring?.()))).kind).toBe('refused')
      }
      expect(await stage.corp.usn()).toEqual(before)
    })

    it('who was in such a group once is like anybody else', async () => {
      expect((await theOne(await stage.people(), 'former')).untouchable).toBeUndefined()
    })

    it('the last Domain Admin that is not disabled is named as such', async () => {
      const { corp } = stage
      const { base } = stage.samba
      const admins = `CN=Domain Admins,CN=Users,${base}`
      const administrator = `CN=Administrator,CN=Users,${base}`
      const people = await stage.people({ username: 'helper@corp.test', password: corp.password })
      expect((await theOne(people, 'Administrator')).untouchable).toBe('the built-in Administrator')
      await corp.addUser(`CN=Second,OU=Staff,${base}`, 'second')
      await corp.join(admins, `CN=Second,OU=Staff,${base}`)
      expect((await theOne(people, 'second')).untouchable).toMatch(/take the account out of them by hand/)
      await corp.leave(admins, `CN=Tier 0,OU=Groups,${base}`)
      await corp.set(administrator, 'userAccountControl', '514')
      expect((await theOne(people, 'second')).untouchable).toMatch(/^the last member of Domain Admins/)
      await corp.set(administrator, 'userAccountControl', '512')
      await corp.leave(admins, `CN=Second,OU=Staff,${base}`)
      expect((await theOne(people, 'second')).untouchable).toBeUndefined()
    })
  })
})
