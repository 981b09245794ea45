/** What a library complains of, to stand within a sentence: on one line, without its full stop. */
export function asClause(text: string): string {
  return text
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/\.$/, '')
}
