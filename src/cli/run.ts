import { asK1Error, type K1Error } from '../core/errors.ts'
import { exitCodeOf } from '../core/exit.ts'
import type { Preferences } from '../core/preferences.ts'
import { redact } from '../core/redact.ts'
import type { App } from './app.ts'
import { entries } from './entries.ts'
import { optionsLast } from './options-last.ts'
import { helpWidth, rootHelp } from './root-help.ts'

/** The front door: words in, exit code out. Never throws; the one place that prints an error. */
export async function run(typed: readonly string[], app: App): Promise<number> {
  let argv: readonly string[] = optionsLast(typed)
  let code = 0
  try {
    if (asksForRootHelp(argv)) {
      app.stdout.document(rootHelp(entries, helpWidth(app.stdout)))
      return 0
    }
    const [command, topic, more] = argv
    const how = command === 'explain' || command === 'help' ? command : undefined
    const isCommand = how === 'help' && entries.some(e => e.name === topic)
    if (how !== undefined && !isCommand && topic !== undefined && !topic.startsWith('-') && more === undefined) {
      const { explainAtOnce } = await import('./explain-at-once.ts')
      const explained = await explainAtOnce(how, topic, app)
      if (explained !== undefined) return explained
    }
    const [word = ''] = argv
    const { aliases } = await preferencesFor(word, app)
    if (Object.hasOwn(aliases, word) && !entries.some(e => e.name === word)) {
      argv = optionsLast((await import('./alias-words.ts')).expanded(word, aliases[word] ?? '', argv.slice(1)))
    }
    const { buildProgram, usageErrorOf } = await import('./program.ts')
    const program = await buildProgram(entries, argv, { app, call: run }, result => {
      code = result
    })
    try {
      await program.parseAsync(argv, { from: 'user' })
      // What could not be read because somebody pressed Ctrl-C is no finding.
      return code !== 0 && app.signal.aborted ? exitCodeOf('cancelled') : code
    } catch (error) {
      if (!isCommanderError(error)) throw error
      const usage = usageErrorOf(error, program, argv)
      if (usage === null) return 0
      throw usage
    }
  } catch (error) {
    return report(asK1Error(error), argv, app)
  }
}

/** They keep nothing, or look at a home that is broken, too: what is preferred does not keep them from working. */
const withoutHome = ['help', 'explain', 'man', 'systems', 'demo', 'completion', 'doctor']

async function preferencesFor(word: string, app: App): Promise<Pick<Preferences, 'aliases'>> {
  if (!withoutHome.includes(word) && !word.startsWith('-')) return app.preferences()
  return app.preferences().catch(() => ({ aliases: {} }))
}

function asksForRootHelp([first, second]: readonly string[]): boolean {
  return second === undefined && (first === undefined || first === '--help' || first === '-h')
}

async function report(error: K1Error, argv: readonly string[], app: App): Promise<number> {
  const [{ errorJson, errorText }, { styleFor }, { fitScreens }] = await Promise.all([
    import('../render/error.ts'),
    import('../render/style.ts'),
    import('./fit-screens.ts'),
  ])
  await fitScreens(app)
  app.stderr.write(errorText(error, styleFor(app.stderr, app.env)))
  if (wants(argv, 'json')) app.stdout.document(errorJson(error))
  else if (wants(argv, 'ndjson')) app.stdout.document(errorJson(error, 0))
  if (error.kind === 'internal' && argv.includes('--debug') && error.cause instanceof Error) {
    app.stderr.document(`${redact(error.cause.stack ?? '')}\n`)
  }
  return exitCodeOf(error.kind)
}

/** By the words alone: the call may be one that could not be parsed. What follows `--` is no option. */
function wants(argv: readonly string[], format: 'json' | 'ndjson'): boolean {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  // Who reads what an expression or a template made of a list has no place for an error.
  if (words.some(word => /^--(jq|template)(=|$)/.test(word))) return false
  return words.some(
    (word, i) =>
      [`--${format}`, `--output=${format}`, `-o${format}`].includes(word) ||
      (word === format && /^(--output|-o)$/.test(words[i - 1] ?? '')),
  )
}

function isCommanderError(error: unknown): error is import('commander').CommanderError {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.')
}
