import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { App } from '../../src/cli/app.ts'
import { run } from '../../src/cli/run.ts'
import { connectSandbox } from '../../src/cli/sandbox-home.ts'
import type { OutStream } from '../../src/cli/screen.ts'
import type { Clock, Prompter } from '../../src/core/ports.ts'
import { type Host, makeApp } from '../../src/make-app.ts'
import { type Sandbox, startSandbox, type World } from '../../src/sandbox/index.ts'
import { type Asked, askControl } from '../sandbox/ask-control.ts'
import { createQuickClock } from './quick-clock.ts'

export interface Call {
  method: string
  path: string
  status: number | null
  at: string
  write?: boolean
}

export interface Ran {
  code: number
  stdout: string
  stderr: string
}

export interface RunOptions {
  env?: Record<string, string>
  /** What is piped into stdin. */
  stdin?: string
  signal?: AbortSignal
  /** Answers questions, as if at a terminal; without it nothing may be asked. */
  prompter?: Prompter
  operator?: string
  /** Another time than that of the machine. */
  now?: Date
  /** That of the sandbox; absent: one of its own. Waits are soon over on either. */
  clock?: Clock
  /** Another Node for the keyring's child; one that is not there makes a keyring that does not work. */
  node?: string
}

/** A sandbox, a home that is connected to it, and the front door. Close it after the test. */
export interface Ground {
  sandbox: Sandbox
  home: string
  k1ctl(words: readonly string[], options?: RunOptions): Promise<Ran>
  /** The same from another machine: a home of its own, connected to the same sandbox. */
  elsewhere(words: readonly string[], options?: RunOptions): Promise<Ran>
  /** The call log of a system. */
  calls(system: string): Promise<Call[]>
  /** Calls that changed something. */
  writes(system: string): Promise<Call[]>
  fault(system: string, fault: Record<string, unknown>): Promise<void>
  control(system: string, path: string, asked?: Asked): Promise<unknown>
  /** The simulators, the home and the log as they were at the start. */
  reset(): Promise<void>
  close(): Promise<void>
}

export async function openGround(
  seed: 'demo' | 'empty' | World = 'demo',
  tenant = 'Northwind Dental',
): Promise<Ground> {
  const clock = createQuickClock()
  const sandbox = await startSandbox({ seed, now: clock.now })
  const home = mkdtempSync(join(tmpdir(), 'k1ctl-test-'))
  const other = mkdtempSync(join(tmpdir(), 'k1ctl-other-'))
  const furnish = async (home: string) => {
    const app = appFor(home, { clock }).app
    await connectSandbox(app, sandbox)
    if ((await app.config()).tenant(tenant)) await (await app.config()).use(tenant)
  }
  await furnish(home)

  const control = (system: string, path: string, asked?: Asked) =>
    askControl(`${sandbox.systems[system]?.control}/${path}`, asked, true)
  const calls = async (system: string) => (await control(system, 'calls')) as Call[]
  return {
    sandbox,
    home,
    k1ctl: (words, options = {}) => runIn(home, words, { clock, ...options }),
    elsewhere: async (words, options = {}) => {
      await furnish(other)
      return runIn(other, words, { clock, ...options })
    },
    calls,
    writes: async system => (await calls(system)).filter(c => c.write),
    fault: async (system, fault) => {
      await control(system, 'faults', { method: 'POST', body: JSON.stringify(fault) })
    },
    control,
    reset: async () => {
      await askControl(`${sandbox.systems.bms?.control}`.replace(/bms$/, 'reset'), { method: 'POST' }, true)
      rmSync(home, { recursive: true, force: true })
      await furnish(home)
    },
    close: async () => {
      await sandbox.close()
      for (const folder of [home, other]) rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Runs one command in this process over a home. */
export async function runIn(home: string, words: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { app, stdout, stderr } = appFor(home, options)
  const code = await run(words, app)
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

/** With what a spinner needs of a terminal. */
function terminalOver(said: string[]): OutStream {
  const moves = { cursorTo: () => true, clearLine: () => true, moveCursor: () => true }
  return Object.assign(moves, { isTTY: true, write: (text: string) => said.push(text) })
}

export function appFor(home: string, options: RunOptions): { app: App; stdout: string[]; stderr: string[] } {
  const stdout: string[] = []
  const stderr: string[] = []
  const { prompter } = options
  const terminal = prompter !== undefined
  const signal = options.signal ?? new AbortController().signal
  // As the real program does: every request in flight listens.
  EventEmitter.setMaxListeners(0, signal)
  const stdin: App['stdin'] = Readable.from(options.stdin === undefined ? [] : [options.stdin])
  if (terminal) stdin.isTTY = true
  const { now, clock = createQuickClock() } = options
  const host: Host = {
    env: { K1CTL_HOME: home, NO_COLOR: '1', ...options.env },
    stdin,
    stdout: { isTTY: false, write: text => stdout.push(text) },
    stderr: terminal ? terminalOver(stderr) : { isTTY: false, write: text => stderr.push(text) },
    signal,
    operator: options.operator ?? 'tester@here',
    homedir: () => home,
    platform: process.platform,
    runtime: process.versions.node,
    node: options.node ?? process.execPath,
    pid: process.pid,
    ...(process.getuid ? { user: process.getuid() } : {}),
    isAlive: () => true,
  }
  const app = makeApp(host, now ? { ...clock, now: () => now } : clock)
  return { app: prompter ? { ...app, prompter: async () => prompter } : app, stdout, stderr }
}
