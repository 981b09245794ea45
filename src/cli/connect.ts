import { K1Error } from '../core/errors.ts'
import { quoted } from '../core/shell.ts'
import type { SecretPlace, TenantRecord } from '../core/stores.ts'
import type { Identity, Session, SystemAbout } from '../core/system.ts'
import { layout } from '../render/layout.ts'
import { reachWords } from '../render/plan.ts'
import type { CommandSpec, Context } from './command.ts'
import { type EarlierConnection, readEarlier, sayKept } from './connect-earlier.ts'
import { ConnectEntry } from './connect-entry.ts'
import { withFiles } from './connect-given.ts'
import { callOf } from './connect-retry.ts'
import { type SignedIn, signIn } from './connect-sign-in.ts'
import { chooseSystem, connectionToMake, tenantOrFirst } from './connection-to-make.ts'
import { keepConnection, type SecretToKeep, secretPlaceOf } from './kept-secret.ts'
import { warnOfSameCustomer } from './same-customer.ts'
import { environmentCommand, parseCommand, secretsFrom } from './secret-command.ts'
import type { NamedConnection } from './sessions.ts'

export const connectCommand: CommandSpec = {
  name: 'connect',
  args: '[system]',
  summary: 'sign in to a system for a tenant, and keep the connection',
  details:
    'Secrets come from the prompt, from stdin (--password-stdin) or from the environment (K1CTL_<SYSTEM>_<FIELD>), never ' +
    'from the command line. They are kept in the keyring of this machine, else in a file sealed with a passphrase ' +
    '(K1CTL_PASSPHRASE); in plain text only with --keep plain. What the environment gives is used, and not kept.\n\n' +
    'Connecting again, as after a password was changed, keeps all settings that are not given anew or named with --unset.',
  options: [
    { flags: '--url <url>', summary: 'base URL of the system or of your endpoint' },
    { flags: '--username <name>', summary: 'who signs in' },
    { flags: '--company <name>', summary: 'company (BMS) or KaseyaOne company name' },
    { flags: '--name <name>', summary: 'which one, where a tenant may have several (SCIM services)' },
    { flags: '--set <key=value>', summary: 'any other setting that is no secret (repeatable)', repeat: true },
    {
      flags: '--unset <key>',
      summary: 'a setting of the connection before that is not kept (repeatable)',
      repeat: true,
    },
    { flags: '--password-stdin', summary: 'read the password from stdin: bare, or as JSON {"password": "…"}' },
    {
      flags: '--secret-from <command>',
      summary: "a vault's own tool that prints the secret, as \"op read 'op://MSP/bms/password'\"; run each time",
    },
    {
      flags: '--keep <place>',
      summary: 'where the secret is kept: keyring, sealed or plain',
      choices: ['keyring', 'sealed', 'plain'],
    },
  ],
  takes: ['tenant', 'output'],
  examples: [
    'k1ctl connect bms',
    'k1ctl connect active-directory --unset leaversOu',
    "pass bms | k1ctl connect bms --tenant 'Northwind Dental' --url https://api.bms.kaseya.com \\\n      --username k1ctl --company 'Northwind Dental' --password-stdin",
    'K1CTL_GRAPHUS_PASSWORD=… k1ctl connect graphus --url https://gateway.msp.example/graphus --username amy --company Brightwater',
    `k1ctl connect bms --secret-from "op read 'op://MSP/bms/password'"`,
    'k1ctl connect scim --name zoom --url https://scim.zoom.example/v2',
  ],
  run: connectSystem,
}

async function connectSystem(context: Context): Promise<number> {
  const { app, output } = context
  const given = context.words.arg(0)
  if (given === undefined && !output.canAsk) {
    const ids = (await app.systems()).all.map(s => s.about.id)
    throw new K1Error('usage', 'No system is named.', { hint: `Name one: k1ctl connect ${ids.join(' | ')}` })
  }
  const known = given === undefined ? undefined : await connectionToMake(context, given)
  const tenant = await tenantOrFirst(context)
  const made = known ?? (await connectionToMake(context, await chooseSystem(context, tenant)))
  const { about } = made.system
  output.say(output.talk.dim(`Tenant: ${tenant.name}`))
  output.say(`${made.title} is reached by ${reachWords[about.reach]}.${rightsOf(about)}`)

  const said = await app.fromEnvironment(about)
  const environment = {
    settings: await withFiles(app, about, said.settings),
    secrets: await withFiles(app, about, said.secrets),
  }
  const earlier = await readEarlier(context, about, (await app.config()).connection(tenant.name, made.id))
  const command = commandFor(context, earlier)
  sayKept(context, about, earlier)
  const entry = new ConnectEntry(context, about, {
    earlier,
    environment,
    command: async settings =>
      command ? secretsFrom(app, about, { tenant: tenant.name, system: made.id, settings }, command.words) : {},
  })
  try {
    await entry.collect()
    const signedIn = await signIn(context, made, entry)
    try {
      return await keep(context, made, tenant, { entry, environment: environment.secrets, command, ...signedIn })
    } finally {
      await signedIn.session.close()
    }
  } catch (error) {
    if (entry.wasAsked) output.say(`What was typed: ${callOf(made.id, tenant.name, about, entry.settings)}`)
    throw error
  }
}

async function keep(
  context: Context,
  made: NamedConnection,
  tenant: TenantRecord,
  {
    entry,
    environment,
    command,
    session,
    identity,
    chosen,
  }: SignedIn & { entry: ConnectEntry; environment: Secrets; command: SecretCommand | undefined },
): Promise<number> {
  const settings = { ...entry.settings, ...chosen }
  const at = identity.tenant.trim()
  const connection = {
    tenant: tenant.name,
    system: made.id,
    settings,
    as: identity.name,
    ...(at === '' ? {} : { at }),
    connectedAt: context.app.clock.now().toISOString(),
  }
  await warnOfSameCustomer(context, made.system.about, connection, made.title)
  const secret = command
    ? { command: entry.fromCommand, ...(command.own ? { words: [...command.words] } : {}) }
    : whatToKeep(context, { session, settings: entry.settings, secrets: entry.secrets, environment })
  if (command) sayLost(context, entry, environment)
  const place = await keepConnection(context, tenant, connection, secret)
  sayConnected(context, made, tenant, identity, place)
  return identity.missing.length > 0 ? 3 : 0
}

/** With a command nothing is kept, also not what a person typed because the command did not give it. */
function sayLost({ output }: Context, { secrets, fromCommand }: ConnectEntry, environment: Secrets): void {
  const lost = Object.keys(secrets).filter(
    key => key !== 'mfaCode' && !fromCommand.includes(key) && environment[key] === undefined,
  )
  if (lost.length === 0) return
  const what = `${lost.join(', ')} ${lost.length === 1 ? 'is' : 'are'} not kept`
  output.warn(`${output.talk.yellow('warning:')} ${what}: the command has to give it too, as JSON by name.`)
}

type Secrets = Readonly<Record<string, string>>

interface SecretCommand {
  words: readonly string[]
  /** Of this connection; otherwise that of K1CTL_SECRET_COMMAND, which is looked up each time. */
  own: boolean
}

/** Where a vault is to give the secrets: as the call says, as before, or as the environment says. */
function commandFor({ app, words }: Context, { record }: EarlierConnection): SecretCommand | undefined {
  const line = words.text('secretFrom')
  const given = words.flag('passwordStdin') ? '--password-stdin' : secretPlaceOf({ words }) ? '--keep' : undefined
  if (line !== undefined && given) {
    throw new K1Error('usage', `--secret-from and ${given} contradict each other.`, {
      hint: 'What a command prints is never kept.',
    })
  }
  if (line !== undefined) return { words: parseCommand(line), own: true }
  if (given) return undefined
  if (record?.place === 'command' && record.command) return { words: record.command, own: true }
  const fromEnvironment = environmentCommand(app)
  return fromEnvironment && { words: fromEnvironment, own: false }
}

/** What signing in gave (a refresh token) rather than what was typed. What the environment gives is not kept. */
function whatToKeep(
  context: Context,
  {
    session,
    settings,
    secrets,
    environment,
  }: {
    session: Session
    settings: Readonly<Record<string, string>>
    secrets: Readonly<Record<string, string>>
    environment: Readonly<Record<string, string>>
  },
): SecretToKeep | { environment: string[] } {
  const isGiven = Object.entries(secrets).every(([key, value]) => environment[key] === value)
  if (isGiven && secretPlaceOf(context) === undefined) return { environment: Object.keys(environment) }
  const lasting = Object.fromEntries(Object.entries(secrets).filter(([key]) => key !== 'mfaCode'))
  return { settings, tenantSetting: session.tenantSetting, values: session.keep?.() ?? lasting }
}

function sayConnected(
  { output }: Context,
  { system: { about }, id, title }: NamedConnection,
  tenant: TenantRecord,
  identity: Identity,
  place: SecretPlace,
): void {
  const where = {
    keyring: "The secret is kept in this machine's keyring.",
    sealed: 'The secret is kept in a sealed file.',
    plain: 'The secret is kept in plain text, as you asked.',
    environment: 'The secret is in the environment only, and not kept.',
    command: 'The secret stays in its vault: the command is run each time.',
  }[place]
  if (output.forMachine)
    output.json({ tenant: tenant.name, system: id, as: identity.name, place, missing: identity.missing })
  output.say(`Signed in to ${title} as ${identity.name} (${identity.tenant}). ${where}`)
  for (const right of identity.missing) output.warn(`${output.talk.yellow('missing right:')} ${right}`)
  const next = about.isModule ? 'status' : 'connections'
  output.say(`Next: k1ctl ${next} --tenant ${quoted(tenant.name)}`)
}

/** The least rights that the credential needs: beside each other where they are few words, else one a line. */
function rightsOf(about: SystemAbout): string {
  if (about.rights) return ` It needs:${about.rights.map(right => layout`\n  · ${right}`).join('')}`
  const rights = new Set(about.features.filter(f => f.supported).map(f => f.rights.replace(/\.$/, '')))
  return rights.size > 0 ? ` It needs: ${[...rights].join('; ')}.` : ''
}
