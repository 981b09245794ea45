import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { specFile } from './validating-mock.ts'

/** AWS's own service models (Smithy): is a request what an operation takes? */

const reference = z.object({ target: z.string(), traits: z.record(z.string(), z.unknown()).optional() })
const shape = z.object({
  type: z.string(),
  members: z.record(z.string(), reference).optional(),
  member: reference.optional(),
  input: reference.optional(),
  errors: z.array(reference).optional(),
  traits: z.record(z.string(), z.unknown()).optional(),
})
type Shape = z.infer<typeof shape>

const files = { iam: 'aws-iam', sts: 'aws-sts', sso: 'aws-sso-admin', identitystore: 'aws-identitystore' }

export interface AwsModel {
  /** What is wrong with the request, each as a sentence. */
  faults(service: string, operation: string, input: unknown): string[]
  isPaged(service: string, operation: string): boolean
  /** Codes of all errors of a service, as they come over the wire. */
  errorCodes(service: string): Set<string>
}

/** Null where the models are not beside this clone. */
export function awsModel(): AwsModel | null {
  const shapes = new Map<string, Map<string, Shape>>()
  for (const [service, name] of Object.entries(files)) {
    const file = specFile(`${name}.smithy.json`)
    if (file === null) return null
    const found = z.object({ shapes: z.record(z.string(), shape) }).parse(JSON.parse(readFileSync(file, 'utf8')))
    shapes.set(service, new Map(Object.entries(found.shapes)))
  }

  function operationOf(service: string, operation: string): Shape | undefined {
    const all = [...(shapes.get(service) ?? [])]
    return all.find(([name, one]) => one.type === 'operation' && name.endsWith(`#${operation}`))?.[1]
  }

  function check(service: string, target: string, value: unknown, where: string): string[] {
    const known = shapes.get(service)?.get(target)
    if (known === undefined) return []
    const { type, members = {}, member, traits = {} } = known
    if (type === 'structure' || type === 'union') {
      if (typeof value !== 'object' || value === null) return [`${where} is no structure`]
      const given = Object.entries(value)
      const missing = Object.entries(members)
        .filter(([name, one]) => one.traits?.['smithy.api#required'] !== undefined && !(name in value))
        .map(([name]) => `${where}.${name} is missing`)
      const wrong = given.flatMap(([name, one]) => {
        const its = members[name]
        return its === undefined ? [`${where}.${name} is unknown`] : check(service, its.target, one, `${where}.${name}`)
      })
      return [...missing, ...wrong]
    }
    if (type === 'list') {
      if (!Array.isArray(value)) return [`${where} is no list`]
      return member === undefined
        ? []
        : value.flatMap((one, at) => check(service, member.target, one, `${where}.${at}`))
    }
    if (type === 'enum' || traits['smithy.api#enum'] !== undefined) {
      const named = z
        .array(z.object({ value: z.string() }))
        .catch([])
        .parse(traits['smithy.api#enum'])
      const allowed = [
        ...named.map(one => one.value),
        ...Object.values(members).map(one => String(one.traits?.['smithy.api#enumValue'])),
      ]
      return allowed.includes(String(value)) ? [] : [`${where} is "${value}", which is none of ${allowed.join(', ')}`]
    }
    const bounds = z.object({ min: z.number().optional(), max: z.number().optional() }).catch({})
    const length = bounds.parse(traits['smithy.api#length'] ?? {})
    const range = bounds.parse(traits['smithy.api#range'] ?? {})
    const outside = (is: number, { min = 0, max = Number.POSITIVE_INFINITY }: z.infer<typeof bounds>) =>
      is < min || is > max
    const pattern = traits['smithy.api#pattern']
    return [
      ...(type === 'string' && outside(String(value).length, length) ? [`${where} has a wrong length`] : []),
      ...(type === 'integer' && outside(Number(value), range) ? [`${where} is out of range`] : []),
      ...(typeof pattern === 'string' && !new RegExp(pattern, 'u').test(String(value))
        ? [`${where} is "${value}", which is not ${pattern}`]
        : []),
    ]
  }

  return {
    faults(service, operation, input) {
      const found = operationOf(service, operation)
      if (found === undefined) return [`${service}:${operation} is no operation`]
      const target = found.input?.target ?? ''
      return target === 'smithy.api#Unit' ? [] : check(service, target, input, operation)
    },
    isPaged: (service, operation) => operationOf(service, operation)?.traits?.['smithy.api#paginated'] !== undefined,
    errorCodes(service) {
      const codes = [...(shapes.get(service) ?? [])].flatMap(([name, { traits = {} }]) => {
        if (traits['smithy.api#error'] === undefined) return []
        const query = z.object({ code: z.string() }).safeParse(traits['aws.protocols#awsQueryError'])
        return [query.success ? query.data.code : (name.split('#')[1] ?? '')]
      })
      return new Set(codes)
    },
  }
}
