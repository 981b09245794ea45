import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificates {
  /** PEM file of an authority that nobody trusts. */
  caFile: string
  /** For 127.0.0.1, from that authority. */
  right: { key: string; cert: string }
  /** From that authority, for another host. */
  otherHost: { key: string; cert: string }
  remove(): void
}

/** Made fresh with openssl; null where there is none. */
export function makeCertificates(): Certificates | null {
  const folder = mkdtempSync(join(tmpdir(), 'k1ctl-tls-'))
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const issue = (name: string, altName: string) => {
    openssl('req', '-new', ...curve, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
    execFileSync('sh', ['-c', `printf 'subjectAltName=${altName}' > ${name}.ext`], { cwd: folder })
    const authority = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...authority,
      '-days',
      '2',
      '-extfile',
      `${name}.ext`,
      '-out',
      `${name}.pem`,
    )
    const read = (end: string) => readFileSync(join(folder, `${name}.${end}`), 'utf8')
    return { key: read('key'), cert: read('pem') }
  }
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    openssl('req', '-x509', ...curve, '-subj', '/CN=Test CA', '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem')
    const right = issue('right', 'IP:127.0.0.1')
    const otherHost = issue('other', 'DNS:elsewhere.example')
    return { caFile: join(folder, 'ca.pem'), right, otherHost, remove }
  } catch (error) {
    remove()
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
