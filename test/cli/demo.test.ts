import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished, vi } from 'vitest'
import { runIn } from './harness.ts'

it('demo tells the story with real commands and their output, and leaves nothing behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-demo-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  vi.stubEnv('TMPDIR', folder)
  const home = join(folder, 'home')
  // What somebody has set up for real is neither used nor touched.
  const env = { K1CTL_TENANT: 'Somebody Else', K1CTL_BMS_PASSWORD: 'not-for-the-demo' }
  const before = Date.now()
  const { code, stdout, stderr } = await runIn(home, ['demo'], { env })
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
  expect(Date.now() - before).toBeLessThan(60_000)

  const commands = [...stdout.matchAll(/^\$ (k1ctl .*)$/gm)].map(([, line]) => line)
  expect(commands.length).toBeGreaterThanOrEqual(8)
  for (const start of [
    'k1ctl status bms --all-tenants',
    'k1ctl require-log-in enable bms --yes',
    'k1ctl require-log-in enable bms --except',
    'k1ctl jit defaults set bms',
    'k1ctl deprovisioning enable graphus',
    'k1ctl status',
    'k1ctl runs verify last',
  ]) {
    expect(commands.some(line => line?.startsWith(start))).toBe(true)
  }
  expect(stdout).toContain('(exit 1)')
  expect(stdout).toContain('ledger intact')
  expect(stdout).toMatch(/Zenith Tax Advisers +bms/)
  expect(readdirSync(folder)).toEqual([])
})

it('demo is the same under --quiet, with less talk', async () => {
  const { code } = await runIn('/nowhere/k1ctl', ['demo', '--quiet'])
  expect(code).toBe(0)
})
