import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { smallWorld } from './small-world.ts'

/** What a module may answer that is no use, for a reading and for a change, over both ways of reaching one. */
let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
})
afterAll(() => ground.close())
beforeEach(async () => {
  await ground.reset()
  await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
  for (const system of ['bms', 'graphus']) await ground.control(system, 'calls', { method: 'DELETE' })
})

interface Module {
  id: string
  title: string
  settings: string
  write: string
  show: string[]
  change: string[]
  /** A member of the settings that must be there. */
  member: string
}

const modules: Module[] = [
  {
    id: 'bms',
    title: 'BMS',
    settings: 'accesscontrol/settings$',
    write: 'PUT',
    show: ['deprovisioning', 'show', 'bms'],
    change: ['deprovisioning', 'enable', 'bms', '--yes'],
    member: 'Result.IsDeprovisioningEnabled',
  },
  {
    id: 'graphus',
    title: 'Graphus',
    settings: 'unified-login$',
    write: 'PATCH',
    show: ['deprovisioning', 'show', 'graphus'],
    change: ['deprovisioning', 'enable', 'graphus', '--yes'],
    member: 'isLogInWithKaseyaOneEnabled',
  },
]

async function expectAllFaultsUsed(system: string): Promise<void> {
  expect(await ground.control(system, 'faults')).toEqual([])
}

describe.each(modules)('$title, when reading', ({ id, title, settings, show, change, member }) => {
  const troubles: { name: string; fault: Record<string, unknown>; words?: string[]; code: number; says: string[] }[] = [
    {
      name: 'HTML',
      fault: { body: '<!doctype html><title>Welcome</title>', status: 200 },
      code: 1,
      says: [`${title} answered GET`, 'with a web page', 'Check the URL http://127.0.0.1'],
    },
    {
      name: 'bad JSON',
      fault: { body: '{"Success": tru', status: 200 },
      code: 1,
      says: [`${title} answered GET`, 'not JSON'],
    },
    { name: 'a missing field', fault: { omit: [member] }, code: 1, says: [`${title}`, member.split('.').at(-1) ?? ''] },
    { name: 'an empty body', fault: { body: '', status: 200 }, code: 1, says: ['with nothing'] },
    { name: '500', fault: { status: 500, body: { title: 'Out of order' } }, code: 1, says: ['failed at GET', '(500)'] },
    { name: '404', fault: { status: 404, body: {} }, code: 1, says: [`${title} refused GET`, '(404)'] },
    { name: '403', fault: { status: 403, body: {} }, code: 1, says: [`${title} does not allow GET`, '(403)'] },
    {
      name: '429 with a Retry-After that is too long',
      fault: { status: 429, headers: { 'retry-after': '3600' }, body: {} },
      code: 1,
      says: [`${title} takes no more calls like this one before 20`, 'Try again after'],
    },
    {
      name: '503 that stays',
      fault: { status: 503, body: {}, times: 0 },
      words: ['--timeout', '10'],
      code: 1,
      says: ['failed at GET', '(503)'],
    },
    {
      name: 'a hang',
      fault: { hang: true },
      words: ['--timeout', '1'],
      code: 1,
      says: [`${title} at http://127.0.0.1`, 'did not answer within 1 second', 'Check the network'],
    },
  ]

  it.each(troubles)('$name: says so, for show and for a change', async ({ fault, words = [], code, says }) => {
    for (const command of [show, change]) {
      await ground.fault(id, { method: 'GET', path: settings, ...fault })
      const ran = await ground.k1ctl([...command, ...words])
      expect(ran.code).toBe(code)
      expect(ran.stdout).toBe('')
      for (const text of says) expect(ran.stderr.toLowerCase()).toContain(text.toLowerCase())
      expect(ran.stderr).not.toContain('defect')
      if (fault.times === 0) await ground.control(id, 'faults', { method: 'DELETE' })
      await expectAllFaultsUsed(id)
    }
    expect(await ground.writes(id)).toEqual([])
  })

  it.each([
    { name: '429 without Retry-After', fault: { status: 429, body: {} } },
    { name: '429 with a short Retry-After', fault: { status: 429, headers: { 'retry-after': '1' }, body: {} } },
    { name: '503 once', fault: { status: 503, body: {} } },
    { name: 'a dropped answer', fault: { drop: 'after' } },
  ])('$name: tries again, and nobody has to know', async ({ fault }) => {
    await ground.fault(id, { method: 'GET', path: settings, ...fault })
    expect((await ground.k1ctl(show)).code).toBe(0)
    await expectAllFaultsUsed(id)
  })
})

describe.each(modules)('$title, when changing', ({ id, title, settings, write, change }) => {
  const troubles: { name: string; fault: Record<string, unknown>; end: string; says: string; taken?: true }[] = [
    { name: '500', fault: { status: 500, body: {} }, end: 'unknown', says: `${title} failed at ${write}` },
    { name: '503', fault: { status: 503, body: {} }, end: 'unknown', says: `${title} failed at ${write}` },
    { name: 'HTML', fault: { body: '<html>', status: 200 }, end: 'unknown', says: 'with a web page' },
    { name: '403', fault: { status: 403, body: {} }, end: 'failed', says: `${title} does not allow ${write}` },
    { name: '400', fault: { status: 400, body: {} }, end: 'failed', says: `${title} refused ${write}` },
    {
      name: '429 with a Retry-After that is too long',
      fault: { status: 429, headers: { 'retry-after': '3600' }, body: {} },
      end: 'failed',
      says: `${title} takes no more calls like this one before`,
    },
  ]

  it.each(troubles)('$name: $end, exit 3, and resume ends it well', async ({ fault, end, says }) => {
    await ground.fault(id, { method: write, path: settings, ...fault })
    const ran = await ground.k1ctl(change)
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain(`· ${end}`)
    expect(ran.stdout).toContain(says)
    await expectAllFaultsUsed(id)
    expect(await ground.writes(id)).toEqual([])
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
    expect(await ground.writes(id)).toHaveLength(1)
  })

  it('429 without Retry-After was not done, so it is sent again by itself', async () => {
    await ground.fault(id, { method: write, path: settings, status: 429, body: {} })
    expect((await ground.k1ctl(change)).code).toBe(0)
    await expectAllFaultsUsed(id)
    expect(await ground.writes(id)).toHaveLength(1)
  })
})

describe('BMS says no inside a 200', () => {
  const error = { Code: 1103, Message: 'Employment type does not exist.' }

  it('when reading', async () => {
    await ground.fault('bms', { method: 'GET', path: 'accesscontrol/settings$', error })
    const ran = await ground.k1ctl(['jit', 'show', 'bms'])
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('Employment type does not exist.') })
  })

  it('when changing: failed, not done', async () => {
    await ground.fault('bms', { method: 'PUT', error })
    const ran = await ground.k1ctl(['jit', 'enable', 'bms', '--yes'])
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('· failed')
    expect(ran.stdout).toContain('Employment type does not exist.')
    expect(await ground.writes('bms')).toEqual([])
  })
})

describe('signing in', () => {
  it('with the wrong password: exit 4, in BMS and over the contract', async () => {
    const env = { K1CTL_BMS_PASSWORD: 'wrong-password', K1CTL_GRAPHUS_PASSWORD: 'wrong-password' }
    for (const [module, says] of [
      ['bms', 'BMS did not accept k1ctl-api'],
      ['graphus', 'Graphus did not accept the KaseyaOne username, company name or password.'],
    ] as const) {
      for (const command of [
        ['jit', 'show', module],
        ['deprovisioning', 'enable', module, '--yes'],
      ]) {
        const ran = await ground.k1ctl(command, { env })
        expect(ran).toMatchObject({ code: 4, stdout: '' })
        expect(ran.stderr).toContain(says)
        expect(ran.stderr).not.toContain('wrong-password')
      }
    }
  })

  it('at an address where there is no such system (404)', async () => {
    const url = `${ground.sandbox.systems.bms?.url}/nowhere`
    const bms = await ground.k1ctl(['jit', 'show', 'bms'], { env: { K1CTL_BMS_URL: url } })
    expect(bms.code).toBe(1)
    expect(bms.stderr).toContain(`There is no BMS at ${url}: its sign-in was not found (404).`)
    expect(bms.stderr).toContain('Check the URL of BMS')

    await ground.fault('graphus', { path: '^/log-in', status: 404, body: 'Cannot POST /log-in' })
    const graphus = await ground.k1ctl(['deprovisioning', 'enable', 'graphus', '--yes'])
    expect(graphus.code).toBe(1)
    expect(graphus.stderr).toContain('There is no Graphus at http://127.0.0.1')
    expect(graphus.stderr).toContain('Check the URL of Graphus')
  })

  it('at an http:// address that is not this machine is refused before anything is sent', async () => {
    const env = { K1CTL_BMS_URL: 'http://bms.example', K1CTL_GRAPHUS_URL: 'http://graphus.example' }
    for (const module of ['bms', 'graphus']) {
      const ran = await ground.k1ctl(['jit', 'show', module], { env })
      expect(ran.code).toBe(2)
      expect(ran.stderr).toContain('https')
    }
    expect([...(await ground.calls('bms')), ...(await ground.calls('graphus'))]).toEqual([])
  })

  it('where nothing listens', async () => {
    const ran = await ground.k1ctl(['jit', 'show', 'bms', '--timeout', '2'], {
      env: { K1CTL_BMS_URL: 'http://127.0.0.1:9' },
    })
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('nothing listens there') })
  })

  it('again by itself when the token expires in the middle of a change', async () => {
    for (const module of ['bms', 'graphus']) {
      const write = module === 'bms' ? 'PUT' : 'PATCH'
      await ground.fault(module, { method: write, status: 401, body: { code: 'token-expired', status: 401 } })
      const ran = await ground.k1ctl(['deprovisioning', 'enable', module, '--yes'])
      expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('changed') })
      await expectAllFaultsUsed(module)
      expect(await ground.writes(module)).toHaveLength(1)
    }
  })
})

describe('the deadline of a call', () => {
  it('comes from the environment as well, and the option wins', async () => {
    const env = { K1CTL_TIMEOUT: '1' }
    await ground.fault('graphus', { method: 'GET', path: 'unified-login$', hang: true })
    const ran = await ground.k1ctl(['jit', 'show', 'graphus'], { env })
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('within 1 second') })
    await ground.fault('graphus', { method: 'GET', path: 'unified-login$', delayMs: 1300 })
    expect((await ground.k1ctl(['jit', 'show', 'graphus', '--timeout', '20'], { env })).code).toBe(0)
  })

  it.each(['0', '-1', '1.5', 'soon', '4000'])('refuses %s', async word => {
    const option = await ground.k1ctl(['jit', 'show', 'bms', `--timeout=${word}`])
    expect(option).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--timeout takes a whole number of seconds'),
    })
    const variable = await ground.k1ctl(['jit', 'show', 'bms'], { env: { K1CTL_TIMEOUT: word } })
    expect(variable).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('K1CTL_TIMEOUT takes a whole number of seconds'),
    })
    expect(await ground.calls('bms')).toEqual([])
  })

  it('can be given to every command that talks to a system', async () => {
    const talking = [
      ['connect'],
      ['status'],
      ['unified-login', 'enable'],
      ['require-log-in', 'exceptions', 'list'],
      ['jit', 'defaults', 'set'],
      ['access-groups', 'map'],
      ['runs', 'resume'],
      ['runs', 'verify'],
      ['doctor'],
    ]
    for (const words of talking) {
      expect((await ground.k1ctl([...words, '--help'])).stdout, words.join(' ')).toContain('--timeout <seconds>')
    }
  })
})
