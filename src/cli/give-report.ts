import { laidOut } from '../render/layout.ts'
import type { Context } from './command.ts'

/** A finished report: on stdout, or into the file that `--to` names. */
export async function giveReport({ app, words, output }: Context, text: string, format: string): Promise<void> {
  const file = words.text('to')
  if (file === undefined) {
    if (format === 'json') output.machine(text)
    // Markdown is read as well as kept: at a terminal it is wrapped, and its pages are turned.
    else if (format === 'md' && app.stdout.isTTY) await output.show(laidOut(text))
    else output.document(text)
    return
  }
  const told = format === 'json' ? output.filtered(text) : text
  if (output.failure) return
  await app.writeText(file, told)
  output.say(`Written to ${file}.`)
}
