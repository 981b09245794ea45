import { aliasWords } from './alias-words.ts'
import type { App } from './app.ts'
import {
  aliasNames,
  type Candidate,
  connectedSystems,
  connectionNames,
  datedIds,
  knownPeople,
  preferenceWords,
  runIds,
  settingWords,
  systemIds,
  tenantNames,
} from './candidate-values.ts'
import { type CommandEntry, type CommandSpec, type GroupSpec, isGroup, type OptionSpec } from './command.ts'
import { shells } from './completion-scripts.ts'
import { optionsOf } from './option-sets.ts'

interface Asked {
  app: App
  entries: readonly CommandEntry[]
  /** Will what each is be shown? Reading it costs time. */
  isDescribed: boolean
}

/**
 * What may stand as the last of these words, which come as they were typed, with quotes. Never fails: a broken
 * configuration only means fewer candidates.
 */
export async function candidates(asked: Asked, typed: readonly string[]): Promise<Candidate[]> {
  const words = rejoined(typed).map(unquoted)
  const last = words.at(-1) ?? ''
  const { spec, values, open } = await walk(asked, words.slice(0, -1))
  const begins = (list: readonly Candidate[]) => beginning(list, last)

  if (open) return begins(await valuesOf(asked, open, values, last))
  if (spec === null) return []
  const options = optionsIn(spec)
  const [, flag, value = ''] = /^(--[\w-]+)=(.*)$/.exec(last) ?? []
  if (flag !== undefined) {
    const option = options.find(o => takesValue(o) && namesOf(o).includes(flag))
    const start = unquoted(value)
    const found = option ? beginning(await valuesOf(asked, option, values, start), start) : []
    // bash hands over three words, and replaces the third only.
    return typed.slice(-2).includes('=') ? found : found.map(one => ({ ...one, word: `${flag}=${one.word}` }))
  }
  if (last.startsWith('-')) return begins([...options.flatMap(longNames), ...longNames(helpOption)])
  if (spec === undefined) return begins([...asked.entries.map(commandOf), ...(await aliasNames(asked.app))])
  if (isGroup(spec)) return begins(spec.commands.map(commandOf))
  return begins(await argumentsFor(asked, spec, values, last))
}

function beginning(list: readonly Candidate[], start: string): Candidate[] {
  return list.filter(({ word }) => word.toLowerCase().startsWith(start.toLowerCase()))
}

function commandOf({ name, summary }: { name: string; summary: string }): Candidate {
  return { word: name, about: summary }
}

function longNames(option: OptionSpec): Candidate[] {
  return namesOf(option)
    .filter(name => name.startsWith('--'))
    .map(word => ({ word, about: option.summary }))
}

const helpOption: OptionSpec = { flags: '-h, --help', summary: 'show this help' }
const versionOption: OptionSpec = { flags: '-V, --version', summary: 'print the version' }
/** What may stand before a command: what nearly each of them has. */
const beforeCommands = optionsOf({ takes: ['tenant', 'fleet', 'list', 'change'] }).filter(
  o => !/--exit-code/.test(o.flags),
)

interface Walked {
  /** The command that the words name; undefined when they name none yet, null when there is none of that name. */
  spec: CommandSpec | GroupSpec | undefined | null
  /** Its arguments so far. */
  values: readonly string[]
  /** The option that waits for its value. */
  open?: OptionSpec
}

async function walk({ app, entries }: Pick<Asked, 'app' | 'entries'>, typed: readonly string[]): Promise<Walked> {
  let spec: CommandSpec | GroupSpec | undefined
  const values: string[] = []
  let open: OptionSpec | undefined
  const words = [...typed]
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (open) {
      open = undefined
    } else if (word.startsWith('-')) {
      const flag = word
      open = optionsIn(spec).find(o => takesValue(o) && namesOf(o).includes(flag))
    } else if (spec === undefined || isGroup(spec)) {
      const name = word
      const next: CommandSpec | GroupSpec | undefined = spec
        ? spec.commands.find(c => c.name === name)
        : await entries.find(e => e.name === name)?.load()
      const alias: string[] | undefined = next || spec ? undefined : await aliasOf(app, name)
      if (alias) {
        // What follows has its place in it already, as far as it asks for any.
        words.splice(0, Math.max(0, ...alias.flatMap(one => (one.match(/(?<=\$)[1-9]/g) ?? []).map(Number))))
        words.unshift(...alias)
        continue
      }
      if (!next) return { spec: null, values }
      spec = next
    } else {
      values.push(word)
    }
  }
  return { spec, values, ...(open ? { open } : {}) }
}

async function aliasOf(app: App, name: string): Promise<string[] | undefined> {
  try {
    const { aliases } = await app.preferences()
    const expansion = Object.hasOwn(aliases, name) ? aliases[name] : undefined
    return expansion === undefined ? undefined : aliasWords(expansion)
  } catch {
    return undefined
  }
}

function optionsIn(spec: CommandSpec | GroupSpec | undefined): readonly OptionSpec[] {
  if (spec === undefined) return [...beforeCommands, versionOption]
  if (!isGroup(spec)) return optionsOf(spec)
  return spec.bare ? optionsOf(spec.bare) : []
}

async function valuesOf(
  { app }: Asked,
  option: OptionSpec,
  values: readonly string[],
  last: string,
): Promise<readonly Candidate[]> {
  const is = (...flags: string[]) => flags.some(flag => namesOf(option).includes(flag))
  if (is('--tenant', '--canary')) return tenantNames(app)
  if (option.flags.includes('<system>')) return connectedSystems(app)
  if (option.flags.includes('<module>')) return systemIds(app, 'modules')
  if (option.flags.includes('<user>') || is('--successor')) return knownPeople(app)
  if (is('--set')) return settingWords(app, values[0] ?? '', last)
  if (is('--unset')) return settingWords(app, values[0] ?? '', undefined)
  if (is('--seed')) return named(['demo', 'empty'])
  if (is('--zone')) return named(Intl.supportedValuesOf('timeZone'))
  return named(option.choices ?? [])
}

async function argumentsFor(
  asked: Asked,
  spec: CommandSpec,
  values: readonly string[],
  last: string,
): Promise<readonly Candidate[]> {
  const { app, entries } = asked
  const declared = (spec.args ?? '').split(' ')
  const rest = declared.at(-1) ?? ''
  const argument = declared[values.length] ?? (rest.includes('...') ? rest : '')
  switch (argument.replace(/[<>[\].]/g, '')) {
    case 'module':
      return systemIds(app, 'modules')
    case 'system':
    case 'systems':
      return systemIds(app, values[0] === 'contract' ? 'with a contract' : 'all')
    case 'connection':
      return connectionNames(app)
    case 'settings':
      return settingWords(app, values[0] ?? '', last)
    case 'keys':
      return settingWords(app, values[0] ?? '', undefined)
    case 'contract':
      return [{ word: 'contract', about: 'print the contract of a system as OpenAPI 3.1' }]
    case 'shell':
      return named(shells)
    case 'run':
      return runIds(app, asked.isDescribed)
    case 'name':
    case 'tenant':
      return tenantNames(app)
    case 'person':
    case 'people':
    case 'users':
    case 'text':
      return knownPeople(app)
    case 'id':
      return datedIds(app)
    case 'alias':
      return aliasNames(app)
    case 'setting':
      return preferenceWords(undefined)
    case 'value':
      return preferenceWords(values[0] ?? '')
    case 'topic':
    case 'command':
      return helpWords(asked, entries, values)
    default:
      return []
  }
}

async function helpWords(
  { app }: Asked,
  entries: readonly CommandEntry[],
  values: readonly string[],
): Promise<readonly Candidate[]> {
  if (values.length === 0) return [...entries.map(commandOf), ...(await import('./help.ts')).topicList.map(commandOf)]
  const { spec } = await walk({ app, entries }, values)
  return spec && isGroup(spec) ? spec.commands.map(commandOf) : []
}

function named(words: readonly string[]): Candidate[] {
  return words.map(word => ({ word }))
}

/** `--tenant` and `-t` of `-t, --tenant <name>`. */
function namesOf({ flags }: OptionSpec): string[] {
  return flags.match(/(?<![\w-])--?[\w-]+/g) ?? []
}

function takesValue({ flags }: OptionSpec): boolean {
  return flags.includes('<')
}

/** bash hands `--tenant=North` over as three words. */
function rejoined(words: readonly string[]): string[] {
  const out: string[] = []
  for (const [i, word] of words.entries()) {
    const flag = out.at(-1)
    if (word === '=' && flag?.startsWith('--')) out[out.length - 1] = `${flag}=`
    else if (words[i - 1] === '=' && flag?.startsWith('--') && flag.endsWith('='))
      out[out.length - 1] = `${flag}${word}`
    else out.push(word)
  }
  return out
}

/** A word as the shell means it: `'North`, `"North Wind"` and `North\\ Wind` lose what quotes them. */
function unquoted(word: string): string {
  const [quote] = word
  if (quote === "'" || quote === '"') return word.slice(1).replace(new RegExp(`${quote}$`), '')
  return word.replace(/\\(.)/g, '$1')
}
