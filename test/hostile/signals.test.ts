import { execFileSync, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest'
import { type Ground, openGround } from '../cli/harness.ts'
import { buildCommand, commandFile, environment, type Started, start, startShell } from '../process/built-command.ts'

let ground: Ground
let folder: string
beforeAll(async () => {
  await buildCommand()
  ground = await openGround()
  folder = mkdtempSync(join(tmpdir(), 'k1ctl-pipes-'))
}, 60_000)
afterAll(async () => {
  await ground.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A second, and what a busy machine needs to end a process. */
const soonMs = 1500

/** Ends it, and answers its exit code. */
async function endedBy({ kill, ended }: Pick<Started, 'kill' | 'ended'>, signal: NodeJS.Signals) {
  const begun = Date.now()
  kill(signal)
  const { code, stderr } = await ended
  expect(Date.now() - begun).toBeLessThan(soonMs)
  expect(stderr).not.toMatch(/at .*\.js:\d+|defect/)
  return code
}

function makeFifo(name: string): string {
  const path = join(folder, name)
  execFileSync('mkfifo', [path])
  return path
}

/** Resolves with the writing end once somebody reads: only then can it be opened without waiting. */
async function writerOf(fifo: string): Promise<number> {
  const until = Date.now() + 15_000
  while (Date.now() < until) {
    try {
      return openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK)
    } catch {
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }
  throw new Error('nobody reads the pipe')
}

describe.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)('the first %s', signal => {
  it.each([
    ['--from', ['offboard', '--yes', '--from']],
    ['--plan', ['offboard', '--yes', '--plan']],
    ['a key', ['connect', 'google-workspace', '--set', 'adminEmail=a@customer.example', '--set', 'serviceAccountKey=']],
  ])('ends a call that waits for a pipe at %s, also one with a writer that says nothing', async (name, words) => {
    for (const isOpen of [false, true]) {
      const fifo = makeFifo(`${signal}-${name}-${isOpen}`)
      const last = words.at(-1) ?? ''
      const k1ctl = start(last.endsWith('=') ? [...words.slice(0, -1), last + fifo] : [...words, fifo], ground.home)
      const writer = await Promise.race([writerOf(fifo), k1ctl.ended.then(() => null)])
      if (writer === null) throw new Error((await k1ctl.ended).stderr)
      if (!isOpen) closeSync(writer)
      // A writer that came and went is an end of file: then it has ended by itself, with nobody in the list.
      const code = isOpen ? await endedBy(k1ctl, signal) : (await k1ctl.ended).code
      expect(code).toBe(isOpen ? 130 : 2)
      if (isOpen) closeSync(writer)
    }
  })

  it('ends a call that waits for a pipe that nobody opens', async () => {
    const fifo = makeFifo(`${signal}-nobody`)
    const k1ctl = start(['offboard', '--yes', '--from', fifo], ground.home)
    await k1ctl.says(/Tenant/)
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(await endedBy(k1ctl, signal)).toBe(130)
  })

  it('ends a call with a silent stdin', async () => {
    const k1ctl = start(['offboard', '-', '--yes'], ground.home, { stdin: 'open' })
    await k1ctl.says(/Tenant/)
    await new Promise(resolve => setTimeout(resolve, 200))
    expect(await endedBy(k1ctl, signal)).toBe(130)
  })

  it.each(['nobody@customer.example', 'x'.repeat(200_000), ''])(
    'ends a call with an endless stdin (%#)',
    async line => {
      const child = spawn(process.execPath, [commandFile, 'offboard', '-', '--dry-run'], {
        env: environment(ground.home),
        stdio: 'pipe',
      })
      onTestFinished(() => void child.kill('SIGKILL'))
      child.stdin.on('error', () => {})
      child.stdout.resume()
      let stderr = ''
      child.stderr.on('data', part => {
        stderr += part
      })
      const text = `${line}\n`.repeat(Math.ceil(65_536 / (line.length + 1)))
      const pour = () => {
        while (child.stdin.writable && child.stdin.write(text));
      }
      child.stdin.on('drain', pour)
      pour()
      const ended = new Promise<Awaited<Started['ended']>>(resolve =>
        child.on('close', (code, signal) => resolve({ code, signal, stdout: '', stderr })),
      )
      const until = Date.now() + 15_000
      while (!/Tenant/.test(stderr) && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 20))
      await new Promise(resolve => setTimeout(resolve, 300))
      expect(child.exitCode).toBe(null)
      expect(await endedBy({ kill: name => void child.kill(name), ended }, signal)).toBe(130)
    },
  )

  it.each([
    ['its stdin by name, which says nothing', '--from /dev/stdin --dry-run', '< <(exec sleep 30 2>/dev/null)'],
    [
      'its stdin by name, without an end',
      '--from /dev/stdin --dry-run',
      '< <(exec yes nobody@customer.example 2>/dev/null)',
    ],
    ['a plan from a silent stdin', '--plan /dev/stdin --yes', '< <(exec sleep 30 2>/dev/null)'],
  ])('ends a call that reads %s', async (_, words, from) => {
    const k1ctl = startShell(`exec "${process.execPath}" "${commandFile}" offboard ${words} ${from}`, ground.home)
    if (words.startsWith('--from')) await k1ctl.says(/Tenant/)
    await new Promise(resolve => setTimeout(resolve, words.startsWith('--from') ? 300 : 1500))
    expect(await endedBy(k1ctl, signal)).toBe(130)
  })
})

test.skipIf(process.platform === 'win32').each([
  ['a plan', ['--plan', '/dev/zero', '--yes'], 'is larger than 64 MiB'],
  ['a list', ['--from', '/dev/zero', '--dry-run'], 'is not UTF-8 text'],
])('%s without an end is refused, without a signal', { timeout: 60_000 }, async (_, words, why) => {
  const { code, stdout, stderr } = await start(['offboard', ...words], ground.home).ended
  expect(code).toBe(2)
  expect(stdout + stderr).toContain(why)
})
