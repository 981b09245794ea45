/** A line as words. */
export interface QuotedWords {
  words: string[]
  /** What no quote protects, and a shell would act on where it could. */
  plain: string
  /** Does each quote end? */
  isWhole: boolean
}

/** Quotes and backslashes as a POSIX shell takes them; nothing else of it. */
export function quotedWords(line: string): QuotedWords {
  const words: string[] = []
  const tokens = line.matchAll(/(\s+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|([^\s'"\\]+)|(.)/gs)
  let word: string | undefined
  let plain = ''
  for (const [, blank, single, double, escaped, bare, odd] of tokens) {
    if (odd !== undefined) return { words, plain, isWhole: false }
    if (blank !== undefined) {
      if (word !== undefined) words.push(word)
      word = undefined
      continue
    }
    plain += bare ?? ''
    word = `${word ?? ''}${single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? bare ?? ''}`
  }
  if (word !== undefined) words.push(word)
  return { words, plain, isWhole: true }
}
