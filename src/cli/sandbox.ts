import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import { layout } from '../render/layout.ts'
import type { CommandSpec, Context, GroupSpec, OptionSpec } from './command.ts'
import { accountsTable, accountsText } from './sandbox-accounts.ts'
import { furnish, isOnThisMachine, type SandboxHome } from './sandbox-home.ts'

const start: CommandSpec = {
  name: 'start',
  summary: 'start simulators of the systems on loopback; runs until interrupted',
  options: [
    { flags: '--port <n>', summary: 'port (default 0: any free one)' },
    { flags: '--seed <name>', summary: 'demo (40 tenants, 2,000 people), empty, or a JSON file' },
    {
      flags: '--connect',
      summary: 'also write its tenants and connections into a home: K1CTL_HOME, else one of its own',
    },
    { flags: '--table', summary: 'show with whom to sign in to each system as a table' },
    { flags: '--json', summary: 'print one line of JSON: url, control and credentials of each system' },
  ],
  takes: ['query'],
  details:
    'With --connect and without K1CTL_HOME the sandbox makes a home of its own, says how to reach it, and removes it at ' +
    'the end. In a home of yours it adds its tenants and connections, and takes them away again; it never goes into one ' +
    'with real connections.',
  examples: [
    'k1ctl sandbox start --connect',
    'k1ctl sandbox start --table',
    'k1ctl sandbox start --port 0 --seed empty --json',
  ],
  run: startSandbox,
}

async function startSandbox(context: Context): Promise<number> {
  const { app, words, output } = context
  const port = words.number('port', { least: 0, most: 65_535 }) ?? 0
  const sandbox = await app.startSandbox({ port, seed: words.text('seed') ?? 'demo' })
  // Before anything is kept: from then on what is kept is hidden, and these are there to be typed.
  const text = words.flag('table') ? await accountsTable(sandbox) : accountsText(output, sandbox)
  let home: SandboxHome | undefined
  try {
    if (words.flag('connect')) home = await furnish(context, sandbox)
    const { systems, operators } = sandbox
    const at = home?.path === undefined ? {} : { home: home.path }
    if (output.forMachine) output.machine(`${JSON.stringify({ systems, operators, ...at })}\n`)
    else {
      const { bold, dim } = output.data
      const tenants = `${sandbox.tenants.length} ${sandbox.tenants.length === 1 ? 'tenant' : 'tenants'}`
      app.stdout.document(`${bold('Sandbox')} with ${tenants}, ${dim('until Ctrl-C')}\n${text}`)
      output.say('')
      sayHow(output, home)
    }
    await interrupted(app.signal)
    return 0
  } finally {
    await home?.leave()
    await sandbox.close()
  }
}

function sayHow(output: Context['output'], home: SandboxHome | undefined): void {
  if (!home) {
    output.say('With --connect, every command works against it at once.')
    return
  }
  output.say(
    home.isOwn
      ? 'Connected, in a home of its own that goes with it. In another terminal:'
      : 'Connected. Its tenants and connections go at the end; runs that you make here stay in the ledger. In another terminal:',
  )
  output.say(layout`  ${output.talk.cyan(`export K1CTL_HOME=${quoted(home.path)}`)}`)
  output.say(layout`  ${output.talk.cyan('k1ctl status --all-tenants')}`)
}

const urlOption: OptionSpec = {
  flags: '--url <url>',
  summary: 'base of the sandbox (default: the one that K1CTL_HOME is connected to)',
}

const reset: CommandSpec = {
  name: 'reset',
  summary: 'put a running sandbox back to its seed',
  options: [urlOption],
  takes: ['output'],
  examples: ['k1ctl sandbox reset', 'k1ctl sandbox reset --url http://127.0.0.1:4111'],
  async run(context) {
    const { output } = context
    const origin = await originOf(context)
    // All at once: what one system told another is forgotten, too.
    if (!(await post(`${origin}/_control/reset`))) {
      throw new K1Error('unreachable', `No sandbox answers at ${origin}.`, {
        hint: 'Start one: k1ctl sandbox start --connect',
      })
    }
    if (output.forMachine) output.json({ reset: origin })
    output.say(`The sandbox at ${origin} is back at its seed.`)
    return 0
  },
}

/** Where the sandbox of this call is. @throws K1Error `not-set-up`, `usage` */
async function originOf({ app, words }: Context): Promise<string> {
  const url =
    words.text('url') ??
    (await app.config())
      .connections()
      .map(c => c.settings.url ?? '')
      .find(one => isOnThisMachine(one) && one.startsWith('http'))
  if (url === undefined) {
    throw new K1Error('not-set-up', 'No sandbox is connected here.', {
      hint: 'Go to its home (export K1CTL_HOME=…, as k1ctl sandbox start --connect says), or name it: --url http://127.0.0.1:PORT',
    })
  }
  if (!isOnThisMachine(url))
    throw new K1Error('usage', `${url} is not on this machine; only a sandbox can be controlled.`)
  return new URL(url).origin
}

const push: CommandSpec = {
  name: 'push',
  summary: 'answer the pushes that wait on the phones of the sandbox',
  options: [{ flags: '--deny', summary: 'deny them' }, urlOption],
  takes: ['output'],
  examples: ['k1ctl sandbox push', 'k1ctl sandbox push --deny'],
  async run(context) {
    const { app, words, output } = context
    const origin = await originOf(context)
    const answered: string[] = []
    for (const { about } of (await app.systems()).all.filter(s => s.contract)) {
      const control = `${origin}/_control/${about.id}`
      for (const waiting of await pushesAt(`${control}/pushes`)) {
        const body = { challenge: waiting.challenge, approve: !words.flag('deny') }
        if (await post(`${control}/push`, body)) answered.push(`${waiting.username} at ${about.title}`)
      }
    }
    if (output.forMachine) output.json({ answered, approved: !words.flag('deny') })
    const verb = words.flag('deny') ? 'Denied' : 'Approved'
    output.say(answered.length > 0 ? `${verb}: ${answered.join(', ')}.` : 'No push is waiting.')
    return 0
  },
}

async function pushesAt(url: string): Promise<{ challenge: string; username: string }[]> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) })
    const pushes = (answer.ok ? await answer.json() : []) as { challenge: string; username: string; state: string }[]
    return pushes.filter(p => p.state === 'waiting')
  } catch {
    return []
  }
}

async function post(url: string, body?: unknown): Promise<boolean> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  try {
    return (await fetch(url, { method: 'POST', signal: AbortSignal.timeout(5000), ...sent })).ok
  } catch {
    return false
  }
}

function interrupted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}

export const sandboxCommand: GroupSpec = {
  name: 'sandbox',
  summary: 'simulators of the systems on this machine, to try everything without credentials',
  details:
    'Each system has a control URL: GET calls (method, path, status, at), POST faults, POST reset, GET state. ' +
    'See k1ctl help sandbox-control.',
  examples: ['k1ctl sandbox start --connect', 'k1ctl sandbox reset', 'k1ctl sandbox push'],
  commands: [start, reset, push],
}
