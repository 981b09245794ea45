import { isK1Error, K1Error } from '../core/errors.ts'
import type {
  ConfigDraft,
  ConfigReading,
  ConnectionRecord,
  SecretAddress,
  SecretPlace,
  SecretStore,
  TenantRecord,
} from '../core/stores.ts'
import type { Context } from './command.ts'
import { tidyLeft } from './left-secrets.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'

type Kept = Pick<ConnectionRecord, 'place' | 'secretFields' | 'secretRef' | 'command'>

/** Secrets that are read anew each time, and kept nowhere. */
export type NotKept =
  | { environment: string[] }
  | {
      /** Names of the fields that it gives. */
      command: string[]
      /** Absent: those of K1CTL_SECRET_COMMAND. */
      words?: string[]
    }

export interface SecretToKeep {
  settings: Readonly<Record<string, string>>
  /** The setting that names the tenant there: one account may serve several. */
  tenantSetting: string | undefined
  /** What signing in gave, or what was typed. */
  values: Record<string, string>
}

/**
 * Keeps a connection and its secret: where `--keep` says, else in the best place of this machine. The address of the
 * secret is written down before the secret, and in the same moment in which the connection comes to use it, the one
 * that it replaces is written down as leaving: wherever a process is killed, the next one removes what is left.
 * @param secret absent when everything comes from the environment
 * @throws K1Error `not-set-up` when no safe place works here
 */
export async function keepConnection(
  context: Context,
  tenant: TenantRecord,
  connection: Omit<ConnectionRecord, keyof Kept>,
  secret: SecretToKeep | NotKept,
): Promise<SecretPlace> {
  const config = await context.app.config()
  const removeReplaced = await tidyLeft(context)
  /** The tenant may be the first one here, which is kept once the sign-in worked. */
  const connect = (draft: ConfigDraft, kept: Kept): SecretPlace => {
    if (!draft.tenant(tenant.name)) draft.addTenant(tenant)
    draft.connect({ ...connection, ...kept })
    return kept.place
  }
  if (!('values' in secret)) {
    const kept: Kept =
      'command' in secret
        ? { place: 'command', secretFields: secret.command, ...(secret.words ? { command: secret.words } : {}) }
        : { place: 'environment', secretFields: secret.environment }
    const place = await config.change(draft => connect(draft, kept))
    await removeReplaced()
    return place
  }
  const store = await context.app.secrets(passphrasePrompt(context))
  const place = await store.alone(async () => {
    const ref = await config.change(draft => freeRef(draft, connection, secret))
    const tried: SecretAddress[] = []
    const kept = await write(context, store, ref, secret.values, async place => {
      await config.change(draft => {
        // What was noted before may have been left there by a process that was killed.
        if (!draft.leavingSecrets().some(left => left.ref === ref && left.place === place)) tried.push({ ref, place })
        draft.expectSecret({ ref, place })
      })
    }).catch(async (error: unknown) => {
      // Every place refused it, or somebody left at the question for a passphrase: none of them holds any.
      if (isK1Error(error) && ['not-set-up', 'cancelled'].includes(error.kind)) {
        await config.change(draft => {
          for (const one of tried) draft.forgotSecret(one)
        })
      }
      throw error
    })
    return config.change(draft => {
      // A place that refused the secret holds none.
      for (const other of tried) if (other.place !== kept) draft.forgotSecret(other)
      return connect(draft, { place: kept, secretFields: Object.keys(secret.values), secretRef: ref })
    })
  })
  await removeReplaced()
  return place
}

async function write(
  context: Context,
  store: SecretStore,
  ref: string,
  values: Record<string, string>,
  before: (place: SecretAddress['place']) => Promise<void>,
): Promise<SecretAddress['place']> {
  try {
    return await store.write(ref, values, secretPlaceOf(context), before)
  } catch (error) {
    if (!isK1Error(error) || error.kind !== 'not-set-up' || secretPlaceOf(context) !== undefined) throw error
    throw new K1Error('not-set-up', error.message, {
      hint:
        'Three ways out: unlock the keyring of this machine; or set K1CTL_PASSPHRASE, which seals the secret in a file; ' +
        'or add --keep plain, which leaves it readable in a file of yours.',
      facts: error.facts,
      cause: error,
    })
  }
}

export function secretPlaceOf({ words }: Pick<Context, 'words'>): SecretAddress['place'] | undefined {
  const named = words.text('keep')
  return named === 'keyring' || named === 'sealed' || named === 'plain' ? named : undefined
}

/**
 * The name that the secret is kept under. Connections of the same account may share one, as imported ones do; that of
 * another account, as after a tenant was renamed, is left alone.
 */
function freeRef(
  config: ConfigReading,
  { tenant, system }: Pick<ConnectionRecord, 'tenant' | 'system'>,
  secret: SecretToKeep,
): string {
  const others = config
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
