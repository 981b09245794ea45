import { K1Error } from '../core/errors.ts'
import { flagOf, type Words } from './words.ts'

/** How a kept plan is agreed to, told and carried over. The plan says whatever else is done. */
const besidePlan = [
  'plan',
  'yes',
  'input',
  'pager',
  'output',
  'json',
  'jq',
  'template',
  'quiet',
  'debug',
  'caFile',
  'timeout',
]

/**
 * @param also what else may stand beside a plan of this command
 * @throws K1Error `usage`: nobody may believe that an option counts which does not
 */
export function refuseBesidePlan(words: Words, also: readonly string[]): void {
  const first = words.given().find(name => !besidePlan.includes(name) && !also.includes(name))
  if (first === undefined && words.rest(0).length === 0) return
  const what = first === undefined ? 'People are named' : `${flagOf(first)} is given`
  throw new K1Error('usage', `${what} and --plan is, too: the plan says that already.`, {
    hint: 'Look at the file, or make a new plan with --save-plan FILE.',
  })
}
