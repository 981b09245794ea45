import type { ChalkInstance } from 'chalk'
import { withTenant } from '../dated/command.ts'
import { lostIn, type RunState } from '../engine/run-record.ts'
import type { GoalResult } from '../engine/verdict.ts'
import { isOpen as arePeopleOpen } from '../offboarding/resume.ts'
import { layout } from '../render/layout.ts'
import {
  isOpenEnd as isResultOpen,
  lostText,
  resultText,
  unreachedText,
  unsoundText,
  verdictText,
} from '../render/report.ts'
import type { Context } from './command.ts'
import { trustIn } from './run-trust.ts'
import { runNamed, titlesOf } from './runs-named.ts'
import { offboardingText } from './runs-offboarding.ts'

/** A run from its ledger alone: what is open first. Answers 3 where the ledger is not as k1ctl wrote it. */
export async function showRun(context: Context): Promise<number> {
  const { app, output } = context
  const state = await runNamed(context)
  const { isGood, words: ledger } = await trustIn(app, state)
  const code = isGood ? 0 : 3
  if (output.forMachine) {
    output.json(stateJson(state))
    return code
  }
  const titles = await titlesOf(context, state)
  const { header, startedAt } = state
  const lost = lostIn(header)
  const lines = [
    `${output.data.bold(state.run)}  ${isGood ? verdictLine(state, output.data) : unsoundText(output.data)}`,
    `  command   ${header.command}`,
    `  operator  ${header.operator}, ${startedAt}`,
    `  ledger    ${ledger.replace(/^ledger /, '')}`,
    ...saidIn(header),
    ...lost.map(({ system, summary, why }) => {
      const what = `${titles[system] ?? system}: ${summary}`
      return `  ${output.data.yellow('!')} ${what} · not given back. ${why}`
    }),
  ]
  const goals = state.kind === 'offboarding' ? await offboardingText(context, state) : goalsText(context, state, titles)
  await output.show(`${lines.map(line => layout`${line}\n`).join('')}${goals}`)
  if (isGood && isOpen(state)) output.say(`${output.talk.cyan('→')} k1ctl runs resume ${state.run}`)
  else if (isGood && state.units.some(({ entry }) => entry.refused !== undefined))
    output.say(`${output.talk.cyan('→')} Once nothing is against it any more, the command again: ${commandOf(state)}`)
  return code
}

/** Why, and for which ticket, where the call said so. */
function saidIn(header: RunState['header']): string[] {
  const options: unknown = 'options' in header ? header.options : undefined
  if (typeof options !== 'object' || options === null) return []
  const named = new Map<string, unknown>(Object.entries(options))
  return ['reason', 'ticket'].flatMap(name => {
    const said = named.get(name)
    return typeof said === 'string' && said !== '' ? [`  ${name.padEnd(8)}  ${said}`] : []
  })
}

/** What may be said of the run as a whole: a word of success has nothing beside it that takes it back. */
function verdictLine({ header, verdict }: RunState, style: ChalkInstance): string {
  const lost = lostIn(header).length
  return lost > 0 && verdict !== 'interrupted' ? lostText(lost, style) : verdictText(verdict, style)
}

/** As it is given on any machine of the team, whatever tenant is chosen there. */
function commandOf({ header, units }: RunState): string {
  return withTenant(header.command, [...new Set(units.map(({ subject }) => subject.tenant))])
}

/** What is open comes first. */
function goalsText({ output }: Context, { units }: RunState, titles: Readonly<Record<string, string>>): string {
  const ended = units.flatMap(({ results }) => results)
  const textOf = (result: GoalResult) => resultText(result, titles, output.data)
  const unfinished = units.flatMap(({ entry, results }) => [
    unreachedText(entry.unreached, titles, output.data),
    ...entry.goals
      .filter(g => !results.some(r => r.goal === g.id))
      .map(goal => {
        const where = `${goal.tenant} · ${titles[goal.system] ?? goal.system}`
        return layout`  ${output.data.red('!')} ${where}: ${goal.summary} · not finished\n`
      }),
  ])
  return [
    ...unfinished,
    ...ended.filter(isResultOpen).map(textOf),
    ...ended.filter(result => !isResultOpen(result)).map(textOf),
  ].join('')
}

/** Something that going on with the run may settle. */
function isOpen(state: RunState): boolean {
  if (state.kind === 'offboarding') return arePeopleOpen(state)
  return state.units.some(
    ({ entry, results, open }) =>
      entry.unreached.length > 0 ||
      open.size > 0 ||
      results.length < entry.goals.length ||
      results.some(({ end }) => end === 'failed'),
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
