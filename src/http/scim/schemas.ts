import { z } from 'zod'

/** True and false, as the standard has it; `"False"` and `"true"`, as some servers send them, are read all the same. */
const truth = z.preprocess(value => {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return text === 'true' ? true : text === 'false' ? false : value
}, z.boolean())

/** Text, also where a server keeps numbers for ids. */
const identifier = z.preprocess(value => (typeof value === 'number' ? String(value) : value), z.string().min(1))

/** A number of entries; some servers send it as text. */
const total = z.preprocess(
  value => (typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value),
  z.number().int().min(0),
)

/** An element of a multi-valued attribute. Some servers list bare strings where the standard has objects. */
const element = z.preprocess(
  value => (typeof value === 'string' ? { value } : value),
  z.looseObject({
    value: identifier.nullish(),
    display: z.string().nullish(),
    type: z.string().nullish(),
    primary: truth.nullish(),
  }),
)

export type ScimElement = z.infer<typeof element>

/** Those that have a value: one that is null says nothing of the others. */
const emails = z
  .array(z.object({ value: z.string().nullish(), primary: truth.nullish() }))
  .transform(all => all.flatMap(({ value, ...more }) => (value == null ? [] : [{ value, ...more }])))

/**
 * What is used of a SCIM User (RFC 7643, 4.1). Everything but `id` and `userName` is optional there. A log-in that is null
 * is empty: the account of one leaves all others to be found.
 */
export const scimUserSchema = z.object({
  id: identifier,
  userName: z
    .string()
    .nullable()
    .transform(name => name ?? ''),
  name: z
    .object({
      formatted: z.string().nullish(),
      givenName: z.string().nullish(),
      familyName: z.string().nullish(),
    })
    .nullish(),
  displayName: z.string().nullish(),
  emails: emails.nullish(),
  active: truth.nullish(),
  roles: z.array(element).nullish(),
  /** Direct and indirect ones; many servers leave it out. */
  groups: z.array(element).nullish(),
})

export type ScimUser = z.infer<typeof scimUserSchema>

/** What is used of a SCIM Group (RFC 7643, 4.2). Servers may leave the members out where there are many. */
export const scimGroupSchema = z.object({
  id: identifier,
  displayName: z.string().nullish(),
  members: z.array(element).nullish(),
})

export type ScimGroup = z.infer<typeof scimGroupSchema>

/** A page. `Resources` may be absent when there are none (RFC 7644, 3.4.2). */
function listOf<T>(resource: z.ZodType<T>) {
  return z.object({ totalResults: total, Resources: z.array(resource).nullish() })
}

export const scimUserListSchema = listOf(scimUserSchema)
export const scimGroupListSchema = listOf(scimGroupSchema)

/** Of a page only how many there are. */
export const scimTotalSchema = z.object({ totalResults: total })

/** A whole resource, extensions and all, as a PUT has to give it back: read leniently, and written as it should be. */
export const scimResourceSchema = z.looseObject({
  id: identifier,
  active: truth.nullish(),
  meta: z.looseObject({ version: z.string().nullish() }).nullish(),
})

export type ScimResource = z.infer<typeof scimResourceSchema>

/** What a server can do (RFC 7643, 5). */
export const serviceProviderConfigSchema = z.object({
  patch: z.object({ supported: truth }),
  filter: z.object({ supported: truth, maxResults: z.number().int().nullish() }),
})

export type ServiceProviderConfig = z.infer<typeof serviceProviderConfigSchema>

/** An error (RFC 7644, 3.12); `status` is text there, a number with some servers. */
export const scimErrorSchema = z.object({
  schemas: z.array(z.string()).refine(schemas => schemas.includes('urn:ietf:params:scim:api:messages:2.0:Error')),
  scimType: z.string().nullish(),
  detail: z.string().nullish(),
})
