import { isK1Error, K1Error } from '../core/errors.ts'
import type { AskPassphrase } from '../core/ports.ts'
import { rememberSecret } from '../core/redact.ts'
import type { Unlocked } from '../core/stores.ts'
import type { Document } from './document.ts'
import { dropSecret, findSecret, type KeptSecrets, keptSecretsSchema, putSecret } from './kept-secrets.ts'
import type { PlaceForSecrets } from './place-for-secrets.ts'
import { deriveKey, type KeyRecipe, newRecipe, parseSealed, seal, unseal } from './sealed-text.ts'
import type { UnlockedKey } from './unlocked-key.ts'

export interface SealedFileOptions {
  document: Document
  /** What `K1CTL_PASSPHRASE` holds. */
  passphrase: string | undefined
  ask: AskPassphrase | undefined
  unlocked: UnlockedKey
}

export interface SealedFile extends PlaceForSecrets {
  /** Secures a passphrase, asking if need be; the reason why there is none otherwise. */
  prepare(): Promise<{ ready: boolean; why: string }>
  /** Has the key kept for so many milliseconds. @throws K1Error `not-set-up` where nothing is sealed, `storage`, `refused` */
  unlock(ms: number): Promise<Unlocked>
  /** Until when; undefined where it is locked, or there is no file. */
  unlockedUntil(): Promise<Unlocked | undefined>
  /** False when it was not unlocked. */
  lock(): Promise<boolean>
}

const shortest = 8
const nobodyHasIt = 'K1CTL_PASSPHRASE is not set, and there is nobody to ask for a passphrase'

/**
 * All secrets in one sealed file: one passphrase and one salt, so that opening fifty connections makes the key once,
 * and no file name has to be derived from a ref.
 */
export function openSealedFile({ document, passphrase: given, ask, unlocked }: SealedFileOptions): SealedFile {
  const { path } = document
  const fromEnvironment = given === '' ? undefined : given
  let asked: Promise<string> | undefined
  let queue: Promise<void> = Promise.resolve()
  const keys = new Map<string, Promise<Buffer>>()
  /** What an agent keeps, until it turns out not to open the file. */
  let trustsAgent = fromEnvironment === undefined
  const agentsKeys = new WeakSet<Buffer>()
  /** What was opened last: a fleet asks for a secret a tenant, and the file is the same each time. */
  let last: { source: string; secrets: KeptSecrets; recipe: KeyRecipe } | undefined

  async function requirePassphrase(): Promise<string> {
    const exists = (await document.read()) !== undefined
    if (fromEnvironment === undefined && !ask) {
      throw new K1Error('not-set-up', `The sealed secrets need a passphrase: ${nobodyHasIt}.`, {
        hint: exists
          ? 'At a terminal: k1ctl unlock. Or set K1CTL_PASSPHRASE.'
          : 'Set K1CTL_PASSPHRASE, or run this at a terminal.',
        facts: { sealed: true, passphrase: 'missing' },
      })
    }
    // Kept as a promise, so that systems that open side by side ask once.
    if (fromEnvironment === undefined) asked ??= ask?.(exists ? 'open' : 'create')
    const passphrase = fromEnvironment ?? (await asked) ?? ''
    rememberSecret(passphrase)
    if (exists || passphrase.length >= shortest) return passphrase
    throw new K1Error('usage', `A passphrase for sealed secrets needs at least ${shortest} characters.`, {
      hint: 'Take several random words, or what a password manager makes.',
    })
  }

  /** @param fresh a recipe that nothing is sealed with yet: its key is never an agent's */
  function keyFor(recipe: KeyRecipe, fresh = false): Promise<Buffer> {
    const name = JSON.stringify(recipe)
    const key = keys.get(name) ?? makeKey(recipe, fresh)
    keys.set(name, key)
    return key
  }

  async function makeKey(recipe: KeyRecipe, fresh: boolean): Promise<Buffer> {
    const kept = trustsAgent && !fresh ? await unlocked.find(recipe) : undefined
    if (kept) agentsKeys.add(kept)
    return kept ?? deriveKey(await requirePassphrase(), recipe)
  }

  /** A person who mistyped is asked anew the next time. */
  function forgetKeys(error: unknown): never {
    keys.clear()
    asked = undefined
    throw error
  }

  /** What the file holds, and the recipe that it was sealed with; undefined when there is no file. */
  async function open(
    place: Pick<Document, 'read'> = document,
  ): Promise<{ secrets: KeptSecrets; recipe: KeyRecipe } | undefined> {
    const source = await place.read()
    if (source === undefined) return undefined
    if (source === last?.source) return last
    const sealed = parseSealed(source, path)
    let key: Buffer | undefined
    try {
      key = await keyFor(sealed.kdf)
      const text = unseal(sealed, key, path)
      last = { source, secrets: keptSecretsSchema.parse(JSON.parse(text)), recipe: sealed.kdf }
      return last
    } catch (error) {
      if (!key || !agentsKeys.has(key)) return forgetKeys(error)
      // The key of the agent did not open it: the passphrase has the last word, once for all who open it side by side.
      if (trustsAgent) keys.clear()
      trustsAgent = false
      return open(place)
    }
  }

  async function recipeOfFile(): Promise<KeyRecipe | undefined> {
    const source = await document.read()
    return source === undefined ? undefined : parseSealed(source, path).kdf
  }

  async function unlockedUntil(): Promise<Unlocked | undefined> {
    const recipe = await recipeOfFile()
    return recipe && (await unlocked.until(recipe))
  }

  /** One at a time: the first to write makes the file, and the others need not each make a key for one of their own. */
  function alter(change: (secrets: KeptSecrets) => KeptSecrets): Promise<void> {
    const turn = queue.then(() => rewrite(change))
    queue = turn.catch(() => undefined)
    return turn
  }

  async function rewrite(change: (secrets: KeptSecrets) => KeptSecrets): Promise<void> {
    // The key takes a third of a second, and a person may have to be asked for it: that is done before the lock.
    const fresh = (await open()) === undefined ? newRecipe() : undefined
    if (fresh) await keyFor(fresh, true).catch(forgetKeys)
    await document.change(async held => {
      const { secrets, recipe } = (await open(held)) ?? { secrets: [], recipe: fresh ?? newRecipe() }
      const next = change(secrets)
      // With the last secret goes the file, and with it the passphrase: a new one may be chosen.
      await held.replace(next.length > 0 ? seal(JSON.stringify(next), await keyFor(recipe), recipe) : undefined)
    })
  }

  return {
    write: (ref, values) => alter(secrets => putSecret(secrets, ref, values)),
    async read(ref) {
      return findSecret((await open())?.secrets ?? [], ref)
    },
    async remove(ref) {
      if ((await document.read()) === undefined) return
      await alter(secrets => dropSecret(secrets, ref))
    },
    async prepare() {
      try {
        if (trustsAgent && (await unlockedUntil())) return { ready: true, why: '' }
        await requirePassphrase()
        return { ready: true, why: '' }
      } catch (error) {
        asked = undefined
        if (!isK1Error(error) || (error.kind !== 'not-set-up' && error.kind !== 'unattended')) throw error
        return { ready: false, why: nobodyHasIt }
      }
    },
    async probe() {
      const exists = (await document.read()) !== undefined
      if (fromEnvironment === undefined) {
        const open = exists ? await unlockedUntil() : undefined
        if (open) return { works: true, why: `unlocked until ${open.until}; the file is ${path}` }
        if (ask) return { works: true, why: `the passphrase will be asked for; the file is ${path}` }
        return { works: false, why: nobodyHasIt }
      }
      if (!exists) return { works: true, why: `K1CTL_PASSPHRASE is set; there is no file at ${path} yet` }
      await open()
      return { works: true, why: `the passphrase opens ${path}` }
    },
    async unlock(ms) {
      const source = await document.read()
      if (source === undefined) {
        throw new K1Error('not-set-up', `There are no sealed secrets to unlock: ${path} is not there.`, {
          hint: 'Secrets are sealed with: k1ctl connect <system> --keep sealed',
        })
      }
      const sealed = parseSealed(source, path)
      const key = await deriveKey(await requirePassphrase(), sealed.kdf)
      unseal(sealed, key, path)
      return unlocked.keep(sealed.kdf, key, ms)
    },
    unlockedUntil,
    lock: () => unlocked.end(),
  }
}
