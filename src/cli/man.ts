import { K1Error } from '../core/errors.ts'
import { manPage } from '../render/man.ts'
import type { CommandSpec, Context } from './command.ts'
import { commandNamed, environmentText } from './help.ts'
import { manPageOf, rootPage } from './man-pages.ts'

export const manCommand: CommandSpec = {
  name: 'man',
  args: '[command...]',
  summary: 'a page of the manual, for man: the help of a command and of all below it',
  details:
    'Where k1ctl is installed with npm -g, `man k1ctl` and `man k1ctl-offboard` find theirs by themselves. Here they are ' +
    'printed in the macros of man(7): k1ctl man offboard | man -l -',
  options: [{ flags: '--folder <folder>', summary: 'write every page into a folder, as k1ctl.1, k1ctl-offboard.1 …' }],
  examples: ['k1ctl man offboard > k1ctl-offboard.1', 'k1ctl man jit defaults set'],
  async run(context) {
    const { app, words, output, entries } = context
    const named = words.rest(0)
    const folder = words.text('folder')
    if (folder !== undefined) {
      if (named.length > 0) throw new K1Error('usage', '--folder takes every page; name no command beside it.')
      await app.makeFolder(folder)
      await app.writeText(`${folder}/k1ctl.1`, await rootText(context))
      for (const entry of entries)
        await app.writeText(
          `${folder}/k1ctl-${entry.name}.1`,
          manPage(manPageOf([entry.name], await entry.load(), app.version)),
        )
      output.say(`Written to ${folder}: ${entries.length + 1} pages.`)
      return 0
    }
    output.document(named.length === 0 ? await rootText(context) : await textOf(context, named))
    const call = ['k1ctl man', ...named].join(' ')
    if (app.stdout.isTTY) output.say(`${output.talk.cyan('→')} To read it: ${call} | man -l -`)
    return 0
  },
}

async function rootText(context: Context): Promise<string> {
  return manPage(rootPage(context.entries, await environmentText(context, 78), context.app.version))
}

async function textOf(context: Context, named: readonly string[]): Promise<string> {
  const spec = await commandNamed(context, named)
  if (spec) return manPage(manPageOf(named, spec, context.app.version))
  throw new K1Error('usage', `${named.join(' ')} is a topic, and has no page of the manual.`, {
    hint: `k1ctl help ${named.join(' ')}`,
  })
}
