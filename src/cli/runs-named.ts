import type { RunState } from '../engine/run-record.ts'
import { foldRun } from '../engine/run-state.ts'
import type { Context } from './command.ts'
import { titlesFor } from './offboard-run.ts'

export async function runNamed({ app, words }: Context): Promise<RunState> {
  return foldRun(await (await app.ledger()).read(words.required(0, 'The run')))
}

export async function titlesOf(context: Context, { units }: RunState): Promise<Record<string, string>> {
  const titleOf = await titlesFor(context)
  const systems = units.flatMap(({ entry }) => [...entry.goals, ...entry.unreached].map(g => g.system))
  return Object.fromEntries(systems.map(system => [system, titleOf(system)]))
}
