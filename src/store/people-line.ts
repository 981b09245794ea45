import * as z from 'zod/mini'
import { redact } from '../core/redact.ts'
import type { PeopleRow } from '../core/stores.ts'
import { jsonLine } from './json-line.ts'

const optionalText = z.exactOptional(z.string())

const rowSchema = z.union([
  z.strictObject({
    line: z.int(),
    person: z.string(),
    tenant: optionalText,
    reason: optionalText,
    ticket: optionalText,
    successor: optionalText,
  }),
  z.strictObject({ line: z.int(), problem: z.string() }),
])

/** A row of a list as a line, with its line feed. */
export function peopleLine(row: PeopleRow): string {
  return jsonLine(withoutSecrets(row))
}

/** Undefined when it is none. */
export function parsePeopleLine(line: string): PeopleRow | undefined {
  try {
    return rowSchema.safeParse(JSON.parse(line)).data
  } catch {
    return undefined
  }
}

/** Who it is stays as it is, even where a short secret happens to be part of it: the person could not be found again. */
function withoutSecrets(row: PeopleRow): PeopleRow {
  if ('problem' in row) return { ...row, problem: redact(row.problem) }
  if (row.reason === undefined) return row
  return { ...row, reason: redact(row.reason) }
}
