import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Attestation, AttestationStore } from '../core/attestation.ts'
import { K1Error } from '../core/errors.ts'
import { featureKeys } from '../core/features.ts'
import type { Home } from './home.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import type { Processes } from './process-identity.ts'
import { holdWriteLock } from './write-lock.ts'

const what = 'the attestations'
const optional = z.nullable(z.string())

const schema = z.strictObject({
  version: z.literal(1),
  attestations: z.array(
    z.strictObject({
      tenant: z.string(),
      system: z.string(),
      feature: z.enum(featureKeys),
      state: z.enum(['on', 'off']),
      rules: z.record(z.string(), z.string()),
      by: z.string(),
      at: z.iso.datetime(),
      note: optional,
      file: optional,
      sha256: optional,
      until: optional,
    }),
  ),
})

/** Keeps what persons attested in `<state>/attestations.json`. */
export function openAttestations(home: Home, processes: Processes): AttestationStore {
  const path = join(home.state, 'attestations.json')
  return {
    path,
    async latest() {
      const last = new Map(read(path).map(one => [`${one.tenant}\n${one.system}\n${one.feature}`, one]))
      return [...last.values()]
    },
    add: (...attestations) =>
      holdWriteLock(path, processes, still => {
        const all = { version: 1, attestations: [...read(path), ...attestations] }
        writePrivateFile(path, `${JSON.stringify(all, undefined, 1)}\n`, what, still)
      }),
  }
}

function read(path: string): Attestation[] {
  const source = readPrivateFile(path, what)
  if (source === undefined) return []
  try {
    return schema.parse(JSON.parse(source)).attestations
  } catch (cause) {
    throw new K1Error('storage', `The attestations in ${path} are broken, or were written by another k1ctl.`, {
      hint: 'Bring the file back from a backup, or move it away. k1ctl leaves it as it is.',
      cause,
      facts: { path },
    })
  }
}
