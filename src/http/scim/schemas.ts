import { z } from 'zod'

/** What is used of a SCIM User (RFC 7643, 4.1). Everything but `id` and `userName` is optional there. */
export const scimUserSchema = z.object({
  id: z.string().min(1),
  userName: z.string().min(1),
  name: z
    .object({
      formatted: z.string().nullish(),
      givenName: z.string().nullish(),
      familyName: z.string().nullish(),
    })
    .nullish(),
  displayName: z.string().nullish(),
  emails: z.array(z.object({ value: z.string(), primary: z.boolean().nullish() })).nullish(),
  active: z.boolean().nullish(),
})

export type ScimUser = z.infer<typeof scimUserSchema>

/** A page of users. `Resources` may be absent when there are none (RFC 7644, 3.4.2). */
export const scimUserListSchema = z.object({
  totalResults: z.number().int().min(0),
  Resources: z.array(scimUserSchema).nullish(),
})

/** What a server can do (RFC 7643, 5). */
export const serviceProviderConfigSchema = z.object({
  patch: z.object({ supported: z.boolean() }),
  filter: z.object({ supported: z.boolean(), maxResults: z.number().int().nullish() }),
})

export type ServiceProviderConfig = z.infer<typeof serviceProviderConfigSchema>

/** An error (RFC 7644, 3.12); `status` is text there, a number with some servers. */
export const scimErrorSchema = z.object({
  schemas: z.array(z.string()).refine(schemas => schemas.includes('urn:ietf:params:scim:api:messages:2.0:Error')),
  scimType: z.string().nullish(),
  detail: z.string().nullish(),
})
