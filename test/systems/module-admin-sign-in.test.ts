import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { redact } from '../../src/core/redact.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/index.ts'
import { graphus } from '../../src/systems/graphus/index.ts'
import { kaseyaOne } from '../../src/systems/kaseyaone/index.ts'
import { deps, failure, prompt, settingsOf, testClock, world } from './module-admin-world.ts'

const clock = testClock()
let sandbox: Sandbox
let url = ''
let control = ''

beforeAll(async () => {
  sandbox = await startSandbox({ seed: world, now: clock.now })
  url = sandbox.systems.graphus?.url ?? ''
  control = sandbox.systems.graphus?.control ?? ''
})
afterAll(() => sandbox.close())
beforeEach(() => tell('reset'))

async function tell(what: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${control}/${what}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.ok, what).toBe(true)
  const text = await answer.text()
  return text === '' ? undefined : JSON.parse(text)
}

const callSchema = z.array(z.object({ method: z.string(), path: z.string(), status: z.number().nullable() }))
const pushesSchema = z.array(z.object({ challenge: z.string(), state: z.string() }))

async function calls(): Promise<string[]> {
  const all = callSchema.parse(await (await fetch(`${control}/calls`)).json())
  return all.map(
    call => `${call.method} ${call.path.replace(/^(\/log-in\/)(?!refresh)[^/]+/, '$1CHALLENGE')} ${call.status}`,
  )
}

async function pushes() {
  return pushesSchema.parse(await (await fetch(`${control}/pushes`)).json())
}

describe('with a password', () => {
  it('signs in, and says who it is', async () => {
    const session = await graphus.open(settingsOf(url, 'sam'), deps(clock))
    expect(await session.check()).toEqual({ name: 'sam', email: 'sam@msp.example', tenant: 'Northwind', missing: [] })
    expect(session.tenantSetting).toBe('tenantId')
    expect(session.keep?.().refreshToken).toMatch(/.{8}/)
    await session.close()
    expect(await calls()).toEqual(['POST /log-in 200', 'GET /tenants 200', 'GET /session 200'])
  })

  it('takes a URL with a slash at its end', async () => {
    const session = await graphus.open(settingsOf(`${url}/`, 'sam'), deps(clock))
    expect((await session.features?.read())?.on['log-in']).toBe(true)
    await session.close()
  })

  it('says which rights are missing', async () => {
    const session = await graphus.open(settingsOf(url, 'ann'), deps(clock))
    const { missing } = await session.check()
    expect(missing.join(' ')).toMatch(/Graphus role is Analyst/)
    await session.close()
  })

  it.each([
    ['password', { password: 'wrong-password' }],
    ['company', { company: 'Another MSP' }],
    ['username', { username: 'nobody' }],
  ])('refuses a wrong %s', async (_, wrong) => {
    const error = await failure(graphus.open(settingsOf(url, 'sam', wrong), deps(clock)))
    expect(error.kind).toBe('sign-in')
    expect(error.hint).toContain('k1ctl connect graphus')
    expect(`${error.message} ${error.hint} ${JSON.stringify(error.facts)}`).not.toContain('wrong-password')
    expect(await calls()).toEqual(['POST /log-in 401'])
  })

  it('says what is not set up', async () => {
    const settings = { url, username: 'sam', company: 'Example MSP' }
    const noPassword = await failure(graphus.open(settings, deps(clock)))
    expect(noPassword.kind).toBe('not-set-up')
    expect(noPassword.hint).toContain('K1CTL_GRAPHUS_PASSWORD')
    const noUrl = await failure(graphus.open({ ...settings, url: '' }, deps(clock)))
    expect([noUrl.kind, noUrl.facts.setting]).toEqual(['not-set-up', 'url'])
    expect(await calls()).toEqual([])
  })

  it('refuses to send a password without encryption', async () => {
    const error = await failure(graphus.open(settingsOf('http://gateway.msp.example/graphus', 'sam'), deps(clock)))
    expect(error.kind).toBe('usage')
  })

  it('serves KaseyaOne, which has no features', async () => {
    const session = await kaseyaOne.open(settingsOf(sandbox.systems.kaseyaone?.url ?? '', 'sam'), deps(clock))
    expect(session.features).toBeUndefined()
    expect(await session.tenants?.()).toEqual([{ id: 't-1', name: 'Northwind' }])
    expect((await session.check()).missing).toEqual([])
    await session.close()
  })
})

describe('which tenant', () => {
  const open = (username: string, more: Record<string, string>, ask?: (ids: string[]) => string) =>
    graphus.open(
      settingsOf(url, username, more),
      deps(clock, ask && prompt({ tenant: tenants => Promise.resolve(ask(tenants.map(tenant => tenant.id))) })),
    )
  const opened = async (session: Promise<Awaited<ReturnType<typeof open>>>) => {
    const { tenant } = await (await session).check()
    await (await session).close()
    return tenant
  }

  it('takes the one that is set, by id or by name', async () => {
    expect(await opened(open('amy', { tenantId: 't-2' }))).toBe('Fabrikam')
    expect(await opened(open('amy', { tenantId: 'northWIND' }))).toBe('Northwind')
  })

  it('asks when there are several', async () => {
    expect(await opened(open('amy', {}, ids => ids[1] ?? ''))).toBe('Fabrikam')
  })

  it('gives the names when nobody can be asked, or the name is unknown', async () => {
    for (const sign of [() => open('amy', {}), () => open('amy', { tenantId: 'Contoso' })]) {
      const error = await failure(sign())
      expect(error.kind).toBe('no-tenant')
      expect(error.hint).toContain('Northwind, Fabrikam')
      expect(error.facts.candidates).toEqual([
        { id: 't-1', name: 'Northwind' },
        { id: 't-2', name: 'Fabrikam' },
      ])
    }
  })

  it('does not see the tenants of others', async () => {
    const error = await failure(open('sam', { tenantId: 't-2' }))
    expect([error.kind, error.facts.candidates]).toEqual(['no-tenant', [{ id: 't-1', name: 'Northwind' }]])
    expect((await failure(open('nil', {}))).kind).toBe('no-tenant')
  })
})

describe('with a two-factor code', () => {
  const signIn = (codes: string[], asked: number[] = []) =>
    graphus.open(
      settingsOf(url, 'tim'),
      deps(
        clock,
        prompt({
          code(attempt) {
            asked.push(attempt)
            return Promise.resolve(codes[attempt - 1] ?? 'no more codes')
          },
        }),
      ),
    )

  it('takes the right one, with blanks', async () => {
    const session = await signIn([' 492 817 '])
    expect((await session.check()).name).toBe('tim')
    await session.close()
  })

  it('asks again after a wrong one', async () => {
    const asked: number[] = []
    const session = await signIn(['000000', '492817'], asked)
    await session.close()
    expect(asked).toEqual([1, 2])
  })

  it('gives up after three', async () => {
    const asked: number[] = []
    const error = await failure(signIn(['000000', '111111', '222222', '492817'], asked))
    expect([error.kind, asked]).toEqual(['sign-in', [1, 2, 3]])
    expect(error.message).toContain('3 times')
    expect((await calls()).filter(call => call === 'POST /log-in/CHALLENGE 401')).toHaveLength(3)
  })

  it('stops when the challenge has expired meanwhile', async () => {
    const session = graphus.open(
      settingsOf(url, 'tim'),
      deps(
        clock,
        prompt({
          code() {
            clock.skip(10 * 60_000)
            return Promise.resolve('492817')
          },
        }),
      ),
    )
    const error = await failure(session)
    expect([error.kind, error.facts.code]).toEqual(['sign-in', 'challenge-expired'])
  })

  it('says what to do when nobody can be asked', async () => {
    const error = await failure(graphus.open(settingsOf(url, 'tim'), deps(clock)))
    expect(error.kind).toBe('sign-in')
    expect(error.hint).toContain('terminal')
    expect(error.hint).toContain('K1CTL_GRAPHUS_REFRESH_TOKEN')
    expect(error.facts.challenge).toBe('two-factor')
  })
})

describe('with a push', () => {
  /** The person at the phone: acts once the push has been polled for a while. */
  const signIn = (act: (challenge: string, cancel: AbortController) => Promise<unknown>) => {
    const cancel = new AbortController()
    return graphus.open(
      settingsOf(url, 'pia'),
      deps(
        clock,
        prompt({
          async push(message, waiting) {
            expect(message).toContain('pia')
            const work = waiting(cancel.signal)
            work.catch(() => undefined)
            await new Promise(resolve => setTimeout(resolve, 40))
            await act((await pushes()).at(-1)?.challenge ?? '', cancel)
            return await work
          },
        }),
      ),
    )
  }

  it('waits until it is approved', async () => {
    const session = await signIn(challenge => tell('push', { challenge, approve: true }))
    expect((await session.check()).name).toBe('pia')
    await session.close()
    expect((await calls()).filter(call => call === 'GET /log-in/CHALLENGE 202').length).toBeGreaterThan(1)
  })

  it('says that it was denied', async () => {
    const error = await failure(signIn(challenge => tell('push', { challenge, approve: false })))
    expect([error.kind, error.facts.code]).toEqual(['sign-in', 'push-denied'])
  })

  it('withdraws it when the operator cancels', async () => {
    const error = await failure(signIn((_, cancel) => Promise.resolve(cancel.abort())))
    expect([error.kind, error.message]).toEqual(['cancelled', 'The push was withdrawn.'])
    expect(await calls()).toContain('DELETE /log-in/CHALLENGE 204')
    expect((await pushes()).map(push => push.state)).toEqual(['over'])
  })

  it('says so when it could not be withdrawn', async () => {
    await tell('faults', { method: 'DELETE', path: '^/log-in/', drop: 'before', times: 0 })
    const error = await failure(signIn((_, cancel) => Promise.resolve(cancel.abort())))
    expect(error.kind).toBe('cancelled')
    expect(error.message).toContain('could not be withdrawn')
  })

  it('says that nobody answered in time', async () => {
    const error = await failure(signIn(() => Promise.resolve()))
    expect(error.kind).toBe('sign-in')
  })

  it('asks nobody where nobody can be asked', async () => {
    const error = await failure(graphus.open(settingsOf(url, 'pia'), deps(clock)))
    expect([error.kind, error.facts.challenge]).toEqual(['sign-in', 'push'])
  })
})

describe('with a kept sign-in', () => {
  const keep = async () => {
    const session = await graphus.open(settingsOf(url, 'tim'), deps(clock, prompt({ code: async () => '492817' })))
    const kept = session.keep?.() ?? {}
    await session.close()
    return kept
  }

  it('needs neither password nor code', async () => {
    const { password: _, ...settings } = settingsOf(url, 'tim', await keep())
    const session = await graphus.open(settings, deps(clock))
    expect((await session.check()).name).toBe('tim')
    expect(session.keep?.()).toEqual({ refreshToken: settings.refreshToken })
    await session.close()
  })

  it('falls back to the password when it no longer counts', async () => {
    const settings = settingsOf(url, 'sam', { refreshToken: 'long-gone-token' })
    const session = await graphus.open(settings, deps(clock))
    expect(session.keep?.().refreshToken).not.toBe('long-gone-token')
    await session.close()
    expect((await calls()).slice(0, 2)).toEqual(['POST /log-in/refresh 401', 'POST /log-in 200'])
  })

  it('says what to do when there is no password to fall back to', async () => {
    const { password: _, ...settings } = settingsOf(url, 'sam', { refreshToken: 'long-gone-token' })
    const error = await failure(graphus.open(settings, deps(clock)))
    expect([error.kind, error.hint]).toEqual(['sign-in', 'Sign in again: k1ctl connect graphus'])
    expect(redact('the token is long-gone-token')).toBe('the token is [secret]')
  })

  it('renews an access token that expires in the middle, once for all who need it', async () => {
    const session = await graphus.open(settingsOf(url, 'sam'), deps(clock))
    await tell('expire-tokens')
    const answers = await Promise.all([session.check(), session.features?.read(), session.tenants?.()])
    expect(answers.every(Boolean)).toBe(true)
    await session.close()
    expect((await calls()).filter(call => call.startsWith('POST /log-in'))).toEqual([
      'POST /log-in 200',
      'POST /log-in/refresh 200',
    ])
  })

  it('signs in again with the password when the refresh token is revoked in the middle', async () => {
    const session = await graphus.open(settingsOf(url, 'sam'), deps(clock))
    const before = session.keep?.().refreshToken
    await tell('expire-tokens', { refresh: true })
    expect((await session.check()).name).toBe('sam')
    expect(session.keep?.().refreshToken).not.toBe(before)
    await session.close()
  })

  it('fails as a sign-in when it is revoked in the middle and there is no password', async () => {
    const { password: _, ...settings } = settingsOf(url, 'tim', await keep())
    const session = await graphus.open(settings, deps(clock))
    await tell('expire-tokens', { refresh: true })
    expect((await failure(session.check())).kind).toBe('sign-in')
    await session.close()
  })
})
