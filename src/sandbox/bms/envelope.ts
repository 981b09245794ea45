/** The envelope of BMS: `{Success, Error, Result[, TotalRecords]}`. */

export interface Reply {
  status: number
  /** Absent: an answer with no body at all. */
  body?: Record<string, unknown>
}

/**
 * The published schema allows neither `Error: null` nor, mostly, `Result: null`, so the part that does not apply is
 * left out.
 */
export function success(result: unknown, totalRecords?: number): Reply {
  const body = { Success: true, Result: result }
  return { status: 200, body: totalRecords === undefined ? body : { ...body, TotalRecords: totalRecords } }
}

/** A rule of BMS says no: a 200, with the failure inside. */
export function refusal(message: string, code = 1000): Reply {
  return failure(200, code, message)
}

/** A failure with a status of its own. */
export function failure(status: number, code: number | string, message: string, subErrors: string[] = []): Reply {
  const error = { Code: code, Message: message, Details: null, StackStrace: null, SubErrors: subErrors }
  return { status, body: { Success: false, Error: error } }
}

/** Member names as real callers see them: `IsEnabled` becomes `isEnabled`, all the way down. */
export function toCamelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCamelCase)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.charAt(0).toLowerCase() + name.slice(1), toCamelCase(member)]),
  )
}
