import { K1Error } from '../core/errors.ts'
import type { App, RunningSandbox } from './app.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'

const start: CommandSpec = {
  name: 'start',
  summary: 'start simulators of the systems on loopback; runs until interrupted',
  options: [
    { flags: '--port <n>', summary: 'port (default 0: any free one)' },
    { flags: '--seed <name>', summary: 'demo (40 tenants, 2,000 people), empty, or a JSON file' },
    { flags: '--connect', summary: 'also write its tenants and connections into K1CTL_HOME' },
    { flags: '--json', summary: 'print one line of JSON: url, control and credentials of each system' },
  ],
  examples: ['k1ctl sandbox start --connect', 'k1ctl sandbox start --port 0 --seed empty --json'],
  run: startSandbox,
}

async function startSandbox({ app, words, output }: Context): Promise<number> {
  const port = words.number('port', { least: 0, most: 65_535 }) ?? 0
  const sandbox = await app.startSandbox({ port, seed: words.text('seed') ?? 'demo' })
  try {
    if (words.flag('connect')) await connectSandbox(app, sandbox)
    if (words.flag('json')) app.stdout.document(`${JSON.stringify({ systems: sandbox.systems })}\n`)
    else describe(app, output, sandbox, words.flag('connect'))
    await interrupted(app.signal)
    return 0
  } finally {
    await sandbox.close()
  }
}

function describe(app: App, output: Context['output'], sandbox: RunningSandbox, connected: boolean): void {
  const { bold, dim } = output.data
  const systems = Object.entries(sandbox.systems).map(([id, { url, control, credentials }]) => {
    const { username, company, password } = credentials
    const where = company === undefined ? '' : `, company ${company}`
    const signIn = username === undefined ? '' : `\n    sign in   ${username} / ${password}${where}`
    return `  ${bold(id)}\n    url       ${url}\n    control   ${control}${signIn}`
  })
  const tenants = `${sandbox.tenants.length} ${sandbox.tenants.length === 1 ? 'tenant' : 'tenants'}`
  // Not redacted: these are the simulators' own passwords, there to be typed.
  app.stdout.document(`${bold('Sandbox')} with ${tenants}, ${dim('until Ctrl-C')}\n${systems.join('\n')}\n`)
  output.say('')
  output.say(
    connected
      ? 'Connected. In another terminal: k1ctl status --all-tenants'
      : 'With --connect, every command works against it at once.',
  )
}

/** Writes the seed's tenants and connections. Real connections are never replaced. */
export async function connectSandbox(app: App, sandbox: RunningSandbox): Promise<void> {
  const config = await app.config()
  const real = config.connections().find(c => !isLoopback(c.settings.url ?? ''))
  if (real) {
    throw new K1Error('refused', `${config.path} holds real connections (${real.system} for ${real.tenant}).`, {
      hint: 'Give the sandbox a home of its own: K1CTL_HOME=$(mktemp -d) k1ctl sandbox start --connect',
    })
  }
  const secrets = await app.secrets()
  const written = new Set<string>()
  const records = []
  for (const tenant of sandbox.tenants) {
    if (!config.tenant(tenant.name)) await config.addTenant({ name: tenant.name, domains: [...tenant.domains] })
    for (const [system, { settings, secrets: values }] of Object.entries(tenant.connections)) {
      const account = [settings.company, settings.username].filter(word => word !== undefined)
      const secretRef = ['sandbox', system, ...account].join(':')
      if (!written.has(secretRef)) await secrets.write(secretRef, values, 'plain')
      written.add(secretRef)
      records.push({
        tenant: tenant.name,
        system,
        settings,
        secretRef,
        secretFields: Object.keys(values),
        place: 'plain' as const,
        as: settings.username ?? '',
        connectedAt: app.clock.now().toISOString(),
      })
    }
  }
  await config.connect(...records)
}

const reset: CommandSpec = {
  name: 'reset',
  summary: 'put a running sandbox back to its seed',
  options: [
    { flags: '--url <url>', summary: 'base of the sandbox (default: the one that K1CTL_HOME is connected to)' },
  ],
  takes: ['output'],
  examples: ['k1ctl sandbox reset', 'k1ctl sandbox reset --url http://127.0.0.1:4111'],
  async run({ app, words, output }) {
    const url =
      words.text('url') ??
      (await app.config())
        .connections()
        .map(c => c.settings.url ?? '')
        .find(one => isLoopback(one) && one.startsWith('http'))
    if (url === undefined) {
      throw new K1Error('not-set-up', 'No sandbox is connected here.', {
        hint: 'Name it: k1ctl sandbox reset --url http://127.0.0.1:PORT',
      })
    }
    if (!isLoopback(url)) throw new K1Error('usage', `${url} is not on this machine; only a sandbox can be reset.`)
    const { origin } = new URL(url)
    const known = [...(await app.systems()).all].map(s => s.about.id)
    const answers = await Promise.all(known.map(id => post(`${origin}/_control/${id}/reset`)))
    if (!answers.some(ok => ok)) {
      throw new K1Error('unreachable', `No sandbox answers at ${origin}.`, {
        hint: 'Start one: k1ctl sandbox start --connect',
      })
    }
    if (output.forMachine) output.json({ reset: origin })
    output.say(`The sandbox at ${origin} is back at its seed.`)
    return 0
  },
}

async function post(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { method: 'POST', signal: AbortSignal.timeout(5000) })).ok
  } catch {
    return false
  }
}

function isLoopback(url: string): boolean {
  return /^(?:https?|ldaps?):\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:\d+)?(\/|$)/.test(url)
}

function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}

export const sandbox: GroupSpec = {
  name: 'sandbox',
  summary: 'simulators of the systems on this machine, to try everything without credentials',
  details:
    'Each system has a control URL: GET calls (method, path, status, at), POST faults, POST reset, GET state. ' +
    'See k1ctl help sandbox-control.',
  examples: ['k1ctl sandbox start --connect', 'k1ctl sandbox reset'],
  commands: [start, reset],
}
