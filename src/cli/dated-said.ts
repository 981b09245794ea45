import type { Context } from './command.ts'
import type { HeldEntry } from './dated-entry.ts'

/** What became of one, as `--json` has it, where no run tells that. */
export function giveState({ output }: Pick<Context, 'output'>, { id, dated }: Pick<HeldEntry, 'id' | 'dated'>): void {
  if (!output.forMachine) return
  const { state, due, run, verdict, why } = dated
  output.json({ dated: id, state, due, run, verdict, why })
}
