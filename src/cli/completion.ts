import { K1Error } from '../core/errors.ts'
import { candidates } from './candidates.ts'
import type { CommandSpec } from './command.ts'
import { apart, type Shell, scripts, shells } from './completion-scripts.ts'

export const completionCommand: CommandSpec = {
  name: 'completion',
  args: '<shell> [words...]',
  summary: 'completion script for bash, zsh, fish or powershell',
  details:
    'The script asks k1ctl for the candidates: commands, options, systems, settings, and the tenants, people, runs and ' +
    'aliases that this machine knows. No system is asked for any of them. zsh and fish show what each one is.',
  examples: [
    'source <(k1ctl completion bash)',
    'k1ctl completion zsh > ~/.zfunc/_k1ctl',
    'k1ctl completion fish > ~/.config/fish/completions/k1ctl.fish',
    'k1ctl completion powershell | Out-String | Invoke-Expression',
  ],
  async run(context) {
    const { words, app, entries } = context
    const shell = words.required(0, 'The shell')
    if (shell === 'candidates' || shell === 'described') {
      const isDescribed = shell === 'described'
      const found = await candidates({ app, entries, isDescribed }, words.rest(1))
      for (const { word, about } of found) app.stdout.writeLine(isDescribed && about ? `${word}${apart}${about}` : word)
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
