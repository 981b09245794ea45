import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { buildCommand, runBuilt, start } from './built-command.ts'

let ground: Ground
beforeAll(async () => {
  await buildCommand()
  ground = await openGround()
}, 60_000)
beforeEach(() => ground.reset())
afterAll(() => ground.close())

const change = ['unified-login', 'enable', 'graphus', '--yes']

/** Waits until the simulator got a write. */
async function writeArrives(): Promise<void> {
  const until = Date.now() + 10_000
  while (Date.now() < until) {
    if ((await ground.calls('graphus')).some(c => c.method === 'PATCH')) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error('no write arrived')
}

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', signal => {
  it('in the middle of a slow change ends with 130, says what is open, and a resume finishes it', async () => {
    await ground.fault('graphus', { method: 'PATCH', delayMs: 1500 })
    const k1ctl = start(change, ground.home)
    await writeArrives()
    k1ctl.kill(signal)
    const { code, stderr, stdout } = await k1ctl.ended
    expect(code).toBe(130)
    expect(stderr).toMatch(/k1ctl runs resume \d{8}-/)
    expect(stdout + stderr).not.toMatch(/at .*\.js:\d+/)

    const shown = await runBuilt(['runs', 'show', 'last'], ground.home)
    expect(shown.stdout).toMatch(/unknown|not finished|incomplete/)
    expect((await runBuilt(['runs', 'verify', 'last'], ground.home)).stdout).toContain('intact')

    await ground.control('graphus', 'faults', { method: 'DELETE' })
    const resumed = await runBuilt(['runs', 'resume', 'last', '--json'], ground.home)
    expect(resumed.code).toBe(0)
    expect(JSON.parse(resumed.stdout).verdict).toBe('proved')
    const again = await runBuilt([...change, '--json'], ground.home)
    expect(JSON.parse(again.stdout).results[0].end).toBe('already')
  })

  it('while it only reads ends with 130, and nothing was begun', async () => {
    await ground.fault('graphus', { path: '.', hang: true, times: 0 })
    const k1ctl = start(change, ground.home)
    await k1ctl.says(/Tenant: Northwind Dental/)
    await new Promise(resolve => setTimeout(resolve, 300))
    k1ctl.kill(signal)
    const { code, stderr } = await k1ctl.ended
    expect(code).toBe(130)
    expect(stderr).not.toMatch(/defect|at .*\.js:\d+/)
    expect(JSON.parse((await runBuilt(['runs', 'list', '--json'], ground.home)).stdout)).toEqual([])
  })
})

describe('Ctrl-C', () => {
  it.each([
    ['status', ['status', '--all-tenants', 'graphus']],
    ['doctor', ['doctor']],
  ] as const)('in k1ctl %s ends with 130: what was not read is no finding', async (_, words) => {
    await ground.fault('graphus', { path: '.', hang: true, times: 0 })
    const k1ctl = start(words, ground.home)
    const until = Date.now() + 10_000
    while ((await ground.calls('graphus')).length === 0 && Date.now() < until) await new Promise(r => setTimeout(r, 20))
    k1ctl.kill('SIGINT')
    expect((await k1ctl.ended).code).toBe(130)
  })

  it('twice ends at once, even when a server hangs', async () => {
    await ground.fault('graphus', { method: 'PATCH', hang: true })
    const k1ctl = start(change, ground.home)
    await writeArrives()
    k1ctl.kill('SIGINT')
    await new Promise(resolve => setTimeout(resolve, 300))
    k1ctl.kill('SIGINT')
    expect((await k1ctl.ended).code).toBe(130)
  })

  it('in a fleet stops what was not begun, and says it of each', async () => {
    await ground.fault('graphus', { method: 'PATCH', delayMs: 700, times: 0 })
    const words = ['unified-login', 'enable', 'graphus', '--all-tenants', '--yes', '--json']
    const k1ctl = start(words, ground.home)
    await writeArrives()
    k1ctl.kill('SIGINT')
    const { code, stdout } = await k1ctl.ended
    expect(code).toBe(130)
    const report = JSON.parse(stdout)
    expect(report.verdict).toBe('incomplete')
    const written = (await ground.writes('graphus')).length
    expect(written).toBeLessThan(report.results.length)
  })

  it.each([
    ['sandbox start --json', []],
    ['sandbox start --json --connect', ['--connect']],
  ])('ends k1ctl %s with 0, and its port is free again', async (_, words) => {
    const sandbox = start(['sandbox', 'start', '--json', ...words], ground.home)
    const line = await new Promise<string>(resolve => sandbox.stdout.once('data', part => resolve(String(part))))
    const { url } = JSON.parse(line).systems.bms
    expect((await fetch(url)).status).toBeGreaterThan(0)
    sandbox.kill('SIGINT')
    expect((await sandbox.ended).code).toBe(0)
    await expect(fetch(url)).rejects.toThrow()
  })

  it('ends the demo with 130, and leaves no folder', async () => {
    const { mkdtempSync, readdirSync, rmSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const folder = mkdtempSync(join(tmpdir(), 'k1ctl-demo-'))
    try {
      const demo = start(['demo'], ground.home, { env: { TMPDIR: folder } })
      await new Promise<void>(resolve => demo.stdout.once('data', () => resolve()))
      demo.kill('SIGINT')
      expect((await demo.ended).code).toBe(130)
      // Node keeps its compile cache there; that is not ours to remove.
      expect(readdirSync(folder).filter(name => name !== 'node-compile-cache')).toEqual([])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
