import { z } from 'zod'
import { type FeatureKey, featureTitles } from '../core/features.ts'
import type { SystemAbout } from '../core/system.ts'

/** What the file has to know of a module. */
export type ModuleWords = Pick<SystemAbout, 'id' | 'title' | 'features' | 'jitDefaults'>

export type StateWord = 'on' | 'off' | 'leave' | boolean

/** A feature, in its long form. */
export interface FeatureRules {
  state?: StateWord
  except?: string[]
  'except-roles'?: string[]
  defaults?: Record<string, string>
  groups?: Record<string, string[]>
}

export interface AcceptedEntry {
  deviation: string
  found: string
  reason: string
  by: string
  since: string
  until?: string
}

export type ModuleRules = Partial<Record<FeatureKey, StateWord | FeatureRules>> & { accepted?: AcceptedEntry[] }
export type Layer = Record<string, 'leave' | 'unlicensed' | ModuleRules | string[] | undefined>

export interface PostureFile {
  defaults?: Layer
  groups?: Record<string, Layer & { tenants: string[] }>
  tenants?: Record<string, Layer | null>
}

const state = z
  .union([z.enum(['on', 'off', 'leave']), z.boolean()])
  .describe('on or off; leave: not looked at, whatever another layer says')
const word = z.string().min(1).max(300)
// A number in YAML is read as it is written; the schema lets an editor take it, too.
const name = z.union([word, z.number()])
const date = z.iso.date()

/** The shape of a posture file over these modules, for reading it and, as JSON Schema, for editors. */
export function postureSchema(modules: readonly ModuleWords[]): z.ZodType<PostureFile> {
  // Each is made once: what all layers say of twenty modules is some two hundred shapes, and each costs every call.
  const rules = new Map(modules.map(module => [module.id, rulesOf(module)]))
  const shapeOf = (more: z.ZodRawShape): z.ZodRawShape =>
    Object.fromEntries(
      modules.map(({ id, title }) => [id, moduleSchema(title, { ...rules.get(id), ...more }).optional()]),
    )
  const plain = shapeOf({})
  const accepted = z.array(acceptedSchema).optional().describe('see k1ctl posture accept')
  return z.strictObject({
    defaults: z.strictObject(plain).optional().describe('for every tenant'),
    groups: z
      .record(word, z.strictObject({ tenants: z.array(word), ...plain }))
      .optional()
      .describe('over the defaults, in the order in which they stand'),
    tenants: z
      .record(word, z.union([z.strictObject(shapeOf({ accepted })), z.null()]))
      .optional()
      .describe('over the defaults and the groups'),
  }) as unknown as z.ZodType<PostureFile>
}

function rulesOf(module: ModuleWords): z.ZodRawShape {
  const supported = module.features.filter(one => one.supported)
  return Object.fromEntries(
    supported.map(({ feature, title }) => [feature, featureSchema(feature, module).optional().describe(title)]),
  )
}

function moduleSchema(title: string, rules: z.ZodRawShape): z.ZodType {
  return z
    .union([z.enum(['leave', 'unlicensed']), z.strictObject(rules)])
    .describe(`${title}; unlicensed: the tenant has none; leave: not looked at`)
}

function featureSchema(feature: FeatureKey, { jitDefaults = [] }: ModuleWords): z.ZodType {
  const longForm = () => {
    switch (feature) {
      case 'require-log-in':
        return {
          except: z.array(name).optional().describe('exactly these, by e-mail or log-in'),
          'except-roles': z.array(name).optional().describe('exactly these roles, by name'),
        }
      case 'user-creation':
        return {
          defaults: z
            .strictObject(Object.fromEntries(jitDefaults.map(({ key }) => [key, name.optional()])))
            .optional()
            .describe('what people get whom the module creates, by name'),
        }
      case 'access-groups':
        return {
          groups: z
            .record(word, z.array(name))
            .optional()
            .describe('KaseyaOne groups, and exactly the roles that each is mapped to'),
        }
      default:
        return {}
    }
  }
  const shape = { state: state.optional(), ...longForm() }
  return z.union([state, z.strictObject(shape)]).describe(featureTitles[feature])
}

const acceptedSchema = z.strictObject({
  deviation: word,
  found: z.string().max(10_000),
  reason: z.string().min(1),
  by: word,
  since: date,
  until: date.optional(),
})
