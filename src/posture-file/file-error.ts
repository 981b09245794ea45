import { K1Error } from '../core/errors.ts'
import { printable } from '../core/printable.ts'
import type { LineOfFile } from '../posture/rule.ts'

/** The one way in which a posture file is refused: the file, the line, a sentence; nothing was written then. */
export function fileError({ file, line }: LineOfFile, sentence: string, hint?: string, more: object = {}): K1Error {
  return new K1Error('usage', `${printable(file)}:${line}: ${printable(sentence)}`, {
    ...(hint === undefined ? {} : { hint: printable(hint) }),
    facts: { file, line, ...more },
  })
}
