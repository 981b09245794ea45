import { K1Error } from '../core/errors.ts'
import { quotedWords } from './quoted-words.ts'

/** The words that an alias stands for. @throws K1Error `usage` where only a shell could take them */
export function aliasWords(expansion: string): string[] {
  const { words, plain, isWhole } = quotedWords(expansion)
  const refuse = (what: string) =>
    new K1Error('usage', `"${expansion}" ${what}.`, {
      hint: "Give words of k1ctl, with $1, $2 for what follows, as in: k1ctl alias set gone 'runs list --limit $1'",
    })
  if (!isWhole) throw refuse('has a quote without its end')
  if (/[|&;<>()`]/.test(plain) || /^!/.test(expansion)) throw refuse('needs a shell, and an alias has none')
  const [first, ...rest] = words
  if (first === undefined) throw refuse('is empty')
  // `k1ctl runs list` is how people know it.
  return first === 'k1ctl' ? rest : words
}

/**
 * A call of an alias as the call that it stands for. Each argument stays one word wherever it is put, so nothing in it is
 * read as an option or as words; those that no `$n` asks for come last.
 * @throws K1Error `usage` where one is missing
 */
export function expanded(name: string, expansion: string, args: readonly string[]): string[] {
  const words = aliasWords(expansion)
  const asked = new Set<number>()
  const filled = words.map(word =>
    word.replace(/\$([1-9])/g, (_, digit: string) => {
      const at = Number(digit)
      const arg = args[at - 1]
      if (arg === undefined) {
        throw new K1Error('usage', `${name} needs ${at === 1 ? 'a word' : `${at} words`} behind it.`, {
          hint: `It stands for: k1ctl ${expansion}`,
        })
      }
      asked.add(at)
      return arg
    }),
  )
  return [...filled, ...args.filter((_, at) => !asked.has(at + 1))]
}
