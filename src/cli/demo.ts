import { quoted } from '../core/shell.ts'
import { layout } from '../render/layout.ts'
import type { App } from './app.ts'
import type { CommandSpec, Context } from './command.ts'
import { connectSandbox } from './sandbox-home.ts'

interface Step {
  say: string
  words: readonly string[]
  /** The exit code that belongs to the story. */
  exits: number
}

const tenant = 'Northwind Dental'
/** The customer with all there is, and who leaves there. */
const everything = 'Ironbridge Machining'
const leaver = 'diego.torres@ironbridge.example'
const breakGlass = 'amy.breakglass@northwind-dental.example'

/** The story; every command is really run, and what it prints is printed. */
function story(account: string): readonly Step[] {
  return [
    { say: 'Forty tenants. What holds where, in BMS?', words: ['status', 'bms', '--all-tenants'], exits: 0 },
    {
      say: `Require Log In for ${tenant}, with nobody excepted: that would lock everybody out.`,
      words: ['require-log-in', 'enable', 'bms', '--yes'],
      exits: 1,
    },
    {
      say: 'Look first: what would change, with a break-glass user and our own account excepted?',
      words: ['require-log-in', 'enable', 'bms', '--except', breakGlass, '--except', account, '--dry-run'],
      exits: 0,
    },
    {
      say: 'Do it.',
      words: ['require-log-in', 'enable', 'bms', '--except', breakGlass, '--except', account, '--yes'],
      exits: 0,
    },
    {
      say: 'The same again: it already holds, so nothing is sent.',
      words: ['require-log-in', 'enable', 'bms', '--except', breakGlass, '--except', account, '--yes'],
      exits: 0,
    },
    {
      say: 'People whom BMS creates just in time should start low. By name, looked up:',
      words: [
        'jit',
        'defaults',
        'set',
        'bms',
        '--department',
        'Service Desk',
        '--security-role',
        'Technician',
        '--yes',
      ],
      exits: 0,
    },
    {
      say: 'Leavers in KaseyaOne should lose Graphus too. But Log In with KaseyaOne comes first:',
      words: ['deprovisioning', 'enable', 'graphus', '--yes'],
      exits: 1,
    },
    { say: 'So, in that order.', words: ['unified-login', 'enable', 'graphus', '--yes'], exits: 0 },
    { say: '', words: ['deprovisioning', 'enable', 'graphus', '--yes'], exits: 0 },
    { say: 'And now?', words: ['status'], exits: 0 },
    {
      say: 'Every change left a proof, chained by hash. Read it all again:',
      words: ['runs', 'verify', 'last'],
      exits: 0,
    },
    {
      say: 'Friday, 17:00: somebody leaves, of a customer with all there is. Look first, at one of the systems:',
      words: ['offboard', leaver, '--tenant', everything, '--only', 'google-workspace', '--dry-run'],
      exits: 0,
    },
    {
      say: 'All of them. Their laptop is in a drawer, and a garage opener in a pocket: that is said, and not called done.',
      words: ['offboard', leaver, '--tenant', everything, '--ticket', 'HR-1042', '--yes'],
      exits: 3,
    },
    { say: 'Each goal, and when it was read back:', words: ['runs', 'show', 'last'], exits: 0 },
  ]
}

export const demoCommand: CommandSpec = {
  name: 'demo',
  summary: 'the whole story in a minute, on the sandbox; needs no credentials and leaves nothing behind',
  examples: ['k1ctl demo', 'npm run demo'],
  run: tellStory,
}

async function tellStory({ app, output, call }: Context): Promise<number> {
  const sandbox = await app.startSandbox({ port: 0, seed: 'demo' })
  const home = await app.temporaryHome()
  try {
    // A story is read as it goes; pages would hold it up.
    const guest: App = { ...home.app, page: async () => false }
    await connectSandbox(guest, sandbox)
    await (await guest.config()).use(tenant)
    const account = sandbox.systems.bms?.credentials.email ?? sandbox.systems.bms?.credentials.username ?? ''
    for (const step of story(account)) {
      const heading = step.say ? layout`${output.data.bold(`# ${step.say}`)}\n` : ''
      output.write(layout`\n${heading}${output.data.cyan(`$ k1ctl ${step.words.map(quoted).join(' ')}`)}\n`)
      const code = await call(step.words, guest)
      if (code !== 0) output.write(`${output.data.dim(`(exit ${code})`)}\n`)
      if (app.signal.aborted) return 130
      if (code !== step.exits) {
        output.warn(`The story expected exit ${step.exits} here.`)
        return 1
      }
    }
    output.write(
      layout`\n${output.data.bold('That was the sandbox.')} It is gone now. Yours: k1ctl sandbox start --connect, or k1ctl connect bms\n`,
    )
    return 0
  } finally {
    await sandbox.close()
    await home.remove()
  }
}
