import type { Resource } from './filter.ts'
import { type Attribute, groupSchema, type ResourceSchema, userSchema } from './schema.ts'

export const maxPage = 100

/** RFC 7643, 5. */
export const serviceProviderConfig: Resource = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: maxPage },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'A token in the Authorization header.',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig' },
}

const all: readonly ResourceSchema[] = [userSchema, groupSchema]

export const resourceTypes: readonly Resource[] = all.map(schema => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
  id: schema.name,
  name: schema.name,
  endpoint: schema.endpoint,
  schema: schema.urn,
  meta: { resourceType: 'ResourceType' },
}))

export const schemaDocuments: readonly Resource[] = all.map(schema => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
  id: schema.urn,
  name: schema.name,
  attributes: schema.attributes.filter(one => !['id', 'meta', 'schemas'].includes(one.name)).map(describe),
  meta: { resourceType: 'Schema' },
}))

function describe(attribute: Attribute): Resource {
  return {
    name: attribute.name,
    type: attribute.type,
    multiValued: attribute.isMulti === true,
    required: attribute.isRequired === true,
    caseExact: attribute.isCaseExact === true,
    mutability: attribute.isReadOnly ? 'readOnly' : 'readWrite',
    returned: 'default',
    uniqueness: attribute.name === 'userName' ? 'server' : 'none',
    ...(attribute.attributes ? { subAttributes: attribute.attributes.map(describe) } : {}),
  }
}
