import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { onTestFinished as ofTheOnlyTest } from 'vitest'
import { takeLock } from '../../src/store/lock.ts'
import { processes } from '../store/ground.ts'

const root = join(import.meta.dirname, '..', '..')
export const commandFile = join(root, 'bin', 'k1ctl.js')

/**
 * Builds `dist` when it is missing or older than the sources. Several test files may ask at once: one builds, the others
 * wait. Files that a running k1ctl may still load are left in place.
 */
export async function buildCommand(): Promise<void> {
  const modules = join(root, 'node_modules')
  const held = await takeLock({
    path: join(modules, '.k1ctl-build.held'),
    about: { subject: 'the build', since: new Date() },
    processes,
    patience: 60_000,
  })
  try {
    if (built() < newest(join(root, 'src'), join(root, 'rolldown.config.js'), join(root, 'package.json'))) await build()
  } finally {
    held.release()
  }
}

async function build(): Promise<void> {
  const began = new Date()
  const folder = mkdtempSync(join(root, 'node_modules', '.k1ctl-build-'))
  try {
    const rolldown = join(root, 'node_modules', 'rolldown', 'bin', 'cli.mjs')
    await promisify(execFile)(process.execPath, [rolldown, '-c', '-d', folder], { cwd: root })
    const dist = join(root, 'dist')
    mkdirSync(dist, { recursive: true })
    for (const file of readdirSync(folder).filter(f => f !== 'main.js'))
      cpSync(join(folder, file), join(dist, file), { recursive: true })
    renameSync(join(folder, 'main.js'), join(dist, 'main.js'))
    utimesSync(join(dist, 'main.js'), began, began)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function built(): number {
  return statSync(join(root, 'dist', 'main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function newest(...paths: readonly string[]): number {
  const times = paths.flatMap(path => {
    if (!statSync(path).isDirectory()) return [statSync(path).mtimeMs]
    const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    return files.map(file => statSync(join(file.parentPath, file.name)).mtimeMs)
  })
  return Math.max(...times)
}

/** What a child gets of this process's environment: enough to start, nothing that changes what it prints. */
export function environment(home: string, extra: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, K1CTL_HOME: home, ...extra }
}

export interface StartOptions {
  env?: Record<string, string>
  /** Text is piped in; `open` is a pipe that nobody writes to; by default stdin is empty. */
  stdin?: string | 'open'
  cwd?: string
  /** Another copy of the command. */
  program?: string
  /** Of a test that goes on beside others. */
  onTestFinished?: (end: () => void) => void
}

export interface Started {
  pid: number
  stdin: Writable
  stdout: Readable
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
  /** Resolves once stderr holds this. */
  says(pattern: RegExp): Promise<void>
  kill(signal: NodeJS.Signals): void
}

/** The built command as a child process of its own. */
export function start(words: readonly string[], home: string, options: StartOptions = {}): Started {
  return startProgram(process.execPath, [options.program ?? commandFile, ...words], home, options)
}

/** `bash -c` with `k1ctl` as a function, for what only a shell can do: pipes, redirections, closed streams. */
export function startShell(script: string, home: string, options: StartOptions = {}): Started {
  const k1ctl = `k1ctl() { "${process.execPath}" "${commandFile}" "$@"; }`
  return startProgram('bash', ['-c', `${k1ctl}\n${script}`], home, options)
}

function startProgram(program: string, args: readonly string[], home: string, options: StartOptions): Started {
  const { onTestFinished = ofTheOnlyTest } = options
  const child = spawn(program, args, { cwd: options.cwd ?? home, env: environment(home, options.env), stdio: 'pipe' })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  child.stdin.on('error', () => {})
  if (options.stdin !== 'open') child.stdin.end(options.stdin ?? '')
  let said = ''
  child.stderr.setEncoding('utf8')
  child.stderr.on('data', (part: string) => {
    said += part
  })
  const stdout = text(child.stdout)
  const ended = new Promise<Awaited<Started['ended']>>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', async (code, signal) => resolve({ code, signal, stdout: await stdout, stderr: said }))
  })
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin,
    stdout: child.stdout,
    ended,
    kill: signal => void child.kill(signal),
    says: async pattern => {
      const late = AbortSignal.timeout(10_000)
      while (!pattern.test(said)) {
        if (late.aborted || child.exitCode !== null) throw new Error(`k1ctl never said ${pattern}, but:\n${said}`)
        await new Promise(resolve => setTimeout(resolve, 10))
      }
    },
  }
}

/** Runs the built command to its end. */
export function runBuilt(words: readonly string[], home: string, options: StartOptions = {}): Started['ended'] {
  return start(words, home, options).ended
}
