import { isK1Error, K1Error } from '../core/errors.ts'
import type { SecretAddress } from '../core/stores.ts'
import type { Context } from './command.ts'
import { passphrasePrompt } from './sign-in-prompt.ts'

/** A secret that no connection uses, in a place that does not let it go now. */
export interface StuckSecret {
  secret: SecretAddress
  why: K1Error
}

/**
 * Removes the secrets that no connection uses any more, also those that a process which was killed left behind. One that
 * cannot be removed stays written down, and is tried again the next time.
 * @param forgets drop the note of such a one, too: it stays where it is
 */
export async function removeLeft(
  context: Context,
  { forgets = false } = {},
): Promise<{ removed: number; stuck: StuckSecret[] }> {
  const config = await context.app.config()
  await config.refresh()
  if (config.leavingSecrets().length === 0) return { removed: 0, stuck: [] }
  const store = await context.app.secrets(passphrasePrompt(context))
  return store.alone(async () => {
    await config.refresh()
    const stuck: StuckSecret[] = []
    let removed = 0
    for (const secret of config.leavingSecrets()) {
      const why = await store.remove(secret.ref, secret.place).then(
        () => undefined,
        (error: unknown) => stillThere(secret, error),
      )
      if (why) stuck.push({ secret, why })
      else removed += 1
      if (!why || forgets) await config.change(draft => draft.forgotSecret(secret))
    }
    return { removed, stuck }
  })
}

/**
 * Before a change that makes other secrets useless: what is left already is removed, or told of, and hinders nothing.
 * @returns to be called after the change; throws K1Error when a secret that this change left cannot be removed
 */
export async function tidyLeft(context: Context): Promise<() => Promise<void>> {
  const { output } = context
  const { stuck } = await removeLeft(context)
  for (const { why } of stuck) {
    output.warn(`${output.talk.yellow('!')} ${why.message}${why.hint === undefined ? '' : ` ${why.hint}`}`)
  }
  return async () => {
    const isOld = ({ secret }: StuckSecret) =>
      stuck.some(({ secret: old }) => old.ref === secret.ref && old.place === secret.place)
    const fresh = (await removeLeft(context)).stuck.find(one => !isOld(one))
    if (fresh) throw fresh.why
  }
}

/** @throws what is no failure of the place: somebody left at the question for a passphrase, say */
function stillThere(secret: SecretAddress, error: unknown): K1Error {
  if (!isK1Error(error) || error.kind === 'cancelled' || error.kind === 'busy') throw error
  const { kind, message, hint = '', facts } = error
  return new K1Error(
    kind,
    `A secret that is not used any more still lies here, ${secret.ref} in ${placeWords[secret.place]}: ${message}`,
    {
      hint: `${hint} Then: k1ctl doctor, which removes it; or k1ctl doctor --forget-left, if it is to stay there.`.trim(),
      facts: { ...facts, ...secret },
      cause: error,
    },
  )
}

const placeWords: Record<SecretAddress['place'], string> = {
  keyring: 'the keyring',
  sealed: 'the sealed file',
  plain: 'the plain file',
}
