import { K1Error } from '../core/errors.ts'
import { type PreferenceField, preferenceFields } from '../core/preferences.ts'
import type { CommandSpec, Context, GroupSpec } from './command.ts'
import { heldSettings } from './held-settings.ts'

const listOf = {
  name: 'list',
  summary: 'every setting: what holds now, and where that comes from',
  details: 'From: the call (an option), the environment, your preferences, where something is chosen, or the default.',
  takes: ['list', 'network'],
  examples: ['k1ctl config list', 'k1ctl config list --output csv'],
  async run(context) {
    await context.output.records(
      await heldSettings(context),
      [
        { title: 'SETTING', cell: r => r.key },
        { title: 'VALUE', cell: r => r.value || '-' },
        {
          title: 'FROM',
          cell: r => (r.source === null ? r.from : `${r.from}: ${r.source}`),
          narrow: { cell: r => r.from },
        },
        { title: 'WHAT', cell: r => r.summary, narrow: 'none' },
      ],
      'No settings.',
    )
    return 0
  },
} satisfies CommandSpec

const get: CommandSpec = {
  name: 'get',
  args: '<setting>',
  summary: 'what holds for one setting; nothing where nothing does',
  takes: ['network', 'output'],
  examples: ['k1ctl config get timeout', 'k1ctl config get pager --json'],
  async run(context) {
    const { words, output } = context
    const held = await heldSettings(context)
    const key = words.required(0, 'The setting')
    const found = held.find(one => one.key === key)
    if (!found)
      throw await unknown(
        context,
        key,
        held.map(one => one.key),
      )
    if (output.forMachine) output.json(found)
    else output.write(`${found.value}\n`)
    return 0
  },
}

const set: CommandSpec = {
  name: 'set',
  args: '<setting> <value>',
  summary: 'keep what you prefer',
  details: `Settings:\n${preferenceFields.map(f => `  ${f.key.padEnd(16)}${valuesOf(f)}`).join('\n')}`,
  takes: ['output'],
  examples: ['k1ctl config set timeout 60', 'k1ctl config set zone Europe/Berlin', 'k1ctl config set pager cat'],
  async run(context) {
    const { app, words, output } = context
    const field = await fieldNamed(context, words.required(0, 'The setting'))
    const value = words.required(1, 'The value')
    await checkValue(context, field, value)
    const { change, path } = await app.preferences()
    await change(now => ({ ...now, settings: { ...now.settings, [field.key]: value } }))
    if (output.forMachine) output.json({ key: field.key, value, path })
    output.say(`${field.key} is ${value} from now on.`)
    const stronger = (await heldSettings(context)).find(one => one.key === field.key)
    if (stronger?.from === 'environment') output.warn(`! ${stronger.source} is set here, and wins over it.`)
    return 0
  },
}

const unset: CommandSpec = {
  name: 'unset',
  args: '<setting>',
  summary: 'forget what you preferred',
  takes: ['output'],
  examples: ['k1ctl config unset timeout'],
  async run(context) {
    const { app, words, output } = context
    const { key } = await fieldNamed(context, words.required(0, 'The setting'))
    const { change, settings } = await app.preferences()
    const was = settings[key]
    if (was !== undefined) {
      await change(now => ({
        ...now,
        settings: Object.fromEntries(Object.entries(now.settings).filter(([one]) => one !== key)),
      }))
    }
    if (output.forMachine) output.json({ key, was: was ?? null })
    output.say(was === undefined ? `${key} was not kept.` : `${key} is no longer ${was}.`)
    return 0
  },
}

const path: CommandSpec = {
  name: 'path',
  summary: 'the file that keeps what you prefer, and your aliases',
  takes: ['output'],
  examples: ['k1ctl config path'],
  async run({ app, output }) {
    const { path } = await app.preferences()
    if (output.forMachine) output.json({ path })
    else output.write(`${path}\n`)
    return 0
  },
}

export const configCommand: GroupSpec = {
  name: 'config',
  summary: 'what you prefer: pager, colours, output, timeout, zone; where each value comes from',
  details:
    'Kept for you on this machine, also where a team shares the rest. An option and the environment win over it.',
  examples: ['k1ctl config', 'k1ctl config set output json', 'k1ctl config get output'],
  commands: [listOf, get, set, unset, path],
  bare: listOf,
}

/** Chosen by commands of their own. */
const elsewhere: Readonly<Record<string, string>> = {
  tenant: 'k1ctl tenant use NAME',
  store: 'k1ctl store use ADDRESS',
  home: 'export K1CTL_HOME=FOLDER',
}

async function fieldNamed(context: Context, key: string): Promise<PreferenceField> {
  const field = preferenceFields.find(f => f.key === key)
  if (field) return field
  const command = Object.hasOwn(elsewhere, key) ? elsewhere[key] : undefined
  if (command) throw new K1Error('usage', `${key} is chosen by a command of its own.`, { hint: command })
  throw await unknown(
    context,
    key,
    preferenceFields.map(f => f.key),
  )
}

async function unknown({ app }: Context, key: string, known: readonly string[]): Promise<K1Error> {
  const near = await app.nearest(key, known)
  return new K1Error('usage', `There is no setting ${key}.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(', or ')}?` : `There are: ${known.join(', ')}`,
  })
}

/** @throws K1Error `usage` */
async function checkValue({ app }: Context, field: PreferenceField, value: string): Promise<void> {
  const { key, values, bounds } = field
  if (values && !values.includes(value)) {
    throw new K1Error('usage', `${key} is one of ${values.join(', ')}, not "${value}".`)
  }
  if (bounds) {
    const { wholeNumber } = await import('./words.ts')
    wholeNumber(key, value, bounds)
  }
  if (key === 'zone') {
    const { checkZone } = await import('./zoned-time.ts')
    checkZone(value)
  }
  if (key === 'ca-file') await app.readText(value)
  if (key === 'secret-command') {
    const { parseCommand } = await import('./secret-command.ts')
    parseCommand(value)
  }
}

function valuesOf({ summary, values, bounds }: PreferenceField): string {
  if (values) return `${values.join(', ')}: ${summary}`
  return bounds ? `${bounds.least} to ${bounds.most}: ${summary}` : summary
}
