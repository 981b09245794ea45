// A sandbox in a process of its own, with a home connected to it, for programs that run the built CLI from outside.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'rolldown'

/** The built command; `K1CTL_CLI` names another copy of it. */
export const cli = process.env.K1CTL_CLI ?? fileURLToPath(new URL('../../bin/k1ctl.js', import.meta.url))

/** The sandbox's own module: for its seeds, and to start one inside this process. */
export const loadSandbox = () => loadModule('../../src/sandbox/index.ts')

/** A module of ours, bundled from its source. */
export async function loadModule(path) {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-module-'))
  try {
    const file = join(folder, 'module.mjs')
    const input = fileURLToPath(new URL(path, import.meta.url))
    await build({ input, platform: 'node', output: { file, format: 'esm' }, logLevel: 'silent' })
    return await import(pathToFileURL(file).href)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/**
 * Starts `k1ctl sandbox start --connect` over a world. `home` is the K1CTL_HOME that it wrote; the ledger in it is
 * looked at, never written. `more` is environment for its commands.
 */
export async function openStage(world, more = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-stage-'))
  const home = join(folder, 'home')
  const runs = join(home, 'state', 'runs')
  const seed = join(folder, 'world.json')
  writeFileSync(seed, JSON.stringify(world))
  const env = { ...withoutOurs(process.env), K1CTL_HOME: home, NO_COLOR: '1' }
  const sandbox = spawn(process.execPath, [cli, 'sandbox', 'start', '--seed', seed, '--json', '--connect'], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise(resolve => sandbox.once('exit', resolve))
  // Where this program fails, the simulators must not live on.
  process.once('exit', () => sandbox.kill('SIGKILL'))
  const line = await Promise.race([
    new Promise(resolve => createInterface({ input: sandbox.stdout }).once('line', resolve)),
    ended.then(code => Promise.reject(new Error(`The sandbox ended with ${code}.`))),
  ])
  const { systems } = JSON.parse(line)
  const origin = new URL(Object.values(systems)[0].url).origin

  const control = async (path, init) => {
    const answer = await fetch(`${origin}/_control/${path}`, init)
    const text = await answer.text()
    if (!answer.ok) throw new Error(`control ${path}: ${answer.status} ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
  /** Runs that were there before the one that matters. */
  let earlier = 0
  const runFiles = () => (existsSync(runs) ? readdirSync(runs).filter(name => name.endsWith('.jsonl')) : [])
  /** Variables of the environment for what is started from here on. */
  let settings = {}
  const start = (words, stdio = ['ignore', 'pipe', 'pipe']) =>
    spawn(process.execPath, [cli, ...words], { env: { ...env, ...more, ...settings }, stdio })
  return {
    home,
    pid: sandbox.pid,
    systems,
    origin,
    control,
    post: (path, body) => control(path, { method: 'POST', ...(body ? { body: JSON.stringify(body) } : {}) }),
    calls: () => control('calls'),
    people: async system => (await control(`${system}/state`)).people,
    start,
    /** From here on, these variables of the environment, and no others of ours. */
    use: wanted => {
      settings = wanted
    },
    /** Runs a command to its end. */
    run: async words => {
      const begun = performance.now()
      const { code, signal, stdout, stderr } = await endOf(start(words))
      return { code, signal, stdout, stderr, ms: performance.now() - begun }
    },
    /** How many whole lines the newest run's file has; 0 when there is no run but those of before. */
    ledgerLines: () => {
      const files = runFiles().sort()
      const newest = files.length > earlier ? files.at(-1) : undefined
      return newest === undefined ? 0 : count(readFileSync(join(runs, newest)), 0x0a)
    },
    /** From here on only what comes counts: runs, and calls. */
    beginHere: async () => {
      earlier = runFiles().length
      await control('calls', { method: 'DELETE' })
    },
    runs,
    /** The simulators and the ledger as they were at the start. */
    reset: async () => {
      earlier = 0
      await control('reset', { method: 'POST' })
      rmSync(join(home, 'state'), { recursive: true, force: true })
      mkdirSync(runs, { recursive: true, mode: 0o700 })
    },
    close: async () => {
      sandbox.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Collects what a child says until it ends. */
export async function endOf(child) {
  const [stdout, stderr] = [[], []]
  child.stdout?.on('data', data => stdout.push(data))
  child.stderr?.on('data', data => stderr.push(data))
  const [code, signal] = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (...end) => resolve(end))
  })
  return { code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }
}

/** `--name value` or `--name`, from the arguments of this program. */
export function optionOf(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : (process.argv[at + 1] ?? '')
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

function withoutOurs(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('K1CTL_')))
}

function count(bytes, byte) {
  let found = 0
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) found += 1
  return found
}
