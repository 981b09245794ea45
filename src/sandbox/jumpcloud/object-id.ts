import { createHash } from 'node:crypto'

/** 24 hex digits, as MongoDB's; the same for the same words in every sandbox. */
export function objectId(...words: readonly string[]): string {
  return createHash('sha256')
    .update(`jumpcloud ${words.join(' ')}`)
    .digest('hex')
    .slice(0, 24)
}

export function isObjectId(text: string): boolean {
  return /^[0-9a-f]{24}$/i.test(text)
}
