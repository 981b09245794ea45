import type { ConnectionRecord } from '../core/stores.ts'
import { kindOf } from '../core/system.ts'
import type { App } from './app.ts'
import { type CommandEntry, type CommandSpec, type GroupSpec, isGroup, type OptionSpec } from './command.ts'
import { shells } from './completion-scripts.ts'
import { optionsOf } from './option-sets.ts'

interface Asked {
  app: App
  entries: readonly CommandEntry[]
}

/** What a candidate is, for a shell that shows it beside the word: the summary of a command or an option. */
export async function describe(asked: Asked, typed: readonly string[], words: readonly string[]): Promise<string[]> {
  const before = rejoined(typed).map(unquoted).slice(0, -1)
  const { spec, open } = await walk(asked.entries, before)
  const commands = spec === undefined ? asked.entries : spec && isGroup(spec) ? spec.commands : []
  const options = spec && !isGroup(spec) ? optionsOf(spec) : []
  const { all } = await asked.app.systems()
  return words.map(word => {
    if (open) return all.find(s => s.about.id === word)?.about.title ?? ''
    const option = options.find(o => namesOf(o).includes(word))
    const found = option ?? commands.find(c => c.name === word)
    return found?.summary ?? all.find(s => s.about.id === word)?.about.title ?? ''
  })
}

/**
 * What may stand as the last of these words, which come as they were typed, with quotes. Never fails: a broken
 * configuration only means fewer candidates.
 */
export async function candidates(asked: Asked, typed: readonly string[]): Promise<string[]> {
  const words = rejoined(typed).map(unquoted)
  const last = words.at(-1) ?? ''
  const { spec, values, open } = await walk(asked.entries, words.slice(0, -1))
  const begins = (list: readonly string[]) => beginning(list, last)

  if (open) return begins(await valuesOf(asked, open, values))
  if (spec === null) return []
  if (spec === undefined) return begins([...asked.entries.map(e => e.name), ...(last.startsWith('-') ? rootFlags : [])])
  const options = optionsIn(spec)
  const [, flag, value = ''] = /^(--[\w-]+)=(.*)$/.exec(last) ?? []
  if (flag !== undefined) {
    const option = options.find(o => takesValue(o) && namesOf(o).includes(flag))
    const found = option ? beginning(await valuesOf(asked, option, values), unquoted(value)) : []
    // bash hands over three words, and replaces the third only.
    return typed.slice(-2).includes('=') ? found : found.map(word => `${flag}=${word}`)
  }
  if (last.startsWith('-'))
    return begins([...options.flatMap(o => namesOf(o).filter(n => n.startsWith('--'))), '--help'])
  if (isGroup(spec)) return begins(spec.commands.map(c => c.name))
  return begins(await argumentsFor(asked, spec, values))
}

function beginning(list: readonly string[], start: string): string[] {
  return list.filter(word => word.toLowerCase().startsWith(start.toLowerCase()))
}

const rootFlags = ['--help', '--version']

interface Walked {
  /** The command that the words name; undefined when they name none yet, null when there is none of that name. */
  spec: CommandSpec | GroupSpec | undefined | null
  /** Its arguments so far. */
  values: readonly string[]
  /** The option that waits for its value. */
  open?: OptionSpec
}

async function walk(entries: readonly CommandEntry[], words: readonly string[]): Promise<Walked> {
  let spec: CommandSpec | GroupSpec | undefined
  const values: string[] = []
  let open: OptionSpec | undefined
  for (const word of words) {
    if (open) {
      open = undefined
    } else if (word.startsWith('-')) {
      const options = spec ? optionsIn(spec) : []
      open = options.find(o => takesValue(o) && namesOf(o).includes(word))
    } else if (spec === undefined || isGroup(spec)) {
      const next: CommandSpec | GroupSpec | undefined = spec
        ? spec.commands.find(c => c.name === word)
        : await entries.find(e => e.name === word)?.load()
      if (!next) return { spec: null, values }
      spec = next
    } else {
      values.push(word)
    }
  }
  return { spec, values, ...(open ? { open } : {}) }
}

function optionsIn(spec: CommandSpec | GroupSpec): readonly OptionSpec[] {
  if (!isGroup(spec)) return optionsOf(spec)
  return spec.bare ? optionsOf(spec.bare) : []
}

async function valuesOf({ app }: Asked, option: OptionSpec, values: readonly string[]): Promise<readonly string[]> {
  const is = (...flags: string[]) => flags.some(flag => namesOf(option).includes(flag))
  if (is('--tenant')) return tenantNames(app)
  if (option.flags.includes('<system>')) return connectedSystems(app)
  if (is('--set')) {
    const about = (await app.systems()).find(values[0] ?? '')?.about
    return (about?.settings ?? []).filter(f => !f.secret).map(f => `${f.key}=`)
  }
  if (namesOf(option).includes('--seed')) return ['demo', 'empty']
  return option.choices ?? []
}

async function argumentsFor(asked: Asked, spec: CommandSpec, values: readonly string[]): Promise<readonly string[]> {
  const { app, entries } = asked
  const declared = (spec.args ?? '').split(' ')
  const last = declared.at(-1) ?? ''
  const argument = declared[values.length] ?? (last.includes('...') ? last : '')
  switch (argument.replace(/[<>[\].]/g, '')) {
    case 'module':
      return (await app.systems()).all.filter(s => s.about.isModule).map(s => s.about.id)
    case 'system':
    case 'systems': {
      const { all } = await app.systems()
      return all.filter(s => values[0] !== 'contract' || s.contract).map(s => s.about.id)
    }
    case 'connection':
      return [...new Set((await connectionsOf(app)).map(c => c.system))]
    case 'settings':
      return (await settingsOf(app, values[0])).map(key => `${key}=`)
    case 'keys':
      return settingsOf(app, values[0])
    case 'contract':
      return ['contract']
    case 'shell':
      return shells
    case 'run':
      return ['last', ...(await runIds(app))]
    case 'name':
      return tenantNames(app)
    case 'person':
    case 'people':
    case 'users':
      return knownPeople(app)
    case 'id':
      return ['last', ...(await (await app.diary()).list().catch(() => []))]
    case 'topic':
      return helpWords(entries, values)
    default:
      return []
  }
}

async function helpWords(entries: readonly CommandEntry[], values: readonly string[]): Promise<readonly string[]> {
  if (values.length === 0) return [...entries.map(e => e.name), ...(await import('./help.ts')).topicNames]
  const { spec } = await walk(entries, values)
  return spec && isGroup(spec) ? spec.commands.map(c => c.name) : []
}

async function tenantNames(app: App): Promise<string[]> {
  try {
    return (await app.config()).tenants().map(t => t.name)
  } catch {
    return []
  }
}

/** Those of the chosen tenant, else of all. */
async function connectionsOf(app: App): Promise<readonly ConnectionRecord[]> {
  try {
    const config = await app.config()
    return config.connections(app.env.K1CTL_TENANT || config.current())
  } catch {
    return []
  }
}

/** What is connected, each of several of a kind by its name, and every system. */
async function connectedSystems(app: App): Promise<string[]> {
  const ids = (await app.systems()).all.map(s => s.about.id)
  try {
    return [...new Set([...ids, ...(await app.config()).connections().map(c => c.system)])]
  } catch {
    return ids
  }
}

/** People whom this machine knows of: those that are protected. Nobody is asked of a system for the Tab key. */
async function knownPeople(app: App): Promise<string[]> {
  try {
    return [...new Set((await app.config()).protectedPeople().map(p => p.person))]
  } catch {
    return []
  }
}

/** Keys of what may be set in a connection. */
async function settingsOf(app: App, connection = ''): Promise<readonly string[]> {
  const system = (await app.systems()).find(kindOf(connection))
  return system ? system.about.settings.filter(f => !f.secret).map(f => f.key) : []
}

async function runIds(app: App): Promise<string[]> {
  try {
    return (await (await app.ledger()).list()).slice(0, 20)
  } catch {
    return []
  }
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
