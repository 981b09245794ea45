import { K1Error } from '../core/errors.ts'
import type { SecretPlace, TenantRecord } from '../core/ports.ts'
import { rememberSecret } from '../core/redact.ts'
import type { Identity, Session, SettingField, SystemAbout } from '../core/system.ts'
import { reachWords } from '../render/plan.ts'
import type { CommandSpec, Context } from './command.ts'
import { openDeps, systemNamed } from './sessions.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'
import { spinning } from './spinner.ts'
import { readAll } from './stdin.ts'
import { chooseTenant } from './tenant-choice.ts'

export const connect: CommandSpec = {
  name: 'connect',
  args: '<system>',
  summary: 'sign in to a system for a tenant, and keep the connection',
  details:
    'Secrets come from the prompt, from stdin (--password-stdin) or from the environment (K1CTL_<SYSTEM>_<FIELD>), never\n' +
    'from the command line. They are kept in the keyring of this machine, else in a file sealed with a passphrase\n' +
    '(K1CTL_PASSPHRASE); in plain text only with --keep plain.',
  options: [
    { flags: '--url <url>', summary: 'base URL of the system or of your endpoint' },
    { flags: '--username <name>', summary: 'who signs in' },
    { flags: '--company <name>', summary: 'company (BMS) or KaseyaOne company name' },
    { flags: '--set <key=value>', summary: 'any other setting that is no secret (repeatable)', repeat: true },
    { flags: '--password-stdin', summary: 'read the password from stdin, or {"field": "secret"} as JSON' },
    { flags: '--keep <place>', summary: 'where the secret is kept', choices: ['keyring', 'sealed', 'plain'] },
  ],
  takes: ['tenant', 'output'],
  examples: [
    'k1ctl connect bms',
    "pass bms | k1ctl connect bms --tenant 'Northwind Dental' --url https://api.bms.kaseya.com \\\n      --username k1ctl --company 'Northwind Dental' --password-stdin",
    'K1CTL_GRAPHUS_PASSWORD=… k1ctl connect graphus --url https://gateway.msp.example/graphus --username amy --company Brightwater',
  ],
  run: connectSystem,
}

async function connectSystem(context: Context): Promise<number> {
  const { app, words, output } = context
  const system = await systemNamed(context, words.required(0, 'The system'))
  const { about } = system
  const tenant = await tenantOrFirst(context)
  output.say(output.talk.dim(`Tenant: ${tenant.name}`))
  output.say(`${about.title} is reached by ${reachWords[about.reach]}.${rightsOf(about)}`)

  const environment = await app.fromEnvironment(about)
  const settings = await collectSettings(context, about, environment.settings)
  const secrets = await collectSecrets(context, about, environment.secrets)
  const session = await spinning(context, `Signing in to ${about.title}`, () =>
    system.open({ ...settings, ...secrets }, openDeps(context)),
  )
  try {
    const identity = await session.check()
    const { place, fields, secretRef } = await keepSecrets(
      context,
      about,
      tenant,
      session,
      secrets,
      environment.secrets,
    )
    const config = await app.config()
    await config.connect({
      tenant: tenant.name,
      system: about.id,
      settings: { ...settings, ...(await chosenTenant(session, settings, identity)) },
      secretFields: fields,
      place,
      as: identity.name,
      connectedAt: app.clock.now().toISOString(),
      ...(secretRef === undefined ? {} : { secretRef }),
    })
    sayConnected(context, about, tenant, identity, place)
    return identity.missing.length > 0 ? 3 : 0
  } finally {
    await session.close()
  }
}

/** On a machine without tenants, a person at a terminal names the first one here. */
async function tenantOrFirst(context: Context): Promise<TenantRecord> {
  const config = await context.app.config()
  if (config.tenants().length > 0 || !context.output.canAsk || context.words.text('tenant'))
    return chooseTenant(context)
  const name = await (await context.app.prompter()).input('Name of the first tenant', {
    validate: text => text.trim() !== '' || 'A name, as you call this customer.',
  })
  const tenant = { name: name.trim(), domains: [] }
  await config.addTenant(tenant)
  return tenant
}

async function collectSettings(
  context: Context,
  about: SystemAbout,
  environment: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const plain = about.settings.filter(f => !f.secret)
  const settings: Record<string, string> = {}
  const given = { ...environment, ...namedSettings(context, about) }
  for (const field of plain) {
    const value =
      given[field.key] ?? (field.required ? await askSetting(context, field) : undefined) ?? field.defaultValue
    if (value !== undefined && value !== '') settings[field.key] = value
    else if (field.required) throw missing(about, field)
  }
  return settings
}

/** The tenant that was picked at the prompt, or the only one, so that the next call need not ask again. */
async function chosenTenant(
  session: Session,
  settings: Readonly<Record<string, string>>,
  identity: Identity,
): Promise<Record<string, string>> {
  const key = session.tenantSetting
  if (key === undefined || settings[key] !== undefined || !session.tenants) return {}
  const seen = (await session.tenants()).find(t => t.name === identity.tenant)
  return seen ? { [key]: seen.id } : {}
}

function namedSettings({ words }: Context, about: SystemAbout): Record<string, string> {
  const pairs = words.list('set').map(pair => {
    const [key = '', ...value] = pair.split('=')
    const field = about.settings.find(f => f.key === key)
    if (!field || value.length === 0) {
      throw new K1Error(
        'usage',
        `--set takes key=value with one of: ${about.settings
          .filter(f => !f.secret)
          .map(f => f.key)
          .join(', ')}.`,
      )
    }
    if (field.secret) {
      throw new K1Error(
        'usage',
        `${field.label} is a secret, and other users of this machine can read a command line.`,
        {
          hint: `Use the prompt, --password-stdin, or ${environmentName(about, field)}.`,
        },
      )
    }
    return [key, value.join('=')] as const
  })
  const short = ['url', 'username', 'company'].flatMap(key => {
    const value = words.text(key)
    return value === undefined ? [] : [[key, value] as const]
  })
  return Object.fromEntries([...pairs, ...short])
}

async function askSetting({ app, output }: Context, field: SettingField): Promise<string | undefined> {
  if (!output.canAsk) return undefined
  const prompter = await app.prompter()
  if (field.suggestions) {
    const other = ''
    const picked = await prompter.choose(field.label, [
      ...field.suggestions.map(s => ({ value: s.value, name: s.label, description: s.value })),
      { value: other, name: 'another …', description: 'type it' },
    ])
    if (picked !== other) return picked
  }
  const example = field.example ? ` (for example ${field.example})` : ''
  return (
    await prompter.input(`${field.label}${example}`, field.defaultValue ? { initial: field.defaultValue } : {})
  ).trim()
}

async function collectSecrets(
  context: Context,
  about: SystemAbout,
  environment: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const { app, words, output } = context
  const fields = about.settings.filter(f => f.secret)
  const piped = words.flag('passwordStdin') ? parsePiped(await readAll(app.stdin), fields) : {}
  const secrets: Record<string, string> = { ...environment, ...piped }
  for (const field of fields.filter(f => f.required || f.key === 'password')) {
    if (secrets[field.key] === undefined && output.canAsk) {
      secrets[field.key] = await (await app.prompter()).password(field.label)
    }
    if (!secrets[field.key] && Object.keys(secrets).length === 0) {
      throw new K1Error(output.canAsk ? 'usage' : 'unattended', `${field.label} is missing, and nobody can be asked.`, {
        hint: `Pipe it with --password-stdin, or set ${environmentName(about, field)}.`,
      })
    }
  }
  Object.values(secrets).forEach(rememberSecret)
  return secrets
}

function parsePiped(text: string, fields: readonly SettingField[]): Record<string, string> {
  const first = fields.find(f => f.required || f.key === 'password') ?? fields[0]
  if (text.trim() === '')
    throw new K1Error('usage', 'stdin held no password.', {
      hint: 'Pipe it: pass show bms | k1ctl connect bms --password-stdin',
    })
  if (!text.trimStart().startsWith('{')) return first ? { [first.key]: text.replace(/\r?\n$/, '') } : {}
  try {
    const parsed: unknown = JSON.parse(text)
    return Object.fromEntries(
      Object.entries(Object(parsed)).flatMap(([key, value]) =>
        fields.some(f => f.key === key) && typeof value === 'string' ? [[key, value]] : [],
      ),
    )
  } catch {
    throw new K1Error('usage', 'stdin began like JSON and is none.', {
      hint: 'Give {"password": "…"} or the bare password.',
    })
  }
}

/** Keeps what signing in gave (a refresh token) rather than what was typed. From the environment, nothing is kept. */
async function keepSecrets(
  context: Context,
  about: SystemAbout,
  tenant: TenantRecord,
  session: Session,
  typed: Record<string, string>,
  environment: Readonly<Record<string, string>>,
): Promise<{ place: SecretPlace; fields: string[]; secretRef?: string }> {
  const named = context.words.text('keep')
  const place: SecretPlace | undefined =
    named === 'keyring' || named === 'sealed' || named === 'plain' ? named : undefined
  if (place === undefined && Object.keys(environment).length > 0) {
    return { place: 'environment', fields: Object.keys(environment) }
  }
  const values = session.keep?.() ?? Object.fromEntries(Object.entries(typed).filter(([key]) => key !== 'mfaCode'))
  const secretRef = `${about.id}:${tenant.name}`
  const store = await context.app.secrets(passphrasePrompt(context))
  return { place: await store.write(secretRef, values, place), fields: Object.keys(values), secretRef }
}

function sayConnected(
  { output }: Context,
  about: SystemAbout,
  tenant: TenantRecord,
  identity: Identity,
  place: SecretPlace,
): void {
  const where = {
    keyring: "in this machine's keyring",
    sealed: 'in a sealed file',
    plain: 'in plain text, as you asked',
    environment: 'in the environment only',
  }[place]
  if (output.forMachine)
    output.json({ tenant: tenant.name, system: about.id, as: identity.name, place, missing: identity.missing })
  output.say(`Signed in to ${about.title} as ${identity.name} (${identity.tenant}). The secret is kept ${where}.`)
  for (const right of identity.missing) output.warn(`${output.talk.yellow('missing right:')} ${right}`)
  output.say(`Next: k1ctl status --tenant '${tenant.name}'`)
}

function rightsOf(about: SystemAbout): string {
  const rights = [...new Set(about.features.filter(f => f.supported).map(f => f.rights.replace(/\.$/, '')))]
  return rights.length > 0 ? ` It needs: ${rights.join('; ')}.` : ''
}

function missing(about: SystemAbout, field: SettingField): K1Error {
  return new K1Error('not-set-up', `${field.label} for ${about.title} is missing.`, {
    hint: `Give --set ${field.key}=…, or ${environmentName(about, field)}.${field.example ? ` For example ${field.example}.` : ''}`,
  })
}

export function environmentName(about: SystemAbout, field: SettingField): string {
  const snake = (text: string) =>
    text
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .replaceAll('-', '_')
      .toUpperCase()
  return `K1CTL_${snake(about.id)}_${snake(field.key)}`
}
