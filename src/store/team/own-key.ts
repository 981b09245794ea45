import { join } from 'node:path'
import * as z from 'zod/mini'
import { K1Error } from '../../core/errors.ts'
import type { AskPassphrase } from '../../core/ports.ts'
import type { SecretStore } from '../../core/stores.ts'
import type { KeyOptions } from '../../core/team.ts'
import { type Home, prepareFolder } from '../home.ts'
import { ownFile } from '../own-file.ts'
import { readPrivateFile, writePrivateFile } from '../private-file.ts'
import type { Processes } from '../process-identity.ts'
import { holdWriteLock } from '../write-lock.ts'
import { makeKey, type OperatorKey, readKey } from './operator-key.ts'

const what = 'what this machine knows of its teams'

const noteSchema = z.strictObject({
  /** Of the operator's key here, and where its private half is kept. */
  key: z.exactOptional(z.strictObject({ id: z.string(), place: z.enum(['keyring', 'sealed', 'plain']) })),
  /** The last statement of the list of operators that was seen here. */
  seen: z.exactOptional(z.strictObject({ seq: z.int(), hash: z.string() })),
})
type Note = z.infer<typeof noteSchema>

const schema = z.strictObject({ version: z.literal(1), teams: z.record(z.string(), noteSchema) })

export interface OwnKeyPlace {
  home: Home
  env: Readonly<Record<string, string | undefined>>
  processes: Processes
  /** Those of this machine alone: what all of a team can open is no place for a key of one's own. */
  secrets(ask?: AskPassphrase): Promise<SecretStore>
}

/** The key of whoever works here, for one team. */
export interface OwnKey {
  /** Asks nobody; undefined where there is none. @throws K1Error `not-set-up` */
  id(): string | undefined
  /** @throws K1Error `not-set-up` where there is none, or it cannot be opened */
  open(ask: AskPassphrase | undefined): Promise<OperatorKey>
  /** A new one, kept before it is answered. @throws K1Error `not-set-up`, `storage` */
  make(options: KeyOptions): Promise<OperatorKey>
  seen(): Note['seen']
  see(seen: NonNullable<Note['seen']>): Promise<void>
  /** The file that says what was seen. */
  path: string
}

/** @param team what the team's store is called: its address without a password */
export function openOwnKey({ home, env, processes, secrets }: OwnKeyPlace, team: string): OwnKey {
  const path = ownFile(join(home.config, 'operators.json'))
  const ref = `operator:${team}`
  let opened: OperatorKey | undefined

  function read(): z.infer<typeof schema> {
    const text = readPrivateFile(path, what)
    if (text === undefined) return { version: 1, teams: {} }
    try {
      return schema.parse(JSON.parse(text))
    } catch {
      throw new K1Error('storage', `${path} is not as k1ctl wrote it.`, {
        hint: 'Remove it, and register again: k1ctl operator register',
        facts: { path },
      })
    }
  }

  const note = (): Note => read().teams[team] ?? {}

  async function change(part: Note): Promise<void> {
    prepareFolder(home.config)
    await holdWriteLock(path, processes, still => {
      const all = read()
      all.teams[team] = { ...all.teams[team], ...part }
      writePrivateFile(path, `${JSON.stringify(all, null, 2)}\n`, what, still)
    })
  }

  function given(): OperatorKey | undefined {
    const pem = env.K1CTL_OPERATOR_KEY
    return pem ? readKey(pem, 'K1CTL_OPERATOR_KEY') : undefined
  }

  return {
    path,
    id: () => (opened ?? given())?.id ?? note().key?.id,
    async open(ask) {
      opened ??= given()
      if (opened) return opened
      const { key } = note()
      if (!key) throw noKey()
      const values = await (await secrets(ask)).read(ref, key.place)
      const found = readKey(values.key ?? '', `the secret ${ref}`)
      if (found.id !== key.id) throw noKey()
      opened = found
      return found
    },
    async make({ ask, keep }) {
      const key = makeKey()
      const place = await (await secrets(ask)).write(ref, { key: key.pem() }, keep)
      await change({ key: { id: key.id, place } })
      opened = key
      return key
    },
    seen: () => note().seen,
    see: seen => change({ seen }),
  }
}

export function noKey(): K1Error {
  return new K1Error('not-set-up', 'This team knows its operators by their keys, and this machine has none of them.', {
    hint: 'k1ctl operator register; then an owner says what you may do: k1ctl operator role NAME --role operator',
  })
}
