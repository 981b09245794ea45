import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import * as z from 'zod/mini'
import { K1Error } from '../core/errors.ts'
import { dropSecret, findSecret, type KeptSecrets, keptSecretsSchema, putSecret } from './kept-secrets.ts'
import type { PlaceForSecrets } from './place-for-secrets.ts'
import { readSecretFile, type StampedText, writePrivateFile } from './private-file.ts'
import type { Processes } from './process-identity.ts'
import { removeStrays } from './replace-file.ts'
import { holdWriteLock } from './write-lock.ts'

const what = 'the plain secrets'

const schema = z.strictObject({
  format: z.literal('k1ctl-plain'),
  version: z.literal(1),
  warning: z.string(),
  secrets: keptSecretsSchema,
})

/** Secrets as they are, in one file that only its owner may read. Used only when it is asked for by name. */
export function openPlainFile(path: string, processes: Processes): PlaceForSecrets {
  /** What was parsed last: a fleet asks for a secret a tenant, and the file is the same each time. */
  let last: { source: StampedText; secrets: KeptSecrets } | undefined

  function open(): KeptSecrets {
    const source = readSecretFile(path, what, processes.user, last?.source)
    if (source === undefined) return []
    if (source === last?.source) return last.secrets
    try {
      const { secrets } = schema.parse(JSON.parse(source.text))
      last = { source, secrets }
      return secrets
    } catch {
      // The cause stays out of the error: a JSON parser quotes what it could not read, and that may be a secret.
      throw new K1Error('storage', `The plain secrets in ${path} are broken: the file is not as k1ctl wrote it.`, {
        hint: 'Correct it by hand, or move it away and connect again. k1ctl leaves it as it is.',
        facts: { path },
      })
    }
  }

  async function alter(change: (secrets: KeptSecrets) => KeptSecrets): Promise<void> {
    await holdWriteLock(path, processes, still => {
      const secrets = change(open())
      if (secrets.length === 0) {
        still()
        removeStrays(path)
        rmSync(path, { force: true })
        return
      }
      const file: z.infer<typeof schema> = {
        format: 'k1ctl-plain',
        version: 1,
        warning: 'These secrets are not encrypted. Whoever reads this file has them.',
        secrets,
      }
      writePrivateFile(path, `${JSON.stringify(file, undefined, 2)}\n`, what, still)
    })
  }

  return {
    write: (ref, values) => alter(secrets => putSecret(secrets, ref, values)),
    async read(ref) {
      return findSecret(open(), ref)
    },
    async remove(ref) {
      // Nothing was ever kept here, and no folder need be made to say so.
      if (!existsSync(dirname(path))) return
      await alter(secrets => dropSecret(secrets, ref))
    },
    async probe() {
      open()
      return { works: true, why: `only when asked for by name: nothing protects it but the rights of ${path}` }
    },
  }
}
