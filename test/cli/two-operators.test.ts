import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { demoFacts } from '../../src/sandbox/index.ts'
import { type Ground, openGround } from './harness.ts'
import { scriptedPrompter } from './scripted-prompter.ts'
import { smallWorld } from './small-world.ts'

/** Two operators on one module at once: the second one is told what changed, and nothing is overwritten. */
const { breakGlass } = demoFacts.people
const own = 'k1ctl-api@northwind-dental.example'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

/** Says yes, after somebody else gave another command. */
function whileAsked(other: readonly string[]) {
  return scriptedPrompter({
    async confirm() {
      expect((await ground.k1ctl([...other, '--yes'], { operator: 'other@there' })).code).toBe(0)
      return true
    },
  })
}

const collisions = [
  {
    name: 'another switch of BMS',
    module: 'bms',
    mine: ['deprovisioning', 'enable', 'bms'],
    other: ['jit', 'enable', 'bms'],
    changed: 'Automatic User Creation was off, is now on',
  },
  {
    name: 'an exception in BMS',
    module: 'bms',
    first: ['require-log-in', 'enable', 'bms', '--except', own, '--role', 'Manager'],
    mine: ['jit', 'defaults', 'set', 'bms', '--department', 'Finance'],
    other: ['require-log-in', 'exceptions', 'add', 'bms', breakGlass],
    changed: `Excepted users was ${own}, is now ${breakGlass}, ${own}`,
  },
  {
    name: 'a role exception in BMS',
    module: 'bms',
    mine: ['jit', 'enable', 'bms'],
    other: ['require-log-in', 'exceptions', 'add', 'bms', '--role', 'Technician'],
    changed: 'Excepted roles was none, is now Technician',
  },
  {
    name: 'a default of BMS',
    module: 'bms',
    mine: ['jit', 'enable', 'bms'],
    other: ['jit', 'defaults', 'set', 'bms', '--security-role', 'Administrator'],
    changed: 'Default security role was Employee, is now Administrator',
  },
  {
    name: 'a mapping of BMS',
    module: 'bms',
    mine: ['access-groups', 'enable', 'bms'],
    other: ['access-groups', 'map', 'bms', 'Finance', '--role', 'Finance'],
    changed: 'Group Finance was none, is now Finance',
  },
  {
    name: 'another switch of Graphus',
    module: 'graphus',
    first: ['unified-login', 'enable', 'graphus'],
    mine: ['jit', 'defaults', 'set', 'graphus', '--role', 'Analyst'],
    other: ['deprovisioning', 'enable', 'graphus'],
    changed: 'Automatic User Deprovisioning was off, is now on',
  },
  {
    name: 'an exception in Partner Portal',
    module: 'datto-partner-portal',
    first: ['require-log-in', 'enable', 'dpp'],
    mine: ['deprovisioning', 'enable', 'dpp'],
    other: ['require-log-in', 'exceptions', 'add', 'dpp', breakGlass],
    changed: `Excepted users was none, is now ${breakGlass}`,
  },
]

describe('somebody else changes it between the plan and the consent', () => {
  it.each(collisions)('$name', async ({ module, first, mine, other, changed }) => {
    if (first) expect((await ground.k1ctl([...first, '--yes'])).code).toBe(0)
    const before = (await ground.writes(module)).length
    const ran = await ground.k1ctl(mine, { prompter: whileAsked(other) })
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('· refused')
    expect(ran.stdout).toContain(`since the plan was made: ${changed}. Nothing was written.`)
    expect(ran.stdout).toContain('then give the command again')
    expect(ran.stderr).not.toContain('runs resume')
    // The only write is the other operator's.
    expect(await ground.writes(module)).toHaveLength(before + 1)
    // Resuming does not press it through: the plan that was agreed to is gone.
    expect((await ground.k1ctl(['runs', 'resume', (await lastOfMine()) ?? ''])).code).toBe(3)
    expect(await ground.writes(module)).toHaveLength(before + 1)
    expect((await ground.k1ctl([...mine, '--yes'])).code).toBe(0)
  })

  it('the same change: then it already holds', async () => {
    const same = ['deprovisioning', 'enable', 'bms']
    const ran = await ground.k1ctl(same, { prompter: whileAsked(same) })
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('already (read back') })
    expect(await ground.writes('bms')).toHaveLength(1)
  })
})

async function lastOfMine(): Promise<string | undefined> {
  const { stdout } = await ground.k1ctl(['runs', 'list', '--json'])
  const rows: { run: string; operator: string }[] = JSON.parse(stdout)
  return rows.find(r => r.operator === 'tester@here')?.run
}

describe('somebody else of the same home', () => {
  it('is told who holds the module, where, since when and in which run, and exits 3', async () => {
    await ground.fault('graphus', { method: 'PATCH', delayMs: 700 })
    const mine = ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
    await arrived('graphus', 'PATCH')
    const other = await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'], { operator: 'kim@there' })
    expect(other.code).toBe(3)
    expect(`${other.stdout}${other.stderr}`).toMatch(/tester@here.*\d{8}-\d{6}-[0-9a-f]{4}/s)
    expect((await mine).code).toBe(0)
    expect(await ground.writes('graphus')).toHaveLength(1)
  })
})

describe('somebody else is faster by a moment', () => {
  it('in Graphus the stale ETag is refused (412), and what changed is told', async () => {
    await ground.k1ctl(['unified-login', 'enable', 'graphus', '--yes'])
    await ground.control('graphus', 'calls', { method: 'DELETE' })
    // The patch waits at the door while the other one goes through.
    await ground.fault('graphus', { method: 'PATCH', delayMs: 700 })
    const mine = ground.k1ctl(['jit', 'defaults', 'set', 'graphus', '--role', 'Analyst', '--yes'])
    await arrived('graphus', 'PATCH')
    expect((await ground.elsewhere(['deprovisioning', 'enable', 'graphus', '--yes'])).code).toBe(0)
    const ran = await mine
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('Automatic User Deprovisioning was off, is now on. Nothing was written.')
    expect((await ground.calls('graphus')).filter(c => c.method === 'PATCH').map(c => c.status)).toEqual([412, 200])
    expect(await ground.writes('graphus')).toHaveLength(1)
  })

  it('in BMS, which has no ETag, it is read once more right before the write', async () => {
    // Read for the plan (twice: also for the rights); then right before the write.
    await ground.fault('bms', { method: 'GET', path: 'accesscontrol/settings$', skip: 2, delayMs: 700 })
    const mine = ground.k1ctl(['deprovisioning', 'enable', 'bms', '--yes'])
    await arrived('bms', 'GET', 'delay')
    expect((await ground.elsewhere(['jit', 'enable', 'bms', '--yes'])).code).toBe(0)
    const ran = await mine
    expect(ran.code).toBe(3)
    expect(ran.stdout).toContain('Automatic User Creation was off, is now on. Nothing was written.')
    expect(await ground.writes('bms')).toHaveLength(1)
  })
})

async function arrived(system: string, method: string, fault = 'delay'): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const calls = (await ground.control(system, 'calls')) as { method: string; fault?: string }[]
    if (calls.some(c => c.method === method && c.fault === fault)) return
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  throw new Error(`No ${method} arrived at ${system}.`)
}
