import { K1Error } from '../core/errors.ts'
import { applies, complaintOn, environmentName, type SettingField, type SystemAbout } from '../core/system.ts'
import type { App } from './app.ts'
import type { Context } from './command.ts'

/** Settings with an option of their own, beside `--set`. */
const withOption = ['url', 'username', 'company'] as const

/**
 * What `--set` and its short forms give, of these fields.
 * @throws K1Error `usage` for a key that there is not, a secret, or a value that cannot be
 */
export function namedSettings(
  { words }: Context,
  about: SystemAbout,
  wanted: readonly SettingField[],
): Record<string, string> {
  const short = withOption.flatMap(key => {
    const value = words.text(key)
    return value === undefined ? [] : [[key, value.trim()] as const]
  })
  const all = [...parsePairs(about, words.list('set')), ...short]
  return Object.fromEntries(all.filter(([key]) => wanted.some(f => f.key === key)))
}

/** `KEY=VALUE` words as settings of a system. @throws K1Error `usage` */
export function parsePairs(about: SystemAbout, pairs: readonly string[]): (readonly [string, string])[] {
  return pairs.map(pair => {
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
      throw new K1Error('usage', `--set takes KEY=VALUE, with one of these keys: ${openKeys(about).join(', ')}.`)
    }
    return [key, value.join('=').trim()] as const
  })
}

/** Keys that may stand on a command line. */
export function openKeys({ settings }: SystemAbout): string[] {
  return settings.filter(f => !f.secret || f.file).map(f => f.key)
}

/** @throws K1Error `usage` for a value that cannot be; one whose file was read is what it is */
export function checkGiven(about: SystemAbout, values: Readonly<Record<string, string>>): void {
  for (const field of about.settings) {
    const value = values[field.key]
    if (value === undefined || value === '' || field.file) continue
    const complaint = complaintOn(field, value)
    if (complaint === undefined) continue
    // A secret is not repeated, whatever is wrong with it.
    const sentence = field.secret ? `${field.label} cannot be that.` : `${field.key} cannot be "${value}".`
    throw new K1Error('usage', sentence, { hint: complaint, facts: { setting: field.key } })
  }
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

/**
 * Secrets as a program prints them: a bare one, which is the first that the system needs, or a JSON object by field.
 * @param source what printed them, for sentences: `stdin`
 * @throws K1Error `usage`, which never quotes the text
 */
export function parseSecrets(
  text: string,
  about: SystemAbout,
  settings: Readonly<Record<string, string>>,
  source = 'stdin',
): Record<string, string> {
  const fields = about.settings.filter(f => f.secret && applies(f, settings))
  if (text.trim() === '') {
    throw new K1Error('usage', `${source} held no password.`, {
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
    throw new K1Error('usage', `${source} began like JSON and is none.`, {
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
      off
        ? `${source} holds "${off[0]}", which is no secret of ${about.title}, or no text.`
        : `${source} held no secret.`,
      { hint: `Its secrets are: ${keys}. Other settings go to --set KEY=VALUE.` },
    )
  }
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]))
}

export function missingSetting(about: SystemAbout, field: SettingField): K1Error {
  const option = withOption.some(key => key === field.key) ? `--${field.key} VALUE` : `--set ${field.key}=VALUE`
  const example = field.example ? ` For example ${field.example}.` : ''
  return new K1Error('not-set-up', `${field.label} is missing.`, {
    hint: `Give ${option}, or set ${environmentName(about.id, field.key)}.${example}`,
    facts: { setting: field.key },
  })
}
