import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Attestation, AttestationStore } from '../core/attestation.ts'
import { K1Error } from '../core/errors.ts'
import { featureKeys } from '../core/features.ts'
import { type Document, fileDocument } from './document.ts'
import type { Home } from './home.ts'
import { ownFile } from './own-file.ts'
import type { Processes } from './process-identity.ts'

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

/** Of this user alone: `<state>/attestations.json`. */
export function attestationFile(home: Home, processes: Processes): Document {
  return fileDocument({ path: ownFile(join(home.state, 'attestations.json')), what: 'the attestations', processes })
}

/** Keeps what persons attested. */
export function openAttestations(document: Document): AttestationStore {
  const { path } = document
  return {
    path,
    async latest() {
      const last = new Map<string, Attestation>()
      for (const one of await read(document, path)) {
        const key = `${one.tenant}\n${one.system}\n${one.feature}`
        // What was brought from another machine was kept later than it was said.
        if (one.at >= (last.get(key)?.at ?? '')) last.set(key, one)
      }
      return [...last.values()]
    },
    all: () => read(document, path),
    add: (...attestations) =>
      document.change(async held => {
        const all = { version: 1, attestations: [...(await read(held, path)), ...attestations] }
        await held.replace(`${JSON.stringify(all, undefined, 1)}\n`)
      }),
  }
}

async function read(document: Pick<Document, 'read'>, path: string): Promise<Attestation[]> {
  const source = await document.read()
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
