import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { writeBoolean, writeElement, writeInteger, writeOctets, writeSequence } from './ber.ts'

/** What a server needs for TLS, as PEM. Made anew in every process: no key lies in the repository. */
export interface Identity {
  /** Of the authority, which is what a client has to trust. */
  ca: string
  certificate: string
  key: string
}

const oids = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  basicConstraints: '551d13',
  keyUsage: '551d0f',
  extendedKeyUsage: '551d25',
  subjectAltName: '551d11',
  serverAuth: '2b06010505070301',
}

const day = 24 * 3_600_000

/** An authority, and by it a certificate for the host and for 127.0.0.1 (X.509, RFC 5280; EC P-256). */
export function createIdentity(host: string, now: Date): Identity {
  const authority = newKey()
  const server = newKey()
  const name = `${host.split('.').slice(1).join('.')} sandbox CA`
  const span = [new Date(now.getTime() - day), new Date(now.getTime() + 3650 * day)] as const
  const ca = certify({
    issuer: name,
    subject: name,
    span,
    publicKey: authority.publicKey,
    signer: authority.privateKey,
    extensions: [
      extension(oids.basicConstraints, writeSequence(writeBoolean(true))),
      // keyCertSign and cRLSign
      extension(oids.keyUsage, bitString(Buffer.from([0x06]), 1)),
    ],
  })
  const altNames = writeSequence(writeOctets(host, 0x82), writeOctets(Buffer.from([127, 0, 0, 1]), 0x87))
  const certificate = certify({
    issuer: name,
    subject: host,
    span,
    publicKey: server.publicKey,
    signer: authority.privateKey,
    extensions: [
      extension(oids.basicConstraints, writeSequence()),
      // digitalSignature
      extension(oids.keyUsage, bitString(Buffer.from([0x80]), 7)),
      extension(oids.extendedKeyUsage, writeSequence(oid(oids.serverAuth))),
      extension(oids.subjectAltName, altNames),
    ],
  })
  return {
    ca: pem(ca),
    certificate: pem(certificate),
    key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

interface Certified {
  issuer: string
  subject: string
  span: readonly [from: Date, to: Date]
  publicKey: KeyObject
  signer: KeyObject
  extensions: Buffer[]
}

function certify({ issuer, subject, span, publicKey, signer, extensions }: Certified): Buffer {
  const algorithm = writeSequence(oid(oids.ecdsaWithSha256))
  // 15 random bytes and a first one that keeps the number positive.
  const serial = writeElement(0x02, Buffer.from([0x01]), randomBytes(15))
  const content = writeSequence(
    writeElement(0xa0, writeInteger(2)),
    serial,
    algorithm,
    nameOf(issuer),
    writeSequence(...span.map(utcTime)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    writeElement(0xa3, writeSequence(...extensions)),
  )
  return writeSequence(content, algorithm, bitString(sign('sha256', content, signer), 0))
}

function newKey(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function nameOf(commonName: string): Buffer {
  return writeSequence(writeElement(0x31, writeSequence(oid(oids.commonName), writeOctets(commonName, 0x0c))))
}

/** Critical, all of them. */
function extension(id: string, value: Buffer): Buffer {
  return writeSequence(oid(id), writeBoolean(true), writeOctets(value))
}

/** Two digits of the year; good until 2049. */
function utcTime(date: Date): Buffer {
  return writeOctets(`${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`, 0x17)
}

function bitString(bytes: Buffer, unused: number): Buffer {
  return writeElement(0x03, Buffer.from([unused]), bytes)
}

function oid(hex: string): Buffer {
  return writeOctets(Buffer.from(hex, 'hex'), 0x06)
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
