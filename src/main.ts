import type { Host } from './make-app.ts'

/** Set by the build from package.json. */
declare const k1ctlVersion: string

/** The whole program: answers the exit code. The only function that knows the process. */
export async function main(): Promise<number> {
  const argv = process.argv.slice(2)
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    tolerant(process.stdout).write(`${k1ctlVersion}\n`)
    return 0
  }
  const [first, second] = argv
  if (second === undefined && (first === undefined || first === '--help' || first === '-h')) {
    // Without all that touches a system or this machine, which costs more than the help itself.
    const [{ entries }, { helpWidth, rootHelp }] = await Promise.all([
      import('./cli/entries.ts'),
      import('./cli/root-help.ts'),
    ])
    const stdout = tolerant(process.stdout)
    stdout.write(rootHelp(entries, helpWidth(stdout)))
    return 0
  }
  // The credential chain of AWS would say on stderr that Node 20 grows old; which Node runs is not news to an operator.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'
  // It would switch certificates off for all that does not say otherwise; the vendors' libraries do not.
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
  const { makeApp, run } = await import('./make-app.ts')
  const code = await run(argv, makeApp(hostOfProcess()))
  return code === 0 && outputIsLost ? 1 : code
}

/** So late an echo of a signal may come on a busy machine, in milliseconds. */
const echoMs = 1_000

function hostOfProcess(): Host {
  // Unlike an import, this does not read every property of the module.
  const os = process.getBuiltinModule('node:os')
  const { setMaxListeners } = process.getBuiltinModule('node:events')
  const interrupt = new AbortController()
  // Every request in flight listens; a fleet has many.
  setMaxListeners(0, interrupt.signal)
  let firstAt = 0
  let echoes = 0
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      const now = performance.now()
      // The first one asks for an orderly end; whoever presses again wants out now. The library that replaces the
      // configuration file sends each signal on to this process once more, at once: that is nobody's second press.
      // It listens, too, when it does that; where nobody else listens, a second signal is always a press.
      if (interrupt.signal.aborted) {
        if (echoes === 0 || now - firstAt > echoMs) process.exit(130)
        echoes = 0
        return
      }
      firstAt = now
      echoes = process.listenerCount(name) > 1 ? 1 : 0
      interrupt.abort()
    })
  }
  // A limit on file sizes (`ulimit -f`) would end the process without a word; so it makes the write fail, with EFBIG.
  process.on('SIGXFSZ', () => undefined)
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
    ...(process.getuid ? { user: process.getuid() } : {}),
    isAlive,
    withoutInterrupts,
  }
}

async function withoutInterrupts<T>(work: () => Promise<T>): Promise<T> {
  const listeners = process.listeners('SIGINT')
  const ignore = () => {}
  process.removeAllListeners('SIGINT')
  process.on('SIGINT', ignore)
  try {
    return await work()
  } finally {
    process.off('SIGINT', ignore)
    for (const listener of listeners) process.on('SIGINT', listener)
  }
}

function tolerant<S extends NodeJS.WriteStream>(stream: S): S {
  if (!stream.listeners('error').includes(noteLostOutput)) stream.on('error', noteLostOutput)
  return stream
}

let outputIsLost = false

/**
 * A closed pipe (`| head`) is no error. A full disk is one, which shows at the end only: neither may cut a change off
 * in the middle.
 */
function noteLostOutput(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED' || outputIsLost) return
  outputIsLost = true
  process.exitCode ||= 1
  process.stderr.write(`error: The output could not be written: ${error.message}\n`)
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
