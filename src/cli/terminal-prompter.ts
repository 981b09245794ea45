import type { Readable } from 'node:stream'
import { K1Error } from '../core/errors.ts'
import type { AskChoice, AskMore, Prompter, Validate } from '../core/ports.ts'
import { redact } from '../core/redact.ts'
import { onScreen } from '../render/layout.ts'

export interface Terminal {
  stdin: Readable
  stderr: NodeJS.WritableStream & { columns?: number }
  /** Ends an open question: a SIGTERM, or a Ctrl-C that did not come from the keyboard. */
  signal: AbortSignal
}

/**
 * Questions at a terminal, on stderr, so that stdout stays data. The library draws by itself, so this is the border for
 * what a question says: one line, in which nothing but our own colours takes effect.
 */
export async function terminalPrompter({ stdin, stderr, signal }: Terminal): Promise<Prompter> {
  const [{ default: inquirer }, { wrapAnsi }] = await Promise.all([import('inquirer'), import('fast-wrap-ansi')])
  const inLines = (text: string, behind = 0) => brokenAtSpaces(text, stderr.columns ?? 0, behind, wrapAnsi)
  const context = { input: stdin as NodeJS.ReadableStream, output: stderr }
  /** @param behind how many letters the library puts behind the question, or shows of an answer */
  const ask = async <T>(question: { message: string } & Record<string, unknown>, behind = 0): Promise<T> => {
    try {
      return await leavable(stdin, signal, async ends => {
        const prompt = inquirer.createPromptModule({ ...context, signal: ends })
        const message = inLines(harmless(question.message), behind)
        const answers = (await prompt([{ ...question, message, name: 'answer' }] as never)) as { answer: T }
        return answers.answer
      })
    } catch (error) {
      if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
        throw new K1Error('cancelled', 'Nothing was changed.')
      }
      throw error
    }
  }
  return {
    async confirm(message, more) {
      const keys = more ? `(y/N, ${more.key} shows ${more.what})` : '(y/N)'
      for (;;) {
        const answer = await ask<string>({ type: 'input', message: `${message} ${keys}`, ...yesOrNo(more) }, 4)
        const meant = meaningOf(answer, more)
        if (meant !== 'more') return meant === 'yes'
        await more?.show()
      }
    },
    async typed(message, expected, more) {
      const shows = more ? `, or ${more.key} for ${more.what}` : ''
      for (;;) {
        const question = `${message} Type ${expected} to go on${shows}:`
        const answer = (await ask<string>({ type: 'input', message: question })).trim()
        if (!more || answer.toLowerCase() !== more.key) return answer === expected
        await more.show()
      }
    },
    input: (message, options = {}) =>
      ask<string>(
        {
          type: 'input',
          message,
          ...(options.initial === undefined ? {} : { default: harmless(options.initial) }),
          ...(options.validate ? { validate: checked(options.validate, inLines) } : {}),
        },
        options.initial === undefined ? 0 : options.initial.length + 3,
      ),
    // What is typed is never shown, not even for a moment: somebody may be looking at a shared screen.
    password: (message, { validate } = {}) =>
      ask<string>({
        type: 'password',
        message,
        mask: '•',
        toggleMask: false,
        ...(validate ? { validate: checked(validate, inLines) } : {}),
      }),
    async choose<T>(
      message: string,
      choices: readonly AskChoice<T>[],
      { other }: { other?: (typed: string) => AskChoice<T> | string } = {},
    ): Promise<T> {
      if (choices.length === 0 && !other) throw new K1Error('usage', `${message} There is nothing to choose from.`)
      const current = choices.find(c => c.current)
      const chosen = await ask<AskChoice<T>>({
        type: 'search',
        message: choices.length > page ? `${message} (${choices.length})` : message,
        pageSize: page,
        ...(current ? { default: current } : {}),
        theme: {
          style: {
            keysHelpTip: () =>
              inLines('type to search, ↑↓ to move, ⏎ to choose, Esc to leave').replace(/\n {2}/g, '\n'),
          },
        },
        source: (term: string | undefined) => {
          const found = matching(choices, term).map(({ choice }) => shown(choice))
          return other && term?.trim() ? [...found, ...typedChoice(other(term.trim()), found.length)] : found
        },
      })
      return chosen.value
    },
  }
}

function meaningOf(answer: string, more?: AskMore): 'yes' | 'no' | 'more' | undefined {
  const word = answer.trim().toLowerCase()
  if (word === more?.key) return 'more'
  if (word === 'y' || word === 'yes') return 'yes'
  return ['', 'n', 'no'].includes(word) ? 'no' : undefined
}

/** How a yes or no is asked for: another word is no answer, and a no gets no green mark. */
function yesOrNo(more: AskMore | undefined) {
  return {
    // Without a mark for what is answered, the library leaves the one of the question.
    theme: { prefix: { done: undefined } },
    transformer: (typed: string, { isFinal }: { isFinal?: boolean }) => {
      const meant = meaningOf(typed, more)
      return isFinal && (meant === 'yes' || meant === 'no') ? meant : typed
    },
    validate: (answer: string) =>
      meaningOf(answer, more) !== undefined || `Answer y or n${more ? `, or ${more.key} for ${more.what}` : ''}.`,
  }
}

/** The mark that the library puts before a question, and so much before the lines that go on. */
const lead = 2

/** Breaks a question between words, which the library would break anywhere, with room for what it puts behind it. */
function brokenAtSpaces(
  text: string,
  columns: number,
  behind: number,
  breakLine: (text: string, columns: number, options: { trim: boolean; hard: boolean }) => string,
): string {
  const width = columns - lead
  if (width < 18) return text
  const room = 'x'.repeat(Math.min(behind, width))
  const lines = breakLine(room === '' ? text : `${text} ${room}`, width, { trim: true, hard: false }).split('\n')
  const last = (lines.pop() ?? '').slice(0, room === '' ? undefined : -room.length)
  return [...lines, last.trimEnd()].join(`\n${' '.repeat(lead)}`)
}

function harmless(text: string): string {
  return onScreen(redact(text))
}

/** What a check complains of may quote what was typed. */
function checked(validate: Validate, inLines: (text: string) => string): Validate {
  return async text => {
    const found = await validate(text)
    return found === true ? found : inLines(harmless(found))
  }
}

/** Longer lists say how many there are. */
const page = 12

/** Runs a question that Esc ends as well. Node tells a key that is Esc alone from the beginning of another one. */
async function leavable<T>(stdin: Readable, signal: AbortSignal, ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const leave = new AbortController()
  const onKey = (_: unknown, key?: { name?: string; meta?: boolean }) => {
    if (key?.name === 'escape') leave.abort()
  }
  stdin.on('keypress', onKey)
  try {
    return await ask(AbortSignal.any([signal, leave.signal]))
  } finally {
    stdin.off('keypress', onKey)
  }
}

function shown<T>(choice: AskChoice<T>): { value: AskChoice<T>; name: string; description?: string } {
  const { name, description, current } = choice
  return {
    value: choice,
    name: harmless(current ? `${name} (${current === true ? 'now' : current})` : name),
    ...(description ? { description: harmless(description) } : {}),
  }
}

/** What was typed, as a last choice. @throws Error with what is wrong with it, which the list then shows */
function typedChoice<T>(made: AskChoice<T> | string, found: number) {
  if (typeof made !== 'string') return [shown(made)]
  if (found > 0) return []
  throw new Error(harmless(made))
}

/**
 * Choices that hold every word of the term, in name or description, ignoring case. Names that are the term come first,
 * then those that begin with it: who types "Employee" in full and presses Enter does not mean "API Employee".
 */
export function matching<T>(
  choices: readonly AskChoice<T>[],
  term: string | undefined,
): { choice: AskChoice<T>; index: number }[] {
  const typed = (term ?? '').trim().toLowerCase()
  const words = typed.split(/\s+/).filter(Boolean)
  const rank = ({ name }: AskChoice<T>) => {
    const lower = name.toLowerCase()
    return lower === typed ? 0 : lower.startsWith(typed) ? 1 : lower.includes(typed) ? 2 : 3
  }
  return choices
    .map((choice, index) => ({ choice, index }))
    .filter(({ choice }) => {
      const text = `${choice.name} ${choice.description ?? ''}`.toLowerCase()
      return words.every(word => text.includes(word))
    })
    .sort((a, b) => rank(a.choice) - rank(b.choice) || a.index - b.index)
}
