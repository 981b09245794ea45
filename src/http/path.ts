import { K1Error } from '../core/errors.ts'

/** A path below a base URL. Only the tag `path` makes one, so every value in it is encoded. */
export interface Path {
  /** What is sent: `/v2/mappings/7`. */
  readonly text: string
  /** The same with its values left out: `/v2/mappings/{}`; names the endpoint for rate limits. */
  readonly template: string
}

/**
 * Builds a path: path`/v2/mappings/${id}`. Each value becomes exactly one segment or a part of one: it is
 * percent-encoded, and refused where it would be no segment at all (`''`, `.`, `..`).
 * @throws K1Error `usage`
 */
export function path(strings: TemplateStringsArray, ...values: readonly (string | number)[]): Path {
  let text = strings[0] ?? ''
  for (const [index, value] of values.entries()) text += encode(value, strings[0] ?? '') + (strings[index + 1] ?? '')
  if (!text.startsWith('/')) throw new K1Error('internal', `The path "${text}" does not start with a slash.`)
  for (const segment of text.split('/')) refuseDots(segment, text)
  return { text, template: strings.join('{}') }
}

function encode(value: string | number, where: string): string {
  const plain = String(value)
  if (plain === '' || plain === '.' || plain === '..') {
    throw new K1Error('usage', `"${plain}" cannot be an id (below ${where}).`, { facts: { value: plain } })
  }
  try {
    return encodeURIComponent(plain)
  } catch (cause) {
    throw new K1Error('usage', `An id below ${where} is not valid Unicode text.`, { cause })
  }
}

/** Two values side by side, or a value beside a literal dot, could still make a dot segment. */
function refuseDots(segment: string, text: string): void {
  if (/^(?:\.|%2e){1,2}$/i.test(segment)) throw new K1Error('usage', `The path "${text}" leaves its place.`)
}
