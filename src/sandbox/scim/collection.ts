import { createHash } from 'node:crypto'
import type { Resource } from './filter.ts'
import type { ResourceSchema } from './schema.ts'

/** One kind of resource over the directory: what SCIM does with it is the same for users and groups. */
export interface Collection {
  readonly schema: ResourceSchema
  list(tenantId: string): Resource[]
  /** Creates with null for the id. `resource` is canonical and checked. @throws ScimError */
  write(tenantId: string, id: string | null, resource: Resource): Resource
  /** @throws ScimError 400 mutability where the vendor does not let go of somebody */
  remove(tenantId: string, id: string): void
}

/** Adds `meta` without its location, which only the request knows. The version is a hash of all the rest. */
export function withMeta(resource: Resource, schema: ResourceSchema, created: string, lastModified: string): Resource {
  const hash = createHash('sha256')
    .update(JSON.stringify([resource, lastModified]))
    .digest('base64url')
    .slice(0, 16)
  const meta = { resourceType: schema.name, created, lastModified, version: `W/"${hash}"` }
  return { schemas: [schema.urn], ...resource, meta }
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
