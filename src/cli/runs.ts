import { K1Error } from '../core/errors.ts'
import { type Rebuild, resume as resumeRun, verify as verifyRun } from '../engine/run.ts'
import { type RunRecord, recordOf } from '../engine/run-record.ts'
import { isOffboarding, peopleOf, sentAtOf } from '../offboarding/ledger-entries.ts'
import { isAccountSpec, rebuildAccountGoal } from '../offboarding/rebuild.ts'
import { isPostureSpec, rebuild as rebuildPosture } from '../posture/goals.ts'
import { resultText, unreachedText, verdictText } from '../render/report.ts'
import { concurrency, finish } from './change.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { titlesFor } from './offboard-run.ts'
import { reachablesOf } from './reachables.ts'
import { attest, resumeOffboarding, showOffboarding, undo } from './runs-offboarding.ts'
import { report } from './runs-report.ts'
import { type Sessions, systemNamed, withSessions } from './sessions.ts'
import { spinning } from './spinner.ts'

const list: CommandSpec = {
  name: 'list',
  summary: 'list past runs, newest first',
  options: [{ flags: '--limit <n>', summary: 'how many at the most (default 20)' }],
  takes: ['list'],
  examples: ['k1ctl runs list', 'k1ctl runs list --limit 100 --output csv'],
  async run({ app, words, output }) {
    const ledger = await app.ledger()
    const ids = (await ledger.list()).slice(0, words.number('limit', { least: 1, most: 10_000 }) ?? 20)
    const rows = await Promise.all(ids.map(async id => summaryOf(id, async () => recordOf(await ledger.read(id)))))
    await output.records(
      rows,
      [
        { title: 'Run', cell: r => r.run },
        { title: 'Verdict', cell: r => r.verdict },
        { title: 'Goals', cell: r => (r.goals === null ? '' : String(r.goals)) },
        { title: 'Tenants', cell: r => r.tenants.join(', ') },
        { title: 'Command', cell: r => r.command ?? r.problem ?? '' },
        { title: 'Started', cell: r => r.startedAt ?? '', wide: true },
        { title: 'Operator', cell: r => r.operator ?? '', wide: true },
      ],
      'Nothing was changed yet.',
    )
    return 0
  },
}

interface RunSummary {
  run: string
  verdict: string
  goals: number | null
  tenants: string[]
  command: string | null
  operator: string | null
  startedAt: string | null
  problem: string | null
}

async function summaryOf(id: string, read: () => Promise<RunRecord>): Promise<RunSummary> {
  try {
    const { header, verdict, startedAt, chain } = await read()
    return {
      run: id,
      verdict: chain.state === 'altered' ? 'altered' : verdict,
      goals: header.goals.length,
      tenants: [...new Set(header.goals.map(g => g.tenant))],
      command: header.command,
      operator: header.operator,
      startedAt,
      problem: null,
    }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return {
      run: id,
      verdict: 'unreadable',
      goals: null,
      tenants: [],
      command: null,
      operator: null,
      startedAt: null,
      problem,
    }
  }
}

const show: CommandSpec = {
  name: 'show',
  args: '<run>',
  summary: 'show a run: what was to hold, how each goal ended, and the proof',
  takes: ['output'],
  examples: ['k1ctl runs show last', 'k1ctl runs show 20261121-2014 --json'],
  async run(context) {
    const { app, output } = context
    const record = await recordNamed(context)
    const titles = await titlesOf(context, record)
    if (output.forMachine) {
      output.json({ ...record, open: [...record.open] })
      return 0
    }
    const { header, startedAt, verdict, results } = record
    const head = [
      `${output.data.bold(record.run)}  ${verdictText(verdict, output.data)}`,
      `  command   ${header.command}`,
      `  operator  ${header.operator}, ${startedAt}`,
      `  ledger    ${chainText(record)}`,
    ]
    const unfinished = header.goals.filter(g => !results.some(r => r.goal === g.id))
    output.write(`${head.join('\n')}\n`)
    if (isOffboarding(header)) {
      await showOffboarding(context, await (await app.ledger()).read(record.run))
      if (verdict !== 'proved') output.say(`${output.talk.cyan('→')} k1ctl runs resume ${record.run}`)
      return 0
    }
    for (const result of results) output.write(resultText(result, titles, output.data))
    output.write(unreachedText(header.unreached, titles, output.data))
    for (const goal of unfinished)
      output.write(
        `  ${output.data.red('!')} ${goal.tenant} · ${titles[goal.system] ?? goal.system}: ${goal.summary} · not finished\n`,
      )
    if (unfinished.length > 0 || record.open.size > 0)
      output.say(`${output.talk.cyan('→')} k1ctl runs resume ${record.run}`)
    return 0
  },
}

const resume: CommandSpec = {
  name: 'resume',
  args: '<run>',
  summary: 'finish a run that was interrupted or is unknown: looks first, sends only what is not there',
  options: [{ flags: '--resend', summary: 'send again what nobody can read back' }],
  takes: ['network', 'output'],
  examples: ['k1ctl runs resume last', 'k1ctl runs resume 20261121-201403-4f2a --json'],
  async run(context) {
    const { app, words, output } = context
    const record = await recordNamed(context)
    if (record.header.kind === 'offboarding') return resumeOffboarding(context, record.run)
    const titles = await titlesOf(context, record)
    return withRebuild(context, record, async rebuild => {
      const report = await resumeRun(record.run, {
        ledger: await app.ledger(),
        clock: app.clock,
        concurrency,
        operator: app.operator,
        rebuild,
        resend: words.flag('resend'),
        signal: app.signal,
        onEvent: event => {
          if (event.type === 'end' && !output.forMachine) output.write(resultText(event.result, titles, output.data))
        },
      })
      return finish(context, report, titles)
    })
  },
}

const verify: CommandSpec = {
  name: 'verify',
  args: '<run>',
  summary: 'read every goal of a run again, and check that its ledger was not altered; writes nothing',
  takes: ['network', 'output'],
  examples: ['k1ctl runs verify last', 'k1ctl runs verify 20261121-201403-4f2a --json'],
  async run(context) {
    const { app, output } = context
    const record = await recordNamed(context)
    const titles = await titlesOf(context, record)
    return withRebuild(context, record, async rebuild => {
      const looks = await spinning(context, 'Reading again', () => verifyRun(record, rebuild, concurrency, app.clock))
      const altered = record.chain.state === 'altered'
      // Where nobody looked the first time, and where nothing was begun, nothing can be looked at again.
      const isWhole = record.header.unreached.length === 0 && record.verdict !== 'interrupted'
      const holds = looks.every(l => l.state === 'holds') && looks.length > 0 && isWhole
      if (output.forMachine) output.json({ run: record.run, ledger: record.chain, holds, goals: looks })
      else {
        output.write(`${output.data.bold(record.run)}  ledger ${chainText(record)}\n`)
        for (const look of looks) {
          const mark = look.state === 'holds' ? output.data.green('=') : output.data.red('x')
          const why = 'why' in look ? ` · ${look.why}` : ''
          output.write(
            `  ${mark} ${look.tenant} · ${titles[look.system] ?? look.system}: ${look.summary} · ${look.state}${why}\n`,
          )
        }
        output.write(unreachedText(record.header.unreached, titles, output.data))
        if (!isWhole) output.say(`${output.talk.cyan('→')} The run is not whole: k1ctl runs resume ${record.run}`)
      }
      return holds && !altered ? 0 : 3
    })
  },
}

async function recordNamed({ app, words }: Context): Promise<RunRecord> {
  return recordOf(await (await app.ledger()).read(words.required(0, 'The run')))
}

function chainText({ chain }: RunRecord): string {
  if (chain.state === 'altered') return `ALTERED from entry ${chain.seq} on`
  return chain.state === 'torn' ? 'intact; the last line was cut off by a crash' : 'intact'
}

async function titlesOf(context: Context, { header }: RunRecord): Promise<Record<string, string>> {
  const titleOf = await titlesFor(context)
  const systems = [...header.goals, ...header.unreached].map(g => g.system)
  return Object.fromEntries(systems.map(system => [system, titleOf(system)]))
}

/** Goals of a run are built again over the connections of today. */
function withRebuild(
  context: Context,
  record: RunRecord,
  work: (rebuild: Rebuild) => Promise<number>,
): Promise<number> {
  const { header } = record
  const tenants = new Set(header.goals.map(g => g.tenant)).size
  return withSessions(context, { useEnvironment: tenants === 1 }, async (sessions: Sessions) => {
    const reachables = reachablesOf(context, sessions, { only: [], except: [] })
    const { entries } = await (await context.app.ledger()).read(record.run)
    const sentAt = sentAtOf(entries)
    const people = isOffboarding(header) ? peopleOf(entries) : []
    return work(async kept => {
      const { id, tenant, system, spec } = kept
      if (isPostureSpec(spec)) {
        return rebuildPosture(await sessions.module(tenant, await systemNamed(context, system)), id, spec)
      }
      if (isAccountSpec(spec) && isOffboarding(header)) {
        const reachable = (await reachables(tenant)).find(r => r.id === system)
        const said = people.find(p => p.tenant === tenant && p.person === kept.person)?.entry.successor
        const options = { ...header.options, successor: said ?? header.options.successor }
        return rebuildAccountGoal(kept, spec, reachable, options, context.app.clock, sentAt)
      }
      throw new K1Error('storage', `Goal ${id} was written by another version of k1ctl.`)
    })
  })
}

export const runs: GroupSpec = {
  name: 'runs',
  summary: 'what was changed, and the proof of it; resume and verify',
  details: 'A run is named by its id, by the beginning of it, or by "last".',
  examples: ['k1ctl runs list', 'k1ctl runs show last', 'k1ctl runs resume last', 'k1ctl runs verify last'],
  commands: [list, show, resume, verify, report, attest, undo],
}
