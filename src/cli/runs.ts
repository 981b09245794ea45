import type { ChalkInstance } from 'chalk'
import { checkLedger } from '../core/ledger-check.ts'
import { resumePlanned } from '../engine/planned-run.ts'
import { verifyRun } from '../engine/run.ts'
import { foldRun, lostIn, type RunState } from '../engine/run-state.ts'
import type { GoalResult } from '../engine/verdict.ts'
import {
  isOpen as isResultOpen,
  lostText,
  resultText,
  unreachedText,
  unsoundText,
  verdictText,
} from '../render/report.ts'
import { shortTimes } from '../render/time.ts'
import { concurrency, finish, plannedDeps } from './change.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { titlesFor } from './offboard-run.ts'
import { attest, resumeOffboarding, showOffboarding } from './runs-offboarding.ts'
import { withRebuilding } from './runs-rebuild.ts'
import { report } from './runs-report.ts'
import { undo } from './runs-undo.ts'
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
    const rows = await Promise.all(ids.map(async id => summaryOf(id, async () => foldRun(await ledger.read(id)))))
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

async function summaryOf(id: string, read: () => Promise<RunState>): Promise<RunSummary> {
  try {
    const { header, verdict, startedAt, chain, units } = await read()
    return {
      run: id,
      verdict: checkLedger(chain).isSound ? verdict : chain.state,
      goals: units.reduce((sum, unit) => sum + unit.entry.goals.length, 0),
      tenants: [...new Set(units.flatMap(unit => unit.entry.goals.map(g => g.tenant)))],
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
    const { output } = context
    const state = await runNamed(context)
    const code = checkLedger(state.chain).isSound ? 0 : 3
    if (output.forMachine) {
      output.json(stateJson(state))
      return code
    }
    const titles = await titlesOf(context, state)
    const { header, startedAt } = state
    const lost = lostIn(header)
    const { words: ledger } = checkLedger(state.chain)
    const head = [
      `${output.data.bold(state.run)}  ${verdictLine(state, output.data)}`,
      `  command   ${header.command}`,
      `  operator  ${header.operator}, ${shortTimes(startedAt)}`,
      `  ledger    ${ledger}`,
    ]
    for (const line of head) output.write(`${line}\n`)
    for (const { system, summary, why } of lost) {
      output.write(`  ${output.data.yellow('!')} ${titles[system] ?? system}: ${summary} · not given back. ${why}\n`)
    }
    if (state.kind === 'offboarding') await showOffboarding(context, state)
    else showGoals(context, state, titles)
    if (isOpen(state)) output.say(`${output.talk.cyan('→')} k1ctl runs resume ${state.run}`)
    return code
  },
}

/** What may be said of the run as a whole: a word of success has nothing beside it that takes it back. */
function verdictLine({ header, verdict, chain }: RunState, style: ChalkInstance): string {
  if (!checkLedger(chain).isSound) return unsoundText(style)
  const lost = lostIn(header).length
  return lost > 0 && verdict !== 'interrupted' ? lostText(lost, style) : verdictText(verdict, style)
}

/** What is open comes first. */
function showGoals({ output }: Context, state: RunState, titles: Readonly<Record<string, string>>): void {
  const { units, startedAt } = state
  const ended = units.flatMap(({ results }) => results)
  const show = (result: GoalResult) => output.write(resultText(result, titles, output.data, startedAt))
  for (const { entry, results } of units) {
    output.write(unreachedText(entry.unreached, titles, output.data))
    for (const goal of entry.goals.filter(g => !results.some(r => r.goal === g.id))) {
      output.write(
        `  ${output.data.red('!')} ${goal.tenant} · ${titles[goal.system] ?? goal.system}: ${goal.summary} · not finished\n`,
      )
    }
  }
  for (const result of ended.filter(isResultOpen)) show(result)
  for (const result of ended.filter(result => !isResultOpen(result))) show(result)
}

/** Something that going on with the run may settle. */
function isOpen({ kind, verdict, units }: RunState): boolean {
  if (kind === 'offboarding') return verdict !== 'proved'
  return units.some(
    ({ entry, results, open }) => entry.unreached.length > 0 || open.size > 0 || results.length < entry.goals.length,
  )
}

/** The stable shape of `runs show --json`. */
function stateJson({ run, header, startedAt, endedAt, verdict, units, chain }: RunState) {
  return {
    run,
    header: {
      ...header,
      goals: units.flatMap(unit => unit.entry.goals),
      unreached: units.flatMap(unit => unit.entry.unreached),
    },
    startedAt,
    endedAt,
    verdict,
    results: units.flatMap(unit => unit.results),
    open: units.flatMap(unit => [...unit.open]),
    chain,
  }
}

const resume: CommandSpec = {
  name: 'resume',
  args: '<run>',
  summary: 'finish a run that was interrupted or is unknown: looks first, sends only what is not there',
  options: [{ flags: '--resend', summary: 'send again what nobody can read back' }],
  takes: ['network', 'output'],
  examples: ['k1ctl runs resume last', 'k1ctl runs resume 20261121-201403-4f2a --json'],
  async run(context) {
    const { words } = context
    const state = await runNamed(context)
    if (state.kind === 'offboarding') return resumeOffboarding(context, state)
    const titles = await titlesOf(context, state)
    return withRebuilding(context, state, async again => {
      const report = await resumePlanned(state.run, again, words.flag('resend'), await plannedDeps(context, titles))
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
    const state = await runNamed(context)
    const titles = await titlesOf(context, state)
    const { isSound, words } = checkLedger(state.chain)
    return withRebuilding(context, state, async ({ rebuild }) => {
      const looks = await spinning(context, 'Reading again', () => verifyRun(state, rebuild, concurrency, app.clock))
      const unreached = state.units.flatMap(unit => unit.entry.unreached)
      // Where nobody looked the first time, and where nothing was begun, nothing can be looked at again.
      const isWhole = unreached.length === 0 && state.verdict !== 'interrupted'
      const holds = looks.every(l => l.state === 'holds') && looks.length > 0 && isWhole
      if (output.forMachine) output.json({ run: state.run, ledger: state.chain, holds, goals: looks })
      else {
        output.write(`${output.data.bold(state.run)}  ledger ${words}\n`)
        for (const look of looks) {
          const mark = look.state === 'holds' ? output.data.green('=') : output.data.red('x')
          const why = look.why === undefined ? '' : ` · ${look.why}`
          output.write(
            `  ${mark} ${look.tenant} · ${titles[look.system] ?? look.system}: ${look.summary} · ${look.state}${why}\n`,
          )
        }
        output.write(unreachedText(unreached, titles, output.data))
        if (!isWhole) output.say(`${output.talk.cyan('→')} The run is not whole: k1ctl runs resume ${state.run}`)
      }
      return holds && isSound ? 0 : 3
    })
  },
}

async function runNamed({ app, words }: Context): Promise<RunState> {
  return foldRun(await (await app.ledger()).read(words.required(0, 'The run')))
}

async function titlesOf(context: Context, { units }: RunState): Promise<Record<string, string>> {
  const titleOf = await titlesFor(context)
  const systems = units.flatMap(({ entry }) => [...entry.goals, ...entry.unreached].map(g => g.system))
  return Object.fromEntries(systems.map(system => [system, titleOf(system)]))
}

export const runs: GroupSpec = {
  name: 'runs',
  summary: 'what was changed, and the proof of it; resume and verify',
  details: 'A run is named by its id, by the beginning of it, or by "last".',
  examples: ['k1ctl runs list', 'k1ctl runs show last', 'k1ctl runs resume last', 'k1ctl runs verify last'],
  commands: [list, show, resume, verify, report, attest, undo],
}
