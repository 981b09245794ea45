import type { App } from './cli/app.ts'
import type { OutStream } from './cli/screen.ts'
import { screenOver, streamBehind } from './cli/screen.ts'
import { K1Error } from './core/errors.ts'
import type { AskPassphrase, Clock } from './core/ports.ts'
import type { Document } from './store/document.ts'
import type { Processes } from './store/process-identity.ts'
import type { TeamStore } from './store/team/index.ts'

/** Set by the build from package.json. */
declare const k1ctlVersion: string

/** What `makeApp` takes from the process; a test gives its own. */
export interface Host {
  env: App['env']
  stdin: App['stdin']
  stdout: OutStream
  stderr: OutStream
  signal: AbortSignal
  operator: string
  homedir: () => string
  platform: string
  runtime: string
  /** The Node executable, for the child that speaks to the keyring. */
  node: string
  pid: number
  /** The user id; absent where the platform has none. */
  user?: number
  isAlive(pid: number): boolean
  /** Runs work while Ctrl-C is not ours; absent where nobody presses it. */
  withoutInterrupts?<T>(work: () => Promise<T>): Promise<T>
}

/** Wires the rooms together. Everything costly is loaded when it is first used. */
export function makeApp(host: Host, clock: Clock = systemClock): App {
  const { signal } = host
  // What the operator prefers is put in, where the environment says nothing.
  const env: Record<string, string | undefined> = { ...host.env }
  const processes: Processes = {
    own: host.pid,
    isAlive: host.isAlive,
    tell: line => app.notices.tell(line),
    ...(host.user === undefined ? {} : { user: host.user }),
  }
  const home = once(async () => {
    const { findHome } = await import('./store/home.ts')
    return findHome({ env, platform: host.platform, homedir: host.homedir() })
  })
  let opened: TeamStore | undefined
  /** The team's stores; undefined where everything lies in files. */
  const team = once(async () => {
    const { chosenStore } = await import('./store/store-choice.ts')
    const url = chosenStore(await home(), env)
    if (url === undefined) return undefined
    opened = await openTeam(url)
    return opened
  })
  async function openTeam(url: string) {
    const [{ openTeamStore }, ca] = await Promise.all([
      import('./store/team/index.ts'),
      env.K1CTL_CA_FILE ? app.readText(env.K1CTL_CA_FILE) : undefined,
    ])
    const own = { home: await home(), env, processes, secrets: ownSecrets }
    return openTeamStore({ url, operator: host.operator, processes, clock, own, ...(ca === undefined ? {} : { ca }) })
  }
  async function openSecretsIn(shared: Document | undefined, ask: AskPassphrase | undefined) {
    const { openSecrets } = await import('./store/secret-store.ts')
    return openSecrets({
      home: await home(),
      env,
      processes,
      keyring: { node: host.node },
      ...(shared ? { shared } : {}),
      ...(ask ? { askPassphrase: ask } : {}),
    })
  }
  const secrets = once(async (ask?: AskPassphrase) => openSecretsIn((await team())?.sealed, ask))
  /** Those of this machine, also where a team has others. */
  const ownSecrets = once((ask?: AskPassphrase) => openSecretsIn(undefined, ask))
  const app: App = {
    version: k1ctlVersion,
    runtime: host.runtime,
    env,
    get stdin() {
      return host.stdin
    },
    get stdout() {
      return screenOver(host.stdout, env)
    },
    get stderr() {
      return screenOver(host.stderr, env)
    },
    notices: { tell: line => app.stderr.writeLine(line) },
    clock,
    signal,
    get operator() {
      return host.operator
    },
    preferences: once(async () => {
      const [{ openPreferences }, { preferredVariables }] = await Promise.all([
        import('./store/preferences.ts'),
        import('./core/preferences.ts'),
      ])
      const kept = openPreferences(await home(), processes)
      const given = { ...env }
      Object.assign(env, preferredVariables(kept, given))
      return { ...kept, given }
    }),
    config: once(async () => {
      const shared = await team()
      return shared ? shared.config() : (await import('./store/config-store.ts')).openConfig(await home(), processes)
    }),
    secrets,
    ledger: once(async () => {
      const shared = await team()
      if (shared) return shared.ledger
      const { openLedger } = await import('./store/ledger.ts')
      return openLedger({ home: await home(), clock, processes })
    }),
    peopleList: once(async () => {
      return (await team())?.peopleList ?? (await import('./store/people-list.ts')).openPeopleList(await home())
    }),
    diary: once(async () => {
      return (
        (await team())?.diary ?? (await import('./store/diary.ts')).openDiary({ home: await home(), clock, processes })
      )
    }),
    locks: once(async () => {
      const shared = await team()
      return shared?.locks ?? (await import('./store/locks.ts')).openLocks({ home: await home(), clock, processes })
    }),
    limits: once(async () => (await team())?.limits),
    still: () => opened?.still(),
    teamWork: once(async () => {
      const shared = await team()
      if (shared === undefined) return undefined
      return {
        roll: shared.workers,
        limits: shared.limits.list,
        openQueue: async options =>
          (await import('./worker/work-queue.ts')).openWorkQueue(await shared.pool(), shared.place, options),
      }
    }),
    attestations: once(async () => {
      const shared = await team()
      const { attestationFile, openAttestations } = await import('./store/attestations.ts')
      return openAttestations(shared?.attestations ?? attestationFile(await home(), processes))
    }),
    pastChecks: once(async () => {
      const shared = await team()
      const { openPastChecks, pastChecksFile } = await import('./store/past-checks.ts')
      return openPastChecks(shared?.pastChecks ?? pastChecksFile(await home(), processes))
    }),
    team: async () => (await team())?.operators,
    stores: once(async () => {
      const [{ chosenStore, chooseStore }, { tryWriting }] = await Promise.all([
        import('./store/store-choice.ts'),
        import('./store/try-writing.ts'),
      ])
      const place = await home()
      return {
        chosen: () => chosenStore(place, env),
        choose: url => chooseStore(place, url),
        open: openTeam,
        folders: [place.config, place.state].map(path => ({ path, tryWriting: () => tryWriting(path) })),
        clearDead: async () => (await import('./store/clear-dead.ts')).clearDead(place, processes),
        files: () => makeApp({ ...host, env: { ...env, K1CTL_STORE: 'files' } }, clock),
        team: url => makeApp({ ...host, env: { ...env, K1CTL_STORE: url } }, clock),
      }
    }),
    readText: async path => (await import('./cli/named-input.ts')).readInput(path, signal),
    hashFile: async path => (await import('./cli/named-input.ts')).hashInput(path, signal),
    writeText: async (path, text, how) =>
      (await import('./store/named-file.ts')).writeNamedFile(path, text, signal, how),
    changeText: async (path, change) => {
      const { holdNamedFile, writeNamedFile } = await import('./store/named-file.ts')
      await holdNamedFile(path, { home: await home(), processes }, async still =>
        writeNamedFile(path, await change(await app.readText(path)), signal, { still }),
      )
    },
    makeFolder: async path => (await import('./store/home.ts')).prepareFolder(path),
    prompter: once(async () =>
      (await import('./cli/terminal-prompter.ts')).terminalPrompter({
        stdin: host.stdin,
        stderr: streamBehind(screenOver(host.stderr, env)),
        signal,
      }),
    ),
    page: async text => {
      const { page } = await import('./cli/pager.ts')
      const { platform, withoutInterrupts = work => work() } = host
      return page(text, { env, platform, signal, withoutInterrupts })
    },
    post: async (address, json, http) => (await import('./http/post-json.ts')).postJson(address, json, { clock, http }),
    postBytes: async (address, bytes, type, http) =>
      (await import('./http/post-bytes.ts')).postBytes(address, bytes, type, http),
    packets: async () => (await import('./store/packet/packets.ts')).openPackets({ env, signal }),
    systems: once(async () => {
      const [{ systems, findSystem, nearestSystems }, { otherModules }, { byHandSystem }] = await Promise.all([
        import('./systems/index.ts'),
        import('./systems/other-modules.ts'),
        import('./systems/by-hand-system.ts'),
      ])
      const byHand = otherModules.map(byHandSystem)
      return { all: systems, find: findSystem, nearest: nearestSystems, others: otherModules, byHand }
    }),
    systemPage: async id => (await import('./systems/pages.ts')).pageOf(id),
    nearest: async (word, names) => (await import('./store/nearest.ts')).findNearest(word, names),
    letterDistance: async () => (await import('./store/nearest.ts')).letterDistance,
    startSandbox: async ({ port, seed }) => {
      const { startSandbox, readSeed } = await import('./sandbox-door.ts')
      return startSandbox({ port, seed: await readSeed(seed), now: clock.now })
    },
    secretFrom: async command => (await import('./store/secret-command.ts')).runSecretCommand(command, { env, signal }),
    sandboxQuirks: async () => (await import('./sandbox/index.ts')).quirksBySystem(),
    temporaryHome: () => temporaryHome(host, clock),
    fromEnvironment: async about => {
      const { fromEnvironment } = await import('./store/environment.ts')
      return fromEnvironment(about.id, about.settings, env)
    },
  }
  return app
}

async function temporaryHome(host: Host, clock: Clock): Promise<{ app: App; path: string; remove(): Promise<void> }> {
  const [{ mkdtemp, rm }, { tmpdir }, { join }] = await Promise.all([
    import('node:fs/promises'),
    import('node:os'),
    import('node:path'),
  ])
  const folder = await mkdtemp(join(tmpdir(), 'k1ctl-'))
  const ours = Object.entries(host.env).filter(([name]) => !name.startsWith('K1CTL_'))
  const app = makeApp({ ...host, env: { ...Object.fromEntries(ours), K1CTL_HOME: folder } }, clock)
  return { app, path: folder, remove: () => rm(folder, { recursive: true, force: true }) }
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const onAbort = () => {
        clearTimeout(timer)
        reject(new K1Error('cancelled', 'Interrupted.'))
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

export { run } from './cli/run.ts'
