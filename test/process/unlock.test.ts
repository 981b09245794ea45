import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { smallWorld, tenantName } from '../cli/small-world.ts'
import { describeInTerminal, openTerminal } from '../terminal/terminal.ts'
import { buildCommand, runBuilt } from './built-command.ts'

/** `k1ctl unlock`, with the agent as a process that outlives the call. */

const passphrase = 'nine small lanterns'
const tenant = tenantName('first')

let ground: Ground
let home: string
let env: Record<string, string>
beforeAll(async () => {
  await buildCommand()
  ground = await openGround(smallWorld('first'))
}, 60_000)
afterAll(() => ground.close())
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'k1ctl-unlock-'))
  env = { XDG_RUNTIME_DIR: home }
  const [own, ownEnv] = [home, env]
  onTestFinished(async () => {
    await runBuilt(['lock'], own, { env: ownEnv })
    rmSync(own, { recursive: true, force: true })
  })
  await runBuilt(['tenant', 'add', tenant], home)
  await connect(passphrase)
})

async function connect(secret: string): Promise<void> {
  const { url = '', username = '', company = '', password = '' } = ground.sandbox.systems.bms?.credentials ?? {}
  const words = ['--url', url, '--username', username, '--company', company, '--keep', 'sealed', '--password-stdin']
  const connected = await runBuilt(['connect', 'bms', ...words], home, {
    env: { ...env, K1CTL_PASSPHRASE: secret },
    stdin: password,
  })
  expect(connected.code, connected.stderr).toBe(0)
}

/** Without a passphrase, and with nobody to ask. */
const k1ctl = (...words: string[]) => runBuilt(words, home, { env })

async function bms(): Promise<{ state: string; next: string | null }> {
  const [row] = JSON.parse((await k1ctl('status', 'bms', '--json')).stdout)
  return row
}

async function unlock(answer = passphrase, ...words: string[]): Promise<{ code: number; text: string }> {
  const terminal = openTerminal(['unlock', ...words], home, { env })
  await terminal.sees('? Passphrase of the sealed secrets')
  terminal.answer(answer)
  const code = await terminal.ended
  expect(terminal.raw()).not.toContain(answer)
  return { code, text: terminal.text() }
}

describeInTerminal('k1ctl unlock', () => {
  it('asks once, and later calls do not ask, until k1ctl lock', { timeout: 60_000 }, async () => {
    expect(await bms()).toMatchObject({ state: 'unreachable', next: 'k1ctl unlock' })
    expect((await k1ctl('connections')).stderr).toContain('The sealed secrets are locked')
    expect(await unlock()).toMatchObject({
      code: 0,
      text: expect.stringMatching(/unlocked until (?:\d{4}-\d\d-\d\d )?\d\d:\d\d/),
    })
    expect(await bms()).toMatchObject({ state: 'on' })
    expect((await k1ctl('connections')).stderr).toMatch(/unlocked until \d{4}-.+Z \(k1ctl lock ends it\)/)
    const checks: { what: string; state: string; detail: string }[] = JSON.parse(
      (await k1ctl('doctor', '--json')).stdout,
    )
    expect(checks).toContainEqual(
      expect.objectContaining({
        what: 'secrets: sealed',
        state: 'ok',
        detail: expect.stringContaining('unlocked until'),
      }),
    )
    // What is kept anew is sealed with the same key, and nobody is asked for that either.
    await connectWithout()
    expect(await bms()).toMatchObject({ state: 'on' })

    expect(await k1ctl('lock')).toMatchObject({ code: 0, stderr: 'The sealed secrets are locked.\n' })
    expect(await bms()).toMatchObject({ state: 'unreachable', next: 'k1ctl unlock' })
    expect(JSON.parse((await k1ctl('lock', '--json')).stdout)).toEqual({ wasUnlocked: false })
  })

  it('takes K1CTL_PASSPHRASE where nobody can be asked', { timeout: 60_000 }, async () => {
    const ran = await runBuilt(['unlock', '--for', '2h', '--json'], home, {
      env: { ...env, K1CTL_PASSPHRASE: passphrase },
    })
    expect(ran.code, ran.stderr).toBe(0)
    const { until, agent } = JSON.parse(ran.stdout)
    expect(Math.abs(Date.parse(until) - Date.now() - 7_200_000)).toBeLessThan(60_000)
    expect(await bms()).toMatchObject({ state: 'on' })
    process.kill(agent, 'SIGKILL')
    expect(await bms()).toMatchObject({ state: 'unreachable', next: 'k1ctl unlock' })
  })

  it('opens nothing when the file was replaced by one with another passphrase', { timeout: 60_000 }, async () => {
    await unlock()
    renameSync(join(home, 'secrets', 'sealed.json'), join(home, 'old.json'))
    await connect('ten large lanterns')
    expect(await bms()).toMatchObject({ state: 'unreachable', next: 'k1ctl unlock' })
    expect((await unlock('ten large lanterns')).code).toBe(0)
    expect(await bms()).toMatchObject({ state: 'on' })
  })

  it('keeps nothing for a wrong passphrase, a wrong time, or where nothing is sealed', {
    timeout: 60_000,
  }, async () => {
    const wrong = await unlock('ten large lanterns')
    expect(wrong).toMatchObject({ text: expect.stringContaining('does not open the sealed secrets') })
    expect(wrong.code).not.toBe(0)
    expect(await bms()).toMatchObject({ state: 'unreachable' })
    for (const time of ['13h', '0m', 'soon', '90s']) {
      expect(await k1ctl('unlock', '--for', time)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('from 1m to 12h'),
      })
    }
    expect(await k1ctl('unlock')).toMatchObject({ code: 4, stderr: expect.stringContaining('need a passphrase') })
    rmSync(join(home, 'secrets', 'sealed.json'))
    expect(await k1ctl('unlock')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('no sealed secrets to unlock'),
    })
  })

  async function connectWithout(): Promise<void> {
    const { url = '', username = '', company = '', password = '' } = ground.sandbox.systems.bms?.credentials ?? {}
    const words = ['--url', url, '--username', username, '--company', company, '--keep', 'sealed', '--password-stdin']
    const again = await runBuilt(['connect', 'bms', ...words], home, { env, stdin: password })
    expect(again.code, again.stderr).toBe(0)
  }
})
