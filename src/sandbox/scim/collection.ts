import { createHash } from 'node:crypto'
import type { PeopleSystem } from '../directory.ts'
import type { Profile } from '../module-admin/profile.ts'
import type { Key, Resource } from './filter.ts'
import type { ResourceSchema } from './schema.ts'

/** A system whose people are served by SCIM. */
export type ScimSystem = Exclude<PeopleSystem, 'bms'>

/** What SCIM needs to know of a system. */
export type ScimProfile = Pick<Profile, 'title' | 'roles' | 'lowestRoleId'>

/** One kind of resource over the directory: what SCIM does with it is the same for users and groups. */
export interface Collection {
  readonly schema: ResourceSchema
  /** Of `keys`: those that have one of them, or more; everything without. In the order of all. */
  list(tenantId: string, keys?: readonly Key[]): readonly Resource[]
  find(tenantId: string, id: string): Resource | null
  /** Creates with null for the id. `resource` is canonical and checked. @throws ScimError */
  write(tenantId: string, id: string | null, resource: Resource): Resource
  /** @throws ScimError 400 mutability where the vendor does not let go of somebody */
  remove(tenantId: string, id: string): void
}

/**
 * Adds `meta` without its location, which only the request knows. The version is a hash of all the rest, made when
 * somebody asks for it: a search goes over everybody and answers one.
 */
export function withMeta(resource: Resource, schema: ResourceSchema, created: string, lastModified: string): Resource {
  let meta: Resource | undefined
  const makeMeta = (): Resource => {
    const hash = createHash('sha256')
      .update(JSON.stringify([resource, lastModified]))
      .digest('base64url')
      .slice(0, 16)
    return { resourceType: schema.name, created, lastModified, version: `W/"${hash}"` }
  }
  return {
    schemas: [schema.urn],
    ...resource,
    get meta() {
      meta ??= makeMeta()
      return meta
    },
  }
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
