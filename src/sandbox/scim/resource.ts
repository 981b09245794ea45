import type { Resource } from './filter.ts'
import { type Attribute, attributeNamed, type ResourceSchema } from './schema.ts'
import { ScimError } from './scim-error.ts'

/** The members of a JSON object by lower-case name, for names in a body are case-insensitive too. */
export function membersOf(value: unknown): Map<string, unknown> | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  return new Map(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]))
}

/**
 * A body of POST or PUT as a resource with canonical names and checked types. What is read only or unknown is left
 * out, as RFC 7644, 3.5.1 asks.
 * @throws ScimError 400 invalidSyntax or invalidValue
 */
export function parseResource(body: unknown, schema: ResourceSchema): Resource {
  const members = membersOf(body)
  if (!members) throw new ScimError(400, 'The body must be a JSON object.', 'invalidSyntax')
  holdSchema(members, schema.urn)
  const resource: Resource = {}
  for (const attribute of schema.attributes) {
    const value = members.get(attribute.name.toLowerCase())
    if (value === undefined || value === null || attribute.isReadOnly) continue
    resource[attribute.name] = parseValue(value, attribute)
  }
  for (const attribute of schema.attributes.filter(one => one.isRequired)) {
    if (!resource[attribute.name]) throw new ScimError(400, `${attribute.name} is required.`, 'invalidValue')
  }
  return resource
}

/** @throws ScimError 400 invalidSyntax when `schemas` does not name the URN */
export function holdSchema(members: ReadonlyMap<string, unknown>, urn: string): void {
  const schemas = members.get('schemas')
  if (Array.isArray(schemas) && schemas.some(one => String(one).toLowerCase() === urn.toLowerCase())) return
  throw new ScimError(400, `schemas must contain ${urn}.`, 'invalidSyntax')
}

/** A whole value; of a multi-valued attribute a list. @throws ScimError 400 invalidValue */
export function parseValue(value: unknown, attribute: Attribute): unknown {
  if (!attribute.isMulti) return parseOne(value, attribute)
  if (!Array.isArray(value)) throw new ScimError(400, `${attribute.name} must be a list.`, 'invalidValue')
  return value.map(one => parseOne(one, attribute))
}

/** One element. @throws ScimError 400 invalidValue: a boolean must be a boolean, `"False"` is none */
export function parseOne(value: unknown, attribute: Attribute): unknown {
  if (attribute.type !== 'complex') {
    if (typeof value === attribute.type) return value
    throw new ScimError(400, `${attribute.name} must be a ${attribute.type}.`, 'invalidValue')
  }
  const members = membersOf(value)
  if (!members) throw new ScimError(400, `${attribute.name} must be an object.`, 'invalidValue')
  const element: Resource = {}
  for (const [name, member] of members) {
    const sub = attributeNamed(attribute.attributes ?? [], name)
    if (!sub && name !== '$ref') throw new ScimError(400, `${attribute.name} has no ${name}.`, 'invalidValue')
    if (sub && !sub.isReadOnly && member !== null) element[sub.name] = parseOne(member, sub)
  }
  if (attribute.isMulti && typeof element.value !== 'string') {
    throw new ScimError(400, `${attribute.name} needs a value in each element.`, 'invalidValue')
  }
  return element
}
