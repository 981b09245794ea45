import { Command, type CommanderError, Option } from 'commander'
import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { App } from './app.ts'
import {
  type CommandEntry,
  type CommandSpec,
  type Context,
  type GroupSpec,
  isGroup,
  type OptionSpec,
} from './command.ts'
import { optionsOf } from './option-sets.ts'
import { helpWidth, rootHelp } from './root-help.ts'
import { optionSynonymOf, synonymOf } from './synonyms.ts'
import { Words } from './words.ts'

/** Commander's program with the one command of this call loaded, the others known by name. */
export async function buildProgram(
  entries: readonly CommandEntry[],
  argv: readonly string[],
  { app, call }: Pick<Context, 'app' | 'call'>,
  onResult: (code: number) => void,
): Promise<Command> {
  const line = ['k1ctl', ...argv.map(quoted)].join(' ')
  const given = { app, call, entries, line }
  const program = new Command('k1ctl')
  prepare(program, app)
  program.version(app.version, '-V, --version', 'print the version')
  const called = entries.find(e => e.name === argv.find(word => !word.startsWith('-')))
  for (const entry of entries) {
    const command =
      entry === called
        ? toCommander(await entry.load(), given, onResult)
        : prepare(new Command(entry.name), app)
            .description(entry.summary)
            .action(() => {})
    program.addCommand(command)
  }
  // Also here: the program hands on the words that it took for arguments, and the group would not see its command.
  const loaded = await called?.load()
  if (loaded && isGroup(loaded) && loaded.bare) program.enablePositionalOptions()
  program.helpInformation = () => rootHelp(entries, helpWidth(app.stdout))
  return program
}

function toCommander(
  spec: CommandSpec | GroupSpec,
  given: Omit<Context, 'words' | 'output'>,
  onResult: (code: number) => void,
): Command {
  const { app } = given
  const command = prepare(new Command(spec.name), app).description(
    spec.details ? `${spec.summary}\n\n${flowing(spec.details)}` : spec.summary,
  )
  command.summary(spec.summary)
  const examples = spec.examples.map(e => `  $ ${e}`)
  command.addHelpText('after', ['', 'Examples:', ...examples].join('\n'))
  if (isGroup(spec)) {
    for (const child of spec.commands) command.addCommand(toCommander(child, given, onResult))
    // Options after the name of a command below are that command's.
    if (spec.bare) runs(command.enablePositionalOptions(), spec.bare, given, onResult)
    return command
  }
  return runs(command, spec, given, onResult)
}

function runs(
  command: Command,
  spec: CommandSpec,
  given: Omit<Context, 'words' | 'output'>,
  onResult: (code: number) => void,
): Command {
  const { app } = given
  if (spec.args) command.arguments(spec.args)
  for (const option of optionsOf(spec)) {
    command.addOption(toOption(option))
  }
  command.action(async (...typed: unknown[]) => {
    const args = typed.slice(0, -2) as (string | string[] | undefined)[]
    const words = new Words(args, command.opts())
    const [{ Output }, { outputFilter }, { fitScreens }] = await Promise.all([
      import('./output.ts'),
      import('./output-filter.ts'),
      import('./fit-screens.ts'),
    ])
    await fitScreens(app)
    const filter = await outputFilter(words, app.stdout.isTTY)
    const preferred = preferredOutput(spec, app)
    const output = new Output(app, words, { ...(filter ? { filter } : {}), ...(preferred ? { preferred } : {}) })
    const code = (await spec.run({ ...given, words, output })) ?? 0
    onResult(code)
    if (output.failure === undefined) return
    if (code === 0 || output.failure.kind === 'cancelled') throw output.failure
    output.warn(`! ${output.failure.message}`)
  })
  return command
}

/** Lists come as the operator prefers, where the call says nothing; a change never turns silent that way. */
function preferredOutput({ takes = [] }: CommandSpec, { env }: App): string | undefined {
  return takes.includes('list') && !takes.includes('change') ? env.K1CTL_OUTPUT || undefined : undefined
}

/** Paragraphs as one line each, which the help breaks at the terminal's width; indented lines stay as they are. */
function flowing(text: string): string {
  return text.replace(/(?<!\n)\n(?![ \n])/g, ' ')
}

function toOption(spec: OptionSpec): Option {
  const option = new Option(spec.flags, spec.summary)
  if (spec.choices) option.choices(spec.choices)
  if (spec.repeat) option.argParser((value: string, before: string[] | undefined) => [...(before ?? []), value])
  return option
}

/** Commander prints nothing by itself and never ends the process: all goes through the App. */
function prepare(command: Command, app: App): Command {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureHelp({ minWidthToWrap: 20, optionDescription: option => option.description })
    .configureOutput({
      writeOut: text => app.stdout.document(text),
      writeErr: () => {},
      getOutHelpWidth: () => helpWidth(app.stdout),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
      getErrHelpWidth: () => 100,
    })
}

/** Commander's complaint as one of ours; null when it only printed help or the version. */
export function usageErrorOf(error: CommanderError, program: Command, argv: readonly string[]): K1Error | null {
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.version') return null
  const { command, path } = commandOf(program, argv)
  const help = `See ${path} --help.`
  if (error.code === 'commander.help') {
    const verbs = command.commands.map(c => c.name()).join(', ')
    return new K1Error('usage', `${path} needs one of: ${verbs}.`, { hint: help })
  }
  // What was typed may hold line ends; only the last line is a suggestion of commander's.
  const [, sentence = '', near = ''] =
    /^(.*?)(?:\n\((Did you mean [^\n]*)\))?$/s.exec(withoutValue(error).replace(/^error: /, '')) ?? []
  const suggestion = optionMeant(error) ?? near
  const meant = command === program ? synonymOf(argv.find(word => !word.startsWith('-')) ?? '') : undefined
  return new K1Error('usage', `${sentence.charAt(0).toUpperCase()}${sentence.slice(1).replace(/\.$/, '')}.`, {
    hint: meant ?? (suggestion || behindCommand(error, program, argv) || help),
    ...(command === program ? {} : { facts: { usage: command.createHelp().commandUsage(command) } }),
  })
}

/** Only what nearly all commands have may stand before one. The value is not repeated: it may be a secret. */
function behindCommand(
  { code, message }: CommanderError,
  program: Command,
  argv: readonly string[],
): string | undefined {
  const names = program.commands.map(c => c.name())
  const called = argv.find(word => names.includes(word))
  if (code !== 'commander.unknownOption' || called === undefined || !argv[0]?.startsWith('-')) return undefined
  return `Options of a command stand behind it: k1ctl ${called} … ${optionIn(message)}`
}

/** What an option of other tools is here. */
function optionMeant({ code, message }: CommanderError): string | undefined {
  return code === 'commander.unknownOption'
    ? optionSynonymOf(/'(--[^='\s]*|-[^-])/.exec(message)?.[1] ?? '')
    : undefined
}

/**
 * Commander's words, without the value of an option that it does not know: `--token=…` and `-p…` may hold a secret, and
 * whoever typed it has it on the screen once more.
 */
function withoutValue({ code, message }: CommanderError): string {
  if (code !== 'commander.unknownOption') return message
  const option = optionIn(message)
  const suggestion = /\n\(Did you mean [^\n]*\?\)$/.exec(message)?.[0] ?? ''
  return `error: unknown option '${option}'${suggestion}`
}

/** How far the words name commands. */
function commandOf(program: Command, argv: readonly string[]): { command: Command; path: string } {
  let command = program
  let path = program.name()
  for (const word of argv.filter(w => !w.startsWith('-'))) {
    const next = command.commands.find(c => c.name() === word)
    if (!next) break
    command = next
    path = `${path} ${word}`
  }
  return { command, path }
}

/** The option that commander complains of, without its value. */
function optionIn(message: string): string {
  return /'(--[^='\s]*|-[^-])/.exec(message)?.[1] ?? '-'
}
