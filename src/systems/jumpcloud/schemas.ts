import { z } from 'zod'

/** Only what is used; all else that JumpCloud sends is ignored. Null stands where a value was never set. */

const text = z.string().nullish()

const enrollment = z.object({
  totpStatus: text,
  webAuthnStatus: text,
})

/**
 * `admin`, `restrictedFields` and `delegatedAuthority` are not in the published contract of 2025, but in the answers
 * that JumpCloud's own SDK of 2026 declares.
 */
export const userSchema = z.object({
  _id: z.string(),
  username: z.string(),
  email: z.string(),
  alternateEmail: text,
  firstname: text,
  lastname: text,
  displayname: text,
  state: z.enum(['STAGED', 'ACTIVATED', 'SUSPENDED']),
  suspended: z.boolean(),
  activated: z.boolean().nullish(),
  password_expired: z.boolean().nullish(),
  totp_enabled: z.boolean().nullish(),
  mfaEnrollment: enrollment.nullish(),
  externally_managed: z.boolean().nullish(),
  external_source_type: text,
  restrictedFields: z.array(z.object({ type: text })).nullish(),
  delegatedAuthority: z.object({ name: text }).nullish(),
  admin: z.object({ id: z.string(), roleName: text }).nullish(),
})
export type User = z.infer<typeof userSchema>

export const usersSchema = z.object({ results: z.array(userSchema), totalCount: z.number() })

/** A list that is only counted, or looked into for names. */
export const userNamesSchema = z.object({
  results: z.array(z.object({ _id: z.string(), username: text, email: text, alternateEmail: text })),
  totalCount: z.number(),
})

export const countSchema = z.object({ totalCount: z.number() })

export const organizationsSchema = z.object({
  results: z.array(z.object({ _id: z.string(), displayName: z.string() })),
  totalCount: z.number(),
})
export const organizationSchema = z.object({ _id: z.string(), displayName: z.string() })
export const providerOrganizationsSchema = z.object({
  results: z.array(z.object({ id: z.string(), name: z.string() })),
  totalCount: z.number(),
})

export const administratorsSchema = z.object({
  results: z.array(z.object({ id: z.string(), email: z.string(), roleName: text })),
  totalCount: z.number(),
})
/** An administrator, as API 1 shows one: `userreturn`. */
export const selfSchema = z.object({ _id: z.string(), email: z.string() })
export const consoleUsersSchema = z.object({ results: z.array(selfSchema), totalCount: z.number() })
export const administratorLinksSchema = z.array(z.object({ administrator: z.string(), organization: z.string() }))

export const sshKeysSchema = z.array(z.object({ _id: z.string(), name: text }))
export const pushEndpointsSchema = z.array(z.object({ id: z.string(), name: text }))

const sudo = z.object({ enabled: z.boolean(), withoutPassword: z.boolean() })
export const associationsSchema = z.array(
  z.object({
    to: z.object({ id: z.string(), type: z.string() }),
    attributes: z.object({ sudo: sudo.nullish() }).nullish(),
  }),
)
export const graphObjectsSchema = z.array(z.object({ id: z.string(), type: z.string() }))
export const groupSchema = z.object({
  id: z.string(),
  name: z.string(),
  membershipMethod: text,
  membershipAutomated: z.boolean().nullish(),
})
export const namedSchema = z.object({ name: text, displayName: text, displayLabel: text })
export const directoriesSchema = z.array(z.object({ id: z.string(), name: z.string(), type: z.string() }))

export const scheduledSchema = z.array(
  z.object({ scheduledJobId: z.string(), systemUserId: z.string(), state: z.string(), scheduledDate: z.string() }),
)
export type Scheduled = z.infer<typeof scheduledSchema>[number]

export const deviceSchema = z.object({
  _id: z.string(),
  displayName: text,
  hostname: text,
  os: text,
  osFamily: text,
  serialNumber: text,
  /** Connected right now. */
  active: z.boolean().nullish(),
  lastContact: text,
  fde: z.object({ active: z.boolean().nullish(), keyPresent: z.boolean().nullish() }).nullish(),
  builtInCommands: z.array(z.object({ name: text })).nullish(),
  mdm: z.object({ internal: z.object({ deviceId: text }).nullish() }).nullish(),
})
export type Device = z.infer<typeof deviceSchema>

export const appleMdmsSchema = z.array(z.object({ id: z.string() }))
export const appleDevicesSchema = z.array(z.object({ id: z.string(), serialNumber: text }))
export const androidDeviceSchema = z.object({
  deviceInformation: z.object({ hardwareInfo: z.object({ serialNumber: text }).nullish() }).nullish(),
})

export const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number().nullish() })
