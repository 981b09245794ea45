import type { App } from './cli/app.ts'
import { K1Error } from './core/errors.ts'
import type { Clock } from './core/ports.ts'
import { findHome, type Home } from './store/home.ts'

/** Set by the build from package.json. */
declare const k1ctlVersion: string

/** What `makeApp` takes from the process; a test gives its own. */
export interface Host {
  env: App['env']
  stdin: App['stdin']
  stdout: App['stdout']
  stderr: App['stderr']
  signal: AbortSignal
  operator: string
  homedir: string
  platform: string
  runtime: string
  /** The Node executable, for the child that speaks to the keyring. */
  node: string
  pid: number
  isAlive(pid: number): boolean
}

/** Wires the rooms together. Everything costly is loaded when it is first used. */
export function makeApp(host: Host): App {
  const home = findHome({ env: host.env, platform: host.platform, homedir: host.homedir })
  const clock = systemClock
  const { env, stdin, stdout, stderr, signal, operator } = host
  const secrets = once(async (ask?: () => Promise<string>) => {
    const { openSecrets } = await import('./store/secret-store.ts')
    return openSecrets({ home, env, keyring: { node: host.node }, ...(ask ? { askPassphrase: ask } : {}) })
  })
  const app: App = {
    version: k1ctlVersion,
    runtime: host.runtime,
    env,
    stdin,
    stdout,
    stderr,
    clock,
    signal,
    operator,
    home,
    config: once(async () => (await import('./store/config-store.ts')).openConfig(home)),
    secrets,
    ledger: once(async () => openLedgerFor(home, host)),
    prompter: once(async () =>
      (await import('./cli/terminal-prompter.ts')).terminalPrompter(stdin, stderr as NodeJS.WritableStream),
    ),
    systems: once(async () => {
      const [{ systems, findSystem, nearestSystems }, { otherModules }] = await Promise.all([
        import('./systems/index.ts'),
        import('./systems/other-modules.ts'),
      ])
      return { all: systems, find: findSystem, nearest: nearestSystems, others: otherModules }
    }),
    startSandbox: async ({ port, seed }) => {
      const { startSandbox, readSeed } = await import('./sandbox-door.ts')
      return startSandbox({ port, seed: await readSeed(seed) })
    },
    temporaryHome: () => temporaryHome(host),
    fromEnvironment: async about => {
      const { fromEnvironment } = await import('./store/environment.ts')
      return fromEnvironment(about.id, about.settings, env)
    },
  }
  return app
}

async function openLedgerFor(home: Home, host: Host) {
  const { openLedger } = await import('./store/ledger.ts')
  return openLedger({ home, clock: systemClock, processes: { own: host.pid, isAlive: host.isAlive } })
}

async function temporaryHome(host: Host): Promise<{ app: App; remove(): Promise<void> }> {
  const [{ mkdtemp, rm }, { tmpdir }, { join }] = await Promise.all([
    import('node:fs/promises'),
    import('node:os'),
    import('node:path'),
  ])
  const folder = await mkdtemp(join(tmpdir(), 'k1ctl-'))
  const ours = Object.entries(host.env).filter(([name]) => !name.startsWith('K1CTL_'))
  const app = makeApp({ ...host, env: { ...Object.fromEntries(ours), K1CTL_HOME: folder } })
  return { app, remove: () => rm(folder, { recursive: true, force: true }) }
}

const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer)
        reject(new K1Error('cancelled', 'Cancelled.'))
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, ms)
      if (signal?.aborted) onAbort()
      else signal?.addEventListener('abort', onAbort, { once: true })
    }),
}

/** The first answer is kept: opening twice is the same as opening once. */
function once<A extends unknown[], T>(make: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  let made: Promise<T> | undefined
  return (...args) => {
    made ??= make(...args)
    return made
  }
}

/** The whole program: answers the exit code. The only function that knows the process. */
export async function main(): Promise<number> {
  const argv = process.argv.slice(2)
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${k1ctlVersion}\n`)
    return 0
  }
  const { run } = await import('./cli/run.ts')
  return run(argv, makeApp(await hostOfProcess()))
}

async function hostOfProcess(): Promise<Host> {
  const [{ homedir, hostname, userInfo }, { EventEmitter }] = await Promise.all([
    import('node:os'),
    import('node:events'),
  ])
  const interrupt = new AbortController()
  // Every request in flight listens; a fleet has many.
  EventEmitter.setMaxListeners(0, interrupt.signal)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // The first one asks for an orderly end; whoever presses again wants out now.
      if (interrupt.signal.aborted) process.exit(130)
      interrupt.abort()
    })
  }
  // A closed pipe (`| head`) is no error, and must not cut a change off in the middle.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe)
  return {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: interrupt.signal,
    operator: `${nameOf(userInfo)}@${hostname()}`,
    homedir: homedir(),
    platform: process.platform,
    runtime: process.versions.node,
    node: process.execPath,
    pid: process.pid,
    isAlive,
  }
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error
}

/** A container may run under a user id that has no name. */
function nameOf(userInfo: () => { username: string }): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'unknown')
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
