import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isK1Error, K1Error } from '../core/errors.ts'
import type { AskPassphrase } from '../core/ports.ts'
import { rememberSecret } from '../core/redact.ts'
import type { SecretAddress, SecretStore } from '../core/stores.ts'
import { type Document, fileDocument } from './document.ts'
import type { Home } from './home.ts'
import { type KeyringOptions, openKeyring } from './keyring.ts'
import { ownFile } from './own-file.ts'
import type { PlaceForSecrets } from './place-for-secrets.ts'
import { openPlainFile } from './plain-file.ts'
import type { Processes } from './process-identity.ts'
import { openSealedFile } from './sealed-file.ts'
import { tryWriting } from './try-writing.ts'
import { openUnlockedKey } from './unlocked-key.ts'
import { holdWriteLock } from './write-lock.ts'

export interface SecretStoreOptions {
  home: Home
  /** `K1CTL_PASSPHRASE` is read from it, and the keyring's child process gets the rest. */
  env: Readonly<Record<string, string | undefined>>
  processes: Processes
  keyring: Omit<KeyringOptions, 'env' | 'deadlineMs'>
  /** Where sealed secrets lie for a whole team; they go there before all other places. */
  shared?: Document
  /** Absent when nobody can be asked. */
  askPassphrase?: AskPassphrase
  /** For one answer of the keyring, and for one place of a probe; 2000 ms. */
  deadlineMs?: number
}

const kept = ['keyring', 'sealed', 'plain'] as const

type Kept = SecretAddress['place']
type Before = (place: Kept) => Promise<void>

/** Opens nothing yet: each place is met at the first call that needs it. */
export function openSecrets({
  home,
  env,
  processes,
  keyring,
  shared,
  askPassphrase,
  deadlineMs = 2_000,
}: SecretStoreOptions): SecretStore {
  const folder = join(home.config, 'secrets')
  const document =
    shared ?? fileDocument({ path: ownFile(join(folder, 'sealed.json')), what: 'the sealed secrets', processes })
  const sealed = openSealedFile({
    document,
    passphrase: env.K1CTL_PASSPHRASE,
    ask: askPassphrase,
    unlocked: openUnlockedKey({
      env,
      temporary: tmpdir(),
      user: processes.user,
      path: document.path,
      node: keyring.node,
    }),
  })
  const places: Record<Kept, PlaceForSecrets> = {
    keyring: openKeyring({ ...keyring, env, deadlineMs }),
    sealed,
    plain: openPlainFile(ownFile(join(folder, 'plain.json')), processes),
  }

  /** The best place that works here. */
  async function writeAnywhere(ref: string, values: Record<string, string>, before: Before): Promise<Kept> {
    let why: string
    // What lies in the keyring of one machine is of no use to the others.
    if (shared && (await sealed.prepare()).ready) {
      await before('sealed')
      await sealed.write(ref, values)
      return 'sealed'
    }
    await before('keyring')
    try {
      await places.keyring.write(ref, values)
      return 'keyring'
    } catch (error) {
      if (!isK1Error(error)) throw error
      why = error.message
    }
    const passphrase = await sealed.prepare()
    if (passphrase.ready) {
      await before('sealed')
      await sealed.write(ref, values)
      return 'sealed'
    }
    throw new K1Error('not-set-up', 'There is no safe place to keep the secrets in.', {
      hint:
        'Three ways out: make the keyring of the operating system usable (unlock it, or log in to the desktop); ' +
        'or set K1CTL_PASSPHRASE, to keep them in a sealed file; ' +
        'or ask for the place "plain" by name, to keep them unencrypted in a file that only you may read.',
      facts: { keyring: why, sealed: passphrase.why },
    })
  }

  async function probe(place: Kept): Promise<{ works: boolean; why: string }> {
    try {
      if (place !== 'keyring') tryWriting(folder)
      return await within(deadlineMs, places[place].probe())
    } catch (error) {
      if (isK1Error(error)) return { works: false, why: error.message }
      throw error
    }
  }

  return {
    async write(ref, values, place, before = async () => undefined) {
      for (const value of Object.values(values)) rememberSecret(value)
      if (place === undefined) return await writeAnywhere(ref, values, before)
      if (place === 'environment' || place === 'command') {
        throw new K1Error('usage', 'The environment and commands cannot keep secrets: they are only read.', {
          hint: 'Choose keyring, sealed or plain.',
        })
      }
      await before(place)
      await places[place].write(ref, values)
      return place
    },

    async read(ref, place) {
      const values = place === 'environment' || place === 'command' ? undefined : await places[place].read(ref)
      if (values === undefined) {
        const where = place === 'environment' ? 'They were to come from the environment' : `Looked in: ${place}`
        throw new K1Error('not-set-up', `No secrets are kept for ${ref}. ${where}.`, {
          hint: 'Connect again.',
          facts: { ref, place },
        })
      }
      for (const value of Object.values(values)) rememberSecret(value)
      return values
    },

    async remove(ref, place) {
      if (place !== 'environment' && place !== 'command') await places[place].remove(ref)
    },

    unlock: ms => sealed.unlock(ms),
    unlockedUntil: () => sealed.unlockedUntil(),
    lock: () => sealed.lock(),

    alone: work => holdWriteLock(join(folder, 'secrets'), processes, work),

    async probe() {
      const given = Object.keys(env).filter(name => name.startsWith('K1CTL_')).length
      const found = await Promise.all(kept.map(async place => ({ place, ...(await probe(place)) })))
      const why = `K1CTL_<SYSTEM>_<FIELD> comes before all other places; ${given} variables here start with K1CTL_`
      return [{ place: 'environment', works: true, why }, ...found]
    },
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new K1Error('storage', `No answer within ${ms / 1000} s.`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
