import { isK1Error } from '../core/errors.ts'
import type { AskChoice } from '../core/ports.ts'
import { rememberSecret } from '../core/redact.ts'
import { complaintOn, type SettingField, type SystemAbout } from '../core/system.ts'
import type { Context } from './command.ts'
import { withFiles } from './connect-given.ts'

/** A question longer than this is broken by most terminals, and then drawn anew at each key. */
const longestQuestion = 64

/** `URL of your endpoint that …` is `URL`, `User name (best …)` is `User name`. */
export function shortLabel({ label }: SettingField): string {
  return label.split(/ of | \(|, |: /)[0] ?? label
}

/**
 * Asks a person for one setting, until it is one that can be.
 * @param now what it is without an answer: Enter keeps it
 */
export async function askSetting(
  context: Context,
  about: SystemAbout,
  field: SettingField,
  now?: string,
): Promise<string> {
  const { app } = context
  const prompter = await app.prompter()
  if (field.suggestions) {
    const picked = await prompter.choose<string | null>(questionOf(context, field), choicesOf(field, now), {
      ...(field.closed ? {} : { other: typed => typedValue(field, typed) }),
    })
    if (picked !== null) return picked
  }
  const isFile = field.file === true
  const initial = isFile ? undefined : (now ?? field.defaultValue)
  const answer = await prompter.input(isFile ? `${shortLabel(field)}, path of the file` : questionOf(context, field), {
    ...(initial === undefined ? {} : { initial }),
    validate: async text => {
      if (text.trim() === '') return isFile && now !== undefined ? true : neededOr(field)
      return isFile ? await readable(context, about, field, text.trim()) : (complaintOn(field, text.trim()) ?? true)
    },
  })
  if (answer.trim() === '') return now ?? ''
  return (await withFiles(app, about, { [field.key]: answer.trim() }))[field.key] ?? ''
}

function questionOf({ output }: Context, field: SettingField): string {
  const whole = `${field.label}${field.example && !field.suggestions ? ` (for example ${field.example})` : ''}`
  if (whole.length <= longestQuestion) return whole
  output.say(output.talk.dim(whole))
  return shortLabel(field)
}

function neededOr(field: SettingField): true | string {
  return field.required ? 'It is needed to sign in. Esc cancels.' : true
}

/** Null stands for "another": it is typed next. */
function choicesOf(field: SettingField, now: string | undefined): AskChoice<string | null>[] {
  const { suggestions = [], closed, defaultValue } = field
  const current = now ?? defaultValue
  const known = suggestions.map(s => ({
    value: s.value,
    name: s.label,
    description: s.value,
    ...(s.value === current ? { current: now === undefined ? ('default' as const) : (true as const) } : {}),
  }))
  const own: AskChoice<string | null>[] =
    now === undefined || suggestions.some(s => s.value === now)
      ? []
      : [{ value: now, name: now, description: 'as it is', current: true }]
  return [...own, ...known, ...(closed ? [] : [{ value: null, name: 'another …', description: 'type it' }])]
}

function typedValue(field: SettingField, typed: string): AskChoice<string> | string {
  return complaintOn(field, typed) ?? { value: typed, name: typed, description: 'as typed' }
}

async function readable(
  { app }: Context,
  about: SystemAbout,
  field: SettingField,
  path: string,
): Promise<true | string> {
  try {
    await withFiles(app, about, { [field.key]: path })
    return true
  } catch (error) {
    if (isK1Error(error) && error.kind !== 'cancelled') return error.message
    throw error
  }
}

/**
 * Asks for one secret. What is typed is never on the screen, and hidden wherever it would be printed later.
 * @param now the one of the last try: Enter keeps it
 */
export async function askSecret(
  context: Context,
  about: SystemAbout,
  field: SettingField,
  now?: string,
): Promise<string> {
  if (field.file) return askSetting(context, about, field, now)
  const kept = now === undefined ? '' : ' (Enter keeps what you typed)'
  const answer = await (await context.app.prompter()).password(`${field.label}${kept}`, {
    validate: text => {
      if (text === '') return now === undefined ? neededOr(field) : true
      return complaintOn(field, text) ?? true
    },
  })
  if (answer === '') return now ?? ''
  rememberSecret(answer)
  return answer
}
