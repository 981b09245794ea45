import { K1Error } from '../core/errors.ts'
import { rememberSecret } from '../core/redact.ts'
import { applies, environmentName, type SettingField, type SystemAbout } from '../core/system.ts'
import type { App } from './app.ts'
import type { Context } from './command.ts'
import { readAll } from './stdin.ts'

/** Settings that are no secrets: from the options, else the environment, else the prompt. */
export async function collectSettings(
  context: Context,
  about: SystemAbout,
  environment: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const settings: Record<string, string> = {}
  const open = about.settings.filter(f => !f.secret)
  const named = await withFiles(context.app, about, namedSettings(context, about, open))
  const given = { ...environment, ...named }
  for (const field of open) {
    if (!applies(field, settings)) continue
    const value =
      given[field.key] ?? (field.required ? await askSetting(context, field) : undefined) ?? field.defaultValue
    if (value !== undefined && value !== '') settings[field.key] = possible(field, value)
    else if (field.required) throw missingSetting(about, field)
  }
  return settings
}

/** @throws K1Error `usage` for what is none of the values that there are */
function possible({ key, closed, suggestions = [] }: SettingField, value: string): string {
  if (!closed || suggestions.some(s => s.value === value)) return value
  throw new K1Error('usage', `${key} cannot be "${value}".`, {
    hint: `It is one of: ${suggestions.map(s => s.value).join(', ')}.`,
  })
}

/** What `--set` and its short forms give, of these fields: a file is read once, for it may be a pipe. */
function namedSettings(
  { words }: Context,
  about: SystemAbout,
  wanted: readonly SettingField[],
): Record<string, string> {
  const pairs = words.list('set').map(pair => {
    const [key = '', ...value] = pair.split('=')
    const field = about.settings.find(f => f.key === key)
    if (field?.secret && !field.file) {
      throw new K1Error(
        'usage',
        `${field.label} is a secret, and other users of this machine can read a command line.`,
        {
          hint: `Use the prompt, --password-stdin, or ${environmentName(about.id, field.key)}. Then change this secret.`,
        },
      )
    }
    if (!field || value.length === 0) {
      const keys = about.settings.filter(f => !f.secret || f.file).map(f => f.key)
      throw new K1Error('usage', `--set takes KEY=VALUE, with one of these keys: ${keys.join(', ')}.`)
    }
    return [key, value.join('=').trim()] as const
  })
  const short = ['url', 'username', 'company'].flatMap(key => {
    const value = words.text(key)
    return value === undefined ? [] : [[key, value.trim()] as const]
  })
  return Object.fromEntries([...pairs, ...short].filter(([key]) => wanted.some(f => f.key === key)))
}

/** A question longer than this is broken by most terminals, and then drawn anew at each key. */
const longestQuestion = 64

async function askSetting({ app, output }: Context, field: SettingField): Promise<string | undefined> {
  if (!output.canAsk) return undefined
  const prompter = await app.prompter()
  if (field.suggestions) {
    const other = ''
    const picked = await prompter.choose(field.label, [
      ...field.suggestions.map(s => ({ value: s.value, name: s.label, description: s.value })),
      ...(field.closed ? [] : [{ value: other, name: 'another …', description: 'type it' }]),
    ])
    if (picked !== other) return picked
  }
  const whole = `${field.label}${field.example ? ` (for example ${field.example})` : ''}`
  if (whole.length > longestQuestion) output.say(output.talk.dim(whole))
  const answer = await prompter.input(whole.length > longestQuestion ? shortLabel(field) : whole, {
    ...(field.defaultValue ? { initial: field.defaultValue } : {}),
    validate: text => text.trim() !== '' || 'It is needed to sign in. Ctrl-C cancels.',
  })
  return answer.trim()
}

/** `URL of your endpoint that …` is `URL`, `User name (best …)` is `User name`. */
export function shortLabel({ label }: SettingField): string {
  return label.split(/ of | \(|, /)[0] ?? label
}

/** Secrets from stdin, else the environment, else the prompt; never from the command line. */
export async function collectSecrets(
  context: Context,
  about: SystemAbout,
  settings: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const { app, words, output } = context
  const fields = about.settings.filter(f => f.secret && applies(f, settings))
  const fromFiles = await withFiles(app, about, namedSettings(context, about, fields))
  const piped = words.flag('passwordStdin') ? parsePiped(await readAll(app.stdin, app.signal), about, fields) : {}
  const secrets: Record<string, string> = { ...environment, ...fromFiles, ...piped }
  const isThere = (field: SettingField) =>
    Boolean(secrets[field.key]) || fields.some(f => f.insteadOf === field.key && secrets[f.key])
  for (const field of fields.filter(f => f.required && !isThere(f))) {
    if (output.canAsk) Object.assign(secrets, await askSecret(context, about, field))
    if (!secrets[field.key]) {
      const sentence = output.canAsk
        ? `${field.label} is missing.`
        : `${field.label} is missing, and nobody can be asked.`
      throw new K1Error(output.canAsk ? 'usage' : 'unattended', sentence, {
        hint: field.file
          ? `Give its file with --set ${field.key}=PATH, or set ${environmentName(about.id, field.key)}.`
          : `Pipe it with --password-stdin, or set ${environmentName(about.id, field.key)}.`,
      })
    }
  }
  for (const field of fields) {
    const value = secrets[field.key]
    if (!value || rememberSecret(value)) continue
    output.warn(
      `${output.talk.yellow('warning:')} ${field.label} is short, or a plain word: where a system repeats it in an answer, k1ctl cannot hide it.`,
    )
  }
  return secrets
}

async function askSecret({ app }: Context, about: SystemAbout, field: SettingField): Promise<Record<string, string>> {
  const prompter = await app.prompter()
  if (!field.file) return { [field.key]: await prompter.password(field.label) }
  const path = await prompter.input(`${field.label}, path of the file`)
  return withFiles(app, about, { [field.key]: path.trim() })
}

/** The same values, with the content of the file where a path was given for one that is kept as such. */
export async function withFiles(
  app: Pick<App, 'readText'>,
  { settings }: SystemAbout,
  values: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const whole: Record<string, string> = {}
  for (const [key, value] of Object.entries(values)) {
    const isPath = settings.some(f => f.key === key && f.file) && !/^\s*(\{|-----BEGIN )/.test(value) && value !== ''
    whole[key] = isPath ? await app.readText(value) : value
  }
  return whole
}

/** A bare password, or a JSON object of secrets by their field. */
function parsePiped(text: string, about: SystemAbout, fields: readonly SettingField[]): Record<string, string> {
  if (text.trim() === '') {
    throw new K1Error('usage', 'stdin held no password.', {
      hint: `Pipe it: pass show ${about.id} | k1ctl connect ${about.id} --password-stdin`,
    })
  }
  const first = fields.find(f => f.required) ?? fields[0]
  if (!text.trimStart().startsWith('{')) return first ? { [first.key]: text.replace(/\r?\n$/, '') } : {}
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    // What JSON.parse says would quote the password.
    throw new K1Error('usage', 'stdin began like JSON and is none.', {
      hint: 'Give {"password": "…"}, or the bare password. One that begins with { has to be given as JSON.',
    })
  }
  const entries = Object.entries(Object(parsed))
  // A file that is JSON itself, as a service account's key is.
  if (first?.file && !entries.some(([key]) => fields.some(f => f.key === key))) return { [first.key]: text }
  const off = entries.find(([key, value]) => !fields.some(f => f.key === key) || typeof value !== 'string')
  if (off || entries.length === 0) {
    const keys = fields.map(f => f.key).join(', ')
    throw new K1Error(
      'usage',
      off ? `stdin holds "${off[0]}", which is no secret of ${about.title}, or no text.` : 'stdin held no secret.',
      { hint: `Its secrets are: ${keys}. Other settings go to --set KEY=VALUE.` },
    )
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))
}

function missingSetting(about: SystemAbout, field: SettingField): K1Error {
  const option = ['url', 'username', 'company'].includes(field.key) ? `--${field.key} …` : `--set ${field.key}=…`
  const example = field.example ? ` For example ${field.example}.` : ''
  return new K1Error('not-set-up', `${field.label} is missing.`, {
    hint: `Give ${option}, or set ${environmentName(about.id, field.key)}.${example}`,
  })
}

/** `K1CTL_DATTO_PARTNER_PORTAL_TENANT_ID`, which the environment is read for. */
