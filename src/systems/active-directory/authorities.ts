import { K1Error } from '../../core/errors.ts'

/**
 * Whom a domain controller's certificate may come from: whom Node trusts anyway, and those given here (most domains
 * have an authority of their own).
 * @throws K1Error `usage`
 */
export async function readAuthorities(given: { ca?: string; caFile?: string }): Promise<string[] | undefined> {
  const [{ readFile }, { X509Certificate }, { rootCertificates }] = await Promise.all([
    import('node:fs/promises'),
    import('node:crypto'),
    import('node:tls'),
  ])
  const texts: { what: string; text: string }[] = []
  if (given.ca !== undefined) texts.push({ what: 'The setting ca', text: given.ca })
  if (given.caFile !== undefined) {
    const file = given.caFile
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new K1Error('usage', `The CA file ${file} cannot be read.`, { cause, facts: { caFile: file } })
    })
    texts.push({ what: `The CA file ${file}`, text })
  }
  if (texts.length === 0) return undefined
  const blocks = texts.flatMap(({ what, text }) => {
    const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
    const hint = "Give a PEM file with the certificate of the domain's certificate authority."
    if (found.length === 0) throw new K1Error('usage', `${what} holds no PEM certificate.`, { hint })
    for (const block of found) {
      try {
        new X509Certificate(block)
      } catch (cause) {
        throw new K1Error('usage', `${what} holds a certificate that is broken.`, { hint, cause })
      }
    }
    return found
  })
  return [...rootCertificates, ...blocks]
}
