import { beforeEach, describe, expect, it } from 'vitest'
import type { SignInPrompt } from '../../src/core/ports.ts'
import { redact } from '../../src/core/redact.ts'
import { bms } from '../../src/systems/bms/index.ts'
import { failureOf } from '../http/loopback.ts'
import { ordinary, setStage, tenants } from './bms-stage.ts'

const stage = setStage()
const { open, calls, fault, control, credentialsOf } = stage

function promptWith(codes: string[]): SignInPrompt & { asked: number } {
  return {
    asked: 0,
    async code() {
      this.asked += 1
      return codes[this.asked - 1] ?? ''
    },
    push: () => expect.unreachable(),
    tenant: () => expect.unreachable(),
  }
}

describe('signing in', () => {
  it('says who we are', async () => {
    const { session } = await open(ordinary)
    const name = stage.sandbox.tenants[2]?.name
    expect(await session.check()).toEqual({
      name: 'k1ctl-api',
      email: expect.stringContaining('@'),
      tenant: name,
      missing: [],
    })
  })

  it('falls back to multipart on 415', async () => {
    await fault({ path: '/authenticate', status: 415, body: '' })
    await open(ordinary)
    expect((await calls()).map(call => call.path)).toEqual(['/v2/security/authenticate', '/v2/security/authenticate'])
  })

  it('tells of a missing admin right', async () => {
    const { session } = await open(tenants.notAdmin)
    expect((await session.check()).missing).toEqual([expect.stringContaining('k1ctl-api is not a BMS administrator')])
  })

  it.each([
    ['a wrong password', { password: 'wrong-password' }, 'did not accept k1ctl-api', 'password'],
    ['an unknown company', { company: 'Nowhere Ltd' }, 'did not accept the company "Nowhere Ltd"', 'company'],
  ])('refuses %s', async (_name, more, words, hint) => {
    const error = await failureOf(open(ordinary, more))
    expect(error).toMatchObject({ kind: 'sign-in', message: expect.stringContaining(words) })
    expect(error.hint).toContain(hint)
    expect(JSON.stringify([error.message, error.hint, error.facts])).not.toContain('wrong-password')
  })

  it('names what a connection lacks', async () => {
    const error = await failureOf(open(ordinary, { password: '', company: ' ' }))
    expect(error).toMatchObject({ kind: 'not-set-up', facts: { missing: ['company', 'password'] } })
  })

  it('says so when the sign-in is no BMS at all', async () => {
    const url = `${stage.sandbox.systems.bms?.url}`.replace('/bms', '')
    expect(await failureOf(open(ordinary, { url: `${url}/graphus` }))).toMatchObject({
      hint: expect.stringMatching(/URL|password/),
    })
    await fault({ path: '/authenticate', body: '<html>hello</html>', status: 200 })
    const error = await failureOf(open(ordinary))
    expect(error).toMatchObject({ kind: 'contract', message: expect.stringContaining('a web page') })
    expect(error.hint).toContain('Check the URL')
  })

  it('names the field that a token lacks', async () => {
    await fault({ path: '/authenticate', omit: ['Result.AccessToken'] })
    expect(await failureOf(open(ordinary))).toMatchObject({
      kind: 'contract',
      facts: { method: 'POST', path: '/v2/security/authenticate', field: 'result.accessToken' },
    })
  })

  it('keeps the tokens out of sight', async () => {
    await open(ordinary)
    const [call] = await calls()
    expect(JSON.stringify(call)).not.toContain(credentialsOf(ordinary).password)
    expect(redact(`x ${credentialsOf(ordinary).password} y`)).toBe('x [secret] y')
  })
})

describe('2FA', () => {
  beforeEach(async () => {
    await stage.restart(world => {
      const account = world.tenants[2]?.bms?.account
      if (account) account.mfaCode = '246810'
    })
  })

  it('sends the code that is given', async () => {
    await open(ordinary, { mfaCode: '246810' })
    expect(await calls()).toHaveLength(1)
  })

  it('asks for one, up to three times', async () => {
    const prompt = promptWith(['111111', '246810'])
    await open(ordinary, {}, prompt)
    expect(prompt.asked).toBe(2)
    const wrong = promptWith(['1', '2', '3', '4'])
    expect(await failureOf(open(ordinary, {}, wrong))).toMatchObject({ kind: 'sign-in', facts: { needs: 'mfaCode' } })
    expect(wrong.asked).toBe(3)
  })

  it('says so when nobody can be asked', async () => {
    const missing = await failureOf(open(ordinary))
    expect(missing).toMatchObject({ kind: 'sign-in', message: expect.stringContaining('asks for a 2FA code') })
    const wrong = await failureOf(open(ordinary, { mfaCode: '000001' }))
    expect(wrong).toMatchObject({ kind: 'sign-in', message: expect.stringContaining('did not accept the 2FA code') })
  })

  it('cancelled is cancelled', async () => {
    const prompt = { ...promptWith([]), code: () => Promise.reject(new Error('cancelled by hand')) }
    await expect(open(ordinary, {}, prompt)).rejects.toThrow('cancelled by hand')
  })
})

describe('tokens', () => {
  const signIns = async () =>
    (await calls())
      .filter(call => /security\/(?:auth|refresh)/.test(call.path))
      .map(call => call.path.split('/').at(-1))

  it('are refreshed before they expire', async () => {
    const { session } = await open(ordinary)
    await stage.clock.sleep(59.5 * 60_000)
    await session.check()
    expect(await signIns()).toEqual(['authenticate', 'refreshtoken'])
  })

  it('are refreshed on a 401, once for calls side by side', async () => {
    const { features } = await open(ordinary)
    await control('POST', 'expire-tokens', {})
    await features.read()
    expect(await signIns()).toEqual(['authenticate', 'refreshtoken'])
  })

  it('are not refreshed again for a 401 that comes late', async () => {
    const { features } = await open(ordinary)
    await control('POST', 'expire-tokens', {})
    await fault({ path: 'mappings', delayMs: 200 })
    await features.read()
    expect(await signIns()).toEqual(['authenticate', 'refreshtoken'])
  })

  it('are replaced by signing in again when the refresh token is no good', async () => {
    const { session } = await open(ordinary)
    await control('POST', 'expire-tokens', { refresh: true })
    expect((await session.check()).missing).toEqual([])
    expect((await signIns()).slice(0, 3)).toEqual(['authenticate', 'refreshtoken', 'authenticate'])
  })

  it('with an expiry that our clock thinks is past are used all the same', async () => {
    // Only the client's clock is ahead: the sandbox took its own before.
    const ahead = { ...stage.clock, now: () => new Date(stage.clock.now().getTime() + 6 * 3_600_000) }
    const session = await bms.open(credentialsOf(ordinary), { clock: ahead, http: { env: {} } })
    await session.check()
    await session.close()
    expect(await signIns()).toEqual(['authenticate'])
  })
})
