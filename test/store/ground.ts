import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { rolldown } from 'rolldown'
import { afterAll, onTestFinished } from 'vitest'
import type { K1Error } from '../../src/core/errors.ts'
import { isK1Error } from '../../src/core/errors.ts'
import type { Clock } from '../../src/core/ports.ts'
import { findHome, type Home } from '../../src/store/home.ts'
import type { Processes } from '../../src/store/process-identity.ts'
import { openSecrets } from '../../src/store/secret-store.ts'
import type { OwnKeyPlace } from '../../src/store/team/own-key.ts'

/** A folder that goes when the test is over. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A folder for all tests of a file. */
export function sharedFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-store-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function makeHome(): Home {
  return homeIn(makeFolder())
}

export function homeIn(folder: string): Home {
  return findHome({ env: { K1CTL_HOME: folder }, platform: process.platform, homedir: folder })
}

/** A machine whose own secrets lie in a file, as where it has no keyring. */
export function ownKeyPlace(home: Home): OwnKeyPlace {
  const keyring = { node: '/nowhere/node' }
  return { home, env: {}, processes, secrets: async () => openSecrets({ home, env: {}, processes, keyring }) }
}

/** All files below a folder, by their path. */
export function readAll(folder: string): Map<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return new Map(files.map(file => [file, readFileSync(file, 'latin1')]))
}

export const clock: Clock = { now: () => new Date(), sleep: ms => new Promise(resolve => setTimeout(resolve, ms)) }

export const processes: Processes = {
  own: process.pid,
  isAlive(id) {
    try {
      process.kill(id, 0)
      return true
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EPERM'
    }
  },
}

/** The K1Error that `work` ends with; anything else fails the test. */
export async function failureOf(work: Promise<unknown>): Promise<K1Error> {
  const result = await work.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('value' in result) throw new Error(`expected a failure, got ${JSON.stringify(result.value)}`)
  if (!isK1Error(result.error)) throw result.error
  return result.error
}

/** Bundles `child.ts`, or another one, into `folder`, because Node 20 cannot run TypeScript. */
export async function bundleChild(folder: string, name = 'child'): Promise<string> {
  const file = join(folder, `${name}.mjs`)
  const bundle = await rolldown({
    input: join(import.meta.dirname, `${name}.ts`),
    platform: 'node',
    external: ['@napi-rs/keyring'],
    logLevel: 'silent',
  })
  await bundle.write({ file, format: 'esm', codeSplitting: false })
  return file
}

export interface Child {
  process: ChildProcessByStdio<null, Readable, null>
  /** All lines that it has printed so far. */
  lines: string[]
  /** Resolves with the next line. */
  next(): Promise<string>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

/** Starts another k1ctl-like process. Its standard error is the test's own, so that a crash is seen. */
export function startChild(
  file: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; uid?: number; through?: readonly string[] } = {},
): Child {
  const { through = [], ...rest } = options
  const [program = '', ...words] = [...through, process.execPath, file, ...args]
  const child = spawn(program, words, { ...rest, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const lines: string[] = []
  const reader = createInterface({ input: child.stdout })
  reader.on('line', line => lines.push(line))
  const ended = new Promise<Awaited<Child['ended']>>(resolve => {
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  return {
    process: child,
    lines,
    ended,
    next: () =>
      new Promise((resolve, reject) => {
        reader.once('line', resolve)
        ended.then(({ code, signal }) => reject(new Error(`child ended: ${code ?? signal}`)))
      }),
  }
}
