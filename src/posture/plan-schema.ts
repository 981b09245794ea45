import * as z from 'zod/mini'
import { featureKeys } from '../core/features.ts'
import type { Intent } from './intent.ts'

const texts = z.array(z.string())

/** Each kind of intent has a line here, or it does not compile: a plan that left one out could not be read. */
const intentSchemas = {
  feature: z.strictObject({
    kind: z.literal('feature'),
    feature: z.enum(featureKeys),
    on: z.boolean(),
    exceptUsers: z.exactOptional(texts),
    exceptRoles: z.exactOptional(texts),
    exactly: z.exactOptional(z.literal(true)),
  }),
  exceptions: z.strictObject({
    kind: z.literal('exceptions'),
    mode: z.enum(['add', 'remove', 'set']),
    users: texts,
    roles: texts,
    only: z.exactOptional(z.enum(['users', 'roles'])),
  }),
  defaults: z.strictObject({ kind: z.literal('defaults'), values: z.record(z.string(), z.string()) }),
  map: z.strictObject({ kind: z.literal('map'), group: z.string(), roles: texts }),
  unmap: z.strictObject({ kind: z.literal('unmap'), group: z.string() }),
} satisfies { [K in Intent['kind']]: z.ZodMiniType<Extract<Intent, { kind: K }>> }

const goalSchema = z.strictObject({
  id: z.string(),
  summary: z.string(),
  standing: z.string(),
  refused: z.nullable(z.string()),
  byHand: z.boolean(),
  reading: z.unknown(),
  differences: z.array(z.unknown()),
})

const moduleSchema = z.strictObject({
  tenant: z.string(),
  system: z.string(),
  intents: z.array(z.union(Object.values(intentSchemas))),
  unreached: z.nullable(z.string()),
  goals: z.array(goalSchema),
})

/** A plan over modules as a file, sealed by its hash. */
export const posturePlanSchema = z.strictObject({
  version: z.literal(1),
  kind: z.literal('posture'),
  madeAt: z.string(),
  canary: z.nullable(z.string()),
  modules: z.array(moduleSchema),
  hash: z.string(),
})

export type AgreedGoal = z.infer<typeof goalSchema>
export type KeptModule = z.infer<typeof moduleSchema>
export type PosturePlanFile = z.infer<typeof posturePlanSchema>
