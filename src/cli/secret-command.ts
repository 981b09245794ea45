import { K1Error } from '../core/errors.ts'
import { rememberSecret } from '../core/redact.ts'
import type { ConnectionRecord } from '../core/stores.ts'
import { applies, type SystemAbout } from '../core/system.ts'
import type { App } from './app.ts'
import { parseSecrets } from './connect-given.ts'
import { quotedWords } from './quoted-words.ts'

/**
 * A command line as words, without a shell: quotes and backslashes as a POSIX shell takes them. What only a shell could
 * do is refused, rather than handed on as a word.
 * @throws K1Error `usage`
 */
export function parseCommand(line: string): string[] {
  const refuse = (what: string) =>
    new K1Error('usage', `The secret command ${what}.`, {
      hint: "Give a program and its words, such as: op read 'op://MSP/bms/password'. What needs a shell: sh -c '…'",
    })
  const { words, plain, isWhole } = quotedWords(line)
  if (!isWhole) throw refuse('has a quote without its end')
  if (/[|&;<>()`$]/.test(plain)) throw refuse('is not run by a shell, and has what only one does')
  if (words.length === 0 || words[0] === '') throw refuse('is empty')
  const isShell = /(^|[\\/])(sh|bash|dash|zsh|fish|ksh|cmd|powershell|pwsh)(\.exe)?$/i.test(words[0] ?? '')
  if (isShell && words.some(w => placeholder.test(w))) {
    // A tenant's name may come from a system, and a shell would run what stands in it.
    throw refuse('puts {tenant}, {system} or {field} into a shell')
  }
  return words
}

const placeholder = /\{(?:tenant|system|field)\}/

/** What was asked for in this process: forty tenants of one account ask their vault once. */
const answers = new WeakMap<App, Map<string, Promise<string>>>()

function ask(app: App, words: readonly string[]): Promise<string> {
  const known = answers.get(app) ?? new Map<string, Promise<string>>()
  answers.set(app, known)
  const key = JSON.stringify(words)
  const answer = known.get(key) ?? app.secretFrom(words)
  known.set(key, answer)
  // The vault may be unlocked meanwhile.
  answer.catch(() => known.delete(key))
  return answer
}

/**
 * The secrets of a connection from the command that it refers to: bare or as JSON, or one by one where `{field}` stands
 * in it. Nothing of them is kept.
 * @throws K1Error `usage`, `not-set-up`, `cancelled`
 */
export async function secretsFrom(
  app: App,
  about: SystemAbout,
  { tenant, system, settings }: Pick<ConnectionRecord, 'tenant' | 'system' | 'settings'>,
  command: readonly string[],
): Promise<Record<string, string>> {
  const filled = (field: string) =>
    command.map(word =>
      word.replace(/\{(tenant|system|field)\}/g, (_, name) => ({ tenant, system, field })[name as 'tenant'] ?? ''),
    )
  let secrets: Record<string, string> = {}
  if (command.some(word => word.includes('{field}'))) {
    for (const { key, secret, required } of about.settings.filter(f => applies(f, settings))) {
      if (secret && required) secrets[key] = await ask(app, filled(key))
    }
  } else {
    secrets = parseSecrets(await ask(app, filled('')), about, settings, 'The secret command')
  }
  for (const value of Object.values(secrets)) rememberSecret(value)
  return secrets
}

/** `K1CTL_SECRET_COMMAND`, where it is set. @throws K1Error `usage` */
export function environmentCommand(app: Pick<App, 'env'>): string[] | undefined {
  const line = app.env.K1CTL_SECRET_COMMAND
  return line === undefined || line.trim() === '' ? undefined : parseCommand(line)
}

/** The command of a connection that has none of its own. @throws K1Error `usage`, `not-set-up` */
export function commandOf(app: Pick<App, 'env'>, { command }: Pick<ConnectionRecord, 'command'>): readonly string[] {
  const words = command ?? environmentCommand(app)
  if (words !== undefined) return words
  throw new K1Error('not-set-up', 'The secrets of this connection come from K1CTL_SECRET_COMMAND, which is not set.', {
    hint: 'Set it as it was when the connection was made, or connect again with --secret-from.',
  })
}
