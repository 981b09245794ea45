import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { ConnectionRecord, TenantRecord } from '../core/stores.ts'
import { applies, type SystemAbout } from '../core/system.ts'
import { layout } from '../render/layout.ts'
import type { CommandSpec, Context } from './command.ts'
import { idleKeys, settingText } from './connect-earlier.ts'
import { checkGiven, withFiles } from './connect-given.ts'
import { notConnectedHere } from './disconnect.ts'
import { warnOfSameCustomer } from './same-customer.ts'
import { connectionNamed, type NamedConnection } from './sessions.ts'
import { askTenant } from './tenant-choice.ts'
import { places, publicConnection } from './tenant-description.ts'

export const showConnectionCommand: CommandSpec = {
  name: 'show',
  args: '<connection>',
  summary: 'show the settings of a connection, and what else could be set',
  takes: ['tenant', 'output'],
  examples: ['k1ctl connections show bms', "k1ctl connections show scim:huddle --tenant 'Northwind Dental' --json"],
  async run(context) {
    const { named, connection } = await connectionOf(context)
    sayConnection(context, named.system.about, connection)
    return 0
  },
}

export const setSettingsCommand: CommandSpec = {
  name: 'set',
  args: '<connection> <settings...>',
  summary: 'change settings of a connection, as KEY=VALUE; no secrets',
  details:
    'Nothing is sent to the system; k1ctl doctor tries the connection. A value is checked as k1ctl connect checks it, ' +
    'and of a file the path is given. Secrets are changed with k1ctl connect, which keeps the settings.',
  takes: ['tenant', 'output'],
  examples: [
    "k1ctl connections set active-directory 'leaversOu=OU=Leavers,DC=corp,DC=example'",
    "k1ctl connections set microsoft-365 licences=remove 'autoReply=I have left.'",
  ],
  async run(context) {
    const { words } = context
    return change(context, async ({ system: { about } }, settings) => {
      const given = Object.fromEntries(await Promise.all(words.rest(1).map(pair => parsePair(context, about, pair))))
      checkGiven(about, given)
      return { ...settings, ...(await withFiles(context.app, about, given)) }
    })
  },
}

export const unsetSettingsCommand: CommandSpec = {
  name: 'unset',
  args: '<connection> <keys...>',
  summary: 'take settings of a connection away, or back to their default',
  takes: ['tenant', 'output'],
  examples: [
    'k1ctl connections unset active-directory leaversOu',
    'k1ctl connections unset jumpcloud orgId providerId',
  ],
  async run(context) {
    const { words } = context
    return change(context, async ({ system: { about } }, settings) => {
      const next = { ...settings }
      for (const key of words.rest(1)) {
        if (settings[key] === undefined) throw notSet(key, settings)
        const fallback = about.settings.find(f => f.key === key)?.defaultValue
        if (fallback === undefined) delete next[key]
        else next[key] = fallback
      }
      return next
    })
  },
}

async function connectionOf(
  context: Context,
): Promise<{ named: NamedConnection; tenant: TenantRecord; connection: ConnectionRecord }> {
  const named = await connectionNamed(context, context.words.required(0, 'The connection'))
  const tenant = await askTenant(context)
  const connection = (await context.app.config()).connection(tenant.name, named.id)
  if (!connection) throw notConnectedHere(named.title, tenant)
  return { named, tenant, connection }
}

type Settings = Readonly<Record<string, string>>

async function change(
  context: Context,
  make: (named: NamedConnection, settings: Settings) => Promise<Record<string, string>>,
): Promise<number> {
  const { app, output } = context
  const { named, tenant, connection } = await connectionOf(context)
  const { about } = named.system
  const settings = await make(named, connection.settings)
  checkTogether(about, connection, settings)
  const changed = [...new Set([...Object.keys(settings), ...Object.keys(connection.settings)])].filter(
    key => settings[key] !== connection.settings[key],
  )
  const { at: _, ...rest } = connection
  // Whose it is was told of the connection as it was.
  const leadsElsewhere = changed.some(key => about.settings.some(f => f.key === key && (f.customer || f.required)))
  const next: ConnectionRecord = { ...(leadsElsewhere ? rest : connection), settings }
  if (leadsElsewhere) await warnOfSameCustomer(context, about, next, named.title)
  if (changed.length > 0) {
    await (await app.config()).change(draft => {
      const now = draft.connection(tenant.name, named.id)
      if (!now || JSON.stringify(now) !== JSON.stringify(connection)) {
        throw new K1Error('conflict', `${named.title} of ${tenant.name} was changed meanwhile.`, {
          hint: 'Look again, then run the command again.',
        })
      }
      draft.connect(next)
    })
  }
  if (output.forMachine) sayConnection(context, about, next)
  else if (changed.length === 0) output.say('Nothing changes: it is so already.')
  for (const key of output.forMachine ? [] : changed) {
    const value = settings[key]
    output.say(layout`${key} is ${value === undefined ? 'not set any more' : `now ${settingText(about, key, value)}`}.`)
  }
  if (leadsElsewhere) output.say(`Try it: k1ctl doctor --tenant ${quoted(tenant.name)}`)
  return 0
}

/** @throws K1Error `usage` */
async function parsePair({ app }: Context, about: SystemAbout, pair: string): Promise<[string, string]> {
  const [key = '', ...value] = pair.split('=')
  const field = about.settings.find(f => f.key === key)
  if (field?.secret) {
    throw new K1Error('usage', `${field.label} is a secret, and other users of this machine can read a command line.`, {
      hint: `Sign in again, which keeps the settings: k1ctl connect ${about.id}`,
    })
  }
  if (field && value.length > 0 && value.join('=').trim() !== '') return [key, value.join('=').trim()]
  const keys = about.settings.filter(f => !f.secret).map(f => f.key)
  const [near] = field ? [] : await app.nearest(key, keys)
  throw new K1Error('usage', `"${pair}" is no KEY=VALUE with a setting of ${about.title}.`, {
    hint:
      near === undefined
        ? `Its settings are: ${keys.join(', ')}. To take one away: k1ctl connections unset ${about.id} KEY`
        : `Did you mean ${[near, ...value].join('=')}? All of them: k1ctl connections show ${about.id}`,
  })
}

/** What each value is worth beside the others. @throws K1Error `usage` */
function checkTogether(about: SystemAbout, { settings: before, secretFields }: ConnectionRecord, settings: Settings) {
  const idle = idleKeys(about, settings).find(key => settings[key] !== before[key])
  if (idle !== undefined) {
    const when = about.settings.find(f => f.key === idle)?.when
    throw new K1Error('usage', `${idle} has no effect here.`, {
      hint: when
        ? `It counts where ${when.key} is ${when.is.join(' or ')}.`
        : `What it is set to: k1ctl connections show ${about.id}`,
      facts: { setting: idle },
    })
  }
  const needed = about.settings.filter(f => f.required && applies(f, settings))
  // A connection of before has no value for a setting that came later; what it means then is its default.
  const missing = needed.find(f => !f.secret && settings[f.key] === undefined && f.defaultValue === undefined)
  if (missing) {
    throw new K1Error('usage', `${about.title} cannot be signed in to without ${missing.key} (${missing.label}).`, {
      hint: `Give it in the same call: ${missing.key}=VALUE`,
      facts: { setting: missing.key },
    })
  }
  // Whether a secret that always mattered is kept, or comes from the environment, is no question of this call.
  const secret = needed.find(f => f.secret && !applies(f, before) && !secretFields.includes(f.key))
  if (secret) {
    throw new K1Error('usage', `${secret.label} would be needed, and is not kept.`, {
      hint: `Sign in again: k1ctl connect ${about.id}${secret.when ? ` --set ${secret.when.key}=${settings[secret.when.key]}` : ''}`,
    })
  }
}

function notSet(key: string, settings: Settings): K1Error {
  return new K1Error('usage', `${key} is not set.`, { hint: `Set are: ${Object.keys(settings).join(', ')}.` })
}

function sayConnection({ output }: Context, about: SystemAbout, connection: ConnectionRecord): void {
  const { settings, secretFields } = connection
  const possible = about.settings.filter(f => applies(f, settings))
  if (output.forMachine) {
    const available = about.settings.map(f => ({
      key: f.key,
      label: f.label,
      secret: f.secret,
      required: f.required,
      applies: applies(f, settings),
      set: f.secret ? secretFields.includes(f.key) : settings[f.key] !== undefined,
      default: f.defaultValue ?? null,
      choices: f.suggestions?.map(s => s.value) ?? [],
    }))
    output.json({ ...publicConnection(connection), available })
    return
  }
  const { bold, dim } = output.data
  const idle = idleKeys(about, settings).map(key => [
    key,
    `${settingText(about, key, settings[key] ?? '')}  (without effect)`,
  ])
  const rows = [
    ...(connection.as === '' ? [] : [['as', connection.as]]),
    ...(connection.at === undefined ? [] : [['leads to', connection.at]]),
    ['secret', `${secretFields.join(', ') || 'none'} in ${places[connection.place]}`],
    ...possible.flatMap(({ key, secret }) =>
      secret || settings[key] === undefined ? [] : [[key, settingText(about, key, settings[key])]],
    ),
    ...idle,
  ]
  const open = possible.filter(f => !f.secret && settings[f.key] === undefined)
  const width = Math.max(...rows.map(([key = '']) => key.length), ...open.map(({ key }) => key.length))
  output.write(layout`${bold(connection.system)} for ${connection.tenant}\n`)
  for (const [key = '', text = ''] of rows) output.write(layout`  ${key.padEnd(width)}  ${text}\n`)
  if (open.length > 0) output.write(layout`${dim('not set:')}\n`)
  for (const f of open) output.write(layout`  ${f.key.padEnd(width)}  ${dim(f.label)}\n`)
}
