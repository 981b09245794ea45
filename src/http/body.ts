import { randomUUID } from 'node:crypto'
import type { QueryValues, RequestSpec } from './request.ts'

/** What is sent: the bytes, and their type. */
export interface Body {
  type: string
  text: string
}

export function encodeBody<T>(spec: RequestSpec<T>): Body | undefined {
  if (spec.json !== undefined) return { type: spec.contentType ?? 'application/json', text: JSON.stringify(spec.json) }
  if (spec.form !== undefined) {
    return { type: 'application/x-www-form-urlencoded', text: new URLSearchParams(spec.form).toString() }
  }
  return spec.multipart === undefined ? undefined : encodeMultipart(spec.multipart)
}

/** RFC 7578, text fields only. The boundary is random, so no value can contain it. */
function encodeMultipart(fields: Record<string, string>): Body {
  const boundary = `k1ctl-${randomUUID()}`
  const parts = Object.entries(fields).map(([name, value]) => {
    const quoted = name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
    return `--${boundary}\r\nContent-Disposition: form-data; name="${quoted}"\r\n\r\n${value}\r\n`
  })
  return { type: `multipart/form-data; boundary=${boundary}`, text: `${parts.join('')}--${boundary}--\r\n` }
}

export function encodeQuery(query: QueryValues | undefined): string {
  if (query === undefined) return ''
  const pairs = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue
    for (const one of typeof value === 'object' ? value : [value]) pairs.append(name, String(one))
  }
  const text = pairs.toString()
  return text === '' ? '' : `?${text}`
}
