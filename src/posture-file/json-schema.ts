import { z } from 'zod'
import { type ModuleWords, postureSchema } from './schema.ts'

/** The JSON Schema (2020-12) of a posture file over these modules. */
export function jsonSchemaOf(modules: readonly ModuleWords[]): unknown {
  return { title: 'Posture of k1ctl', ...z.toJSONSchema(postureSchema(modules), { reused: 'ref' }) }
}
