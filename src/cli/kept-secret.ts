import { isK1Error, K1Error } from '../core/errors.ts'
import type { ConnectionRecord, SecretPlace } from '../core/ports.ts'
import type { Context } from './command.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'

type Kept = Pick<ConnectionRecord, 'place' | 'secretFields' | 'secretRef'>

export interface SecretToKeep {
  tenant: string
  system: string
  settings: Readonly<Record<string, string>>
  /** The setting that names the tenant there: one account may serve several. */
  tenantSetting: string | undefined
  /** What signing in gave, or what was typed. */
  values: Record<string, string>
}

/**
 * Keeps the secret of a connection where `--keep` says, else in the best place of this machine.
 * @throws K1Error `not-set-up` when no safe place works here
 */
export async function keepSecret(context: Context, secret: SecretToKeep): Promise<Kept> {
  const store = await context.app.secrets(passphrasePrompt(context))
  const secretRef = await freeRef(context, secret)
  const secretFields = Object.keys(secret.values)
  try {
    return { place: await store.write(secretRef, secret.values, placeOf(context)), secretFields, secretRef }
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'not-set-up' || placeOf(context) !== undefined) throw error
    throw new K1Error('not-set-up', error.message, {
      hint:
        'Three ways out: unlock the keyring of this machine; or set K1CTL_PASSPHRASE, which seals the secret in a file; ' +
        'or add --keep plain, which leaves it readable in a file of yours.',
      facts: error.facts,
      cause: error,
    })
  }
}

export function placeOf({ words }: Context): Exclude<SecretPlace, 'environment'> | undefined {
  const named = words.text('keep')
  return named === 'keyring' || named === 'sealed' || named === 'plain' ? named : undefined
}

/**
 * The name that the secret is kept under. Connections of the same account may share one, as imported ones do; that of
 * another account, as after a tenant was renamed, is left alone.
 */
async function freeRef({ app }: Context, secret: SecretToKeep): Promise<string> {
  const { tenant, system } = secret
  const others = (await app.config())
    .connections()
    .filter(c => !(c.system === system && c.tenant === tenant) && !(c.system === system && isSameAccount(c, secret)))
  const ref = `${system}:${tenant}`
  for (let n = 1; ; n++) {
    const numbered = n === 1 ? ref : `${ref} ${n}`
    if (!others.some(c => c.secretRef === numbered)) return numbered
  }
}

function isSameAccount(connection: ConnectionRecord, { settings, tenantSetting }: SecretToKeep): boolean {
  const keys = new Set([...Object.keys(connection.settings), ...Object.keys(settings)])
  if (tenantSetting !== undefined) keys.delete(tenantSetting)
  return [...keys].every(key => connection.settings[key] === settings[key])
}

/** Removes a connection, and its secret when no other connection shares it. */
export async function forget(context: Context, connection: ConnectionRecord): Promise<void> {
  const config = await context.app.config()
  await config.disconnect(connection.tenant, connection.system)
  await forgetSecret(context, connection)
}

/** Removes the secret that a connection had, unless a connection still uses it. */
export async function forgetSecret(context: Context, { secretRef, place }: ConnectionRecord): Promise<void> {
  const config = await context.app.config()
  if (secretRef === undefined || config.connections().some(c => c.secretRef === secretRef && c.place === place)) return
  await (await context.app.secrets(passphrasePrompt(context))).remove(secretRef, place)
}
