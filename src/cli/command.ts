import type { App } from './app.ts'
import type { OptionSpelling } from './option-spellings.ts'
import type { Output } from './output.ts'
import type { Words } from './words.ts'

/** An option as commander spells it: `-y, --yes`, `--except <user>`. */
export interface OptionSpec {
  flags: OptionSpelling
  summary: string
  /** May be given several times. */
  repeat?: true
  choices?: readonly string[]
}

/** What a command is handed when it runs. */
export interface Context {
  app: App
  words: Words
  output: Output
  /** The call as it was typed, for the ledger: `k1ctl jit enable bms`. */
  line: string
  /** Every command of the first level, for those commands that tell of the others. */
  entries: readonly CommandEntry[]
  /** Another call of k1ctl, in this process: its words in, its exit code out. */
  call(words: readonly string[], app: App): Promise<number>
}

/** A command as a value: parse, call one function, render. Answers the exit code; nothing means 0. */
export interface CommandSpec {
  name: string
  /** `<module> [users...]` */
  args?: string
  summary: string
  details?: string
  examples: readonly string[]
  options?: readonly OptionSpec[]
  /** Option sets that many commands share. */
  takes?: readonly OptionSet[]
  run(context: Context): Promise<number | undefined>
}

export interface GroupSpec {
  name: string
  summary: string
  details?: string
  examples: readonly string[]
  commands: readonly (CommandSpec | GroupSpec)[]
  /** What the group does where none of its commands is named; its options are the group's. */
  bare?: CommandSpec
}

export type OptionSet = 'tenant' | 'network' | 'fleet' | 'list' | 'output' | 'query' | 'change'

/** What the root needs to print its help: a name and a line; the rest is loaded when it is called for. */
export interface CommandEntry {
  name: string
  summary: string
  section: string
  load(): Promise<CommandSpec | GroupSpec>
}

export function isGroup(spec: CommandSpec | GroupSpec): spec is GroupSpec {
  return 'commands' in spec
}
