import { describe, expect, it } from 'vitest'
import { emails, leaver, other, setJumpcloudStage } from './jumpcloud-stage.ts'
import { theOne } from './people-stage.ts'

/** Whom JumpCloud finds, and as whom. */

const { stage, open, alter } = setJumpcloudStage()

describe('finding people in JumpCloud', () => {
  it.each([
    ['an e-mail', leaver],
    ['an e-mail in capitals, with space around', `  ${leaver.toUpperCase()} `],
    ['a log-in', leaver.split('@')[0] ?? ''],
    ['an alternate e-mail with a plus sign', `hello+${leaver}`],
  ])('knows somebody by %s', async (_, word) => {
    const people = await open()
    const account = await theOne(people, word)
    expect(account).toMatchObject({ email: leaver, active: true, roles: [] })
    expect(account.name).toMatch(/^\S+ \S+/)
    expect(account.asFound?.devices?.split(',')).toHaveLength(3)
    expect(await people.account(account.id)).toEqual(account)
    expect(await stage.writes('jumpcloud')).toEqual([])
  })

  it.each(['nobody@ironbridge.example', 'diego', leaver.slice(0, -1), '*', '"', '', '%', 'email:$ne:x', `${leaver}*`])(
    'knows nobody by %j, which is no error',
    async word => {
      expect(await (await open()).find(word)).toEqual([])
    },
  )

  it('knows somebody whose names were typed in mixed case, and one with an apostrophe', async () => {
    const people = await open()
    await alter(other, { email: "Charlie.O'Wong@Ironbridge.Example" })
    expect(await theOne(people, "charlie.o'wong@IRONBRIDGE.example")).toMatchObject({ login: 'charles.wong' })
  })

  it('gives all that match, for the caller to refuse', async () => {
    await alter(other, { alternateEmail: leaver })
    expect(await (await open()).find(leaver)).toHaveLength(2)
  })

  it.each(['99999999', '../systemusers', '0123456789abcdef01234567'])('knows no account with the id %s', async id => {
    expect(await (await open()).account(id)).toBeNull()
  })

  it('lists everybody once, over several pages, and counts them', async () => {
    const people = await open()
    const ids: string[] = []
    for await (const account of people.list()) ids.push(account.id)
    expect(ids.length).toBe(emails.length)
    expect(new Set(ids).size).toBe(ids.length)
    expect(await people.count()).toBe(ids.length)
  })

  it('says whose account is changed elsewhere', async () => {
    await alter(leaver, { restrictedFields: [{ field: 'email', type: 'active_directory', id: 'x' }] })
    await alter(other, { externally_managed: true, restrictedFields: [{ field: 'email', type: 'scim', id: 'x' }] })
    const people = await open()
    expect(await theOne(people, leaver)).toMatchObject({ masteredIn: 'active-directory' })
    expect(await theOne(people, other)).not.toHaveProperty('masteredIn')
  })

  it('reads the list once where many are looked for, and asks for whom it does not name', async () => {
    const people = await open()
    for (const email of emails.slice(0, 3)) await theOne(people, email)
    const asked = async () => (await stage.calls('jumpcloud')).filter(call => /\/systemusers/.test(call.path))
    const before = (await asked()).length
    for (const email of emails.slice(3, 9)) expect((await theOne(people, email.toUpperCase())).email).toBe(email)
    const after = (await asked()).slice(before).map(call => call.path)
    // How many there are, the list in one page, and each by itself.
    expect(after.filter(path => path.includes('?'))).toHaveLength(2)
    expect(after).toHaveLength(8)
    expect(await people.find('nobody@ironbridge.example')).toEqual([])
    expect((await asked()).slice(before + 8).map(call => call.path)).toHaveLength(3)
  })
})
