import { K1Error } from '../core/errors.ts'
import { cut, printable } from '../core/printable.ts'
import { redact } from '../core/redact.ts'

const loopback = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/

export function isLoopback(url: URL): boolean {
  return loopback.test(url.hostname)
}

/**
 * The address of a system: https, or http to this machine. Its path has no slash at the end.
 * @throws K1Error `usage`
 */
export function parseBaseUrl(text: string, system: string): URL {
  const url = parse(text)
  const shown = url === null ? cut(printable(redact(text)), 200) : `${url.protocol}//${url.host}${url.pathname}`
  const refuse = (what: string, hint: string) => new K1Error('usage', what, { hint, facts: { url: shown } })
  if (url === null) {
    throw refuse(`"${shown}" is not an address for ${system}.`, 'Give a whole URL, such as https://api.example.com.')
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refuse(`${system} cannot be reached at ${shown}: it is not a web address.`, 'Use a URL with https://.')
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse(`The URL of ${system} has a user name or password in it.`, `Leave them out: ${shown}`)
  }
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text)) {
    throw refuse(`The URL of ${system} has a query or a fragment.`, `Leave out everything from "?" or "#": ${shown}`)
  }
  if (url.protocol === 'http:' && !isLoopback(url)) {
    throw refuse(
      `${system} would be reached at ${shown} without encryption.`,
      `Use https://${url.host}${url.pathname === '/' ? '' : url.pathname}; plain http is for this machine only.`,
    )
  }
  url.pathname = url.pathname.replace(/\/+$/, '')
  return url
}

function parse(text: string): URL | null {
  try {
    return new URL(text.trim())
  } catch {
    return null
  }
}
