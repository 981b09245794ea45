import { K1Error } from '../core/errors.ts'
import { type CommandEntry, type CommandSpec, type Context, type GroupSpec, isGroup } from './command.ts'
import { optionsOf } from './option-sets.ts'

const shells = ['bash', 'zsh', 'fish', 'powershell'] as const

export const completion: CommandSpec = {
  name: 'completion',
  args: '<shell> [words...]',
  summary: 'completion script for bash, zsh, fish or powershell',
  details: 'The script asks k1ctl for the candidates: commands, options, modules and the names of your tenants.',
  examples: [
    'source <(k1ctl completion bash)',
    'k1ctl completion zsh > "${fpath[1]}/_k1ctl"',
    'k1ctl completion fish > ~/.config/fish/completions/k1ctl.fish',
    'k1ctl completion powershell | Out-String | Invoke-Expression',
  ],
  async run(context) {
    const { words, app } = context
    const shell = words.required(0, 'The shell')
    if (shell === 'candidates') {
      const { entries } = await import('./entries.ts')
      const found = await candidates(context, entries, words.rest(1))
      app.stdout.write(found.map(f => `${f}\n`).join(''))
      return 0
    }
    const script = scripts[shell as (typeof shells)[number]]
    if (script === undefined)
      throw new K1Error('usage', `There is no completion for ${shell}.`, { hint: `There is: ${shells.join(', ')}` })
    app.stdout.write(script)
    return 0
  },
}

/** What may stand as the last of these words. Never fails: a broken configuration only means fewer candidates. */
export async function candidates(
  context: Context,
  entries: readonly CommandEntry[],
  words: readonly string[],
): Promise<string[]> {
  const last = words.at(-1) ?? ''
  const before = words.slice(0, -1)
  const begins = (list: readonly string[]) => list.filter(word => word.startsWith(last))
  const previous = before.at(-1)
  if (previous === '--tenant' || previous === '-t') return begins(await tenantNames(context))
  const names = before.filter(word => !word.startsWith('-'))
  const [first, ...deeper] = names
  if (first === undefined) return begins(entries.map(e => e.name))
  const entry = entries.find(e => e.name === first)
  if (!entry) return []
  let spec: CommandSpec | GroupSpec = await entry.load()
  let depth = 0
  while (isGroup(spec)) {
    const name: string | undefined = deeper[depth]
    if (name === undefined) return begins(spec.commands.map(c => c.name))
    const next: CommandSpec | GroupSpec | undefined = spec.commands.find(c => c.name === name)
    if (!next) return []
    spec = next
    depth += 1
  }
  if (last.startsWith('-')) return begins(optionsOf(spec).flatMap(longFlag))
  return begins(await argumentsFor(context, spec, deeper.length - depth))
}

async function argumentsFor(context: Context, spec: CommandSpec, position: number): Promise<string[]> {
  const argument = (spec.args ?? '').split(' ')[position] ?? ''
  if (/module|system/.test(argument)) {
    const { all } = await context.app.systems()
    return all.filter(s => s.about.isModule || argument.includes('system')).map(s => s.about.id)
  }
  if (argument.includes('shell')) return [...shells]
  if (argument.includes('run')) return ['last']
  if (argument.includes('name')) return tenantNames(context)
  return []
}

async function tenantNames({ app }: Context): Promise<string[]> {
  try {
    return (await app.config()).tenants().map(t => t.name)
  } catch {
    return []
  }
}

function longFlag({ flags }: { flags: string }): string[] {
  const found = /--[\w-]+/.exec(flags)
  return found ? [found[0]] : []
}

const scripts: Record<(typeof shells)[number], string> = {
  bash: `_k1ctl() {
  local IFS=$'\\n'
  COMPREPLY=($(k1ctl completion candidates -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  local i
  for i in "\${!COMPREPLY[@]}"; do printf -v "COMPREPLY[$i]" '%q' "\${COMPREPLY[$i]}"; done
}
complete -o default -F _k1ctl k1ctl
`,
  zsh: `#compdef k1ctl
_k1ctl() {
  local -a found
  found=("\${(@f)$(k1ctl completion candidates -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "\${found[1]}" ]] && compadd -a found || _files
}
if [ "$funcstack[1]" = "_k1ctl" ]; then _k1ctl "$@"; else compdef _k1ctl k1ctl; fi
`,
  fish: `complete -c k1ctl -f -a '(k1ctl completion candidates -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
  powershell: `Register-ArgumentCompleter -Native -CommandName k1ctl -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  if ($wordToComplete -eq '') { $words += '' }
  k1ctl completion candidates -- @words 2>$null | ForEach-Object {
    $text = if ($_ -match '\\s') { "'" + $_.Replace("'", "''") + "'" } else { $_ }
    [System.Management.Automation.CompletionResult]::new($text, $_, 'ParameterValue', $_)
  }
}
`,
}
