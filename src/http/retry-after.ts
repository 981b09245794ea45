const longest = 366 * 24 * 3600 * 1000

/**
 * How long the `Retry-After` header (RFC 9110, 10.2.3) asks to wait, in milliseconds: from seconds or from an HTTP
 * date. Undefined when it is absent or makes no sense; 0 when its time has passed.
 */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  const text = value?.trim() ?? ''
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), longest)
  if (!/^[A-Z][a-z]{2,8},? /.test(text)) return undefined
  // The oldest of the three date forms names no zone; all three mean GMT.
  const at = Date.parse(/GMT|UTC|[+-]\d{4}$/.test(text) ? text : `${text} GMT`)
  return Number.isNaN(at) ? undefined : Math.min(Math.max(0, at - now.getTime()), longest)
}
