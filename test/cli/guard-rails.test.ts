import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoFacts } from '../../src/sandbox/index.ts'
import { type Ground, openGround, type Ran } from './harness.ts'
import { smallWorld, tenantName } from './small-world.ts'

const { breakGlass } = demoFacts.people
const own = 'k1ctl-api@northwind-dental.example'
const everythingOn = tenantName('everythingOn')
const never = tenantName('neverConfigured')
const notLinked = tenantName('notLinked')
const graphusUnconnected = tenantName('graphusUnconnected')
const notAdmin = tenantName('notAdmin')
const withoutBms = tenantName('withoutBms')

let ground: Ground
beforeAll(async () => {
  ground = await openGround(
    smallWorld(
      'first',
      'everythingOn',
      'neverConfigured',
      'notLinked',
      'graphusUnconnected',
      'notAdmin',
      'withoutBms',
      'withoutGraphus',
    ),
  )
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const modules = ['bms', 'graphus', 'datto-partner-portal']

async function forgetCalls(): Promise<void> {
  for (const module of modules) await ground.control(module, 'calls', { method: 'DELETE' })
}

async function allWrites() {
  return (await Promise.all(modules.map(module => ground.writes(module)))).flat()
}

function errorOf(ran: Ran) {
  return JSON.parse(ran.stdout).error
}

interface Refused {
  name: string
  first?: string[][]
  words: string[]
  env?: Record<string, string>
  kind: string
  code: number
  says: string[]
  /** What the hint tells to do. */
  next: string
}

const refused: Refused[] = [
  {
    name: 'deprovisioning before Log In',
    words: ['deprovisioning', 'enable', 'graphus'],
    kind: 'refused',
    code: 1,
    says: ['Log In with KaseyaOne is off in Graphus; nothing else can be set before it.'],
    next: "k1ctl unified-login enable graphus --tenant 'Northwind Dental'",
  },
  {
    name: 'JIT before Log In',
    words: ['jit', 'enable', 'graphus'],
    kind: 'refused',
    code: 1,
    says: ['Log In with KaseyaOne is off in Graphus'],
    next: "k1ctl unified-login enable graphus --tenant 'Northwind Dental'",
  },
  {
    name: 'JIT defaults before Log In',
    words: ['jit', 'defaults', 'set', 'graphus', '--role', 'Analyst'],
    kind: 'refused',
    code: 1,
    says: ['Log In with KaseyaOne is off in Graphus'],
    next: "k1ctl unified-login enable graphus --tenant 'Northwind Dental'",
  },
  {
    name: 'deprovisioning in a BMS that is not linked',
    words: ['deprovisioning', 'enable', 'bms', '--tenant', notLinked],
    kind: 'refused',
    code: 1,
    says: ['Log In with KaseyaOne is off in BMS'],
    next: `k1ctl unified-login enable bms --tenant '${notLinked}'`,
  },
  {
    name: 'an operator who is an analyst',
    words: ['unified-login', 'enable', 'graphus'],
    env: { K1CTL_GRAPHUS_USERNAME: demoFacts.operators.analyst, K1CTL_GRAPHUS_PASSWORD: 'Quiet-Meadow-63' },
    kind: 'refused',
    code: 1,
    says: ['tess.whitlock may not change settings in Graphus', 'KaseyaOne role is User', 'Partner Administrator'],
    next: "k1ctl connect graphus --tenant 'Northwind Dental'",
  },
  {
    name: 'a BMS account that is no administrator',
    words: ['deprovisioning', 'enable', 'bms', '--tenant', notAdmin],
    kind: 'refused',
    code: 1,
    says: ['k1ctl-api may not change settings in BMS', 'is not a BMS administrator'],
    next: `k1ctl connect bms --tenant '${notAdmin}'`,
  },
  {
    name: 'Require with nobody excepted',
    words: ['require-log-in', 'enable', 'bms'],
    kind: 'refused',
    code: 1,
    says: ['Nobody could log in to BMS any more if KaseyaOne failed', 'no always-exempt administrator'],
    next: `k1ctl require-log-in enable bms --except USER --except ${own} --tenant 'Northwind Dental'`,
  },
  {
    name: "Require with k1ctl's own account alone, which lets no person in",
    words: ['require-log-in', 'enable', 'bms', '--except', own],
    kind: 'refused',
    code: 1,
    says: ['Nobody could log in to BMS any more if KaseyaOne failed', `but for ${own}, which is k1ctl's own`],
    next: `k1ctl require-log-in enable bms --except ${own} --except USER --tenant 'Northwind Dental'`,
  },
  {
    name: "Require with k1ctl's own account not excepted",
    words: ['require-log-in', 'enable', 'bms', '--except', breakGlass],
    kind: 'refused',
    code: 1,
    says: [`k1ctl signs in to BMS as ${own}, and that account would not be excepted`],
    next: `k1ctl require-log-in enable bms --except ${breakGlass} --except ${own} --tenant 'Northwind Dental'`,
  },
  {
    name: 'Require with only a role excepted, of which nobody knows whether k1ctl has it',
    words: ['require-log-in', 'enable', 'bms', '--role', 'API Employee'],
    kind: 'refused',
    code: 1,
    says: ['would not be excepted'],
    next: `--except ${own} --role 'API Employee'`,
  },
  {
    name: 'removing the last exception of a person',
    first: [['require-log-in', 'enable', 'bms', '--except', own, '--except', breakGlass, '--yes']],
    words: ['require-log-in', 'exceptions', 'remove', 'bms', breakGlass],
    kind: 'refused',
    code: 1,
    says: ['Nobody could log in to BMS any more'],
    next: 'Keep a break-glass user excepted',
  },
  {
    name: "removing k1ctl's own exception",
    first: [['require-log-in', 'enable', 'bms', '--except', own, '--except', breakGlass, '--yes']],
    words: ['require-log-in', 'exceptions', 'remove', 'bms', own],
    kind: 'refused',
    code: 1,
    says: ['k1ctl might lock itself out'],
    next: `k1ctl require-log-in exceptions add bms ${own} --tenant 'Northwind Dental'`,
  },
  {
    name: "setting exceptions without k1ctl's own",
    first: [['require-log-in', 'enable', 'bms', '--except', own, '--except', breakGlass, '--yes']],
    words: ['require-log-in', 'exceptions', 'set', 'bms', breakGlass],
    kind: 'refused',
    code: 1,
    says: ['k1ctl might lock itself out'],
    next: 'Except it too',
  },
  {
    name: 'ending the role exception that may be the one of k1ctl',
    words: ['require-log-in', 'exceptions', 'remove', 'bms', '--role', 'API Employee', '--tenant', everythingOn],
    first: [['require-log-in', 'exceptions', 'add', 'bms', '--role', 'Manager', '--tenant', everythingOn, '--yes']],
    kind: 'refused',
    code: 1,
    says: ['k1ctl might lock itself out'],
    next: 'Except it too',
  },
  {
    name: 'exceptions of Partner Portal while Require is off',
    words: ['require-log-in', 'exceptions', 'add', 'dpp', breakGlass],
    kind: 'refused',
    code: 1,
    says: ['Datto Partner Portal lets exceptions be edited only while Require Log In is on.'],
    next: `k1ctl require-log-in enable datto-partner-portal --except ${breakGlass} --tenant 'Northwind Dental'`,
  },
  {
    name: 'JIT without a default role',
    first: [['unified-login', 'enable', 'graphus', '--yes']],
    words: ['jit', 'enable', 'graphus'],
    kind: 'refused',
    code: 1,
    says: ['Graphus has no default yet for role.'],
    next: "k1ctl jit defaults set graphus --role NAME --tenant 'Northwind Dental'",
  },
  {
    name: 'JIT in a BMS that was never configured',
    words: ['jit', 'enable', 'bms', '--tenant', never],
    kind: 'refused',
    code: 1,
    says: ['BMS has no default yet for department, location, manager, job-title, employment-type, security-role'],
    next: '--department NAME --location NAME --manager NAME --job-title NAME --employment-type NAME',
  },
  {
    name: 'anything in a BMS that was never configured: every write carries all seven',
    words: ['deprovisioning', 'enable', 'bms', '--tenant', never],
    kind: 'refused',
    code: 1,
    says: ['and takes no change without them'],
    next: `k1ctl jit defaults set bms --department NAME`,
  },
  {
    name: 'Log In off while others are on',
    words: ['unified-login', 'disable', 'graphus', '--tenant', everythingOn],
    kind: 'refused',
    code: 1,
    says: ['Automatic User Creation and Automatic User Deprovisioning in Graphus still needs Log In with KaseyaOne.'],
    next: `k1ctl jit disable graphus --tenant '${everythingOn}'; k1ctl deprovisioning disable graphus`,
  },
  {
    name: 'a feature that the module does not have',
    words: ['require-log-in', 'enable', 'graphus', '--except', breakGlass],
    kind: 'refused',
    code: 1,
    says: ["Graphus has no Require Log In with KaseyaOne (not in Graphus's help pages)."],
    next: 'k1ctl systems',
  },
  {
    name: 'KaseyaOne itself, which keeps no features',
    words: ['jit', 'enable', 'kaseyaone'],
    kind: 'usage',
    code: 2,
    says: ['KaseyaOne keeps no Unified Login features of its own'],
    next: 'Name a module: bms, graphus, datto-partner-portal',
  },
  {
    name: 'a module that is set by hand',
    words: ['jit', 'enable', 'autotask'],
    kind: 'usage',
    code: 2,
    says: ['Autotask publishes no API for Unified Login: it is set by hand.'],
    next: 'Admin > Extensions & Integrations',
  },
  {
    name: 'a module that does not exist, with the nearest',
    words: ['jit', 'enable', 'grafus'],
    kind: 'usage',
    code: 2,
    says: ['There is no system called grafus.'],
    next: 'Did you mean graphus?',
  },
  {
    name: 'BMS that is not connected',
    words: ['deprovisioning', 'enable', 'bms', '--tenant', withoutBms],
    kind: 'not-set-up',
    code: 4,
    says: [`BMS is not connected for ${withoutBms}.`],
    next: `k1ctl connect bms --tenant '${withoutBms}'`,
  },
]

describe('refused', () => {
  it.each(refused)('$name', async ({ first = [], words, env = {}, kind, code, says, next }) => {
    for (const before of first) expect(await ground.k1ctl(before)).toMatchObject({ code: 0 })
    await forgetCalls()
    const ran = await ground.k1ctl([...words, '--yes'], { env })
    expect(ran.code).toBe(code)
    expect(ran.stdout).toBe('')
    for (const text of says) expect(ran.stderr).toContain(text)
    expect(ran.stderr.split('hint: ')[1]).toContain(next)
    const error = errorOf(await ground.k1ctl([...words, '--yes', '--json'], { env }))
    expect(error).toMatchObject({ kind, exitCode: code, hint: expect.stringContaining(next) })
    expect(await allWrites()).toEqual([])
  })

  it('in a dry run is shown with its reason, and is no success', async () => {
    const ran = await ground.k1ctl(['deprovisioning', 'enable', 'graphus', '--dry-run'])
    expect(ran.code).toBe(1)
    expect(ran.stdout).toContain('refused: Log In with KaseyaOne is off in Graphus')
    const { stdout } = await ground.k1ctl(['deprovisioning', 'enable', 'graphus', '--dry-run', '--json'])
    expect(JSON.parse(stdout).goals[0]).toMatchObject({
      action: 'refused',
      hint: expect.stringContaining('unified-login enable graphus'),
    })
  })

  it('when the mapping to the organization is not active', async () => {
    await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
    await forgetCalls()
    const body = JSON.stringify({ tenantId: 't-001', active: false })
    await ground.control('graphus', 'organization', { method: 'POST', body })
    const ran = await ground.k1ctl(['deprovisioning', 'enable', 'graphus', '--yes'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toContain('Graphus has no active mapping to a KaseyaOne organization.')
    expect(await allWrites()).toEqual([])
  })
})

describe('allowed', () => {
  it('adding an exception where k1ctl is excepted by its role', async () => {
    const { stdout } = await ground.k1ctl(['require-log-in', 'exceptions', 'list', 'bms', '-t', everythingOn, '--json'])
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ kind: 'role', name: 'API Employee' })])
    const words = ['require-log-in', 'exceptions', 'add', 'bms', '--role', 'Manager', '-t', everythingOn, '--yes']
    expect((await ground.k1ctl(words)).code).toBe(0)
  })

  it('Require in Partner Portal with nobody excepted but the Security Admin, who always is', async () => {
    expect((await ground.k1ctl(['require-log-in', 'enable', 'dpp', '--yes'])).code).toBe(0)
  })

  it('turning off what has lost its prerequisite', async () => {
    const body = JSON.stringify({ tenantId: demoFacts.tenants.everythingOn, active: false })
    await ground.control('graphus', 'organization', { method: 'POST', body })
    expect((await ground.k1ctl(['jit', 'disable', 'graphus', '-t', everythingOn, '--yes'])).code).toBe(0)
  })
})

describe('warnings', () => {
  it('before JIT: charges', async () => {
    const ran = await ground.k1ctl(['jit', 'enable', 'bms', '--dry-run'])
    expect(ran.stdout).toContain('warning: People that it creates may add charges to the invoice.')
    expect(ran.stdout).not.toContain("administrator's")
  })

  it('a default role that makes everybody an administrator, when it is chosen and when JIT is turned on', async () => {
    const choose = await ground.k1ctl(['jit', 'defaults', 'set', 'bms', '--security-role', 'Administrator', '--yes'])
    const words = "The default role Administrator is an administrator's"
    expect(choose).toMatchObject({ code: 0, stderr: expect.stringContaining(words) })
    const ran = await ground.k1ctl(['jit', 'enable', 'bms', '--yes'])
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining(words) })

    await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
    await ground.k1ctl(['jit', 'defaults', 'set', 'graphus', '--role', 'Admin', '--yes'])
    const { stdout } = await ground.k1ctl(['jit', 'enable', 'graphus', '--dry-run', '--json'])
    expect(JSON.parse(stdout).goals[0].warnings).toEqual([
      'People that it creates may add charges to the invoice.',
      expect.stringContaining('The default role Admin is an administrator'),
    ])
  })
})

describe('by hand', () => {
  it('prints the steps for a module without an endpoint, writes a run, and exits 3', async () => {
    const words = ['deprovisioning', 'enable', 'graphus', '--tenant', graphusUnconnected]
    const ran = await ground.k1ctl(words)
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('· by hand')
    expect(ran.stdout).toMatch(/1\. Log in to Graphus as a partner administrator\./)
    expect(ran.stdout).toContain('turn on the toggle Enable Automatic User Deprovisioning')
    expect(ran.stderr).not.toContain('1. Log in')
    expect(ran.stderr).toContain('pending: a person or a device still has to act')
    const { stdout } = await ground.k1ctl(['runs', 'show', 'last', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'pending',
      results: [
        {
          end: 'by-hand',
          reach: 'by-hand',
          proved: false,
          steps: expect.arrayContaining(['Log in to Graphus as a partner administrator.']),
        },
      ],
    })
    expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(3)
    expect((await ground.k1ctl(['runs', 'verify', 'last'])).stdout).toContain('unobservable')
    expect(await allWrites()).toEqual([])
  })

  it('says "off" in the steps when something is turned off', async () => {
    const ran = await ground.k1ctl(['jit', 'disable', 'graphus', '--tenant', graphusUnconnected, '--json'])
    expect(ran.code).toBe(3)
    const [result] = JSON.parse(ran.stdout).results
    expect(result.steps.join('\n')).toContain('Turn off the toggle Automatic User Access.')
    expect(result.steps.at(-1)).toBe('Then this should hold: Automatic User Creation is off.')
  })

  it('shows the steps in a dry run, which with --exit-code says that there is something to do', async () => {
    const words = ['unified-login', 'enable', 'graphus', '--tenant', graphusUnconnected, '--dry-run']
    expect(await ground.k1ctl(words)).toMatchObject({ code: 0, stdout: expect.stringContaining('1. Log in') })
    expect((await ground.k1ctl([...words, '--exit-code'])).code).toBe(5)
    expect((await ground.k1ctl(['runs', 'list', '--json'])).stdout).toBe('[]\n')
  })

  it('is Log In in BMS, which no API performs; and what a person did is seen afterwards', async () => {
    const words = ['unified-login', 'enable', 'bms', '--tenant', notLinked, '--yes']
    const ran = await ground.k1ctl(words)
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('Turn Enable Log In with KaseyaOne on.')
    expect(await allWrites()).toEqual([])

    const body = JSON.stringify({ company: notLinked, linked: true })
    await ground.control('bms', 'link', { method: 'POST', body })
    expect(await ground.k1ctl(['runs', 'resume', 'last'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('already (read back'),
    })
    expect(await ground.k1ctl(words)).toMatchObject({ code: 0, stdout: expect.stringContaining('already') })
  })
})
