import type { SimulatedRequest } from '../simulator.ts'
import { failure, type Reply } from './envelope.ts'

export type MemberKind = 'id' | 'flag' | 'ids' | 'text'

/** Members of a request by their published name. */
export interface Shape {
  required: Record<string, MemberKind>
  optional: Record<string, MemberKind>
}

export type Input = Record<string, unknown>

/**
 * Reads a JSON body. Names are matched ignoring case, as the server does, and answered as published; members that are
 * unknown, missing or of another type are a 400. An optional `null` counts as left out.
 */
export function readInput(request: SimulatedRequest, shape: Shape): { input: Input } | { refused: Reply } {
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (!/^(application|text)\/([a-z0-9.-]+\+)?json$|^application\/json-patch\+json$/.test(type)) {
    return { refused: failure(415, 415, 'Unsupported media type.') }
  }
  const body = parseObject(request.body.toString('utf8'))
  if (!body) return { refused: failure(400, 400, 'The body is not a JSON object.') }
  const kinds = { ...shape.required, ...shape.optional }
  const errors: string[] = []
  const input: Input = {}
  for (const [sent, value] of Object.entries(body)) {
    const name = Object.keys(kinds).find(known => known.toLowerCase() === sent.toLowerCase())
    const kind = name === undefined ? undefined : kinds[name]
    if (name === undefined || kind === undefined) errors.push(`Could not find member '${sent}'.`)
    else if (value === null && name in shape.optional) continue
    else if (!isOfKind(value, kind)) errors.push(`The value of ${name} is not valid.`)
    else input[name] = value
  }
  const missing = Object.keys(shape.required).filter(name => !(name in input))
  for (const name of missing) errors.push(`The ${name} field is required.`)
  if (errors.length > 0) return { refused: failure(400, 400, 'One or more validation errors occurred.', errors) }
  return { input }
}

export function idIn(input: Input, name: string): number {
  const value = input[name]
  return typeof value === 'number' ? value : 0
}

/** What is left out is off: the worst case of what nobody documents. */
export function flagIn(input: Input, name: string): boolean {
  return input[name] === true
}

/** What is left out is cleared: again the worst case. */
export function idsIn(input: Input, name: string): number[] {
  const value = input[name]
  return Array.isArray(value) ? [...new Set(value.filter(id => typeof id === 'number'))] : []
}

export function textIn(input: Input, name: string): string {
  const value = input[name]
  return typeof value === 'string' ? value : ''
}

function isOfKind(value: unknown, kind: MemberKind): boolean {
  if (kind === 'flag') return typeof value === 'boolean'
  if (kind === 'text') return typeof value === 'string' && value !== ''
  if (kind === 'ids') return Array.isArray(value) && value.every(isInt32)
  return isInt32(value)
}

function isInt32(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
