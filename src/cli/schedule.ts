import { K1Error } from '../core/errors.ts'
import { withTime } from '../dated/command.ts'
import { type Dated, latenessOf, readDated } from '../dated/dated.ts'
import { aboutText, meantModules, meantPeople, meantTenants } from '../dated/job.ts'
import { toApproveWords } from '../dated/to-approve.ts'
import type { App } from './app.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { type HeldEntry, holdEntry } from './dated-entry.ts'
import { showDated } from './dated-show.ts'
import { agreedBy } from './mandate.ts'
import { counted } from './offboard-dated.ts'
import { permit } from './permit.ts'
import { putAway } from './schedule-put-away.ts'
import { parseZonedTime, preferredZone, zonedText } from './zoned-time.ts'

interface Row {
  id: string
  due: string | null
  zone: string | null
  state: string
  people: string[]
  modules: string[]
  tenants: string[]
  run: string | null
  verdict: string | null
  why: string | null
  operator: string | null
  what: string
}

const list: CommandSpec = {
  name: 'list',
  summary: 'list what has a date, or waits for an approval, the next one first',
  options: [{ flags: '--all', summary: 'also those that ended or were cancelled' }],
  takes: ['list'],
  examples: ['k1ctl schedule list', 'k1ctl schedule list --all --output csv'],
  async run({ app, words, output }) {
    const diary = await app.diary()
    const rows = await Promise.all((await diary.list()).map(async id => rowOf(id, await diary.read(id))))
    const shown = rows
      .filter(row => words.flag('all') || !isOver(row))
      .sort((a, b) => (a.due ?? '').localeCompare(b.due ?? ''))
    await output.records(
      shown,
      [
        { title: 'Id', cell: r => r.id },
        { title: 'When', cell: r => r.due ?? '' },
        { title: 'Said as', cell: r => (r.due && r.zone ? zonedText({ at: r.due, zone: r.zone }) : ''), wide: true },
        { title: 'State', cell: r => (r.verdict === null ? r.state : `${r.state}: ${r.verdict}`) },
        { title: 'What', cell: r => (r.people.length > 2 ? counted(r.people.length) : r.what) },
        { title: 'Tenants', cell: r => r.tenants.join(', '), wide: true },
        { title: 'Run', cell: r => r.run ?? '', wide: true },
        { title: 'Why', cell: r => r.why ?? '', wide: true },
      ],
      'Nothing has a date, or waits.',
    )
    for (const row of shown) if (row.why !== null) output.say(`! ${row.id}: ${row.why}`)
    const late = shown.filter(row => isOverdue(row, app.clock.now()))
    if (late.length === 0) return 0
    output.warn(
      `${output.talk.yellow('warning:')} ${late.length} past the time, and nobody did it: no worker has looked.`,
    )
    output.warn(
      `  ${output.talk.cyan('→')} k1ctl worker --once does it now; k1ctl worker install looks every 5 minutes`,
    )
    return 3
  },
}

function rowOf(id: string, value: unknown): Row {
  try {
    const dated = readDated(id, value)
    const { due, zone, state, run, verdict, why, operator } = dated
    const people = meantPeople(dated).map(({ person }) => person)
    const about = { people, modules: meantModules(dated), tenants: meantTenants(dated) }
    return { id, due, zone, state, ...about, run, verdict, why, operator, what: aboutText(dated) }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    const nothing = { due: null, zone: null, run: null, verdict: null, operator: null }
    return { id, ...nothing, state: 'unreadable', people: [], modules: [], tenants: [], why, what: '' }
  }
}

function isOver({ state }: Row): boolean {
  return state === 'ended' || state === 'cancelled'
}

function isOverdue({ state, due }: Row, now: Date): boolean {
  return state === 'waiting' && due !== null && latenessOf({ due }, now) > 10 * 60_000
}

const show: CommandSpec = {
  name: 'show',
  args: '<id>',
  summary: 'show one: when, who, what was agreed to, and what came of it',
  takes: ['output'],
  examples: ['k1ctl schedule show last', 'k1ctl schedule show last --json'],
  async run(context) {
    const { app, words, output } = context
    const id = await find(app, words.required(0, 'The id'))
    const dated = readDated(id, await (await app.diary()).read(id))
    if (output.forMachine) {
      output.json({ id, ...dated })
      return 0
    }
    await showDated(context, id, dated)
    return 0
  },
}

/** One of the ways in which a person changes what is waiting. */
function changing(
  spec: Pick<CommandSpec, 'name' | 'summary' | 'examples' | 'options'>,
  from: readonly Dated['state'][],
  work: (context: Context, entry: HeldEntry) => Promise<string>,
): CommandSpec {
  return {
    ...spec,
    args: '<id>',
    async run(context) {
      const { app, words, output } = context
      const id = await find(app, words.required(0, 'The id'))
      const said = await holdEntry(app, id, async entry => {
        await permit(context, 'operator', meantTenants(entry.dated))
        const { state, run } = entry.dated
        if (from.includes(state)) return work(context, entry)
        throw new K1Error('refused', `${id} is ${state}: ${spec.name} is for one that is ${from.join(' or ')}.`, {
          hint: run === null ? `k1ctl schedule show ${id}` : `k1ctl runs show ${run}`,
        })
      })
      output.say(said)
      return 0
    },
  }
}

const hold = changing(
  {
    name: 'hold',
    summary: 'keep one from being done until somebody lets it go',
    options: [{ flags: '--reason <text>', summary: 'why, for whoever looks' }],
    examples: ["k1ctl schedule hold last --reason 'the notice was withdrawn?'"],
  },
  ['waiting'],
  async ({ words }, entry) => {
    const reason = words.text('reason') ?? null
    await entry.change({ state: 'on-hold', why: reason }, reason === null ? 'held' : `held: ${reason}`)
    return `${entry.id} is on hold. Let it go: k1ctl schedule go ${entry.id}`
  },
)

const go = changing(
  {
    name: 'go',
    summary: 'let one go that is on hold; past its time, the next look of a worker does it',
    examples: ['k1ctl schedule go last'],
  },
  ['on-hold'],
  async (context, entry) => {
    const { app } = context
    // Whoever lets a late one go means it: it is not held for being late again.
    const late = latenessOf(entry.dated, app.clock.now()) > 0
    const due = late ? app.clock.now().toISOString() : entry.dated.due
    await entry.change(
      { state: 'waiting', why: null, due, ...(await agreedBy(context, { ...entry.dated, due })) },
      'let go',
    )
    return late ? `${entry.id} is due now: k1ctl worker --once` : `${entry.id} waits for its time again.`
  },
)

const move = changing(
  {
    name: 'move',
    summary: 'give one another time',
    options: [
      { flags: '--at <time>', summary: "the new time: '2030-12-06 17:00'" },
      { flags: '--zone <name>', summary: 'of that time (default: as before)' },
    ],
    examples: ["k1ctl schedule move last --at '2030-12-13 17:00'"],
  },
  ['waiting', 'on-hold'],
  async (context, entry) => {
    const { app, words } = context
    const at = words.text('at')
    if (at === undefined) {
      throw new K1Error('usage', 'Move it to when?', {
        hint: `k1ctl schedule move ${entry.id} --at '2030-12-13 17:00'`,
      })
    }
    const time = await parseZonedTime(at, words.text('zone') ?? entry.dated.zone ?? preferredZone(app))
    if (Date.parse(time.at) <= app.clock.now().getTime()) {
      throw new K1Error('usage', `${zonedText(time)} is past.`, { hint: 'Give a time to come.' })
    }
    const localTime = zonedText(time).split(' ').slice(1, 3).join(' ')
    const command = withTime(entry.dated.command, { at: localTime, zone: time.zone })
    const moved = { due: time.at, zone: time.zone, ...(entry.dated.approval?.atOnce ? {} : { command }) }
    const agreed = await agreedBy(context, { ...entry.dated, ...moved })
    const said = `${entry.id} is due ${zonedText(time)} (${time.at})`
    const { approval } = entry.dated
    if (!approval) {
      await entry.change({ ...moved, ...agreed, why: null }, `moved to ${zonedText(time)}`)
      return `${said}.`
    }
    // Whoever approved it did so for its time.
    const again = { why: approval.why, by: null, at: null, atOnce: false }
    const why = toApproveWords(approval.why)
    await entry.change(
      { ...moved, ...agreed, state: 'to-approve', why, approval: again },
      `moved to ${zonedText(time)}, to be approved for that`,
    )
    return `${said}, once somebody else approves that: k1ctl approve ${entry.id}`
  },
)

const cancelSound = changing(
  {
    name: 'cancel',
    summary: 'give one up, also one that was edited; nothing was changed, and nothing will be',
    examples: ['k1ctl schedule cancel last'],
  },
  ['to-approve', 'waiting', 'on-hold', 'stopped'],
  async (_, entry) => {
    await entry.change({ state: 'cancelled', why: null }, 'cancelled')
    return `${entry.id} is cancelled.`
  },
)

const cancel: CommandSpec = {
  ...cancelSound,
  async run(context) {
    const id = await find(context.app, context.words.required(0, 'The id'))
    return (await putAway(context, id)) ? 0 : cancelSound.run(context)
  },
}

async function find(app: App, word: string): Promise<string> {
  return (await app.diary()).find(word)
}

export const scheduleCommand: GroupSpec = {
  name: 'schedule',
  summary: 'what has a date, or waits for an approval: look, hold, move, cancel',
  details:
    "Made by k1ctl offboard … --at '2030-12-06 17:00', or where k1ctl approve is needed; done by k1ctl worker. One is named by its id, its beginning, or last.",
  examples: ['k1ctl schedule list', 'k1ctl schedule show last', "k1ctl schedule move last --at '2030-12-13 17:00'"],
  commands: [list, show, hold, go, move, cancel],
}
