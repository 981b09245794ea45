import { asK1Error, K1Error } from '../core/errors.ts'
import { parseJson } from '../core/json.ts'
import { isSealed } from './seal.ts'

const hint = 'Make a new one with --save-plan FILE.'

/**
 * What `--save-plan` wrote. `otherwise`: completes "plan.json is …" where it is of another shape.
 * @throws K1Error `usage` when it is no plan of this version, or was edited
 */
export function parsePlanText<T extends { hash: string }>(
  text: string,
  file: string,
  shape: { safeParse(value: unknown): { data?: T | undefined } },
  otherwise: string,
): T {
  const { data } = shape.safeParse(parse(text, file))
  if (!data) throw new K1Error('usage', `${file} is ${otherwise}.`, { hint })
  if (isSealed(data)) return data
  throw new K1Error('usage', `${file} was edited after it was made: it is not what was looked at.`, { hint })
}

function parse(text: string, file: string): unknown {
  try {
    return parseJson(text, { what: file })
  } catch (thrown) {
    const { message, facts } = asK1Error(thrown)
    throw new K1Error('usage', message, { hint, facts })
  }
}
