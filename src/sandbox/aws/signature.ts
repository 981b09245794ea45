import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { SimulatedRequest } from '../simulator.ts'

/** What the header says of the key and the service, before anything of it is believed. */
export interface Scope {
  keyId: string
  date: string
  region: string
  service: string
  signedHeaders: string[]
  signature: string
}

const pattern =
  /^AWS4-HMAC-SHA256 Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/

export function readScope(request: SimulatedRequest): Scope | null {
  const found = pattern.exec(request.headers.authorization ?? '')
  if (found === null) return null
  const [, keyId = '', date = '', region = '', service = '', signed = '', signature = ''] = found
  return { keyId, date, region, service, signedHeaders: signed.split(';'), signature }
}

/**
 * Is the signature that of this request with this secret? By "AWS Signature Version 4", of method, path, query, the
 * signed headers and the body.
 * @param base what stands before `request.path` in the URL
 */
export function isSigned(request: SimulatedRequest, scope: Scope, secret: string, base: string): boolean {
  // The server does not tell `/aws` from `/aws/`; clients that are given a URL with a path send either.
  const paths = request.path === '/' ? [base, `${base}/`] : [base + request.path]
  return paths.some(path => isSignedFor(path, request, scope, secret))
}

function isSignedFor(path: string, request: SimulatedRequest, scope: Scope, secret: string): boolean {
  const { headers } = request
  const needed = [
    'host',
    'x-amz-date',
    ...(headers['x-amz-security-token'] === undefined ? [] : ['x-amz-security-token']),
  ]
  if (!needed.every(name => scope.signedHeaders.includes(name))) return false
  const payload = createHash('sha256').update(request.body).digest('hex')
  if ((headers['x-amz-content-sha256'] ?? payload) !== payload) return false
  const canonical = [
    request.method,
    path.split('/').map(encode).join('/'),
    [...request.query]
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&'),
    ...scope.signedHeaders.map(name => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}`),
    '',
    scope.signedHeaders.join(';'),
    payload,
  ].join('\n')
  const place = `${scope.date}/${scope.region}/${scope.service}/aws4_request`
  const hash = createHash('sha256').update(canonical).digest('hex')
  const text = ['AWS4-HMAC-SHA256', headers['x-amz-date'] ?? '', place, hash].join('\n')
  let key: Buffer = Buffer.from(`AWS4${secret}`)
  for (const part of place.split('/')) key = createHmac('sha256', key).update(part).digest()
  const expected = createHmac('sha256', key).update(text).digest()
  return timingSafeEqual(expected, Buffer.from(scope.signature, 'hex'))
}

/** `20261121T201500Z`; null for what is none. */
export function signedAt(request: SimulatedRequest): Date | null {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers['x-amz-date'] ?? '')
  if (found === null) return null
  const [, year, month, day, hour, minute, second] = found
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
}
