/** Small pieces that every part of the published contract is made of. */

export type ApiPart = Record<string, unknown>

export function ref(name: string): ApiPart {
  return { $ref: `#/components/schemas/${name}` }
}

export function json(schema: string, example?: unknown, type = 'application/json'): ApiPart {
  return { [type]: { schema: ref(schema), ...(example === undefined ? {} : { example }) } }
}

export function answer(description: string, schema: string, example: unknown, headers?: ApiPart): ApiPart {
  return { description, ...(headers ? { headers } : {}), content: json(schema, example) }
}

export function body(schema: string, example: unknown, type?: string): ApiPart {
  return { required: true, content: json(schema, example, type) }
}

/** Refusals by status: `problems(401, 412)`. */
export function problems(...statuses: readonly (401 | 403 | 404 | 409 | 410 | 412 | 422 | 428)[]): ApiPart {
  const all = [...statuses, 429, 503]
  return Object.fromEntries(all.map(status => [String(status), { $ref: `#/components/responses/Problem${status}` }]))
}

export function pathParameter(name: string, description: string, example: string): ApiPart {
  return { name, in: 'path', required: true, description, schema: { type: 'string', minLength: 1 }, example }
}

export const tenantId: ApiPart = { $ref: '#/components/parameters/tenantId' }

/** An object, with all members required but those in `optional`. */
export function object(properties: ApiPart, optional: readonly string[] = [], more: ApiPart = {}): ApiPart {
  return {
    type: 'object',
    required: Object.keys(properties).filter(name => !optional.includes(name)),
    properties,
    ...more,
  }
}

export const textPart: ApiPart = { type: 'string' }
export const id: ApiPart = { type: 'string', minLength: 1 }
export const flag: ApiPart = { type: 'boolean' }

export function list(items: ApiPart): ApiPart {
  return { type: 'array', items }
}
