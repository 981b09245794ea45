/**
 * JSON as one line. Node's readline ends a line at U+2028 and U+2029 too (from Node 24 on), and JSON.stringify leaves
 * both as they are.
 */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`
}
