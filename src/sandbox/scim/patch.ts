import { elementsOf, type Filter, parseFilter, type Resource, resolvePath } from './filter.ts'
import { holdSchema, membersOf, parseOne, parseValue } from './resource.ts'
import type { Attribute, ResourceSchema } from './schema.ts'
import { ScimError } from './scim-error.ts'

interface Target {
  attribute: Attribute
  sub?: Attribute
  /** The elements meant, of a multi-valued attribute: `[type eq "work"]`. */
  which?: Filter
}

type Operator = 'add' | 'replace' | 'remove'

const patchUrn = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/**
 * The resource after a PATCH (RFC 7644, 3.5.2); all of its operations, or none.
 * @throws ScimError 400
 */
export function patchResource(before: Resource, body: unknown, schema: ResourceSchema): Resource {
  const members = membersOf(body)
  if (!members) throw new ScimError(400, 'The body must be a JSON object.', 'invalidSyntax')
  holdSchema(members, patchUrn)
  const operations = members.get('operations')
  if (!Array.isArray(operations) || operations.length === 0) {
    throw new ScimError(400, 'Operations must be a list of at least one operation.', 'invalidSyntax')
  }
  const after = structuredClone(before)
  for (const operation of operations) apply(after, membersOf(operation) ?? new Map(), schema)
  return after
}

function apply(resource: Resource, operation: ReadonlyMap<string, unknown>, schema: ResourceSchema): void {
  const operator = operatorOf(operation.get('op'))
  const path = operation.get('path')
  const value = operation.get('value')
  if (path !== undefined && typeof path !== 'string') throw new ScimError(400, 'path must be a string.', 'invalidPath')
  if (operator === 'remove') {
    if (path === undefined) throw new ScimError(400, 'A remove needs a path.', 'noTarget')
    // Ignored, as the standard would have it, this clears a whole group where one member was meant.
    if (value !== undefined) {
      throw new ScimError(400, 'A remove takes no value; use a filter in the path.', 'invalidValue')
    }
    remove(resource, targetAt(path, schema))
    return
  }
  if (value === undefined) throw new ScimError(400, `The operation ${operator} needs a value.`, 'invalidValue')
  if (path !== undefined) {
    set(resource, targetAt(path, schema), operator, value)
    return
  }
  const members = membersOf(value)
  if (!members) throw new ScimError(400, 'Without a path the value must be an object.', 'invalidValue')
  for (const [name, member] of members) set(resource, targetAt(name, schema), operator, member)
}

function operatorOf(op: unknown): Operator {
  const operator = String(op).toLowerCase()
  if (operator === 'add' || operator === 'replace' || operator === 'remove') return operator
  throw new ScimError(400, 'op must be add, replace or remove.', 'invalidSyntax')
}

/** `attribute`, `attribute.sub`, `attribute[filter]`, `attribute[filter].sub`. */
function targetAt(path: string, schema: ResourceSchema): Target {
  const [, name = '', filter, below] = /^([^[\]]+)(?:\[(.*)\](?:\.([A-Za-z$]+))?)?$/s.exec(path) ?? []
  const found = resolvePath(below === undefined ? name : `${name}.${below}`, schema.attributes, schema.urn)
  if (!found) throw new ScimError(400, `A ${schema.name} has no ${path}.`, 'invalidPath')
  const { attribute, sub } = found
  if (attribute.isReadOnly || sub?.isReadOnly) throw new ScimError(400, `${path} is read only.`, 'mutability')
  if (filter === undefined) return found
  if (!attribute.isMulti) throw new ScimError(400, `${attribute.name} takes no filter.`, 'invalidPath')
  return { ...found, which: parseFilter(filter, attribute.attributes ?? [], schema.urn) }
}

function remove(resource: Resource, { attribute, sub, which }: Target): void {
  const { name } = attribute
  if (!sub && (attribute.isRequired || attribute.type === 'boolean')) {
    throw new ScimError(400, `${name} cannot be removed.`, 'mutability')
  }
  const isMeant = which ?? (() => true)
  if (sub) {
    for (const element of elementsOf(resource[name])) if (isMeant(element)) delete element[sub.name]
  } else if (which) {
    resource[name] = elementsOf(resource[name]).filter(element => !which(element))
  } else {
    delete resource[name]
  }
}

function set(resource: Resource, target: Target, operator: Operator, value: unknown): void {
  const { attribute, sub, which } = target
  const { name } = attribute
  const present = elementsOf(resource[name])
  if (which) {
    const meant = present.filter(which)
    if (meant.length === 0) throw new ScimError(400, `No element of ${name} fits the filter.`, 'noTarget')
    for (const element of meant)
      Object.assign(element, sub ? { [sub.name]: parseOne(value, sub) } : parseOne(value, attribute))
    keepOnePrimary(present, meant)
  } else if (sub) {
    if (attribute.isMulti && present.length === 0) throw new ScimError(400, `${name} is empty.`, 'noTarget')
    const elements = attribute.isMulti || present.length > 0 ? present : [{}]
    for (const element of elements) element[sub.name] = parseOne(value, sub)
    resource[name] = attribute.isMulti ? elements : elements[0]
  } else if (attribute.isMulti) {
    const incoming = elementsOf(
      operator === 'add' && !Array.isArray(value) ? parseOne(value, attribute) : parseValue(value, attribute),
    )
    const kept = operator === 'add' ? present.filter(one => !incoming.some(other => other.value === one.value)) : []
    keepOnePrimary([...kept, ...incoming], incoming)
    resource[name] = [...kept, ...incoming]
  } else if (attribute.type === 'complex') {
    // A replace of a complex attribute leaves the sub-attributes that it does not name.
    resource[name] = { ...present[0], ...elementsOf(parseOne(value, attribute))[0] }
  } else {
    resource[name] = parseOne(value, attribute)
  }
}

/** Only one element can be the primary one: the newest that says so. */
function keepOnePrimary(all: readonly Resource[], newest: readonly Resource[]): void {
  const primary = newest.findLast(element => element.primary === true)
  if (!primary) return
  for (const element of all) if (element !== primary && element.primary === true) element.primary = false
}
