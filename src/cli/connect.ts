import { isK1Error } from '../core/errors.ts'
import type { SecretPlace, TenantRecord } from '../core/ports.ts'
import { quoted } from '../core/shell.ts'
import type { Identity, OpenDeps, Session, SystemAbout } from '../core/system.ts'
import { layout } from '../render/layout.ts'
import { reachWords } from '../render/plan.ts'
import type { CommandSpec, Context } from './command.ts'
import { collectSecrets, collectSettings, withFiles } from './connect-fields.ts'
import { keepConnection, placeOf, removeLeaving, type SecretToKeep } from './kept-secret.ts'
import { connectionNamed, type NamedConnection, openDeps } from './sessions.ts'
import { spinning } from './spinner.ts'
import { chooseTenant } from './tenant-choice.ts'
import { properName } from './tenant-name.ts'

export const connect: CommandSpec = {
  name: 'connect',
  args: '<system>',
  summary: 'sign in to a system for a tenant, and keep the connection',
  details:
    'Secrets come from the prompt, from stdin (--password-stdin) or from the environment (K1CTL_<SYSTEM>_<FIELD>), never ' +
    'from the command line. They are kept in the keyring of this machine, else in a file sealed with a passphrase ' +
    '(K1CTL_PASSPHRASE); in plain text only with --keep plain. What the environment gives is used, and not kept.',
  options: [
    { flags: '--url <url>', summary: 'base URL of the system or of your endpoint' },
    { flags: '--username <name>', summary: 'who signs in' },
    { flags: '--company <name>', summary: 'company (BMS) or KaseyaOne company name' },
    { flags: '--name <name>', summary: 'which one, where a tenant may have several (SCIM services)' },
    { flags: '--set <key=value>', summary: 'any other setting that is no secret (repeatable)', repeat: true },
    { flags: '--password-stdin', summary: 'read the password from stdin: bare, or as JSON {"password": "…"}' },
    {
      flags: '--keep <place>',
      summary: 'where the secret is kept: keyring, sealed or plain',
      choices: ['keyring', 'sealed', 'plain'],
    },
  ],
  takes: ['tenant', 'output'],
  examples: [
    'k1ctl connect bms',
    "pass bms | k1ctl connect bms --tenant 'Northwind Dental' --url https://api.bms.kaseya.com \\\n      --username k1ctl --company 'Northwind Dental' --password-stdin",
    'K1CTL_GRAPHUS_PASSWORD=… k1ctl connect graphus --url https://gateway.msp.example/graphus --username amy --company Brightwater',
    'k1ctl connect scim --name zoom --url https://scim.zoom.example/v2',
  ],
  run: connectSystem,
}

async function connectSystem(context: Context): Promise<number> {
  const { app, words, output } = context
  await removeLeaving(context)
  const { system, id, title } = await connectionNamed(context, words.required(0, 'The system'), words.text('name'))
  const { about } = system
  const tenant = await tenantOrFirst(context)
  output.say(output.talk.dim(`Tenant: ${tenant.name}`))
  output.say(`${title} is reached by ${reachWords[about.reach]}.${rightsOf(about)}`)

  const said = await app.fromEnvironment(about)
  const environment = {
    settings: await withFiles(app, about, said.settings),
    secrets: await withFiles(app, about, said.secrets),
  }
  const settings = await collectSettings(context, about, environment.settings)
  const secrets = await collectSecrets(context, about, settings, environment.secrets)
  const picked: Picked = {}
  const session = await spinning(context, `Signing in to ${title}`, () =>
    system.open({ ...settings, ...secrets }, noting(openDeps(context, title), picked)),
  )
  try {
    const identity = await session.check()
    const place = await keepConnection(
      context,
      tenant,
      {
        tenant: tenant.name,
        system: id,
        settings: { ...settings, ...(await chosenTenant(session, settings, picked)) },
        as: identity.name,
        connectedAt: app.clock.now().toISOString(),
      },
      whatToKeep(context, { session, settings, secrets, environment: environment.secrets }),
    )
    sayConnected(context, { system, id, title }, tenant, identity, place)
    return identity.missing.length > 0 ? 3 : 0
  } finally {
    await session.close()
  }
}

/** On a machine without tenants, a person at a terminal names the first one here; it is kept once the sign-in worked. */
async function tenantOrFirst(context: Context): Promise<TenantRecord> {
  const config = await context.app.config()
  const isNamed = context.words.text('tenant') !== undefined || (context.app.env.K1CTL_TENANT ?? '') !== ''
  if (config.tenants().length > 0 || !context.output.canAsk || isNamed) return chooseTenant(context)
  const name = await (await context.app.prompter()).input('Name of the first tenant, as you call this customer', {
    validate: nameComplaint,
  })
  return { name: name.trim(), domains: [] }
}

function nameComplaint(name: string): true | string {
  try {
    properName(name)
    return true
  } catch (error) {
    return isK1Error(error) ? `${error.message} ${error.hint ?? ''}` : String(error)
  }
}

/** The tenant id that a person picked while signing in. */
interface Picked {
  tenant?: string
}

function noting(deps: OpenDeps, picked: Picked): OpenDeps {
  const { prompt } = deps
  if (!prompt) return deps
  return {
    ...deps,
    prompt: {
      ...prompt,
      async tenant(tenants) {
        picked.tenant = await prompt.tenant(tenants)
        return picked.tenant
      },
    },
  }
}

/** The id of the tenant that was picked, named, or the only one, so that the next call need not ask again. */
async function chosenTenant(
  session: Session,
  settings: Readonly<Record<string, string>>,
  picked: Picked,
): Promise<Record<string, string>> {
  const key = session.tenantSetting
  if (key === undefined || !session.tenants) return {}
  if (picked.tenant !== undefined) return { [key]: picked.tenant }
  const seen = await session.tenants()
  const named = settings[key]?.toLowerCase()
  const match =
    named === undefined
      ? seen.find(() => seen.length === 1)
      : (seen.find(t => t.id.toLowerCase() === named) ?? seen.find(t => t.name.toLowerCase() === named))
  return match ? { [key]: match.id } : {}
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
  if (isGiven && placeOf(context) === undefined) return { environment: Object.keys(environment) }
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
