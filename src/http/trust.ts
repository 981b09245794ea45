import type { SecureContext } from 'node:tls'
import { K1Error } from '../core/errors.ts'

/** PEM text, and what it is called in a sentence: `The CA file /etc/msp.pem`. */
export interface Authorities {
  what: string
  pem: string
  facts?: Record<string, string>
}

/** @throws K1Error `usage` when the file cannot be read */
export async function authoritiesIn(file: string): Promise<Authorities> {
  const { readFile } = await import('node:fs/promises')
  const [what, facts] = [`The CA file ${file}`, { caFile: file }]
  try {
    return { what, pem: await readFile(file, 'utf8'), facts }
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    throw new K1Error('usage', `${what} ${isMissing ? 'does not exist' : 'is unreadable'}.`, { hint, cause, facts })
  }
}

const hint =
  "Give a PEM file with the certificate of your proxy, or of the authority that signed a server's certificate."

/** Reading all that Node trusts takes milliseconds, and a connection is opened for each person. */
const made = new Map<string, SecureContext>()
const mostKept = 16

/**
 * Whom a server's certificate may come from: whom Node trusts anyway, and those given. The same for the same ones.
 * @throws K1Error `usage` for a text that is no certificate
 */
export async function trust(given: readonly Authorities[]): Promise<SecureContext> {
  const [{ X509Certificate }, { createSecureContext, rootCertificates }] = await Promise.all([
    import('node:crypto'),
    import('node:tls'),
  ])
  const blocks = given.flatMap(({ what, pem, facts = {} }) => {
    const found = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
    if (found.length === 0) throw new K1Error('usage', `${what} has no PEM certificate in it.`, { hint, facts })
    for (const block of found) {
      try {
        new X509Certificate(block)
      } catch (cause) {
        throw new K1Error('usage', `${what} has a certificate in it that is broken.`, { hint, cause, facts })
      }
    }
    return found
  })
  const name = blocks.join('\n')
  const context = made.get(name) ?? createSecureContext({ ca: [...rootCertificates, ...blocks], minVersion: 'TLSv1.2' })
  made.delete(name)
  made.set(name, context)
  const [oldest] = made.size > mostKept ? made.keys() : []
  if (oldest !== undefined) made.delete(oldest)
  return context
}
