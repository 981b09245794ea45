import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Ground, openGround } from './harness.ts'
import { scriptedPrompter } from './scripted-prompter.ts'
import { smallWorld } from './small-world.ts'

let ground: Ground
beforeAll(async () => {
  ground = await openGround(smallWorld('first', 'everythingOn'))
})
afterAll(() => ground.close())
beforeEach(() => ground.reset())

const change = ['unified-login', 'enable', 'graphus']
const yes = scriptedPrompter({ confirm: async () => true })
const no = scriptedPrompter({ confirm: async () => false })
const silent = scriptedPrompter({})

async function expectUntouched(): Promise<void> {
  expect(await ground.writes('graphus')).toEqual([])
  const calls = (await ground.calls('graphus')).filter(c => !c.path.startsWith('/log-in'))
  expect(new Set(calls.map(c => c.method))).toEqual(new Set(['GET']))
  expect((await ground.k1ctl(['runs', 'list', '--json'])).stdout).toBe('[]\n')
}

it('without --yes and without a terminal: exit 2 after reading, and nothing is asked or written', async () => {
  const ran = await ground.k1ctl(change)
  expect(ran.code).toBe(2)
  expect(ran.stdout).toBe('')
  expect(ran.stderr).toContain('Log In with KaseyaOne  off  →  on')
  expect(ran.stderr).toContain('error: This changes something, and nobody can be asked.')
  expect(ran.stderr).toContain('--dry-run')
  await expectUntouched()
})

it('--json never asks, not even at a terminal', async () => {
  const ran = await ground.k1ctl([...change, '--json'], { prompter: silent })
  expect(ran.code).toBe(2)
  expect(JSON.parse(ran.stdout).error).toMatchObject({ kind: 'unattended', exitCode: 2 })
  await expectUntouched()
})

it.each([
  { name: '--no-input', words: ['--no-input'], env: {} },
  { name: 'CI=1', words: [], env: { CI: '1' } },
])('$name never asks, not even at a terminal', async ({ words, env }) => {
  expect((await ground.k1ctl([...change, ...words], { prompter: silent, env })).code).toBe(2)
  await expectUntouched()
})

it('refusing at the prompt exits 130, and writes nothing', async () => {
  const ran = await ground.k1ctl(change, { prompter: no })
  expect(ran.code).toBe(130)
  expect(ran.stderr).toContain('Nothing was changed.')
  await expectUntouched()
})

it('consent at the prompt is noted as such, after the plan was shown', async () => {
  let shown = ''
  const prompter = scriptedPrompter({
    async confirm(message) {
      shown = message
      return true
    },
  })
  const ran = await ground.k1ctl(change, { prompter })
  expect(ran.code).toBe(0)
  expect(shown).toBe('Make this change?')
  expect(ran.stderr.indexOf('off  →  on')).toBeLessThan(ran.stderr.indexOf('Run '))
})

it('counts changes and tenants in the question', async () => {
  let shown = ''
  const prompter = scriptedPrompter({
    async confirm(message) {
      shown = message
      return false
    },
  })
  const words = ['jit', 'defaults', 'set', 'bms', '--job-title', 'Dispatcher', '--all-tenants']
  expect((await ground.k1ctl(words, { prompter })).code).toBe(130)
  expect(shown).toBe('Make these 2 changes in 2 tenants?')
})

it('a dry run, what holds already, and what is by hand need no consent', async () => {
  expect((await ground.k1ctl([...change, '--dry-run'], { prompter: silent })).code).toBe(0)
  expect((await ground.k1ctl(change, { prompter: yes })).code).toBe(0)
  expect((await ground.k1ctl(change, { prompter: silent })).code).toBe(0)
  await ground.k1ctl(['disconnect', 'graphus'])
  expect((await ground.k1ctl(['unified-login', 'disable', 'graphus'], { prompter: silent })).code).toBe(3)
})

it('Ctrl-C before anything was sent leaves it unsent, and exits 130', async () => {
  const interrupt = new AbortController()
  const prompter = scriptedPrompter({
    async confirm() {
      interrupt.abort()
      return true
    },
  })
  const ran = await ground.k1ctl(change, { prompter, signal: interrupt.signal })
  expect(ran.code).toBe(130)
  expect(ran.stdout).toContain('Cancelled before it began.')
  expect(await ground.writes('graphus')).toEqual([])
})

it('Ctrl-C while a change is on its way leaves it unknown, for resume to look', async () => {
  const interrupt = new AbortController()
  await ground.fault('graphus', { method: 'PATCH', delayMs: 400 })
  const running = ground.k1ctl([...change, '--yes'], { signal: interrupt.signal })
  for (let tries = 0; tries < 200; tries++) {
    if ((await ground.calls('graphus')).some(c => c.method === 'PATCH')) break
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  interrupt.abort()
  const ran = await running
  expect(ran.code).toBe(130)
  expect(ran.stdout).toContain('· unknown')
  expect(ran.stdout).toContain('it was cancelled before the answer came')
  await new Promise(resolve => setTimeout(resolve, 600))
  expect((await ground.k1ctl(['runs', 'resume', 'last'])).code).toBe(0)
  expect(await ground.writes('graphus')).toHaveLength(1)
})
