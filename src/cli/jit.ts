import { K1Error } from '../core/errors.ts'
import type { DefaultField, FeatureAccess, ModuleSettings } from '../core/features.ts'
import { changeModule } from './change.ts'
import type { Context, GroupSpec } from './command.ts'
import { toggles } from './features.ts'
import { withModule } from './show.ts'
import { flagOf } from './words.ts'

/** Every default of any module, and how its option reads; a module that has no such default says so. */
const defaultOptions = [
  ['department', '--department <name>', 'BMS: department, by name or id'],
  ['location', '--location <name>', 'BMS: location, by name or id'],
  ['manager', '--manager <name>', 'BMS: manager, by name or id'],
  ['jobTitle', '--job-title <name>', 'BMS: job title, by name or id'],
  ['employmentType', '--employment-type <number>', 'BMS: employment type, by id (no look-up is published)'],
  ['securityRole', '--security-role <name>', 'BMS: security role, by name or id'],
  ['employeeRole', '--employee-role <name>', 'BMS: employee role, by name or id'],
  ['role', '--role <name>', 'other modules: default role, by name or id'],
] as const

const defaults: GroupSpec = {
  name: 'defaults',
  summary: 'what people get whom JIT creates',
  examples: [
    'k1ctl jit defaults show bms',
    "k1ctl jit defaults set bms --department 'Service Desk' --security-role Technician",
  ],
  commands: [
    {
      name: 'show',
      args: '<module>',
      summary: 'show the defaults that are saved',
      takes: ['tenant', 'list'],
      examples: ['k1ctl jit defaults show bms', 'k1ctl jit defaults show dpp --json'],
      run: showDefaults,
    },
    {
      name: 'set',
      args: '<module>',
      summary: 'choose defaults; at a terminal, what is missing is asked',
      options: defaultOptions.map(([, flags, summary]) => ({ flags, summary })),
      takes: ['tenant', 'fleet', 'change', 'output'],
      examples: [
        'k1ctl jit defaults set bms',
        "k1ctl jit defaults set bms --department 'Service Desk' --location Remote --manager 'Ivy Tran' --job-title Technician \\\n      --employment-type 1 --security-role Technician --employee-role Engineer --yes",
        'k1ctl jit defaults set graphus --role Analyst',
      ],
      run: setDefaults,
    },
    {
      name: 'options',
      args: '<module> [default]',
      summary: 'list what can be chosen for a default',
      takes: ['tenant', 'list'],
      examples: ['k1ctl jit defaults options bms department', 'k1ctl jit defaults options bms --json'],
      run: listOptions,
    },
  ],
}

export const jitCommand: GroupSpec = {
  name: 'jit',
  summary: 'Automatic User Creation (just in time), and its defaults',
  details: 'People of KaseyaOne get an account in the module when they first log in. This may add charges.',
  examples: ['k1ctl jit show bms', 'k1ctl jit defaults set bms', 'k1ctl jit enable bms'],
  commands: [...toggles('jit', 'user-creation', 'Automatic User Creation'), defaults],
}

async function setDefaults(context: Context): Promise<number> {
  const { words, output } = context
  const module = words.required(0, 'The module')
  const given = Object.fromEntries(
    defaultOptions.flatMap(([name]) => {
      const word = words.text(name)
      return word === undefined ? [] : [[flagOf(name).slice(2), word]]
    }),
  )
  const values = output.canAsk && !words.flag('allTenants') ? await askMissing(context, given) : given
  if (Object.keys(values).length === 0) {
    throw new K1Error('usage', 'No default is named.', {
      hint: `Name at least one, for example --department NAME. See k1ctl jit defaults options ${module}.`,
    })
  }
  return changeModule(context, module, { kind: 'defaults', values })
}

/** Asks for what was never chosen; for all of them when the call names none. */
async function askMissing(context: Context, given: Record<string, string>): Promise<Record<string, string>> {
  return withModule(context, 'user-creation', async access => {
    const reading = await access.read()
    const askAll = Object.keys(given).length === 0
    const values = { ...given }
    for (const field of access.defaultFields) {
      if (values[field.key] !== undefined || (!askAll && reading.defaults[field.key])) continue
      const answer = await askDefault(context, access, field, reading)
      if (answer !== null) values[field.key] = answer
    }
    if (askAll && Object.keys(values).length === 0)
      throw new K1Error('cancelled', 'All defaults are kept; nothing was changed.')
    return values
  })
}

async function askDefault(
  { app }: Context,
  access: FeatureAccess,
  field: DefaultField,
  reading: ModuleSettings,
): Promise<string | null> {
  const prompter = await app.prompter()
  const now = reading.defaults[field.key] ?? null
  if (!field.hasChoices) {
    const text = await prompter.input(`${field.title} (a number${now ? `; empty keeps ${now.name}` : ''})`, {
      validate: word =>
        /^[1-9]\d*$/.test(word) || (word === '' && now !== null) || 'A number, as the console shows it.',
    })
    return text === '' ? null : text
  }
  const choices = await access.choices(field.key)
  const keep = now ? [{ value: null, name: `${now.name} (keep)` }] : []
  // Administrators' roles come last, so that a bare Enter grants none.
  const rest = [...choices.filter(c => !c.admin), ...choices.filter(c => c.admin)]
    .filter(c => c.id !== now?.id)
    .map(c => ({
      value: c.id,
      name: c.admin ? `${c.name} (administrator)` : c.name,
      description: `id ${c.id}`,
    }))
  return prompter.choose<string | null>(`Default ${field.title.toLowerCase()}`, [...keep, ...rest])
}

async function showDefaults(context: Context): Promise<number> {
  await withModule(context, 'user-creation', async (access, tenant) => {
    const reading = await access.read()
    const rows = access.defaultFields.map(field => {
      const choice = reading.defaults[field.key] ?? null
      return {
        tenant,
        default: field.key,
        title: field.title,
        id: choice?.id ?? null,
        name: choice?.name ?? null,
        administrator: choice?.admin === true,
      }
    })
    await context.output.records(
      rows,
      [
        { title: 'Default', cell: r => r.default },
        { title: 'Name', cell: r => r.name ?? 'not chosen' },
        { title: 'Id', cell: r => r.id ?? '' },
        { title: 'Administrator', cell: r => (r.administrator ? 'yes' : '') },
        { title: 'Tenant', cell: r => r.tenant, wide: true },
      ],
      'This module has no defaults.',
    )
  })
  return 0
}

async function listOptions(context: Context): Promise<number> {
  const named = context.words.arg(1)
  await withModule(context, 'user-creation', async access => {
    const fields = access.defaultFields.filter(f => named === undefined || f.key === named)
    if (fields.length === 0) {
      throw new K1Error('usage', `There is no default called ${named}.`, {
        hint: `There are: ${access.defaultFields.map(f => f.key).join(', ')}`,
      })
    }
    const lists = await Promise.all(
      fields.map(async field =>
        (field.hasChoices ? await access.choices(field.key) : []).map(choice => ({
          default: field.key,
          id: choice.id,
          name: choice.name,
          administrator: choice.admin === true,
        })),
      ),
    )
    await context.output.records(
      lists.flat(),
      [
        { title: 'Default', cell: r => r.default },
        { title: 'Id', cell: r => r.id },
        { title: 'Name', cell: r => r.name },
        { title: 'Administrator', cell: r => (r.administrator ? 'yes' : '') },
      ],
      'No look-up is published for it: give a number.',
    )
    const without = fields.filter(f => !f.hasChoices).map(f => f.key)
    if (without.length > 0 && without.length < fields.length) {
      context.output.say(`No look-up is published for ${without.join(', ')}: give a number.`)
    }
  })
  return 0
}
