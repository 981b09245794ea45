import type { ZodError, ZodType } from 'zod'
import { K1Error } from '../core/errors.ts'
import { isDeeper } from '../core/json.ts'
import type { RawAnswer } from './exchange.ts'
import { type Call, factsOf, notJson, tooDeep } from './failure.ts'
import { quotable } from './message.ts'
import type { Answer } from './request.ts'

/** Makes a value of a body, or throws. */
export type Decode = (text: string) => unknown

export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300
}

/**
 * What the caller gets. The body is checked now where a 2xx promises it, and only when it is read where the caller
 * took another status upon itself.
 */
export function buildAnswer<T>(
  call: Call,
  raw: RawAnswer,
  schema: ZodType<T> | undefined,
  decode: Decode = JSON.parse,
): Answer<T> {
  const { status, headers } = raw
  // With no schema there is no T to speak of: the caller did not ask for a body.
  if (schema === undefined) return { status, headers, body: undefined as T }
  if (isSuccess(status)) return { status, headers, body: readBody(call, raw, schema, decode) }
  return {
    status,
    headers,
    get body() {
      return readBody(call, raw, schema, decode)
    },
  }
}

/** The JSON of an answer, or its text where it is none: for reading refusals, which may be anything. */
export function readLoosely(text: string, decode: Decode = JSON.parse): unknown {
  try {
    const value = decode(text)
    return isDeeper(value) ? text : value
  } catch {
    return text
  }
}

/**
 * The body as `schema` says. The content type is not asked: BMS declares its JSON as text/plain, too.
 * @throws K1Error `contract` that names method, path and the first field that does not fit
 */
export function readBody<T>(call: Call, raw: RawAnswer, schema: ZodType<T>, decode: Decode = JSON.parse): T {
  const text = raw.text.replace(/^\ufeff/, '')
  let value: unknown
  if (text.trim() !== '') {
    try {
      value = decode(text)
    } catch {
      throw notJson(call, raw.status, text)
    }
    if (isDeeper(value)) throw tooDeep(call, raw.status)
  }
  const result = schema.safeParse(value)
  if (result.success) return result.data
  if (value === undefined) throw notJson(call, raw.status, '')
  throw misfit(call, raw.status, result.error)
}

type Issue = ZodError['issues'][number]

function misfit(call: Call, status: number, error: ZodError): K1Error {
  const { field, expected } = describeIssue(error.issues[0])
  return new K1Error(
    'contract',
    `${call.system} answered ${call.method} ${call.path} with something unexpected at "${field}": ${expected}.`,
    {
      facts: factsOf(call, { status, field, expected }),
      hint: `k1ctl and this ${call.system} do not agree. Nothing was concluded from the answer; report this line.`,
    },
  )
}

function describeIssue(
  issue: Issue | undefined,
  above: readonly PropertyKey[] = [],
): { field: string; expected: string } {
  const path = [...above, ...(issue?.path ?? [])]
  if (issue?.code === 'invalid_union') {
    // The branch that got furthest is the one that was meant.
    const [deepest] = issue.errors
      .map(branch => branch[0])
      .sort((a, b) => (b?.path.length ?? 0) - (a?.path.length ?? 0))
    if (deepest !== undefined && deepest.path.length > 0) return describeIssue(deepest, path)
  }
  const field = path.map(String).join('.')
  return {
    field: field === '' ? 'the whole answer' : quotable(field),
    expected: quotable(issue?.message.replace(/^Invalid input: /, '') ?? 'it does not fit'),
  }
}
