import * as z from 'zod/mini'
import { deviceFates } from '../core/account-kinds.ts'
import type { OffboardOptions } from './options.ts'

const optionalText = z.exactOptional(z.string())
const textOrNull = z.nullable(z.string())

/** Each option has a line here, or it does not compile: a plan or a run with an option left out could not be read. */
const optionFields = {
  delete: z.boolean(),
  successor: textOrNull,
  reason: textOrNull,
  ticket: textOrNull,
  noteIn: optionalText,
  only: z.array(z.string()),
  except: z.array(z.string()),
  devices: z.enum(deviceFates),
  restAnyway: z.exactOptional(z.boolean()),
  cancelMeetings: z.exactOptional(z.boolean()),
  blockAnyway: z.exactOptional(z.boolean()),
  waitMs: z.number(),
} satisfies Record<keyof OffboardOptions, unknown>

export const optionsSchema = z.strictObject(optionFields)

export const keptPersonSchema = z.strictObject({
  person: z.string(),
  tenant: z.string(),
  reason: optionalText,
  ticket: optionalText,
  successor: optionalText,
  name: z.string(),
  refused: textOrNull,
  unreached: z.array(z.string()),
  accounts: z.array(z.strictObject({ system: z.string(), id: z.string(), login: z.string() })),
  goals: z.array(
    z.strictObject({
      id: z.string(),
      system: z.string(),
      summary: z.string(),
      standing: z.string(),
      refused: textOrNull,
      byHand: z.boolean(),
      reading: z.unknown(),
      differences: z.array(z.unknown()),
    }),
  ),
})

/** A plan as a file, sealed by its hash. */
export const planFileSchema = z.strictObject({
  version: z.literal(2),
  madeAt: z.string(),
  options: optionsSchema,
  people: z.array(keptPersonSchema),
  hash: z.string(),
})
