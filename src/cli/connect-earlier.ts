import { isK1Error, K1Error } from '../core/errors.ts'
import type { ConnectionRecord } from '../core/stores.ts'
import { applies, type SettingField, type SystemAbout } from '../core/system.ts'
import { layout } from '../render/layout.ts'
import type { Context } from './command.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'

/** What is kept of a connection that is entered anew: all that is not named to be unset. */
export interface EarlierConnection {
  /** Absent the first time. */
  record?: ConnectionRecord
  settings: Readonly<Record<string, string>>
  /** Secrets that nobody is asked for by themselves: they would be lost with the one that is replaced. */
  secrets: Readonly<Record<string, string>>
}

/**
 * A connection that is made again, for a rotated password, is the same connection: its settings are the defaults.
 * @throws K1Error `usage` for an `--unset` of what is not set
 */
export async function readEarlier(
  context: Context,
  about: SystemAbout,
  record: ConnectionRecord | undefined,
): Promise<EarlierConnection> {
  const unset = context.words.list('unset')
  const secrets = about.settings.filter(f => record?.secretFields.includes(f.key) && isCarried(f))
  const known = [...Object.keys(record?.settings ?? {}), ...secrets.map(f => f.key)]
  const odd = unset.find(key => !known.includes(key))
  if (odd !== undefined) {
    throw new K1Error('usage', `--unset takes a setting that is set; ${odd} is none.`, {
      hint: known.length > 0 ? `Set are: ${known.join(', ')}.` : 'Nothing is set yet.',
    })
  }
  if (!record) return { settings: {}, secrets: {} }
  const settings = Object.fromEntries(Object.entries(record.settings).filter(([key]) => !unset.includes(key)))
  const wanted = secrets.filter(f => !unset.includes(f.key) && applies(f, settings))
  return { record, settings, secrets: await readSecrets(context, record, wanted) }
}

function isCarried({ secret, required, later, goesWith }: SettingField): boolean {
  return secret && !required && !later && goesWith === undefined
}

async function readSecrets(
  context: Context,
  { secretRef, place }: ConnectionRecord,
  wanted: readonly SettingField[],
): Promise<Record<string, string>> {
  if (wanted.length === 0 || secretRef === undefined) return {}
  try {
    const store = await context.app.secrets(passphrasePrompt(context))
    const kept = await store.read(secretRef, place)
    return Object.fromEntries(wanted.flatMap(({ key }) => (kept[key] === undefined ? [] : [[key, kept[key]]])))
  } catch (error) {
    if (!isK1Error(error) || error.kind === 'cancelled') throw error
    const { output } = context
    const names = wanted.map(f => f.key).join(', ')
    output.warn(`${output.talk.yellow('warning:')} ${names} could not be carried over: ${error.message}`)
    return {}
  }
}

/** Says what stays, before anything is asked. */
export function sayKept(
  { output }: Context,
  about: SystemAbout,
  { record, settings, secrets }: EarlierConnection,
): void {
  if (!record) return
  const rows = [
    ...Object.entries(settings).map(([key, value]) => [key, settingText(about, key, value)] as const),
    ...Object.keys(secrets).map(key => [key, '(a secret)'] as const),
  ]
  const width = Math.max(0, ...rows.map(([key]) => key.length))
  const as = record.as === '' ? '' : ` as ${record.as}`
  output.say(`Connected before${as}. Kept unless it is changed here:`)
  for (const [key, text] of rows) output.say(layout`  ${key.padEnd(width)}  ${text}`)
}

/** A setting as a person reads it: the content of a file is not for a screen. */
export function settingText(about: SystemAbout, key: string, value: string): string {
  const field = about.settings.find(f => f.key === key)
  return field?.file ? `(a file of ${Buffer.byteLength(value)} bytes)` : value
}

/** Keys of settings that are there and mean nothing with these others, or nothing to this k1ctl. */
export function idleKeys(about: SystemAbout, settings: Readonly<Record<string, string>>): string[] {
  return Object.keys(settings).filter(key => {
    const field = about.settings.find(f => f.key === key)
    return field === undefined || !applies(field, settings)
  })
}
