import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { demoWorld, startSandbox } from '../../src/sandbox/index.ts'
import { type Ground, openGround, runIn } from './harness.ts'
import { scriptedPrompter } from './scripted-prompter.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-tenant-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
})

const k1ctl = (words: string[], options = {}) => runIn(home, words, options)
const tenants = async () => JSON.parse((await k1ctl(['tenant', 'list', '--json'])).stdout)

const awkward = [
  "O'Hara & Sons, Roofing",
  '"Quoted" Ltd',
  'Café Lumière',
  '北風 Dental',
  'مستشفى النور',
  '-starts with a dash',
  '--tenant',
  '$(touch pwned) `id` ; rm',
  'back\\slash',
  '  spaces around  ',
  '🦷 Dental',
  'a',
  'x'.repeat(100),
  '*',
  '=1+1',
  'constructor',
  '__proto__',
]

describe('tenant add', () => {
  it.each(awkward)('takes the name %j, and every command knows it again', async name => {
    expect((await k1ctl(['tenant', 'add', '--domain', 'Customer.Example', '--', name])).code).toBe(0)
    const kept = name.trim()
    expect(await tenants()).toEqual([{ name: kept, current: false, domains: ['customer.example'], systems: [] }])
    expect((await k1ctl(['tenant', 'use', '--', name.trim()])).code).toBe(0)
    const shown = await k1ctl(['tenant', 'show', '--json', '--', kept.toUpperCase().toLowerCase()])
    expect(JSON.parse(shown.stdout)).toMatchObject({ name: kept, current: true })
    const csv = (await k1ctl(['tenant', 'list', '-o', 'csv'])).stdout
    expect(csv).not.toMatch(/,=/)
    expect((await k1ctl(['tenant', 'rename', '--', kept, 'Plain'])).code).toBe(0)
    expect((await k1ctl(['tenant', 'remove', 'Plain'])).code).toBe(0)
    expect(await tenants()).toEqual([])
  })

  it.each([
    ['empty', ''],
    ['blank', '   '],
    ['of two lines', 'a\nb'],
    ['with an escape sequence', '\u001b[31mred'],
    ['with a slash', 'a/b'],
    ['too long', 'x'.repeat(101)],
  ])('refuses a name that is %s: exit 2', async (_, name) => {
    const { code, stderr } = await k1ctl(['tenant', 'add', '--', name])
    expect(code).toBe(2)
    expect(stderr).toMatch(/^error: /)
    expect(stderr).not.toContain('\u001b')
    expect(await tenants()).toEqual([])
  })

  it.each([
    'customer',
    'http://customer.example',
    'amy@customer.example',
    'customer .example',
    '-a.example',
    'a..example',
    '',
  ])('refuses the domain %j: exit 2', async domain => {
    const { code, stderr } = await k1ctl(['tenant', 'add', 'A', '--domain', domain])
    expect(code).toBe(2)
    expect(stderr).toContain('is not a mail domain')
    expect(await tenants()).toEqual([])
  })

  it.each(['customer.example', 'CUSTOMER.Example', '@customer.example', ' customer.example '])(
    'keeps the domain %j in lower case, bare, and once',
    async domain => {
      await k1ctl(['tenant', 'add', 'A', '--domain', domain, '--domain', 'customer.example'])
      expect((await tenants())[0].domains).toEqual(['customer.example'])
    },
  )

  it('takes a domain of another script', async () => {
    await k1ctl(['tenant', 'add', 'A', '--domain', 'Müller-Praxis.example'])
    expect((await tenants())[0].domains).toEqual(['müller-praxis.example'])
  })

  it('refuses a name that is there, whatever its case: exit 2', async () => {
    await k1ctl(['tenant', 'add', 'Northwind'])
    const { code, stderr } = await k1ctl(['tenant', 'add', 'NORTHWIND'])
    expect(code).toBe(2)
    expect(stderr).toContain('Northwind')
    expect(await tenants()).toHaveLength(1)
  })

  it('says the next command so that it can be pasted', async () => {
    const { stderr } = await k1ctl(['tenant', 'add', "O'Hara & Sons"])
    expect(stderr).toContain(`k1ctl connect bms --tenant 'O'\\''Hara & Sons'`)
  })

  it('answers the tenant with --json', async () => {
    const { stdout } = await k1ctl(['tenant', 'add', 'A', '--json'])
    expect(JSON.parse(stdout)).toEqual({
      name: 'A',
      current: false,
      domains: [],
      zone: null,
      approval: null,
      connections: [],
    })
  })
})

describe('a tenant that is not there', () => {
  beforeEach(async () => {
    for (const name of ['Northwind Dental', 'Harbor Light Veterinary']) await k1ctl(['tenant', 'add', name])
  })

  it.each([
    ['show', ['tenant', 'show', 'Nortwind Dental']],
    ['use', ['tenant', 'use', 'Nortwind']],
    ['rename', ['tenant', 'rename', 'northwin', 'X']],
    ['remove', ['tenant', 'remove', 'Nothwind', '--yes']],
    ['connections', ['connections', '--tenant', 'Northwynd']],
    ['doctor', ['doctor', '--tenant', 'Northwynd']],
    ['status', ['status', '--tenant', 'Northwynd']],
    ['K1CTL_TENANT', ['status']],
  ])('is told by %s with the nearest name: exit 4', async (_, words) => {
    const { code, stderr } = await k1ctl(words, { env: { K1CTL_TENANT: 'Northwynd' } })
    expect(code).toBe(4)
    expect(stderr).toContain('Did you mean Northwind Dental?')
  })
})

describe('tenant rename', () => {
  it('keeps the choice and the domains', async () => {
    await k1ctl(['tenant', 'add', 'A', '--domain', 'a.example'])
    await k1ctl(['tenant', 'use', 'A'])
    expect((await k1ctl(['tenant', 'rename', 'a', 'B'])).code).toBe(0)
    expect(await tenants()).toMatchObject([{ name: 'B', current: true, domains: ['a.example'] }])
  })

  it('changes the case of a name', async () => {
    await k1ctl(['tenant', 'add', 'northwind'])
    expect((await k1ctl(['tenant', 'rename', 'northwind', 'Northwind'])).code).toBe(0)
    expect(await tenants()).toMatchObject([{ name: 'Northwind' }])
  })

  it('changes the domains alone', async () => {
    await k1ctl(['tenant', 'add', 'A', '--domain', 'a.example'])
    const { code, stderr } = await k1ctl(['tenant', 'rename', 'A', '--domain', 'b.example', '--domain', 'c.example'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'The domains of A are now b.example, c.example.\n' })
    expect(await tenants()).toMatchObject([{ name: 'A', domains: ['b.example', 'c.example'] }])
  })

  it.each([
    ['the name of another', ['A', 'b']],
    ['no change', ['A']],
    ['a name that is none', ['A', 'x/y']],
  ])('refuses %s: exit 2', async (_, words) => {
    await k1ctl(['tenant', 'add', 'A'])
    await k1ctl(['tenant', 'add', 'B'])
    const { code } = await k1ctl(['tenant', 'rename', ...words])
    expect(code).toBe(2)
    expect((await tenants()).map((t: { name: string }) => t.name)).toEqual(['A', 'B'])
  })
})

describe('tenant use', () => {
  it('without any tenant: exit 4, and the command that adds one', async () => {
    for (const options of [{}, { prompter: scriptedPrompter({}) }]) {
      const { code, stderr } = await k1ctl(['tenant', 'use'], options)
      expect(code).toBe(4)
      expect(stderr).toContain('k1ctl tenant add')
    }
  })

  it('is forgotten with the tenant', async () => {
    await k1ctl(['tenant', 'add', 'A'])
    await k1ctl(['tenant', 'use', 'A'])
    await k1ctl(['tenant', 'remove', 'A'])
    await k1ctl(['tenant', 'add', 'A'])
    expect(await tenants()).toMatchObject([{ name: 'A', current: false }])
  })

  it('is overruled by K1CTL_TENANT, and that by --tenant', async () => {
    for (const name of ['A', 'B', 'C']) await k1ctl(['tenant', 'add', name])
    await k1ctl(['tenant', 'use', 'A'])
    const shown = async (words: string[], env = {}) =>
      JSON.parse((await k1ctl(['tenant', 'show', '--json', ...words], { env })).stdout).name
    expect(await shown([])).toBe('A')
    expect(await shown([], { K1CTL_TENANT: 'b' })).toBe('B')
    expect(await shown(['--tenant', 'C'], { K1CTL_TENANT: 'B' })).toBe('C')
    expect(await shown([], { K1CTL_TENANT: '' })).toBe('A')
  })
})

describe('with the connections of a fleet', () => {
  let ground: Ground
  beforeAll(async () => {
    ground = await openGround()
  })
  afterAll(() => ground.close())

  const secretsKept = () => readFileSync(join(ground.home, 'secrets', 'plain.json'), 'utf8')
  const list = async () => JSON.parse((await ground.k1ctl(['tenant', 'list', '--json'])).stdout)

  it('tenant show says where each secret is, and never the secret', async () => {
    const { stdout } = await ground.k1ctl(['tenant', 'show'])
    expect(stdout).toMatch(/^Northwind Dental {2}\(the stored choice\)\n/)
    expect(stdout).toMatch(/^ {2}bms +as k1ctl-api · PLAIN TEXT file$/m)
    const password = ground.sandbox.systems.bms?.credentials.password ?? ''
    for (const words of [
      ['tenant', 'show', '--json'],
      ['connections', '--json'],
      ['connections', '-o', 'csv'],
    ]) {
      const { stdout } = await ground.k1ctl(words)
      expect(stdout).not.toContain(password)
      expect(stdout).not.toContain('secretRef')
    }
  })

  it('a removed tenant takes its own secrets along, and leaves those that others share', async () => {
    const own = `sandbox:bms:Old Mill Dairy`
    expect(secretsKept()).toContain(own)
    const { code, stderr } = await ground.k1ctl(['tenant', 'remove', 'Old Mill Dairy', '--yes'])
    expect(code).toBe(0)
    expect(stderr).toMatch(/Removed Old Mill Dairy from this machine, with \d connections\./)
    expect(secretsKept()).not.toContain(own)
    expect((await ground.k1ctl(['status', 'graphus', '--tenant', 'Sandpiper Hotels'])).code).toBe(0)
  })

  it('is not removed without consent: exit 2', async () => {
    const { code, stderr } = await ground.k1ctl(['tenant', 'remove', 'Elm City Movers'])
    expect(code).toBe(2)
    expect(stderr).toContain('Elm City Movers has')
    expect((await list()).some((t: { name: string }) => t.name === 'Elm City Movers')).toBe(true)
  })

  it('a rename keeps the connections working', async () => {
    await ground.k1ctl(['tenant', 'rename', 'Wayfinder Travel', "Wayfinder's"])
    expect((await ground.k1ctl(['status', 'graphus', '--tenant', "Wayfinder's"])).code).toBe(0)
  })
})

describe('tenant import', () => {
  /** A home with one tenant that is connected to Graphus, over a world whose tenants may have other names. */
  async function importing(rename: (name: string, id: string) => string = name => name) {
    const world = demoWorld()
    for (const tenant of world.tenants) tenant.name = rename(tenant.name, tenant.id)
    const sandbox = await startSandbox({ seed: world })
    onTestFinished(() => sandbox.close())
    const { url = '', username = '', company = '', password = '' } = sandbox.systems.graphus?.credentials ?? {}
    await k1ctl(['tenant', 'add', 'My first'])
    const settings = ['--url', url, '--username', username, '--company', company, '--set', 'tenantId=t-001']
    const words = ['connect', 'graphus', ...settings, '--password-stdin', '--keep', 'plain']
    expect((await k1ctl(words, { stdin: password })).code).toBe(0)
  }
  const rows = async (...more: string[]) =>
    JSON.parse((await k1ctl(['tenant', 'import', 'graphus', '--tenant', 'My first', '--json', ...more])).stdout)
  const inState = (list: { state: string }[], state: string) => list.filter(r => r.state === state)

  it('adds all that the credential sees, connected; the second time nothing', async () => {
    await importing()
    const dry = await rows('--dry-run')
    expect(inState(dry, 'would be added')).toHaveLength(dry.length - 1)
    expect(await tenants()).toHaveLength(1)

    const first = await rows()
    expect(first.length).toBeGreaterThan(35)
    expect(inState(first, 'already')).toEqual([{ name: 'My first', id: 't-001', state: 'already' }])
    expect(inState(first, 'added')).toHaveLength(first.length - 1)
    expect(await tenants()).toHaveLength(first.length)
    const status = await k1ctl(['status', 'graphus', '--tenant', "O'Hara & Sons, Roofing", '--json'])
    expect(JSON.parse(status.stdout)[0]).toMatchObject({ tenant: "O'Hara & Sons, Roofing", feature: 'log-in' })

    const again = await rows()
    expect(inState(again, 'already')).toHaveLength(first.length)
    expect(await tenants()).toHaveLength(first.length)
  })

  it('connects a tenant that is there by name, and keeps its domains', async () => {
    await importing()
    await k1ctl(['tenant', 'add', 'sandpiper hotels', '--domain', 'sandpiper.example'])
    const list = await rows()
    expect(list.find((r: { id: string }) => r.id === 't-033')).toEqual({
      name: 'sandpiper hotels',
      id: 't-033',
      state: 'connected',
    })
    const shown = JSON.parse((await k1ctl(['tenant', 'show', 'Sandpiper Hotels', '--json'])).stdout)
    expect(shown).toMatchObject({ domains: ['sandpiper.example'], connections: [{ settings: { tenantId: 't-033' } }] })
  })

  it('tells two of one name apart by their id, and makes a name of what cannot be one', async () => {
    const odd: Record<string, string> = {
      't-002': 'Twin',
      't-003': 'twin',
      't-004': 'A/B Testing',
      't-005': 'Line\u001b[31mbreak',
      't-006': 'y'.repeat(300),
    }
    await importing((name, id) => odd[id] ?? name)
    const list = await rows()
    const nameOf = (id: string) => list.find((r: { id: string }) => r.id === id)?.name
    expect(nameOf('t-002')).toBe('Twin')
    expect(nameOf('t-003')).toBe('twin (t-003)')
    expect(nameOf('t-004')).toBe('A-B Testing')
    expect(nameOf('t-005')).toBe('Line[31mbreak')
    expect(nameOf('t-006')).toHaveLength(100)
    for (const [name, id] of [
      ['Twin', 't-002'],
      ['twin (t-003)', 't-003'],
    ] as const) {
      const shown = JSON.parse((await k1ctl(['tenant', 'show', name, '--json'])).stdout)
      expect(shown.connections[0].settings.tenantId).toBe(id)
    }
    expect(inState(await rows(), 'already')).toHaveLength(list.length)
  })

  it('forgets the shared secret with the last connection that uses it', async () => {
    await importing()
    await rows()
    const all = (await tenants()).map((t: { name: string }) => t.name)
    const file = join(home, 'secrets', 'plain.json')
    const kept = () => (existsSync(file) ? readFileSync(file, 'utf8') : '')
    const last = all.at(-1)
    for (const name of all.slice(0, -1)) {
      expect((await k1ctl(['disconnect', 'graphus', '--tenant', name])).code).toBe(0)
    }
    expect((await k1ctl(['status', 'graphus', '--tenant', last])).code).toBe(0)
    expect(kept()).toContain('refreshToken')
    expect((await k1ctl(['disconnect', 'graphus', '--tenant', last])).code).toBe(0)
    expect(kept()).not.toContain('refreshToken')
  }, 60_000)

  it('of a system whose credential belongs to one tenant is refused: exit 1', async () => {
    const ground = await openGround()
    onTestFinished(() => ground.close())
    const { code, stderr } = await ground.k1ctl(['tenant', 'import', 'bms'])
    expect(code).toBe(1)
    expect(stderr).toContain('belongs to one tenant')
  })

  it('over a connection that is not there: exit 4', async () => {
    await k1ctl(['tenant', 'add', 'A'])
    const { code, stderr } = await k1ctl(['tenant', 'import', 'graphus'])
    expect(code).toBe(4)
    expect(stderr).toContain('k1ctl connect graphus --tenant A')
  })
})

it('the list of tenants begins at the one whose people are named', async () => {
  for (const name of ['alpha', 'beta', 'gamma']) await k1ctl(['tenant', 'add', name, '--domain', `${name}.example`])
  const asked: unknown[] = []
  const prompter = scriptedPrompter({
    choose: async (_, choices) => {
      asked.push(...choices.map(({ name, current }) => [name, current]))
      const [first] = choices
      if (!first) throw new Error('nothing to choose from')
      return first.value
    },
  })
  await k1ctl(['offboard', 'amy@Beta.example'], { prompter })
  expect(asked).toEqual([
    ['alpha', undefined],
    ['beta', 'their domain'],
    ['gamma', undefined],
  ])
})
