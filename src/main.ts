import type { Host } from './make-app.ts'

/** Set by the build from package.json. */
declare const k1ctlVersion: string

/** The whole program: answers the exit code. The only function that knows the process. */
export async function main(): Promise<number> {
  const argv = process.argv.slice(2)
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${k1ctlVersion}\n`)
    return 0
  }
  const { makeApp, run } = await import('./make-app.ts')
  return run(argv, makeApp(hostOfProcess()))
}

function hostOfProcess(): Host {
  // Unlike an import, this does not read every property of the module.
  const os = process.getBuiltinModule('node:os')
  const { setMaxListeners } = process.getBuiltinModule('node:events')
  const interrupt = new AbortController()
  // Every request in flight listens; a fleet has many.
  setMaxListeners(0, interrupt.signal)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // The first one asks for an orderly end; whoever presses again wants out now.
      if (interrupt.signal.aborted) process.exit(130)
      interrupt.abort()
    })
  }
  return {
    env: process.env,
    // Opening a stream costs a millisecond or two; most calls need one or two of the three.
    get stdin() {
      return process.stdin
    },
    get stdout() {
      return tolerant(process.stdout)
    },
    get stderr() {
      return tolerant(process.stderr)
    },
    signal: interrupt.signal,
    get operator() {
      return `${nameOf(os.userInfo)}@${os.hostname()}`
    },
    homedir: os.homedir,
    platform: process.platform,
    runtime: process.versions.node,
    node: process.execPath,
    pid: process.pid,
    isAlive,
  }
}

/** A closed pipe (`| head`) is no error, and must not cut a change off in the middle. */
function tolerant<S extends NodeJS.WriteStream>(stream: S): S {
  if (!stream.listeners('error').includes(ignoreClosedPipe)) stream.on('error', ignoreClosedPipe)
  return stream
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
