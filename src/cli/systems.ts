import { K1Error } from '../core/errors.ts'
import { featureKeys } from '../core/features.ts'
import { jsonText } from '../core/json.ts'
import type { System } from '../core/system.ts'
import type { CommandSpec, Context } from './command.ts'
import { systemNamed } from './sessions.ts'

export const systemsCommand: CommandSpec = {
  name: 'systems',
  args: '[contract] [system]',
  summary: 'what each system can do, and how it is reached',
  details:
    'api: the vendor publishes it. contract: an endpoint of yours that speaks the contract of k1ctl, which ' +
    '`k1ctl systems contract <system>` prints as OpenAPI 3.1. by-hand: nobody published an API; a person does it.',
  takes: ['list'],
  examples: ['k1ctl systems', 'k1ctl systems --json', 'k1ctl systems contract graphus > graphus.openapi.json'],
  async run(context) {
    const action = context.words.arg(0)
    if (action === undefined) return list(context)
    if (action !== 'contract') {
      throw new K1Error('usage', `There is no k1ctl systems ${action}.`, {
        hint: 'k1ctl systems, or k1ctl systems contract SYSTEM',
      })
    }
    return printContract(context)
  },
}

async function printContract(context: Context): Promise<number> {
  const { all } = await context.app.systems()
  const names = all.filter(s => s.contract).map(s => s.about.id)
  const word = context.words.arg(1)
  if (word === undefined) {
    throw new K1Error('usage', 'The contract of which system?', { hint: `There is one for ${names.join(', ')}.` })
  }
  const system = await systemNamed(context, word)
  if (!system.contract) {
    throw new K1Error('usage', `${system.about.title} needs no contract of ours: its vendor publishes an API.`, {
      hint: `There is one for ${names.join(', ')}.`,
    })
  }
  context.output.machine(`${jsonText(await system.contract(), 2)}\n`)
  return 0
}

interface SystemRow {
  system: string
  title: string
  reach: string
  people: string
  aliases: readonly string[]
  features: Record<string, string>
  /** What it can do for a leaver: how, by goal. */
  leaver: Record<string, string>
}

async function list({ app, output }: Context): Promise<number> {
  const { all, others } = await app.systems()
  const rows: SystemRow[] = [
    ...all.map(rowOf),
    ...others.map(o => ({
      system: o.id,
      title: o.title,
      reach: 'by-hand',
      people: 'by hand',
      aliases: [],
      features: byHand(o.seen),
      leaver: {},
    })),
  ]
  await output.records(
    rows,
    [
      { title: 'System', cell: r => r.system },
      { title: 'Reach', cell: r => r.reach, narrow: { cell: r => shortReach(r.reach) } },
      ...featureKeys.map(key => ({
        title: shortTitles[key],
        cell: (r: SystemRow) => r.features[key] ?? '-',
        narrow: { title: narrowTitles[key], cell: (r: SystemRow) => shortReach(r.features[key] ?? '-') },
      })),
      { title: 'Leaver', cell: r => leaverText(r) },
      { title: 'Title', cell: r => r.title, wide: true },
      { title: 'People', cell: r => r.people, wide: true },
    ],
    'No systems.',
  )
  if (output.forMachine) return 0
  output.say('')
  output.say(
    output.talk.dim(
      'Each column: how a change is reached; - is not in its help pages. Leaver: goals of an offboarding that it can reach, of nine.',
    ),
  )
  if (app.stdout.isTTY && (app.stdout.columns ?? 100) < 100)
    output.say(output.talk.dim('Short: ours is the contract, hand is by-hand.'))
  output.say(output.talk.dim('See k1ctl help reach.'))
  return 0
}

function leaverText({ leaver }: SystemRow): string {
  const reached = Object.values(leaver).filter(how => how === 'reached' || how === 'unobservable').length
  return reached > 0 ? String(reached) : '-'
}

const shortTitles = {
  'log-in': 'Log in',
  'require-log-in': 'Require',
  'user-creation': 'JIT',
  deprovisioning: 'Deprovision',
  'access-groups': 'Groups',
} as const

const narrowTitles = { ...shortTitles, deprovisioning: 'Deprov' } as const

function shortReach(reach: string): string {
  return { contract: 'ours', 'by-hand': 'hand' }[reach] ?? reach
}

/** What the help pages show can be done by hand; what they do not show is left open. */
function byHand(seen: Readonly<Partial<Record<string, object>>>): Record<string, string> {
  return Object.fromEntries(Object.keys(seen).map(feature => [feature, 'by-hand']))
}

function rowOf({ about }: System): SystemRow {
  const features = about.features.map(f => [f.feature, f.supported ? f.write : '-'])
  const { id: system, title, reach, people, aliases } = about
  const leaver = (about.accountGoals ?? []).map(goal => [goal.kind, goal.how])
  return {
    system,
    title,
    reach,
    people,
    aliases,
    features: Object.fromEntries(features),
    leaver: Object.fromEntries(leaver),
  }
}
