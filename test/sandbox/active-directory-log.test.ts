import { describe, expect, it } from 'vitest'
import {
  base,
  change,
  codeOf,
  groupOf,
  guidHex,
  leaversOu,
  messageOf,
  operator,
  personAt,
  quoted,
  readOne,
  setDirectoryGround,
} from './active-directory-ground.ts'

const ground = setDirectoryGround()
const leaver = personAt(2)

describe('the log', () => {
  it('shows what was asked, by name, without passwords, and what took effect', async () => {
    const client = await ground.signIn()
    const hex = await guidHex(client, leaver.dn)
    await client.modify(`<GUID=${hex}>`, [
      change('replace', 'unicodePwd', quoted('Fresh-Passw0rd')),
      change('replace', 'info', 'x'),
    ])
    expect(await codeOf(client.modify(groupOf('Staff'), change('add', 'member', leaver.dn)))).toBe(68)
    await client.modifyDN(`<GUID=${hex}>`, `CN=${leaver.name},${leaversOu}`)
    await client.exop('1.3.6.1.4.1.4203.1.11.3')
    await client.del(`<GUID=${hex}>`)
    const calls = await ground.calls()
    const moved = `CN=${leaver.name},${leaversOu}`
    expect(calls.map(({ method, path, status, write }) => [method, path, status, write])).toEqual([
      ['BIND', operator, 200, false],
      ['SEARCH', leaver.dn, 200, false],
      ['MODIFY', leaver.dn, 200, true],
      ['MODIFY', groupOf('Staff'), 409, false],
      ['MODIFYDN', leaver.dn, 200, true],
      ['EXTENDED', 'WhoAmI', 200, false],
      ['DELETE', moved, 200, true],
    ])
    expect(JSON.parse(calls[2]?.body ?? '')).toEqual([
      { replace: 'unicodePwd', values: ['[secret]'] },
      { replace: 'info', values: ['x'] },
    ])
    expect(JSON.parse(calls[4]?.body ?? '')).toEqual({ newRdn: `CN=${leaver.name}`, newSuperior: leaversOu })
    expect(JSON.stringify(calls)).not.toContain('Fresh')
    expect(calls[0]).not.toHaveProperty('body')
    expect(calls[2]?.digest).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(await ground.control('GET', 'state'))).not.toContain('Fresh')
  })
})

describe('faults', () => {
  const search = async () => readOne(await ground.signIn(), leaver.dn, ['mail', 'userAccountControl'])
  const rename = async () => (await ground.signIn()).modify(leaver.dn, change('replace', 'info', 'x'))

  it.each([
    [401, 49],
    [403, 50],
    [404, 32],
    [408, 3],
    [409, 68],
    [429, 51],
    [500, 80],
    [502, 80],
    [503, 52],
    [418, 53],
  ])('of status %i answer %i, and nothing is changed', async (status, code) => {
    await ground.fault({ method: 'MODIFY', status })
    expect(await codeOf(rename())).toBe(code)
    expect((await ground.calls()).at(-1)).toMatchObject({ method: 'MODIFY', write: false, fault: 'status' })
    expect(await codeOf(rename())).toBe(0)
  })

  it('of an error answer its code as it is', async () => {
    await ground.fault({ method: 'SEARCH', path: '^CN=Diego', error: { Code: 51, Message: 'The server is busy.' } })
    await expect(search()).rejects.toMatchObject({ code: 51, message: expect.stringContaining('The server is busy.') })
    expect((await ground.calls()).at(-1)).toMatchObject({ status: 429, fault: 'error' })
  })

  it('leave attributes out, add one, and say back what was sent', async () => {
    await ground.fault({ method: 'SEARCH', omit: ['userAccountControl'] })
    expect(await search()).toMatchObject({ mail: leaver.email, userAccountControl: [] })
    await ground.fault({ method: 'SEARCH', extra: true })
    expect(await search()).toMatchObject({ mail: leaver.email, sandboxExtra: 'new' })
    await ground.fault({ method: 'BIND', echo: true }, { method: 'MODIFY', echo: true })
    expect(await messageOf(ground.client().bind(operator, 'My-Passw0rd'))).toContain('My-Passw0rd')
    const client = await ground.signIn()
    const reset = client.modify(leaver.dn, change('replace', 'unicodePwd', quoted('Fresh-Passw0rd')))
    expect(await messageOf(reset)).toContain('"Fresh-Passw0rd"')
  })

  it('lose the connection before or after the write, or the write comes late', async () => {
    for (const drop of ['before', 'after'] as const) {
      await ground.fault({ method: 'MODIFY', drop })
      await expect(rename()).rejects.toThrow()
      const written = (await ground.calls()).filter(call => call.method === 'MODIFY').at(-1)
      expect(written).toMatchObject({ write: drop === 'after', status: null, fault: `drop-${drop}` })
    }
    for (const wait of [{ delayMs: 120 }, { lateMs: 120 }]) {
      await ground.fault({ method: 'MODIFY', ...wait })
      const from = Date.now()
      await rename()
      expect(Date.now() - from).toBeGreaterThanOrEqual(115)
    }
  })

  it('hang, or answer what is no LDAP', async () => {
    await ground.fault({ method: 'SEARCH', hang: true })
    const client = ground.client({ timeout: 100 })
    await client.bind(operator, ground.password)
    expect(await messageOf(readOne(client, leaver.dn))).toMatch(/timed out/i)
    await ground.fault({ method: 'BIND', body: '<html>proxy</html>' })
    const confused = ground.client({ timeout: 200 })
    expect(await messageOf(confused.bind(operator, ground.password))).not.toBe('')
  })
})

describe('control', () => {
  it('starts over with the same ids, and those who were signed in stay so', async () => {
    const client = await ground.signIn()
    const state = await ground.control('GET', 'state')
    await ground.control('POST', 'rights', { without: ['move'] })
    await client.del(leaver.dn)
    await ground.control('POST', 'reset')
    expect(await ground.control('GET', 'state')).toEqual(state)
    expect(await codeOf(client.modifyDN(leaver.dn, `CN=${leaver.name},${leaversOu}`))).toBe(0)
  })

  it.each([
    ['rights', {}],
    ['rights', { without: ['nosuch'] }],
    ['limits', { page: -1 }],
    ['sync/delay', { ms: 'x' }],
    ['protected', { account: 'nobody', on: true }],
  ])('refuses %s with %j', async (path, body) => {
    await expect(ground.control('POST', path, body)).rejects.toThrow(' 400 ')
  })

  it('knows no other call', async () => {
    await expect(ground.control('POST', 'nosuch', {})).rejects.toThrow(' 404 ')
    await expect(ground.control('GET', 'rights')).rejects.toThrow(' 404 ')
  })
})

describe('the sandbox', () => {
  it('connects the one tenant that has a directory', () => {
    const connected = ground.sandbox.tenants.filter(({ connections }) => connections['active-directory'])
    expect(connected.map(({ name }) => name)).toEqual(['Ironbridge Machining'])
    expect(connected[0]?.connections['active-directory']).toEqual({
      settings: { url: ground.url, username: operator, ca: ground.ca, leaversOu },
      secrets: { password: ground.password },
    })
    expect(ground.sandbox.secrets()).toContain(ground.password)
    expect(ground.url).toMatch(/^ldaps:\/\/127\.0\.0\.1:\d+$/)
    expect(base).toBe('DC=ironbridge,DC=example')
  })
})
