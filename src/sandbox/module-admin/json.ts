import type { SimulatedRequest } from '../simulator.ts'
import { Problem } from './problem.ts'

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The body as a JSON object. @throws Problem `invalid` when it is anything else. */
export function jsonObject(request: SimulatedRequest): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(request.body.toString('utf8'))
  } catch {
    throw new Problem('invalid', 'The body is not JSON.', { field: '' })
  }
  if (!isRecord(value)) throw new Problem('invalid', 'The body must be a JSON object.', { field: '' })
  return value
}

export function stringMember(body: Record<string, unknown>, field: string): string {
  const value = body[field]
  if (typeof value !== 'string') throw new Problem('invalid', `${field} must be a string.`, { field })
  return value
}

export function stringList(value: unknown, field: string): string[] {
  const isList = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every(item => typeof item === 'string')
  if (!isList(value)) throw new Problem('invalid', `${field} must be a list of strings.`, { field })
  return [...new Set(value)]
}

/** The path cut at its slashes and decoded. @throws Problem `not-found` when it cannot be decoded. */
export function segmentsOf(path: string): string[] {
  try {
    return path.split('/').slice(1).map(decodeURIComponent)
  } catch {
    throw new Problem('not-found', 'There is nothing at this path.')
  }
}
