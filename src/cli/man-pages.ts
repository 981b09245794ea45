import { exitCodes } from '../core/exit.ts'
import type { ManCommand, ManPage } from '../render/man.ts'
import { type CommandEntry, type CommandSpec, type GroupSpec, isGroup } from './command.ts'
import { optionsOf } from './option-sets.ts'

/** The page of a command, with all that are below it: the same data as its help. */
export function manPageOf(words: readonly string[], spec: CommandSpec | GroupSpec, version: string): ManPage {
  return {
    name: ['k1ctl', ...words].join('-'),
    summary: spec.summary,
    version,
    commands: commandsOf(['k1ctl', ...words], spec),
    more: [exits],
    seeAlso: words.length > 1 ? ['k1ctl', `k1ctl-${words[0]}`] : ['k1ctl'],
  }
}

/** The first page, which names all others. */
export function rootPage(entries: readonly CommandEntry[], environment: string, version: string): ManPage {
  const sections = [...new Set(entries.map(e => e.section))]
  const list = (section: string) =>
    entries
      .filter(e => e.section === section)
      .map(e => `  ${e.name.padEnd(16)}${e.summary}`)
      .join('\n')
  return {
    name: 'k1ctl',
    summary: 'Unified Login in Kaseya modules, and offboarding with proof',
    version,
    commands: [
      {
        path: 'k1ctl',
        usage: ['<command> [options]'],
        summary: '',
        details:
          'Sets up Unified Login in Kaseya modules, for one tenant or for all of them, shows what holds where, and ends ' +
          'the access of people everywhere that is connected. Every change is looked at, agreed to, made, and read back.',
        options: [
          { flags: '-V, --version', summary: 'print the version' },
          { flags: '-h, --help', summary: 'show help: of k1ctl, or of a command' },
        ],
        examples: ['k1ctl demo', 'k1ctl status --all-tenants', 'k1ctl offboard amy@customer.example --dry-run'],
      },
    ],
    more: [
      { title: 'COMMANDS', text: sections.map(section => `${section}\n${list(section)}`).join('\n\n') },
      { title: 'ENVIRONMENT', text: environment },
      exits,
    ],
    seeAlso: entries.map(e => `k1ctl-${e.name}`),
  }
}

const exits = {
  title: 'EXIT STATUS',
  text: exitCodes.map(({ code, meaning }) => `  ${String(code).padEnd(5)}${meaning}`).join('\n'),
}

function commandsOf(path: readonly string[], spec: CommandSpec | GroupSpec): ManCommand[] {
  const { summary, details = '', examples } = spec
  const own = { path: path.join(' '), summary, details, examples }
  if (!isGroup(spec)) return [{ ...own, usage: [usageOf(spec)], options: optionsOf(spec) }]
  return [
    {
      ...own,
      usage: ['<command>', ...(spec.bare ? [usageOf(spec.bare)] : [])],
      options: spec.bare ? optionsOf(spec.bare) : [],
    },
    ...spec.commands.flatMap(child => commandsOf([...path, child.name], child)),
  ]
}

function usageOf({ args }: CommandSpec): string {
  return ['[options]', ...(args ? [args] : [])].join(' ')
}
