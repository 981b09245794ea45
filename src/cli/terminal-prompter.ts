import type { Readable } from 'node:stream'
import { K1Error } from '../core/errors.ts'
import type { AskChoice, Prompter } from '../core/ports.ts'
import { redact } from '../core/redact.ts'
import { onScreen } from '../render/layout.ts'

export interface Terminal {
  stdin: Readable
  stderr: NodeJS.WritableStream
  /** Ends an open question: a SIGTERM, or a Ctrl-C that did not come from the keyboard. */
  signal: AbortSignal
}

/**
 * Questions at a terminal, on stderr, so that stdout stays data. The library draws by itself, so this is the border for
 * what a question says: one line, in which nothing but our own colours takes effect.
 */
export async function terminalPrompter({ stdin, stderr, signal }: Terminal): Promise<Prompter> {
  const { default: inquirer } = await import('inquirer')
  const context = { input: stdin as NodeJS.ReadableStream, output: stderr, signal }
  const ask = async <T>(question: { message: string } & Record<string, unknown>): Promise<T> => {
    try {
      const prompt = inquirer.createPromptModule(context)
      const message = harmless(question.message)
      const answers = (await prompt([{ ...question, message, name: 'answer' }] as never)) as { answer: T }
      return answers.answer
    } catch (error) {
      if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
        throw new K1Error('cancelled', 'Nothing was changed.')
      }
      throw error
    }
  }
  return {
    async confirm(message, more) {
      if (!more) return ask<boolean>({ type: 'confirm', message, default: false })
      const keys = `(y/N, ${more.key} shows ${more.what})`
      for (;;) {
        const answer = (await ask<string>({ type: 'input', message: `${message} ${keys}` })).trim()
        if (/^y(es)?$/i.test(answer)) return true
        if (/^(no?)?$/i.test(answer)) return false
        if (answer.toLowerCase() === more.key) await more.show()
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
      ask<string>({
        type: 'input',
        message,
        ...(options.initial === undefined ? {} : { default: harmless(options.initial) }),
        ...(options.validate ? { validate: checked(options.validate) } : {}),
      }),
    // What is typed is never shown, not even for a moment: somebody may be looking at a shared screen.
    password: message => ask<string>({ type: 'password', message, mask: '•', toggleMask: false }),
    async choose<T>(message: string, choices: readonly AskChoice<T>[]): Promise<T> {
      if (choices.length === 0) throw new K1Error('usage', `${message} There is nothing to choose from.`)
      const index = await ask<number>({
        type: 'search',
        message,
        pageSize: 12,
        theme: { style: { keysHelpTip: () => 'type to search, ↑↓ to move, ⏎ to choose' } },
        source: (term: string | undefined) =>
          matching(choices, term).map(({ choice, index }) => ({
            value: index,
            name: harmless(choice.name),
            ...(choice.description ? { description: harmless(choice.description) } : {}),
          })),
      })
      const chosen = choices[index]
      if (!chosen) throw new K1Error('cancelled', 'Nothing was chosen.')
      return chosen.value
    },
  }
}

function harmless(text: string): string {
  return onScreen(redact(text))
}

/** What a check complains of may quote what was typed. */
function checked(validate: (text: string) => true | string): (text: string) => true | string {
  return text => {
    const found = validate(text)
    return found === true ? found : harmless(found)
  }
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
