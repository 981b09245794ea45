import { K1Error } from '../core/errors.ts'
import { candidates, describe } from './candidates.ts'
import type { CommandSpec } from './command.ts'
import { apart, type Shell, scripts, shells } from './completion-scripts.ts'

export const completionCommand: CommandSpec = {
  name: 'completion',
  args: '<shell> [words...]',
  summary: 'completion script for bash, zsh, fish or powershell',
  details: 'The script asks k1ctl for the candidates: commands, options, modules and the names of your tenants.',
  examples: [
    'source <(k1ctl completion bash)',
    'k1ctl completion zsh > ~/.zfunc/_k1ctl',
    'k1ctl completion fish > ~/.config/fish/completions/k1ctl.fish',
    'k1ctl completion powershell | Out-String | Invoke-Expression',
  ],
  async run(context) {
    const { words, app, entries } = context
    const shell = words.required(0, 'The shell')
    if (shell === 'candidates') {
      const found = await candidates({ app, entries }, words.rest(1))
      for (const name of found) app.stdout.writeLine(name)
      return 0
    }
    if (shell === 'described') {
      const found = await candidates({ app, entries }, words.rest(1))
      const about = await describe({ app, entries }, words.rest(1), found)
      for (const [at, name] of found.entries()) app.stdout.writeLine(about[at] ? `${name}${apart}${about[at]}` : name)
      return 0
    }
    const known = shells.find((name): name is Shell => name === shell.toLowerCase())
    if (known === undefined)
      throw new K1Error('usage', `There is no completion for ${shell}.`, {
        hint: `There is: ${shells.join(', ')}`,
      })
    app.stdout.document(scripts[known])
    return 0
  },
}
