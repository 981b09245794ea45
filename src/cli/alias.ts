import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import { aliasWords } from './alias-words.ts'
import type { CommandEntry, CommandSpec, Context, GroupSpec } from './command.ts'
import { topicNames } from './help.ts'
import { readAll } from './stdin.ts'

const list: CommandSpec = {
  name: 'list',
  summary: 'your aliases, and what each stands for',
  takes: ['list'],
  examples: ['k1ctl alias list', 'k1ctl alias list --json'],
  async run({ app, output }) {
    const { aliases } = await app.preferences()
    const rows = Object.entries(aliases).map(([name, expansion]) => ({ name, expansion }))
    await output.records(
      rows.sort((a, b) => (a.name < b.name ? -1 : 1)),
      [
        { title: 'ALIAS', cell: r => r.name },
        { title: 'STANDS FOR', cell: r => `k1ctl ${r.expansion}` },
      ],
      "No aliases. Make one: k1ctl alias set leaver 'offboard $1 --dry-run'",
    )
    return 0
  },
}

const set: CommandSpec = {
  name: 'set',
  args: '<name> <expansion>',
  summary: 'keep a word of your own for a command',
  details:
    '$1 to $9 in it are what follows the alias, one word each; all else that follows comes last. Quote it, so that your ' +
    'shell leaves $1 alone. There is no shell behind an alias, and no command is ever replaced by one.',
  options: [{ flags: '--clobber', summary: 'replace an alias of that name' }],
  takes: ['output'],
  examples: [
    "k1ctl alias set leaver 'offboard $1 --dry-run'",
    'k1ctl alias set off \'status --all-tenants --jq ".[] | select(.state == \\"off\\") | .tenant"\' --clobber',
  ],
  async run(context) {
    const { app, words, output } = context
    const name = words.required(0, 'The name')
    const expansion = words.required(1, 'What it stands for')
    checkAlias(context.entries, name, expansion)
    await keep(context, { [name]: expansion }, words.flag('clobber'))
    if (output.forMachine) output.json({ name, expansion, path: (await app.preferences()).path })
    output.say(`k1ctl ${name} now stands for: k1ctl ${expansion}`)
    return 0
  },
}

const remove: CommandSpec = {
  name: 'delete',
  args: '<alias>',
  summary: 'forget an alias',
  takes: ['output'],
  examples: ['k1ctl alias delete leaver'],
  async run({ app, words, output }) {
    const name = words.required(0, 'The alias')
    const { aliases, change } = await app.preferences()
    const known = Object.keys(aliases)
    if (!known.includes(name)) {
      const near = await app.nearest(name, known)
      throw new K1Error('usage', `There is no alias ${name}.`, {
        hint: near.length > 0 ? `Did you mean ${near.join(', or ')}?` : 'k1ctl alias list shows them.',
      })
    }
    await change(now => ({ ...now, aliases: without(now.aliases, name) }))
    if (output.forMachine) output.json({ name, removed: true })
    output.say(`${name} is forgotten.`)
    return 0
  },
}

const bringIn: CommandSpec = {
  name: 'import',
  args: '<file>',
  summary: 'take aliases from a file, or from stdin with -',
  details: 'YAML or JSON: a name and what it stands for, as `leaver: offboard $1 --dry-run`. All of them, or none.',
  options: [{ flags: '--clobber', summary: 'replace aliases of those names' }],
  takes: ['output'],
  examples: ["printf 'leaver: offboard $1 --dry-run\\n' | k1ctl alias import - --clobber"],
  async run(context) {
    const { app, words, output, entries } = context
    const file = words.required(0, 'The file')
    const given = await aliasesIn(
      file === '-'
        ? await readAll(app.stdin, app.signal, { hint: 'Pipe the aliases in, or name a file.' })
        : await app.readText(file),
      file,
    )
    for (const [name, expansion] of Object.entries(given)) checkAlias(entries, name, expansion)
    await keep(context, given, words.flag('clobber'))
    const names = Object.keys(given)
    if (output.forMachine) output.json({ imported: names })
    output.say(`${names.length} ${names.length === 1 ? 'alias' : 'aliases'}: ${names.join(', ')}`)
    return 0
  },
}

export const aliasCommand: GroupSpec = {
  name: 'alias',
  summary: 'words of your own for commands that you type often',
  details: 'They are kept for you on this machine, also where a team shares the rest.',
  examples: ["k1ctl alias set leaver 'offboard $1 --dry-run' --clobber", 'k1ctl alias list'],
  commands: [list, set, remove, bringIn],
}

/** @throws K1Error `usage` where it would hide a command, or stands for none */
function checkAlias(entries: readonly CommandEntry[], name: string, expansion: string): void {
  const commands = entries.map(e => e.name)
  if (!/^[a-z0-9][\w-]{0,39}$/i.test(name)) {
    throw new K1Error('usage', `"${name}" is no name for an alias.`, { hint: 'Letters, digits, - and _; up to forty.' })
  }
  if (commands.includes(name) || topicNames.includes(name))
    throw new K1Error('usage', `${name} is a word of k1ctl: an alias cannot take its place.`, {
      hint: `Give it another name: k1ctl alias set my-${name} ${quoted(expansion)}`,
    })
  const [first = ''] = aliasWords(expansion).filter(word => !word.startsWith('-'))
  if (commands.includes(first)) return
  throw new K1Error('usage', `"${expansion}" begins with no command of k1ctl.`, {
    hint: "As in: k1ctl alias set leaver 'offboard $1 --dry-run'",
  })
}

async function keep({ app }: Context, given: Record<string, string>, clobbers: boolean): Promise<void> {
  const { change } = await app.preferences()
  await change(now => {
    const taken = Object.keys(given).find(name => Object.hasOwn(now.aliases, name) && now.aliases[name] !== given[name])
    if (taken !== undefined && !clobbers) {
      throw new K1Error('usage', `${taken} stands for k1ctl ${now.aliases[taken]} already.`, {
        hint: 'With --clobber it is replaced.',
      })
    }
    return { ...now, aliases: { ...now.aliases, ...given } }
  })
}

async function aliasesIn(text: string, file: string): Promise<Record<string, string>> {
  const { parse } = await import('yaml')
  const wrong = new K1Error('usage', `${file === '-' ? 'stdin' : file} has no aliases that k1ctl can read.`, {
    hint: 'One a line: leaver: offboard $1 --dry-run',
  })
  let value: unknown
  try {
    value = parse(text)
  } catch {
    throw wrong
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong
  const pairs = Object.entries(value).map(([name, expansion]: [string, unknown]) => {
    if (typeof expansion !== 'string') throw wrong
    return [name, expansion.trim()] as const
  })
  return Object.fromEntries(pairs)
}

function without(aliases: Readonly<Record<string, string>>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(aliases).filter(([one]) => one !== name))
}
