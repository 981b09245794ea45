import { K1Error } from '../core/errors.ts'
import type { Words } from './words.ts'

/** What is printed in place of JSON, or of several documents of it, a line each. @throws K1Error `usage`, `cancelled` */
export type OutputFilter = (json: string) => string

/** The options that name one. */
export const filterNames = ['jq', 'template'] as const

/**
 * The one that the call asks for. What cannot be read is refused here, before the command does anything.
 * @param indented for a reader at a terminal
 * @throws K1Error `usage`
 */
export async function outputFilter(words: Words, indented: boolean): Promise<OutputFilter | undefined> {
  const [expression, template] = filterNames.map(name => words.text(name))
  if (expression !== undefined && template !== undefined) {
    throw new K1Error('usage', '--jq and --template contradict each other: each says what is printed.', {
      hint: 'Leave one of them out: both are given the whole JSON, as --json has it.',
    })
  }
  if (template !== undefined) return (await import('./template-filter.ts')).templateFilter(template)
  return expression === undefined ? undefined : (await import('./jq-filter.ts')).jqFilter(expression, indented)
}
