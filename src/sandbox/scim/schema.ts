/** What a resource may have: the filter, the patch and the parser all go by these. */
export interface Attribute {
  name: string
  type: 'string' | 'boolean' | 'complex'
  isMulti?: boolean
  isRequired?: boolean
  isReadOnly?: boolean
  /** False for most text; ids are compared to the letter. */
  isCaseExact?: boolean
  attributes?: readonly Attribute[]
}

export interface ResourceSchema {
  urn: string
  name: 'User' | 'Group'
  endpoint: '/Users' | '/Groups'
  attributes: readonly Attribute[]
}

const id: Attribute = { name: 'id', type: 'string', isReadOnly: true, isCaseExact: true }
const meta: Attribute = {
  name: 'meta',
  type: 'complex',
  isReadOnly: true,
  attributes: [
    { name: 'resourceType', type: 'string', isReadOnly: true, isCaseExact: true },
    { name: 'created', type: 'string', isReadOnly: true },
    { name: 'lastModified', type: 'string', isReadOnly: true },
    { name: 'location', type: 'string', isReadOnly: true, isCaseExact: true },
    { name: 'version', type: 'string', isReadOnly: true, isCaseExact: true },
  ],
}
const schemas: Attribute = { name: 'schemas', type: 'string', isMulti: true, isReadOnly: true, isCaseExact: true }

export const userSchema: ResourceSchema = {
  urn: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  endpoint: '/Users',
  attributes: [
    schemas,
    id,
    { name: 'userName', type: 'string', isRequired: true },
    {
      name: 'name',
      type: 'complex',
      attributes: [
        { name: 'givenName', type: 'string' },
        { name: 'familyName', type: 'string' },
        { name: 'formatted', type: 'string', isReadOnly: true },
      ],
    },
    { name: 'displayName', type: 'string' },
    {
      name: 'emails',
      type: 'complex',
      isMulti: true,
      attributes: [
        { name: 'value', type: 'string' },
        { name: 'type', type: 'string' },
        { name: 'primary', type: 'boolean' },
      ],
    },
    { name: 'active', type: 'boolean' },
    {
      name: 'roles',
      type: 'complex',
      isMulti: true,
      attributes: [
        { name: 'value', type: 'string', isCaseExact: true },
        { name: 'display', type: 'string' },
        { name: 'primary', type: 'boolean' },
      ],
    },
    {
      name: 'groups',
      type: 'complex',
      isMulti: true,
      isReadOnly: true,
      attributes: [
        { name: 'value', type: 'string', isReadOnly: true, isCaseExact: true },
        { name: 'display', type: 'string', isReadOnly: true },
      ],
    },
    meta,
  ],
}

export const groupSchema: ResourceSchema = {
  urn: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  endpoint: '/Groups',
  attributes: [
    schemas,
    id,
    { name: 'displayName', type: 'string', isRequired: true },
    {
      name: 'members',
      type: 'complex',
      isMulti: true,
      attributes: [
        { name: 'value', type: 'string', isCaseExact: true },
        { name: 'display', type: 'string' },
        { name: 'type', type: 'string' },
      ],
    },
    meta,
  ],
}

/** Attribute names are case-insensitive. */
export function attributeNamed(attributes: readonly Attribute[], name: string): Attribute | undefined {
  return attributes.find(attribute => attribute.name.toLowerCase() === name.toLowerCase())
}
