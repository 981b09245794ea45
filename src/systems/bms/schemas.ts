import { type ZodType, z } from 'zod'

/** Only what is used, with the members spelled as `normalizeKeys` leaves them. */

const id = z.number().int()

/** By the shape of an item: made once, as `envelope.ts` says. */
const lists = new WeakMap<ZodType, ZodType>()

/** BMS spells "no list" as null; a list that is not there at all is none that was shown. */
export function listOf<T>(item: ZodType<T>): ZodType<T[]> {
  const made = lists.get(item) ?? z.preprocess(value => (value === null ? [] : value), z.array(item))
  lists.set(item, made)
  return made as ZodType<T[]>
}

export const tokens = z.object({
  accessToken: z.string().min(1),
  refreshToken: z.string().nullish(),
  accessTokenExpireOn: z.string().nullish(),
})

export type IssuedTokens = z.infer<typeof tokens>

export const userInfo = z.object({
  fullName: z.string().nullish(),
  emailAddress: z.string().nullish(),
  businessName: z.string().nullish(),
  isUserSystemAdmin: z.boolean().nullish(),
})

export const status = z.object({ isConnected: z.boolean(), organizationId: z.string().nullish() })

const exception = z.object({
  id,
  name: z.string().nullish(),
  emailAddress: z.string().nullish(),
  // Who is inactive is no way in when KaseyaOne fails: without it nobody could tell.
  isActive: z.boolean(),
})

export const settings = z.object({
  id: id.nullish(),
  isEnabled: z.boolean(),
  isAccessGroupMappingEnabled: z.boolean(),
  isDeprovisioningEnabled: z.boolean(),
  // Null where it was never set, which the contract allows in what is written, too.
  isRequireLoginEnabled: z.boolean().nullable(),
  departmentId: id.nullish(),
  departmentName: z.string().nullish(),
  locationId: id.nullish(),
  locationName: z.string().nullish(),
  managerId: id.nullish(),
  managerName: z.string().nullish(),
  jobTitleId: id.nullish(),
  // The contract's spelling: JobtitleName, beside JobTitleId.
  jobtitleName: z.string().nullish(),
  jobTitleName: z.string().nullish(),
  employmentTypeId: id.nullish(),
  employmentTypeName: z.string().nullish(),
  employeeRoleId: id.nullish(),
  employeeRoleName: z.string().nullish(),
  securityRoleId: id.nullish(),
  securityRoleName: z.string().nullish(),
  userExceptions: listOf(exception),
  roleExceptions: listOf(exception),
})

export type BmsSettings = z.infer<typeof settings>

export const settingsOrNone = settings.nullable()

export const mapping = z.object({
  mappingId: id,
  accessGroupId: z
    .string()
    .nullable()
    .transform(group => group ?? ''),
  accessGroupName: z.string().nullish(),
  securityRoleIds: listOf(id),
  order: id,
})

export type BmsMapping = z.infer<typeof mapping>

export const accessGroup = z.object({ id: z.string().nullable(), name: z.string().nullish() })

/** A row of any look-up. */
export const lookupRow = z.object({ id, name: z.string().nullish(), isActive: z.boolean().nullish() })

export type LookupRow = z.infer<typeof lookupRow>

export const employee = z.object({
  id,
  firstName: z.string().nullish(),
  lastName: z.string().nullish(),
  emailAddress: z.string().nullish(),
  username: z.string().nullish(),
  isActive: z.boolean().nullish(),
})

export type Employee = z.infer<typeof employee>

/** `K1AccessControlSettingsInputDto`: the seven ids are required on every write. */
export interface SettingsInput {
  IsEnabled: boolean
  IsAccessGroupMappingEnabled: boolean
  IsDeprovisioningEnabled: boolean
  IsRequireLoginEnabled: boolean
  DepartmentId: number
  LocationId: number
  ManagerId: number
  JobTitleId: number
  EmploymentTypeId: number
  EmployeeRoleId: number
  SecurityRoleId: number
  UserExceptionIds: number[]
  RoleExceptionIds: number[]
}

export const ticket = z.object({ id, ticketNumber: z.string().nullish() })

export const ticketNote = z.object({
  id,
  details: z.string().nullish(),
  isInternal: z.boolean(),
  typeId: id.nullish(),
})

export type BmsTicketNote = z.infer<typeof ticketNote>

export const noteTemplate = z.object({ id, typeId: id.nullish(), isInternal: z.boolean() })
